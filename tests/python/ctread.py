# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain reader of recordings, written from FORMAT.md and from nothing else: the check on the recorder's other side."""

from __future__ import annotations

import glob
import json
import os
import struct
from dataclasses import dataclass, field

MAGIC = b"\x89CTD\r\n\x1a\n"
KINDS = {1: "python", 2: "c", 3: "generator", 4: "coroutine", 5: "async generator", 6: "module", 7: "type", 8: "event"}


def _table():
    table = []
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ (0x82F63B78 if c & 1 else 0)
        table.append(c)
    return table


_CRC = _table()


def crc32c(data: bytes, seed: int = 0) -> int:
    c = seed ^ 0xFFFFFFFF
    table = _CRC
    for b in data:
        c = (c >> 8) ^ table[(c ^ b) & 0xFF]
    return c ^ 0xFFFFFFFF


class Damaged(Exception):
    pass


@dataclass
class Function:
    number: int
    kind: str
    name: str
    qualname: str
    file: str
    module: str
    line: int
    resumed: bool = False


@dataclass
class Call:
    function: Function
    start: int
    end: int
    depth: int
    how: str = "return"  # return, yield, unwind, open (never left)
    resumed: bool = False
    thrown: bool = False
    was_running: bool = False
    parent: "Call | None" = None
    arguments: object = None  # decoded JSON
    result: object = None


@dataclass
class Thread:
    index: int
    name: str = ""
    main: bool = False
    native: int = 0
    ident: int = 0
    start: int = 0
    end: int = 0
    calls: list = field(default_factory=list)  # in order of their start
    collections: int = 0
    instants: list = field(default_factory=list)  # [units, name, text or decoded arguments]
    samples: list = field(default_factory=list)  # (units, counter name, series, value)
    spawns: list = field(default_factory=list)  # (units, pid, command line, units since it was asked for)
    child_ends: list = field(default_factory=list)  # (units, pid, exit status)
    tasks: list = field(default_factory=list)  # (units, task id, the call it runs in)
    readies: list = field(default_factory=list)  # (units, task id)
    causes: list = field(default_factory=list)  # of each: the task on whose account, 0: it runs or there is none
    imports: list = field(default_factory=list)  # (units, name, units it took): records of their own
    gil_waits: list = field(default_factory=list)  # (from units, to units, how many more were not kept)
    events: int = 0
    losses: list = field(default_factory=list)  # (from units or None, to units, count, reason mask)
    overwritten: int = 0  # units: a ring has nothing of this thread before


class Recording:
    """check: also the slow CRCs of the payloads."""

    def __init__(self, path: str, check: bool = True):
        self.path = path
        with open(path, "rb") as f:
            self.data = f.read()
        d = self.data
        if len(d) < 4096 or d[:8] != MAGIC:
            raise Damaged("not a recording")
        if crc32c(d[:4028]) != struct.unpack_from("<I", d, 4028)[0]:
            raise Damaged("header CRC")
        self.major, self.minor, self.header_size = struct.unpack_from("<HHI", d, 8)
        self.incompat, self.compat = struct.unpack_from("<QQ", d, 16)
        self.recording_id, self.process_id, self.parent_id = d[32:48], d[48:64], d[64:80]
        self.pid, self.ppid = struct.unpack_from("<II", d, 80)
        self.endian, self.clock, self.shift, self.mode, self.slot = struct.unpack_from("<IBBBB", d, 96)
        self.ns_per_unit = struct.unpack_from("<Q", d, 104)[0] / 2**32
        self.alloc_end, self.state = struct.unpack_from("<QI", d, 4032)
        self.check = check
        self.strings = {0: ""}
        self.functions: dict = {}
        self.threads: dict = {}
        self.meta: dict = {}
        self.clocks: list = []
        self.sources: dict = {}
        self.notes: list = []
        self.names: dict = {}
        self.counters: dict = {}
        self.drops: list = []  # (units, function, caller or None)
        self.tasks: dict = {}
        self.end = None  # (units, exit status)
        self._raw: list = []
        self._chunks()
        self._tables()
        for index in sorted(self._events):
            self._thread(index)

    # ------------------------------------------------------------ chunks
    def _chunks(self):
        d, at = self.data, 4096
        seed = struct.unpack_from("<I", self.process_id)[0]
        self._tablechunks, self._events = [], {}
        while at + 64 <= len(d):
            magic, kind, log2 = struct.unpack_from("<IBB", d, at)
            if self.mode == 1 and magic == 0x4B435443 and log2 == self.slot and d[at + 36:at + 40] == bytes(4):
                at += 1 << log2  # on its way from one use to the next
                continue
            opened = struct.unpack_from("<I", d, at + 36)[0]
            if magic != 0x4B435443 or (crc32c(d[at:at + 36], seed) or 1) != opened or not 12 <= log2 <= 26:
                if any(d[at:at + 4096]):
                    raise Damaged("no chunk at %d" % at)
                at += 4096
                continue
            size = 1 << log2
            if at + size > len(d):
                raise Damaged("chunk at %d goes beyond the end" % at)
            thread, sequence, base, _, depth = struct.unpack_from("<IIQIi", d, at + 8)
            end, used, depth_end, payload, seal = struct.unpack_from("<QIiII", d, at + 40)
            sealed = seal != 0
            if sealed and (crc32c(d[at + 40:at + 60], opened) or 1) != seal:
                raise Damaged("seal at %d" % at)
            if sealed and self.check and crc32c(d[at + 64:at + used]) != payload:
                raise Damaged("payload of the chunk at %d" % at)
            chunk = dict(at=at, size=size, sequence=sequence, base=base, depth=depth, sealed=sealed, used=used,
                         end=end, depth_end=depth_end)
            if kind == 1:
                if log2 > 18:
                    raise Damaged("event chunk too large")
                self._events.setdefault(thread, []).append(chunk)
            elif kind == 2:
                if thread != 0xFFFFFFFF:
                    raise Damaged("table chunk of a thread")
                self._tablechunks.append(chunk)
            at += size
        for chunks in list(self._events.values()) + [self._tablechunks]:
            chunks.sort(key=lambda c: c["sequence"])
            first = chunks[0]["sequence"] if chunks and self.mode == 1 and chunks is not self._tablechunks else 0
            if [c["sequence"] for c in chunks] != list(range(first, first + len(chunks))):
                raise Damaged("chunks are missing")
        if self.mode == 1:
            if any(c["size"] != 1 << self.slot for chunks in self._events.values() for c in chunks):
                raise Damaged("a slot of another size")

    # ------------------------------------------------------------ tables
    def _tables(self):
        d = self.data
        records = []
        for c in self._tablechunks:
            at, end = c["at"] + 64, c["at"] + (c["used"] if c["sealed"] else c["size"])
            while at + 16 <= end:
                length, kind, flags, part, id_, crc = struct.unpack_from("<IBBHII", d, at)
                if d[at:at + 8] == bytes(8):
                    break
                body = d[at + 16:at + 16 + length]
                if crc32c(d[at:at + 12] + body) != crc:
                    raise Damaged("table record at %d" % at)
                records.append((kind, id_, body))
                at += (16 + length + 7) & ~7
        for kind, id_, body in records:
            if kind == 1:
                self.strings.setdefault(id_, body.decode("utf-8", "surrogatepass"))
        s = self.strings
        for kind, id_, body in records:
            if kind == 2:
                k, flags, _, number, name, qual, file, module, line = struct.unpack("<BBHIIIIII", body)
                if id_ in self.functions:
                    raise Damaged("function id %d twice" % id_)
                self.functions[id_] = Function(number, KINDS[k], s[name], s[qual], s[file], s[module], line)
                if flags & 1:
                    self.functions[id_ + 1] = Function(number, KINDS[k], s[name], s[qual], s[file], s[module], line, True)
            elif kind == 3:
                native, ident, name, flags, start, end = struct.unpack("<QQIIQQ", body)
                t = self.threads.setdefault(id_ - 1, Thread(id_ - 1))
                t.name, t.main, t.native, t.ident, t.start, t.end = s[name], bool(flags & 1), native, ident, start, end
            elif kind == 4:
                ident, name, coroutine, parent, _ = struct.unpack("<QIIII", body)
                self.tasks[id_] = (s[name], coroutine, parent, ident)
            elif kind == 8:
                name, series, unit, _ = struct.unpack("<IIII", body)
                self.counters[id_] = (s[name], s[series])
            elif kind == 9:
                name, category = struct.unpack("<II", body)
                self.names[id_] = s[name]
            elif kind == 5:
                key, value = struct.unpack("<II", body)
                self.meta[s[key]] = s[value]
            elif kind == 6:
                self.clocks.append(struct.unpack("<QqqqII", body))
            elif kind == 7:
                size, mtime, inode, flags, n = struct.unpack_from("<QqQII", body)
                self.sources[s[id_]] = body[32:32 + n] if flags & 1 else None
            elif kind == 10:
                units, text, code = struct.unpack("<QII", body)
                self.notes.append((units, s[text], code))
            elif kind == 12:
                units, function, caller = struct.unpack("<QII", body)
                self.drops.append((units, self.functions[function], self.functions[caller] if caller else None))
            elif kind == 11:
                units, status, flags = struct.unpack("<QiI", body)
                self.end = (units, status if flags & 1 else None)

    # ------------------------------------------------------------ events
    def _thread(self, index):
        t = self.threads.setdefault(index, Thread(index))
        stack: list = []
        time = 0
        for number, c in enumerate(self._events[index]):
            if number == 0 and c["sequence"]:  # a ring's oldest slot: STACK says what is open
                t.overwritten = c["base"]
                stack += [None] * c["depth"]
            if c["depth"] != len(stack):
                raise Damaged("thread %d: depth %d at a chunk, %d expected" % (index, len(stack), c["depth"]))
            if time and c["base"] != time:
                raise Damaged("thread %d: time at a chunk" % index)
            time = self._chunk(t, c, c["base"], stack)
            if c["sealed"] and (c["end"] != time or c["depth_end"] != len(stack)):
                raise Damaged("thread %d: end of a chunk" % index)
        for call in stack:
            if call is not None:
                call.end, call.how = time, "open"

    def _chunk(self, t, c, time, stack):
        d, start = self.data, c["at"]
        last = start + (c["used"] if c["sealed"] else c["size"])
        running = 0
        for block in range(start, last, 4096):
            at, end = (block + 64 if block == start else block + 16), min(block + 4096, start + c["size"])
            if block != start:
                crc, depth, when = struct.unpack_from("<IiQ", d, block)
                if not when:
                    break
                if self.check:
                    since = block - 4096
                    running = crc32c(d[since + (64 if since == start else 0):block], running)
                    if running != crc:
                        raise Damaged("block at %d" % block)
                if when != time or depth != len(stack):
                    raise Damaged("block header at %d: depth %d/%d time %d/%d" % (block, depth, len(stack), when, time))
            at, time = self._records(t, at, end, time, stack)
            after = block + 4096
            newest = not c["sealed"] and not (after < last and struct.unpack_from("<Q", d, after + 8)[0])
            # A death may leave an extended record there, whose first byte is written last.
            if any(d[at:min(end, last if c["sealed"] else end)]) and not (newest and d[at] == 0):
                raise Damaged("something stands behind the records at %d" % at)
        return time

    def _leb(self, at, most):
        d, v, n = self.data, 0, 0
        while True:
            b = d[at + n]
            if b == 0 or n == most:
                raise Damaged("zero or long number at %d" % (at + n))
            v |= (b & 0x7F) << (7 * n)
            n += 1
            if b < 0x80:
                return v, at + n

    @staticmethod
    def _numbers(body):
        out, v, shift = [], 0, 0
        for b in body:
            v |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                out.append(v)
                v, shift = 0, 0
        return out

    def _enter(self, t, stack, id_, time, **more):
        if id_ not in self.functions:
            raise Damaged("function id %d is not in the table" % id_)
        f = self.functions[id_]
        call = Call(f, time, time, len(stack), parent=stack[-1] if stack else None, resumed=f.resumed, **more)
        stack.append(call)
        t.calls.append(call)

    def _stack(self, t, stack, first, ids, time):
        if first + len(ids) > len(stack):
            raise Damaged("STACK is deeper than the chunk says")
        for i, id_ in enumerate(ids, first):
            f = self.functions[id_]
            if stack[i] is None:
                stack[i] = Call(f, time, time, i, parent=stack[i - 1] if i else None, was_running=True)
                t.calls.append(stack[i])
            elif stack[i].function.number != f.number:
                raise Damaged("STACK differs at %d: %s is open, %s is said" % (i, stack[i].function.name, f.name))

    def _leave(self, stack, c_kind, time, how):
        if not stack:
            raise Damaged("leave on an empty stack")
        call = stack.pop()
        if call is None:
            return
        if (call.function.kind in ("c", "type", "event")) != c_kind:
            raise Damaged("leave of the wrong kind: %s" % call.function.qualname)
        call.end, call.how = time, how

    def _records(self, t, at, end, time, stack):
        d = self.data
        after_instant = False
        cause = 0
        while at <= end - 8 and d[at]:
            t.events += 1
            b = d[at]
            kind, dt = b & 3, b >> 2
            at += 1
            if kind:
                after_instant = False
                if dt == 63:
                    more, at = self._leb(at, 3)
                    dt = more + 62
                time += dt
                if kind == 1:
                    id_, at = self._leb(at, 4)
                    self._enter(t, stack, id_, time)
                else:
                    self._leave(stack, kind == 3, time, "return")
                continue
            sub = dt
            dt, at = self._leb(at, 7)
            time += dt - 1
            if sub < 16:
                after_instant = False
                if sub in (2, 3, 4):
                    self._leave(stack, sub == 4, time, "yield" if sub == 2 else "unwind")
                elif sub != 1:
                    raise Damaged("unknown record %d" % sub)
            elif sub < 32:
                operand, at = self._leb(at, 4)
                after_instant = sub in (17, 19)
                if sub == 16:
                    self._enter(t, stack, operand, time, thrown=True)
                elif sub == 18:
                    t.tasks.append((time, operand, stack[-1] if stack else None))
                elif sub == 20:
                    t.readies.append((time, operand))
                    t.causes.append(cause)
                    cause = 0
                elif sub == 21:
                    cause = operand
                else:
                    t.instants.append([time, self.names[operand], None])
            else:
                n, at = self._leb(at, 4)
                body = d[at:at + n - 1]
                at += n - 1
                if sub == 32:
                    first, *ids = self._numbers(body)
                    self._stack(t, stack, first, ids, time)
                elif sub == 48:
                    for id_ in self._numbers(body):
                        self._enter(t, stack, id_, time, was_running=True)
                elif sub == 52:
                    away, *ids = self._numbers(body)
                    if away > len(stack):
                        raise Damaged("SWITCH ends more than is open")
                    for _ in range(away):
                        call = stack.pop()
                        if call is not None:
                            call.end, call.how = time, "switch"
                    for id_ in ids:
                        self._enter(t, stack, id_, time)
                        stack[-1].resumed = True
                elif sub == 42:
                    t.collections += 1
                elif sub == 33 and after_instant:
                    t.instants[-1][2] = json.loads(body)
                elif sub == 33:
                    stack[-1].arguments = json.loads(body)
                elif sub == 34:
                    stack[-1].result = json.loads(body)
                elif sub == 35:
                    id_, at_value = self._leb0(body)
                    t.samples.append((time, *self.counters[id_], struct.unpack_from("<d", body, at_value)[0]))
                elif sub == 43:
                    count, reason, *length = self._numbers(body)
                    t.losses.append((time - length[0] if length else None, time, count, reason))
                elif sub == 45:
                    t.instants[-1][2] = body.decode("utf-8", "surrogatepass")
                elif sub == 49:
                    name, took = self._numbers(body)
                    t.imports.append((time, self.names[name], took))
                elif sub == 51:
                    took, lost = self._numbers(body)
                    t.gil_waits.append((time - took, time, lost))
                elif sub == 46:
                    pid, command, ago = self._numbers(body)
                    t.spawns.append((time, pid, self.strings[command], ago))
                elif sub == 50:
                    t.child_ends.append((time, *self._numbers(body)))
        return at, time

    @staticmethod
    def _leb0(body):
        value = shift = at = 0
        while True:
            value |= (body[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if body[at - 1] < 128:
                return value, at

    # ------------------------------------------------------------ for tests
    def calls(self, qualname=None, file=None, thread=None):
        for t in self.threads.values():
            if thread is not None and t.name != thread:
                continue
            for c in t.calls:
                f = c.function
                if (qualname is None or f.qualname == qualname) and (file is None or f.file.endswith(file)):
                    yield c

    def count(self, qualname, **how):
        return sum(1 for _ in self.calls(qualname, **how))

    def children(self, check=True):
        folder = (self.path if self.path.endswith(".calltide") else self.path + ".calltide") + ".d"
        return [Recording(p, check) for p in sorted(glob.glob(os.path.join(folder, "p*.calltide")))]


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:]:
        r = Recording(name)
        print(name, "pid", r.pid, "python", r.meta.get("python"), "end", r.end, "sources", len(r.sources), "clocks", len(r.clocks))
        for t in r.threads.values():
            print("  thread", t.index, repr(t.name), "calls", len(t.calls), "gc", t.collections)
            for c in t.calls[:20]:
                print("    " + "  " * c.depth, c.function.qualname, c.function.kind, c.how, "(running)" if c.was_running else "",
                      round((c.end - c.start) * r.ns_per_unit))
