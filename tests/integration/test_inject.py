# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts are run in running programs by the interpreter that runs this file; each program checks its own answers.

CALLTIDE_ATTACH_ROUNDS: attaches to each program (20); CALLTIDE_ATTACH_KINDS: which programs.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = os.environ["CALLTIDE_INJECT_TOOL"]
PROGRAM = os.path.join(os.environ["CALLTIDE_TARGETS"], "attach_targets.py")
ROUNDS = int(os.environ.get("CALLTIDE_ATTACH_ROUNDS", "20"))
KINDS = os.environ.get("CALLTIDE_ATTACH_KINDS", "busy floats mallocs sleep lock sock pipe_read threads aio http ccall procs "
                       "signals files imports csleep").split()
REMOTE = sys.version_info >= (3, 14)  # PEP 768 is there
SCOPE = "/proc/sys/kernel/yama/ptrace_scope"


def wait_until(condition, what, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.01)


def attaching_barred():
    """Why this user cannot attach to a program that a test has started; empty: it can."""
    if not os.path.exists(SCOPE):
        return ""
    with open(SCOPE) as file:
        scope = int(file.read())
    with open("/proc/self/status") as file:
        rights = int(re.search(r"CapEff:\s*(\w+)", file.read())[1], 16)
    if scope == 0 or (scope < 3 and rights >> 19 & 1):  # CAP_SYS_PTRACE
        return ""
    return "this user may not attach to programs that others have started (kernel.yama.ptrace_scope=%d)" % scope


def state(pid):
    with open("/proc/%d/stat" % pid) as file:
        return file.read().rsplit(")", 1)[1].split()[0]


class Program:
    def __init__(self, folder, kind):
        self.stop_file = os.path.join(folder, "stop-" + kind)
        self.process = subprocess.Popen([sys.executable, "-B", PROGRAM, kind, self.stop_file], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, universal_newlines=True)
        assert self.process.stdout.readline() == "READY\n"

    def finish(self):
        """Its exit status and what it has printed on both streams."""
        with open(self.stop_file, "w"):
            pass
        try:
            out, err = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # faulthandler says where it hangs
            out, err = self.process.communicate()
        return self.process.returncode, out, err


class InjectTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="calltide-test-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.count = 0
        if attaching_barred():
            self.skipTest(attaching_barred())

    def program(self, kind):
        program = Program(self.folder, kind)
        self.addCleanup(program.process.wait)
        self.addCleanup(program.process.kill)
        self.addCleanup(program.process.stdout.close)
        self.addCleanup(program.process.stderr.close)
        return program

    def inject(self, pid, *options):
        """The tool's result; the script makes a file as its answer, the first who comes."""
        self.count += 1
        answer, script = self.path("answer%d" % self.count), self.path("s%d" % self.count)
        with open(script, "w") as file:
            file.write("import posix\ntry:\n posix.close(posix.open(%r, posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY))\n"
                       "except FileExistsError: pass\n" % answer)
        run = subprocess.run([TOOL, str(pid), script, answer, *options], stdout=subprocess.PIPE, universal_newlines=True, timeout=120)
        run.answered = os.path.exists(answer)
        return run

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_every_kind_of_program_runs_the_scripts_and_goes_on(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                program, ways, pauses = self.program(kind), {}, []
                for _ in range(ROUNDS):
                    run = self.inject(program.process.pid)
                    self.assertEqual(run.returncode, 0, run.stdout)
                    way, pause = re.match(r"(.*), (\d+) us", run.stdout).groups()
                    ways[way] = ways.get(way, 0) + 1
                    pauses.append(int(pause))
                self.assertEqual(program.finish(), (0, "OK 1\n", ""))
                if REMOTE and kind in ("busy", "floats"):
                    self.assertEqual(set(ways), {"PEP 768"})
                if ROUNDS > 20:
                    pauses.sort()
                    print("%-6s %-9s %d attaches %s, stopped us p50 %d p99 %d max %d" % (
                        "%d.%d" % sys.version_info[:2], kind, ROUNDS, ways, pauses[len(pauses) // 2], pauses[len(pauses) * 99 // 100],
                        pauses[-1]), flush=True)

    def test_death_of_the_attacher_at_any_step_harms_nothing(self):
        if REMOTE:
            self.skipTest("nothing is stopped on this version")
        for kind in ("busy", "sleep", "threads"):
            with self.subTest(kind=kind):
                program = self.program(kind)
                for i in range(max(ROUNDS // 2, 8)):
                    run = self.inject(program.process.pid, "--die", str(i % 4 + 1))
                    self.assertIn(run.returncode, (-signal.SIGKILL, 1), run.stdout)  # 1: slots armed by the dead wait 2 s
                wait_until(lambda: self.inject(program.process.pid).returncode == 0, "an attach after the deaths")
                self.assertEqual(program.finish(), (0, "OK 1\n", ""))

    def test_refusals(self):
        def refused(pid):
            run = self.inject(pid)
            self.assertEqual(run.returncode, 1, run.stdout)
            return run.stdout.split(" ", 1)[1].strip()

        self.assertEqual(refused(2 ** 30), "There is no process %d." % 2 ** 30)
        with subprocess.Popen(["/bin/sleep", "60"]) as sleeper:
            self.assertEqual(refused(sleeper.pid), "Process %d is not a Python program." % sleeper.pid)
            sleeper.kill()
            os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
            self.assertEqual(refused(sleeper.pid), "Process %d has ended." % sleeper.pid)
        program = self.program("busy")
        pid = program.process.pid
        program.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state(pid) == "T", "its suspension")
        self.assertEqual(refused(pid), "Process %d is suspended. Resume it first (kill -CONT %d)." % (pid, pid))
        program.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.inject(pid).returncode, 0)
        self.assertEqual(program.finish()[:2], (0, "OK 1\n"))
        if os.geteuid() == 0:  # also the administrator attaches only to his own
            other = subprocess.Popen([sys.executable, "-c", "import os; os.setresuid(65534, 65534, 65534); print(1, flush=True); input()"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            other.stdout.readline()
            self.assertEqual(refused(other.pid), "Process %d belongs to user nobody. Only your own processes can be attached." % other.pid)
            other.communicate(b"\n")

    @unittest.skipUnless(REMOTE, "from Python 3.14 on")
    def test_a_program_that_does_not_want_it_is_left_alone(self):
        with subprocess.Popen([sys.executable, "-X", "disable-remote-debug", "-c", "print(1, flush=True); input()"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
            program.stdout.readline()
            run = self.inject(program.pid)
            self.assertIn("has attaching switched off", run.stdout)
            self.assertFalse(run.answered)
            program.communicate(b"\n")

    def test_the_list_names_this_python(self):
        program = self.program("sleep")
        listed = subprocess.run([TOOL, "--list"], stdout=subprocess.PIPE, universal_newlines=True).stdout.splitlines()
        self.assertIn("%d %d.%d.%d" % (program.process.pid, *sys.version_info[:3]), listed)
        program.finish()


if __name__ == "__main__":
    unittest.main()
