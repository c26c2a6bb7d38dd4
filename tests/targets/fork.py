# SPDX-License-Identifier: GPL-3.0-or-later
"""os.fork: the parent calls before() and in_parent() once, the child in_child() 5 times and exits with status 7."""
import os


def before():
    return 1


def in_parent():
    return 2


def in_child():
    return 3


before()
pid = os.fork()
if pid == 0:
    for _ in range(5):
        in_child()
    os._exit(7)
in_parent()
status = os.waitpid(pid, 0)[1]
print("child exited with", status >> 8)
