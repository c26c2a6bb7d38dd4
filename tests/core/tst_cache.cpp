// SPDX-License-Identifier: GPL-3.0-or-later
// Traces kept as files that are mapped: the same in every respect, and never believed when they are not.
#include "formats/sidecar.h"
#include "store/builder.h"
#include "store/cache.h"
#include "store/query.h"
#include "tracetext.h"
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <random>

using namespace calltide;
using namespace calltide::store;

namespace {

// Threads with calls, arguments, long calls; instants, counters, flows, a source, problems, a loss.
TracePtr sample(int n)
{
    TraceBuilder b;
    b.setFile("/tmp/some.json", "Chrome JSON", 12345);
    b.setWallClockOffset(-77);
    b.addMetadata("a", "b");
    Process p;
    p.pid = 7;
    p.name = b.intern("prog");
    p.exitStatus = 3;
    const ProcessId process = b.addProcess(p);
    std::mt19937 random(3);
    for (int k = 0; k < 3; k++) {
        Track t;
        t.process = process;
        t.tid = 100 + k;
        t.name = b.intern("T" + std::to_string(k));
        const TrackId track = b.addTrack(t);
        int64_t at = 1000;
        for (int i = 0; i < n; i++) {
            Function f;
            f.name = b.intern("f" + std::to_string(random() % 50));
            const FunctionId id = b.addFunction(f);
            const int64_t length = i == 5 ? 6'000'000'000 : int64_t(random() % 1000);
            b.slices(track).add(at, length, id, i % 10 == 0 ? b.addExtra(kException, "{\"i\":" + std::to_string(i) + "}") : 0);
            at += length + int64_t(random() % 300);
        }
        Instant instant;
        instant.time = 5000 + k;
        instant.track = track;
        instant.name = b.intern("here");
        b.addInstant(instant, "{\"k\":1}");
        b.addLost({track, 1, 2, 3, "why"});
        b.addFlow({10, 20, track, TrackId(0u), b.intern("flow")});
    }
    b.addCounterSample(process, "Memory", "rss", 50, 1.5);
    b.addSource("/x.py", "print()\n");
    b.problem("kind", "a problem", Severity::Warning, 17, "example");
    return b.finish().value();
}

void compare(const Trace& a, const Trace& b)
{
    QCOMPARE(sliceLines(a), sliceLines(b));
    QCOMPARE(a.begin(), b.begin());
    QCOMPARE(a.end(), b.end());
    QCOMPARE(a.path(), b.path());
    QCOMPARE(a.wallClockOffset(), b.wallClockOffset());
    QCOMPARE(a.metadata(), b.metadata());
    QCOMPARE(a.process(ProcessId(0u)).exitStatus, b.process(ProcessId(0u)).exitStatus);
    QCOMPARE(a.instants().size(), b.instants().size());
    for (size_t i = 0; i < a.instants().size(); i++)
        QCOMPARE(a.arguments(a.instants()[i]), b.arguments(b.instants()[i]));
    QCOMPARE(a.counters().size(), b.counters().size());
    QCOMPARE(a.counters()[0].values, b.counters()[0].values);
    QCOMPARE(a.flows().size(), b.flows().size());
    QCOMPARE(a.lostStretches()[0].reason, b.lostStretches()[0].reason);
    QCOMPARE(problemLines(a), problemLines(b));
    QCOMPARE(a.sourceOf(a.sources()[0].file)->text, b.sourceOf(b.sources()[0].file)->text);
    for (const double px : {1.0, 900.0, 1e5, 1e8}) {
        std::vector<Run> x, y;
        for (size_t r = 0; r < a.rows().size(); r++) {
            queryRow(a, RowId(r), a.begin(), a.end(), px, x);
            queryRow(b, RowId(r), b.begin(), b.end(), px, y);
        }
        QCOMPARE(x.size(), y.size());
        for (size_t i = 0; i < x.size(); i++)
            QVERIFY(x[i].start == y[i].start && x[i].end == y[i].end && x[i].count == y[i].count && x[i].function == y[i].function);
    }
}

} // namespace

class TestCache : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;

private Q_SLOTS:
    void comesBackAsItWas()
    {
        const TracePtr trace = sample(5000);
        const std::string path = m_folder.filePath(QStringLiteral("a.ctcache")).toStdString();
        const Status written = TraceCache::write(*trace, path, "key");
        QVERIFY2(bool(written), written ? "" : written.error().message.c_str());
        const auto back = TraceCache::open(path, "key");
        QVERIFY2(bool(back), back ? "" : back.error().message.c_str());
        compare(*trace, **back);
        QVERIFY(!TraceCache::open(path, "another"));
        QCOMPARE(QDir(m_folder.path()).entryList({QStringLiteral("*.tmp")}).size(), 0);
    }

    // Cut anywhere or with any byte of header and tables changed it is refused, never believed.
    void damagedFilesAreRefused()
    {
        const std::string path = m_folder.filePath(QStringLiteral("b.ctcache")).toStdString();
        QVERIFY(bool(TraceCache::write(*sample(2000), path, "key")));
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        file.close();
        std::mt19937 random(5);
        const qsizetype tables = (whole.size() >> 22) << 22;
        for (int i = 0; i < 120; i++) {
            QByteArray bytes = whole;
            if (i % 3 == 0)
                bytes.truncate(qsizetype(random() % uint32_t(whole.size())));
            else if (i % 3 == 1)
                bytes[tables + qsizetype(random() % uint32_t(whole.size() - tables))] ^= char(1 + random() % 255);
            else
                bytes[qsizetype(4096 + random() % 200'000)] ^= char(1 + random() % 255); // the columns' first block
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            file.write(bytes);
            file.close();
            QVERIFY2(!TraceCache::open(path, "key"), qPrintable(QString::number(i)));
        }
    }

    void sidecarsBelongToOneStateOfAFile()
    {
        formats::SidecarOptions options;
        options.folder = m_folder.filePath(QStringLiteral("cache")).toStdString();
        options.leastSlices = 1;
        const QString path = m_folder.filePath(QStringLiteral("t.json"));
        const auto write = [&](const QByteArray& text) {
            QFile f(path);
            QVERIFY(f.open(QIODevice::WriteOnly));
            f.write(text);
        };
        write(R"([{"ph":"X","name":"f","pid":1,"tid":1,"ts":1,"dur":5,"args":{"n":8}}])");
        const std::string name = path.toStdString();
        QVERIFY(!formats::openSidecar(name, options));
        const TracePtr trace = formats::open(name).value();
        QVERIFY(bool(formats::keepSidecar(*trace, name, options)));
        const TracePtr kept = formats::openSidecar(name, options);
        QVERIFY(kept != nullptr);
        QCOMPARE(sliceLines(*kept), sliceLines(*trace));
        write(R"([{"ph":"X","name":"g","pid":1,"tid":1,"ts":1,"dur":5,"args":{"n":9}}])"); // as long as before
        QVERIFY(!formats::openSidecar(name, options));
        QCOMPARE(QDir(QString::fromStdString(options.folder)).entryList(QDir::Files).size(), 0); // and is gone
        options.folder.clear();
        QVERIFY(bool(formats::keepSidecar(*trace, name, options)));
    }

    void whatIsCutShortWhileItIsOpenReadsAsZeros()
    {
        const QString path = m_folder.filePath(QStringLiteral("cut.ctcache"));
        const TracePtr trace = sample(100'000);
        QVERIFY(bool(TraceCache::write(*trace, path.toStdString(), "k")));
        const auto kept = TraceCache::open(path.toStdString(), "k");
        QVERIFY(kept);
        QVERIFY(QFile::resize(path, 8192));
        const Trace& t = **kept;
        int64_t sum = 0;
        for (SliceIndex i = 0; i < t.sliceCount(); i++)
            sum += t.start(i) != trace->start(i);
        QVERIFY(sum > 200'000);
        QCOMPARE(t.start(t.sliceCount() - 1), int64_t(0));
    }

    void theOldestGoWhenThereAreTooMany()
    {
        formats::SidecarOptions options;
        options.folder = m_folder.filePath(QStringLiteral("many")).toStdString();
        options.leastSlices = 1;
        QStringList names;
        for (int i = 0; i < 4; i++) {
            const std::string name = writeFile(m_folder, QStringLiteral("n%1.json").arg(i),
                R"([{"ph":"X","name":"f","pid":1,"tid":1,"ts":1,"dur":5}])");
            names << QString::fromStdString(name);
            QVERIFY(bool(formats::keepSidecar(*formats::open(name).value(), name, options)));
        }
        QVERIFY(formats::openSidecar(names[0].toStdString(), options)); // used again: not the oldest any more
        options.mostBytes = 10 << 20; // each has one block of 4 MiB
        formats::dropSidecars(options);
        QVERIFY(formats::openSidecar(names[0].toStdString(), options));
        QVERIFY(formats::openSidecar(names[3].toStdString(), options));
        QVERIFY(!formats::openSidecar(names[1].toStdString(), options));
        options.mostBytes = 0;
        formats::dropSidecars(options);
        QCOMPARE(QDir(QString::fromStdString(options.folder)).entryList(QDir::Files).size(), 0);
    }
};

QTEST_APPLESS_MAIN(TestCache)
#include "tst_cache.moc"
