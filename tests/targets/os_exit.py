# SPDX-License-Identifier: GPL-3.0-or-later
"""os._exit(5) in the middle of a call: nothing of the interpreter's end runs."""
import os


def work(i):
    return i + 1


def leave():
    os._exit(5)


for n in range(50):
    work(n)
leave()
