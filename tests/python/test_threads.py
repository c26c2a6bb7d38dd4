# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads, forks, children, and recording from within."""

import json
import os
import sys
import unittest

import ctread
from support import RecorderTest


class Threads(RecorderTest):
    def test_names_and_counts(self):
        r = self.record("""
            import threading
            def work(n):
                for _ in range(n): step()
            def step(): pass
            threads = [threading.Thread(target=work, args=(i * 1000,), name="worker %d" % i) for i in range(1, 5)]
            for t in threads: t.start()
            for t in threads: t.join()
        """)
        self.assertEqual(sorted(t.name for t in r.threads.values()),
                         ["MainThread", "worker 1", "worker 2", "worker 3", "worker 4"])
        for i in range(1, 5):
            self.assertEqual(r.count("step", thread="worker %d" % i), i * 1000)
        for t in r.threads.values():
            self.assertNotEqual(t.native, 0)
            if not t.main:
                self.assertGreater(t.end, t.start)
        self.assertEqual([c.function.qualname for c in r.calls() if c.was_running], [])
        self.assertEqual([c.parent for c in r.calls() if c.function.qualname.endswith("_bootstrap")], [None] * 4)
        self.assertNested(r)

    @unittest.skipUnless(sys.platform == "linux", "pthreads by ctypes")
    def test_native_threads_are_seen_from_their_first_call_on(self):
        source = """
            import ctypes, sys
            def step(): pass
            @ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
            def native(argument):
                for i in range(argument or 0): step()
                return 0
            libc = ctypes.CDLL(None)
            for n in (3, 5, 0, 7):
                thread = ctypes.c_ulong()
                assert not libc.pthread_create(ctypes.byref(thread), None, native, ctypes.c_void_p(n))
                libc.pthread_join(thread, None)
        """
        for options in ([], ["--python-only"]):
            r = self.record(source, options=options)
            self.assertNested(r)
            counts = [sum(c.function.name == "step" for c in t.calls) for t in r.threads.values() if not t.main]
            self.assertEqual((sorted(counts), r.count("native"), r.count("step")), ([0, 3, 5, 7], 4, 15))

    @unittest.skipUnless(sys.platform == "linux", "pthreads by ctypes")
    def test_recordings_begin_while_native_threads_come_and_go(self):
        script = self.write("program.py", """
            import calltide, ctypes, threading
            def step(): pass
            @ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
            def native(argument):
                step()
                return 0
            libc = ctypes.CDLL(None)
            ends = threading.Event()
            def starts():
                while not ends.is_set():
                    threads = [ctypes.c_ulong() for i in range(10)]
                    threads = [t for t in threads if not libc.pthread_create(ctypes.byref(t), None, native, None)]
                    for t in threads: libc.pthread_join(t, None)
            starters = [threading.Thread(target=starts) for i in range(3)]
            for s in starters: s.start()
            for i in range(200):
                with calltide.Tracer("part.calltide"):
                    for k in range(100): step()
            ends.set()
            for s in starters: s.join()
            print("whole")
        """)
        run = self.python(script)
        self.assertEqual((run.returncode, run.stdout), (0, b"whole\n"), run.stderr)

    def test_waits_for_the_interpreters_lock(self):
        r = self.record("""
            import sys, threading
            def step(n):
                return n + 1
            together = threading.Barrier(2)
            def work(until):
                together.wait()
                n = 0
                while n < until: n = step(n)
            sys.setswitchinterval(0.0005)
            threads = [threading.Thread(target=work, args=(300_000,), name="busy %d" % i) for i in range(2)]
            for t in threads: t.start()
            for t in threads: t.join()
        """)
        busy = {t.name: t for t in r.threads.values() if t.name.startswith("busy")}
        self.assertGreater(sum(len(t.gil_waits) for t in busy.values()), 0)
        for t in busy.values():
            times = sorted([c.start for c in t.calls] + [c.end for c in t.calls])
            for start, end, lost in t.gil_waits:
                self.assertEqual(lost, 0)
                self.assertLess(start, end)
                self.assertEqual([x for x in times if start < x < end], [])  # a thread that waits does nothing
        # While one waits, the other ones work.
        waits = [w for t in busy.values() for w in t.gil_waits]
        others = [c.start for t in r.threads.values() for c in t.calls]
        self.assertGreater(sum(any(start < x < end for x in others) for start, end, _ in waits), 0)

    SPINS = """
        import sys, threading
        def spin():
            for i in range(2_000_000): pass
        sys.setswitchinterval(0.0005)
        t = threading.Thread(target=spin, name="other"); t.start()
        spin()
        t.join()
    """

    def test_waits_without_any_call_between(self):
        r = self.record(self.SPINS)
        for t in r.threads.values():
            (call,) = [c for c in t.calls if c.function.name == "spin"]
            inside = [w for w in t.gil_waits if call.start <= w[0] and w[1] <= call.end]
            self.assertGreater(len(inside), 0)
        self.assertEqual([w for t in self.record(self.SPINS, options=["--no-gil"]).threads.values() for w in t.gil_waits], [])

    def test_waits_are_kept_where_results_are(self):
        r = self.record(self.SPINS, options=["--log-func-retval"])
        for t in r.threads.values():
            (call,) = [c for c in t.calls if c.function.name == "spin"]
            self.assertGreater(len([w for w in t.gil_waits if call.start <= w[0] and w[1] <= call.end]), 0)

    def test_one_thread_waits_for_nobody(self):
        r = self.record("for i in range(1000): str(i)")
        self.assertEqual([w for t in r.threads.values() for w in t.gil_waits], [])

    def test_a_new_name_wins(self):
        r = self.record("""
            import threading
            def work(): threading.current_thread().name = "renamed"
            t = threading.Thread(target=work, name="before"); t.start(); t.join()
        """)
        self.assertEqual(sorted(t.name for t in r.threads.values()), ["MainThread", "renamed"])

    def test_many_short_threads(self):
        r = self.record("""
            import threading
            def work(): pass
            for i in range(300):
                t = threading.Thread(target=work); t.start(); t.join()
        """)
        self.assertEqual(r.count("work"), 300)
        self.assertEqual(len(r.threads), 301)

    def test_daemon_threads_at_the_end(self):
        r = self.record("""
            import threading, time
            def spin():
                while True: step(); time.sleep(0.0002)
            def step(): pass
            threading.Thread(target=spin, daemon=True, name="spinner").start()
            time.sleep(0.1)
        """)
        self.assertGreater(r.count("step", thread="spinner"), 10)
        (spin,) = r.calls("spin")
        self.assertEqual(spin.how, "open")

    def test_pools_and_executors(self):
        r = self.record("""
            from concurrent.futures import ThreadPoolExecutor
            def square(x): return x * x
            with ThreadPoolExecutor(3, thread_name_prefix="pool") as pool:
                print(sum(pool.map(square, range(100))))
        """)
        self.assertEqual(r.run.stdout, b"328350\n")
        self.assertEqual(r.count("square"), 100)
        self.assertTrue(any(t.name.startswith("pool_") for t in r.threads.values()))


class Children(RecorderTest):
    def test_fork(self):
        r = self.record("""
            import os
            def parent_only(): pass
            def child_only(): pass
            def both(): pass
            both()
            pid = os.fork()
            if pid:
                os.waitpid(pid, 0)
                for _ in range(1000): parent_only()
            else:
                for _ in range(2000): child_only()
            both()
        """)
        (child,) = r.children()
        self.assertEqual((r.count("parent_only"), r.count("child_only"), r.count("both")), (1000, 0, 2))
        self.assertEqual((child.count("parent_only"), child.count("child_only"), child.count("both")), (0, 2000, 1))
        self.assertEqual(child.recording_id, r.recording_id)
        self.assertEqual(child.parent_id, r.process_id)
        self.assertEqual(child.ppid, r.pid)
        self.assertEqual(child.compat & 4, 4)
        (module,) = (c for c in child.calls("<module>") if c.function.file.endswith("program.py"))
        self.assertTrue(module.was_running)
        self.assertEqual(child.end[1], 0)

    def test_fork_with_threads_at_work(self):
        r = self.record("""
            import os, threading, time
            stop = False
            def spin():
                while not stop: step(); time.sleep(0.0005)
            def step(): pass
            def child(): pass
            threads = [threading.Thread(target=spin) for _ in range(3)]
            for t in threads: t.start()
            for i in range(10):
                pid = os.fork()
                if not pid:
                    for _ in range(500): child()
                    os._exit(0)
                os.waitpid(pid, 0)
            stop = True
            for t in threads: t.join()
        """)
        children = r.children()
        self.assertEqual([c.count("child") for c in children], [500] * 10)
        self.assertEqual([c.count("step") for c in children], [0] * 10)
        self.assertNested(r)

    def test_subprocess_and_grandchildren(self):
        self.write("kid.py", """
            import subprocess, sys
            def kid(): pass
            kid()
            if len(sys.argv) > 1:
                subprocess.run([sys.executable, __file__], check=True)
        """)
        r = self.record("""
            import os, subprocess, sys
            here = os.path.dirname(__file__)
            subprocess.run([sys.executable, os.path.join(here, "kid.py"), "again"], check=True)
            subprocess.run([sys.executable, os.path.join(here, "kid.py")], check=True, env={"PATH": os.environ["PATH"]})
            os.system("%s %s" % (sys.executable, os.path.join(here, "kid.py")))
        """)
        kids = r.children()
        self.assertEqual([k.count("kid") for k in kids], [1] * 4)
        self.assertEqual({k.recording_id for k in kids}, {r.recording_id})
        self.assertEqual(sum(k.parent_id == r.process_id for k in kids), 3)
        self.assertEqual({k.meta["process_name"] for k in kids}, {"kid.py"})
        self.assertEqual({os.path.basename(json.loads(k.meta["argv"])[0]) for k in kids}, {"kid.py"})

    def test_multiprocessing(self):
        for method in ("fork", "spawn", "forkserver"):
            with self.subTest(method):
                r = self.record("""
                    import multiprocessing, sys
                    def square(x): return x * x
                    if __name__ == "__main__":
                        multiprocessing.set_start_method(sys.argv[1])
                        with multiprocessing.Pool(2) as pool:
                            print(sum(pool.map(square, range(50), chunksize=5)))
                            pool.close(); pool.join()
                """, method)
                self.assertEqual(r.run.stdout, b"40425\n")
                self.assertEqual(sum(c.count("square") for c in r.children(check=False)), 50)

    def test_no_children(self):
        r = self.record("""
            import os, subprocess, sys
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            pid = os.fork()
            if not pid:
                print("child"); sys.stdout.flush(); os._exit(0)
            os.waitpid(pid, 0)
        """, options=["--no-children"])
        self.assertEqual(r.children(), [])
        self.assertEqual(r.run.stdout, b"child\n")


class FromWithin(RecorderTest):
    def test_with_block(self):
        self.write("part.py", """
            import calltide, sys
            def before(): pass
            def inside(n): return n and inside(n - 1)
            def run():
                before()
                with calltide.Tracer("part.calltide"):
                    inside(10)
                before()
            run()
        """)
        run = self.python("part.py")
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        r = ctread.Recording(self.path("part.calltide"))
        self.assertEqual((r.count("before"), r.count("inside")), (0, 11))
        main = next(t for t in r.threads.values() if t.main)
        self.assertEqual([(c.function.qualname, c.was_running) for c in main.calls[:3]],
                         [("<module>", True), ("run", True), ("inside", False)])
        self.assertEqual(len(main.calls), 13)

    def test_again_and_again(self):
        self.write("again.py", """
            import calltide
            def f(): pass
            for i in range(5):
                t = calltide.Tracer("again%d.calltide" % i)
                t.start()
                for _ in range(i): f()
                t.stop()
                t.stop()
                f()
        """)
        run = self.python("again.py")
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        for i in range(5):
            self.assertEqual(ctread.Recording(self.path("again%d.calltide" % i)).count("f"), i)

    def test_start_and_stop_in_different_functions(self):
        self.write("ways.py", """
            import calltide
            t = calltide.Tracer("ways.calltide")
            def begin(): t.start()
            def finish(): t.stop()
            def f(): pass
            def outer():
                begin(); f()
            outer(); f(); finish(); f()
        """)
        self.assertEqual(self.python("ways.py").returncode, 0)
        r = ctread.Recording(self.path("ways.calltide"))
        self.assertEqual([(c.function.qualname, c.how) for t in r.threads.values() for c in t.calls],
                         [("<module>", "open"), ("outer", "return"), ("begin", "return"), ("f", "return"), ("f", "return"),
                          ("finish", "open")])

    def test_threads_that_run_already(self):
        self.write("running.py", """
            import calltide, threading, time
            stop = threading.Event()
            def worker():
                inner()
            def inner():
                while not stop.is_set(): step()
            def step(): time.sleep(0.001)
            def waits(): stop.wait()
            threads = [threading.Thread(target=worker, name="early"), threading.Thread(target=waits, name="waiting")]
            for t in threads: t.start()
            time.sleep(0.05)
            with calltide.Tracer("running.calltide"):
                time.sleep(0.1)
                stop.set()
                for t in threads: t.join()
            print(*[t.native_id for t in threads])
        """)
        run = self.python("running.py")
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        r = ctread.Recording(self.path("running.calltide"))
        native = {t.name: t.native for t in r.threads.values()}
        self.assertEqual([native["early"], native["waiting"]], [int(n) for n in run.stdout.split()])
        self.assertGreater(r.count("step", thread="early"), 5)
        for thread, names in (("early", {"worker", "inner"}), ("waiting", {"waits"})):
            running = {c.function.qualname: c for c in r.calls(thread=thread) if c.was_running}
            self.assertTrue(names <= set(running), running)
            self.assertEqual({running[n].how for n in names}, {"return"})

    def test_errors(self):
        self.write("wrong.py", """
            import calltide
            try: calltide.Tracer("no/such/folder/x.calltide").start()
            except OSError as e: print("OSError", "no/such" in str(e))
            with calltide.Tracer("one.calltide"):
                try: calltide.Tracer("two.calltide").start()
                except RuntimeError as e: print("RuntimeError", e)
        """)
        run = self.python("wrong.py")
        self.assertEqual(run.stdout, b"OSError True\nRuntimeError a recording is running already\n", run.stderr)
        self.assertFalse(os.path.exists(self.path("two.calltide")))

    @unittest.skipUnless(sys.version_info >= (3, 12), "tool ids came with 3.12")
    def test_cprofile_still_works(self):
        r = self.record("""
            import cProfile
            def f(): pass
            p = cProfile.Profile(); p.enable(); f(); p.disable(); f()
            print("fine")
        """)
        self.assertEqual(r.run.stdout, b"fine\n")
        self.assertEqual(r.count("f"), 2)


if __name__ == "__main__":
    unittest.main()
