# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that a program starts: which are recorded, what the one that starts them says of them."""

import os
import sys
import unittest

import ctread
from support import RecorderTest

CHILD = """
    import sys
    def work(): pass
    work()
    sys.exit(int(sys.argv[1]))
"""


class Children(RecorderTest):
    def children(self):
        folder = self.path("out.calltide.d")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        found = [ctread.Recording(os.path.join(folder, n)) for n in names]
        for child in found:
            self.assertNested(child)
        return found

    def record_with_children(self, source, *arguments, **options):
        self.write("child.py", CHILD)
        r = self.record(source, *arguments, **options)
        self.assertNested(r)
        self.spawns = [s for t in r.threads.values() for s in t.spawns]
        self.ends = dict(e[1:] for t in r.threads.values() for e in t.child_ends)
        return r, self.children()

    def test_what_it_becomes_is_noted(self):
        source = """
            import os
            try:
                os.execv("/dev/null", ["nothing"])
            except OSError:
                os.execvp("true", ["true", "it"])
        """
        r, _ = self.record_with_children(source)
        self.assertEqual([n[1:] for n in r.notes], [("became another program: true it", 64)])

    def test_an_exec_that_cannot_be_starts_nothing(self):
        r, _ = self.record_with_children("""
            import glob, os
            def followers():
                mine = str(os.getpid()).encode()
                for name in glob.glob("/proc/[0-9]*/cmdline"):
                    try:
                        words = open(name, "rb").read().split(b"\\0")
                    except OSError:
                        continue
                    yield words[0].endswith(b"calltide-follow") and mine in words
            for where in ("/nowhere/x", "/dev/null"):
                try:
                    os.execv(where, ["x"])
                except OSError:
                    print(any(followers()))
        """)
        self.assertEqual(r.run.stdout.split(), [b"False", b"False"])

    def test_one_that_finds_no_room_says_so(self):
        r, _ = self.record_with_children("""
            import os, resource, signal, subprocess, sys
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
            pid = os.fork()
            if not pid:
                def forked(): pass
                forked()
                os._exit(7)
            print(pid, os.waitpid(pid, 0)[1] >> 8)
            p = subprocess.Popen([sys.executable, "child.py", "5"])
            print(p.pid, p.wait())
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        """)
        said = r.run.stderr.decode().splitlines()
        ended = [line.split() for line in r.run.stdout.decode().splitlines()]
        self.assertEqual([status for _, status in ended], ["7", "5"])
        for pid, _ in ended:
            self.assertEqual(sum(line.startswith("calltide: process %s is not recorded: " % pid) for line in said), 1, said)

    def test_every_way_to_start_one(self):
        r, children = self.record_with_children("""
            import os, subprocess, sys
            child = [sys.executable, "child.py"]
            def wait(pid): os.waitpid(pid, 0)
            print(subprocess.call(child + ["1"]), subprocess.call(child + ["2"], env={"LANG": "C"}, close_fds=False))
            print(subprocess.call("'%s' child.py 3; exit 4" % sys.executable, shell=True))
            wait(os.posix_spawn(sys.executable, child + ["5"], {"A": "1"}))
            wait(os.spawnv(os.P_NOWAIT, sys.executable, child + ["6"]))
            pid = os.fork()
            if not pid:
                def forked(): pass
                forked()
                os._exit(7)
            wait(pid)
            pid = os.fork()
            if not pid:
                os.execv(sys.executable, child + ["8"])
            wait(pid)
            print(subprocess.run(["true"]).returncode)
        """)
        self.assertEqual(r.run.stdout, b"1 2\n4\n0\n")
        self.assertEqual(sorted(c.end[1] for c in children if c.count("work") and c.end), [1, 2, 3, 5, 6, 8])
        (forked,) = [c for c in children if c.count("forked")]
        self.assertEqual(forked.meta["process_name"], "program.py (fork)")
        self.assertEqual({c.recording_id for c in children}, {r.recording_id})
        self.assertTrue(all(c.ppid == r.pid for c in children if c.end and c.end[1] != 3))
        # Each with its own process id and status; the shell's child is the shell's.
        pids = [s[1] for s in self.spawns]
        self.assertEqual(len(set(pids)), 8)
        status = {pid: self.ends[pid] for pid in pids}
        self.assertEqual(sorted(status.values()), [0, 1, 2, 4, 5, 6, 7, 8])
        for c in children:
            if c.pid in status and c.end:
                self.assertEqual(status[c.pid], c.end[1])
        lines = [s[2] for s in self.spawns]
        self.assertIn("true", lines)
        self.assertTrue(any(line.endswith("child.py 2") for line in lines), lines)
        self.assertEqual(lines.count(""), 3)  # two forks, and the one of spawnv()
        self.assertTrue(all(s[3] > 0 for s in self.spawns))

    def test_which_children(self):
        program = """
            import os, subprocess, sys
            for n in ("1", "2"): subprocess.call([sys.executable, "child.py", n])
            if not os.fork(): os._exit(0)
            os.wait()
        """
        for options, statuses in ((["--exclude-children", "child.py 1"], [None, 2]), (["--include-children", "*child.py 1"], [1]),
                                  (["--exclude-children", "re:child\\.py [0-9]$"], [None]), (["--no-children"], [])):
            r, children = self.record_with_children(program, options=options)
            seen = [c.end[1] if c.end else None for c in children]
            self.assertEqual(sorted(seen, key=str), sorted(statuses, key=str), options)
        run = self.trace("-o", self.path("x.calltide"), "--exclude-children", "re:(", self.write("p.py", "print(1)"))
        self.assertIn(b"regular expression", run.stderr)

    def test_multiprocessing(self):
        for method, helpers in (("fork", 0), ("spawn", 1), ("forkserver", 2)):
            r, children = self.record_with_children("""
                import multiprocessing, sys
                def work(x): return x * 2
                if __name__ == "__main__":
                    multiprocessing.set_start_method(sys.argv[1])
                    p = multiprocessing.Process(target=work, args=(1,), name="single")
                    p.start(); p.join()
                    with multiprocessing.Pool(2) as pool:
                        print(pool.map(work, range(4), 1))
                        pool.close(); pool.join()
            """, method)
            self.assertEqual(r.run.stdout, b"[0, 2, 4, 6]\n")
            names = sorted(c.meta["process_name"] for c in children)
            self.assertEqual(sum(c.count("work") for c in children), 5)
            self.assertIn("single", names)
            self.assertEqual(sum("PoolWorker-" in n for n in names), 2, names)
            self.assertEqual("forkserver" in names, method == "forkserver", names)

    def test_killed(self):
        r, children = self.record_with_children("""
            import os, signal, subprocess, sys
            p = subprocess.Popen([sys.executable, "-c", "print(1, flush=True)\\ndef f():\\n while True: pass\\nf()"], stdout=subprocess.PIPE)
            p.stdout.readline()
            os.kill(p.pid, signal.SIGKILL)
            print(p.wait())
        """)
        self.assertEqual(r.run.stdout, b"-9\n")
        (child,) = children
        self.assertIsNone(child.end)
        self.assertEqual(self.ends[child.pid], 128 + 9)

    def test_one_that_outlives_its_parent(self):
        r, children = self.record_with_children("""
            import os, subprocess, sys
            r, w = os.pipe()
            p = subprocess.Popen([sys.executable, "-c", "import os, sys; os.read(0, 1)\\ndef late(): pass\\nlate()"], stdin=r)
            print(p.pid, os.dup(w))
            os._exit(0)
        """)
        # Its standard input has ended with its parent, so it ends now; nobody has waited for it.
        (pid,) = {s[1] for s in self.spawns}
        while os.path.exists("/proc/%d/exe" % pid) and os.stat("/proc/%d" % pid):
            try:
                os.readlink("/proc/%d/exe" % pid)
            except OSError:
                break  # a zombie, or gone
        (child,) = self.children()
        self.assertEqual(child.count("late"), 1)

    # Waits until it is recorded, or for the time given. Its own environment may be empty.
    OUT_OF_REACH = """
        import os, sys, time
        end = time.monotonic() + float(sys.argv[2])
        def recorded():
            with open("/proc/self/maps", "rb") as file:
                return b"/out.calltide.d/p" in file.read()
        while not recorded() and time.monotonic() < end:
            time.sleep(0.002)
        def late(): pass
        late()
        sys.exit(int(sys.argv[1]))
    """

    def skip_where_none_can_be_attached_to(self):
        scope = "/proc/sys/kernel/yama/ptrace_scope"
        if os.path.exists(scope) and open(scope).read().strip() != "0" and sys.version_info < (3, 14):
            self.skipTest("this computer only lets programs attach to those they started (kernel.yama.ptrace_scope)")

    def test_out_of_reach(self):
        self.skip_where_none_can_be_attached_to()
        self.write("apart.py", self.OUT_OF_REACH)
        self.write("script.sh", "env -i '%s' apart.py $1 $2\nexit 6\n" % sys.executable)
        program = """
            import os, signal, subprocess, sys
            came = []
            if hasattr(signal, "SIGCHLD"): signal.signal(signal.SIGCHLD, lambda *_: came.append(1))
            python, wait = sys.executable, sys.argv[1]
            status = [subprocess.call([python, "-I", "apart.py", "1", wait]), subprocess.call([python, "-ES", "apart.py", "2", wait]),
                      subprocess.call(["env", "-i", python, "apart.py", "3", wait]), subprocess.call(["sh", "script.sh", "5", wait]),
                      os.system("'%s' -I apart.py 7 %s" % (python, wait)) >> 8]
            pid = os.fork()
            if not pid:
                os.execv(python, [python, "-I", "apart.py", "8", wait])
            status.append(os.waitpid(pid, 0)[1] >> 8)
            print(status, len(came))
            try:
                os.wait()
            except ChildProcessError:
                print("no others")
        """
        plain = self.python(self.write("program.py", program), "0", traced=False).stdout
        self.assertTrue(plain.startswith(b"[1, 2, 3, 6, 7, 8]"), plain)
        r, children = self.record_with_children(program, "30")
        self.assertEqual(r.run.stdout, plain)  # nobody else's end was told
        late = {c.end[1]: c for c in children if c.count("late")}
        self.assertEqual(sorted(late), [1, 2, 3, 5, 7, 8])
        for status, c in late.items():
            self.assertEqual(c.recording_id, r.recording_id)
            if status != 8:  # its parent is the fork that it was before
                self.assertEqual(c.parent_id, r.process_id)
            (note,) = [text for _, text, _ in c.notes]
            self.assertRegex(note, r"^attached [0-9.]+ s after its start, because it was started with ")
        self.assertIn("with -E", late[2].notes[0][1])
        self.assertIn("an environment of its own", late[3].notes[0][1])
        for options in (["--no-attach-children"], ["--exclude-children", "*apart.py*"]):
            r, children = self.record_with_children(program, "0.3", options=options)
            self.assertEqual(r.run.stdout, plain)
            self.assertEqual([c for c in children if c.count("late")], [])

    def test_out_of_reach_when_the_recording_was_let_go_meanwhile(self):
        self.skip_where_none_can_be_attached_to()
        self.write("apart.py", self.OUT_OF_REACH)
        r, children = self.record_with_children("""
            import os, signal, subprocess, sys
            from calltide import _tracer, children
            def apart(status): subprocess.call([sys.executable, "-I", "apart.py", status, "30"])
            asker = os.fork()
            if not asker:
                signal.pause()
            _tracer.watch(asker)
            children.announce()
            apart("1")
            _tracer.watch(0)
            children.announce()
            os.kill(asker, signal.SIGKILL)
            os.waitpid(asker, 0)
            apart("2")
        """)
        self.assertEqual(sorted(c.end[1] for c in children if c.count("late")), [1, 2])


if __name__ == "__main__":
    unittest.main()
