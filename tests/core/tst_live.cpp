// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings that are still written: what has been read of them at any moment, and that it agrees with the whole.
#include "formats/live.h"
#include "formats/processes.h"
#include "formats/reader.h"
#include "recordingwriter.h"
#include "store/growing.h"
#include "store/match.h"
#include "store/query.h"
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <random>
#include <unistd.h>

using namespace calltide;
using namespace calltide::store;
using W = RecordingWriter;
namespace f = calltide::format;

namespace {

// Every call of a trace: thread, depth, start, duration, name, flags, arguments.
QStringList callsOf(const Trace& t, bool times = true)
{
    QStringList out;
    for (const Row& row : t.rows())
        for (SliceIndex i = row.first; i < row.first + row.count; i++) {
            const Track& track = t.track(row.track);
            QString line = QStringLiteral("%1 %2 %3 %4 %5 %6")
                               .arg(track.tid)
                               .arg(row.depth)
                               .arg(t.start(i))
                               .arg(QString::fromStdString(std::string(t.functionName(t.functionOf(i)))))
                               .arg(t.flags(i))
                               .arg(QString::fromStdString(t.arguments(i)));
            if (times)
                line += QStringLiteral(" %1").arg(t.duration(i));
            out << line;
        }
    out.sort();
    return out;
}

// A file whose content arrives bit by bit.
class Arriving
{
public:
    Arriving(const QString& path, std::vector<uint8_t> whole)
        : m_file(path)
        , m_whole(std::move(whole))
    {
        f::FileHeader h;
        std::memcpy(&h, m_whole.data(), sizeof h);
        h.pid = uint32_t(getpid()); // it must look as if it were written now
        QFile boot(QStringLiteral("/proc/sys/kernel/random/boot_id"));
        if (boot.open(QIODevice::ReadOnly)) {
            const QByteArray id = QByteArray::fromHex(boot.readAll().replace('-', "").trimmed());
            std::memcpy(h.bootId, id.constData(), std::min<size_t>(16, size_t(id.size())));
        }
        std::memcpy(m_whole.data(), &h, sizeof h);
        const uint32_t crc = f::crc32c(0, m_whole.data(), f::kFileCrcAt);
        std::memcpy(m_whole.data() + f::kFileCrcAt, &crc, 4);
        setState(f::State::Recording);
        (void)m_file.open(QIODevice::WriteOnly);
        m_file.resize(qint64(m_whole.size()));
    }
    void put(size_t from, size_t to)
    {
        m_file.seek(qint64(from));
        m_file.write(reinterpret_cast<const char*>(m_whole.data()) + from, qint64(to - from));
        m_file.flush();
    }
    void setState(f::State state)
    {
        f::Mutable hints{};
        hints.state = uint32_t(state);
        hints.allocEnd = m_whole.size();
        std::memcpy(m_whole.data() + f::kMutableAt, &hints, sizeof hints);
        if (m_file.isOpen())
            put(f::kMutableAt, f::kFileHeaderSize);
    }
    size_t size() const { return m_whole.size(); }

private:
    QFile m_file;
    std::vector<uint8_t> m_whole;
};

} // namespace

class TestLive : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;

    static void functions(W& w)
    {
        w.function(128, "main", f::FunctionKind::Module);
        w.function(129, "work", f::FunctionKind::Python);
        w.function(131, "builtins.print", f::FunctionKind::C);
        w.thread(0, "MainThread");
        w.thread(1, "worker");
        w.writeTables();
    }
    // main { work { print × k } × n }, left open at the end
    static std::vector<W::Record> calls(int n, unsigned seed, bool arguments)
    {
        std::mt19937 random(seed);
        std::vector<W::Record> r{W::enter(128)};
        for (int i = 0; i < n; i++) {
            r.push_back(W::enter(129, random() % 300));
            if (arguments && i % 5 == 0)
                r.push_back(W::extended(f::kArguments, 1, "{\"i\":" + std::to_string(i) + "}"));
            if (arguments && i % 7 == 0)
                r.push_back(W::extended(f::kGilWait, 200, std::string_view("\x64\x00", 2)));
            for (unsigned k = random() % 4; k > 0; k--) {
                r.push_back(W::enter(131, random() % 90));
                r.push_back(W::leaveC(random() % 2000));
            }
            r.push_back(W::leave(random() % 50));
        }
        r.push_back(W::enter(129));
        return r;
    }

private Q_SLOTS:
    // Whatever the moments at which one looks, the calls are those of the whole file; and what was seen once stays.
    void agreesWithTheWholeFile()
    {
        for (unsigned seed = 1; seed <= 8; seed++) {
            W w;
            functions(w);
            const size_t first = w.events(calls(3000, seed, seed % 2), 0, 0, false);
            const size_t second = w.events(calls(2000, seed + 100, false), 1, 0, false);
            const QString path = m_folder.filePath(QStringLiteral("live%1.calltide").arg(seed));
            Arriving file(path, w.bytes);
            file.put(0, first);
            QVERIFY(formats::isLive(path.toStdString()));
            auto reader = formats::LiveReader::open(path.toStdString());
            QVERIFY2(bool(reader), reader ? "" : reader.error().message.c_str());

            std::mt19937 random(seed);
            uint64_t before = 0;
            TracePtr kept;
            QStringList keptCalls;
            size_t at[2] = {first, second};
            const size_t end[2] = {second, file.size()};
            while (at[0] < end[0] || at[1] < end[1]) {
                const int part = random() % 2;
                size_t to = std::min(at[part] + random() % 6000, end[part]);
                size_t inBlock = (to - (part ? second : first)) % f::kBlockSize;
                if (seed % 2 && to < end[part]) { // with arguments, whose first byte is written last: whole blocks
                    to += f::kBlockSize - inBlock;
                    inBlock = 0;
                }
                if (inBlock && inBlock < f::kChunkHeaderSize) // headers are written at once
                    to = std::min(to - inBlock + f::kChunkHeaderSize, end[part]);
                file.put(at[part], to);
                at[part] = to;
                const formats::LiveState state = (*reader)->look();
                QVERIFY(!state.ended && state.trace);
                QVERIFY(state.trace->sliceCount() >= before);
                before = state.trace->sliceCount();
                if (!kept && before > 1500) {
                    kept = state.trace;
                    keptCalls = callsOf(*kept, false);
                }
                for (const Row& row : state.trace->rows()) {
                    const auto starts = state.trace->startsOf(row);
                    QVERIFY(std::is_sorted(starts.begin(), starts.end()));
                }
            }
            QVERIFY(kept);
            QCOMPARE(callsOf(*kept, false).size(), keptCalls.size());
            for (int i = 0; i < keptCalls.size(); i += 97) // starts, names: flags of open calls may have changed
                QCOMPARE(callsOf(*kept, false)[i].section(u' ', 0, 3), keptCalls[i].section(u' ', 0, 3));

            file.setState(f::State::Closed);
            formats::LiveState last;
            QTRY_VERIFY((last = (*reader)->look()).ended);
            const auto whole = formats::open(path.toStdString());
            QVERIFY(bool(whole));
            QCOMPARE(last.trace->sliceCount(), (*whole)->sliceCount());
            QCOMPARE(callsOf(*last.trace), callsOf(**whole));
            const auto lanes = [](const Trace& t) {
                return std::ranges::count(t.tracks(), TrackKind::Gil, &Track::kind);
            };
            QCOMPARE(lanes(*last.trace), std::ptrdiff_t(seed % 2));
            QCOMPARE(lanes(**whole), std::ptrdiff_t(seed % 2));
            QVERIFY(!formats::isLive(path.toStdString()));
        }
    }

    void openCallsLastUntilNow()
    {
        W w;
        functions(w);
        const size_t chunk = w.events({W::enter(128), W::enter(129, 50)}, 0, 0, false);
        const QString path = m_folder.filePath(QStringLiteral("open.calltide"));
        Arriving file(path, w.bytes);
        file.put(0, chunk);
        file.put(chunk, file.size());
        auto reader = formats::LiveReader::open(path.toStdString());
        QVERIFY(bool(reader));
        const TracePtr trace = (*reader)->look().trace;
        QCOMPARE(trace->sliceCount(), uint64_t(2));
        QVERIFY(trace->isGrowing());
        const SliceIndex inner = trace->row(trace->rowAt(TrackId(0u), 1)).first;
        QVERIFY(trace->contains(inner) && !trace->contains(inner + 1));
        QCOMPARE(trace->flags(inner), uint8_t(kStillRunning));
        QCOMPARE(trace->end(inner), trace->end());
        QCOMPARE(trace->parent(inner), trace->row(trace->rowAt(TrackId(0u), 0)).first);
        QCOMPARE(trace->rowOf(inner), trace->rowAt(TrackId(0u), 1));
    }

    // Of a large file the first part comes before the rest, and what it shows is right.
    void largeFilesShowTheirFirstPart()
    {
        QByteArray json = "[";
        int calls = 0;
        for (; json.size() < (60 << 20); calls++)
            json += R"({"ph":"X","name":"call","cat":"some category","pid":1,"tid":1,"ts":)" + QByteArray::number(calls * 10)
                + R"(,"dur":5,"args":{"padding":"0123456789012345678901234567890123456789"}},)" "\n";
        json += R"({"ph":"X","name":"last","pid":1,"tid":1,"ts":-5,"dur":2}])";
        QFile file(m_folder.filePath(QStringLiteral("large.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(json);
        file.close();

        W w;
        functions(w);
        uint64_t time = 1'000'000;
        int inRecording = 0;
        for (uint32_t sequence = 0; w.bytes.size() < (40 << 20); sequence++) {
            std::vector<W::Record> r;
            for (int i = 0; i < 40'000; i++, inRecording++, time += 20) {
                r.push_back(W::enter(129));
                r.push_back(W::leave());
            }
            w.events(r, 0, sequence, true, time - 40'000 * 20);
        }
        QFile recording(m_folder.filePath(QStringLiteral("large.calltide")));
        QVERIFY(recording.open(QIODevice::WriteOnly));
        recording.write(reinterpret_cast<const char*>(w.bytes.data()), qint64(w.bytes.size()));
        recording.close();

        for (const auto& [path, count] : {std::pair(file.fileName(), calls + 1), std::pair(recording.fileName(), inRecording)}) {
            std::vector<TracePtr> parts;
            formats::OpenOptions options;
            options.preview = [&](const TracePtr& part) { parts.push_back(part); };
            const auto whole = formats::open(path.toStdString(), options);
            QVERIFY2(bool(whole), whole ? "" : whole.error().message.c_str());
            QCOMPARE((*whole)->sliceCount(), uint64_t(count));
            QVERIFY(!parts.empty());
            const Trace& part = *parts.front();
            QVERIFY(part.sliceCount() > 1000 && part.sliceCount() < (*whole)->sliceCount() / 2);
            QVERIFY(!part.isGrowing());
            const Row& row = part.rows().front();
            const SliceIndex last = row.first + row.count - 1;
            const TraceMatch match(part, **whole);
            QCOMPARE((*whole)->start(match.slice(last)), part.start(last));
            std::vector<Run> runs; // and it can be drawn, from merged runs too
            queryRow(part, RowId(0u), part.begin(), part.end() + 1, double(part.duration()) / 1000, runs);
            uint64_t drawn = 0;
            for (const Run& run : runs)
                drawn += run.count;
            QCOMPARE(drawn, row.count);
        }
    }

    // Drawn from a growing row: every call is in one run, whatever the zoom, and no more runs than pixels need.
    void mergedRunsHoldEveryCall()
    {
        GrowingTrace growing;
        Track track;
        growing.tables().addTrack(track);
        Function function;
        function.name = growing.tables().intern("f");
        const FunctionId id = growing.tables().addFunction(function);
        std::mt19937 random(7);
        int64_t time = 0;
        uint64_t total = 0;
        for (int step = 0; step < 60; step++) {
            std::vector<GrowingTrace::Ended> ended;
            for (unsigned n = random() % 4000; n > 0; n--) {
                const int64_t length = random() % 50 ? random() % 900 : random() % 200'000;
                ended.push_back({0, time, length, id, 0, {}});
                time += length + random() % 700;
            }
            total += ended.size();
            const GrowingTrace::Open open{0, time, id, 0};
            growing.update(TrackId(0u), ended, std::span(&open, 1));
            const TracePtr t = growing.snapshot(time + 5000);
            QCOMPARE(t->sliceCount(), total + 1);
            for (const double px : {1.0, 300.0, 4000.0, 70'000.0, 1e6}) {
                std::vector<Run> runs;
                queryRow(*t, RowId(0u), 0, t->end() + 1, px, runs);
                uint64_t count = 0;
                int64_t last = -1;
                for (const Run& run : runs) {
                    count += run.count;
                    QVERIFY(run.start >= last);
                    last = run.start;
                }
                QCOMPARE(count, total + 1);
                QVERIFY(double(runs.size()) <= 2 * double(t->end()) / px + 40);
            }
            // The open call ends with the next step.
            time += 6000;
            const GrowingTrace::Ended end{0, open.start, 5500, id, 0, {}};
            growing.update(TrackId(0u), std::span(&end, 1), {});
            total++;
        }
    }
};

QTEST_APPLESS_MAIN(TestLive)
#include "tst_live.moc"
