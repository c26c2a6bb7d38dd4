# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recorded of calls: counts, nesting, names, kinds."""

import os
import sys
import unittest

from support import PACKAGE_DIR, RecorderTest

MONITORING = sys.version_info >= (3, 12)

FIB = """
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)
    print(fib(20))
"""


class Calls(RecorderTest):
    def test_fib_has_every_call(self):
        r = self.record(FIB)
        self.assertEqual(r.run.stdout, b"6765\n")
        self.assertEqual(r.count("fib"), 21891)
        self.assertEqual(max(c.depth for c in r.calls("fib")), 20)
        self.assertNested(r)

    def test_the_program_begins_with_its_module(self):
        r = self.record(FIB)
        main = [t for t in r.threads.values() if t.main]
        self.assertEqual(len(main), 1)
        first = main[0].calls[0]
        self.assertEqual((first.function.qualname, first.function.kind, first.depth), ("<module>", "module", 0))
        self.assertEqual(first.function.module, "__main__")
        self.assertTrue(first.function.file.endswith("program.py"))

    def test_nothing_of_ours_is_recorded(self):
        r = self.record("import os, subprocess, sys\n" + "os.getcwd()\n")
        for call in r.calls():
            self.assertFalse(call.function.file.startswith(PACKAGE_DIR), call.function)
            self.assertNotIn("_tracer", call.function.qualname)

    def test_functions_have_their_place(self):
        r = self.record("""
            class Shop:
                def checkout(self):
                    return [x for x in range(3)]
            def outer():
                def inner(): pass
                inner()
            Shop().checkout(); outer()
        """)
        (call,) = r.calls("Shop.checkout" if sys.version_info >= (3, 11) else "checkout")
        self.assertEqual((call.function.name, call.function.line, call.function.module), ("checkout", 3, "__main__"))
        self.assertEqual(r.count("outer.<locals>.inner" if sys.version_info >= (3, 11) else "inner"), 1)

    def test_class_methods_in_c_are_named_after_their_class(self):
        r = self.record("""
            class D(dict): pass
            int.from_bytes(b"a", "big"); bool.from_bytes(b"a", "big"); bytes.fromhex("00"); D.fromkeys("ab"); str.maketrans("a", "b")
            type("T", (), {}).mro(); object.__new__(D.__mro__[-1]); tuple.__new__(tuple)
        """)
        names = {c.function.qualname for c in r.calls() if not c.function.file}
        for wanted in ("int.from_bytes", "bytes.fromhex", "dict.fromkeys", "str.maketrans", "type.mro", "object.__new__", "tuple.__new__"):
            self.assertIn(wanted, names)
        self.assertNotIn("type.from_bytes", names)

    def test_c_functions_have_viztracers_names(self):
        r = self.record("""
            import time, collections
            print("x"); time.sleep(0.001); a = []; a.append(1); d = collections.deque(); d.append(2)
        """)
        for name in ("builtins.print", "time.sleep", "list.append", "collections.deque.append"):
            calls = [c for c in r.calls(name) if c.parent.function.file.endswith("program.py")]
            self.assertEqual(len(calls), 1, name)
            self.assertEqual(calls[0].function.kind, "c")
        (sleep,) = (c for c in r.calls("time.sleep") if c.parent.function.file.endswith("program.py"))
        self.assertGreaterEqual((sleep.end - sleep.start) * r.ns_per_unit, 0.9e6)

    def test_inherited_methods_are_named_after_the_class_of_their_object(self):
        r = self.record("""
            class Stock(dict): pass
            class Basket(list): pass
            def subclasses_first():
                Stock().get(1)
                {}.get(1)
                Basket().append(1)
                [].append(1)
                stored = Basket().append
                stored(1)
                for _ in range(300): Stock().get(1); {}.get(1)
            def classes_that_end():
                for i in range(50):
                    type("Kind%d" % i, (dict,), {})().get(1)
            subclasses_first()
            classes_that_end()
        """)

        def count(name):
            return sum(c.parent.function.file.endswith("program.py") for c in r.calls(name) if c.parent)

        self.assertEqual({n: count(n) for n in ("Stock.get", "dict.get", "Basket.append", "list.append")},
                         {"Stock.get": 301, "dict.get": 301, "Basket.append": 2, "list.append": 1})
        self.assertEqual([count("Kind%d.get" % i) for i in range(50)], [1] * 50)
        self.assertNested(r)

    def test_python_only_has_no_c_functions(self):
        r = self.record(FIB, options=["--python-only"])
        self.assertEqual(r.count("fib"), 21891)
        self.assertEqual({c.function.kind for c in r.calls()} & {"c", "type"}, set())
        self.assertEqual(r.compat & 1, 1)

    @unittest.skipUnless(MONITORING, "the profile hook of 3.9 to 3.11 does not see calls of classes")
    def test_class_calls_enclose_their_init(self):
        r = self.record("""
            class A:
                def __init__(self): self.x = int("5")
            A()
        """)
        (init,) = r.calls("A.__init__")
        self.assertEqual((init.parent.function.qualname, init.parent.function.kind), ("A", "type"))
        (number,) = r.calls("int")
        self.assertIs(number.parent, init)

    def test_generators_are_slices_per_resume(self):
        r = self.record("""
            def gen():
                yield 1
                yield 2
            def delegating():
                yield from gen()
            for _ in gen(): pass
            for _ in delegating(): pass
        """)
        calls = list(r.calls("gen"))
        self.assertEqual([c.how for c in calls], ["yield", "yield", "return"] * 2)
        self.assertEqual([c.resumed for c in calls], [False, True, True] * 2)
        self.assertEqual({c.function.kind for c in calls}, {"generator"})
        self.assertEqual([c.how for c in r.calls("delegating")], ["yield", "yield", "return"])
        self.assertEqual([c.resumed for c in r.calls("delegating")], [False, True, True])
        self.assertNested(r)

    def test_coroutines_are_slices_per_resume(self):
        r = self.record("""
            import asyncio
            async def leaf():
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            async def main():
                await asyncio.gather(leaf(), leaf())
            asyncio.run(main())
        """)
        leaves = list(r.calls("leaf"))
        self.assertEqual({c.function.kind for c in leaves}, {"coroutine"})
        self.assertEqual(sorted(c.how for c in leaves), ["return"] * 2 + ["yield"] * 4)
        self.assertEqual(sum(c.resumed for c in leaves), 4)
        self.assertNested(r)

    def test_exceptions_unwind(self):
        r = self.record("""
            def bad(): raise ValueError
            def middle(): bad()
            def catches():
                try: middle()
                except ValueError: pass
                try: int("x"); len(5)
                except ValueError: pass
            catches()
        """)
        self.assertEqual([c.how for c in r.calls("bad")], ["unwind"])
        self.assertEqual([c.how for c in r.calls("middle")], ["unwind"])
        self.assertEqual([c.how for c in r.calls("catches")], ["return"])

    def test_deep_recursion_is_whole(self):
        r = self.record("""
            import sys
            sys.setrecursionlimit(20000)
            def down(n):
                if n: down(n - 1)
            import threading
            threading.stack_size(256 * 1024 * 1024)
            t = threading.Thread(target=down, args=(9000,)); t.start(); t.join()
        """)
        self.assertEqual(r.count("down"), 9001)
        self.assertNested(r)

    def test_code_that_dies_is_never_mistaken(self):
        r = self.record("""
            for i in range(300):
                space = {}
                exec(compile("def f%d(): pass\\nf%d()" % (i, i), "made%d" % i, "exec"), space)
                del space
        """)
        for i in range(300):
            (call,) = r.calls("f%d" % i)
            self.assertEqual(call.function.file, "made%d" % i)

    def test_hot_functions_get_short_ids(self):
        r = self.record("""
            def hot(): pass
            for _ in range(20000): hot()
        """)
        ids = [i for i, f in r.functions.items() if f.qualname == "hot"]
        self.assertEqual(len(ids), 2)
        self.assertLess(min(ids), 128)
        self.assertEqual(len({r.functions[i].number for i in ids}), 1)
        self.assertEqual(r.count("hot"), 20000)

    def test_long_gaps_keep_the_time(self):
        r = self.record("""
            import time
            def wait(s): time.sleep(s)
            wait(0.3)
        """)
        (wait,) = r.calls("wait")
        self.assertAlmostEqual((wait.end - wait.start) * r.ns_per_unit / 1e9, 0.3, delta=0.1)

    def test_collections_are_seen(self):
        r = self.record("import gc\ngc.collect()\ngc.collect()\n")
        self.assertGreaterEqual(sum(t.collections for t in r.threads.values()), 2)


if __name__ == "__main__":
    unittest.main()
