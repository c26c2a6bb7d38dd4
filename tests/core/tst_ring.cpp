// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings that keep their newest part: written by the recorder, opened by the reader.
#include "core/recorder.h"
#include "format/decode.h"
#include "formats/reader.h"
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <csignal>
#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace calltide;
using namespace calltide::core;

namespace {

// Calls as a hook does it.
struct Writer
{
    ThreadWriter w {};
    void enter(uint32_t id)
    {
        const EncodedId e = encodeId(id);
        w.fast() ? w.enter<false>(e.bytes, e.length) : w.enterSlow(false, e.bytes, e.length);
    }
    void leave() { w.fast() && w.leaveIsPlain<false>() ? w.leave<false>() : w.leaveSlow(false, 0); }
};

std::vector<format::ChunkHeader> eventChunks(const QByteArray& data)
{
    std::vector<format::ChunkHeader> out;
    const auto* bytes = reinterpret_cast<const uint8_t*>(data.constData());
    uint32_t seed;
    std::memcpy(&seed, bytes + offsetof(format::FileHeader, processId), 4);
    for (uint64_t at = format::kFileHeaderSize; at < uint64_t(data.size());) {
        format::ChunkView chunk;
        const bool is = format::readChunkHeader(bytes, uint64_t(data.size()), at, seed, chunk);
        at += is ? chunk.size() : 4096;
        if (is && chunk.header.kind == uint8_t(format::ChunkKind::Events))
            out.push_back(chunk.header);
    }
    return out;
}

} // namespace

class TestRing : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;

    std::unique_ptr<Recorder> make(const QString& path)
    {
        Recorder::Options options;
        options.path = path.toStdString();
        options.identity = {randomId(), randomId(), {}, 0};
        options.limit = {format::Mode::Ring, 1 << 20};
        std::string error;
        return Recorder::create(options, error);
    }

private Q_SLOTS:
    void sizesOfSlots()
    {
        QCOMPARE(slotLog2For(1 << 20), 13u);
        QCOMPARE(slotLog2For(16 << 20), 17u);
        QCOMPARE(slotLog2For(64 << 20), 18u);
        QCOMPARE(slotLog2For(4ull << 30), 18u);
    }

    void theNewestStays()
    {
        const QString path = m_dir.filePath(QStringLiteral("ring.calltide"));
        auto recorder = make(path);
        QVERIFY(recorder);
        std::vector<std::thread> threads;
        for (uint32_t n = 0; n < 4; n++)
            threads.emplace_back([&recorder, n] {
                Writer writer;
                Thread* t = recorder->addThread(&writer.w, {});
                writer.enter(150 + n);
                for (uint32_t i = 0; i < 300'000; i++) {
                    writer.enter(200 + i);
                    writer.leave();
                }
                recorder->endThread(t);
            });
        for (auto& t : threads)
            t.join();
        recorder->close();
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.size() < (1 << 20) + (96 << 10));
        uint64_t slots = 0;
        std::map<uint32_t, std::vector<uint32_t>> sequences;
        for (const format::ChunkHeader& c : eventChunks(file.readAll())) {
            slots += 1ull << c.log2;
            sequences[c.thread].push_back(c.sequence);
            QVERIFY(c.lap > 0);
            QVERIFY(c.depth == 1 || c.depth == 2); // 2: it begins with a leave
        }
        QCOMPARE(slots, uint64_t(1 << 20));
        for (auto& [thread, s] : sequences) {
            std::sort(s.begin(), s.end());
            QCOMPARE(size_t(s.back() - s.front() + 1), s.size());
        }
        const auto trace = formats::open(path.toStdString());
        QVERIFY(bool(trace));
        QVERIFY((*trace)->sliceCount() > 100'000);
        for (const store::Problem& p : (*trace)->problems())
            QCOMPARE(p.kind, std::string("recording.unknown_function")); // this test has no names
    }

    void deadAtAnyMoment()
    {
        const QString path = m_dir.filePath(QStringLiteral("dead.calltide"));
        for (int round = 0; round < 40; round++) {
            QFile::remove(path);
            int pipes[2];
            QCOMPARE(pipe(pipes), 0);
            const pid_t child = fork();
            if (child == 0) {
                auto recorder = make(path);
                Writer writers[3];
                for (Writer& w : writers)
                    recorder->addThread(&w.w, {});
                for (uint32_t i = 0;; i++) {
                    for (Writer& w : writers) {
                        w.enter(200 + i % 100'000);
                        w.leave();
                    }
                    if (i == 200'000 && ::write(pipes[1], "r", 1) != 1) // it has gone round
                        _exit(1);
                }
            }
            char c;
            QCOMPARE(::read(pipes[0], &c, 1), ssize_t(1));
            usleep(useconds_t(round * 371 % 2000)); // another moment each time
            kill(child, SIGKILL);
            int status = 0;
            waitpid(child, &status, 0);
            QCOMPARE(WTERMSIG(status), SIGKILL);
            ::close(pipes[0]);
            ::close(pipes[1]);
            const auto trace = formats::open(path.toStdString());
            QVERIFY(bool(trace));
            for (const store::Problem& p : (*trace)->problems())
                QVERIFY2(p.kind == "recording.no_end" || p.kind == "recording.unknown_function", p.kind.c_str());
            QCOMPARE((*trace)->tracks().size(), size_t(3));
            for (const store::Track& t : (*trace)->tracks()) {
                QVERIFY(t.sliceCount > 10'000);
                QCOMPARE(t.rowCount, 1u);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestRing)
#include "tst_ring.moc"
