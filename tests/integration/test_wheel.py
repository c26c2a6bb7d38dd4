#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorder as a wheel: built, installed into a new venv, used without the application. Needs pip and its index, or
CALLTIDE_WHEEL, a wheel that is built already."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "python"))
os.environ.setdefault("CALLTIDE_PYTHON_DIR", ROOT)
import ctread  # noqa: E402


class WheelTest(unittest.TestCase):
    def test_installed_alone(self):
        folder = tempfile.mkdtemp(prefix="calltide-wheel-")
        self.addCleanup(shutil.rmtree, folder, True)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CALLTIDE", "PYTHON"))}

        def run(*command, status=0, **options):
            done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
            self.assertEqual(done.returncode, status, (done.stdout + done.stderr).decode(errors="replace")[-4000:])
            return done

        wheel = os.environ.get("CALLTIDE_WHEEL")
        if not wheel:
            run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, os.path.join(ROOT, "tracer"))
            (wheel,) = glob.glob(os.path.join(folder, "calltide-*.whl"))
        run(sys.executable, "-m", "venv", os.path.join(folder, "venv"))
        python = os.path.join(folder, "venv", "bin", "python")
        run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel)
        with open(os.path.join(folder, "p.py"), "w") as file:
            file.write("import subprocess, sys\ndef f(n): return n and f(n - 1)\nf(9)\n"
                       "print(sys.path[1:] == eval(sys.argv[1]))\n"
                       "subprocess.run([sys.executable, '-c', 'def g(): pass\\ng()'], check=True)\n")
        path = run(python, "-c", "import sys; print(sys.path[1:])").stdout.decode()
        done = run(python, "-m", "calltide", "-o", "x.calltide", "p.py", path)
        self.assertEqual((done.stdout, done.stderr), (b"True\n", b""))
        r = ctread.Recording(os.path.join(folder, "x.calltide"))
        self.assertEqual((r.count("f"), [c.count("g") for c in r.children()]), (10, [1]))
        run(python, "-c", "import calltide\nwith calltide.Tracer('y.calltide'):\n    sorted([2, 1])")
        self.assertEqual(ctread.Recording(os.path.join(folder, "y.calltide")).count("builtins.sorted"), 1)
        names = run(python, "-m", "pip", "show", "-f", "calltide").stdout.decode()
        for name in ("calltide/py.typed", "calltide/_hook/sitecustomize.py", "calltide/__init__.pyi", "calltide/tracer.pyi", "calltide/calltide-follow"):
            self.assertIn(name, names)
        self.assertNotIn("CMakeLists", names)


if __name__ == "__main__":
    unittest.main()
