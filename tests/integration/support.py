# SPDX-License-Identifier: GPL-3.0-or-later
"""Running calltide, and a folder for its files that goes away."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

CALLTIDE = os.environ["CALLTIDE"]
TARGETS = os.environ["CALLTIDE_TARGETS"]
DATA = os.environ["CALLTIDE_TEST_DATA"]


def target(name):
    return os.path.join(TARGETS, name)


class CalltideTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="calltide-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_calltide(self, *arguments, cwd=None, stdin=None, environment=None):
        return subprocess.run([CALLTIDE, *arguments], cwd=cwd or self.folder, input=stdin, universal_newlines=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env=dict(os.environ, **(environment or {})))

    def succeed(self, *arguments, **options):
        result = self.run_calltide(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def info(self, *names):
        return json.loads(self.succeed("info", *names, "--json").stdout)

    def stats(self, name):
        functions = json.loads(self.succeed("stats", name, "--json").stdout)["functions"]
        return {f["name"]: f for f in functions}

    def calls(self, name, function):
        """Calls of the functions with this qualified name in a file."""
        functions = json.loads(self.succeed("stats", name, "--json").stdout)["functions"]
        return sum(f["calls"] for f in functions if f["function"] == function)
