# SPDX-License-Identifier: GPL-3.0-or-later
"""nap() sleeps 50 ms, four times: durations that are known beforehand."""
import time


def nap():
    time.sleep(0.05)


for _ in range(4):
    nap()
