# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack N frames deep (default 3000): down() calls itself N times."""
import sys
import threading


def down(n):
    return 0 if n <= 1 else 1 + down(n - 1)


def main():
    print("depth", down(depth) + 1)


depth = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
sys.setrecursionlimit(depth + 200)
# A thread with a large C stack: 3.9 and 3.10 use the C stack for Python calls.
threading.stack_size(512 * 1024 * 1024)
worker = threading.Thread(target=main, name="deep")
worker.start()
worker.join()
