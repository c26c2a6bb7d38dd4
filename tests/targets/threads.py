# SPDX-License-Identifier: GPL-3.0-or-later
"""Four named threads, each calling work() exactly 1000 times; the main thread calls it 10 times."""
import threading


def work(i):
    return i * i


def loop(count):
    for i in range(count):
        work(i)


threads = [threading.Thread(target=loop, args=(1000,), name="worker-%d" % i) for i in range(4)]
for thread in threads:
    thread.start()
loop(10)
for thread in threads:
    thread.join()
print("4 threads done")
