# SPDX-License-Identifier: GPL-3.0-or-later
"""raiser() raises 10 times through middle(), caught by outer(); every call must be closed."""


def raiser(i):
    raise ValueError("no %d" % i)


def middle(i):
    try:
        raiser(i)
    finally:
        i += 1


def outer(i):
    try:
        middle(i)
    except ValueError:
        return True
    return False


print("caught", sum(outer(i) for i in range(10)))
