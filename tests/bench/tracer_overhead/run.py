#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording costs, beside cProfile and VizTracer.

    run.py PYTHON [--package BUILD/lib/calltide/python] [--folder FOLDER] [--rounds 7] [--programs fib,mix] [--scale 1]

Makes a venv of that interpreter in the folder and installs the newest VizTracer there, and Calltide's module too unless
--package names a build. In every round each tracer runs each program once, in turn, so that noise on the machine hits all
alike. Shown are medians over the rounds of the CPU time divided by the untraced run's of the same round; in brackets the
nanoseconds that an event (an entry or an exit, Python or C as that tracer takes them) costs on top; and at the end what
remains of VizTracer's overhead, (x - 1) / (VizTracer's x - 1), with C functions and without. A second table has, for the
same runs with C functions: bytes on disk for an event, MiB of resident memory that the tracer adds up to the program's end,
and milliseconds from there until the process is gone and its file can be opened.
"""

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
PROGRAMS = {"fib": 240, "methods": 3600, "ccalls": 3600, "gens": 6000, "threads": 240, "mix": 32, "loop": 400}
FILES = {"VizTracer": ".json", "calltide": ".calltide"}
PAIRS = (("calltide", "VizTracer"), ("Python only", "Viz without C"))


class Run:
    def __init__(self, cpu, peak, ending):
        self.cpu, self.peak, self.ending = cpu, peak, ending  # s, MiB, ms


def prepare(folder, python, package):
    version = subprocess.run([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], check=True,
                             stdout=subprocess.PIPE).stdout.decode().strip()
    venv = os.path.join(folder, "venv-" + version)
    interpreter = os.path.join(venv, "bin", "python")
    pip = [sys.executable, "-m", "pip", "--python", interpreter, "install", "-q"]  # some interpreters come without
    if not os.path.exists(interpreter):
        subprocess.run([python, "-m", "venv", "--without-pip", venv], check=True)
    if subprocess.run([interpreter, "-c", "import viztracer"], stderr=subprocess.DEVNULL).returncode:
        subprocess.run(pip + ["viztracer"], check=True)
    if not package:
        subprocess.run(pip + ["--no-deps", os.path.join(ROOT, "tracer")], check=True)
    say = "import viztracer; print(viztracer.__version__)"
    viz = subprocess.run([interpreter, "-c", say], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    print("Python %s, VizTracer %s" % (version, viz), flush=True)
    return interpreter


def tracers(interpreter, out):
    ours = [interpreter, "-m", "calltide", "--no-children", "-o", out + ".calltide"]
    viz = [interpreter, "-m", "viztracer", "--quiet", "--tracer_entries", "5000000", "--ignore_multiprocess", "-o", out + ".json"]
    return {
        "untraced": [interpreter],
        "cProfile": [interpreter, "-m", "cProfile", "-o", out + ".pstats"],
        "VizTracer": viz,
        "Viz without C": viz + ["--ignore_c_function"],
        "calltide": ours,
        "Python only": ours + ["--python-only"],
        "adaptive": ours + ["--adaptive"],
    }


def run(command, program, count, package):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CALLTIDE", "PYTHON"))}
    if "calltide" in command and package:
        env["PYTHONPATH"] = package
    arguments = command + (["--"] if "viztracer" in command else []) + [os.path.join(HERE, "programs.py"), program, str(count)]
    done = subprocess.run(arguments, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    gone = time.time()
    for line in done.stdout.decode().splitlines():
        if line.startswith("cpu ") and done.returncode == 0:
            cpu, peak, end = map(float, line.split()[1::2])
            return Run(cpu, peak / 1024, (gone - end) * 1000)
    raise SystemExit("no result from %s\n%s" % (" ".join(arguments), done.stderr.decode(errors="replace")))


def events(command, program, count, package, out):
    """Entries and exits of the measured part, reckoned from two short runs."""
    sys.path.insert(0, os.path.join(ROOT, "tests", "python"))
    os.environ.setdefault("CALLTIDE_PYTHON_DIR", ROOT)
    import ctread

    few, more = 4, 12  # multiples of the threads that one program has
    seen = []
    for n in (few, more):
        run(command, program, n, package)
        recording = ctread.Recording(out + ".calltide", check=False)
        seen.append(2 * sum(len(t.calls) for t in recording.threads.values()))
    return (seen[1] - seen[0]) / (more - few) * count


def besides(program, runs, sizes, count):
    line = "%-8s" % program
    for name in FILES:
        added = statistics.median(r.peak - p.peak for r, p in zip(runs[name], runs["untraced"]))
        ending = statistics.median(r.ending for r in runs[name])
        size = "%.1f" % (sizes[name] / count) if count > 1000 else "-"
        line += "%18s%14s%16s" % ("%s B" % size, "%.1f MiB" % added, "%.0f ms" % ending)
    return line + "%17.0f ms" % statistics.median(r.ending for r in runs["untraced"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", nargs="?", default=sys.executable)
    parser.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "calltide-bench"))
    parser.add_argument("--package")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    folder = os.path.abspath(options.folder)
    package = os.path.abspath(options.package) if options.package else None
    interpreter = prepare(folder, os.path.abspath(options.python), package)
    out = os.path.join(folder, "out")
    table = tracers(interpreter, out)
    names = [n for n in table if n != "untraced"]
    print("%-8s%12s" % ("", "untraced") + "".join("%16s" % n for n in names) + "%18s%10s" % ("(x-1)/Viz's", "without C"))
    shares, second = {pair: [] for pair in PAIRS}, []
    for program in options.programs.split(","):
        count = max(4, int(PROGRAMS[program] * options.scale))
        calls = {n: events(table[n], program, count, package, out) for n in ("calltide", "Python only")}
        times, others, sizes = {name: [] for name in table}, {name: [] for name in table}, {}
        for _ in range(options.rounds):
            for name, command in table.items():
                result = run(command, program, count, package)
                times[name].append(result.cpu)
                others[name].append(result)
                if name in FILES:
                    sizes[name] = os.path.getsize(out + FILES[name])
        line = "%-8s%10.3f s" % (program, statistics.median(times["untraced"]))
        ratios = {}
        for name in names:
            ratios[name] = statistics.median(t / p for t, p in zip(times[name], times["untraced"]))
            n = calls["Python only" if name in ("Python only", "Viz without C") else "calltide"]
            extra = statistics.median(t - p for t, p in zip(times[name], times["untraced"]))
            line += "%16s" % ("%.2f (%s)" % (ratios[name], "%.0f ns" % (extra / n * 1e9) if n > 1000 else "-"))
        for pair in PAIRS:
            theirs = ratios[pair[1]] - 1
            if theirs > 0.1:
                shares[pair].append(max(ratios[pair[0]] - 1, 0.001) / theirs)
            line += "%*s" % (18 if pair is PAIRS[0] else 10, "%.2f" % ((ratios[pair[0]] - 1) / theirs) if theirs > 0.1 else "-")
        print(line, flush=True)
        second.append(besides(program, others, sizes, calls["calltide"]))
    means = ["%.2f" % math.exp(statistics.fmean(map(math.log, shares[p]))) if shares[p] else "-" for p in PAIRS]
    print("%-8s%12s%s%18s%10s" % ("mean", "", " " * 16 * len(names), *means))
    print("\n%-8s" % "" + "".join("%18s%14s%16s" % (n + ": an event", "memory", "end to file") for n in FILES) + "%20s" % "untraced: end")
    print("\n".join(second))


if __name__ == "__main__":
    main()
