#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hostile_files.py [--mb=N] FOLDER [NAME…]: files that were made to hurt a reader, for `bench limits FILE`.

N: how large those are that repeat one kind of event (300). Names: see below; none: all of them."""
import gzip
import io
import os
import struct
import sys
import tarfile
import zipfile

MB = 1 << 20
SIZE = 300 # MB
EVENT = '{"ph":"X","name":"f%d","pid":1,"tid":%d,"ts":%d.%03d,"dur":5}'


def repeated(file, head, piece, tail, size):
    """piece(i) until the file has about `size` bytes."""
    file.write(head)
    written, i = 0, 0
    while written < size:
        block = "".join(piece(k) for k in range(i, i + 5000)).encode()
        i += 5000
        file.write(block)
        written += len(block)
    file.write(tail)


def events(make, part=1.0):
    def write(path):
        with open(path, "wb") as file:
            repeated(file, b'[', lambda i: make(i) + ",\n", b'{}]', SIZE * MB * part)
    return write


def raw(*parts):
    def write(path):
        with open(path, "wb") as file:
            for part, times in parts:
                block = part * max(1, min(times, (1 << 16) // len(part)))
                whole, rest = divmod(times, len(block) // len(part))
                for _ in range(whole):
                    file.write(block)
                file.write(part * rest)
    return write


def sparse(size, at, text):
    """Holes around an event that lies beyond 4 GiB."""
    def write(path):
        with open(path, "wb") as file:
            file.write(b'[')
            file.seek(at)
            file.write(text)
            file.truncate(size)
    return write


def packed_spaces(megabytes, layers=1):
    def write(path):
        data = b" " * (64 * MB)
        member = gzip.compress(data, 9)
        content = gzip.compress(b"[]") + member * (megabytes // 64)
        for _ in range(layers - 1):
            content = gzip.compress(content, 9)
        with open(path, "wb") as file:
            file.write(content)
    return write


def many_members(kind, count, content=b'[{"ph":"X","name":"f","pid":1,"tid":1,"ts":1,"dur":2}]'):
    def write(path):
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as z:
                for i in range(count):
                    z.writestr("%d.json" % i, content)
            return
        with tarfile.open(path, "w:gz", compresslevel=1) as t:
            for i in range(count):
                info = tarfile.TarInfo("%d.json" % i)
                info.size = len(content)
                t.addfile(info, io.BytesIO(content))
    return write


def overlapping_zip(path):
    """Names in the directory that all lead to the same bytes, and members that lie within one another."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("a.json", b" " * (64 * MB))
    body = inner.getvalue()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as z:
        for i in range(200):
            z.writestr("%d.zip" % i, body)


def huge_tar_size(path):
    header = bytearray(tarfile.TarInfo("a.json").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\x80" + struct.pack(">Q", (1 << 42) - 1).rjust(11, b"\0")
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    with open(path, "wb") as file:
        file.write(header + b'[{"ph":"X","name":"f","pid":1,"tid":1,"ts":1,"dur":2}]')


def folded(path):
    with open(path, "wb") as file:
        repeated(file, b"", lambda i: "a%d;b%d;c%d;d%d %d\n" % (i % 7, i, i * 3, i * 5, i % 9 + 1), b"", SIZE * MB)


def perf(path):
    with open(path, "wb") as file:
        repeated(file, b"", lambda i: "python 77 [001] %d.%06d: 1 cycles:\n\t%x f%d (/usr/bin/x)\n\t%x main (/usr/bin/x)\n\n"
                 % (i // 1000, i % 1000 * 1000, i, i % 999, 1), b"", SIZE * MB)


def speedscope(path):
    head = (b'{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[{"name":"f"},{"name":"g"}]},'
            b'"profiles":[{"type":"evented","name":"p","unit":"nanoseconds","startValue":0,"endValue":9,"events":[')
    with open(path, "wb") as file:
        repeated(file, head, lambda i: '{"type":"O","frame":%d,"at":%d},{"type":"C","frame":%d,"at":%d},' % (i % 2, i, i % 2, i), b'{"type":"O","frame":0,"at":1}]}]}', SIZE * MB)


FILES = {
    # of one kind of event each, 300 MB
    "x.json": events(lambda i: EVENT % (i % 5000, i % 8, i, i % 1000)),
    "x-short.json": events(lambda i: '{"ph":"X","ts":%d}' % i),
    "x-overlapping.json": events(lambda i: '{"ph":"X","name":"f","pid":1,"tid":1,"ts":%d,"dur":%d}' % (i, 1000 + i % 77)),
    "x-nested.json": events(lambda i: '{"ph":"X","name":"f","pid":1,"tid":1,"ts":%d,"dur":%d}' % (i % 100000, 10**9 - 2 * (i % 100000)), 0.2),
    "names.json": events(lambda i: '{"ph":"X","name":"function number %d of many","pid":1,"tid":1,"ts":%d,"dur":1}' % (i, i)),
    "pids.json": events(lambda i: '{"ph":"X","name":"f","pid":%d,"tid":%d,"ts":%d,"dur":1}' % (i, i, i), 0.3),
    "begin-end.json": events(lambda i: '{"ph":"%s","name":"f","pid":1,"tid":1,"ts":%d}' % ("BE"[i % 2], i)),
    "begins.json": events(lambda i: '{"ph":"B","name":"f","pid":1,"tid":1,"ts":%d}' % i),
    "instants.json": events(lambda i: '{"ph":"i","name":"f","pid":1,"tid":1,"ts":%d,"args":{"a":%d}}' % (i, i)),
    "counters.json": events(lambda i: '{"ph":"C","name":"c%d","pid":1,"ts":%d,"args":{"v":%d}}' % (i % 50, i, i)),
    "async.json": events(lambda i: '{"ph":"%s","cat":"c","name":"f","id":%d,"pid":1,"tid":1,"ts":%d}' % ("be"[i % 2], i // 2, i)),
    "flows.json": events(lambda i: '{"ph":"%s","cat":"c","name":"f","id":%d,"pid":1,"tid":1,"ts":%d}' % ("sf"[i % 2], i // 2, i)),
    "objects.json": events(lambda i: '{"ph":"O","name":"o","id":%d,"pid":1,"tid":1,"ts":%d,"args":{"snapshot":{"a":[1,2]}}}' % (i, i)),
    "metadata.json": events(lambda i: '{"ph":"M","name":"thread_name","pid":1,"tid":%d,"args":{"name":"t%d"}}' % (i, i), 0.3),
    "faults.json": events(lambda i: '{"ph":"X","name":"f","ts":"x%d"}' % i),
    "broken.json": events(lambda i: '{"ph":"X","name":f%d,"ts":1' % i, 0.3),
    "guesses.json": events(lambda i: '{}},{"a":[', 0.1),
    "fields.json": events(lambda i: '{"ph":"X","k%d":1,"ts":1}' % i),
    # one thing that is too large
    "deep.json": raw((b'[{"ph":"X","ts":1,"dur":2,"args":', 1), (b"[", 100 * MB)),
    "deep-closed.json": raw((b'[{"ph":"X","ts":1,"dur":2,"args":', 1), (b"[", 50 * MB), (b"]", 50 * MB), (b"}]", 1)),
    "rubbish.json": raw((b'[{"ph":"X","ts":1,"dur":2},}', 1), (b"{]}", 100 * MB), (b',{"ph":"X","ts":1,"dur":2}]', 1)),
    "string.json": raw((b'[{"ph":"X","ts":1,"dur":2,"name":"', 1), (b"a", 600 * MB), (b'"}]', 1)),
    "unterminated.json": raw((b'[{"ph":"X","ts":1,"dur":2},{"name":"', 1), (b"a", 1200 * MB)),
    "number.json": raw((b'[{"ph":"X","ts":1', 1), (b"0", 100 * MB), (b',"dur":2}]', 1)),
    "spaces.json": raw((b"[", 1), (b" ", 1024 * MB), (b'{"ph":"X","ts":1,"dur":2}]', 1)),
    "keys.json": raw((b'{"traceEvents":[{"ph":"X","ts":1,"dur":2}]', 1), (b',"k":1', 50 * MB), (b"}", 1)),
    "file-info.json": raw((b'{"file_info":{"files":{"x.py":["', 1), (b"a = 1\\n", 40 * MB), (b'",9]}},"traceEvents":[{"ph":"X","ts":1,"dur":2}]}', 1)),
    # holes
    "5GiB.json": sparse(5 << 30, (4 << 30) - 20, b'{"ph":"X","name":"f","pid":1,"tid":1,"ts":1,"dur":2}]'),
    "5GiB-nothing": sparse(5 << 30, 10, b""),
    # packed
    "1000-to-1.json.gz": packed_spaces(2048),
    "nested-2.gz": packed_spaces(64 * 1024, 2),
    "nested-5.gz": packed_spaces(64 * 1024, 5),
    "members.tar.gz": many_members("tar", 1_000_000),
    "members.zip": many_members("zip", 200_000),
    "9000.tar.gz": many_members("tar", 9000),
    "overlap.zip": overlapping_zip,
    "huge-size.tar": huge_tar_size,
    "window.zst": raw((b"\x28\xB5\x2F\xFD\x00\xA8\x01\x00\x00", 1)),
    # other formats
    "folded.txt": folded,
    "perf.txt": perf,
    "x.speedscope.json": speedscope,
    "pstats.prof": raw((b"{(", 1), (b"(", 100 * MB)),
    "proto.pftrace": raw((b"\x0a\x10\x40\x01\x50\x01\x5a\x0a\x08\x01\x12\x06abcdef", 10_000_000)),
    "pprof.pb": raw((b"\x0a\x04\x08\x01\x10\x02\x12\x04\x0a\x01\x01\x12\x00\x32\x01a", 10_000_000)),
    "zeros": raw((b"\0", 300 * MB)),
}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].startswith("--mb="):
        SIZE = int(sys.argv.pop(1)[5:])
    if len(sys.argv) < 2 or any(name not in FILES for name in sys.argv[2:]):
        sys.exit(__doc__ + "\n\n" + " ".join(FILES))
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in sys.argv[2:] or FILES:
        FILES[name](os.path.join(sys.argv[1], name))
