#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills recorded programs at random moments and compares the recordings with what the programs say they did.

    kill_test.py --package BUILD/lib/calltide/python [--python PYTHON] [--rounds 20] [--threads 4] [--seed 1]

The program counts in a shared mapping of its own: `begun` before each call of step(), `ended` after it. However it dies
(SIGKILL, a segmentation fault, abort()), its recording must hold every step that had ended, and at most the one that had
begun, for each thread; the time never goes back and entries and exits nest, or the reader refuses it.
"""

import argparse
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "python"))
import ctread  # noqa: E402

PROGRAM = """
import ctypes, mmap, os, signal, struct, sys, threading
threads, how = int(sys.argv[2]), sys.argv[3]
with open(sys.argv[1], "r+b") as file:
    shared = memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")
def leaf(n):
    return len(str(n))
def numbers(n):
    for i in range(n):
        yield leaf(i)
def step(n):
    try:
        if n % 5 == 0:
            return sum(numbers(n % 4))
        if n % 7 == 0:
            raise ValueError(n)
        return leaf(n)
    except ValueError:
        return 0
def make(k):
    # A function of its own for each thread, so that each can be counted; new ones all the time, so that tables grow.
    space = dict(step=step)
    exec("def work%d(n): return step(n)" % k, space)
    return space["work%d" % k]
def run(k):
    work = make(k)
    n = 0
    while True:
        shared[2 * k] = n + 1
        work(n)
        shared[2 * k + 1] = n + 1
        n += 1
        if n % 2000 == 0:
            make(1000 + n)(1)
for k in range(1, threads):
    threading.Thread(target=run, args=(k,), daemon=True).start()
if how == "segv":
    threading.Timer(float(sys.argv[4]), lambda: ctypes.string_at(1)).start()
elif how == "abort":
    threading.Timer(float(sys.argv[4]), os.abort).start()
run(0)
"""
SIGNALS = {"kill": signal.SIGKILL, "segv": signal.SIGSEGV, "abort": signal.SIGABRT}


def one(options, rnd, folder):
    """(steps in the recording, steps lost, steps too many) or an error."""
    threads = rnd.randint(1, options.threads)
    how = rnd.choices(list(SIGNALS), (8, 1, 1))[0]
    after = rnd.uniform(0, options.longest)
    counters, recording = os.path.join(folder, "counters"), os.path.join(folder, "r.calltide")
    with open(counters, "wb") as file:
        file.write(bytes(16 * threads))
    program = os.path.join(folder, "program.py")
    with open(program, "w") as file:
        file.write(PROGRAM)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CALLTIDE")}
    environment["PYTHONPATH"] = os.path.abspath(options.package)
    command = [options.python, "-m", "calltide", "-o", recording] + options.record.split() + [
        program, counters, str(threads), how, str(after)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(counters, "r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
        deadline = time.monotonic() + 60
        while not any(shared[:]) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        if how == "kill":
            time.sleep(after)
            process.kill()
        status = process.wait(120)
        said = struct.unpack("<%dQ" % (2 * threads), shared[:])
    if status != -SIGNALS[how]:
        return "ended with status %d, not by %s" % (status, how)
    try:
        r = ctread.Recording(recording)
    except ctread.Damaged as error:
        return "damaged: %s" % error
    lost = more = steps = 0
    names = {f.qualname for f in r.functions.values()}
    ended = dict.fromkeys(("work%d" % k for k in range(threads)), 0)
    begun = dict(ended)
    for call in r.calls():
        if call.function.qualname in ended:
            begun[call.function.qualname] += 1
            ended[call.function.qualname] += call.how != "open"
    for k in range(threads):
        name, have_begun, have_ended = "work%d" % k, said[2 * k], said[2 * k + 1]
        if have_ended and name not in names:
            lost += have_ended
            continue
        steps += begun[name]
        lost += max(0, have_ended - ended[name])
        more += max(0, begun[name] - have_begun)
    return steps, lost, more, threads, how


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--longest", type=float, default=0.4, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", default="", help="options for the recorder")
    options = parser.parse_args()
    rnd = random.Random(options.seed)
    steps = lost = more = faults = 0
    ways = {}
    for i in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="calltide-kill-") as folder:
            result = one(options, rnd, folder)
        if isinstance(result, str):
            faults += 1
            print("round %d: %s" % (i, result), flush=True)
            continue
        steps, lost, more = steps + result[0], lost + result[1], more + result[2]
        ways[result[4]] = ways.get(result[4], 0) + 1
        if result[1] or result[2]:
            print("round %d: %d of %d steps lost, %d too many (%d threads, %s)" % (i, result[1], result[0], *result[2:]), flush=True)
    print("%d deaths (%s): %d steps recorded, %d lost, %d too many, %d faults"
          % (options.rounds, ", ".join("%s %d" % w for w in sorted(ways.items())), steps, lost, more, faults))
    return 1 if lost or more or faults else 0


if __name__ == "__main__":
    sys.exit(main())
