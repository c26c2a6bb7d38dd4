#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording costs, beside VizTracer.

    run.py --folder BUILD/bench --package BUILD/lib/calltide/python [--python PYTHON] [--rounds 7] [--programs fib,mix]

Makes a venv in the folder and installs VizTracer there. In every round each tracer runs each program once, so that noise
on the machine hits all alike; shown are medians over rounds of the CPU time divided by the untraced run's of the same round,
and the share of VizTracer's overhead that remains, with C functions and without.
"""

import argparse
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = {"fib": 60, "methods": 900, "ccalls": 900, "gens": 1500, "threads": 60, "mix": 8, "loop": 100}


def prepare(folder, python):
    venv = os.path.join(folder, "venv-" + os.path.basename(os.path.dirname(os.path.dirname(os.path.abspath(python)))))
    interpreter = os.path.join(venv, "bin", "python")
    if not os.path.exists(interpreter):
        subprocess.run([python, "-m", "venv", venv], check=True)
    if subprocess.run([interpreter, "-c", "import viztracer"], stderr=subprocess.DEVNULL).returncode:
        subprocess.run([interpreter, "-m", "pip", "install", "-q", "viztracer"], check=True)
    return interpreter


def tracers(interpreter, out):
    ours = [interpreter, "-m", "calltide", "--no-children", "-o", out + ".calltide"]
    viz = [interpreter, "-m", "viztracer", "--quiet", "--tracer_entries", "5000000", "--ignore_multiprocess",
           "-o", out + ".json"]
    return {
        "plain": [interpreter],
        "calltide": ours,
        "viztracer": viz,
        "calltide, Python only": ours + ["--python-only"],
        "viztracer, Python only": viz + ["--ignore_c_function"],
    }


def run(command, program, count, package):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CALLTIDE", "PYTHON"))}
    if "calltide" in command:
        env["PYTHONPATH"] = package
    arguments = command + (["--"] if "viztracer" in command else []) + [os.path.join(HERE, "programs.py"), program, str(count)]
    done = subprocess.run(arguments, env=env, stdout=subprocess.PIPE, check=True)
    for line in done.stdout.decode().splitlines():
        if line.startswith("cpu "):
            return float(line[4:])
    raise SystemExit("no result from " + " ".join(arguments))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--package", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    folder = os.path.abspath(options.folder)
    interpreter = prepare(folder, options.python)
    table = tracers(interpreter, os.path.join(folder, "out"))
    names = [n for n in table if n != "plain"]
    print("%-10s" % "" + "".join("%24s" % n for n in names) + "%24s" % "(x-1) / VizTracer's")
    for program in options.programs.split(","):
        times = {name: [] for name in table}
        for _ in range(options.rounds):
            for name, command in table.items():
                times[name].append(run(command, program, max(1, int(PROGRAMS[program] * options.scale)), os.path.abspath(options.package)))
        ratios = {n: statistics.median(t / p for t, p in zip(times[n], times["plain"])) for n in names}
        share = ""
        for kind in ("", ", Python only"):
            theirs = ratios["viztracer" + kind] - 1
            share += "%12s" % ("%.2f" % ((ratios["calltide" + kind] - 1) / theirs) if theirs > 0.1 else "-")
        print("%-10s" % program + "".join("%24.2f" % ratios[n] for n in names) + share, flush=True)


if __name__ == "__main__":
    main()
