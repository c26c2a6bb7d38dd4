// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordings.h"
#include "../core/recordingwriter.h"
#include <algorithm>
#include <cstring>

namespace f = calltide::format;

namespace fuzz {

namespace {

using W = RecordingWriter;

void tables(W& w)
{
    w.function(128, "main", f::FunctionKind::Module);
    w.function(129, "numbers", f::FunctionKind::Generator, f::kHasResumedId);
    w.function(131, "builtins.print", f::FunctionKind::C);
    w.function(132, "work", f::FunctionKind::Coroutine);
    w.function(1, "main", f::FunctionKind::Module); // a short id of the same
    w.thread(0, "MainThread");
    w.thread(1, "worker");
    w.name(5, "ValueError", "exception");
    w.task(7, "Task-7", 132, 1);
    w.counter(9, "Memory", "rss", "bytes", 0);
    w.writeTables();
}

std::string lebs(std::initializer_list<uint64_t> values)
{
    std::string s;
    for (const uint64_t v : values) {
        uint8_t b[10];
        s.append(reinterpret_cast<char*>(b), f::lebPut(b, v));
    }
    return s;
}

// Of every kind of record a few.
std::vector<W::Record> everything()
{
    const double value = 1.5;
    std::string sample = lebs({9});
    sample.append(reinterpret_cast<const char*>(&value), sizeof value);
    return {W::enter(128), W::extended(f::kArguments, 1, "{\"x\":1}"), W::enter(131), W::leaveC(),
        W::rare(f::kTaskSwitch, 3, 0, 7), W::enter(132), W::rare(f::kYield, 2, -1), W::rare(f::kTaskCause, 0, 0, 7), W::rare(f::kTaskReady, 1, 0, 7),
        W::rare(f::kTaskSwitch, 3, 0, 1), W::enter(129), W::rare(f::kYield, 5, -1), W::rare(f::kThrow, 5, 1, 130),
        W::rare(f::kRaise, 1, 0, 5), W::rare(f::kUnwind, 1, -1), W::rare(f::kInstant, 2, 0, 5),
        W::extended(f::kText, 0, "words"), W::extended(f::kCounter, 4, sample), W::extended(f::kGcBegin, 1, lebs({2})),
        W::extended(f::kGcEnd, 9, lebs({2, 5, 1})), W::extended(f::kLost, 3, lebs({4, 2, 1})),
        W::extended(f::kSpawn, 3, lebs({4121, 1, 2})), W::extended(f::kChildEnd, 30, lebs({4121, 0})),
        W::extended(f::kImport, 3, lebs({5, 2})), W::extended(f::kReturnValue, 1, "2"), W::leave()};
}

std::vector<W::Record> manyCalls(int n) // over several blocks
{
    std::vector<W::Record> r{W::enter(128)};
    for (int i = 0; i < n; i++) {
        r.push_back(W::enter(131, uint64_t(i % 90)));
        r.push_back(W::leaveC(uint64_t(i % 7)));
    }
    return r;
}

} // namespace

std::vector<std::string> sampleRecordings()
{
    std::vector<std::string> all;
    const auto add = [&](const W& w) { all.emplace_back(w.bytes.begin(), w.bytes.end()); };
    {
        W w;
        tables(w);
        w.events(everything());
        w.events({W::enter(1, 70), W::leave(70)}, 1);
        add(w);
    }
    {
        W w;
        tables(w);
        w.events(manyCalls(1500), 0, 0, false);
        add(w);
    }
    {
        W w;
        w.ring();
        tables(w);
        w.events(everything(), 0, 3, true, 1'500'000, 2);
        w.events({W::extended(f::kStack, 0, lebs({0, 128, 131})), W::leaveC(), W::leave()}, 0, 4, true, 1'600'000, 2);
        add(w);
    }
    return all;
}

void repairChecksums(uint8_t* data, size_t size)
{
    if (size < f::kFileHeaderSize)
        return;
    uint32_t crc = f::crc32c(0, data, f::kFileCrcAt), seed = 0;
    std::memcpy(data + f::kFileCrcAt, &crc, 4);
    std::memcpy(&seed, data + offsetof(f::FileHeader, processId), 4);
    for (size_t at = f::kFileHeaderSize; at + f::kChunkHeaderSize <= size; at += f::kBlockSize) {
        f::ChunkHeader h;
        std::memcpy(&h, data + at, sizeof h);
        if (h.magic != f::kChunkMagic)
            continue;
        const size_t whole = std::min(size - at, size_t(1) << std::min<unsigned>(h.log2, f::kMaxChunkLog2));
        if (whole < f::kChunkHeaderSize)
            continue;
        const size_t used = std::clamp<size_t>(h.sealCrc ? h.used : whole, f::kChunkHeaderSize, whole);
        if (h.kind == uint8_t(f::ChunkKind::Table))
            for (size_t r = at + f::kChunkHeaderSize; r + sizeof(f::TableRecordHeader) <= at + used;) {
                f::TableRecordHeader t;
                std::memcpy(&t, data + r, sizeof t);
                if (t.length > at + used - r - sizeof t)
                    break;
                t.crc = f::crc32c(f::crc32c(0, &t, 12), data + r + sizeof t, t.length);
                std::memcpy(data + r, &t, sizeof t);
                r += (sizeof t + t.length + 7) / 8 * 8;
            }
        h.openCrc = f::crcNonZero(f::crc32c(seed, &h, offsetof(f::ChunkHeader, openCrc)));
        if (h.sealCrc) {
            h.payloadCrc = f::crc32c(0, data + at + f::kChunkHeaderSize, used - f::kChunkHeaderSize);
            h.sealCrc = f::crcNonZero(f::crc32c(h.openCrc, reinterpret_cast<const uint8_t*>(&h) + 40, 20));
        }
        std::memcpy(data + at, &h, sizeof h);
    }
}

} // namespace fuzz
