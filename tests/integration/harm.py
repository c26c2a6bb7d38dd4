# SPDX-License-Identifier: GPL-3.0-or-later
"""A program with and without the recorder: it must do what it does without one, and leave a recording that opens.

CALLTIDE_LARGE=1: the full sizes (10,000 threads, 5,000 forks); CALLTIDE_HARM_OPTIONS: of each recording.
"""
import os
import re
import subprocess
import sys
import textwrap

from support import CALLTIDE, CalltideTest

LARGE = bool(os.environ.get("CALLTIDE_LARGE"))
PACKAGE = os.path.normpath(os.path.join(os.path.dirname(CALLTIDE), "..", "lib", "calltide", "python"))


class HarmTest(CalltideTest):
    def run_python(self, *arguments, traced, cwd=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CALLTIDE")}
        environment.pop("PYTHONPATH", None)
        command = [sys.executable]
        if traced:
            environment["PYTHONPATH"] = PACKAGE
            command += ["-m", "calltide", "-o", self.out] + os.environ.get("CALLTIDE_HARM_OPTIONS", "").split()
        return subprocess.run(command + list(arguments), cwd=cwd or self.folder, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=1200)

    def same(self, text, *options, out=None, note=None, opens=True, allowed=None):
        """Runs a program with and without the recorder. note: what the recorder says on standard error, a line that may
        be anywhere in it. The recording, as `info --json` has it."""
        script = self.path("program.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        self.out = out or self.path("r.calltide")
        plain = self.run_python(script, traced=False)
        ours = self.run_python(*options, script, traced=True)
        error = ours.stderr
        if note:
            lines = error.splitlines(True)
            notes = [line for line in lines if line.startswith(b"calltide: ")]
            self.assertEqual(len(notes), 1, error)
            self.assertIn(note, notes[0])
            error = b"".join(line for line in lines if line not in notes)
        error, plain_error = (re.sub(rb"pid=\d+", b"pid=", e) for e in (error, plain.stderr))
        self.assertEqual((ours.returncode, ours.stdout, error), (plain.returncode, plain.stdout, plain_error))
        if not opens:
            return None
        info = self.info(self.out)
        self.assertGreater(info["slices"], 0)
        if not note:
            self.assertEqual([p for p in info["problems"] if p["severity"] != "info" and p.get("text") != allowed], [])
        return info
