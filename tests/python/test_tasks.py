# SPDX-License-Identifier: GPL-3.0-or-later
"""asyncio's tasks and imports."""

import importlib.util
import os
import sys
import textwrap
import unittest

import ctread
from support import PACKAGE_DIR, RecorderTest

PROGRAM = """
    import asyncio
    async def worker(queue):
        while await queue.get():
            await asyncio.sleep(0.002)
    async def main():
        queue = asyncio.Queue()
        tasks = [asyncio.create_task(worker(queue), name="w%d" % i) for i in range(2)]
        for i in (1, 1, 1, 0, 0):
            queue.put_nowait(i)
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
    asyncio.run(main())
"""


class Tasks(RecorderTest):
    def tasks(self, recording):
        (main,) = [t for t in recording.threads.values() if t.main]
        functions = {f.number: f.name for f in recording.functions.values()}
        names = {i: t[0] for i, t in recording.tasks.items()}
        return main, names, {names[i]: functions.get(t[1]) for i, t in recording.tasks.items()}

    def check(self, recording, runs_in):
        self.assertNested(recording)
        main, names, coroutines = self.tasks(recording)
        self.assertEqual({n: c for n, c in coroutines.items() if n in ("w0", "w1")}, {"w0": "worker", "w1": "worker"})
        root = [i for i, t in recording.tasks.items() if names[i] not in ("w0", "w1") and coroutines[names[i]] == "main"]
        self.assertEqual(len(root), 1)
        self.assertEqual({t[2] for i, t in recording.tasks.items() if names[i] in ("w0", "w1")}, set(root))
        for name in ("w0", "w1"):
            runs = [(units, call) for units, task, call in main.tasks if names.get(task) == name]
            readies = [units for units, task in main.readies if names[task] == name]
            self.assertGreaterEqual(len(runs), 3)  # start, after a sleep, the end
            self.assertEqual(len(readies), len(runs))
            self.assertTrue(all(r <= run[0] for r, run in zip(readies, runs)))
            if runs_in:
                self.assertEqual({call.function.name for _, call in runs}, {runs_in})
        return main, names

    def test_runs_and_wake_ups(self):
        r = self.record(PROGRAM)
        main, names = self.check(r, "_run")
        # The worker runs only where its task does.
        parts = [(call.start, call.end) for _, task, call in main.tasks if names[task] in ("w0", "w1")]
        for call in r.calls("worker"):
            self.assertTrue(any(a <= call.start and call.end <= b for a, b in parts))

    def test_who_waits_for_others_is_woken_by_the_last_of_them(self):
        r = self.record("""
            import asyncio
            async def f(n):
                for i in range(n): await asyncio.sleep(0)
            async def gathers(): await asyncio.gather(*[asyncio.create_task(f(n), name="g%d" % n) for n in (2, 1)])
            async def waits(): await asyncio.wait([asyncio.create_task(f(n), name="w%d" % n) for n in (1, 2)])
            async def main():
                await asyncio.create_task(gathers(), name="gathers")
                await asyncio.create_task(waits(), name="waits")
                await asyncio.create_task(sleeps(), name="sleeps")
            async def sleeps(): await asyncio.sleep(0.001)
            asyncio.run(main())
        """)
        main, names, _ = self.tasks(r)
        causes = [(names[task], names.get(cause)) for (_, task), cause in zip(main.readies, main.causes) if names[task] in ("gathers", "waits")]
        self.assertEqual(causes, [("gathers", None), ("gathers", "g2"), ("waits", None), ("waits", "w2")])
        slept = [names.get(cause) for (_, task), cause in zip(main.readies, main.causes) if names[task] == "sleeps"]
        self.assertEqual(slept, [None, None])  # a timer wakes on nobody's account

    def test_without_the_loop_s_own_calls(self):
        r = self.record(PROGRAM, options=["--include-functions", "worker", "--include-functions", "main"])
        main, names = self.check(r, None)
        self.assertEqual(r.count("_run") + r.count("Handle._run"), 0)
        switches = [task for _, task, _ in main.tasks]
        self.assertEqual(switches[1::2], [1] * (len(switches) // 2))  # each part has its end

    def test_short_parts_go_with_their_calls(self):
        r = self.record(PROGRAM, options=["--min-duration", "100s"])
        (main,) = [t for t in r.threads.values() if t.main]
        self.assertEqual((main.tasks, main.readies), ([], []))

    def test_switched_off(self):
        r = self.record(PROGRAM, options=["--no-async"])
        self.assertEqual((len(r.tasks), sum(len(t.tasks) + len(t.readies) for t in r.threads.values())), (0, 0))

    def test_tasks_written_in_python_and_named_late(self):
        r = self.record("""
            import asyncio
            asyncio.Task = asyncio.tasks.Task = asyncio.tasks._PyTask
            async def f(): await asyncio.sleep(0)
            async def main():
                task = asyncio.ensure_future(f())
                task.set_name("late")
                await task
            loop = asyncio.new_event_loop()
            loop.run_until_complete(main())
            loop.close()
        """)
        main, names, coroutines = self.tasks(r)
        self.assertEqual(coroutines["late"], "f")
        self.assertEqual([names[task] for _, task, _ in main.tasks].count("late"), 2)

    def test_a_program_with_many_tasks_keeps_none_alive(self):
        r = self.record("""
            import asyncio, gc, weakref
            alive = weakref.WeakSet()
            async def f(): await asyncio.sleep(0)
            async def main():
                for i in range(300):
                    task = asyncio.create_task(f())
                    alive.add(task)
                    await task
            asyncio.run(main())
            task = None
            gc.collect()
            print(len(alive))
        """)
        self.assertEqual(r.run.stdout, b"0\n")
        self.assertEqual(sum(1 for t in r.tasks.values() if t[0]), len(r.tasks))
        self.assertGreaterEqual(len(r.tasks), 301)

    def packages(self, name):
        """The folder of an installed package, for programs of this test; they need not be there."""
        every = os.environ.get("CALLTIDE_TEST_PACKAGES", "")
        for folder in every, os.path.join(every, "py%d.%d" % sys.version_info[:2]):
            if os.path.isdir(os.path.join(folder, name)):
                return {"PYTHONPATH": os.pathsep.join([PACKAGE_DIR, folder])}
        if importlib.util.find_spec(name) is None:
            self.skipTest("%s is not installed: name a folder that has it in CALLTIDE_TEST_PACKAGES" % name)
        return {}

    def steps(self, r, runs_in):
        """Of a loop that is not written in Python: the coroutine that it runs is the task's part."""
        self.assertNested(r)
        main, names, coroutines = self.tasks(r)
        self.assertEqual((coroutines["w0"], coroutines["w1"]), ("worker", "worker"))
        for name in ("w0", "w1"):
            runs = [call for _, task, call in main.tasks if names.get(task) == name]
            self.assertGreaterEqual(len(runs), 3)
            if runs_in:
                self.assertEqual({call.function.name for call in runs}, {runs_in})
        if not runs_in:
            self.assertEqual([task for _, task, _ in main.tasks][1::2], [1] * (len(main.tasks) // 2))
            self.assertEqual(r.count("worker"), 0)

    def test_a_loop_that_is_not_written_in_python(self):
        loop = """
            import asyncio, sys
            sys.modules["uvloop.loop"] = sys  # it is known by that
            asyncio.Handle._run = lambda self: self._context.run(self._callback, *self._args)
        """
        for options, runs_in in ((), "worker"), (["--python-only"], "worker"), (["--log-func-args"], "worker"), (
                ["--include-functions", "leaf"], None):
            self.steps(self.record(textwrap.dedent(loop) + textwrap.dedent(PROGRAM), options=options), runs_in)

    def test_uvloop(self):
        program = textwrap.dedent(PROGRAM).replace("asyncio.run(main())", "uvloop.new_event_loop().run_until_complete(main())")
        script, path = self.write("program.py", "import uvloop\n" + program), self.path("out.calltide")
        for options, runs_in in ((), "worker"), (["--include-functions", "leaf"], None):
            run = self.trace("-o", path, *options, script, env=self.packages("uvloop"))
            self.assertEqual((run.returncode, run.stderr), (0, b""))
            self.steps(ctread.Recording(path), runs_in)

    TRIO = """
        import sys, trio
        async def worker(n):
            for i in range(3): await trio.sleep(0.002)
        class Counts(trio.abc.Instrument):
            steps = 0
            def before_task_step(self, task): self.steps += 1
        counts = Counts()
        async def main():
            async with trio.open_nursery() as nursery:
                for i in range(2): nursery.start_soon(worker, i, name="w%d" % i)
        trio.run(main, instruments=[counts] if sys.argv[1:] else [])
        print(counts.steps > 8)
    """

    def trio(self, *arguments, options=(), environment):
        run = self.trace("-o", self.path("out.calltide"), *options, self.write("program.py", self.TRIO), *arguments, env=environment)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, b"True\n" if arguments else b"False\n", b""))
        r = ctread.Recording(self.path("out.calltide"))
        self.assertNested(r)
        return r

    def test_trio(self):
        environment = self.packages("trio")
        for arguments, options in (((), ()), (("own",), ()), ((), ("--my-code-only",)), ((), ("--python-only",))):
            r = self.trio(*arguments, options=options, environment=environment)
            main, names, coroutines = self.tasks(r)
            self.assertEqual({n: c for n, c in coroutines.items() if n in ("w0", "w1")}, {"w0": "worker", "w1": "worker"})
            (root,) = [i for i, t in r.tasks.items() if names[i].endswith("main")]
            self.assertEqual({t[2] for i, t in r.tasks.items() if names[i] in ("w0", "w1")}, {root})
            for name in ("w0", "w1"):
                runs = [units for units, task, _ in main.tasks if names.get(task) == name]
                readies = [units for units, task in main.readies if names[task] == name]
                self.assertEqual((len(runs), len(readies)), (4, 4))  # the start and three sleeps
                self.assertTrue(all(a <= b for a, b in zip(readies, runs)))
            switches = sorted(main.tasks, key=lambda s: s[0])
            for call in r.calls("worker"):  # runs only within its own task's steps
                at = [task for units, task, _ in switches if units <= call.start][-1]
                self.assertIn(names.get(at), ("w0", "w1"))
            seen = {c.function.name for c in r.calls()}
            caller = "Instruments.call" if sys.version_info >= (3, 11) else "call"
            self.assertEqual(any(r.calls(caller, "_instrumentation.py")), bool(arguments))
            if not arguments:  # the program's own instruments are called by the same function
                self.assertFalse(seen & {"before_task_step", "after_task_step", "task_scheduled", "task_spawned"})

    def test_trio_switched_off(self):
        r = self.trio(options=["--no-async"], environment=self.packages("trio"))
        self.assertEqual((len(r.tasks), sum(len(t.tasks) for t in r.threads.values())), (0, 0))

    def test_uvloop(self):
        environment = self.packages("uvloop")
        script = self.write("program.py", PROGRAM.replace("asyncio.run(main())", "import uvloop; uvloop.run(main())"))
        run = self.trace("-o", self.path("out.calltide"), script, env=environment)
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        r = ctread.Recording(self.path("out.calltide"))
        self.assertNested(r)
        self.assertGreaterEqual(r.count("worker"), 2)


class Imports(RecorderTest):
    def modules(self):
        self.write("alpha.py", "import beta\ndef f(): import gamma\n")
        self.write("beta.py", "import json.scanner\n")
        self.write("gamma.py", "")
        return """
            import alpha
            import alpha
            alpha.f()
            try: import not_there
            except ImportError: pass
            print(__import__)
        """

    def test_modules_and_nesting(self):
        r = self.record(self.modules())
        self.assertNested(r)
        imports = {c.arguments["import"]: c for c in r.calls() if isinstance(c.arguments, dict) and "import" in c.arguments}
        for name in ("alpha", "beta", "json", "json.scanner", "gamma", "not_there"):
            self.assertIn(name, imports)

        def importer(call):
            while call.parent is not None:
                call = call.parent
                if isinstance(call.arguments, dict) and "import" in call.arguments:
                    return call.arguments["import"]

        self.assertEqual((importer(imports["alpha"]), importer(imports["beta"])), (None, "alpha"))
        self.assertEqual(imports["not_there"].how, "unwind")
        self.assertEqual(r.run.stdout, b"<built-in function __import__>\n")

    def test_where_the_importing_calls_are_left_out(self):
        r = self.record(self.modules(), options=["--my-code-only"])
        imports = [i for t in r.threads.values() for i in t.imports]
        names = [i[1] for i in imports]
        for name in ("alpha", "beta", "json", "gamma", "not_there"):
            self.assertEqual(names.count(name), 1, names)
        begin, end = {n: u - took for u, n, took in imports}, {n: u for u, n, took in imports}
        self.assertLessEqual(begin["alpha"], begin["beta"])
        self.assertLessEqual(end["beta"], end["alpha"])

    def test_switched_off(self):
        for options in (["--no-imports"], ["--no-imports", "--my-code-only"]):
            r = self.record(self.modules(), options=options)
            self.assertEqual([i for t in r.threads.values() for i in t.imports], [])
            self.assertEqual([c for c in r.calls() if c.arguments], [])


if __name__ == "__main__":
    unittest.main()
