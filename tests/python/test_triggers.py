# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings that start or stop when something happens: nothing before, nothing after, and all of it between."""

import sys
import unittest

from support import RecorderTest

MONITORING = sys.version_info >= (3, 12)

PROGRAM = """
    import os, signal, sys, threading, time

    class Unusual(Exception): pass
    class Lost(Unusual): pass

    def before(): return 1
    def order(n): return price(n)
    def price(n): return n * 2
    def slow(): time.sleep(0.05)
    def after(): return len("abc")
    def work(n):
        before(); order(n); after()
    def lose(): raise Lost("x")
    def fails():
        try: lose()
        except Lost: pass
    def numbers():
        yield 1
        yield 2

    for i in range(5): before()
    for i in range(5): work(i)
    slow()
    list(numbers())
    fails()
    if hasattr(signal, "SIGUSR1") and "signal" in sys.argv:
        os.kill(os.getpid(), signal.SIGUSR1)
    for i in range(3): before()
    t = threading.Thread(target=after, name="late"); t.start(); t.join()
    print("done")
"""


class Triggers(RecorderTest):
    def made(self, *options, arguments=()):
        r = self.record(PROGRAM, *arguments, options=options)
        self.assertEqual(r.run.stdout, b"done\n")
        self.assertEqual(r.run.stderr, b"")
        self.assertNested(r)
        return r

    def counts(self, r):
        return [r.count(n) for n in ("before", "order", "price", "slow", "fails", "after")]

    def marks(self, r):
        return [i[1][0] if isinstance(i[1], tuple) else i[1] for t in r.threads.values() for i in t.instants]

    def test_starts_when_a_function_is_entered(self):
        r = self.made("--start-when", "enter:order")
        # The first work() is open already; its before() was not recorded.
        self.assertEqual(self.counts(r), [4 + 3, 5, 5, 1, 1, 6])
        self.assertEqual(r.count("work"), 5)
        (first, *_) = r.calls("order")
        self.assertEqual(first.parent.function.name, "work")
        self.assertIn("recording starts: enter:order", self.marks(r))

    def test_stops_when_a_function_is_entered(self):
        r = self.made("--stop-when=enter:slow")
        self.assertEqual(self.counts(r), [10, 5, 5, 0, 0, 5])
        self.assertIn("recording stops: enter:slow", self.marks(r))

    def test_from_here_to_there_of_one_process(self):
        r = self.made("--start-when", "enter:slow", "--stop-when", "enter:fails", "--python-only")
        self.assertEqual(self.counts(r), [0, 0, 0, 1, 0, 0])
        self.assertGreater(r.count("numbers"), 0)

    def test_a_long_call(self):
        r = self.made("--start-when", "longer:20ms:slow")
        self.assertEqual(self.counts(r), [3, 0, 0, 0, 1, 1])
        r = self.made("--stop-when", "longer:20ms:slow")
        self.assertEqual(self.counts(r), [10, 5, 5, 1, 0, 5])

    def test_a_short_enough_call_does_nothing(self):
        self.assertEqual(self.counts(self.made("--stop-when", "longer:30s")), [13, 5, 5, 1, 1, 6])

    def test_an_exception(self):
        r = self.made("--start-when", "raise:Unusual")  # a base of it
        self.assertEqual(self.counts(r), [3, 0, 0, 0, 1, 1])
        r = self.made("--stop-when", "raise:*.Lost", "--no-exceptions")
        self.assertEqual(self.counts(r)[:4] + [r.count("after")], [10, 5, 5, 1, 5])
        self.assertEqual(["before Python 3.12, Python functions only" in n[1] for n in r.notes], [] if MONITORING else [True])
        r = self.made("--start-when", "raise:ZeroDivisionError")
        self.assertEqual(self.counts(r), [0] * 6)

    def test_a_signal(self):
        r = self.made("--start-when", "signal:USR1", arguments=["signal"])
        self.assertEqual(self.counts(r), [3, 0, 0, 0, 0, 1])
        r = self.made("--stop-when", "signal:SIGUSR1", arguments=["signal"])
        self.assertEqual(self.counts(r), [10, 5, 5, 1, 1, 5])

    def test_a_signal_that_the_program_takes_is_said(self):
        program = """
            import os, signal, sys
            if "first" in sys.argv: os.kill(os.getpid(), signal.SIGUSR1)
            signal.signal(signal.SIGUSR1, lambda *rest: None)
            os.kill(os.getpid(), signal.SIGUSR1)
        """
        words = "SIGUSR1 did not reach the recording: the program has set a handler of its own for it"
        for option in "--start-when", "--stop-when":
            r = self.record(program, options=[option, "signal:USR1"])
            self.assertEqual([n[1] for n in r.notes].count(words), 1)
            r = self.record(program, "first", options=[option, "signal:USR1"])
            self.assertEqual([n[1] for n in r.notes], [])  # it has done what it was to do

    def test_some_time(self):
        r = self.made("--start-when", "after:0.01s", "--python-only")  # slow() takes five times that
        self.assertEqual(self.counts(r)[3:], [self.counts(r)[3], 1, self.counts(r)[5]])
        self.assertGreaterEqual(r.count("after"), 1)
        r = self.made("--stop-when", "after:60s")
        self.assertEqual(self.counts(r), [13, 5, 5, 1, 1, 6])

    def test_what_never_happens_gives_an_empty_recording(self):
        r = self.made("--start-when", "enter:no_such_function")
        self.assertEqual(self.counts(r), [0] * 6)

    def test_a_child_waits_for_itself(self):
        r = self.record("""
            import os
            def wanted(): return 1
            def other(): return 2
            other()
            pid = os.fork()
            if pid == 0:
                wanted(); other()
                os._exit(0)
            os.waitpid(pid, 0)
            other()
        """, options=["--start-when", "enter:wanted"])
        self.assertEqual((r.count("wanted"), r.count("other")), (0, 0))
        import ctread, os
        folder = self.path("out.calltide.d")
        (child,) = os.listdir(folder)
        c = ctread.Recording(os.path.join(folder, child))
        self.assertEqual((c.count("wanted"), c.count("other")), (1, 1))

    def test_wrong_conditions_are_refused(self):
        for text, words in (("enter", b"not understood"), ("longer:soon", b"20ms"), ("signal:KILL", b"no signal"), ("often:x", b"not understood")):
            run = self.trace("--stop-when", text, "-c", "1")
            self.assertEqual(run.returncode, 2, text)
            self.assertIn(words, run.stderr)


if __name__ == "__main__":
    unittest.main()
