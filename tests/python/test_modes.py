# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of limited size."""

import glob
import os
import sys
import unittest

import ctread
from support import RecorderTest

LIMIT = 2  # reason of a loss

# Calls until the hooks are gone, then goes on; says whether they went.
UNTIL_STOPPED = """
    import sys, threading, time
    from calltide._tracer import active as hooked
    def f(x): return len(x)
    def other():
        while go: f("o")
    go = True
    thread = threading.Thread(target=other, name="side"); thread.start()
    n = 0
    while hooked() and n < 3_000_000:
        f("abc"); n += 1
    stopped = time.perf_counter_ns()
    def late(): return 5
    print(hooked(), late(), threading.Thread(target=late).start())
    go = False
    thread.join()
    sys.exit(7)
"""


class StopWhenFull(RecorderTest):
    def test_the_file_stays_below_its_limit_and_the_program_goes_on(self):
        r = self.record(UNTIL_STOPPED, options=["--stop-when-full", "1MB"], status=7)
        self.assertNested(r)
        self.assertEqual(r.run.stdout.decode().strip(), "False 5 None")
        self.assertEqual(r.mode, 3)
        self.assertLessEqual(len(r.data), 1 << 20)
        self.assertGreater(len(r.data), (1 << 20) - (64 << 10))
        self.assertGreater(r.count("f"), 20_000)
        self.assertEqual(r.count("late"), 0)
        ((when, text, code),) = r.notes
        self.assertEqual((text, code), ("recording stopped: the file has reached its limit of 1 MB", LIMIT))
        self.assertEqual(r.end[1], 7)
        self.assertLess(when, r.end[0])
        self.assertTrue(all(c.end <= r.end[0] for t in r.threads.values() for c in t.calls))
        self.assertEqual(r.run.stderr.decode().count("\n"), 1)
        self.assertIn("its limit of 1 MB (%s)" % self.path("out.calltide"), r.run.stderr.decode())

    def test_many_names_do_not_break_it(self):
        for letters in (5, 50, 53):  # names that fill the file at other moments than calls do
            r = self.record("""
                import sys
                name = "x" * int(sys.argv[1])
                for i in range(20_000):
                    exec("def f%d_%s(): pass\\nf%d_%s()" % (i, name, i, name))
            """, str(letters), options=["--stop-when-full", "512KB"])
            self.assertLessEqual(len(r.data), 512 << 10)
            self.assertGreater(r.count("builtins.exec"), 1000)
            self.assertEqual([code for _, _, code in r.notes], [LIMIT])
            self.assertEqual(r.end[1], 0)

    def test_another_recording_after_it(self):
        run = self.python(self.write("inline.py", """
            import calltide
            def f(): pass
            t = calltide.Tracer("a.calltide", stop_when_full="256KB")
            t.start()
            while t.enable: f()
            t.stop()
            with calltide.Tracer("b.calltide"): f()
        """))
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        a, b = (ctread.Recording(self.path(n + ".calltide")) for n in "ab")
        self.assertLessEqual(len(a.data), 256 << 10)
        self.assertGreater(a.count("f"), 10_000)
        self.assertEqual((b.count("f"), b.mode, b.notes), (1, 0, []))

    def test_every_process_has_its_own(self):
        r = self.record("""
            import os
            def f(): pass
            for _ in range(3):
                pid = os.fork()
                if not pid:
                    for i in range(400_000): f()
                    os._exit(0)
                os.waitpid(pid, 0)
            f()
        """, options=["--stop-when-full", "256KB"])
        self.assertEqual((r.count("f"), r.notes), (1, []))
        children = [ctread.Recording(p) for p in glob.glob(self.path("out.calltide.d/*.calltide"))]
        self.assertEqual(len(children), 3)
        for child in children:
            self.assertNested(child)
            self.assertLessEqual(len(child.data), 256 << 10)
            self.assertEqual([code for _, _, code in child.notes], [LIMIT])
            self.assertGreater(child.count("f"), 10_000)


class Ring(RecorderTest):
    BUSY = """
        import threading
        def f(x): return g(x)
        def g(x): return len(x)
        def outer(n):
            def inner():
                for i in range(n): f("abc")
            inner()
        def idle(): event.wait()
        event = threading.Event()
        waiting = threading.Thread(target=idle, name="waiting"); waiting.start()
        def start(): print("begun")
        start()
        threads = [threading.Thread(target=outer, args=(150_000,), name="t%d" % i) for i in range(2)]
        for t in threads: t.start()
        outer(100_000)
        for t in threads: t.join()
        def end(): pass
        end(); event.set(); waiting.join()
    """

    def check(self, r, size):
        self.assertEqual((r.mode, r.slot), (1, 13))
        slots = sum(c["size"] for chunks in r._events.values() for c in chunks)
        tables = sum(c["size"] for c in r._tablechunks)
        self.assertLessEqual(slots, size)
        self.assertGreater(slots, size - (64 << 10))
        self.assertLessEqual(os.stat(r.path).st_blocks * 512, size + tables + (192 << 10))
        self.assertNested(r)

    def test_the_newest_part_is_there(self):
        r = self.record(self.BUSY, options=["--ring", "1MB"])
        self.check(r, 1 << 20)
        self.assertEqual((r.count("start"), r.count("end")), (0, 1))
        self.assertEqual(r.end[1], 0)
        (main,) = [t for t in r.threads.values() if t.main]
        self.assertTrue(main.overwritten)
        self.assertEqual([(c.function.name, c.how) for c in main.calls if c.was_running][:2],
                         [("<module>", "return"), ("outer", "return")])
        self.assertEqual([c.depth for c in main.calls if c.was_running][:3], [0, 1, 2])
        self.assertGreater(r.count("g"), 50_000)
        (waiting,) = [t for t in r.threads.values() if t.name == "waiting"]
        self.assertFalse(waiting.overwritten)  # its only slot is still its own
        self.assertEqual(r.count("idle"), 1)
        self.assertEqual(r.notes, [])

    def test_killed_at_any_moment(self):
        killer = """
        def kill(after):
            import os, signal, time
            time.sleep(after); os.kill(os.getpid(), signal.SIGKILL)
        import sys
        threading.Thread(target=kill, args=(float(sys.argv[1]),), name="killer").start()
"""
        program = self.BUSY.replace("_000", "_000_000").replace("        start()\n", "        start()" + killer)
        for after in (0.02, 0.2, 0.6):
            r = self.record(program, str(after), options=["--ring", "1MB"], status=-9)
            self.assertEqual((r.run.stdout, r.end), (b"begun\n", None))
            self.assertNested(r)
            self.assertLessEqual(sum(c["size"] for chunks in r._events.values() for c in chunks), 1 << 20)
            (main,) = [t for t in r.threads.values() if t.main]
            self.assertTrue(main.overwritten or r.count("start"))
            self.assertGreater(r.count("g"), 0)
            os.unlink(r.path)

    def test_deep_recursion(self):
        r = self.record("""
            import sys, threading
            sys.setrecursionlimit(100_000); threading.stack_size(512 << 20)
            def leaf(): pass
            def down(n):
                if n: down(n - 1)
                else:
                    for i in range(400_000): leaf()
            t = threading.Thread(target=down, args=(20_000,), name="deep"); t.start(); t.join()
        """, options=["--ring", "1MB", "--python-only"])
        (deep,) = [t for t in r.threads.values() if t.name == "deep"]
        self.assertTrue(deep.overwritten)
        running = [c for c in deep.calls if c.was_running]
        self.assertGreater(len(running), 800)
        self.assertEqual(running[0].depth, 0)
        innermost = max(running, key=lambda c: c.depth)
        self.assertGreaterEqual(innermost.depth, 20_000)
        self.assertEqual({c.depth for c in deep.calls if c.function.name == "leaf"}, {20_004})

    def test_more_threads_than_slots(self):
        r = self.record("""
            import threading
            def f(): pass
            go, ready = threading.Event(), threading.Semaphore(0)
            def wait():
                f(); ready.release(); go.wait()
                for i in range(2000): f()
            threads = [threading.Thread(target=wait) for _ in range(300)]
            for t in threads: t.start()
            for t in threads: ready.acquire()
            go.set()
            for t in threads: t.join()
            def end(): pass
            end()
        """, options=["--ring", "1MB"])
        self.assertLessEqual(sum(c["size"] for chunks in r._events.values() for c in chunks), 1 << 20)
        self.assertEqual((r.count("end"), r.notes), (1, []))

    def test_children_have_their_own(self):
        r = self.record("""
            import os, subprocess, sys
            def f(): pass
            def work():
                for i in range(600_000): f()
            def last(): pass
            pid = os.fork()
            if not pid:
                work(); last(); os._exit(0)
            os.waitpid(pid, 0)
            if len(sys.argv) == 1: subprocess.run([sys.executable, __file__, "child"], check=True)
            f()
        """, options=["--ring", "1MB", "--python-only"])
        self.assertEqual((r.mode, r.count("f"), r.notes), (1, 1, []))
        children = [ctread.Recording(p) for p in glob.glob(self.path("out.calltide.d/*.calltide"))]
        self.assertEqual(len(children), 3)
        forked = [c for c in children if c.count("last")]
        self.assertEqual(len(forked), 2)
        for child in forked:
            self.check(child, 1 << 20)
            self.assertGreater(child.count("f"), 100_000)
            self.assertLess(child.count("f"), 600_000)
            self.assertEqual([c.was_running for c in child.calls("work")], [True])


class Adaptive(RecorderTest):
    def drops(self, r):
        return [(f.name, caller and caller.name) for _, f, caller in r.drops]

    @unittest.skipIf(sys.version_info >= (3, 12), "for those before")
    def test_all_is_recorded_where_it_is_not_possible(self):
        r = self.record("""
            def f(): pass
            for i in range(1000): f()
        """, options=["--adaptive"])
        self.assertEqual((r.count("f"), r.compat & 2, r.drops), (1000, 0, []))
        self.assertEqual(r.run.stderr, b"calltide: --adaptive needs Python 3.12 or newer: all calls are recorded\n")
        self.assertIn("needs Python 3.12", r.notes[0][1])

    @unittest.skipIf(sys.version_info < (3, 12), "needs sys.monitoring")
    def test_short_ones_go_and_long_ones_stay(self):
        r = self.record("""
            import time
            def short(): pass
            def outer():
                short(); short()
            def long():
                outer()
                time.sleep(0.0001)
            def gen():
                for i in range(3): yield i
            def work():
                for i in range(2000):
                    short(); outer(); len("abc")
                for i in range(100): long()
                for i in range(500): list(gen())
            work()
            def end(): pass
            end()
        """, options=["--adaptive"])
        self.assertNested(r)
        self.assertEqual(r.compat & 2, 2)
        drops = self.drops(r)
        for name in ("short", "outer", "gen"):
            self.assertEqual(drops.count((name, None)), 1, drops)
            self.assertLess(r.count(name), 1000)
            self.assertGreaterEqual(r.count(name), 64)
        self.assertIn(("len", "work"), drops)
        self.assertLess(r.count("builtins.len"), 1000)
        self.assertEqual((r.count("long"), r.count("end"), r.count("time.sleep")), (100, 1, 100))
        self.assertNotIn("long", [name for name, _ in drops])
        self.assertTrue(all(c.parent.function.name == "long" for c in r.calls("time.sleep")))
        for units, f, caller in r.drops:
            if caller is None:
                self.assertTrue(all(c.end <= units for c in r.calls(f.qualname)), f.qualname)

    @unittest.skipIf(sys.version_info < (3, 12), "needs sys.monitoring")
    def test_nesting_holds(self):
        r = self.record("""
            import functools, sys, threading
            def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
            def key(x): return -x
            def fails(i):
                if i % 3 == 0: raise ValueError(i)
            def catches(i):
                try: fails(i)
                except ValueError: pass
            def rec(n, f):
                return sorted([n], key=f) if n < 2 else rec(n - 1, lambda x: rec(n - 2, key) and 0)
            class C:
                def __init__(self, x): self.x = x
                @property
                def p(self): return self.x
                def __call__(self): return self.p
            def gen(n):
                try:
                    for i in range(n): yield i
                finally: key(1)
            async def step(): return 1
            async def many():
                for i in range(300): await step()
            def run():
                fib(16)
                for i in range(300):
                    catches(i); sorted([3, 1, 2], key=key); C(i)(); rec(4, key)
                    g = gen(5); next(g); g.close() if i % 2 else list(g)
                    functools.reduce(lambda a, b: a + b, [1, 2, 3])
                try: many().send(None)
                except StopIteration: pass
            threads = [threading.Thread(target=run) for _ in range(3)]
            for t in threads: t.start()
            run()
            for t in threads: t.join()
            print("done")
        """, options=["--adaptive"])
        self.assertEqual(r.run.stdout, b"done\n")
        self.assertNested(r)
        self.assertEqual(r.count("run"), 4)
        for run in r.calls("run"):
            self.assertEqual(run.how, "return")
            self.assertIn(run.parent.function.name, ("<module>", "run"))
        self.assertEqual(r.count("fib") % 3193, 0)  # recursion stays whole, or it would not be nested
        self.assertEqual(r.count("step"), 4 * 300)
        for name, parents in (("catches", {"run"}), ("fails", {"catches"}), ("many", {"send"})):
            self.assertLessEqual({c.parent.function.name for c in r.calls(name)}, parents)
        self.assertGreater(len(r.drops), 5)

    @unittest.skipIf(sys.version_info < (3, 12), "needs sys.monitoring")
    def test_adaptive_recursion_is_all_there(self):
        r = self.record("""
            def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
            def short(): pass
            for _ in range(3): fib(18)
            for _ in range(1000): short()
        """, options=["--adaptive"])
        self.assertNested(r)
        self.assertEqual(r.count("fib"), 3 * 8361)  # never short often enough in a row, and taken as such from some time on
        self.assertLess(r.count("short"), 200)

    @unittest.skipIf(sys.version_info < (3, 12), "needs sys.monitoring")
    def test_children_and_the_next_recording_begin_anew(self):
        r = self.record("""
            import os
            def f(): pass
            for i in range(500): f()
            pid = os.fork()
            for i in range(40): f()
            if not pid: os._exit(0)
            os.waitpid(pid, 0)
        """, options=["--adaptive", "--python-only"])
        self.assertLess(r.count("f"), 200)
        (child,) = [ctread.Recording(p) for p in glob.glob(self.path("out.calltide.d/*.calltide"))]
        self.assertEqual((child.count("f"), child.drops), (40, []))
        run = self.python(self.write("inline.py", """
            import calltide
            def f(): pass
            for name in "ab":
                with calltide.Tracer(name + ".calltide", adaptive=name == "a") as t:
                    for i in range(300): f()
                    t.pause(); t.resume()
                    for i in range(300): f()
        """))
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        a, b = (ctread.Recording(self.path(n + ".calltide")) for n in "ab")
        self.assertLess(a.count("f"), 200)
        self.assertEqual(b.count("f"), 600)

    @unittest.skipIf(sys.version_info < (3, 12), "needs sys.monitoring")
    def test_together_with_other_options(self):
        r = self.record("""
            import json
            def f(x): return x
            def g(n):
                for i in range(300): f(i); json.dumps([i])
            def h(): g(1)
            h()
        """, options=["--adaptive", "--my-code-only", "--log-func-args", "--max-depth", "3", "--ring", "1MB"])
        self.assertNested(r)
        self.assertEqual(r.count("h"), 1)
        self.assertEqual(max(c.depth for t in r.threads.values() for c in t.calls), 2)
        self.assertEqual(r.count("json.dumps"), 0)


if __name__ == "__main__":
    unittest.main()
