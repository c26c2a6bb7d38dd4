# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies stdin to stdout in upper case and writes one line to stderr."""
import sys

for line in sys.stdin:
    sys.stdout.write(line.upper())
print("end of input", file=sys.stderr)
