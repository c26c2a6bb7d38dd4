# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks that take turns in one thread: greenlets."""

import importlib.util
import os
import sys
import textwrap
import unittest

from support import PACKAGE_DIR, RecorderTest

# Where the tests' packages are that have a build for each Python.
FOLDER = os.path.join(os.environ.get("CALLTIDE_TEST_PACKAGES", ""), "py%d.%d" % sys.version_info[:2])

PING = """
    import greenlet
    def leaf(n): return n + 1
    def inner(other, n):
        leaf(n)
        got = other.switch(n)
        leaf(n)
        return got
    def ping(n):
        for i in range(3): inner(two, n)
        return "ping ends"
    def pong(n):
        for i in range(3): inner(one, n)
    one, two = greenlet.greenlet(ping), greenlet.greenlet(pong)
    def main():
        print(one.switch(1))
        print(leaf(10))
    main()
"""


@unittest.skipUnless(os.path.isdir(os.path.join(FOLDER, "greenlet")) or importlib.util.find_spec("greenlet"),
                     "this Python has no greenlet module: CALLTIDE_TEST_PACKAGES may name a folder with pyX.Y/greenlet")
class Greenlets(RecorderTest):
    def python(self, *arguments, traced=True, **options):
        path = [PACKAGE_DIR] * traced + [FOLDER]
        return super().python(*arguments, traced=traced, env={"PYTHONPATH": os.pathsep.join(path)}, **options)

    def first(self, r, name):
        return [c for c in r.calls(name) if not c.resumed]

    def chain(self, call):
        names = []
        while call:
            names.append(call.function.name)
            call = call.parent
        return names

    def check(self, *options, source=PING, printed=b"ping ends\n11\n"):
        r = self.record(source, options=options)
        self.assertEqual(r.run.stdout, printed)
        self.assertNested(r)
        for name, count in (("leaf", 12), ("inner", 6), ("ping", 1), ("pong", 1), ("main", 1)):
            self.assertEqual(len(self.first(r, name)), count, name)
        for call in list(r.calls("leaf")):
            if self.chain(call)[1] == "main":
                continue
            self.assertIn(self.chain(call)[1:3], [["inner", "ping"], ["inner", "pong"]])
            self.assertNotIn({"ping", "pong"}, [set(self.chain(call))])
        for call in r.calls():
            names = set(self.chain(call))
            self.assertFalse({"ping", "pong"} <= names, self.chain(call))  # neither stands on the other
        # What gives way goes on: each part but the last of a call ends by a switch, each but the first is so marked.
        parts = [c for c in r.calls("ping")]
        self.assertEqual([c.how for c in parts[:-1]], ["switch"] * (len(parts) - 1))
        self.assertEqual([c.resumed for c in parts], [False] + [True] * (len(parts) - 1))
        self.assertEqual(parts[-1].how, "return")
        self.assertGreater(len(parts), 2)
        return r

    def test_exact(self):
        r = self.check()
        (main,) = self.first(r, "main")
        self.assertEqual(main.how, "return")
        ping = self.first(r, "ping")[0]
        self.assertIn("main", self.chain(ping))  # its parent waits in it

    def test_python_only(self):
        self.check("--python-only")

    def test_in_each_thread(self):
        text = textwrap.dedent(PING).replace("main()\n", "")
        r = self.record(text.replace("one, two =", "def start():\n  global one, two\n  one, two =") + """
import threading
def both():
    start(); main()
both()
for name in "second", "third":  # where no function is new
    t = threading.Thread(target=both, name=name); t.start(); t.join()
""")
        self.assertNested(r)
        for thread in ("MainThread", "second", "third"):
            for name, count in (("leaf", 12), ("inner", 6), ("ping", 1), ("pong", 1)):
                self.assertEqual(len([c for c in r.calls(name, thread=thread) if not c.resumed]), count, name)
            for call in r.calls("leaf", thread=thread):
                self.assertIn(self.chain(call)[1], ("inner", "main"))
                self.assertFalse({"ping", "pong"} <= set(self.chain(call)))

    def test_filters(self):
        r = self.record(PING, options=["--exclude-functions", "inner"])
        self.assertEqual(r.count("inner"), 0)
        self.assertEqual(len(self.first(r, "leaf")), 12)
        self.assertNested(r)
        for call in r.calls("leaf"):
            self.assertIn(self.chain(call)[1], ("ping", "pong", "main"))

    @unittest.skipIf(sys.version_info < (3, 12), "adaptive is for 3.12 and newer")
    def test_adaptive_stays_balanced(self):
        r = self.record(PING.replace("range(3)", "range(3000)"), options=["--adaptive"])
        self.assertNested(r)
        self.assertEqual(len(self.first(r, "ping")), 1)

    def test_a_least_duration(self):
        r = self.record("""
            import greenlet, time
            def nap(): time.sleep(0.03)
            def short(): pass
            def run(other):
                for i in range(3):
                    nap(); short()
                    other().switch()
            one = greenlet.greenlet(lambda: run(lambda: two)); two = greenlet.greenlet(lambda: run(lambda: one))
            one.switch()
        """, options=["--min-duration", "5ms"])
        self.assertNested(r)
        self.assertEqual((len(self.first(r, "nap")), r.count("short")), (6, 0))
        for call in r.calls("nap"):
            self.assertEqual(self.chain(call)[1], "run")

    SUSPENDED = """
        import os, sys
        from greenlet import greenlet, getcurrent
        import calltide
        main = getcurrent()
        def leaf(n): return n
        def step(n): leaf(n); main.switch(); leaf(n)
        def work():
            for i in range(4): step(i)
        tracer = calltide.Tracer("a.calltide")
    """

    def recorded(self, source):
        run = self.python("-c", textwrap.dedent(self.SUSPENDED) + textwrap.dedent(source))
        self.assertEqual(run.returncode, 0, run.stderr)
        import ctread
        return ctread.Recording(self.path("a.calltide"))

    def test_what_stood_still_in_a_pause_ends_in_its_place(self):
        r = self.recorded("""
            tracer.start()
            g = greenlet(work)
            g.switch()
            tracer.pause(); g.switch(); tracer.resume()
            g.switch(); g.switch()
            tracer.stop()
        """)
        self.assertNested(r)
        self.assertGreater(r.count("step"), 3)
        for call in r.calls("step"):
            self.assertEqual(self.chain(call)[1], "work")
        for call in r.calls("leaf"):
            self.assertEqual(self.chain(call)[1:3], ["step", "work"])

    def test_a_recording_that_begins_in_a_greenlet(self):
        r = self.recorded("""
            def begin(): tracer.start(); leaf(1); main.switch(); leaf(2)
            def other(): pass
            g = greenlet(begin)
            g.switch(); other(); g.switch(); other()
            tracer.stop()
        """)
        self.assertNested(r)
        for call in r.calls("other"):
            self.assertNotIn("begin", self.chain(call))
        self.assertEqual([self.chain(c)[1] for c in r.calls("leaf")], ["begin", "begin"])

    def test_a_thread_that_was_among_greenlets_when_the_recording_began(self):
        r = self.recorded("""
            import threading
            def around(g): g.switch(); leaf(1)
            def inside(home): home.switch(); step_in(); home.switch(); step_in()
            def step_in(): leaf(2)
            def run(ready, go):
                g = greenlet(inside)
                g.switch(getcurrent())
                ready.set(); go.wait()
                around(g); around(g)
            def turn():
                ready, go = threading.Event(), threading.Event()
                t = threading.Thread(target=run, args=(ready, go)); t.start()
                ready.wait()
                return t, go
            turns = turn(), turn()
            tracer.start()
            for t, go in turns:  # every function has been seen when it is the second one's
                go.set(); t.join()
            tracer.stop()
        """)
        self.assertNested(r)
        self.assertEqual(len(self.first(r, "step_in")), 4)
        for call in r.calls("step_in"):
            self.assertIn("inside", self.chain(call))
        for call in r.calls("around"):
            self.assertNotIn("inside", self.chain(call))

    def test_calls_that_are_too_deep_hide_greenlets_from_before(self):
        r = self.recorded("""
            tracer = calltide.Tracer("a.calltide", max_depth=3)
            g = greenlet(work)
            g.switch()
            def deep(n):
                if n: deep(n - 1)
                else: g.switch()
            def after(): leaf(1)
            tracer.start()
            deep(5); after(); g.switch(); after()
            tracer.stop()
        """)
        self.assertNested(r)
        self.assertEqual((r.count("step"), r.count("after"), r.count("leaf")), (0, 2, 2))
        self.assertEqual(len(self.first(r, "deep")), 2)

    def test_a_fork_in_a_greenlet(self):
        r = self.record("""
            import os
            from greenlet import greenlet, getcurrent
            main = getcurrent()
            def leaf(n): pass
            def other(): pass
            def fork(): pid = os.fork(); leaf(1); main.switch(pid); leaf(2)
            g = greenlet(fork)
            pid = g.switch()
            other()
            g.switch()
            other()
            if pid: os.waitpid(pid, 0)
        """)
        (child,) = r.children()
        for recording in (r, child):
            self.assertNested(recording)
            self.assertEqual(recording.count("other"), 2)
            for call in recording.calls("other"):
                self.assertNotIn("fork", self.chain(call))
            self.assertEqual([self.chain(c)[1] for c in recording.calls("leaf")], ["fork", "fork"])

    def test_the_programs_own_trace_function_sees_all(self):
        script = self.write("program.py", """
            import greenlet
            seen = []
            greenlet.settrace(lambda event, args: seen.append(event))
            g = greenlet.greenlet(lambda: greenlet.getcurrent().parent.switch(1))
            g.switch(); g.switch()
            print(len(seen), set(seen))
        """)
        plain = self.python(script, traced=False)
        self.assertEqual(self.trace("-o", self.path("a.calltide"), script).stdout, plain.stdout)

    def test_a_trace_function_in_the_place_of_ours_sees_all_and_so_do_we(self):
        for chained in ("", "before(event, args)"):  # as gevent's passes on to the one that was there
            own = """
                seen = []
                def own(event, args): seen.append(event); %s
                def count(): print(len(seen), set(seen))
                before = greenlet.settrace(own) or (lambda event, args: None)
                main()
                count()
                greenlet.settrace(None)
                count()
            """ % chained
            source = textwrap.dedent(PING).rpartition("main()\n")[0] + textwrap.dedent(own)
            plain = self.python("-c", source, traced=False)
            self.check(source=source, printed=plain.stdout)

    @unittest.skipIf(sys.version_info < (3, 12), "needs sys.monitoring")
    def test_switches_to_functions_that_are_left_out_cost_no_fresh_start(self):
        r = self.record("""
            import sys
            from greenlet import greenlet, getcurrent
            m, seen = sys.monitoring, []
            m.use_tool_id(1, "own")
            m.register_callback(1, m.events.PY_START, lambda code, at: seen.append(code.co_name) or m.DISABLE)
            m.set_events(1, m.events.PY_START)
            def hub(main):
                while True: main.switch()
            def step(): pass
            g = greenlet(hub)
            for i in range(100): g.switch(getcurrent()); step()
            m.set_events(1, 0)
            print(seen.count("step") < 10)
        """, options=["--exclude-functions", "hub"])
        self.assertEqual(r.run.stdout, b"True\n")
        self.assertEqual((r.count("hub"), r.count("step")), (0, 100))
        self.assertNested(r)

    def test_an_attached_recording_or_a_later_one(self):
        run = self.python("-c", textwrap.dedent("""
            import greenlet, calltide
            def hold(n):
                main.switch()
                work(n)
            def work(n): main.switch()
            main = greenlet.getcurrent()
            suspended = greenlet.greenlet(hold)
            suspended.switch(1)  # stands in hold()
            def second(): suspended.switch()
            with calltide.Tracer("a.calltide"): second()
            suspended.switch()
            with calltide.Tracer("b.calltide"): second()
        """))
        self.assertEqual(run.returncode, 0, run.stderr)
        import ctread
        r = ctread.Recording(self.path("a.calltide"))
        (work,) = r.calls("work")
        self.assertEqual(self.chain(work)[1], "hold")
        self.assertTrue(work.parent.was_running)
        self.assertEqual(len(self.first(r, "second")), 1)


if __name__ == "__main__":
    unittest.main()
