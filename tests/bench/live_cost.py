#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What following a running recording costs the application, as a share of one core, and the pictures a second.

    xvfb-run -a -s "-screen 0 1920x1080x24" tests/bench/live_cost.py --calltide build/bin/calltide --python PYTHON [--seconds 20]

Records a program at several rates of calls and follows the recording in a window (live_window), which counts its own
processor time and pictures. The raster painter draws. Not a test: no limits are checked.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

PROGRAM = """
import sys, time
rate = float(sys.argv[1])
def leaf(x): return x + 1
def middle(n):
    for i in range(n): leaf(i)
def pass_on(n): middle(n)
per_tick = max(1, int(rate * 0.005) - 2)
next_tick = time.perf_counter()
end = next_tick + float(sys.argv[2])
while time.perf_counter() < end:
    pass_on(per_tick)
    next_tick += 0.005
    wait = next_tick - time.perf_counter()
    if wait > 0: time.sleep(wait)
"""


def measure(args, rate, folder):
    recording = os.path.join(folder, "r%d.calltide" % rate)
    script = os.path.join(folder, "p.py")
    with open(script, "w") as file:
        file.write(PROGRAM)
    program = subprocess.Popen([args.calltide, "record", "-o", recording, "--python", args.python, script, str(rate), str(args.seconds + 12)])
    while not os.path.exists(recording):
        time.sleep(0.05)
    time.sleep(1)
    window = [os.path.join(os.path.dirname(args.calltide), "../tests/bench/live_window"), recording, str(args.seconds)]
    if args.perf:
        window = ["perf", "record", "-q", "-g", "-F", "999", "-o", "%s.%d" % (args.perf, rate), "--"] + window
    seen = json.loads(subprocess.run(window, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout)
    program.wait()
    info = json.loads(subprocess.run([args.calltide, "info", recording, "--json"], stdout=subprocess.PIPE).stdout)
    print("%9d calls/s: %5.1f %% of a core, %.1f pictures/s, status line behind by %d calls%s" % (
        info["slices"] / (args.seconds + 12), 100 * seen["share"], seen["pictures"], seen["behind"],
        "" if seen["live"] else " (it ended too early)"), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calltide", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rates", type=float, nargs="*", default=[1e4, 1e5, 5e5])
    parser.add_argument("--perf", help="write perf data there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rate in args.rates:
            measure(args, rate, folder)


if __name__ == "__main__":
    main()
