// SPDX-License-Identifier: GPL-3.0-or-later
// A small recording with everything in it, one bit wrong: each bit in turn, with the checksums as they were and, to get
// past them, made right again. Whatever opens is walked through and exported. Meant for the sanitizers above all.
#include "formats/exporter.h"
#include "formats/reader.h"
#include "recordingwriter.h"
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace calltide;
using namespace calltide::store;
using W = RecordingWriter;
namespace f = calltide::format;

namespace {

std::string payload(std::initializer_list<uint64_t> numbers)
{
    std::string out;
    for (uint64_t n : numbers) {
        uint8_t b[10];
        out.append(reinterpret_cast<char*>(b), f::lebPut(b, n));
    }
    return out;
}

size_t everyTable(W& w)
{
    w.function(128, "main", f::FunctionKind::Module);
    w.function(129, "numbers", f::FunctionKind::Generator, f::kHasResumedId);
    w.function(131, "builtins.print", f::FunctionKind::C);
    w.thread(0, "MainThread");
    const uint32_t name = w.string("name"), text = w.string("{\"a\": 1}"), file = w.string("/x/y.py");
    f::TaskRecord task{};
    task.ident = 77;
    task.name = name;
    task.coroutine = 2;
    w.record(f::TableType::Task, 2, &task, sizeof task);
    const uint32_t meta[] = {name, text};
    w.record(f::TableType::Meta, 1, meta, sizeof meta);
    const f::ClockRecord clock{1'000'000, 1'000'000, 1'000'000, 2'000'000, 10, 0};
    w.record(f::TableType::Clock, 1, &clock, sizeof clock);
    const uint32_t counter[] = {name, 0, 0, 0};
    w.record(f::TableType::Counter, 1, counter, sizeof counter);
    w.record(f::TableType::Name, 1, meta, sizeof meta);
    f::SourceRecord source{};
    source.size = 5;
    std::string body(reinterpret_cast<const char*>(&source), sizeof source);
    w.record(f::TableType::Source, file, (body + "a = 1").data(), body.size() + 5);
    const f::NoteRecord note{1'000'100, text, f::kLossLimit};
    w.record(f::TableType::Note, 1, &note, sizeof note);
    const f::EndRecord end{1'005'000, 3, 1};
    w.record(f::TableType::End, 1, &end, sizeof end);
    w.writeTables();
    return f::kFileHeaderSize;
}

std::vector<W::Record> everyRecord()
{
    std::string sample = payload({1});
    const double value = 2.5;
    sample.append(reinterpret_cast<const char*>(&value), sizeof value);
    return {
        W::extended(f::kOpen, 0, payload({128}), 1),
        W::enter(129, 3),
        W::extended(f::kArguments, 0, "{\"n\": 3}"),
        W::rare(f::kInstant, 2, 0, 1),
        W::extended(f::kArguments, 0, "[1]"),
        W::rare(f::kRaise, 2, 0, 1),
        W::extended(f::kText, 0, "words"),
        W::enter(131, 400),
        W::rare(f::kUnwindC, 5, -1),
        W::rare(f::kYield, 5, -1),
        W::rare(f::kTimePasses, 90'000, 0),
        W::rare(f::kThrow, 4, 1, 130),
        W::extended(f::kGcBegin, 1, payload({2})),
        W::extended(f::kGcEnd, 9, payload({2, 10, 0})),
        W::extended(f::kCounter, 1, sample),
        W::rare(f::kTaskSwitch, 1, 0, 2),
        W::extended(f::kSpawn, 1, payload({4242})),
        W::extended(f::kLost, 1, payload({7, f::kLossPaused})),
        W::extended(f::kReturnValue, 3, "3"),
        W::leave(2),
        W::rare(f::kTaskSwitch, 1, 0, 1),
        W::leave(2)};
}

uint32_t get32(const std::vector<uint8_t>& b, size_t at)
{
    uint32_t v;
    std::memcpy(&v, b.data() + at, 4);
    return v;
}

// What a viewer and an export look at; gives a number of what is shown.
uint64_t walk(const Trace& t)
{
    uint64_t sum = t.tracks().size() * 31 + t.sources().size();
    for (SliceIndex i = 0; i < t.sliceCount(); i++) {
        sum = sum * 31 + uint64_t(t.start(i)) + uint64_t(t.duration(i)) + t.flags(i) + t.arguments(i).size();
        sum += t.functionName(t.functionOf(i)).size() + t.callsInside(i) + uint64_t(t.selfTime(i));
    }
    for (const Instant& i : t.instants())
        sum += t.arguments(i).size() + uint64_t(i.time);
    for (const CounterTrack& c : t.counters())
        sum += t.string(c.name).size();
    for (const Track& track : t.tracks())
        sum += t.string(track.name).size();
    for (const Problem& p : t.problems())
        sum += p.kind.size();
    return sum;
}

} // namespace

class TestDamaged : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_path;

    void write(const std::vector<uint8_t>& bytes)
    {
        m_path = m_folder.filePath(QStringLiteral("t.calltide"));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(reinterpret_cast<const char*>(bytes.data()), qint64(bytes.size()));
    }
    void replace(const std::vector<uint8_t>& bytes, size_t from, size_t to)
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(qint64(from));
        file.write(reinterpret_cast<const char*>(bytes.data()) + from, qint64(to - from));
    }
    Result<TracePtr> open() const
    {
        formats::OpenOptions options;
        options.threads = 1;
        options.followChildren = false;
        return formats::open(m_path.toStdString(), options);
    }
    void look(int turn)
    {
        auto trace = open();
        if (!trace) {
            QVERIFY(!trace.error().message.empty());
            return;
        }
        walk(**trace);
        if (turn % 64 == 0)
            QVERIFY(bool(formats::exportJson(**trace, m_folder.filePath(QStringLiteral("t.json")).toStdString())));
    }

private Q_SLOTS:
    void whole()
    {
        W w;
        everyTable(w);
        w.events(everyRecord());
        write(w.bytes);
        auto trace = open();
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        QCOMPARE((*trace)->sliceCount(), 7u); // with the collection, and the task running and ready
        QCOMPARE((*trace)->instants().size(), size_t(2));
        QVERIFY(bool(formats::exportJson(**trace, m_folder.filePath(QStringLiteral("t.json")).toStdString())));
    }

    void chunksAreReadWhereverTheyLieInALargeFile()
    {
        W w;
        everyTable(w);
        w.events(everyRecord());
        std::vector<W::Record> calls;
        for (int i = 0; i < 3000; i++) {
            calls.push_back(W::enter(131));
            calls.push_back(W::leaveC());
        }
        const size_t last = w.events(calls, 1);
        const qint64 far = (qint64(1) << 32) - 4096; // across 4 GiB, in a file with holes
        QVERIFY(qint64(w.bytes.size() - last) > 4096);
        write({w.bytes.begin(), w.bytes.begin() + ptrdiff_t(last)});
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY2(file.seek(far) && file.resize(qint64(5) << 30), qPrintable(file.errorString())); // takes no room
        file.write(reinterpret_cast<const char*>(w.bytes.data()) + last, qint64(w.bytes.size() - last));
        file.close();
        auto trace = open();
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        QCOMPARE((*trace)->sliceCount(), 3007u);
        QVERIFY(QFile::resize(m_path, 0));
    }

    void everyBit_data()
    {
        QTest::addColumn<bool>("sealed");
        QTest::newRow("sealed") << true;
        QTest::newRow("open") << false;
    }
    void everyBit()
    {
        QFETCH(bool, sealed);
        W w;
        everyTable(w);
        const size_t chunk = w.events(everyRecord(), 0, 0, sealed);
        write(w.bytes);
        auto whole = open();
        QVERIFY(bool(whole));
        const uint64_t right = walk(**whole);
        int turn = 0;
        for (size_t at = 0; at < w.bytes.size(); at++) {
            if (w.bytes[at] == 0 && at % 256 >= 16) // among zeros one place is like another
                continue;
            for (int bit = 0; bit < 8; bit++, turn++) {
                std::vector<uint8_t>& b = w.bytes;
                b[at] ^= uint8_t(1u << bit);
                replace(b, at, at + 1);
                look(turn);
                if (sealed && at >= chunk && at < chunk + f::kChunkHeaderSize + 100 && b[at] != uint8_t(1u << bit)) {
                    // Checked parts never change silently.
                    auto trace = open();
                    QVERIFY2(!trace || !(*trace)->problems().empty() || walk(**trace) == right, qPrintable(QString::number(at - chunk)));
                }
                b[at] ^= uint8_t(1u << bit);
                replace(b, at, at + 1);
            }
        }
    }

    void everyBitOfTheTablesWithTheirChecksumsMadeRight()
    {
        W w;
        const size_t chunk = everyTable(w);
        w.events(everyRecord(), 0, 0, false);
        std::vector<uint8_t>& b = w.bytes;
        std::fill(b.begin() + ptrdiff_t(chunk) + 40, b.begin() + ptrdiff_t(chunk) + 64, uint8_t(0)); // as if not sealed
        write(b);
        int turn = 0;
        for (size_t at = chunk + f::kChunkHeaderSize; get32(b, at + 4) != 0;) {
            const uint32_t length = get32(b, at);
            for (size_t byte = at + 4; byte < at + sizeof(f::TableRecordHeader) + length; byte++) {
                if (byte == at + 12)
                    byte = at + 16; // the checksum itself
                for (int bit = 0; bit < 8; bit++, turn++) {
                    const std::vector<uint8_t> before(b.begin() + ptrdiff_t(at), b.begin() + ptrdiff_t(at + 16 + length));
                    b[byte] ^= uint8_t(1u << bit);
                    const uint32_t crc = f::crc32c(f::crc32c(0, &b[at], 12), &b[at + 16], length);
                    std::memcpy(&b[at + 12], &crc, 4);
                    replace(b, at, at + 16 + length);
                    look(turn);
                    std::copy(before.begin(), before.end(), b.begin() + ptrdiff_t(at));
                    replace(b, at, at + 16 + length);
                }
            }
            at += (sizeof(f::TableRecordHeader) + length + 7) & ~size_t(7);
        }
        QVERIFY(turn > 1000);
    }

    void everyPrefix()
    {
        W w;
        everyTable(w);
        w.events(everyRecord(), 0, 0, false);
        write(w.bytes);
        QFile file(m_path);
        int turn = 0;
        for (size_t size = w.bytes.size(); size-- > 0; turn++) {
            if (w.bytes[size] == 0 && size % 64)
                continue;
            QVERIFY(file.resize(qint64(size)));
            look(turn);
        }
    }
};

QTEST_APPLESS_MAIN(TestDamaged)
#include "tst_damaged.moc"
