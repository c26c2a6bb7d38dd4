# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the interpreter that runs the test, which wait to be attached to, and `calltide attach` on them."""
import os
import signal
import subprocess
import sys
import textwrap

from support import CALLTIDE, CalltideTest
from test_inject import attaching_barred


class Attaching(CalltideTest):
    def setUp(self):
        super().setUp()
        if attaching_barred():
            self.skipTest(attaching_barred())

    def start(self, source, *arguments, **options):
        with open(self.path("server.py"), "w") as file:
            file.write(textwrap.dedent(source))
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CALLTIDE", "PYTHON"))}
        process = subprocess.Popen([sys.executable, "-B", self.path("server.py"), self.path("stop"), *arguments], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   universal_newlines=True, env=env, **{"stdin": subprocess.DEVNULL, **options})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "READY\n")
        return process

    def end(self, process):
        with open(self.path("stop"), "w"):
            pass
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err), (0, ""))
        return out

    def attached(self, pid, *arguments):
        """An attach that goes on until it is interrupted."""
        tool = subprocess.Popen([CALLTIDE, "attach", str(pid), *arguments], cwd=self.folder, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, universal_newlines=True)
        self.addCleanup(tool.communicate)
        self.addCleanup(tool.kill)
        line = tool.stderr.readline()
        self.assertIn("recording process %d into" % pid, line)
        return tool

    def interrupt(self, tool):
        tool.send_signal(signal.SIGINT)
        rest = tool.communicate(timeout=60)[1]
        self.assertEqual(tool.returncode, 0, rest)
        return rest
