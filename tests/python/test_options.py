# SPDX-License-Identifier: Apache-2.0
"""The table of options: values, names, errors, and the way to child processes."""

import ast
import os
import sys
import unittest

sys.path.insert(0, os.environ["CALLTIDE_PYTHON_DIR"])

import calltide
from calltide import cli, options, tracer


class Options(unittest.TestCase):
    def test_values(self):
        v = options.complete({"min_duration": "10us", "ring": "64MB", "max_depth": "5", "exclude_files": "a,b*"})
        self.assertEqual((v["min_duration"], v["ring"], v["max_depth"], v["exclude_files"]),
                         (10_000, 64 << 20, 5, ["a", "b*"]))
        for text, ns in (("5", 5000), (2, 2000), ("1.5ms", 1_500_000), ("3 s", 3 * 10**9), ("7ns", 7), ("2µs", 2000)):
            self.assertEqual(options.complete({"min_duration": text})["min_duration"], ns)
        size_option = options.BY_NAME["stop_when_full"][0]
        for text, size in (("1024", 1024), (4096, 4096), ("1.5KiB", 1536), ("2g", 2 << 30), ("3 MB", 3 << 20)):
            self.assertEqual(options.convert(size_option, text), size)

    def test_the_stubs_know_all_of_them_and_leave_decorated_functions_typed(self):
        folder = os.path.join(os.environ["CALLTIDE_PYTHON_DIR"], "calltide")
        stubs = {}
        for name in ("tracer.pyi", "events.pyi"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                stubs[name] = ast.parse(file.read())
        functions = [(f, name) for name, tree in stubs.items() for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)]
        self.assertEqual([f.name for f, _ in functions if f.returns is None], [])
        said = {"__version__"} | {f.name for f, _ in functions} | {c.name for t in stubs.values() for c in t.body if isinstance(c, ast.ClassDef)}
        self.assertEqual(set(calltide.__all__) - said, set())
        (init,) = [f for f, name in functions if f.name == "__init__" and name == "tracer.pyi"]
        keywords = {a.arg for a in init.args.kwonlyargs}
        self.assertEqual((set(options.BY_NAME) | set(tracer._WITHOUT_EFFECT)) - keywords, set())
        for name in keywords - set(options.BY_NAME):
            calltide.Tracer(**{name: None})

    def test_names_of_viztracer(self):
        v = options.complete({"ignore_c_function": True, "max_stack_depth": -1, "ignore_multiprocess": True})
        self.assertEqual((v["python_only"], v["max_depth"], v["children"]), (True, 0, False))

    def test_wrong_ones_are_named(self):
        for given, words in (({"min_durations": 1}, "did you mean min_duration"), ({"zzz": 1}, "no option zzz"),
                             ({"ring": "big"}, "ring: 'big' is not understood; write it like 64MB"),
                             ({"min_duration": "5 weeks"}, "10us"), ({"max_depth": "deep"}, "not a number"),
                             ({"python_only": "perhaps"}, "neither true nor false"),
                             ({"include_files": [1]}, "list of patterns"), ({"min_duration": "1.2.3s"}, "not understood"),
                             ({"ring": "9999999999g"}, "too much"),
                             ({"ring": 1, "stop_when_full": 1}, "exclude each other"),
                             ({"ring": "1000KB"}, "ring: 1MB is the least"),
                             ({"stop_when_full": 1}, "stop_when_full: 256KB is the least")):
            with self.assertRaises(options.BadOption) as caught:
                options.complete(given)
            self.assertIn(words, str(caught.exception))

    def test_on_the_command_line(self):
        r = cli.parse(["--min_duration", "3us", "--exclude-files=*/x/*", "--exclude_files", "y", "--no-gc",
                       "--log-func-args", "-o", "o.calltide", "s.py", "--ring", "5"])
        self.assertEqual(r.options, {"min_duration": "3us", "exclude_files": ["*/x/*", "y"], "log_gc": False,
                                     "log_func_args": True})
        self.assertEqual((r.output, r.target), ("o.calltide", ["s.py", "--ring", "5"]))
        self.assertEqual(options.complete(r.options)["min_duration"], 3000)
        with self.assertRaises(cli.UsageError) as caught:
            cli.parse(["--exclude-file", "x", "s.py"])
        self.assertIn("did you mean --exclude-files", str(caught.exception))
        with self.assertRaises(options.BadOption):
            cli.parse(["--ring"])

    def test_children_get_the_same(self):
        given = {"python_only": True, "exclude_files": ["a;=b", "ü\udc80"], "min_duration": 5, "log_gc": False,
                 "children": False}
        values = options.complete(given)
        self.assertEqual(options.decode(options.encode(values)), values)
        self.assertEqual(options.decode(""), options.complete({}))
        self.assertEqual(options.encode(options.complete({})), "")

    def test_the_help_names_every_option(self):
        text = options.usage()
        for option in options.OPTIONS:
            names = [option.name] + list(option.negated)
            self.assertTrue(any("--" + n.replace("_", "-") in text for n in names), option.name)


if __name__ == "__main__":
    unittest.main()
