# SPDX-License-Identifier: GPL-3.0-or-later
"""Other tools beside the recorder, and the end of the interpreter. See harm.py."""
import importlib.util
import os
import sys
import textwrap
import unittest

from harm import HarmTest as Base


class HarmToolsTest(Base):
    # ------------------------------------------------------------ other tools beside us
    def test_setprofile(self):
        self.same("""
            import sys, threading
            seen = []
            def profile(frame, event, arg):
                if frame.f_code.co_name in ("f", "g"):
                    seen.append((event, frame.f_code.co_name))
            def g(): return len("x")
            def f(): return g()
            sys.setprofile(profile)
            f()
            print(sys.getprofile() is profile)
            sys.setprofile(None)
            f()
            threading.setprofile(profile)
            t = threading.Thread(target=f)
            t.start()
            t.join()
            print(seen)
        """)

    def test_settrace(self):
        self.same("""
            import sys
            seen = []
            def trace(frame, event, arg):
                seen.append((event, frame.f_code.co_name, frame.f_lineno))
                return trace
            def g(n):
                for i in range(n):
                    yield i
            def f():
                try:
                    return sum(g(3)) / 0
                except ZeroDivisionError:
                    return 1
            sys.settrace(trace)
            f()
            sys.settrace(None)
            print(seen)
        """)

    def test_helpers_are_not_seen(self):
        # What the recorder does in Python at a fork, for a child's environment and at the end.
        by_profile = """
            def tool(frame, event, arg):
                name = frame.f_code.co_filename.split("/")[-1]
                print(name, frame.f_code.co_name, event, event[0] == "c" and event[1] == "_" and arg.__name__ or "", file=out(), flush=True)
                return tool
            sys.set%s(tool)
        """
        by_monitoring = """
            def tool(code, *_):
                print(code.co_filename.split("/")[-1], code.co_name, file=out(), flush=True)
            events = sys.monitoring.events
            for event in (events.PY_START, events.LINE, events.PY_RETURN) if hasattr(sys, "monitoring") else ():
                sys.monitoring.register_callback(1, event, tool)
            sys.monitoring.use_tool_id(1, "tool")
            sys.monitoring.set_events(1, events.PY_START | events.LINE | events.PY_RETURN)
        """
        tools = [by_profile % "trace", by_profile % "profile"] + [by_monitoring] * (sys.version_info >= (3, 12))
        for tool in tools:
            with self.subTest(tool):
                self.same("import os, sys, threading\n" + textwrap.dedent("""
                    first = os.getpid()
                    def out(): return sys.stdout if os.getpid() == first else sys.stderr
                """) + textwrap.dedent(tool) + textwrap.dedent("""
                    def leaf(): return 1
                    pid = os.fork()
                    if not pid:
                        os._exit(leaf())
                    os.waitpid(pid, 0)
                    os.waitpid(os.posix_spawn("/bin/true", ["true"], {"A": "b"}), 0)
                """))
                os.remove(self.out)

    @unittest.skipUnless(sys.version_info >= (3, 12), "tool ids came with 3.12")
    def test_tool_ids_of_others_are_free(self):
        self.same("""
            import sys
            for tool, name in enumerate(("debugger", "coverage", "cProfile", "Hypothesis")):
                sys.monitoring.use_tool_id(tool, name)
        """)

    def test_end_without_modules(self):
        self.same("""
            import builtins, sys
            def refuse(*_, **__): raise ImportError("no more")
            for name in [n for n in sys.modules if "calltide" in n or n in ("os", "threading", "signal")]:
                del sys.modules[name]
            builtins.__import__ = refuse
        """)

    def test_profilers(self):
        self.same("""
            import cProfile, io, profile, pstats
            def leaf(n): return len(str(n))
            def work():
                return sum(leaf(i) for i in range(20))
            for module in (cProfile, profile):
                p = module.Profile()
                p.runcall(work)
                p.run("work()")
                stats = pstats.Stats(p, stream=io.StringIO())
                print(sorted((k[2], v[0], v[1]) for k, v in stats.stats.items() if k[2] in ("leaf", "work", "<genexpr>")))
        """, allowed="the program set a profile function of its own: later calls of that thread are missing")

    def test_debugger(self):
        self.same("""
            import io, pdb, sys
            def leaf(n):
                m = n + 1
                return m
            def work():
                x = leaf(1)
                return x
            commands = io.StringIO("step\\nstep\\nnext\\nwhere\\np n\\nup\\nlist\\nreturn\\ncontinue\\n")
            p = pdb.Pdb(stdin=commands, stdout=sys.stdout, nosigint=True, readrc=False)
            p.use_rawinput = False
            p.runcall(work)
        """)

    def test_coverage(self):
        folder = os.path.join(os.environ.get("CALLTIDE_TEST_PACKAGES", ""), "py%d.%d" % sys.version_info[:2])
        if not os.path.isdir(os.path.join(folder, "coverage")) and importlib.util.find_spec("coverage") is None:
            self.skipTest("coverage is not installed: CALLTIDE_TEST_PACKAGES may name a folder with pyX.Y/coverage")
        self.same("import sys; sys.path.append(%r)\n" % folder + textwrap.dedent("""
            import coverage
            c = coverage.Coverage(data_file=None, include=[__file__])
            c.start()
            def leaf(n):
                if n:
                    return 1
                return 2
            leaf(1)
            c.stop()
            print(sorted(c.get_data().lines(__file__)))
        """))

    def test_trace_module(self):
        self.same("""
            import trace
            def leaf(n): return n
            def work():
                for i in range(3): leaf(i)
            t = trace.Trace(count=1, trace=0, countfuncs=1)
            t.runfunc(work)
            print(sorted(k[2] for k in t.results().calledfuncs if k[2] in ("leaf", "work")))
        """)

    def test_audit_hooks(self):
        self.same("""
            import sys
            def hook(event, arguments):
                if event.startswith("sys.monitoring") or event in ("os.fork", "open"):
                    print(event, flush=True)
            sys.addaudithook(hook)
        """)

    # ------------------------------------------------------------ interpreters
    def test_sub_interpreters(self):
        self.same("""
            import sys, threading
            code = "def f(n): return n and f(n - 1)\\\\nimport json\\\\nfor _ in range(200): f(20)\\\\nprint(json.dumps([f(3)]), flush=True)"
            code = code.replace("\\\\n", "\\n")
            try:
                import _interpreters as interpreters
            except ImportError:
                import _xxsubinterpreters as interpreters
            def run():
                one = interpreters.create()
                (getattr(interpreters, "run_string", None) or interpreters.exec)(one, code)
                interpreters.destroy(one)
            def here(n): return n and here(n - 1)
            for _ in range(3):
                run()
                here(50)
            t = threading.Thread(target=run)
            t.start()
            t.join()
        """)
        self.assertEqual(self.calls(self.out, "here"), 153)

    def test_the_end_of_the_interpreter(self):
        self.same("""
            import atexit, gc, threading, weakref
            def say(what): print(what, flush=True)
            class Loud:
                def __init__(self, name): self.name = name
                def __del__(self): say(self.name)
            kept = Loud("module")
            cycle = Loud("cycle")
            cycle.self = cycle
            gc.callbacks.append(lambda phase, info: None)
            weakref.finalize(kept, say, "finalize")
            atexit.register(say, "atexit")
            threading._register_atexit(say, "threading") if hasattr(threading, "_register_atexit") else None
            def forever():
                try:
                    while True: yield 1
                finally:
                    say("generator")
            g = forever()
            next(g)
        """)


if __name__ == "__main__":
    unittest.main()
