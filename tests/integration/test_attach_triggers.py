# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of running programs that start and stop when something happens."""
import os
import signal
import subprocess
import sys
import unittest

from attaching import Attaching
from test_inject import wait_until

# Works once for each line: the test says when. Its own handler of USR1 counts; USR2 is the system's, which would end it.
PROGRAM = """
    import signal, sys, time
    class Lost(Exception): pass
    def quick(): return 1
    def slow(): time.sleep(0.05)
    def lose(): raise Lost("x")
    def fails():
        try: lose()
        except Lost: pass
    counted = []
    signal.signal(signal.SIGUSR1, lambda number, frame: counted.append(number))
    def take(): signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    names = {"quick": quick, "slow": slow, "fails": fails, "take": take}
    print("READY", flush=True)
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        for word in line.split():
            if word in names:
                names[word]()
        print("DONE", flush=True)
    print(len(counted), signal.getsignal(signal.SIGUSR1).__name__, signal.getsignal(signal.SIGUSR2).name)
"""


class AttachTriggers(Attaching):
    def program(self):
        return self.start(PROGRAM, stdin=subprocess.PIPE)

    def say(self, process, words):
        process.stdin.write(words + "\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), "DONE\n")

    def finish(self, process):
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err), (0, ""))
        return out

    def counts(self, name):
        return [self.calls(name, f) for f in ("quick", "slow", "fails")]

    def recorded(self, *options, words="quick slow quick fails quick"):
        process = self.program()
        tool = self.attached(process.pid, "-o", "t.calltide", *options)
        self.say(process, words)
        self.interrupt(tool)
        self.assertEqual(self.finish(process), "0 <lambda> SIG_DFL\n")
        old = sys.version_info < (3, 12) and any("raise:" in o for o in options)
        texts = [p["text"] for p in self.info("t.calltide")["problems"]]
        never = [t for t in texts if "never came" in t]
        self.assertEqual(len(never), any(":1000s" in o for o in options))
        self.assertEqual(["before Python 3.12" in t for t in texts if t not in never], [True] if old else [])
        return self.counts("t.calltide")

    def test_a_function(self):
        self.assertEqual(self.recorded("--start-when", "enter:slow"), [2, 1, 1])
        self.assertEqual(self.recorded("--stop-when", "enter:slow"), [1, 0, 0])

    def test_a_long_call(self):
        self.assertEqual(self.recorded("--stop-when", "longer:20ms:slow"), [1, 1, 0])

    def test_an_exception(self):
        self.assertEqual(self.recorded("--stop-when", "raise:Lost"), [2, 1, 1])
        self.assertEqual(self.recorded("--start-when", "raise:Lost"), [1, 0, 1])

    def test_some_time(self):
        self.assertEqual(self.recorded("--start-when", "after:1000s"), [0, 0, 0])
        self.assertEqual(self.recorded("--stop-when", "after:1ns", words="quick slow quick")[2], 0)

    def test_the_ring_is_frozen(self):
        self.assertEqual(self.recorded("--ring", "1MB", "--stop-when", "enter:fails"), [2, 1, 0])

    def test_a_signal_starts_and_the_next_one_stops(self):
        for name in ("USR1", "USR2"):
            number = getattr(signal, "SIG" + name)
            process = self.program()
            tool = self.attached(process.pid, "-o", name + ".calltide", "--start-when", "signal:" + name, "--stop-when", "signal:" + name)
            self.say(process, "slow")
            os.kill(process.pid, number)
            self.say(process, "quick")
            self.say(process, "quick")
            wait_until(lambda: self.calls(name + ".calltide", "quick") > 0, "a recorded call")
            os.kill(process.pid, number)
            self.say(process, "nothing")
            self.say(process, "fails")
            self.interrupt(tool)
            # Its own handler saw each, and is alone again.
            os.kill(process.pid, signal.SIGUSR1)
            self.say(process, "nothing")
            seen = 3 if name == "USR1" else 1
            self.assertEqual(self.finish(process), "%d <lambda> SIG_DFL\n" % seen)
            self.assertEqual(self.counts(name + ".calltide"), [2, 0, 0])

    def test_a_signal_that_the_program_takes_is_said(self):
        process = self.program()
        tool = self.attached(process.pid, "-o", "t.calltide", "--stop-when", "signal:USR2")
        self.say(process, "take")
        self.interrupt(tool)
        self.assertEqual(self.finish(process), "0 <lambda> SIG_IGN\n")
        (problem,) = self.info("t.calltide")["problems"]
        self.assertIn("SIGUSR2 did not reach the recording", problem["text"])

    def test_a_signal_that_nobody_waits_for_any_more_does_what_it_did(self):
        process = self.program()
        tool = self.attached(process.pid, "--stop-when", "signal:USR2")
        self.interrupt(tool)
        os.kill(process.pid, signal.SIGUSR2)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGUSR2)


if __name__ == "__main__":
    unittest.main()
