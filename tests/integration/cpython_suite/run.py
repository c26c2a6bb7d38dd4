#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs CPython's own tests with and without the recorder, and shows where the results differ.

    run.py --package BUILD/lib/calltide/python [--python PYTHON] [test_x ...]

Without names: every file of that Python's test package, the small ones first. A file that differs is run again, both
ways: what differs each time counts. expected.txt names tests that cannot have the same result, with the reason.
Exit status: 1 if anything differs, 77 if that Python came without its tests.
"""

import argparse
import fnmatch
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Minutes each, or about things that are not the interpreter: named here so that a full run ends on the same day.
LEFT_OUT = {"test_regrtest", "test_tools", "test_idle", "test_tk", "test_tkinter", "test_ttk", "test_gdb", "test_winreg",
            "test_turtle", "test_bigmem", "test_largefile", "test_zipfile64", "test_peg_generator", "test_venv",
            "test_ensurepip", "test_embed", "test_c_api_leak", "test_tix", "test_ttk_textonly", "test_winsound"}
SAY = ("import os, sys, test; print('%d.%d' % sys.version_info[:2]); print(os.path.dirname(test.__file__))")


def known(version):
    rows = []
    with open(os.path.join(HERE, "expected.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                pattern, versions, reason = line.split(None, 2)
                if versions == "*" or version in versions.split(","):
                    rows.append((pattern, reason.strip()))
    return rows


def all_names(folder):
    found = []
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        stem = name[:-3] if name.endswith(".py") else name
        if stem.startswith("test_") and stem not in LEFT_OUT and (stem != name or os.path.exists(path + "/__init__.py")):
            size = os.path.getsize(path) if stem != name else sum(
                os.path.getsize(os.path.join(path, f)) for f in os.listdir(path) if f.endswith(".py"))
            found.append((size, stem))
    return [stem for _, stem in sorted(found)]


def run(options, name, traced, limit):
    """({test: how it ended}, how the process ended, seconds)"""
    folder = tempfile.mkdtemp(prefix="calltide-suite-")
    work, out = os.path.join(folder, "work"), os.path.join(folder, "out")
    os.mkdir(work)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CALLTIDE", "PYTHON"))}
    environment.update(PYTHONHASHSEED="0", TMPDIR=work, LC_ALL="C.UTF-8")
    command = [options.python]
    if traced:
        environment["PYTHONPATH"] = os.path.abspath(options.package)
        command += ["-m", "calltide", "-o", os.path.join(folder, "r.calltide")] + options.record
    command += [os.path.join(HERE, "one.py"), out, "test." + name]
    begin = time.monotonic()
    with open(os.path.join(folder, "log"), "wb") as log:
        process = subprocess.Popen(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
        try:
            status = process.wait(limit)
            ended = "signal %d" % -status if status < 0 else "exit %d" % status
        except subprocess.TimeoutExpired:
            ended = "timeout"
        try:
            os.killpg(process.pid, signal.SIGKILL)  # also children that a test has left behind
        except ProcessLookupError:
            pass
        process.wait()
    took = time.monotonic() - begin
    results = {}
    if os.path.exists(out):
        with open(out, encoding="utf-8") as file:
            for line in file:
                test, tab, how = line.rstrip("\n").partition("\t")
                results[test if tab else "(done)"] = how
    if traced and options.calltide and ended.startswith("exit"):
        info = subprocess.run([options.calltide, "info", os.path.join(folder, "r.calltide"), "--json"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, DISPLAY=""))
        problems = json.loads(info.stdout).get("problems") if info.returncode == 0 else info.stderr.decode()
        if info.returncode == 0:  # some tests' children are out of reach
            problems = [p for p in problems if not p["kind"].startswith("recording.note: attached ")]
        if problems:
            results["(recording)"] = str(problems)[:400]
    if options.keep:
        shutil.copy(os.path.join(folder, "log"), os.path.join(options.keep, name + (".traced" if traced else ".plain")))
    shutil.rmtree(folder, ignore_errors=True)
    return results, ended, took


def compare(options, name):
    """(differences as (test, plain, traced), tests in all, seconds plain, traced) or a word why not."""
    differs = None
    for attempt in range(3):
        plain, plain_end, plain_took = run(options, name, False, options.timeout)
        if plain_end == "timeout":
            return "takes longer than %d s" % options.timeout
        traced, traced_end, traced_took = run(options, name, True, 60 + 6 * options.timeout)
        plain["(process)"], traced["(process)"] = plain_end, traced_end
        now = {t: (plain.get(t, "not run"), traced.get(t, "not run"))
               for t in set(plain) | set(traced) if plain.get(t) != traced.get(t)}
        differs = now if differs is None else {t: now[t] for t in now if t in differs}
        if not differs:
            break
    count = sum(how != "skipped" for test, how in plain.items() if not test.startswith("("))
    return sorted((t, *d) for t, d in differs.items()), count, plain_took, traced_took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--package", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--timeout", type=int, default=60, help="seconds a file may take without the recorder")
    parser.add_argument("--calltide", help="the application: also sees whether each recording opens without problems")
    parser.add_argument("--record", default="", help="options for the recorder")
    parser.add_argument("--keep", help="a folder for the output of each run")
    options = parser.parse_args()
    options.record = options.record.split()
    said = subprocess.run([options.python, "-c", SAY], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if said.returncode or not os.path.exists(os.path.join(said.stdout.decode().split("\n")[1], "test_generators.py")):
        print("%s came without its tests" % options.python)
        return 77
    version, folder = said.stdout.decode().split("\n")[:2]
    expected = known(version)
    files = tests = differing = allowed = 0
    for name in options.names or all_names(folder):
        outcome = compare(options, name)
        if isinstance(outcome, str):
            print("%-32s %s" % (name, outcome), flush=True)
            continue
        differences, count, plain_took, traced_took = outcome
        if not count and not differences:
            print("%-32s is not for this system" % name, flush=True)
            continue
        files, tests = files + 1, tests + count
        print("%-32s %5d tests %7.1f s %7.1f s" % (name, count, plain_took, traced_took), flush=True)
        for test, plain, traced in differences:
            reason = next((r for p, r in expected if fnmatch.fnmatchcase(test if "." in test else name + test, p)), None)
            allowed, differing = allowed + (reason is not None), differing + (reason is None)
            print("    %s: %s, recorded: %s%s" % (test, plain, traced, "  [%s]" % reason if reason else ""), flush=True)
    print("Python %s: %d files, %d tests; %d differ, %d more as expected" % (version, files, tests, differing, allowed))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
