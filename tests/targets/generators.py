# SPDX-License-Identifier: GPL-3.0-or-later
"""count(5) yields 5 values and ends (6 entries); chain() delegates to it by yield from; one is closed early."""


def count(n):
    for i in range(n):
        yield i


def chain(n):
    yield from count(n)
    yield -1


plain = list(count(5))
chained = list(chain(3))
early = count(100)
next(early)
early.close()
print(plain, chained)
