#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attaches to every kind of target and detaches again, many times; by hand.

    nice -n 19 tests/integration/attach_cycles.py --calltide build/bin/calltide [--cycles 12] [--kill] PYTHON...

The targets check their own answers all the time, tests/targets/attach_targets.py; each recording is opened and must have no
problem. With --kill the attaching application is killed at a random moment of each cycle, and must attach and detach as ever in
the end. Prints a line for each Python and a summary; exit status 1 if anything was wrong.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

TARGETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../targets/attach_targets.py")
KINDS = "busy sleep lock sock pipe_read threads aio http mallocs imports files procs signals csleep floats ccall".split()
OPTIONS = [[], ["--python-only"], ["--ring", "1MB"], ["--no-children"]]


class Faults(list):
    def append(self, fault):
        print("FAULT", fault, flush=True)
        super().append(fault)


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=120)


def kills(args, process, folder, faults):
    """Of attaches that last some hundredths of a second, from their start to behind their end."""
    longest, done = 0.3, 0
    for i in range(args.cycles):
        recording = os.path.join(folder, "k%d.calltide" % i)
        tool = subprocess.Popen([args.calltide, "attach", str(process.pid), "-t", "20ms", "-o", recording, *OPTIONS[i % len(OPTIONS)]],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        begin = time.monotonic()
        try:
            tool.wait(random.uniform(0, longest))
            longest = max(0.1, 0.9 * longest + 0.1 * (time.monotonic() - begin))  # it was through: kill earlier
        except subprocess.TimeoutExpired:
            tool.kill()
            tool.wait()
            longest = min(2, longest * 1.05)
            done += 1
        if process.poll() is not None:
            faults.append("%s died by kill %d" % (process.args, i))
            break
        run("rm", "-rf", recording, recording + ".d")
    limit = time.monotonic() + 60  # the recording of a dead one ends some time after it
    while process.poll() is None and time.monotonic() < limit and run(
            args.calltide, "attach", str(process.pid), "-t", "20ms", "-o", os.path.join(folder, "after.calltide")).returncode:
        time.sleep(0.2)
    return done


def cycles(args, python, kind, folder, faults):
    stop = os.path.join(folder, "stop")
    process = subprocess.Popen([python, "-B", TARGETS, kind, stop], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    done = calls = 0
    try:
        if process.stdout.readline() != "READY\n":
            faults.append("%s %s did not start: %s" % (python, kind, process.communicate()[1][-200:]))
            return 0, 0
        if args.kill:
            done = kills(args, process, folder, faults)
        for i in range(1 if args.kill else args.cycles):
            recording = os.path.join(folder, "r%d.calltide" % i)
            result = run(args.calltide, "attach", str(process.pid), "-t", "20ms", "-o", recording, *OPTIONS[i % len(OPTIONS)])
            if result.returncode or process.poll() is not None:
                faults.append("%s %s: attach %d: %s" % (python, kind, i, result.stderr.strip()))
                break
            done += 1
            info = json.loads(run(args.calltide, "info", "--json", recording).stdout)
            calls += info["slices"]
            if info["problems"]:
                faults.append("%s %s: recording %d: %s" % (python, kind, i, info["problems"]))
            run("rm", "-rf", recording, recording + ".d")
        with open(stop, "w"):
            pass
        out, err = process.communicate(timeout=120)
        if (out, err, process.returncode) != ("OK 1\n", "", 0):
            faults.append("%s %s: answered %r %r, status %d" % (python, kind, out, err[-300:], process.returncode))
    except subprocess.TimeoutExpired as error:
        faults.append("%s %s: %s" % (python, kind, error))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
        if os.path.exists(stop):
            os.unlink(stop)
    return done, calls


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calltide", required=True)
    parser.add_argument("--cycles", type=int, default=12)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--kinds", nargs="*")
    parser.add_argument("pythons", nargs="+", metavar="PYTHON")
    args = parser.parse_args()
    with open(TARGETS) as file:
        text = file.read()
    kinds = args.kinds or [k for k in KINDS if "\ndef %s(" % k in text]
    faults, total, begin = Faults(), 0, time.time()
    for python in args.pythons:
        done = calls = 0
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                more, seen = cycles(args, python, kind, folder, faults)
            done, calls = done + more, calls + seen
        total += done
        print("%s: %d %s over %d kinds, %d calls recorded, %d faults so far" % (
            python, done, "kills" if args.kill else "cycles", len(kinds), calls, len(faults)), flush=True)
    print("%d %s in %.0f s, %d faults" % (total, "kills and cycles after them" if args.kill else "cycles", time.time() - begin, len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
