# SPDX-License-Identifier: GPL-3.0-or-later
"""A crash: 1000 calls of work(), then os.abort() inside crash() inside doomed()."""
import os


def work(i):
    return i + 1


def crash():
    os.abort()


def doomed():
    crash()


for n in range(1000):
    work(n)
doomed()
