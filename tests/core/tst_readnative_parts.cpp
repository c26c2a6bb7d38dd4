// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings of which a part is missing, damaged, not yet written or overwritten.
#include "format/decode.h"
#include "native_reading.h"
#include <QElapsedTimer>
#include <QTest>
#include <random>

using namespace calltide;
using namespace calltide::store;
using namespace native;

class TestReadNativeParts : public QObject, private native::ReadingFolder
{
    Q_OBJECT
private Q_SLOTS:
    void cutAnywhereItOpensWithAPrefix()
    {
        W w;
        tables(w);
        w.events(manyCalls(3000), 0, 0, true);
        uint64_t before = 0;
        for (size_t size = 0; size <= w.bytes.size(); size += size < 4200 ? 97 : 41) {
            auto trace = read(w.bytes, size);
            if (size < f::kFileHeaderSize) {
                QVERIFY(!trace);
                QVERIFY(!trace.error().message.empty());
                continue;
            }
            QVERIFY(bool(trace));
            QVERIFY2((*trace)->sliceCount() >= before, qPrintable(QString::number(size)));
            before = (*trace)->sliceCount();
        }
        auto whole = read(w.bytes);
        QCOMPARE((*whole)->sliceCount(), 3001u);
        QVERIFY(before > 2900);
    }

    void flippedBitsAreNoticedOrHarmless()
    {
        W w;
        tables(w);
        const size_t chunk = w.events(manyCalls(3000), 0, 0, true);
        auto clean = read(w.bytes);
        std::mt19937 random(4);
        for (int i = 0; i < 600; i++) {
            std::vector<uint8_t> bytes = w.bytes;
            const size_t at = random() % bytes.size();
            bytes[at] ^= uint8_t(1u << (random() % 8));
            auto trace = read(bytes);
            if (!trace)
                continue; // the header
            const bool inPayload = at >= chunk + 64 && at < chunk + 64 + 6000;
            if (inPayload) { // a sealed chunk never changes silently
                QVERIFY2(!(*trace)->problems().empty(), qPrintable(QString::number(at - chunk)));
            }
            QVERIFY((*trace)->sliceCount() <= (*clean)->sliceCount());
        }
    }

    void aMissingChunkIsSaid()
    {
        W w;
        tables(w);
        w.events({W::enter(128), W::enter(131), W::leaveC()}, 0, 0);
        w.events({W::enter(131, 500), W::leaveC(), W::leave()}, 0, 2, true, 1'000'900, 1);
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        QCOMPARE((*trace)->sliceCount(), 3u);
        QCOMPARE(problems(**trace, "recording.missing_chunk"), 1u);
        QCOMPARE((*trace)->lostStretches().size(), 1u);
        QCOMPARE((*trace)->duration((*trace)->sliceAt((*trace)->tracks()[0].firstRow, 1'000'100)), int64_t(1'410));
    }

    void aRingShowsItsNewestPart()
    {
        W w;
        w.ring();
        tables(w);
        // The main thread lost its first two slots: main is open, print is not known by STACK alone.
        w.events({W::extended(f::kStack, 0, std::string_view("\0\x80\x01", 3)), W::leaveC(10), W::enter(131, 10), W::leaveC(10)},
            0, 2, true, 1'003'000, 2);
        // Another one waits since long ago, with a call that had ended by then.
        w.events({W::enter(128), W::enter(131), W::leaveC(), W::enter(131)}, 1, 0, false, 1'000'500);
        // And one found no slot for a while.
        w.events({W::extended(f::kStack, 0, std::string_view("\0\x80\x01", 3)), W::leave(5)}, 0, 4, true, 1'003'500, 1);
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        const Trace& t = **trace;
        QVERIFY(t.problems().empty() || t.problems()[0].kind == "recording.no_end");
        QCOMPARE(t.end(), int64_t(1'003'505));
        const Track &main = t.tracks()[0], &waiting = t.tracks()[1];
        const RowId rows[] = {main.firstRow, RowId(main.firstRow.v + 1), waiting.firstRow, RowId(waiting.firstRow.v + 1)};
        const auto all = [&](RowId row) {
            std::string out;
            for (SliceIndex i = t.row(row).first; i < t.row(row).first + t.row(row).count; i++)
                out += std::string(t.functionName(t.functionOf(i))) + ' ' + std::to_string(t.start(i) - 1'003'000) + '-'
                    + std::to_string(t.end(i) - 1'003'000) + (t.flags(i) & kAlreadyRunning ? "<" : "")
                    + (t.flags(i) & kStillRunning ? ">" : "") + ' ';
            return out;
        };
        QCOMPARE(all(rows[0]), std::string("main 0-30<> main 500-505< "));
        QCOMPARE(all(rows[1]), std::string("builtins.print 20-30 "));
        QCOMPARE(all(rows[2]), std::string("main 0-505<> "));
        QCOMPARE(all(rows[3]), std::string("builtins.print 0-505<> "));
        std::string lost;
        for (const Stretch& s : t.lostStretches())
            lost += std::to_string(s.track.v) + ' ' + std::to_string(s.begin - 1'003'000) + '-' + std::to_string(s.end - 1'003'000) + ' '
                + s.reason + '\n';
        QCOMPARE(lost, std::string("0 30-500 no room left in the ring\n0 -3000-0 older calls were overwritten\n"
                                   "1 -3000-0 older calls were overwritten\n"));
        QVERIFY(t.begin() < 1'003'000 && t.begin() > 1'002'900); // a little of what is gone
    }

    void aSlotThatIsBeingReusedIsSkipped()
    {
        W w;
        w.ring();
        tables(w);
        w.events(manyCalls(20), 0, 6, true, 1'003'000);
        const size_t reused = w.events(manyCalls(20), 0, 4);
        std::memset(w.bytes.data() + reused + 36, 0, 4);
        w.events(manyCalls(20), 1, 1, true, 1'002'000);
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        QCOMPARE(problems(**trace, "recording.damaged_page"), 0u);
        QCOMPARE(problems(**trace, "recording.missing_chunk"), 0u);
        QCOMPARE((*trace)->sliceCount(), 21u); // the other thread's lie before the newest part
    }

    void nothingBehindTheUsedPartIsRead()
    {
        W w;
        tables(w);
        const size_t chunk = w.events({W::enter(128), W::leave()});
        w.bytes[chunk + 64 + 8] = 0x51; // as if a call were there
        w.bytes[chunk + 64 + 9] = 0x01;
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        QCOMPARE((*trace)->sliceCount(), 1u);
    }

    void aDamagedBlockOfAnOpenChunkIsLeftOut()
    {
        W w;
        tables(w);
        const size_t chunk = w.events(manyCalls(20000), 0, 0, false);
        w.bytes[chunk + 3 * f::kBlockSize + 1000] ^= 4;
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        QCOMPARE(problems(**trace, "recording.damaged_block"), 1u);
        QCOMPARE(problems(**trace, "recording.mismatch"), 0u);
        QCOMPARE((*trace)->lostStretches().size(), 1u);
        const uint64_t calls
            = (*trace)->sliceCount(); // a block of 4,080 bytes holds 1,000 calls of 4 bytes, or some more
        QVERIFY2(calls < 20001 - 900 && calls > 20001 - 1400, qPrintable(QString::number(calls)));
        QCOMPARE(
            (*trace)->duration((*trace)->rows()[0].first), (*trace)->end() - 1'000'010); // the outermost call goes on
    }

    void aPartThatDoesNotGoOnWhereTheLastEndedIsSaid()
    {
        W w;
        tables(w);
        w.events({W::enter(128), W::enter(131)}, 0, 0); // ends at depth 2 …
        w.events({W::leave(), W::enter(128), W::leave()}, 0, 1, true, 1'000'020, 1); // … and this begins at 1
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        QCOMPARE((*trace)->lostStretches().size(), 1u);
        QCOMPARE((*trace)->sliceCount(), 3u);
        for (SliceIndex i = 0; i < 3; i++)
            QCOMPARE(int((*trace)->flags(i) & kStillRunning), 0);
    }

    void absurdDepthsMakeNoCalls()
    {
        W w;
        tables(w);
        for (uint32_t i = 0; i < 20; i++)
            w.events({W::enter(128), W::leave()}, 0, i, true, 1'000'000 + 20 * i, i % 2 ? 1'000'000 : 0);
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        QCOMPARE((*trace)->sliceCount(), 20u);
    }

    void cutAtEveryByteNothingBreaks()
    {
        W w;
        tables(w);
        w.events(manyCalls(20), 0, 0, false);
        w.events({W::extended(f::kOpen, 0, "\x80\x01", 1), W::extended(f::kLost, 3, "\x05\x01"), W::leave()}, 1);
        auto whole = read(w.bytes);
        QVERIFY(bool(whole));
        QCOMPARE((*whole)->sliceCount(), 22u);
        QCOMPARE((*whole)->lost(), 5u);
        QFile file(m_folder.filePath(QStringLiteral("t.calltide")));
        uint64_t before = 22;
        for (size_t size = w.bytes.size(); size-- > f::kFileHeaderSize;) {
            if (w.bytes[size] == 0 && size % 64) // within zeros one place is like another
                continue;
            QVERIFY(file.resize(qint64(size)));
            auto trace = formats::open(file.fileName().toStdString());
            QVERIFY(bool(trace));
            QVERIFY2((*trace)->sliceCount() <= before, qPrintable(QString::number(size)));
            before = (*trace)->sliceCount();
        }
        QCOMPARE(before, 0u);
    }

    void spaceTakenAheadCostsNothing()
    {
        W w;
        tables(w);
        w.events(manyCalls(20), 0, 0, false);
        QVERIFY(bool(read(w.bytes)));
        QFile file(m_folder.filePath(QStringLiteral("t.calltide")));
        QVERIFY(file.resize(qint64(64) << 30)); // a hole
        QElapsedTimer timer;
        timer.start();
        auto trace = formats::open(file.fileName().toStdString());
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        QCOMPARE((*trace)->sliceCount(), 21u);
        QVERIFY(timer.elapsed() < 20'000);
        QVERIFY(file.resize(0));
    }

    void aCutRecordingSaysSo()
    {
        W w;
        tables(w);
        w.events(manyCalls(3000), 0, 0, true);
        const uint64_t end = w.bytes.size();
        std::memcpy(w.bytes.data() + f::kMutableAt, &end, 8);
        auto whole = read(w.bytes);
        QVERIFY(bool(whole));
        QCOMPARE(problems(**whole, "recording.cut"), 0u);
        auto cut = read(w.bytes, w.bytes.size() - 5000);
        QVERIFY(bool(cut));
        QCOMPARE(problems(**cut, "recording.cut"), 1u);
    }
};

QTEST_APPLESS_MAIN(TestReadNativeParts)
#include "tst_readnative_parts.moc"
