# SPDX-License-Identifier: GPL-3.0-or-later
"""Running programs with and without the recorder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

import ctread

PACKAGE_DIR = os.environ["CALLTIDE_PYTHON_DIR"]


class RecorderTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="calltide-test-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(textwrap.dedent(text))
        return self.path(name)

    def python(self, *arguments, traced=True, **options):
        env = {k: v for k, v in os.environ.items() if not k.startswith("CALLTIDE_")}
        env.pop("PYTHONPATH", None)
        if traced:
            env["PYTHONPATH"] = PACKAGE_DIR
        env.update(options.pop("env", {}))
        options.setdefault("timeout", 120)
        return subprocess.run([sys.executable, *arguments], cwd=options.pop("cwd", self.folder), env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **options)

    def trace(self, *arguments, before=(), **options):
        return self.python(*before, "-m", "calltide", *arguments, **options)

    def record(self, source, *arguments, options=(), status=0):
        """Records a script of the given text; the recording, with the run as its .run."""
        script = self.write("program.py", source)
        run = self.trace("-o", self.path("out.calltide"), *options, script, *arguments)
        self.assertEqual(run.returncode, status, run.stderr.decode())
        recording = ctread.Recording(self.path("out.calltide"))
        recording.run = run
        return recording

    def assertNested(self, recording):
        """Every call lies within its parent, and after its elder sibling. ctread has checked the balance already."""
        for thread in recording.threads.values():
            last = {}
            for call in thread.calls:
                self.assertLessEqual(call.start, call.end)
                if call.parent is not None:
                    self.assertLessEqual(call.parent.start, call.start)
                    self.assertGreaterEqual(call.parent.end, call.end)
                    self.assertEqual(call.parent.depth + 1, call.depth)
                elder = last.get(id(call.parent))
                if elder is not None:
                    self.assertLessEqual(elder.end, call.start)
                last[id(call.parent)] = call
