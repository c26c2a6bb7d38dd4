# SPDX-License-Identifier: GPL-3.0-or-later
"""Small programs that call much: programs.py NAME COUNT. Prints the CPU time of its measured part in seconds,
the peak of its resident memory in KiB and the time of its end."""

import ast  # all here: what is imported already when a tracer starts must make no difference
import difflib
import heapq
import io
import json
import sys
import threading
import time
import tokenize


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def run_fib(n):
    return sum(fib(18) for _ in range(n))


class Account:
    def __init__(self, owner, balance):
        self._owner, self._balance = owner, balance

    @property
    def balance(self):
        return self._balance

    def deposit(self, amount):
        self._balance += self.checked(amount)

    @staticmethod
    def checked(amount):
        return amount if amount >= 0 else 0

    def __lt__(self, other):
        return self._balance < other._balance


def run_methods(n):
    for _ in range(n):
        accounts = [Account("a", i * 7919 % 101) for i in range(50)]
        for account in accounts:
            account.deposit(account.balance)
        accounts.sort()


def run_ccalls(n):
    text = "alpha beta gamma"
    for i in range(n * 200):
        words = text.split()
        words.append(str(i))
        len(words)
        "".join(words)
        isinstance(words, list)


def numbers(n):
    for i in range(n):
        yield i


def doubled(items):
    for item in items:
        yield item * 2


def run_gens(n):
    return sum(sum(doubled(numbers(400))) for _ in range(n))


def run_threads(n):
    workers = [threading.Thread(target=run_fib, args=(n // 4 + 1,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def run_mix(n):
    with open(heapq.__file__, encoding="utf-8") as f:
        source = f.read()
    tree = ast.parse(source)
    lines = source.splitlines()
    value = {"words": lines[:60], "numbers": list(range(200)), "nested": [{"a": i, "b": [i] * 3} for i in range(50)]}
    for _ in range(n):
        sum(1 for _ in ast.walk(tree))
        json.loads(json.dumps(value, indent=1))
        list(tokenize.generate_tokens(io.StringIO(source).readline))
        difflib.SequenceMatcher(None, lines[:80], lines[20:100]).ratio()


def run_loop(n):
    total = 0
    for i in range(n * 20_000):
        total += i * i % 7
    return total


if __name__ == "__main__":
    run = globals()["run_" + sys.argv[1]]
    begin = time.process_time()
    run(int(sys.argv[2]))
    cpu = time.process_time() - begin
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print("cpu", cpu, "kib", peak, "end", time.time(), flush=True)
