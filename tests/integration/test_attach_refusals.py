# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be attached, and what calltide says about it: on programs of the interpreter that runs this file.

Needs no special machine: rights are taken from the attacher, filters are put on it, and it is told other settings of the
kernel than there are. What this user may not do is skipped.
"""
import ctypes
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import textwrap
import unittest

from attaching import Attaching
from support import CALLTIDE
from test_inject import REMOTE, state, wait_until

HELD = os.environ["CALLTIDE_HELD"]  # a library, see held.cpp
WAITS = "import sys\nprint('READY', flush=True)\nsys.stdin.readline()\n"
LIBC = ctypes.CDLL(None, use_errno=True)
CAP_SYS_PTRACE = 19
PTRACE, VM_READ = 101, 310  # system calls of x86-64
MORE_RIGHTS = ("is protected by the system against attaching (it has more rights than you, or asked for it; in a container, "
               "start that with --cap-add=SYS_PTRACE). Start the program from Calltide.")


def without_right():
    """The administrator's right to attach to everything; nobody else has it."""
    LIBC.prctl(24, CAP_SYS_PTRACE, 0, 0, 0)  # PR_CAPBSET_DROP


def filtered(error, *calls):
    """System calls are refused as a container's filter does."""
    def install():
        program = [(0x20, 0, 0, 0)]  # the number of the call
        for i, call in enumerate(calls):
            program.append((0x15, len(calls) - i, 0, call))
        program += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | error)]
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
        header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
        if LIBC.prctl(38, 1, 0, 0, 0) or LIBC.prctl(22, 2, header, 0, 0):  # no new rights; the filter
            raise OSError(ctypes.get_errno(), "no filter")
    return install


def small_elf32():
    """A program of nine bytes for the processor's 32-bit mode, which waits for ever."""
    code, at = b"\xb8\x1d\0\0\0\xcd\x80\xeb\xf7", 0x08048000
    size = 52 + 32 + len(code)
    head = b"\x7fELF\1\1\1".ljust(16, b"\0") + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, at + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    return head + struct.pack("<IIIIIIII", 1, 0, at, at, size, size, 5, 0x1000) + code


def loader_in(program):
    """Where the path of its loader stands in a 64-bit ELF file, and the room for it."""
    table, (size, count) = struct.unpack_from("<Q", program, 32)[0], struct.unpack_from("<HH", program, 54)
    for at in range(table, table + size * count, size):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", program, at)
        if kind == 3:  # PT_INTERP
            return offset, length
    raise AssertionError("a program without a loader")


class Refusals(Attaching):
    def waits(self, command, **options):
        """A program that says that it is there."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CALLTIDE", "PYTHON"))}
        env.update(options.pop("env", {}))
        process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env,
                                   universal_newlines=True, **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertIn(process.stdout.readline(), ("READY\n", "HELD\n"))
        return process

    def python(self, source=WAITS, *options, **more):
        return self.waits([sys.executable, "-B", *options, "-c", textwrap.dedent(source)], **more)

    def attach(self, pid, *arguments, **options):
        return subprocess.run([CALLTIDE, "attach", str(pid), "-t", "20ms", "-o", "r.calltide", *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, universal_newlines=True, timeout=120, **options)

    def refused(self, pid, sentence, *arguments, scope=None, **options):
        """scope: what the attacher sees of kernel.yama.ptrace_scope."""
        if scope is not None:
            options["env"] = dict(os.environ, LD_PRELOAD=HELD, YAMA_SCOPE=scope, ASAN_OPTIONS="verify_asan_link_order=0")
        result = self.attach(pid, *arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (1, "calltide: %s\n" % sentence))
        self.assertFalse(os.path.exists(self.path("r.calltide")))

    def goes_on(self, process):
        """It can be attached now, and comes to its end."""
        result = self.attach(process.pid)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.info("r.calltide")["problems"], [])
        os.unlink(self.path("r.calltide"))
        process.communicate("\n", timeout=60)
        self.assertEqual(process.returncode, 0)

    def out_of_reach(self):
        """A program with more rights than the attacher, and what makes that one so."""
        if os.geteuid() == 0:
            return self.python(), {"preexec_fn": without_right}
        return self.python("import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n" + WAITS), {}  # not dumpable

    def test_a_program_with_more_rights_than_the_attacher(self):
        process, options = self.out_of_reach()
        self.refused(process.pid, "Process %d %s" % (process.pid, MORE_RIGHTS), scope="0", **options)
        process.communicate("\n")

    def test_system_calls_are_filtered(self):
        process = self.python()
        sentence = "Process %d %s" % (process.pid, MORE_RIGHTS)
        for error in (1, 38):  # EPERM; ENOSYS, as older containers answer
            self.refused(process.pid, sentence, scope="0", preexec_fn=filtered(error, PTRACE, VM_READ))
        if not REMOTE:
            self.refused(process.pid, sentence, scope="0", preexec_fn=filtered(1, PTRACE))
        self.goes_on(process)

    def test_settings_of_yama(self):
        process, options = self.out_of_reach()
        for scope, sentence in (
                ("1", "only lets programs attach to programs they started (kernel.yama.ptrace_scope=1). Start it from Calltide, or "
                 "run it with setpriv --ptracer any, or ask an administrator to set kernel.yama.ptrace_scope to 0."),
                ("2", "lets only administrators attach (kernel.yama.ptrace_scope=2). Start it from Calltide, or ask an "
                 "administrator to set kernel.yama.ptrace_scope to 0."),
                ("3", "lets nobody attach until it is restarted (kernel.yama.ptrace_scope=3). Start the program from Calltide.")):
            self.refused(process.pid, "Process %d cannot be attached: this computer %s" % (process.pid, sentence), scope=scope, **options)
        process.communicate("\n")

    @unittest.skipUnless(os.geteuid() == 0, "only an administrator can start a program of another user")
    def test_another_users_program(self):
        process = self.python("import os; os.setresuid(65534, 65534, 65534)\n" + WAITS)
        self.refused(process.pid, "Process %d belongs to user nobody. Only your own processes can be attached." % process.pid)
        process.communicate("\n")

    def test_a_debugger_is_there(self):
        process = self.python()
        source = """
            import ctypes, sys
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.ptrace(0x4206, %d, None, None): # PTRACE_SEIZE
                sys.exit(ctypes.get_errno())
        """ % process.pid
        debugger = self.python(textwrap.dedent(source) + WAITS)
        with open("/proc/%d/comm" % debugger.pid) as file:
            comm = file.read().strip()
        self.refused(process.pid, "A debugger (%s, process %d) is attached to process %d. Detach it first."
                     % (comm, debugger.pid, process.pid))
        debugger.communicate("\n")
        self.assertEqual(debugger.returncode, 0)
        self.goes_on(process)

    def test_suspended_and_ended(self):
        process = self.python()
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state(process.pid) == "T", "its suspension")
        self.refused(process.pid, "Process %d is suspended. Resume it first (kill -CONT %d)." % (process.pid, process.pid))
        process.send_signal(signal.SIGCONT)
        self.goes_on(process)
        process = self.python()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self.refused(process.pid, "Process %d has ended." % process.pid)

    def test_starting_and_ending(self):
        for when in ("start", "end"):
            with self.subTest(when=when):
                process = self.waits([sys.executable, "-c", "pass"], env={"LD_PRELOAD": HELD, "HELD": when})
                self.refused(process.pid, "Process %d is just starting or ending. Try again in a moment." % process.pid)
                process.communicate("\n")
                self.assertEqual(process.returncode, 0)
        process = self.python("""
            import os
            class Last:
                def __del__(self, write=os.write, read=os.read):
                    write(1, b"HELD\\n")
                    read(0, 1)
            last = Last()
        """)
        self.refused(process.pid, "Process %d is just starting or ending. Try again in a moment." % process.pid)
        process.communicate("\n")
        self.assertEqual(process.returncode, 0)

    def test_waiting_where_nothing_reaches_it(self):
        os.mkfifo(self.path("pipe"))
        # The child shares its memory until it has become another program, and cannot open its input yet.
        process = self.python("""
            import os, sys
            print("READY", flush=True)
            child = os.posix_spawn("/bin/true", ["true"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 0, "pipe", os.O_RDONLY, 0)])
            os.waitpid(child, 0)
            sys.stdin.readline()
        """)
        wait_until(lambda: state(process.pid) == "D", "its child")
        self.refused(process.pid, "Process %d waits in the system where nothing can reach it: for a disk, or for a child that is "
                     "just starting. Try again in a moment." % process.pid)
        with open(self.path("pipe"), "w"):
            self.goes_on(process)

    def test_no_python_that_can_be_attached(self):
        elf = self.path("python3")
        with open(elf, "wb") as file:
            file.write(small_elf32())
        os.chmod(elf, 0o700)
        try:
            with subprocess.Popen([elf]) as process:
                self.refused(process.pid, "Process %d is a 32-bit program, which cannot be attached. Run it with a 64-bit Python."
                             % process.pid)
                process.kill()
        except OSError as error:
            print("no 32-bit programs here:", error, file=sys.stderr)
        hidden = shutil.copy("/bin/sleep", self.path("python3.12"))
        with subprocess.Popen([hidden, "60"]) as process:
            wait_until(lambda: state(process.pid) == "S", "its sleep")
            self.refused(process.pid, "Process %d runs python3.12, in which the functions have no names, so that it cannot be "
                         "attached. Start the program from Calltide." % process.pid)
            process.kill()
        with subprocess.Popen(["/bin/sleep", "60"]) as process:
            wait_until(lambda: state(process.pid) == "S", "its sleep")
            self.refused(process.pid, "Process %d is not a Python program." % process.pid)
            process.kill()

    def test_another_c_library(self):
        """The interpreter's own loader under the name of musl's."""
        folder = tempfile.mkdtemp(prefix="ct", dir="/tmp")  # a short path: it takes the place of the loader's in the program
        self.addCleanup(shutil.rmtree, folder, True)
        renamed, made = folder + "/ld-musl.so", folder + "/python3"
        with open(os.path.realpath(sys.executable), "rb") as file:
            program = file.read()
        at, size = loader_in(program)
        loader = program[at:at + size].rstrip(b"\0").decode()
        shutil.copy(os.path.realpath(loader), renamed)
        self.assertLess(len(renamed), size)
        with open(made, "wb") as file:
            file.write(program[:at] + renamed.encode().ljust(size, b"\0") + program[at + size:])
        for file in renamed, made:
            os.chmod(file, 0o755)
        process = self.waits([made, "-B", "-c", WAITS], env={"PYTHONHOME": sys.base_prefix + ":" + sys.base_exec_prefix})
        self.refused(process.pid, "Process %d uses the C library musl, for which there is no recorder here. Run it with a Python "
                     "made for glibc." % process.pid)
        process.communicate("\n")
        self.assertEqual(process.returncode, 0)

    @unittest.skipUnless(REMOTE, "from Python 3.14 on")
    def test_switched_off(self):
        for options, env in ((["-X", "disable-remote-debug"], {}), ([], {"PYTHON_DISABLE_REMOTE_DEBUG": "1"})):
            with self.subTest(options=options, env=env):
                process = self.python(WAITS, *options, env=env)
                self.refused(process.pid, "Process %d has attaching switched off (PYTHON_DISABLE_REMOTE_DEBUG, "
                             "-X disable-remote-debug or its build). To attach all the same: --force." % process.pid)
                result = self.attach(process.pid, "--force")
                self.assertEqual(result.returncode, 0, result.stderr)
                os.unlink(self.path("r.calltide"))
                process.communicate("\n")
                self.assertEqual(process.returncode, 0)

    def test_a_version_without_recorder(self):
        package = self.path("recorders/calltide")
        os.makedirs(package)
        for name in "__init__.py", "_tracer.cpython-399-x86_64-linux-gnu.so":
            with open(os.path.join(package, name), "w"):
                pass
        process = self.python()
        self.refused(process.pid, "Process %d runs Python %d.%d, for which there is no recorder; supported are 3.99."
                     % (process.pid, *sys.version_info[:2]), env=dict(os.environ, CALLTIDE_TRACER_FOLDER=self.path("recorders")))
        self.goes_on(process)

    def test_no_room_for_the_recording(self):
        process = self.python("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n" + WAITS)
        result = self.attach(process.pid)
        self.assertEqual(result.returncode, 1)
        self.assertIn("Process %d cannot be recorded into %s" % (process.pid, self.path("r.calltide")), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)
        process.communicate("\n")
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
