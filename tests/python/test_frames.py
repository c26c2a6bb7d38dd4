# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of Python functions only: before 3.12 they are made by another hook of the interpreter, and must show the
same calls. What is told here of that hook holds for later versions as well."""

import os
import sys
import unittest

import ctread
from support import RecorderTest

ONLY = ["--python-only"]

PROGRAM = """
    import sys

    class Lock:
        def __init__(self): self.n = leaf()
        def __enter__(self): return self
        def __exit__(self, *error): return True
        def __getattr__(self, name): raise AttributeError(name)
        def __del__(self): leaf()
        @property
        def held(self): return leaf()

    def leaf(): return 1
    def numbers(n):
        try:
            for i in range(n): yield i
        except ValueError:
            yield -1
        finally:
            leaf()
    def delegates():
        yield from numbers(3)
    def fails(n):
        if n: fails(n - 1)
        raise ValueError(n)
    def takes(*args, k=1, **others): return len(others)
    async def waits(n):
        if n: await waits(n - 1)
        return n
    async def gives():
        for i in range(3): yield i
    async def collects(): return [i async for i in gives()]
    def drive(coroutine):
        try:
            while True: coroutine.send(None)
        except StopIteration as e:
            return e.value

    list(numbers(3)); list(delegates())
    g = delegates(); next(g); g.throw(ValueError("t")); list(g)
    g = numbers(5); next(g); g.close()
    g = numbers(5)
    try: g.throw(KeyError("not begun"))
    except KeyError: pass
    g = numbers(5); next(g); del g
    for k in range(3):
        try: fails(k)
        except ValueError: pass
    lock = Lock(); lock.held; hasattr(lock, "none"); del lock
    with Lock(): fails(1)
    takes(1, 2, k=3, z=4); takes(*(1, 2), **{"k": 1})
    sorted([3, 1, 2], key=lambda x: (leaf(), x)[1])
    max(map(lambda x: x + leaf(), range(3)))
    drive(waits(3)); drive(collects())
    [leaf() for i in range(3)]; {leaf() for i in range(2)}; list(leaf() for i in range(3))
    exec("leaf()"); eval("leaf()")
    class Better(Lock):
        def __init__(self): super().__init__()
    Better()
    try: (lambda x: x)()
    except TypeError: pass
"""


def python_calls(recording):
    """Of the main thread's own program: what it called, how deep among calls of Python, and how each ended."""
    (main,) = (t for t in recording.threads.values() if t.main)
    found = []
    for call in main.calls:
        depth, parent = 0, call.parent
        while parent is not None:
            depth += parent.function.kind not in ("c", "type")
            parent = parent.parent
        if call.function.kind not in ("c", "type") and call.function.file.endswith("program.py"):
            found.append((depth, call.function.qualname, call.how))
    return found


class Frames(RecorderTest):
    def test_the_same_calls_as_with_c_functions(self):
        every, only = self.record(PROGRAM), self.record(PROGRAM, options=ONLY)
        self.assertNested(only)
        self.assertEqual(python_calls(only), python_calls(every))
        self.assertGreater(len(python_calls(only)), 90)
        self.assertEqual([c for c in only.calls() if c.function.kind == "c"], [])

    def test_arguments_also_those_that_inner_functions_use(self):
        r = self.record("""
            def outer(first, second, *rest, named=4, **others):
                def inner(): return first, rest
                return inner()
            outer(1, [2], 3, other=5)
        """, options=ONLY + ["--log-func-args", "--log-func-retval"])
        (outer,) = r.calls("outer")
        self.assertEqual(outer.arguments, {"first": 1, "second": [2], "named": 4, "rest": {"__tuple__": [3]}, "others": {"other": 5}})
        self.assertEqual(outer.result, {"__tuple__": [1, {"__tuple__": [3]}]})

    def test_an_exception_is_told_once_where_it_was_raised(self):
        r = self.record("""
            class Odd(Exception):
                def __str__(self): raise SystemError("never asked")
            def up(): down()
            def down(): raise Odd("why", 3)
            def missing(): return {}["k"]
            def again():
                try: up()
                except Odd as e: raise e
            def end():
                yield 1
            for f in (up, missing, again):
                try: f()
                except (Odd, KeyError): pass
            list(end())
        """, options=ONLY)
        (main,) = (t for t in r.threads.values() if t.main)
        self.assertEqual([tuple(i[1:]) for i in main.instants],
                         [("Odd", "why, 3"), ("KeyError", "k"), ("Odd", "why, 3")])
        self.assertEqual([c.how for c in r.calls("down")], ["unwind"] * 2)

    def test_threads_that_nobody_announces(self):
        for options in (ONLY, []):
            self.threads(options)

    def threads(self, options):
        r = self.record("""
            import _thread, ctypes, threading
            done = threading.Semaphore(0)
            def leaf(): return 1
            def raw():
                for i in range(3): leaf()
                done.release()
            _thread.start_new_thread(raw, ())
            done.acquire()
            class Worker(threading.Thread):
                def run(self):
                    raw()
                    self.name = "renamed"
            w = Worker(name="before"); w.start(); w.join()
        """, options=options)
        self.assertEqual(r.count("leaf"), 6)
        self.assertEqual(len(r.threads), 3)
        self.assertIn("renamed", [t.name for t in r.threads.values()])

    def test_start_stop_pause_and_resume_within_calls(self):
        script = self.write("program.py", """
            import sys
            from calltide import Tracer
            tracer = Tracer(output_file=sys.argv[1], python_only=True, verbose=0)
            def leaf(): return 1
            def steps(): # suspended when the recording starts and when it stops
                leaf(); yield 1
                leaf(); yield 2
            def begins():
                leaf()
                tracer.start()
                leaf()
            def pauses(s):
                next(s)
                tracer.pause()
                leaf()
            def resumes(s):
                tracer.resume()
                next(s)
            def outer(s):
                begins(); leaf()
                pauses(s); leaf()
                resumes(s); leaf()
            s = steps()
            outer(s)
            leaf()
            tracer.stop()
            leaf()
            outer_again = 1
            tracer.save()
        """)
        run = self.python(script, self.path("out.calltide"))
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        r = ctread.Recording(self.path("out.calltide"))
        self.assertNested(r)
        self.assertEqual(r.count("leaf"), 6)
        for name in ("begins", "resumes"):
            (call,) = r.calls(name)
            self.assertEqual((call.how, call.was_running), ("return", True), name)
        leaves = list(r.calls("leaf"))
        self.assertEqual([c.parent.function.name for c in leaves], ["begins", "outer", "steps", "steps", "outer", "<module>"])
        (begins,) = r.calls("begins")
        self.assertLessEqual(begins.end, leaves[1].start)

    def test_recursion_ends_as_without_us(self):
        source = """
            import sys, threading
            if len(sys.argv) > 1: sys.setrecursionlimit(int(sys.argv[1]))
            deepest = 0
            def down(n):
                global deepest
                deepest = n
                return n and 1 + down(n - 1) if n > 0 else down(n - 1)
            def without_end():
                try: down(-1)
                except RecursionError: print(deepest)
            without_end()
            threading.stack_size(int(sys.argv[2]) if len(sys.argv) > 2 else 512 << 10)
            t = threading.Thread(target=without_end); t.start(); t.join()
        """
        script = self.write("program.py", source)
        # More than the hook could bear on a stack of this size, less than the interpreter can.
        limits = [(), ("1500", str(1 << 20))] + ([("50000", str(1 << 20))] if sys.version_info[:2] == (3, 11) else [])
        for limit in limits:
            plain = self.python(script, *limit, traced=False)
            ours = self.trace("-o", self.path("out.calltide"), *ONLY, script, *limit)
            self.assertEqual((ours.returncode, ours.stdout, ours.stderr), (0, plain.stdout, b""), limit)
            r = ctread.Recording(self.path("out.calltide"))
            self.assertNested(r)
            depths = [-int(line.split()[0]) for line in plain.stdout.splitlines()]
            # The call that was one too many has been made, if not run.
            self.assertIn(r.count("down") - sum(depths), (0, 1, 2), limit)

    def test_a_fork_within_calls(self):
        self.record("""
            import os
            def leaf(): return 1
            def forks():
                pid = os.fork()
                return pid
            def outer():
                pid = forks()
                leaf()
                return pid
            pid = outer()
            leaf()
            if pid: os.waitpid(pid, 0)
        """, options=ONLY)
        (child,) = os.listdir(self.path("out.calltide.d"))
        r = ctread.Recording(os.path.join(self.path("out.calltide.d"), child))
        self.assertNested(r)
        self.assertEqual([c.parent.function.name for c in r.calls("leaf")], ["outer", "<module>"])

    def test_daemon_threads_end_with_the_program(self):
        for _ in range(3):
            r = self.record("""
                import threading, time
                started = threading.Semaphore(0)
                def waits():
                    started.release()
                    threading.Event().wait()
                def spins():
                    started.release()
                    while True: time.sleep(0)
                for f in (waits, spins) * 3: threading.Thread(target=f, daemon=True).start()
                for _ in range(6): started.acquire()
            """, options=ONLY)
            self.assertEqual((r.run.stderr, r.count("spins")), (b"", 3))

    @unittest.skipUnless(sys.version_info < (3, 12), "there is one such hook only before 3.12")
    def test_another_tools_hook(self):
        # A second recorder, with everything of its own, is the other tool here.
        script = self.write("program.py", """
            import importlib.machinery, importlib.util, shutil, sys
            import calltide, calltide._load
            from calltide import _tracer as first
            def load(path):
                loader = importlib.machinery.ExtensionFileLoader("calltide._tracer", path)
                module = importlib.util.module_from_spec(importlib.util.spec_from_loader("calltide._tracer", loader))
                loader.exec_module(module)
                return module
            shutil.copy(first.__file__, sys.argv[1])
            second = load(sys.argv[1])
            def start(recorder, path):
                recorder.start(path=path, recording_id=b"", parent_id=b"", child_folder="", options={"python_only": True},
                               hide_stack=False, until_exit=False, ignored=[], library=[], meta=[])
            def leaf(): return 1
            def both(): return leaf()
            def one(): return leaf()
            def none(): return leaf()
            for order in ("inner", "outer"):
                start(first, sys.argv[2] + order + "1")
                start(second, sys.argv[2] + order + "2")
                both()
                (second if order == "inner" else first).stop()
                one()
                (first if order == "inner" else second).stop()
                none()
            print("end")
        """)
        run = self.python(script, self.path("other.so"), self.path("r"))
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, b"end\n", b""))
        for order, remains in (("inner", "1"), ("outer", "2")):
            for number in "12":
                r = ctread.Recording(self.path("r" + order + number))
                self.assertNested(r)
                self.assertEqual((r.count("both"), r.count("one"), r.count("none")), (1, int(number == remains), 0), (order, number))


if __name__ == "__main__":
    unittest.main()
