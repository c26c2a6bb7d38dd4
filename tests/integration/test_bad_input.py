# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong is said in one line on stderr that names it; exit status 1, or 2 for wrong usage; nothing is left."""
import os
import stat
import subprocess
import sys
import unittest

from support import CALLTIDE, DATA, CalltideTest, target


class BadInputTest(CalltideTest):
    def refused(self, *arguments, status=1, says="", **options):
        before = sorted(os.listdir(self.folder))
        result = self.run_calltide(*arguments, **options)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("calltide: "), result.stderr)
        self.assertIn(says, result.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)

    def test_files_that_cannot_be_opened(self):
        self.write("empty.calltide", b"")
        self.write("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        self.write("magic-only.calltide", b"\x89CTD\r\n\x1a\n")
        self.write("header-only.calltide", b"\x89CTD\r\n\x1a\n" + bytes(5000))
        cases = [("no-such.calltide", "no-such.calltide: there is no such file."),
                 ("empty.calltide", "empty.calltide: the file is empty."),
                 ("picture.png", "picture.png: this is neither a Calltide recording nor a trace or profile of a known kind."),
                 (self.folder, "is a folder, not a file."), ("magic-only.calltide", "magic-only.calltide"),
                 ("header-only.calltide", "header-only.calltide")]
        for name, says in cases:
            with self.subTest(name):
                self.refused("info", name, says=says)
                self.refused("stats", name, says=says)
                self.refused("export", name, "-o", "out.json", says=says)
                self.refused("screenshot", name, "-o", "out.png", says=says)

    def test_json_that_is_no_trace(self):
        for name in sorted(os.listdir(os.path.join(DATA, "fail"))):
            if ".json" in name:
                with self.subTest(name):
                    self.refused("info", os.path.join(DATA, "fail", name), says=name)

    def test_json_cut_in_the_middle_opens_and_says_so(self):
        with open(os.path.join(DATA, "succeed", "viztracer.json"), "rb") as file:
            content = file.read()
        self.write("cut.json", content[:6000])
        info = self.info("cut.json")
        self.assertGreater(info["slices"], 20)
        self.assertEqual([(p["kind"], p["severity"]) for p in info["problems"]], [("json.cut", "data_loss")])

    def test_a_file_that_may_not_be_read(self):
        self.write("secret.json", b"[]")
        os.chmod(self.path("secret.json"), 0)
        become = None
        if os.geteuid() == 0:  # root reads everything: ask as "nobody"
            if not self.nobody_can_run():
                self.skipTest("root runs the tests, and other users cannot reach the program in its folder")
            os.chmod(self.folder, 0o755)
            become = lambda: os.setuid(65534)  # noqa: E731
        result = subprocess.run([CALLTIDE, "info", self.path("secret.json")], preexec_fn=become,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("secret.json cannot be opened: Permission denied.", result.stderr)

    @staticmethod
    def nobody_can_run():
        folder = os.path.dirname(os.path.abspath(CALLTIDE))
        while folder != "/":
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return False
            folder = os.path.dirname(folder)
        return True

    def test_outputs_that_cannot_be_written(self):
        trace = os.path.join(DATA, "succeed", "viztracer.json")
        self.refused("export", trace, "-o", "/no/such/folder/x.json", says="/no/such/folder/x.json")
        self.refused("export", trace, "-o", "/proc/x.json", says="/proc/x.json")
        self.refused("screenshot", trace, "-o", "/no/such/folder/x.png", says="/no/such/folder/x.png")
        self.refused("record", "-o", "/no/such/folder/x.calltide", "-c", "0", says="The folder /no/such/folder")
        self.refused("record", "-o", "/proc/x.calltide", "-c", "0", says="/proc")
        self.refused("record", "-o", self.folder, "-c", "0", says="is a folder")

    def test_programs_that_cannot_be_recorded(self):
        self.refused("record", "no-such.py", says="The script no-such.py does not exist.")
        self.refused("record", "--", "no-such-program", "x", says="no script and no program named no-such-program.")
        self.refused("record", "/bin/sh", says="/bin/sh is not a Python program")
        self.refused("record", "--python", "/no/python", target("fib.py"), says="no Python interpreter at /no/python.")
        self.refused("record", "--python", "/bin/cat", target("fib.py"), says="/bin/cat is not a Python interpreter.")
        self.refused("record", sys.executable, says="nothing to record in an interactive Python")

    def test_an_interpreter_without_a_module(self):
        fake = self.path("python3.7")
        with open(fake, "w") as file:
            file.write("#!/bin/sh\nprintf 'calltide-answer\\ncpython\\n3.7.16\\n.cpython-37m-x86_64-linux-gnu.so\\n0\\n/usr\\n'\n")
        os.chmod(fake, 0o755)
        self.refused("record", "--python", fake, target("fib.py"),
                     says="Python 3.7.16 is too old, 3.9 and newer work: choose another than %s." % fake)

    def test_what_is_wrong_with_options_of_the_recorder_is_all_that_is_said(self):
        for words in ("--min-duration", "banana"), ("--ring", "1"):
            result = self.run_calltide("record", *words, "-c", "print(1)")
            self.assertEqual((result.returncode, result.stdout, os.listdir(self.folder)), (2, "", []))
            self.assertTrue(result.stderr.startswith("calltide: " + words[0][2:].replace("-", "_")), result.stderr)

    def test_wrong_usage(self):
        for arguments in (["info"], ["info", "--nope", "a"], ["export", "a"], ["export", "a", "-o"],
                          ["export", "a", "-o", "x.png"], ["export", "a", "-o", "x", "--format", "png"],
                          ["export", "a", "-o", "x.json", "--range", "3"], ["stats", "a", "--top", "none"], ["stats", "a", "--top", "0"],
                          ["--theme", "pink", "a"], ["--renderer", "pen", "a"],
                          ["record"], ["record", "--nope", "x.py"], ["record", "-o"], ["record", "-m"],
                          ["screenshot", "a"], ["screenshot", "a", "-o", "x.png", "--size", "1x1"],
                          ["screenshot", "a", "-o", "x.png", "--view", "pie"],
                          ["screenshot", "a", "-o", "x.png", "--range", "5..1"]):
            with self.subTest(arguments):
                self.refused(*arguments, status=2, says="calltide --help")


if __name__ == "__main__":
    unittest.main()
