// SPDX-License-Identifier: GPL-3.0-or-later
// The recorder's core without an interpreter: what it writes is decoded again, event by event.
#include "core/recorder.h"
#include "format/decode.h"
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <map>
#include <random>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace calltide;
using namespace calltide::core;

namespace {

constexpr uint32_t kOpened = 1000; // marks in Event::what besides the kinds and subs

struct Event
{
    uint32_t what; // kind, or sub + 100, or kOpened
    uint32_t id;
    bool operator==(const Event&) const = default;
};

struct Sink
{
    std::vector<Event> events;
    uint64_t last = 0;
    bool ordered = true, resynced = false;
    int32_t depth = 0;
    std::vector<std::pair<unsigned, std::string>> payloads;

    void time(uint64_t t)
    {
        ordered = ordered && t >= last;
        last = t;
    }
    void enter(uint64_t t, uint32_t id)
    {
        time(t);
        depth++;
        events.push_back({format::kEnter, id});
    }
    void leave(uint64_t t, unsigned kind)
    {
        time(t);
        depth--;
        events.push_back({kind, 0});
    }
    void rare(uint64_t t, unsigned sub, uint32_t operand)
    {
        time(t);
        depth += sub == format::kThrow ? 1 : -1;
        events.push_back({100 + sub, operand});
    }
    void extended(uint64_t t, unsigned sub, const uint8_t* payload, uint32_t size)
    {
        time(t);
        payloads.emplace_back(sub, std::string(reinterpret_cast<const char*>(payload), size));
        const uint8_t *p = payload, *end = payload + size;
        uint64_t id = 0;
        while (sub == format::kOpen && p < end && format::lebGetAny(p, end, id)) {
            depth++;
            events.push_back({kOpened, uint32_t(id)});
        }
    }
    void resync(uint64_t, int32_t) { resynced = true; }
};

struct Decoded
{
    std::map<uint32_t, Sink> threads;
    std::vector<format::ChunkView> chunks;
    std::vector<std::pair<format::TableRecordHeader, QByteArray>> records;
    bool whole = true;
    QByteArray data;
};

Decoded decode(const QString& path)
{
    Decoded d;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return d;
    d.data = file.readAll();
    const auto* bytes = reinterpret_cast<const uint8_t*>(d.data.constData());
    uint32_t seed = 0, crc = 0;
    std::memcpy(&seed, bytes + offsetof(format::FileHeader, processId), 4);
    std::memcpy(&crc, bytes + format::kFileCrcAt, 4);
    d.whole = crc == format::crc32c(0, bytes, format::kFileCrcAt);
    std::map<uint32_t, uint32_t> sequences;
    for (uint64_t at = format::kFileHeaderSize; at < uint64_t(d.data.size());) {
        format::ChunkView chunk;
        if (!format::readChunkHeader(bytes, uint64_t(d.data.size()), at, seed, chunk)) {
            at += 4096;
            continue;
        }
        at += chunk.size();
        d.chunks.push_back(chunk);
        d.whole = d.whole && chunk.header.sequence == sequences[chunk.header.thread]++ && !chunk.sealDamaged;
        if (chunk.header.kind == uint8_t(format::ChunkKind::Events)) {
            Sink& sink = d.threads[chunk.header.thread];
            format::Damage damage;
            uint64_t end = 0;
            d.whole = d.whole && chunk.header.depth == sink.depth;
            format::decodeChunk(chunk, sink, damage, end);
            d.whole = d.whole && !damage.chunks && !damage.blocks && !damage.records && sink.ordered && !sink.resynced;
            if (chunk.sealed)
                d.whole = d.whole && chunk.header.depthEnd == sink.depth && chunk.header.endTime == end;
            continue;
        }
        for (uint64_t r = format::kChunkHeaderSize; r + 16 <= (chunk.sealed ? chunk.header.used : chunk.size());) {
            format::TableRecordHeader h;
            std::memcpy(&h, chunk.data + r, sizeof h);
            if (!h.type)
                break;
            const QByteArray body(reinterpret_cast<const char*>(chunk.data) + r + 16, int(h.length));
            d.whole = d.whole && format::crc32c(format::crc32c(0, &h, 12), body.constData(), h.length) == h.crc;
            d.records.emplace_back(h, body);
            r += (16 + h.length + 7) & ~7u;
        }
    }
    return d;
}

// Calls as a hook does it.
struct Writer
{
    ThreadWriter w {};
    template <bool C = false> void enter(uint32_t id)
    {
        const EncodedId e = encodeId(id);
        w.fast() ? w.enter<C>(e.bytes, e.length) : w.enterSlow(C, e.bytes, e.length);
    }
    template <bool C = false> void leave(unsigned sub = 0)
    {
        if (!w.fast() || !w.leaveIsPlain<C>())
            w.leaveSlow(C, sub);
        else if (sub)
            w.leaveRare<C>(sub);
        else
            w.leave<C>();
    }
};

} // namespace

class TestRecorder : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    int m_files = 0;
    QString m_path;

    std::unique_ptr<Recorder> make(uint32_t maxDepth = format::kMaxDepth)
    {
        m_path = m_dir.filePath(QStringLiteral("r%1.calltide").arg(m_files++));
        Recorder::Options options;
        options.path = m_path.toStdString();
        options.identity = {randomId(), randomId(), {}, 0};
        options.maxDepth = maxDepth;
        std::string error;
        auto recorder = Recorder::create(options, error);
        if (!recorder)
            qWarning("%s", error.c_str());
        return recorder;
    }

private Q_SLOTS:
    void idsGoBothWays()
    {
        for (const uint32_t id : {1u, 127u, 128u, 16383u, 16384u, 2097151u, 2097152u, format::kMaxId}) {
            const EncodedId e = encodeId(id);
            QCOMPARE(decodeId(e.bytes), id);
            QVERIFY(e.bytes < kShadowC);
            for (unsigned i = 0; i < e.length; i++)
                QVERIFY((e.bytes >> (8 * i)) & 0xff);
        }
    }

    void everyEventComesBack()
    {
        auto recorder = make();
        QVERIFY(recorder);
        Writer writer;
        QVERIFY(recorder->addThread(&writer.w, {}));
        std::vector<Event> expected;
        std::vector<bool> stack;
        std::mt19937 random(7);
        const uint32_t ids[] = {1, 90, 128, 5000, 16384, 300000, format::kMaxId};
        for (int i = 0; i < 400'000; i++) {
            if (i % 50'000 == 49'999)
                usleep(8000); // a gap beyond one record
            const uint32_t r = random();
            if (stack.empty() || (r % 100 < 50 && stack.size() < 300)) {
                const uint32_t id = ids[r / 128 % 7];
                const bool c = r & 64;
                c ? writer.enter<true>(id) : writer.enter<false>(id);
                stack.push_back(c);
                expected.push_back({format::kEnter, id});
            } else if (r % 100 < 52) {
                const std::string payload(r / 128 % 4000, '\0');
                QVERIFY(writer.w.extended(format::kArguments, nowUnits(), payload.data(), uint32_t(payload.size())));
            } else {
                const unsigned how = r / 128 % 8;
                const bool c = stack.back();
                stack.pop_back();
                const unsigned sub = how == 0 ? (c ? format::kUnwindC : format::kUnwind) : how == 1 && !c ? format::kYield : 0;
                c ? writer.leave<true>(sub) : writer.leave<false>(sub);
                expected.push_back(sub ? Event {100 + sub, 0} : Event {c ? format::kLeaveC : format::kLeave, 0});
            }
        }
        recorder->close();
        const Decoded d = decode(m_path);
        QVERIFY(d.whole);
        QVERIFY(d.chunks.size() > 8);
        QCOMPARE(d.threads.at(0).events.size(), expected.size());
        QVERIFY(d.threads.at(0).events == expected);
    }

    void imbalanceIsRepaired()
    {
        auto recorder = make();
        Writer writer;
        recorder->addThread(&writer.w, {});
        writer.leave();           // nothing is open
        writer.leave<true>();
        writer.enter(200);
        writer.leave<true>();     // a C leave on a Python entry
        writer.enter<true>(201);
        writer.enter<true>(202);
        writer.leave();           // closes both C entries with it
        writer.leave(format::kUnwind);
        recorder->close();
        const Decoded d = decode(m_path);
        QVERIFY(d.whole);
        const std::vector<Event> expected = {{1, 200}, {1, 201}, {1, 202}, {3, 0}, {3, 0}, {2, 0}};
        QVERIFY(d.threads.at(0).events == expected);
    }

    void hiddenCallsAndWhatTheyCall()
    {
        auto recorder = make();
        Writer writer;
        recorder->addThread(&writer.w, {});
        writer.enter(200);
        writer.w.enterHidden(false);
        writer.enter(201);
        writer.enter<true>(202);
        writer.leave<true>();
        writer.leave();
        writer.leave();           // the hidden one
        writer.enter(203);
        writer.leave();
        writer.leave();
        recorder->close();
        const std::vector<Event> expected = {{1, 200}, {1, 203}, {2, 0}, {2, 0}};
        QVERIFY(decode(m_path).threads.at(0).events == expected);
    }

    void nothingUntilRevealed()
    {
        auto recorder = make();
        Writer writer;
        recorder->addThread(&writer.w, {});
        const std::vector<uint32_t> frames(3, 0);
        writer.w.open({}, frames);
        writer.w.hideAll();
        for (int i = 0; i < 3; i++)
            writer.leave();
        writer.enter(200);
        writer.leave();
        writer.enter(201); // runs when the program begins, and stays hidden
        QVERIFY(writer.w.hides());
        writer.w.reveal();
        writer.enter(202);
        writer.leave();
        writer.leave();
        writer.enter(203);
        recorder->close();
        const std::vector<Event> expected = {{1, 202}, {2, 0}, {1, 203}};
        QVERIFY(decode(m_path).threads.at(0).events == expected);
    }

    void runningCallsAreOpened()
    {
        auto recorder = make();
        Writer writer;
        recorder->addThread(&writer.w, {});
        std::vector<uint32_t> ids;
        for (uint32_t i = 0; i < 5000; i++)
            ids.push_back(i + 200);
        writer.w.open(ids, {});
        for (size_t i = 0; i < ids.size(); i++)
            writer.leave();
        recorder->close();
        const Decoded d = decode(m_path);
        QVERIFY(d.whole);
        const auto& events = d.threads.at(0).events;
        QCOMPARE(events.size(), size_t(10000));
        for (uint32_t i = 0; i < 5000; i++)
            QCOMPARE(events[i], (Event {kOpened, i + 200}));
        QCOMPARE(d.threads.at(0).depth, 0);
    }

    void deeperThanAllowedIsLeftOut()
    {
        auto recorder = make(10'000);
        Writer writer;
        recorder->addThread(&writer.w, {});
        for (int i = 0; i < 100'000; i++)
            writer.enter(200);
        for (int i = 0; i < 100'000; i++)
            writer.leave();
        writer.enter(201);
        recorder->close();
        const Decoded d = decode(m_path);
        QVERIFY(d.whole);
        const auto& events = d.threads.at(0).events;
        QCOMPARE(events.back(), (Event {1, 201}));
        QVERIFY(events.size() >= 20'001 && events.size() < 30'000);
        QCOMPARE(d.threads.at(0).depth, 1);
    }

    void threadsWriteSideBySide()
    {
        auto recorder = make();
        std::vector<std::thread> threads;
        for (uint32_t n = 0; n < 6; n++)
            threads.emplace_back([&recorder, n] {
                Writer writer;
                Thread* t = recorder->addThread(&writer.w, {});
                for (int i = 0; i < 50'000; i++) {
                    writer.enter(200 + n);
                    if (i % 1000 == 0)
                        recorder->tables().string("text " + std::to_string(i));
                    writer.leave();
                }
                recorder->endThread(t);
            });
        for (auto& t : threads)
            t.join();
        recorder->close();
        const Decoded d = decode(m_path);
        QVERIFY(d.whole);
        QCOMPARE(d.threads.size(), size_t(6));
        for (const auto& [index, sink] : d.threads)
            QCOMPARE(sink.events.size(), size_t(100'000));
        size_t strings = 0, ends = 0;
        for (const auto& [h, body] : d.records) {
            strings += h.type == uint8_t(format::TableType::String);
            uint64_t end = 0;
            if (h.type == uint8_t(format::TableType::Thread))
                std::memcpy(&end, body.constData() + offsetof(format::ThreadRecord, end), 8);
            ends += end != 0;
        }
        QCOMPARE(strings, size_t(50));
        QCOMPARE(ends, size_t(6));
    }

    void tablesKeepTheirTexts()
    {
        auto recorder = make();
        Tables& tables = recorder->tables();
        QCOMPARE(tables.string(""), 0u);
        const uint32_t a = tables.string("a");
        QCOMPARE(tables.string("a"), a);
        const std::string longText(70'000, 'x'), source(3'000'000, 's');
        const uint32_t cut = tables.string(longText);
        format::SourceRecord record {};
        record.size = source.size();
        tables.source(a, record, &source);
        tables.meta("key", "value");
        recorder->writeEnd(3, true);
        recorder->close();
        const Decoded d = decode(m_path);
        QVERIFY(d.whole);
        bool sawCut = false, sawSource = false, sawEnd = false;
        int clocks = 0;
        for (const auto& [h, body] : d.records) {
            clocks += h.type == uint8_t(format::TableType::Clock);
            if (h.type == uint8_t(format::TableType::String) && h.id == cut)
                sawCut = h.flags == format::kCut && body.size() == int(format::kMaxString);
            if (h.type == uint8_t(format::TableType::Source))
                sawSource = h.id == a && body.size() == 32 + 3'000'000 && body.endsWith('s');
            if (h.type == uint8_t(format::TableType::End)) {
                format::EndRecord end;
                std::memcpy(&end, body.constData(), sizeof end);
                sawEnd = end.exitStatus == 3 && end.flags == 1 && end.time;
            }
        }
        QVERIFY(sawCut && sawSource && sawEnd);
        QVERIFY(clocks >= 2);
    }

    void filesAreNotTakenFromOthers()
    {
        auto recorder = make();
        struct stat st {};
        QCOMPARE(stat(m_path.toLocal8Bit().constData(), &st), 0);
        QCOMPARE(int(st.st_mode & 0777), 0600);
        Recorder::Options again = recorder->options();
        std::string error;
        QVERIFY(!Recorder::create(again, error));
        QVERIFY(!error.empty());
        again.path = m_dir.filePath(QStringLiteral("no/such/folder")).toStdString();
        QVERIFY(!Recorder::create(again, error));
        const QString link = m_dir.filePath(QStringLiteral("link"));
        QVERIFY(QFile::link(m_dir.filePath(QStringLiteral("nowhere")), link));
        again.path = link.toStdString();
        QVERIFY(!Recorder::create(again, error));
        QVERIFY(!QFile::exists(m_dir.filePath(QStringLiteral("nowhere"))));
    }

    void killedInTheMiddleEverythingIsThere()
    {
        for (int round = 0; round < 20; round++) {
            m_path = m_dir.filePath(QStringLiteral("killed%1.calltide").arg(round));
            int pipes[2];
            QCOMPARE(pipe(pipes), 0);
            const pid_t child = fork();
            if (child == 0) {
                Recorder::Options options;
                options.path = m_path.toStdString();
                std::string error;
                auto recorder = Recorder::create(options, error);
                Writer writer;
                recorder->addThread(&writer.w, {});
                const int calls = 1000 + round * 7919;
                for (int i = 0; i < calls; i++) {
                    writer.enter(200 + uint32_t(i));
                    if (i % 3)
                        writer.leave();
                }
                const bool told = write(pipes[1], &calls, sizeof calls) == sizeof calls;
                kill(getpid(), told ? SIGKILL : SIGTERM);
            }
            int calls = 0;
            QCOMPARE(read(pipes[0], &calls, sizeof calls), ssize_t(sizeof calls));
            int status = 0;
            waitpid(child, &status, 0);
            QCOMPARE(WTERMSIG(status), SIGKILL);
            ::close(pipes[0]);
            ::close(pipes[1]);
            const Decoded d = decode(m_path);
            QVERIFY(d.whole);
            int entries = 0;
            for (const Event& e : d.threads.at(0).events)
                if (e.what == format::kEnter)
                    QCOMPARE(e.id, 200 + uint32_t(entries++));
            QCOMPARE(entries, calls);
        }
    }

    void depthAndDurationGoTogether()
    {
        Recorder::Options options;
        options.path = m_dir.filePath(QStringLiteral("both.calltide")).toStdString();
        options.maxDepth = 3;
        options.minDuration = 3'000'000;
        std::string error;
        auto recorder = Recorder::create(options, error);
        QVERIFY(recorder);
        Writer writer;
        recorder->addThread(&writer.w, {});
        const EncodedId thrown = encodeId(203);
        const auto enter = [&](uint32_t id) { writer.w.enterSlow(false, encodeId(id).bytes, encodeId(id).length); };
        enter(200); // none of them is written yet
        enter(201);
        enter(202);
        writer.w.throwSlow(thrown.bytes, thrown.length); // the fourth
        enter(204);
        usleep(10'000);
        for (int i = 0; i < 3; i++)
            writer.w.leaveSlow(false, 0);
        writer.w.throwSlow(thrown.bytes, thrown.length); // the third: nobody knows how long it will take
        usleep(10'000);
        for (int i = 0; i < 3; i++)
            writer.w.leaveSlow(false, 0);
        recorder->close();
        const Decoded d = decode(QString::fromStdString(options.path));
        QVERIFY(d.whole);
        const std::vector<Event> expected = {{1, 200}, {1, 201}, {1, 202}, {2, 0}, {100 + format::kThrow, 203}, {2, 0}, {2, 0}, {2, 0}};
        QVERIFY(d.threads.at(0).events == expected);
    }

    void theLimitOfTheFileHolds()
    {
        Recorder::Options options;
        options.path = m_dir.filePath(QStringLiteral("limited.calltide")).toStdString();
        options.limit = {format::Mode::StopWhenFull, 300'000};
        static bool told;
        told = false;
        options.onFail = [] { told = true; };
        std::string error;
        auto recorder = Recorder::create(options, error);
        QVERIFY(recorder);
        Writer one, two;
        recorder->addThread(&one.w, {});
        recorder->addThread(&two.w, {});
        for (int i = 0; i < 500'000 && !told; i++) {
            one.enter(200);
            two.enter(201);
            two.leave();
            one.leave();
        }
        QVERIFY(told);
        QVERIFY(recorder->stopped());
        recorder->stop();
        recorder->writeEnd(5, true);
        recorder->close();
        const QString path = QString::fromStdString(options.path);
        QVERIFY(QFileInfo(path).size() <= 300'000);
        QVERIFY(QFileInfo(path).size() > 250'000);
        const Decoded d = decode(path);
        QVERIFY(d.whole);
        QVERIFY(d.threads.at(0).events.size() > 20'000);
        int ends = 0, notes = 0;
        for (const auto& [h, body] : d.records) {
            ends += h.type == uint8_t(format::TableType::End);
            if (h.type == uint8_t(format::TableType::Note)) {
                format::NoteRecord note;
                std::memcpy(&note, body.constData(), sizeof note);
                notes += note.code == format::kLossLimit;
            }
        }
        QCOMPARE(ends, 1);
        QCOMPARE(notes, 1);
    }

    void noSpaceStopsTheRecordingOnly()
    {
        const QString path = m_dir.filePath(QStringLiteral("full.calltide"));
        const QString errors = m_dir.filePath(QStringLiteral("errors"));
        const pid_t child = fork();
        if (child == 0) {
            signal(SIGXFSZ, SIG_IGN);
            const rlimit limit {512 << 10, 512 << 10};
            setrlimit(RLIMIT_FSIZE, &limit);
            if (!freopen(errors.toLocal8Bit().constData(), "w", stderr))
                _exit(2);
            Recorder::Options options;
            options.path = path.toStdString();
            std::string error;
            auto recorder = Recorder::create(options, error);
            Writer one, two;
            recorder->addThread(&one.w, {});
            recorder->addThread(&two.w, {});
            for (int i = 0; i < 500'000; i++) {
                one.enter(200);
                two.enter(201);
                one.leave();
                two.leave();
            }
            const bool stopped = recorder->stopped();
            recorder->close();
            _exit(stopped ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        const Decoded d = decode(path);
        QVERIFY(d.whole);
        QVERIFY(d.threads.at(0).events.size() > 20'000);
        QFile notes(errors);
        QVERIFY(notes.open(QIODevice::ReadOnly));
        const QByteArray note = notes.readAll();
        QCOMPARE(note.count('\n'), 1);
        QVERIFY2(note.contains("recording stopped") && note.contains("full.calltide"), note.constData());
    }
};

QTEST_APPLESS_MAIN(TestRecorder)
#include "tst_recorder.moc"
