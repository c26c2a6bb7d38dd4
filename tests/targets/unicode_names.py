# SPDX-License-Identifier: GPL-3.0-or-later
"""Names outside ASCII, a lambda and a nested function: grüße() 2 times, each calling its local inner()."""


def grüße(name):
    def inner():
        return "Grüße, " + name
    return inner()


class Straße:
    def länge(self):
        return 7


print(len(grüße("Zoë")) + len(grüße("名前")) + Straße().länge() + (lambda x: x)(1))
