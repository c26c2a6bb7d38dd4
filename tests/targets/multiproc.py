# SPDX-License-Identifier: GPL-3.0-or-later
"""multiprocessing: two processes ("fork" or "spawn" as argument), square() called 3 times in each."""
import multiprocessing
import sys


def square(n):
    return n * n


def job(queue):
    queue.put(sum(square(i) for i in range(3)))


def main():
    context = multiprocessing.get_context(sys.argv[1] if len(sys.argv) > 1 else "spawn")
    queue = context.Queue()
    processes = [context.Process(target=job, args=(queue,), name="job-%d" % i) for i in range(2)]
    for process in processes:
        process.start()
    print("sums", [queue.get(timeout=60) for _ in processes])
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
