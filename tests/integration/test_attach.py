# SPDX-License-Identifier: GPL-3.0-or-later
"""calltide attach and ps, on programs of the interpreter that runs this file."""
import glob
import json
import os
import re
import subprocess
import sys
import unittest

from attaching import Attaching
from support import CALLTIDE, target
from test_inject import wait_until

ROUNDS = int(os.environ.get("CALLTIDE_ATTACH_ROUNDS", "20"))
SERVER = """
    import os, sys, threading, time
    def leaf(k):
        x = 0
        for i in range(50):
            x += i * k
        return x
    def work(k):
        while not os.path.exists(sys.argv[1]):
            leaf(k)
    def blocked():
        ready.set()
        release.wait()
        return after()
    def after():
        return 5
    def outer(k):
        work(k)
    ready, release = threading.Event(), threading.Event()
    threads = [threading.Thread(target=outer, args=(k,), name="worker-%d" % k) for k in range(2)]
    threads.append(threading.Thread(target=blocked, name="waiting"))
    for t in threads:
        t.start()
    ready.wait()
    tools = names = None
    names = sorted(globals())
    print("READY", flush=True)
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.02)
    release.set()
    for t in threads:
        t.join()
    tools = [n for n in range(6) if sys.monitoring.get_tool(n)] if hasattr(sys, "monitoring") else []
    print(tools, sys.getprofile(), threading._profile_hook, os.environ.get("PYTHONPATH"), os.execve.__name__,
          sorted(k for k in os.environ if "CALLTIDE_" in k), sys.path[0] == os.path.dirname(os.path.abspath(sys.argv[0])),
          sorted(globals()) == names or set(globals()) ^ set(names))
"""
CLEAN = "[] None None None execve [] True True\n"


class AttachTest(Attaching):
    def server(self):
        return self.start(SERVER)

    def seen(self, name):
        return self.calls(name, "leaf") > 100

    def test_all_threads_and_their_open_calls_are_there_and_nothing_is_left_behind(self):
        process = self.server()
        tool = self.attached(process.pid, "-o", "a.calltide")
        wait_until(lambda: self.seen("a.calltide"), "calls of the threads")
        listed = {p["pid"]: p for p in json.loads(self.succeed("ps", "--json").stdout)}
        self.assertEqual(listed[process.pid]["recording"], self.path("a.calltide"))
        self.assertEqual(listed[process.pid]["python"], "%d.%d.%d" % sys.version_info[:3])
        self.assertIn("process %d goes on" % process.pid, self.interrupt(tool))
        info = self.info("a.calltide")
        self.assertEqual((info["problems"], info["lost"]), ([], 0))
        threads = {t["name"] for t in info["processes"][0]["threads"]}
        self.assertLessEqual({"MainThread", "worker-0", "worker-1", "waiting"}, threads)
        functions = self.stats("a.calltide")
        by_function = {}
        for f in functions.values():
            by_function[f["function"]] = by_function.get(f["function"], 0) + f["calls"]
        for name, calls in (("outer", 2), ("work", 2), ("blocked", 1), ("<module>", 1)):
            self.assertEqual(by_function.get(name), calls, by_function)
        self.assertGreater(by_function["leaf"], 100)
        for name in ("_boot", "answer", "_start"):  # ours
            self.assertNotIn(name, by_function)
        self.assertEqual(self.end(process), CLEAN)

    def test_attaching_again_and_again(self):
        process = self.server()
        for i in range(ROUNDS):
            name = "r%d.calltide" % i
            self.succeed("attach", str(process.pid), "-t", "10ms", "-o", name, *(["--python-only"] if i % 2 else []))
            info = self.info(name)
            self.assertEqual(info["problems"], [], name)
            self.assertLessEqual({"worker-0", "worker-1", "waiting"}, {t["name"] for t in info["processes"][0]["threads"]})
            listed = {p["pid"]: p for p in json.loads(self.succeed("ps", "--json").stdout)}
            self.assertFalse(listed[process.pid].get("recording"), "it is over")
        self.assertEqual(self.end(process), CLEAN)

    def test_every_kind_of_program(self):
        for kind in ("busy", "sleep", "sock", "threads", "aio", "http", "procs"):
            with self.subTest(kind=kind):
                stop = self.path("stop-" + kind)
                process = subprocess.Popen([sys.executable, "-B", target("attach_targets.py"), kind, stop], cwd=self.folder,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
                self.addCleanup(process.kill)
                self.assertEqual(process.stdout.readline(), "READY\n")
                for i in range(3):
                    name = "%s%d.calltide" % (kind, i)
                    self.succeed("attach", str(process.pid), "-t", "300ms", "-o", name)
                    info = self.info(name)
                    self.assertEqual(info["problems"], [])
                    self.assertGreater(info["slices"], 0)
                with open(stop, "w"):
                    pass
                self.assertEqual(process.communicate(timeout=60), ("OK 1\n", ""))
                self.assertEqual(process.returncode, 0)

    def test_children_are_followed_from_then_on(self):
        process = self.start("""
            import os, subprocess, sys, time
            print("READY", flush=True)
            def child():
                subprocess.run([sys.executable, "-c", "def hello(): pass\\nhello()"])
            def forked():
                pass
            while not os.path.exists(sys.argv[1]):
                child()
                if os.fork() == 0:
                    forked()
                    os._exit(0)
                os.wait()
        """)
        tool = self.attached(process.pid, "-o", "c.calltide")
        wait_until(lambda: self.calls("c.calltide", "hello") > 0 and self.calls("c.calltide", "forked") > 0, "calls of children")
        said = re.search(r"c\.calltide: ([0-9.]+) ([kM]?)B", self.interrupt(tool), re.I)
        self.assertEqual(self.end(process), "")
        children = [os.path.getsize(self.path("c.calltide.d/" + name)) for name in os.listdir(self.path("c.calltide.d"))]
        self.assertGreaterEqual(len(children), 2)
        size = float(said[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20}[said[2].lower()]
        self.assertGreater(size, os.path.getsize(self.path("c.calltide")) + sum(children) / 2)

    def test_the_program_ends_while_it_is_recorded(self):
        process = self.server()
        tool = self.attached(process.pid, "-o", "e.calltide")
        self.end(process)
        self.assertIn("process %d has ended" % process.pid, tool.communicate(timeout=60)[1])
        self.assertEqual(tool.returncode, 0)
        info = self.info("e.calltide")
        self.assertEqual((info["problems"], info["processes"][0]["exit_status"]), ([], 0))

    def test_the_recording_ends_when_the_attacher_is_killed_and_another_one_can_follow(self):
        process = self.server()
        tool = self.attached(process.pid, "-o", "k.calltide")
        wait_until(lambda: self.seen("k.calltide"), "calls")
        tool.kill()
        tool.wait()
        sizes = []

        def still():
            sizes.append(self.info("k.calltide")["slices"])
            return len(sizes) > 2 and sizes[-1] == sizes[-2]

        wait_until(still, "the end of the recording")
        self.succeed("attach", str(process.pid), "-t", "50ms", "-o", "after.calltide")
        self.assertEqual(self.info("after.calltide")["problems"], [])
        self.assertEqual(self.end(process), CLEAN)

    def test_a_recording_goes_on_in_the_background_until_it_is_stopped(self):
        process = self.server()
        pid = str(process.pid)
        said = self.succeed("attach", pid, "--detach", "-o", "b.calltide").stderr
        self.assertEqual(said, "calltide: recording process %s into b.calltide; calltide attach --stop %s stops\n" % (pid, pid))
        for _ in range(2):  # more than the time after which it would notice that nobody is there
            before = self.calls("b.calltide", "leaf")
            wait_until(lambda: self.calls("b.calltide", "leaf") > before + 100, "calls")
            self.assertEqual(self.run_calltide("attach", pid).stderr, "calltide: Process %s is being recorded already.\n" % pid)
        self.assertIn("process %s goes on" % pid, self.succeed("attach", "--stop", pid).stderr)
        self.assertEqual(self.info("b.calltide")["problems"], [])
        again = self.run_calltide("attach", "--stop", pid)
        self.assertEqual((again.returncode, again.stderr), (1, "calltide: Process %s is not being recorded.\n" % pid))
        self.assertEqual(self.end(process), CLEAN)

    def test_sub_interpreters_are_left_alone_and_that_is_said(self):
        process = self.start('''
            import os, sys, threading, time
            try:
                import _interpreters as interpreters
            except ImportError:
                import _xxsubinterpreters as interpreters
            code = "import os, time\\nwhile not os.path.exists(%r): time.sleep(0.001)" % sys.argv[1]
            def inside():
                one = interpreters.create()
                begun.wait()
                failure = interpreters.run_string(one, code)
                if failure:
                    print(failure)
                interpreters.destroy(one)
            def leaf():
                time.sleep(0.001)
            begun = threading.Barrier(3)
            threads = [threading.Thread(target=inside) for _ in range(2)]
            for t in threads: t.start()
            begun.wait()
            print("READY", flush=True)
            while not os.path.exists(sys.argv[1]):
                leaf()
            for t in threads: t.join()
        ''')
        for i in range(3):
            name = "s%d.calltide" % i
            tool = self.attached(process.pid, "-o", name)
            wait_until(lambda: self.calls(name, "leaf") > 10, "calls of the main interpreter")
            self.interrupt(tool)
            self.assertEqual([p["text"] for p in self.info(name)["problems"]],
                             ["the program has sub-interpreters (2): what runs in them is not recorded"])
        self.assertEqual(self.end(process), "")

    def test_a_request_of_a_killed_attacher_does_nothing(self):
        process = self.start('''
            import ctypes, os, sys
            def leaf():
                pass
            print("READY", flush=True)
            ctypes.PyDLL(None).read(0, ctypes.create_string_buffer(1), 1)  # with the interpreter's lock
            for i in range(1000):
                leaf()
            print("GOES ON", flush=True)
            while not os.path.exists(sys.argv[1]):
                leaf()
        ''', stdin=subprocess.PIPE)
        with subprocess.Popen([CALLTIDE, "attach", str(process.pid), "-o", "dead.calltide"], cwd=self.folder,
                              env=dict(os.environ, XDG_RUNTIME_DIR=self.folder), stderr=subprocess.DEVNULL) as tool:
            # Sent a moment later; should the end come before, nothing is to happen either.
            wait_until(lambda: glob.glob(self.path("calltide-*/s.py")), "the request")
            tool.kill()
        process.stdin.write("x")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), "GOES ON\n")
        self.succeed("attach", str(process.pid), "-t", "50ms", "-o", "after.calltide")
        self.assertEqual(self.info("after.calltide")["problems"], [])
        self.assertFalse(os.path.exists(self.path("dead.calltide")))
        self.assertEqual(self.end(process), "")

    def test_a_fork_that_has_the_request_too_leaves_it_to_its_parent(self):
        process = self.start('''
            import ctypes, functools, operator, os, sys
            def leaf():
                pass
            c, buffer = ctypes.PyDLL(None), ctypes.create_string_buffer(1)
            print("READY", flush=True)
            # With no step in Python in between: it is asked while it reads, forks, and its child goes on before it.
            steps = functools.partial(c.read, 0, buffer, 1), c.fork, functools.partial(c.waitpid, -1, None, 0)
            if list(map(operator.methodcaller("__call__"), steps))[1] == 0:
                for i in range(1000):
                    leaf()
                os._exit(0)
            while not os.path.exists(sys.argv[1]):
                leaf()
        ''', stdin=subprocess.PIPE)
        tool = subprocess.Popen([CALLTIDE, "attach", str(process.pid), "-o", "f.calltide"], cwd=self.folder, universal_newlines=True,
                                env=dict(os.environ, XDG_RUNTIME_DIR=self.folder), stderr=subprocess.PIPE)
        self.addCleanup(tool.communicate)
        self.addCleanup(tool.kill)
        wait_until(lambda: glob.glob(self.path("calltide-*/s.py")), "the request")
        process.stdin.write("x")
        process.stdin.flush()
        self.assertIn("recording process %d into f.calltide" % process.pid, tool.stderr.readline())
        wait_until(lambda: self.calls("f.calltide", "leaf") > 100, "calls")
        self.interrupt(tool)
        self.assertEqual([p["pid"] for p in self.info("f.calltide")["processes"]], [process.pid])
        self.assertEqual(self.end(process), "")

    def test_what_is_refused(self):
        process = self.server()
        pid = str(process.pid)
        for arguments, status, words in (
                (["attach", pid, "--max-deph", "3"], 2, "did you mean --max-depth"),
                (["attach", pid, "--max-depth", "x"], 2, "is not a number"),
                (["attach"], 2, "name a process"),
                (["attach", "--stop", pid, "-t", "5"], 2, "--stop takes the process only"),
                (["attach", "--detach", pid, "-t", "5"], 2, "exclude each other"),
                (["attach", "server.py"], 2, "is no process number"),
                (["attach", pid, "-t", "soon"], 2, "is no time"),
                (["attach", "1073741824"], 1, "There is no process 1073741824."),
                (["attach", pid, "-o", "/none/x.calltide"], 1, "The folder /none for the recording does not exist."),
                (["attach", pid, "-o", "server.py"], 1, "is not a recording; it is left as it is"),
                (["ps", "1"], 2, "ps takes no 1")):
            result = self.run_calltide(*arguments)
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertIn(words, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)
        tool = self.attached(process.pid)  # server.calltide
        again = self.run_calltide("attach", pid)
        self.assertEqual((again.returncode, again.stderr), (1, "calltide: Process %s is being recorded already.\n" % pid))
        self.interrupt(tool)
        self.assertTrue(os.path.exists(self.path("server.calltide")))
        self.assertEqual(self.end(process), CLEAN)

    def test_a_program_that_was_launched_recording_is_being_recorded_already(self):
        with open(self.path("p.py"), "w") as file:
            file.write("print('READY', flush=True)\ninput()\n")
        with subprocess.Popen([CALLTIDE, "record", "-o", "p.calltide", "--python", sys.executable, "p.py"], cwd=self.folder,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True) as process:
            self.assertEqual(process.stdout.readline(), "READY\n")
            again = self.run_calltide("attach", str(process.pid))
            self.assertEqual(again.stderr, "calltide: Process %d is being recorded already.\n" % process.pid)
            process.communicate("\n")
        self.assertEqual(self.info("p.calltide")["problems"], [])


if __name__ == "__main__":
    unittest.main()
