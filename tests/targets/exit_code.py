# SPDX-License-Identifier: GPL-3.0-or-later
"""sys.exit(N) from two frames down; N is the argument (default 3), a text prints itself and exits with 1."""
import sys


def inner(value):
    sys.exit(value)


def outer(value):
    inner(value)


argument = sys.argv[1] if len(sys.argv) > 1 else "3"
outer(int(argument) if argument.lstrip("-").isdigit() else argument)
