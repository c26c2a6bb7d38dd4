// SPDX-License-Identifier: GPL-3.0-or-later
#include "format/decode.h"
#include "native_reading.h"
#include "store/statistics.h"
#include <QElapsedTimer>
#include <QTest>
#include <random>

using namespace calltide;
using namespace calltide::store;
using namespace native;

class TestReadNative : public QObject, private native::ReadingFolder
{
    Q_OBJECT
private Q_SLOTS:
    void workedExampleOfTheFormat()
    {
        const unsigned char bytes[]
            = {0x51, 0x05, 0x1D, 0xAC, 0x02, 0x03, 0xFA, 0xFE, 0x01, 0xFD, 0xAA, 0x07, 0x7F, 0x0C, 0x01, 0x40, 0x04,
               0x09, 0x84, 0x03, 0x03, 0x7B, 0x7D, 0x04, 0xC1, 0xB6, 0xFC, 0x9A, 0x01, 0x01, 0x80, 0x01, 0xFD, 0xC1,
               0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0x08, 0x29, 0,    0,    0,    0,    0,    0,    0,    0};
        struct Sink
        {
            QStringList seen;
            void enter(uint64_t t, uint32_t id) { seen << QStringLiteral("enter %1 @%2").arg(id).arg(t - 1'000'000); }
            void leave(uint64_t t, unsigned k) { seen << QStringLiteral("leave %1 @%2").arg(k).arg(t - 1'000'000); }
            void rare(uint64_t t, unsigned s, uint32_t o)
            {
                seen << QStringLiteral("rare %1 %2 @%3").arg(s).arg(o).arg(t - 1'000'000);
            }
            void extended(uint64_t t, unsigned s, const uint8_t* p, uint32_t n)
            {
                seen << QStringLiteral("extended %1 %2 @%3")
                            .arg(s)
                            .arg(QString::fromLatin1(reinterpret_cast<const char*>(p), n))
                            .arg(t - 1'000'000);
            }
            void resync(uint64_t, int32_t) { seen << QStringLiteral("resync"); }
        } sink;
        uint64_t time = 1'000'000;
        f::Stop stop;
        const uint8_t* end = f::decodeRecords(bytes, bytes + sizeof bytes, time, sink, stop);
        QCOMPARE(end - bytes, ptrdiff_t(sizeof bytes - 8));
        QVERIFY(stop == f::Stop::End || stop == f::Stop::NotWritten);
        const QStringList expected{
            "enter 5 @20",
            "enter 300 @27",
            "leave 3 @27",
            "leave 2 @89",
            "leave 2 @152",
            "enter 127 @1152",
            "rare 3 0 @1152",
            "rare 16 9 @1155",
            "extended 33 {} @1157",
            "enter 128 @325001157",
            "enter 268435455 @327098308",
            "rare 2 0 @327098348"};
        QCOMPARE(sink.seen, expected);
    }

    void countersOfAllThreadsTogether()
    {
        W w;
        w.function(128, "main", f::FunctionKind::Module);
        w.function(131, "builtins.print", f::FunctionKind::C);
        w.thread(0, "MainThread");
        w.thread(1, "worker");
        w.counter(1, "Memory", "resident", "B", 0);
        w.counter(2, "CPU", "", "s", f::kCounterIsSum);
        w.counter(3, "queue", "in", "", 0);
        w.writeTables();
        const auto sample = [](char id, double value, uint64_t dt) {
            std::string payload(1, id);
            payload.append(reinterpret_cast<const char*>(&value), sizeof value);
            return W::extended(f::kCounter, dt, payload);
        };
        w.events({W::enter(128, 0), sample(1, 1 << 20, 0), sample(2, 1.0, 0), sample(1, 3 << 20, 1'000'000), W::leave()});
        w.events({W::enter(131, 500), sample(2, 1.0005, 999'500), sample(3, 7, 0), W::leaveC()}, 1);
        auto trace = read(w.bytes);
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        const Trace& t = **trace;
        QStringList seen;
        for (const CounterTrack& c : t.counters()) {
            QStringList values;
            for (const double v : c.values)
                values << QString::number(v, 'f', 3);
            seen << QStringLiteral("%1/%2 %3").arg(
                QString::fromStdString(std::string(t.string(c.name))),
                QString::fromStdString(std::string(t.string(c.series))), values.join(QLatin1Char(' ')));
        }
        seen.sort();
        QCOMPARE(
            seen, (QStringList{"CPU/% of a core 50.000", "Memory/resident, MiB 1.000 3.000", "queue/in 7.000"}));
    }

    void tasksRunWaitAndAreReady()
    {
        W w;
        w.function(128, "Handle._run", f::FunctionKind::Python);
        w.function(129, "worker", f::FunctionKind::Coroutine, f::kHasResumedId);
        w.function(131, "sleep", f::FunctionKind::Coroutine, f::kHasResumedId);
        w.function(133, "main", f::FunctionKind::Coroutine, f::kHasResumedId);
        w.thread(0, "MainThread");
        w.task(2, "Task-1", 133, 0);
        w.task(3, "w0", 129, 2);
        w.writeTables();
        const auto run = [](uint32_t task) { return W::rare(f::kTaskSwitch, 0, 0, task); };
        const auto ready = [](uint32_t task, uint64_t dt) { return W::rare(f::kTaskReady, dt, 0, task); };
        const auto yields = [] { return W::rare(f::kYield, 10, -1); };
        w.events(
            {ready(2, 0), // 0
             W::enter(128), run(2), W::enter(133), ready(3, 10), yields(), W::leave(),   // 10 … 50
             W::enter(128), run(3), W::enter(129), W::enter(131), yields(), yields(), W::leave(), // 60 … 110
             ready(3, 100), W::enter(128), run(3), W::enter(130), W::leave(), W::leave(), // 210; 220 … 250
             W::enter(128), W::rare(f::kTaskCause, 0, 0, 3), ready(2, 0), W::leave(), // 260, 270; a callback, no task
             W::enter(128), run(2), W::enter(134), W::leave(), W::leave()}); // 280 … 310
        auto trace = read(w.bytes);
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        const Trace& t = **trace;
        QStringList seen;
        for (const Track& track : t.tracks()) {
            if (track.kind != TrackKind::Task)
                continue;
            QCOMPARE(track.parent.v, 0u);
            QCOMPARE(track.rowCount, 1u);
            const Row& row = t.row(track.firstRow);
            for (SliceIndex i = row.first; i < row.first + row.count; i++)
                seen << QStringLiteral("%1: %2 %3-%4 %5")
                            .arg(
                                QString::fromStdString(std::string(t.string(track.name))),
                                QString::fromStdString(std::string(t.functionName(t.functionOf(i)))))
                            .arg(t.start(i) - 1'000'000)
                            .arg(t.end(i) - 1'000'000)
                            .arg(t.flags(i));
            if (t.string(track.name) == "w0")
                QCOMPARE(track.busy, int64_t(50 + 30));
        }
        QCOMPARE(
            seen,
            (QStringList{
                "Task-1: ready 0-10 64", "Task-1: main 10-50 0", "Task-1: await main 50-260 32", "Task-1: ready 260-280 64", "Task-1: main 280-310 0", "w0: ready 30-60 64",
                "w0: worker 60-110 0", "w0: await sleep 110-210 32", "w0: ready 210-220 64", "w0: worker 220-250 0"}));
        QCOMPARE(t.flows().size(), 2u); // Task-1 made w0 ready, and w0's end Task-1
        std::vector<std::pair<int64_t, std::string>> flows;
        for (const Flow& flow : t.flows())
            flows.emplace_back(flow.from - 1'000'000, t.string(t.tracks()[flow.fromTrack.v].name));
        std::sort(flows.begin(), flows.end());
        QCOMPARE(flows, (std::vector<std::pair<int64_t, std::string>>{{30, "Task-1"}, {260, "w0"}}));
        QCOMPARE(problems(t, "recording.unknown_record"), 0u);
    }

    void waitsInTrioAreNamedByWhatTheProgramCalls()
    {
        W w;
        const auto coroutine = [&](uint32_t id, std::string_view name, std::string_view module) {
            w.function(id, name, f::FunctionKind::Coroutine, f::kHasResumedId, module);
        };
        coroutine(128, "main", "__main__");
        coroutine(130, "sleep", "trio._timeouts");
        coroutine(132, "wait_task_rescheduled", "trio._core._traps");
        w.thread(0, "MainThread");
        w.task(2, "main", 128, 0);
        w.writeTables();
        const auto run = [](uint32_t task, uint64_t dt) { return W::rare(f::kTaskSwitch, dt, 0, task); };
        const auto yields = [] { return W::rare(f::kYield, 10, -1); };
        w.events(
            {run(2, 0), W::enter(128), W::enter(130), W::enter(132), yields(), yields(), yields(), // 30 … 60
             run(1, 0), run(2, 100), W::enter(129), W::enter(131), W::leave(), W::leave()});
        auto trace = read(w.bytes);
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        const Trace& t = **trace;
        QStringList seen;
        for (const Track& track : t.tracks())
            if (track.kind == TrackKind::Task)
                for (SliceIndex i = t.row(track.firstRow).first; i < t.row(track.firstRow).first + t.row(track.firstRow).count; i++)
                    seen << QString::fromStdString(std::string(t.functionName(t.functionOf(i))));
        QCOMPARE(seen.value(1), QStringLiteral("await sleep"));
    }

    void importsHaveALane()
    {
        W w;
        w.function(128, "_find_and_load", f::FunctionKind::Python);
        w.thread(0, "MainThread");
        w.name(1, "gamma", "import");
        w.writeTables();
        const auto import = [](const char* module) {
            return W::extended(f::kArguments, 0, std::string("{\"import\": \"") + module + "\"}");
        };
        w.events(
            {W::enter(128), import("alpha"), W::enter(128), import("alpha.beta"), W::rare(f::kUnwind, 10, -1), W::leave(),
             W::extended(f::kImport, 100, std::string("\1\62", 2))});
        auto trace = read(w.bytes);
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        const Trace& t = **trace;
        QCOMPARE(t.tracks().size(), 2u);
        QVERIFY(t.tracks()[1].kind == TrackKind::Imports);
        QStringList seen;
        for (SliceIndex i = 0; i < t.sliceCount(); i++)
            if (t.trackOf(i) == TrackId(1u))
                seen << QStringLiteral("%1 %2: %3-%4 %5")
                            .arg(t.depthOf(i))
                            .arg(QString::fromStdString(std::string(t.functionName(t.functionOf(i)))))
                            .arg(t.start(i) - 1'000'000)
                            .arg(t.end(i) - 1'000'000)
                            .arg(t.flags(i));
        seen.sort();
        QCOMPARE(seen, (QStringList{"0 alpha: 10-40 0", "0 gamma: 90-140 0", "1 alpha.beta: 20-30 4"}));
    }

    void callsGeneratorsAndArguments()
    {
        W w;
        tables(w);
        w.events(
            {W::enter(128, 0), W::enter(129), W::rare(f::kYield, 5, -1), W::enter(131),
             W::extended(f::kArguments, 0, "{\"a\":1}"), W::leaveC(100), W::enter(130), W::rare(f::kUnwind, 7, -1),
             W::leave()});
        std::string open;
        for (uint32_t id : {128u, 131u}) {
            uint8_t b[8];
            open.append(reinterpret_cast<char*>(b), f::lebPut(b, id));
        }
        w.events({W::extended(f::kOpen, 0, open, 2), W::leaveC(50), W::enter(1, 70000)}, 1, 0, false);
        auto trace = read(w.bytes);
        QVERIFY2(bool(trace), trace ? "" : trace.error().message.c_str());
        const Trace& t = **trace;
        QCOMPARE(t.sliceCount(), 7u);
        QCOMPARE(t.tracks().size(), 2u);
        QCOMPARE(t.string(t.tracks()[1].name), std::string_view("worker"));
        QMap<QString, SliceIndex> by;
        for (SliceIndex i = 0; i < t.sliceCount(); i++)
            by[QStringLiteral("%1/%2@%3")
                   .arg(t.trackOf(i).v)
                   .arg(QString::fromStdString(std::string(t.functionName(t.functionOf(i)))))
                   .arg(t.start(i) - 1'000'000)]
                = i;
        QCOMPARE(
            by.keys(),
            (QStringList{
                "0/builtins.print@25", "0/main@0", "0/numbers@10", "0/numbers@135", "1/builtins.print@0", "1/main@0",
                "1/main@70050"}));
        QCOMPARE(int(t.flags(by["0/numbers@10"])), int(kYielded));
        QCOMPARE(int(t.flags(by["0/numbers@135"])), kResumed | kException);
        QCOMPARE(t.arguments(by["0/builtins.print@25"]), std::string("{\"a\":1}"));
        QCOMPARE(t.duration(by["0/builtins.print@25"]), int64_t(100));
        QCOMPARE(int(t.flags(by["1/builtins.print@0"])), int(kAlreadyRunning));
        QCOMPARE(int(t.flags(by["1/main@0"])), kAlreadyRunning | kStillRunning);
        QCOMPARE(int(t.flags(by["1/main@70050"])), int(kStillRunning));
        QCOMPARE(t.end() - 1'000'000, int64_t(70050));
        QCOMPARE(t.wallClockOffset().value(), int64_t(1'000'000));
    }

    void anOpenChunkIsReadToItsLastRecord()
    {
        for (bool sealed : {true, false}) {
            W w;
            tables(w);
            w.events(manyCalls(20000), 0, 0, sealed);
            auto trace = read(w.bytes);
            QVERIFY(bool(trace));
            QCOMPARE((*trace)->sliceCount(), 20001u);
            QCOMPARE(problems(**trace, "recording.damaged_block"), 0u);
            QCOMPARE(problems(**trace, "recording.unbalanced"), 0u);
        }
    }

    void whereTheRecordingStoppedIsMarked()
    {
        W w;
        tables(w);
        const f::NoteRecord note{1'000'100, w.string("recording stopped: full"), f::kLossLimit};
        w.record(f::TableType::Note, 1, &note, sizeof note);
        const f::EndRecord end{1'005'000, 0, 1};
        w.record(f::TableType::End, 1, &end, sizeof end);
        w.bytes.resize(f::kFileHeaderSize);
        w.writeTables();
        w.events({W::enter(128), W::enter(131), W::leaveC()});
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        const Trace& t = **trace;
        QCOMPARE(t.end(), int64_t(1'005'000));
        QCOMPARE(t.end(t.rows()[0].first), int64_t(1'000'100)); // the open call is not known to have gone on
        QCOMPARE(t.lostStretches().size(), size_t(1));
        const Stretch& s = t.lostStretches()[0];
        QCOMPARE(s.begin, int64_t(1'000'100));
        QCOMPARE(s.end, int64_t(1'005'000));
        QCOMPARE(s.reason, std::string("limit reached"));
    }

    void notesDoNotHideEachOther()
    {
        W w;
        tables(w);
        uint32_t at = 0;
        for (const char* text : {"recording stopped: full", "12 threads were not seen", "7 threads were not seen"}) {
            const f::NoteRecord note{1'000'100 + at, w.string(text), f::kLossOther};
            w.record(f::TableType::Note, ++at, &note, sizeof note);
        }
        w.bytes.resize(f::kFileHeaderSize);
        w.writeTables();
        w.events({W::enter(128), W::leave()});
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        std::vector<std::pair<std::string, uint64_t>> notes;
        for (const Problem& p : (*trace)->problems())
            if (p.kind.starts_with("recording.note"))
                notes.emplace_back(p.text, p.count);
        const std::vector<std::pair<std::string, uint64_t>> expected{
            {"recording stopped: full", 1}, {"12 threads were not seen", 2}};
        QCOMPARE(notes, expected);
    }

    void waitsForTheLockStandBelowTheirThread()
    {
        W w;
        tables(w);
        w.events({W::enter(128), W::extended(f::kGilWait, 500, std::string_view("\xac\x02\x00", 3)), W::enter(131), W::leaveC(), W::leave()});
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        const Trace& t = **trace;
        const auto gil = std::find_if(
            t.tracks().begin(), t.tracks().end(), [](const Track& track) { return track.kind == TrackKind::Gil; });
        QVERIFY(gil != t.tracks().end());
        QVERIFY(t.track(gil->parent).kind == TrackKind::Thread);
        QCOMPARE(gil->sliceCount, uint64_t(1));
        const SliceIndex s = t.row(gil->firstRow).first;
        QCOMPARE(t.end(s) - t.start(s), int64_t(300));
        QCOMPARE(std::string(t.functionName(t.functionOf(s))), std::string("waits for the GIL"));
        for (const auto& f : functionStatistics(t, {})) // it is no call
            QVERIFY(t.functionName(f.function) != "waits for the GIL");
    }

    void callsGiveWayToAnotherGreenlets()
    {
        W w;
        tables(w);
        const auto swap = [](uint64_t dt, std::string_view payload, int depth = 0) {
            return W::extended(f::kSwitch, dt, payload, depth);
        };
        w.events({W::enter(128, 10), W::enter(131, 10), swap(10, {"\1\x81\1", 3}), W::leave(10), W::enter(129, 5),
            swap(10, {"\1\x83\1", 3}), W::leaveC(10), swap(5, {"\1", 1}, -1), W::enter(129, 5), W::leave(5)});
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        const Trace& t = **trace;
        QStringList calls;
        for (const Row& row : t.rows())
            for (SliceIndex s = row.first; s < row.first + row.count; s++)
                calls << QStringLiteral("%1 %2 %3+%4 %5")
                             .arg(row.depth)
                             .arg(QString::fromStdString(std::string(t.functionName(t.functionOf(s)))))
                             .arg(t.start(s) - 1'000'000)
                             .arg(t.duration(s))
                             .arg(t.flags(s));
        const QStringList expected{"0 main 10+60 8", "0 numbers 75+5 0", "1 builtins.print 20+10 8", "1 numbers 30+10 16",
            "1 numbers 45+10 8", "1 builtins.print 55+10 16"};
        QCOMPARE(calls, expected);
    }

    void functionsLeftOutAreMarked()
    {
        W w;
        const f::DroppedRecord everywhere{1'000'040, 129, 0}, place{1'000'030, 131, 128};
        w.record(f::TableType::Dropped, 1, &everywhere, sizeof everywhere);
        w.record(f::TableType::Dropped, 2, &place, sizeof place);
        tables(w);
        w.events({W::enter(128), W::enter(131), W::leaveC(), W::leave()});
        auto trace = read(w.bytes);
        QVERIFY(bool(trace));
        int dropped = 0;
        for (const Function& function : (*trace)->functions()) {
            dropped += function.dropped();
            if ((*trace)->string(function.name) == "numbers")
                QVERIFY(function.droppedEverywhere && function.droppedFrom == 1'000'040);
            if ((*trace)->string(function.name) == "builtins.print")
                QVERIFY(!function.droppedEverywhere && function.droppedPlaces == 1 && function.droppedFrom == 1'000'030);
        }
        QCOMPARE(dropped, 2);
        QCOMPARE((*trace)->instants().size(), size_t(2));
        QCOMPARE(std::string((*trace)->string((*trace)->instants()[0].name)), std::string("left out from here: builtins.print"));
    }

    void childProcessesComeAlong()
    {
        W w;
        tables(w);
        w.events(manyCalls(3));
        auto header = [](std::vector<uint8_t> bytes, size_t at, uint8_t value) {
            bytes[at] = value;
            const uint32_t crc = f::crc32c(0, bytes.data(), f::kFileCrcAt);
            std::memcpy(bytes.data() + f::kFileCrcAt, &crc, 4);
            return bytes;
        };
        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("t.calltide.d")));
        auto put = [&](const QString& name, const std::vector<uint8_t>& bytes) {
            QFile file(m_folder.filePath(QStringLiteral("t.calltide.d/") + name));
            return file.open(QIODevice::WriteOnly)
                && file.write(reinterpret_cast<const char*>(bytes.data()), qint64(bytes.size()))
                == qint64(bytes.size());
        };
        const auto child = header(w.bytes, offsetof(f::FileHeader, parentProcessId), 7);
        QVERIFY(put(QStringLiteral("p1-a.calltide"), header(child, offsetof(f::FileHeader, pid), 99)));
        QVERIFY(put(
            QStringLiteral("p2-b.calltide"), header(w.bytes, offsetof(f::FileHeader, recordingId), 8))); // another's
        QVERIFY(put(QStringLiteral("p3-c.calltide"), {1, 2, 3}));
        QVERIFY(put(QStringLiteral("p4-d.calltide"), {})); // killed as they began
        QVERIFY(put(QStringLiteral("p5-e.calltide"), std::vector<uint8_t>(f::kFileHeaderSize)));
        auto trace = read(w.bytes);
        QVERIFY(QDir(m_folder.filePath(QStringLiteral("t.calltide.d"))).removeRecursively());
        QVERIFY(bool(trace));
        const Trace& t = **trace;
        QCOMPARE(t.processes().size(), 2u);
        QCOMPARE(t.processes()[1].pid, int64_t(4096 + 99)); // 4120 = 0x1018, its low byte replaced
        QCOMPARE(t.processes()[1].parent, ProcessId(0u));
        QCOMPARE(t.sliceCount(), 8u);
        QCOMPARE(problems(t, "recording.child"), 1u);
    }

    void aMissingFolderOfChildrenIsSaid()
    {
        const auto recording = [](std::string_view options) {
            W w;
            const f::MetaRecord record{w.string("options"), w.string(options)};
            w.record(f::TableType::Meta, 1, &record, sizeof record);
            tables(w);
            const std::string_view fork("\x63\x00\x05", 3), other("\x64\x00\x05", 3); // pid, no command line, since when
            w.events({W::enter(128), W::extended(f::kSpawn, 10, fork), W::extended(f::kSpawn, 10, other), W::leave(90)});
            return w.bytes;
        };
        const std::string_view all = R"({"children": true, "include_children": [], "exclude_children": []})";
        auto trace = read(recording(all));
        QVERIFY(bool(trace));
        QCOMPARE(problems(**trace, "recording.no_children"), 1u);
        for (const Problem& p : (**trace).problems())
            if (p.kind == "recording.no_children")
                QVERIFY(p.text.starts_with("2 recordings of child processes are missing: the folder t.calltide.d"));
        // Nor are they calls.
        QCOMPARE(callCount(**trace), 1u);
        for (const FunctionStatistics& s : functionStatistics(**trace))
            QCOMPARE(std::string((**trace).functionName(s.function)), std::string("main"));

        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("t.calltide.d"))); // they have left no recording
        trace = read(recording(all));
        QVERIFY(QDir(m_folder.filePath(QStringLiteral("t.calltide.d"))).removeRecursively());
        QCOMPARE(problems(**trace, "recording.no_children"), 0u);
        for (const std::string_view some : {R"({"children": false, "include_children": [], "exclude_children": []})",
                 R"({"children": true, "include_children": [], "exclude_children": ["git"]})"})
            QCOMPARE(problems(**read(recording(some)), "recording.no_children"), 0u);
    }

    void errorsNameTheFile()
    {
        W w;
        w.bytes[8] = 9;
        for (const auto& bytes : {std::vector<uint8_t>{}, w.bytes}) {
            auto trace = read(bytes);
            QVERIFY(!trace);
            QVERIFY(trace.error().message.find("t.calltide") != std::string::npos);
        }
    }
};

QTEST_APPLESS_MAIN(TestReadNative)
#include "tst_readnative.moc"
