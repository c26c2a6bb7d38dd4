# SPDX-License-Identifier: GPL-3.0-or-later
"""The program must run as it does without the recorder."""

import glob
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

import ctread
from support import PACKAGE_DIR, RecorderTest


class SameAsPlain(RecorderTest):
    def both(self, *arguments, **options):
        plain = self.python(*arguments, traced=False, **options)
        traced = self.trace("-o", self.path("out.calltide"), *arguments, **options)
        self.assertEqual(traced.stdout, plain.stdout)
        self.assertEqual(traced.stderr, plain.stderr)
        self.assertEqual(traced.returncode, plain.returncode)
        return ctread.Recording(self.path("out.calltide"), check=False), plain

    def test_script_arguments_path_and_main(self):
        self.write("other.py", "value = 5\n")
        self.write("show.py", """
            import sys, other
            print(sys.argv, sys.path, __name__, __file__, sorted(vars()), sys.flags, sys.executable)
            print(sys.modules["__main__"].__spec__, other.value, getattr(sys, "orig_argv", None))
        """)
        self.both("show.py", "a", "-o", "--", "b c")
        os.mkdir(self.path("deeper"))
        self.both(os.path.join("..", "show.py"), cwd=self.path("deeper"))

    def test_module(self):
        os.mkdir(self.path("pack"))
        self.write("pack/__init__.py", "")
        self.write("pack/__main__.py", "import sys; print(sys.argv, __spec__.name, __package__, sys.path)")
        r, plain = self.both("-m", "pack", "x", "-y")
        self.assertIn(b"pack.__main__", plain.stdout)
        self.assertEqual(r.meta["process_name"], "pack")

    def test_code(self):
        r, _ = self.both("-c", "import sys\ndef f(): pass\nf()\nprint(sys.argv, sys.path)", "x", "-z")
        self.assertEqual(r.count("f"), 1)
        self.assertIn(b"def f(): pass", r.sources["<string>"])

    def test_interpreter_options_stay(self):
        script = self.write("opt.py", "import sys; print(sys.flags, __debug__, sys.warnoptions, sys._xoptions)")
        plain = self.python("-O", "-W", "error", "-X", "faulthandler", script, traced=False)
        traced = self.trace("-o", self.path("o.calltide"), script, before=("-O", "-W", "error", "-X", "faulthandler"))
        self.assertEqual(traced.stdout, plain.stdout)

    def test_tracebacks(self):
        self.write("bad.py", """
            def f(): g()
            def g(): raise ValueError("no")
            try:
                f()
            except ValueError as e:
                raise KeyError("second") from e
        """)
        r, plain = self.both("bad.py")
        self.assertEqual(plain.returncode, 1)
        self.assertEqual(r.end[1], 1)
        self.write("syntax.py", "x = (\n")
        self.both("syntax.py")

    def test_tracebacks_of_processes_that_do_not_start(self):
        self.write("starts.py", """
            import os, subprocess
            try: subprocess.run(["/no/such/program"], env={"A": "1"})
            except FileNotFoundError: import traceback; traceback.print_exc()
            print(os.execve, os.execve.__name__, os.execve.__module__, os.execve in os.supports_fd)
            os.execve("/no/such/program", ["x"], {"A": "1"})
        """)
        _, plain = self.both("starts.py")
        self.assertIn(b"No such file", plain.stderr)

    def test_names_that_are_not_unicode(self):
        name = os.fsencode(self.folder) + b"/odd\xff"
        os.mkdir(name)
        run = self.trace("-o", os.fsdecode(name + b"/o\xfe.calltide"), "-c", "print('ok')", b"\xfd")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, b"ok\n", b""))
        self.assertEqual(ctread.Recording(name + b"/o\xfe.calltide").meta["process_name"], "-c")

    def test_exit_codes(self):
        for text, status in (("3", 3), ("0", 0), ("None", 0), ("'words'", 1), ("300", 44), ("-1", 255)):
            with self.subTest(text):
                r, plain = self.both("-c", "import sys; sys.exit(%s)" % text)
                self.assertEqual(plain.returncode, status)
                self.assertEqual(r.end[1], status)

    def test_exit_of_other_kinds(self):
        self.both("-c", "import os; os._exit(7)")
        self.both("-c", "raise SystemExit")
        self.both("-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")

    def test_keyboard_interrupt(self):
        script = self.write("wait.py", "import time\nprint('up', flush=True)\ntime.sleep(60)\n")

        def run(*before, traced):
            env = dict(os.environ, PYTHONPATH=PACKAGE_DIR if traced else "")
            p = subprocess.Popen([sys.executable, *before, script], cwd=self.folder, env=env, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
            p.stdout.readline()
            time.sleep(0.1)
            p.send_signal(signal.SIGINT)
            return p.communicate(timeout=30)[1], p.returncode

        plain = run(traced=False)
        self.assertEqual(run("-m", "calltide", "-o", self.path("k.calltide"), traced=True), plain)
        self.assertEqual(plain[1], -signal.SIGINT)
        (sleep,) = ctread.Recording(self.path("k.calltide")).calls("time.sleep")
        self.assertEqual(sleep.how, "unwind")

    def test_excepthook_and_atexit_are_the_programs(self):
        r, _ = self.both("-c", "import sys, atexit\natexit.register(lambda: print('bye'))\n"
                         "def hook(t, v, tb): print('mine', tb.tb_frame.f_back)\nsys.excepthook = hook\n1/0")
        self.assertEqual(r.count("<lambda>"), 1)

    def test_descriptors_are_the_same(self):
        self.both("-c", "import os; print(os.dup(0))")

    def test_all_descriptors_closed(self):
        r, _ = self.both("-c", "import os\nos.closerange(3, 4096)\ndef f(): pass\nfor _ in range(100000): f()\nprint('ok')")
        self.assertEqual(r.count("f"), 100000)

    def test_environment_without_children(self):
        code = "import os; print(sorted(os.environ.items()))"
        plain = self.python("-c", code, traced=False)
        traced = self.trace("--no-children", "-c", code)
        self.assertEqual(traced.stdout, plain.stdout)

    def test_sitecustomize_of_the_user_runs(self):
        self.write("sitecustomize.py", "import builtins; builtins.SEEN = 1")
        env = {"PYTHONPATH": self.folder}
        plain = self.python("-c", "import sys; print(SEEN, sys.path)", traced=False, env=env)
        traced = self.trace("-c", "import sys; print(SEEN, sys.path)",
                            env={"PYTHONPATH": PACKAGE_DIR + os.pathsep + self.folder})
        self.assertEqual(traced.stdout, plain.stdout, traced.stderr)


class CommandLine(RecorderTest):
    def test_default_name_and_a_second_one(self):
        self.write("prog.py", "pass")
        for name in ("prog.calltide", "prog-2.calltide"):
            self.assertEqual(self.trace("prog.py").returncode, 0)
            self.assertEqual(ctread.Recording(self.path(name)).meta["process_name"], "prog.py")
        self.assertEqual(oct(os.stat(self.path("prog.calltide")).st_mode & 0o777), "0o600")

    def test_named_recording_is_replaced_other_files_are_not(self):
        self.write("precious.txt", "words")
        self.assertEqual(self.trace("-o", "a.calltide", "-c", "def f(): pass\nf()").returncode, 0)
        self.assertEqual(self.trace("-o", "a.calltide", "-c", "def g(): pass\ng()").returncode, 0)
        r = ctread.Recording(self.path("a.calltide"))
        self.assertEqual((r.count("f"), r.count("g")), (0, 1))
        run = self.trace("-o", "precious.txt", "-c", "pass")
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"precious.txt", run.stderr)
        with open(self.path("precious.txt")) as f:
            self.assertEqual(f.read(), "words")

    def test_errors_are_one_sentence(self):
        for arguments, status, words in (
                (["missing.py"], 2, b"missing.py"),
                (["-o", "no/such/x.calltide", "-c", "pass"], 1, b"does not exist"),
                (["--wrong"], 2, b"--wrong"),
                (["-m"], 2, b"-m needs"),
                ([], 2, b"nothing to run")):
            with self.subTest(arguments):
                run = self.trace(*arguments)
                self.assertEqual(run.returncode, status)
                self.assertIn(words, run.stderr.splitlines()[0])
                self.assertNotIn(b"Traceback", run.stderr)
        self.assertEqual(glob.glob(self.path("*.calltide")), [])

    def test_interpreter_without_a_recorder(self):
        shutil.copytree(os.path.join(PACKAGE_DIR, "calltide"), self.path("calltide"), ignore=shutil.ignore_patterns("*.so"))
        for name in ("_tracer.cpython-36-x86_64-linux-gnu.so", "_tracer.cpython-399-x86_64-linux-gnu.so"):
            self.write(os.path.join("calltide", name), "")
        run = self.python("-m", "calltide", "-c", "print(1)")
        self.assertEqual((run.returncode, run.stdout), (1, b""))
        self.assertEqual(run.stderr.decode(), "calltide: Python %d.%d at %s is not supported; supported are 3.6, 3.99\n"
                         % (*sys.version_info[:2], sys.executable))

    def test_version_and_help(self):
        self.assertRegex(self.trace("--version").stdout.decode(), r"^calltide \d+\.\d+\.\d+\n$")
        self.assertIn(b"usage:", self.trace("--help").stdout)

    def test_cprofile_works_beside_us(self):
        source = """
            import cProfile, io, pstats
            def leaf(n): return abs(n)
            def work(): return [leaf(n) for n in range(10)]
            p = cProfile.Profile()
            p.enable()
            work()
            p.disable()
            leaf(1)
            p.runcall(work)
            stats = pstats.Stats(p, stream=io.StringIO()).stats
            print(sorted((k[2], v[0]) for k, v in stats.items()))
        """
        for options in ((), ("--python-only",)):
            r = self.record(source, options=options)
            self.assertEqual(r.run.stdout, self.python(self.path("program.py"), traced=False).stdout)
            self.assertEqual((r.count("leaf"), r.count("builtins.abs")), (21, 0 if options else 21))
            self.assertNested(r)
            self.assertEqual(r.notes, [])

    def test_a_profile_function_of_the_program_works_beside_us(self):
        r = self.record("""
            import sys, threading
            seen = []
            def f(n): return abs(n)
            sys.setprofile(lambda frame, event, arg: seen.append(event) if frame.f_code.co_name == "f" else None)
            f(1)
            thread = threading.Thread(target=f, args=(2,))
            threading.setprofile(sys.getprofile())
            thread.start()
            thread.join()
            sys.setprofile(None)
            f(3)
            print(seen)
        """)
        self.assertEqual(r.run.stdout, b"%s\n" % str(["call", "c_call", "c_return", "return"] * 2).encode())
        self.assertEqual((r.count("f"), r.count("builtins.abs")), (3, 3))
        self.assertEqual(r.notes, [])


class Robustness(RecorderTest):
    def test_kill_9_in_the_middle(self):
        script = self.write("busy.py", """
            import os, threading
            def step(i): return i
            def work():
                for i in range(30000): step(i)
            t = threading.Thread(target=work, name="other"); t.start(); t.join()
            n = 0
            def last(): pass
            def loop():
                global n
                while True:
                    step(n); n += 1
                    if n == 34567:
                        last()
                        os.kill(os.getpid(), 9)
            loop()
        """)
        run = self.trace("-o", "k.calltide", script)
        self.assertEqual(run.returncode, -9)
        r = ctread.Recording(self.path("k.calltide"))
        self.assertEqual(r.count("step"), 30000 + 34567)
        self.assertEqual(r.count("last"), 1)
        (kill,) = r.calls("posix.kill")
        self.assertEqual(kill.how, "open")
        self.assertIsNone(r.end)

    def test_disk_full_stops_the_recording_only(self):
        script = self.write("long.py", """
            def f(): pass
            for _ in range(400000): f()
            print("done")
        """)
        run = self.python("-c", "import resource, os, sys, signal\n"
                          "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
                          "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, 1 << 18))\n"
                          "os.execv(sys.executable, [sys.executable, '-m', 'calltide', '-o', 'f.calltide', 'long.py'])")
        self.assertEqual((run.returncode, run.stdout), (0, b"done\n"), run.stderr)
        self.assertEqual(run.stderr.count(b"\n"), 1, run.stderr)
        self.assertIn(b"recording stopped", run.stderr)
        r = ctread.Recording(self.path("f.calltide"), check=False)
        self.assertGreater(r.count("f"), 20000)

    def test_folder_that_goes_away(self):
        run = self.trace("-o", "g.calltide", "-c",
                         "import os\nos.unlink('g.calltide')\ndef f(): pass\nfor _ in range(100000): f()\nprint('ok')")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, b"ok\n", b""))

    def test_files_of_the_current_folder_stay_the_programs(self):
        os.mkdir(self.path("other"))
        script = self.write("other/program.py", "print('ran')\n")
        for name in ("subprocess", "grp", "signal", "shutil", "json"):
            self.write(name + ".py", "print('never')\n")
        run = self.trace("-o", self.path("out.calltide"), script)
        self.assertEqual((run.returncode, run.stdout), (0, b"ran\n"), run.stderr)


if __name__ == "__main__":
    unittest.main()
