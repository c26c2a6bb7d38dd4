# SPDX-License-Identifier: GPL-3.0-or-later
"""record → info → stats → export → open again, with the interpreter that runs this file."""
import gzip
import json
import os
import signal
import subprocess
import sys
import unittest

from support import CALLTIDE, CalltideTest, target
from test_inject import wait_until

PYTHON = ["--python", sys.executable]
VERSION = "%d.%d.%d" % sys.version_info[:3]


class RecordTest(CalltideTest):
    def record(self, *arguments, **options):
        return self.run_calltide("record", "-o", "r.calltide", *PYTHON, *arguments, **options)

    def test_info_says_the_mode_and_what_is_missing(self):
        self.record("--", target("fib.py"), "10")
        info = self.info("r.calltide")
        self.assertEqual((info["metadata"]["mode"], info["missing"]), ("exact", []))
        self.record("--ring", "1MB", "--python-only", "--", target("fib.py"), "27")
        info = self.info("r.calltide")
        self.assertEqual(info["metadata"]["mode"], "exact; Python functions only; the newest 1 MB of each process")
        self.assertEqual([(m["reason"], m["pid"]) for m in info["missing"]],
                         [("older calls were overwritten", info["processes"][0]["pid"])])
        self.assertGreater(info["missing"][0]["duration_ns"], 0)
        self.assertLess(info["missing"][0]["begin_ns"], info["begin_ns"])
        self.assertIn("missing: older calls were overwritten: ", self.succeed("info", "r.calltide").stdout)
        self.assertEqual(info["problems"], [])
        self.record("--stop-when-full", "256KB", "--max-depth", "100", "--", target("fib.py"), "27")
        info = self.info("r.calltide")
        self.assertEqual(info["metadata"]["mode"], "exact; up to 0.25 MB of each process; 100 calls deep")
        self.assertEqual([m["reason"] for m in info["missing"]], ["limit reached"])
        self.assertIn("recorded: exact; up to 0.25 MB", self.succeed("info", "r.calltide").stdout)
        for least, words in (("1ms", "1 ms"), ("2.5s", "2.5 s"), ("10", "10 µs"), ("999ns", "999 ns")):
            self.record("--my-code-only", "--exclude-functions", "x", "--start-when", "enter:fib", "--min-duration", least, "--",
                        target("fib.py"), "3")
            self.assertEqual(self.info("r.calltide")["metadata"]["mode"],
                             "exact; calls of %s and more; my code only; without some functions; from a condition on" % words)
        self.record("--start-when", "enter:nothing", "--", target("fib.py"), "3")
        (problem,) = self.info("r.calltide")["problems"]
        self.assertIn("never came", problem["text"])

    def test_counts_are_exact_and_survive_an_export(self):
        result = self.record("--", target("fib.py"), "20")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.calls("r.calltide", "fib"), 21891)
        info = self.info("r.calltide")
        self.assertEqual(info["problems"], [])
        self.assertEqual(info["lost"], 0)
        self.assertGreaterEqual(info["sources"], 1)
        self.assertEqual(len(info["processes"]), 1)
        process = info["processes"][0]
        self.assertEqual((process["name"], process["python"], process["exit_status"]), ("fib.py", VERSION, 0))
        self.assertIn("MainThread", [t["name"] for t in process["threads"]])
        self.assertEqual(sum(t["slices"] for t in process["threads"]), info["slices"])

        before = self.stats("r.calltide")
        for name in ("out.json", "out.json.gz"):
            self.succeed("export", "r.calltide", "-o", name)
            again = self.info(name)
            self.assertEqual(again["problems"], [])
            self.assertEqual(again["slices"], info["slices"])
            self.assertEqual(again["sources"], info["sources"])
            after = self.stats(name)
            for key in ("calls", "total_ns", "self_ns", "min_ns", "max_ns"):
                self.assertEqual({n: f[key] for n, f in after.items()}, {n: f[key] for n, f in before.items()})

    def test_the_export_is_what_other_viewers_read(self):
        self.record("--", target("threads.py"))
        self.succeed("export", "r.calltide", "-o", "out.json.gz")
        with gzip.open(self.path("out.json.gz"), "rt", encoding="utf-8") as file:
            trace = json.load(file)
        info = self.info("r.calltide")
        slices = [e for e in trace["traceEvents"] if e["ph"] == "X"]
        self.assertEqual(len(slices), info["slices"])
        for e in slices:
            self.assertTrue(e["name"] and e["dur"] >= 0 and isinstance(e["pid"], int) and isinstance(e["tid"], int))
        work = [e for e in slices if e["name"].startswith("work (") and e["name"].endswith("threads.py:6)")]
        self.assertEqual(len(work), 4010)
        names = {e["args"]["name"] for e in trace["traceEvents"] if e["ph"] == "M" and e["name"] == "thread_name"}
        self.assertLessEqual({"MainThread", "worker-0", "worker-1", "worker-2", "worker-3"}, names)
        files = trace["file_info"]["files"]
        with open(target("threads.py"), encoding="utf-8") as file:
            self.assertEqual(files[target("threads.py")][0], file.read())
        self.assertEqual(trace["file_info"]["functions"][work[0]["name"]], [target("threads.py"), 6])

    def test_the_program_is_as_without_us(self):
        for arguments in (["argv.py", "-o", "x", "--", "a b", ""], ["exit_code.py", "7"], ["exit_code.py", "text"],
                          ["uncaught.py"], ["os_exit.py"]):
            command = [target(arguments[0])] + arguments[1:]
            plain = subprocess.run([sys.executable] + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   universal_newlines=True, cwd=self.folder)
            ours = self.record("--", *command)
            self.assertEqual((ours.returncode, ours.stdout, ours.stderr), (plain.returncode, plain.stdout, plain.stderr))
            self.assertGreater(self.info("r.calltide")["slices"], 0)

    def test_arguments_need_not_be_text(self):
        code = "import sys; print(ascii(sys.argv[1:]))"
        result = self.record("-c", code, b"a\xff\xfeb", "é", "")
        self.assertEqual(result.stdout, "['a\\udcff\\udcfeb', '\\xe9', '']\n", result.stderr)

    def test_an_interpreter_that_finds_no_recorder_is_refused(self):
        for flag in "-I", "-E", "-SB":
            result = self.run_calltide("record", "-o", "p.calltide", "--", sys.executable, "-Wdefault", flag, target("fib.py"), "10")
            self.assertEqual(result.stderr,
                             "calltide: A program cannot be recorded under python -I, -E or -S: leave the option out.\n")
            self.assertNotEqual(result.returncode, 0)

    def test_a_name_that_was_chosen_is_said(self):
        for name in "code.calltide", "code-2.calltide":
            result = self.run_calltide("record", *PYTHON, "-c", "import os; print('CALLTIDE_SAY' in os.environ)")
            self.assertEqual((result.stdout, result.stderr), ("False\n", "calltide: recording into %s\n" % name))
            self.assertEqual(self.info(name)["problems"], [])

    def test_modules_code_and_interpreters(self):
        result = self.record("-m", "json.tool", stdin='{"a":1}')
        self.assertEqual((result.returncode, json.loads(result.stdout)), (0, {"a": 1}))
        self.assertGreater(self.calls("r.calltide", "main"), 0)
        result = self.record("-c", "import sys; print(sys.argv[1:]); sys.exit(4)", "x", "-y")
        self.assertEqual((result.returncode, result.stdout), (4, "['x', '-y']\n"))
        # PROGRAM as an interpreter, with its own options.
        result = self.run_calltide("record", "-o", "p.calltide", sys.executable, "-X", "utf8", target("fib.py"), "10")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.calls("p.calltide", "fib"), 177)
        result = self.run_calltide("record", "-o", "p.calltide", "--", sys.executable, "-m", "json.tool", "--help")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(self.info("p.calltide")["slices"], 0)

    def test_console_scripts_run_by_their_own_interpreter(self):
        script = self.path("hello-tool")
        with open(script, "w") as file:
            file.write("#!%s\nimport sys\ndef hello():\n    print('hello', sys.argv[1])\nhello()\n" % sys.executable)
        os.chmod(script, 0o755)
        path = self.folder + os.pathsep + os.environ["PATH"]
        result = self.run_calltide("record", "-o", "r.calltide", "hello-tool", "you", environment={"PATH": path})
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "hello you\n", ""))
        self.assertEqual(self.calls("r.calltide", "hello"), 1)
        self.assertEqual(self.info("r.calltide")["processes"][0]["python"], VERSION)

    def test_python_functions_only(self):
        self.record("--python-only", "--", target("native.py"))
        functions = json.loads(self.succeed("stats", "r.calltide", "--json").stdout)["functions"]
        self.assertEqual([f["name"] for f in functions if f["name"].startswith("builtins.")], [])
        self.assertGreater(len(functions), 0)

    def test_options_of_the_recorder_are_handed_on(self):
        sys.path.insert(0, os.path.join(os.path.dirname(CALLTIDE), "..", "lib", "calltide", "python"))
        from calltide import options
        words = {options.NUMBER: "7", options.SIZE: "8MB", options.DURATION: "5us", options.PATTERNS: "nothing*",
                 options.CONDITIONS: "longer:5us"}
        kept = {options.NUMBER: "7", options.SIZE: "8388608", options.DURATION: "5000", options.PATTERNS: '["nothing*"]',
                options.CONDITIONS: '["longer:5000ns"]'}
        for option in options.OPTIONS:
            if option.kind != options.FLAG:
                self.record("--" + option.name, words[option.kind], "--", target("native.py"))
                with open(self.path("r.calltide"), "rb") as file:
                    self.assertIn(('"%s": %s' % (option.name, kept[option.kind])).encode(), file.read())
        result = self.run_calltide("record", "--min-durations=5", *PYTHON, "--", target("native.py"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean --min-duration?", result.stderr)
        for wrong in (["--max-depth", "foo"], ["--max-depth", "foo", "-o", "x.calltide"], ["--include-functions", "re:("]):
            result = self.run_calltide("record", *wrong, *PYTHON, "-c", "print('ran')")
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            first, usage = result.stderr.splitlines()
            self.assertTrue(first.startswith("calltide: %s: " % wrong[0][2:].replace("-", "_")), first)
            self.assertTrue(usage.startswith("usage: calltide record "), usage)

    def test_a_killed_program_leaves_a_recording(self):
        process = subprocess.Popen([CALLTIDE, "record", "-o", self.path("k.calltide"), *PYTHON, target("killed.py")],
                                   stdout=subprocess.PIPE, cwd=self.folder)
        try:
            self.assertEqual(process.stdout.readline(), b"ready\n")
            wait_until(lambda: self.calls("k.calltide", "work") > 1000, "calls")
        finally:
            process.kill()
        self.assertEqual(process.wait(), -signal.SIGKILL)
        process.stdout.close()
        self.assertGreater(self.calls("k.calltide", "work"), 1000)
        info = self.info("k.calltide")
        self.assertEqual([p for p in info["problems"] if p["severity"] == "data_loss"], [])
        self.succeed("export", "k.calltide", "-o", "k.json")
        self.assertEqual(self.info("k.json")["slices"], info["slices"])

    def test_ctrl_c_reaches_the_program(self):
        process = subprocess.Popen([CALLTIDE, "record", "-o", self.path("i.calltide"), *PYTHON, target("interrupted.py")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        wait_until(lambda: self.calls("i.calltide", "wait") == 1, "its call")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=30)
        self.assertEqual(out, b"cleaned up\n")
        self.assertIn(b"KeyboardInterrupt", error)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertEqual(self.calls("i.calltide", "wait"), 1)

    def test_a_cut_recording_opens_with_what_is_there(self):
        self.record("--", target("fib.py"), "20")
        whole = self.info("r.calltide")["slices"]
        with open(self.path("r.calltide"), "rb") as file:
            content = file.read()
        with open(self.path("cut.calltide"), "wb") as file:
            file.write(content[:len(content) * 2 // 3])
        cut = self.info("cut.calltide")
        self.assertLessEqual(cut["slices"], whole)

    def test_children_are_recorded_unless_asked_not_to(self):
        self.record("--", target("subprocess_child.py"))
        self.assertGreaterEqual(len(self.info("r.calltide")["processes"]), 2)
        self.record("--no-children", "--", target("subprocess_child.py"))
        self.assertEqual(len(self.info("r.calltide")["processes"]), 1)

    def test_a_child_out_of_reach_says_why_it_is_not_recorded(self):
        with open(self.path("p.py"), "w") as file:
            file.write("import subprocess, sys\nsubprocess.call([sys.executable, '-sE', '-c', ''])\n"
                       "subprocess.call([sys.executable, '-c', '-I'])\n")
        self.record("--no-attach-children", "--", self.path("p.py"))
        self.succeed("export", "r.calltide", "-o", "out.json")
        with open(self.path("out.json"), encoding="utf-8") as file:
            events = json.load(file)["traceEvents"]
        why = [e["args"].get("not recorded") for e in events if "-sE" in e.get("args", {}).get("command", "")]
        self.assertEqual(why, ["started with -E"])
        self.assertEqual(len(self.info("r.calltide")["processes"]), 2)


if __name__ == "__main__":
    unittest.main()
