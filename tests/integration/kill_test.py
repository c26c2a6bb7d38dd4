#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills recorded programs at random moments and compares the recordings with what the programs say they did.

    kill_test.py --package BUILD/lib/calltide/python [--python PYTHON] [--rounds 20] [--threads 4] [--children 2] [--seed 1]

The program counts in a shared mapping of its own: `begun` before each call of step(), `ended` after it. However it dies
(SIGKILL, a segmentation fault, abort()), its recording must hold every step that had ended, and at most the one that had
begun, for each thread; the time never goes back and entries and exits nest, or the reader refuses it. Forked children
do the same and die the same way. Of a ring, whose arguments tell the steps apart, the newest steps must be there without
a gap; what --adaptive leaves out must be marked as left out.
"""

import argparse
import glob
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
threads, how, after, children = int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), int(sys.argv[5])
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
first = 0
for child in range(1, children + 1):
    if not os.fork():
        first = child * threads
        after *= (child + 1) / (children + 1)
        break
for k in range(first + 1, first + threads):
    threading.Thread(target=run, args=(k,), daemon=True).start()
if how == "segv":
    threading.Timer(after, lambda: ctypes.string_at(1)).start()
elif how == "abort":
    threading.Timer(after, os.abort).start()
run(first)
"""
SIGNALS = {"kill": signal.SIGKILL, "segv": signal.SIGSEGV, "abort": signal.SIGABRT}


def gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def run_and_kill(options, rnd, folder, threads, how):
    """What the program says it did: two counters for each of its threads; or what went wrong."""
    workers = threads * (1 + options.children)
    after = rnd.uniform(0, options.longest)
    counters, program = os.path.join(folder, "counters"), os.path.join(folder, "program.py")
    with open(counters, "wb") as file:
        file.write(bytes(16 * workers))
    with open(program, "w") as file:
        file.write(PROGRAM)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CALLTIDE")}
    environment["PYTHONPATH"] = os.path.abspath(options.package)
    command = [options.python, "-m", "calltide", "-o", os.path.join(folder, "r.calltide")] + options.record.split() + [
        program, counters, str(threads), how, str(after), str(options.children)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    with open(counters, "r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
        deadline = time.monotonic() + 60
        while not any(shared[:]) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        if how == "kill":
            time.sleep(after)
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait(120)
        while not gone(process.pid) and time.monotonic() < deadline:
            time.sleep(0.001)
        said = struct.unpack("<%dQ" % (2 * workers), shared[:])
    if not gone(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
        return "a child outlived its end by %s" % how
    if status != -SIGNALS[how]:
        return "ended with status %d, not by %s" % (status, how)
    return said


def gaps(r, name, have_begun, have_ended):
    """(lost, too many) of the steps that are in a recording with arguments, from the oldest that it has on."""
    seen = [call.arguments["n"] for call in r.calls(name) if call.arguments]
    if not seen:
        return 0, 0
    expected = set(range(seen[0], have_ended))
    return len(expected - set(seen)), len(seen) - len(set(seen)) + sum(n >= have_begun for n in seen)


def one(options, rnd, folder):
    """(steps in the recording, steps lost, steps too many, threads, how) or an error."""
    threads = rnd.randint(1, options.threads)
    how = rnd.choices(list(SIGNALS), (8, 1, 1))[0]
    said = run_and_kill(options, rnd, folder, threads, how)
    if isinstance(said, str):
        return said
    try:
        recordings = [ctread.Recording(os.path.join(folder, "r.calltide"))]
        for path in glob.glob(os.path.join(folder, "r.calltide.d", "p*")):
            with open(path, "rb") as file:
                if any(file.read(8)):  # else it died before it had a header
                    recordings.append(ctread.Recording(path))
    except ctread.Damaged as error:
        return "damaged: %s" % error
    lost = more = steps = 0
    for k in range(len(said) // 2):
        name, have_begun, have_ended = "work%d" % k, said[2 * k], said[2 * k + 1]
        of = [r for r in recordings if name in {f.qualname for f in r.functions.values()}]
        if not of:
            lost += have_ended
            continue
        if len(of) > 1:
            return "%s is in %d recordings" % (name, len(of))
        calls = list(of[0].calls(name))
        steps += len(calls)
        if "--ring" in options.record:
            gap = gaps(of[0], name, have_begun, have_ended)
            lost, more = lost + gap[0], more + gap[1]
            continue
        if not any(drop[1].qualname == name for drop in of[0].drops):
            lost += max(0, have_ended - sum(call.how != "open" for call in calls))
        more += max(0, len(calls) - have_begun)
    return steps, lost, more, threads, how


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--children", type=int, default=0, help="forked ones")
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
