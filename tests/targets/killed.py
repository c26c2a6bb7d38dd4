# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "ready" after 1000 calls of work(), then goes on calling until it is killed (or 60 s are over)."""
import time


def work(i):
    return i + 1


def forever():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        work(1)


for n in range(1000):
    work(n)
print("ready", flush=True)
forever()
