# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a second interpreter (sys.executable -c) that calls child_work() 3 times, and multiprocessing by spawn."""
import subprocess
import sys

CODE = "def child_work(): return 4\nfor _ in range(3): child_work()\nprint('from the child')"


def start():
    return subprocess.run([sys.executable, "-c", CODE], check=True, stdout=subprocess.PIPE).stdout


print(start().decode().strip())
