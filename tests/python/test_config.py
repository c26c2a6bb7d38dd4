# SPDX-License-Identifier: GPL-3.0-or-later
"""calltide.toml and [tool.calltide] in pyproject.toml."""

import os
import sys
import unittest

from support import PACKAGE_DIR, RecorderTest

import ctread

sys.path.insert(0, PACKAGE_DIR)

from calltide import config  # noqa: E402


class Toml(unittest.TestCase):
    TEXT = """
        # of the recorder
        python_only = true   # and only that
        max-depth = 5
        min_duration = "10us"
        exclude_files = ["*/x#y/*", 'C:\\new',  # two
                         "a\\u00e9\\"b\\n",]
        include_files=[]
        ring = 0
    """
    VALUES = {"python_only": True, "max-depth": 5, "min_duration": "10us",
              "exclude_files": ["*/x#y/*", "C:\\new", 'a\u00e9"b\n'], "include_files": [], "ring": 0}

    def test_values(self):
        self.assertEqual(config.parse(self.TEXT, ""), self.VALUES)
        self.assertEqual(config._table(self.TEXT, ""), self.VALUES)  # Python's own parser where there is one

    def test_a_section_of_a_larger_file(self):
        text = '[project]\nname = "x"\nlong = """\n[tool.calltide]\nring = 1\n"""\n[[a.b]]\nx.y = {z = 1}\n' \
               '[tool.calltide] # ours\nring = "4MB"\n[tool.other]\nring = 7\n'
        for read in (config.parse, config._table):
            self.assertEqual(read(text, "tool.calltide"), {"ring": "4MB"})
            self.assertIsNone(read("[tool.other]\na = 1\n", "tool.calltide"))

    def test_what_is_wrong_is_said(self):
        for text, words in (("a", "key = value"), ("a = b", "in quotes"), ("a = 'b", "no end"), ("a = [1", "no end"),
                            ("a = [1 2]", "no end"), ("a = 1 2", "stands behind"), ("a = 1\na = 2", "twice"),
                            ('a = "\\q"', "no escape"), ("[x]\na = 1", "tables"), ("a = [[1]]", "list within"),
                            ("a = ['b", "no end"), ("a =", "no value")):
            with self.assertRaises(ValueError) as caught:
                config.parse(text, "")
            self.assertIn(words, str(caught.exception), text)
        for end in range(len(self.TEXT)):  # cut anywhere it ends, one way or the other
            try:
                config.parse(self.TEXT[:end], "")
            except ValueError:
                pass


class Files(RecorderTest):
    PROGRAM = "def f(n): return n and f(n - 1)\nf(9)\nlen('x')\n"

    def record_here(self, *arguments, cwd=None, status=0):
        if not os.path.exists(self.path("p.py")):
            self.write("p.py", self.PROGRAM)
        run = self.trace("-o", self.path("r.calltide"), *arguments, self.path("p.py"), cwd=cwd or self.folder)
        self.assertEqual(run.returncode, status, run.stderr)
        return ctread.Recording(self.path("r.calltide")) if status == 0 else run

    def test_the_nearest_file_counts_and_the_command_line_wins(self):
        os.makedirs(self.path("a/b"))
        self.write("pyproject.toml", "[tool.calltide]\nmax_depth = 4\n")
        self.assertEqual(self.record_here(cwd=self.path("a/b")).count("f"), 3)
        self.assertEqual(self.record_here("--max-depth=6", cwd=self.path("a/b")).count("f"), 5)
        self.write("a/pyproject.toml", "[tool.other]\nx = 1\n")
        self.assertEqual(self.record_here(cwd=self.path("a/b")).count("f"), 3)
        self.write("a/calltide.toml", "ignore_c_function = true\n")
        r = self.record_here(cwd=self.path("a/b"))
        self.assertEqual((r.count("f"), r.count("builtins.len")), (10, 0))
        self.assertEqual(self.record_here("--python-only=false", cwd=self.path("a/b")).count("builtins.len"), 1)

    def test_patterns_limits_and_names(self):
        self.write("calltide.toml", "exclude_functions = ['f']\nring = '2MB'\nquiet = true\noutput = 'o.calltide'\n")
        self.assertEqual(self.record_here().count("f"), 0)
        self.assertEqual(self.record_here("--exclude-functions", "g").count("f"), 10)
        self.record_here("--stop-when-full", "1MB")
        self.assertEqual(self.trace(self.path("p.py")).returncode, 0)
        self.assertTrue(os.path.exists(self.path("o.calltide")))

    def test_one_sentence(self):
        for text, words in (("max_dept = 3\n", b"there is no option max_dept; did you mean max_depth?"),
                            ("max_depth = 'deep'\n", b"max_depth: 'deep' is not a number"),
                            ("max_depth\n", b"cannot be understood: "), ("output = 3\n", b"output: give a file name"),
                            ("ring = '2MB'\nstop_when_full = '1MB'\n", b"exclude each other")):
            self.write("calltide.toml", text)
            run = self.record_here(status=2)
            self.assertIn(words, run.stderr)
            self.assertIn(b"calltide.toml", run.stderr)
            self.assertEqual(run.stderr.count(b"\n"), 1, run.stderr)

    def test_other_peoples_files_are_no_matter(self):
        for content in (b"not toml at all \xff", b"[tool.x]\na = 1\n", b"[tool.x]\na = = 1\n"):
            with open(self.path("pyproject.toml"), "wb") as file:
                file.write(content)
            self.assertEqual(self.record_here().count("f"), 10)


if __name__ == "__main__":
    unittest.main()
