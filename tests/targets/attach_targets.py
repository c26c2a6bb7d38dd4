# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs to attach to: rounds of work with a known answer until a file appears; any wrong answer is exit status 3.

    attach_targets.py KIND STOPFILE
"""
import faulthandler
import os
import sys
import threading
import time

faulthandler.enable()
rounds = 0


class Stop:
    """Looks for the file from time to time only: the work is to be what is attached to."""

    def __init__(self, path):
        self.path, self.count, self.seen = path, 0, False

    def __call__(self):
        self.count += 1
        if not self.seen and self.count % 4 == 0:
            self.seen = os.path.exists(self.path)
        return self.seen


def need(condition, what):
    if not condition:
        print("WRONG", what, flush=True)
        os._exit(3)


def busy():
    def f(n):
        x = 0
        for i in range(n):
            x = (x * 31 + i) % 1000003
        return x

    expected = f(5000)
    return lambda: need(f(5000) == expected, "busy")


def floats():
    def f(n):
        x, values = 0.1, []
        for _ in range(n):
            x = 3.9 * x * (1.0 - x)
            values.append(x)
        return sum(values), values[-1].hex()

    expected = f(4000)
    return lambda: need(f(4000) == expected, "floats")


def mallocs():
    import json

    expected = json.dumps({str(i): [i] * (i % 50) for i in range(300)}, sort_keys=True)

    def work():
        small = [bytes(600 + i % 5000) for i in range(300)]
        large = [bytearray(200000) for _ in range(3)]
        need(json.dumps(json.loads(expected), sort_keys=True) == expected, "json")
        del small, large

    return work


def at_least(begin, seconds, what, slack=5):
    passed = time.monotonic() - begin
    need(seconds - 0.002 <= passed < seconds + slack, "%s: %r s" % (what, passed))


def sleep():
    def work():
        begin = time.monotonic()
        time.sleep(0.25)
        at_least(begin, 0.25, "sleep")

    return work


def lock():
    held, event = threading.Lock(), threading.Event()
    held.acquire()

    def work():
        begin = time.monotonic()
        need(held.acquire(timeout=0.1) is False, "lock")
        at_least(begin, 0.1, "lock")
        need(event.wait(0.05) is False, "event")
        thread = threading.Thread(target=time.sleep, args=(0.05,))
        thread.start()
        thread.join()

    return work


def sock():
    import select
    import socket

    a, b = socket.socketpair()
    poll = select.poll()
    poll.register(a, select.POLLIN)

    def feed():
        while not stop():
            time.sleep(0.02)
            b.sendall(b"x" * 100)

    threading.Thread(target=feed, daemon=True).start()

    def work():
        a.settimeout(None)
        need(set(a.recv(50)) == {120}, "recv")
        begin = time.monotonic()
        need(select.select([], [], [], 0.02) == ([], [], []), "select")
        at_least(begin, 0.02, "select")
        poll.poll(30)
        a.settimeout(5)
        need(a.recv(10), "recv again")

    return work


def pipe_read():
    r, w = os.pipe()

    def feed():
        i = 0
        while True:
            time.sleep(0.01)
            os.write(w, b"%08d" % i)
            i += 1

    threading.Thread(target=feed, daemon=True).start()
    count = [0]

    def work():
        text = os.read(r, 8)
        need(int(text) == count[0], "pipe %r" % text)
        count[0] += 1

    return work


def threads():
    import hashlib

    data = b"z" * 100000
    expected = hashlib.sha256(data).hexdigest()
    bad = []

    def work(k):
        while not stop():
            if hashlib.sha256(data).hexdigest() != expected:
                bad.append(1)
            x = 0
            for i in range(500):
                x += i
            if x != 124750:
                bad.append(2)
            time.sleep(0.0005 * (k % 4))

    for k in range(20):
        threading.Thread(target=work, args=(k,), name="worker-%d" % k, daemon=True).start()

    def watch():
        time.sleep(0.01)
        need(not bad, "threads")

    return watch


def aio():
    import asyncio

    async def handle(reader, writer):
        while True:
            line = await reader.readline()
            if not line:
                break
            writer.write(line.upper())
            await writer.drain()
        writer.close()

    async def client(port, k):
        global rounds
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not stop():
            message = b"hello %d %d\n" % (k, rounds)
            writer.write(message)
            need(await reader.readline() == message.upper(), "echo")
            rounds += 1
            await asyncio.sleep(0.003 * k)
        writer.close()

    async def main():
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await asyncio.gather(*[client(port, k) for k in range(6)])
        server.close()

    return lambda: asyncio.run(main())


def http():
    import http.client
    import http.server

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.render(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def render(self, path):
            return ("<h1>%s</h1>" % path).encode()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def ask():
        global rounds
        while not stop():
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
            connection.request("GET", "/%d" % rounds)
            need(connection.getresponse().read() == b"<h1>/%d</h1>" % rounds, "http")
            connection.close()
            rounds += 1
        server.shutdown()

    def work():
        asker = threading.Thread(target=ask)
        asker.start()
        server.serve_forever(0.05)
        asker.join()

    return work


def ccall():  # long calls of C that hold the GIL
    expected = sum(range(3000000))
    return lambda: need(sum(range(3000000)) == expected, "sum")


def procs():
    import subprocess

    def work():
        need(subprocess.check_output(["/bin/echo", "hi"]) == b"hi\n", "subprocess")
        pid = os.fork()
        if pid == 0:
            os._exit(7)
        need(os.waitpid(pid, 0)[1] == 7 << 8, "fork")

    return work


def signals():
    import signal

    count = [0]
    signal.signal(signal.SIGALRM, lambda *_: count.__setitem__(0, count[0] + 1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    calculate = busy()

    def work():
        calculate()
        time.sleep(0.003)
        need(count[0] > 0, "signals")

    return work


def files():
    import tempfile

    file, data = tempfile.TemporaryFile(), os.urandom(70000)

    def work():
        file.seek(0)
        file.write(data)
        file.flush()
        file.seek(0)
        need(file.read(70000) == data, "file")
        os.listdir("/usr/bin")
        for _ in range(50):
            os.stat("/etc")

    return work


def imports():
    import importlib

    names = ["json.decoder", "decimal", "_decimal", "xml.dom.minidom", "html.parser", "_json", "_heapq", "csv", "_csv"]

    def work():
        for name in names:
            sys.modules.pop(name, None)
        for name in names:
            importlib.import_module(name)

    return work


def csleep():  # C code that does not expect to be interrupted; half of it holds the GIL
    import ctypes

    def once(function, seconds, what):
        begin = time.monotonic()
        need(function() == 0, what)
        at_least(begin, seconds, what)

    def work():
        for library in (ctypes.CDLL(None), ctypes.PyDLL(None)):
            once(lambda: library.usleep(40000), 0.04, "usleep")
            once(lambda: library.poll(None, 0, 30), 0.03, "poll")
            once(lambda: library.select(0, None, None, None, (ctypes.c_long * 2)(0, 30000)), 0.03, "select")

    return work


stop = Stop(sys.argv[2])
kind = sys.argv[1]
work = globals()[kind]()
print("READY", flush=True)
if kind in ("aio", "http"):
    work()
else:
    while not stop():
        work()
        rounds += 1
if kind == "signals":
    import signal

    signal.setitimer(signal.ITIMER_REAL, 0)
print("OK %d" % (rounds > 0), flush=True)
