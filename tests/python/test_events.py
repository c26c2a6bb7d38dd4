# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs add: events, instants, counters, marks on functions; pauses; exceptions where they are raised."""

import os
import sys
import unittest

import ctread
from support import RecorderTest

MONITORING = sys.version_info >= (3, 12)


class Events(RecorderTest):
    def inline(self, source, status=0):
        run = self.python(self.write("inline.py", source))
        self.assertEqual(run.returncode, status, run.stderr.decode())
        return run

    def read(self, name):
        r = ctread.Recording(self.path(name))
        self.assertNested(r)
        return r

    def test_events_are_slices_inside_their_call(self):
        r = self.record("""
            import calltide
            def inner(): pass
            def f():
                with calltide.log_event("load"):
                    inner()
                    with calltide.log_event("parse"): inner()
                inner()
            for i in range(3): f()
            def gen():
                with calltide.log_event("half"):
                    yield 1
                    inner()
            list(gen()); next(gen())
            @calltide.log_event("decorated")
            def g(): inner()
            g()
        """)
        self.assertNested(r)
        self.assertEqual((r.count("load"), r.count("parse"), r.count("half"), r.count("decorated")), (3, 3, 2, 1))
        self.assertEqual({c.parent.function.name for c in r.calls("load")}, {"f"})
        self.assertEqual({c.parent.function.name for c in r.calls("parse")}, {"load"})
        parents = [c.parent.function.name for c in r.calls("inner")]
        self.assertEqual(parents[:9], ["load", "parse", "f"] * 3)
        self.assertEqual(parents[-1], "g")
        (load, *_) = r.calls("load")
        self.assertEqual((os.path.basename(load.function.file), load.function.line), ("program.py", 5))
        (decorated,) = r.calls("decorated")
        self.assertEqual((os.path.basename(decorated.function.file), decorated.function.line), ("program.py", 15))
        self.assertEqual(r.count("log_event"), 0)  # the class is ours

    def test_instants_and_counters(self):
        r = self.record("""
            import calltide
            class Thing:
                def __repr__(self): print("no")
            def f():
                calltide.log_instant("here")
                calltide.log_instant("with", {"a": 1, "t": Thing()})
                calltide.log_instant("not", cond=False)
                calltide.log_var("x", 5); calltide.log_var("y", [1, 2])
                calltide.log_counter("load", 1.5)
                calltide.log_counter("queue", {"in": 3, "out": 4})
            f()
            try: calltide.log_counter("bad", "text")
            except TypeError as e: print(e)
        """, options=["--no-exceptions", "--no-memory"])
        (t,) = [t for t in r.threads.values() if t.main]
        self.assertEqual([i[1:] for i in t.instants],
                         [["here", None], ["with", {"a": 1, "t": "<Thing>"}], ["y", {"value": [1, 2]}]])
        self.assertEqual([s[1:] for s in t.samples],
                         [("x", "", 5.0), ("load", "", 1.5), ("queue", "in", 3.0), ("queue", "out", 4.0)])
        (call,) = r.calls("f")
        self.assertTrue(all(call.start <= i[0] <= call.end for i in t.instants))
        self.assertEqual(r.run.stdout, b"log_counter('bad'): 'text' is not a number\n")

    def test_memory_and_processor_time(self):
        r = self.record("""
            import time
            def f(): pass
            kept = []
            begin = time.process_time()
            while time.process_time() < begin + 0.1:
                for i in range(3000): f()
                kept.append(bytes(100_000))
        """)
        samples = sorted(s for t in r.threads.values() for s in t.samples)
        memory = [s[3] for s in samples if s[1:3] == ("Memory", "resident")]
        cpu = [s[3] for s in samples if s[1] == "CPU"]
        self.assertGreaterEqual(len(memory), 3)
        self.assertGreater(memory[0], 1e6)
        self.assertGreater(memory[-1], memory[0])
        self.assertEqual(cpu, sorted(cpu))
        self.assertGreater(cpu[-1] - cpu[0], 0.05)
        self.assertEqual(sorted(r.counters.values()), [("CPU", ""), ("Memory", "resident")])

    def test_ignored_functions(self):
        r = self.record("""
            import calltide
            def inner(): pass
            @calltide.ignore_function
            def hidden(): inner()
            @calltide.ignore_function
            def gen(): inner(); yield 1; inner()
            def seen(): inner()
            for i in range(5): hidden(); list(gen()); seen()
        """)
        self.assertEqual((r.count("hidden"), r.count("gen"), r.count("seen"), r.count("inner")), (0, 0, 5, 5))
        self.assertNested(r)

    def test_only_marked_functions(self):
        source = """
            import calltide
            def inner(): pass
            @calltide.log_sparse
            def marked(): inner()
            def other(): marked()
            other()
        """
        self.assertEqual({c.function.name for c in self.record(source, options=["--log-sparse"]).calls()}, {"marked"})
        r = self.record(source)
        self.assertEqual((r.count("inner"), r.count("other"), r.count("marked")), (1, 1, 1))

    def test_pause_and_resume(self):
        self.inline("""
            import calltide, threading
            def f(): pass
            go, done = threading.Event(), threading.Event()
            def other():
                f(); done.set(); go.wait(); f()
            def deep(n):
                if n: return deep(n - 1)
                t.pause()
                f(); threading.Thread(target=f).start()
                assert calltide.get_tracer() is t and not t.enable
                t.resume()
                f()
            with calltide.Tracer("p.calltide") as t:
                thread = threading.Thread(target=other); thread.start(); done.wait()
                f(); deep(3); f()
                go.set(); thread.join()
        """)
        r = self.read("p.calltide")
        self.assertEqual(r.count("f"), 5)
        self.assertEqual(sum(c.was_running for c in r.calls("deep")), 4)
        self.assertEqual(sum(not c.was_running for c in r.calls("deep")), 4)
        self.assertEqual([c.parent.function.name for c in r.calls("f", thread=None)].count("other"), 2)
        (main,), (other,) = ([t for t in r.threads.values() if t.main is m] for m in (True, False))
        (begin, end, _, reason), (other_begin, other_end, *_) = *main.losses, *other.losses
        self.assertEqual(reason, 32)
        self.assertEqual(begin, other_begin)
        self.assertEqual(sum(c.end <= begin for c in r.calls("deep")), 4)
        self.assertEqual(sum(c.start >= end for c in r.calls("deep")), 4)
        self.assertTrue(all(c.start >= other_end or c.end <= begin + 10**6 for c in other.calls))

    def test_a_pause_to_the_end(self):
        self.inline("""
            import calltide
            with calltide.Tracer("p.calltide") as t:
                t.pause()
        """)
        (main,) = self.read("p.calltide").threads.values()
        ((begin, end, count, reason),) = main.losses
        self.assertLess(begin, end)
        self.assertEqual((count, reason), (0, 32))

    def test_a_whole_program_is_paused(self):
        r = self.record("""
            import calltide
            def f(): pass
            t = calltide.get_tracer()
            f(); t.stop(); f(); f(); t.start(); f()
        """)
        self.assertEqual(r.count("f"), 2)
        self.assertNested(r)

    def test_save_clear_and_decorators(self):
        run = self.inline("""
            import calltide, os
            def f(n):
                for i in range(n): g()
            def g(): pass
            t = calltide.Tracer("a.calltide", tracer_entries=1000, verbose=0, max_stack_depth=-1)
            t.start(); f(10); t.clear(); f(3); t.stop()
            print(os.path.basename(t.save("moved.calltide")), os.path.exists("a.calltide"))
            @calltide.trace_and_save(output_dir="out", exclude_functions=["g"])
            def traced(): f(2)
            traced(); traced()
            @calltide.Tracer("d.calltide", process_name="nightly")
            def once(): f(4)
            once()
            for wrong in ({"max_dept": 1}, {"min_duration": "x"}):
                try: calltide.Tracer(**wrong)
                except ValueError as e: print(e)
            try: calltide.Tracer().save()
            except RuntimeError as e: print(e)
            print(calltide.get_tracer())
        """)
        self.assertEqual(run.stdout.decode().splitlines(), [
            "moved.calltide False", "there is no option max_dept; did you mean max_depth?",
            "min_duration: 'x' is not understood; write it like 10us or 2ms",
            "there is no recording to save: start() first", "None"])
        self.assertEqual(self.read("moved.calltide").count("g"), 3)
        self.assertEqual((self.read("d.calltide").count("g"), self.read("d.calltide").meta["process_name"]), (4, "nightly"))
        made = sorted(os.listdir(self.path("out")))
        self.assertEqual(len(made), 2)
        r = self.read(os.path.join("out", made[0]))
        self.assertEqual((r.count("f"), r.count("g")), (1, 0))

    def test_what_was_saved_stays(self):
        run = self.inline("""
            import calltide, os
            def f(n):
                for i in range(n): g()
            def g(): pass
            t = calltide.Tracer("a.calltide")
            for n in 1, 2, 3:
                t.start(); f(n); t.stop()
                print(os.path.basename(t.save()))
            t.clear()
            t.start(); f(4); print(os.path.basename(t.save("b.calltide"))); t.clear()
            try: t.save()
            except RuntimeError: print("nothing")
        """)
        names = run.stdout.decode().split()
        self.assertEqual(names, ["a.calltide", "a-2.calltide", "a-3.calltide", "b.calltide", "nothing"], run.stderr)
        self.assertEqual([self.read(name).count("g") for name in names[:4]], [1, 2, 3, 4])

    def test_nothing_happens_when_nothing_is_recorded(self):
        run = self.python(self.write("inline.py", """
            import calltide
            calltide.log_instant("a", {1: 2}); calltide.log_var("b", 1); calltide.log_counter("c", 1)
            with calltide.log_event("d"): pass
            @calltide.ignore_function
            def f(): return 3
            print(f(), calltide.get_tracer())
        """))
        self.assertEqual((run.stdout, run.stderr), (b"3 None\n", b""))

    @unittest.skipUnless(MONITORING, "the profile hook of 3.9 to 3.11 is not told of exceptions")
    def test_exceptions_where_they_are_raised(self):
        r = self.record("""
            def deep(n):
                if n: return deep(n - 1)
                raise ValueError("too deep")
            def outer():
                try: deep(5)
                except ValueError: pass
                try: int("x")
                except ValueError: pass
                try: {}["key"]
                except KeyError as e:
                    try: raise OSError(2, "gone") from e
                    except OSError: pass
                for i in iter([1]): pass
                next(iter([]), None)
            outer()
            class Odd(Exception):
                def __str__(self): print("no")
            try: raise Odd(5, [1])
            except Odd: pass
        """)
        (t,) = [t for t in r.threads.values() if t.main]
        shown = [(i[1], i[2]) for i in t.instants]
        self.assertEqual(shown, [
            ("ValueError", "too deep"), ("ValueError", "invalid literal for int() with base 10: 'x'"), ("KeyError", "key"),
            ("FileNotFoundError", "2, gone"), ("Odd", "5, [1]")])
        self.assertEqual(r.run.stdout, b"")
        self.assertEqual(self.record("raise SystemExit(3)", options=["--no-exceptions"], status=3).threads[0].instants, [])


if __name__ == "__main__":
    unittest.main()
