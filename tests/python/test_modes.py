# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of limited size."""

import glob
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
        r = self.record("""
            for i in range(30_000):
                exec("def f%d_%s(): pass\\nf%d_%s()" % (i, "x" * 50, i, "x" * 50))
        """, options=["--stop-when-full", "512KB"])
        self.assertLessEqual(len(r.data), 512 << 10)
        self.assertGreater(r.count("builtins.exec"), 1000)
        self.assertEqual([code for _, _, code in r.notes], [LIMIT])

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


if __name__ == "__main__":
    unittest.main()
