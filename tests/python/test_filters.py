# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters, limits, arguments and results: what is left out is gone, what is left is exact and nested."""

import os
import sys
import time
import unittest

from support import RecorderTest

MONITORING = sys.version_info >= (3, 12)
QUALIFIED = sys.version_info >= (3, 11)  # before, code objects know their bare names only

PROGRAM = """
    import os, sys
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import helper, json

    class Shop:
        def price(self, item): return helper.tax(len(item), lambda x: self.round(x))
        def round(self, x): return int(abs(x))

    def numbers(n):
        for i in range(n): yield i

    def fails(): raise ValueError("no")

    def run():
        shop = Shop()
        for i in range(20):
            shop.price("tea" * i)
            list(numbers(3))
            try: fails()
            except ValueError: pass
        json.dumps({"a": 1}); json.dumps({"b": 2})
    run()
"""
HELPER = """
    def tax(x, then):
        abs(x)
        return then(x * 1.2)
"""


class Filters(RecorderTest):
    def made(self, *options):
        self.write("helper.py", HELPER)
        r = self.record(PROGRAM, options=options)
        self.assertNested(r)
        return r

    def name(self, qualified):
        return qualified if QUALIFIED else qualified.rpartition(".")[2]

    def test_left_out_files_take_the_c_functions_they_call_along(self):
        r = self.made("--exclude-files", "helper.py")
        self.assertEqual((r.count("tax"), r.count(self.name("Shop.price")), r.count(self.name("Shop.round"))), (0, 20, 20))
        self.assertEqual(sum(c.parent.function.name == "round" for c in r.calls("builtins.abs") if c.parent), 20)
        self.assertEqual(sum(c.parent.function.name == "price" for c in r.calls("builtins.abs") if c.parent), 0)
        (one, *_) = r.calls(self.name("Shop.round"))
        self.assertEqual(one.parent.function.name, "<lambda>")
        self.assertEqual(one.parent.parent.function.name, "price")

    def test_only_these_files(self):
        r = self.made("--include-files", self.path("helper.py"))
        self.assertEqual({c.function.name for c in r.calls()} - {"abs"}, {"tax", "<module>"})
        self.assertEqual((r.count("tax"), r.count("builtins.abs")), (20, 20))
        r = self.made("--include-files", "*.py", "--exclude-files", self.folder)
        self.assertEqual(r.count("tax"), 0)
        self.assertGreater(r.count("dumps"), 0)

    def test_functions_by_name(self):
        r = self.made("--include-functions", "tax,numbers")
        self.assertEqual({c.function.name for c in r.calls()}, {"tax", "numbers"})
        self.assertEqual((r.count("tax"), r.count("numbers")), (20, 80))
        r = self.made("--exclude-functions", "re:^(tax|num)", "--exclude-functions", "builtins.*", "--exclude-functions", "__main__.fails")
        self.assertEqual((r.count("tax"), r.count("numbers"), r.count("fails"), r.count("builtins.abs")), (0, 0, 0, 0))
        self.assertEqual((r.count(self.name("Shop.round")), r.count("dumps")), (20, 2))

    def test_my_code_only(self):
        r = self.made("--my-code-only")
        python = {c.function.file for c in r.calls() if c.function.kind not in ("c", "type")}
        self.assertEqual({f.rpartition("/")[2] for f in python}, {"program.py", "helper.py"})
        self.assertEqual((r.count("tax"), r.count("numbers"), r.count("fails")), (20, 80, 20))

    def test_no_frozen_modules(self):
        self.assertEqual([c for c in self.made("--ignore-frozen").calls() if c.function.file.startswith("<frozen")], [])

    def test_lines_of_calls(self):
        r = self.record("""
            def inner(a):
                return len(a)
            def outer():
                inner("x")
                inner(
                    "y")
            outer()
        """, options=["--log-call-line", "--args-of", "inner"])
        line = {c.function.name: c.arguments["call_line"] for c in r.calls() if c.function.name in ("outer", "len")}
        self.assertEqual(line["outer"] - line["len"], 5)
        first, second = r.calls("inner")
        self.assertEqual([list(c.arguments) for c in (first, second)], [["call_line", "a"]] * 2)
        self.assertEqual(first.arguments["call_line"], line["len"] + 2)
        self.assertIn(second.arguments["call_line"] - line["len"], (3, 4))  # before 3.11 a call has no place of its own

    def test_depth(self):
        r = self.record("""
            def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
            def run():
                for i in range(10): deep(50)
                deep(3)
            run()
        """, options=["--max-depth", "5"])
        self.assertEqual(max(c.depth for c in r.calls()), 4)
        self.assertEqual(r.count("deep"), 10 * 3 + 3)
        self.assertNested(r)

    def test_short_calls_are_left_out(self):
        r = self.record("""
            import time
            def short(): return len("x")
            def holds_short_ones():
                for i in range(100): short()
            def sleeps(): time.sleep(0.02)
            def outer():
                short(); holds_short_ones(); sleeps(); short()
            def fails():
                time.sleep(0.02)
                raise KeyError(1)
            outer()
            try: fails()
            except KeyError: pass
        """, options=["--min-duration", "10ms", "--no-gc"])
        self.assertEqual({c.function.name for c in r.calls()}, {"<module>", "outer", "sleeps", "sleep", "fails"})
        self.assertEqual([c.how for c in r.calls("fails")], ["unwind"])
        least = 10e6 / r.ns_per_unit
        for call in r.calls():
            self.assertGreaterEqual(call.end - call.start, least)
        self.assertNested(r)

    def test_what_runs_long_is_kept_when_the_program_is_killed(self):
        script = self.write("program.py", """
            import os, signal
            def short(): pass
            def work():
                import time
                end = time.monotonic() + 0.4
                while time.monotonic() < end: short()
                os.kill(os.getpid(), signal.SIGKILL)
            work()
        """)
        self.trace("-o", self.path("out.calltide"), "--min-duration", "150ms", script)  # no call is kept from the processor so long
        import ctread
        r = ctread.Recording(self.path("out.calltide"))
        self.assertEqual([c.how for c in r.calls("work")], ["open"])
        self.assertEqual(r.count("short"), 0)

    def test_a_second_recording_in_one_process(self):
        # What the first one has switched off must come back.
        run = self.trace_inline("""
            import calltide
            def f(): return g()
            def g(): return 1
            def work():
                for i in range(10): f()
            for name, more in (("a", {"exclude_functions": ["g"]}), ("b", {}), ("c", {"include_functions": ["g"]})):
                with calltide.Tracer(name + ".calltide", **more): work()
        """)
        import ctread
        counts = {}
        for name in "abc":
            r = ctread.Recording(self.path(name + ".calltide"))
            counts[name] = (r.count("f"), r.count("g"))
            self.assertNested(r)
        self.assertEqual(counts, {"a": (10, 0), "b": (10, 10), "c": (0, 10)}, run.stderr)

    def trace_inline(self, source):
        run = self.python(self.write("inline.py", source))
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        return run

    def test_a_wrong_pattern_is_said_and_nothing_runs(self):
        def refused(*arguments):
            run = self.trace("-o", self.path("o.calltide"), *arguments, "-c", "print('ran')")
            self.assertEqual((run.returncode, run.stdout), (2, b""), arguments)
            self.assertFalse(os.path.exists(self.path("o.calltide")))
            return run.stderr.decode().splitlines()[0]

        for name in ("args_of", "include_files", "exclude_files", "include_functions", "exclude_functions", "include_children",
                     "exclude_children"):
            said = refused("--" + name.replace("_", "-"), "re:(")
            self.assertTrue(said.startswith("calltide: %s: re:( is not a regular expression: " % name), said)
        for name, condition in (("start_when", "enter:re:["), ("stop_when", "longer:1ms:re:*"), ("stop_when", "raise:re:(")):
            pattern = condition[condition.index("re:"):]
            self.assertEqual(refused("--" + name, condition), "calltide: %s: %s is not a regular expression" % (name, pattern))
        self.write("calltide.toml", 'exclude_functions = ["re:("]\n')
        self.assertIn("calltide.toml: exclude_functions: re:( is not", refused())


class Values(RecorderTest):
    def test_arguments_and_results(self):
        r = self.record("""
            class Secret:
                def __repr__(self): print("repr ran"); return "shown"
                def method(self, x): return self
            def f(a, b=2, *more, key=None, **rest):
                return [a, b]
            def cells(x):
                def inner(): return x
                return inner()
            f(1, "two", 3.5, None, key=b"k", z={1: (True, False), (2,): {}}, y={3})
            f("x" * 1000, 2**100, key=[[[[[1]]]]], n=float("nan"))
            cells("in a cell")
            Secret().method(Secret)
            def loop(): l = []; l.append(l); return l
            loop()
            def gen(n): yield n; return 5
            list(gen(3))
        """, options=["--log-func-args", "--log-func-retval"])
        one, two = r.calls("f")
        self.assertEqual(one.arguments, {"a": 1, "b": "two", "more": {"__tuple__": [3.5, None]}, "key": "b'k'",
                                         "rest": {"z": {"__dict__": [[1, {"__tuple__": [True, False]}], [{"__tuple__": [2]}, {}]]}, "y": {"__set__": [3]}}})
        self.assertEqual(one.result, [1, "two"])
        self.assertEqual((two.arguments["a"], two.arguments["b"]), ("x" * 200 + "…", "0x1" + "0" * 25))
        self.assertEqual(two.arguments["key"], [[[["<list>"]]]])
        self.assertEqual(two.arguments["rest"], {"n": "nan"})
        (cells,) = r.calls("cells")
        self.assertEqual((cells.arguments, cells.result), ({"x": "in a cell"}, "in a cell"))
        method = [c for c in r.calls() if c.function.name == "method"][0]
        self.assertEqual(method.arguments["self"], "<Secret>")
        self.assertTrue(method.arguments["x"].startswith("<class "))
        self.assertEqual(r.run.stdout, b"")
        self.assertEqual([c.result for c in r.calls("loop")], [[[[["<list>"]]]]])
        self.assertEqual([(c.arguments, c.result) for c in r.calls("gen")], [({"n": 3}, None), (None, 5)])
        self.assertNested(r)

    def test_their_own_repr_if_asked(self):
        r = self.record("""
            class Thing:
                def __repr__(self): return "Thing(%d)" % 5
            class Bad:
                def __repr__(self): raise ValueError
            def f(x): pass
            f(Thing()); f(Bad())
        """, options=["--log-func-args", "--use-repr"])
        self.assertEqual([c.arguments for c in r.calls("f")], [{"x": "Thing(5)"}, {"x": "<Bad>"}])

    def test_only_of_these_functions(self):
        r = self.record("""
            def f(x): return x
            def g(x): return x
            f(1); g(2)
        """, options=["--log-func-args", "--log-func-retval", "--args-of", "g"])
        self.assertEqual([c.arguments for c in r.calls("f")] + [c.result for c in r.calls("f")], [None, None])
        self.assertEqual([(c.arguments, c.result) for c in r.calls("g")], [({"x": 2}, 2)])

    def test_many_and_long_ones_are_bounded(self):
        r = self.record("""
            def f(**all): return all
            f(**{"k%d" % i: "v" * 150 for i in range(200)})
            f(x=list(range(100000)), y="\\ud800\\"\\\\\\x01ü" * 30)
        """, options=["--log-func-args", "--log-func-retval"])
        one, two = r.calls("f")
        self.assertLess(len(str(one.arguments)), 4000)
        self.assertEqual(list(one.arguments["all"])[:3] + list(one.arguments["all"])[-1:], ["k0", "k1", "k2", "…"])
        self.assertEqual(two.arguments["all"]["x"], list(range(16)) + ["…"])
        self.assertEqual(two.result, two.arguments["all"])

    def test_results_change_nothing(self):
        # An exception on its way, a generator's throw, locals() and a frame's own changes are as without us.
        source = """
            import sys
            def f(a, b):
                before = dict(locals())
                a = 5
                try: raise KeyError(b)
                except KeyError as e: pass
                return sorted(before), sorted(locals())
            def g(x):
                try: yield x
                except ValueError as e: yield "caught %s" % e
            it = g(1); next(it); print(it.throw(ValueError("v")), f(1, 2), sys.exc_info())
            def h(n):
                try: return n / 0
                finally: n = 3
            try: h(1)
            except ZeroDivisionError as e: print(e, e.__traceback__.tb_next.tb_frame.f_locals)
        """
        plain = self.python(self.write("plain.py", source), traced=False)
        r = self.record(source, options=["--log-func-args", "--log-func-retval"])
        self.assertEqual(r.run.stdout, plain.stdout)
        self.assertEqual(r.run.stderr, plain.stderr)


if __name__ == "__main__":
    unittest.main()
