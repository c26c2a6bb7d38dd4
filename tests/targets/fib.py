# SPDX-License-Identifier: GPL-3.0-or-later
"""Recursion: fib(n) makes 2*fib(n+1)-1 calls; fib(20) makes 21891."""
import sys


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


n = int(sys.argv[1]) if len(sys.argv) > 1 else 20
print("fib(%d) = %d" % (n, fib(n)))
