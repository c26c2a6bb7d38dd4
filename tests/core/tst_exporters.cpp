// SPDX-License-Identifier: GPL-3.0-or-later
// What is written in the formats of other tools comes back through our own readers.
#include "formats/exporter.h"
#include "formats/reader.h"
#include "store/builder.h"
#include "store/statistics.h"
#include "tracetext.h"
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace calltide;
using namespace calltide::store;
using formats::ExportFormat;

class ExportersTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    static TracePtr shop()
    {
        TraceBuilder b;
        Process p;
        p.pid = 42;
        p.name = b.intern("shop.py");
        const ProcessId process = b.addProcess(p);
        Track t;
        t.process = process;
        t.tid = 43;
        t.name = b.intern("MainThread");
        const TrackId main = b.addTrack(t);
        t.tid = 44;
        t.name = b.intern("work;er");
        const TrackId worker = b.addTrack(t);
        const auto python = [&](const char* name, uint32_t line) {
            return b.addFunctionByTraceName(std::string(name) + " (/app/shop.py:" + std::to_string(line) + ")", "");
        };
        Function c;
        c.name = b.intern("builtins.len");
        c.kind = FunctionKind::C;
        const FunctionId checkout = python("Shop.checkout", 12), price = python("price", 30), len = b.addFunction(c);
        SliceBuffer& s = b.slices(main);
        s.add(1'000'000, 9'000'000, checkout);
        s.add(2'000'000, 3'000'000, price, b.addExtra(0, "{\"n\":3,\"who\":\"a\\\"b\",\"deep\":{\"k\":[1]},\"x\":1.5}"));
        s.add(3'000'000, 1'000'000, len);
        s.add(6'000'000, 2'000'000, price); // recursion
        s.add(6'500'000, 1'000'001, price);
        b.slices(worker).add(4'000'000, 2'000'000, len);
        b.addInstant({5'000'000, b.intern("tick"), main, process, 0});
        b.addCounterSample(process, "memory", "rss", 1'500'000, 4096.5);
        b.addFlow({2'500'000, 4'500'000, main, worker, b.intern("hand over")});
        b.setWallClockOffset(1'700'000'000'000'000'000);
        return *b.finish();
    }
    TracePtr through(const TracePtr& t, ExportFormat format, const QString& name, const formats::ExportOptions& options = {})
    {
        const std::string path = m_dir.filePath(name).toStdString();
        const auto status = formats::exportTrace(*t, path, format, options);
        if (!status)
            qFatal("%s", status.error().message.c_str());
        auto r = formats::open(path);
        if (!r)
            qFatal("%s", r.error().message.c_str());
        return *r;
    }
    static QMap<QString, QList<qint64>> figures(const Trace& t, bool calls = true)
    {
        QMap<QString, QList<qint64>> out;
        for (const FunctionStatistics& s : functionStatistics(t))
            out[QString::fromStdString(formats::traceName(t, s.function))]
                = calls ? QList<qint64>{qint64(s.calls), s.total, s.self} : QList<qint64>{s.self};
        return out;
    }
    // Without what a format cannot hold: ids of threads, arguments.
    static QStringList calls(const Trace& t)
    {
        QStringList lines = sliceLines(t, false);
        for (QString& line : lines)
            line = line.section(QStringLiteral(" {"), 0, 0);
        return lines;
    }

private Q_SLOTS:
    void speedscopeKeepsEveryCall()
    {
        const auto t = shop(), back = through(t, ExportFormat::Speedscope, QStringLiteral("a.speedscope.json"));
        QCOMPARE(calls(*back), calls(*t));
        QCOMPARE(problemLines(*back), QStringList());
        QCOMPARE(nameOf(*back, back->tracks()[1].name), QStringLiteral("work;er"));
    }

    void firefoxKeepsEveryCall()
    {
        const auto t = shop(), back = through(t, ExportFormat::Firefox, QStringLiteral("a.firefox.json.gz"));
        QCOMPARE(calls(*back), calls(*t));
        QCOMPARE(problemLines(*back), QStringList());
        QCOMPARE(back->processes()[0].pid, 42);
        QCOMPARE(*back->wallClockOffset(), *t->wallClockOffset());
    }

    void perfettoKeepsEverything()
    {
        const auto t = shop(), back = through(t, ExportFormat::Perfetto, QStringLiteral("a.pftrace.zst"));
        QCOMPARE(sliceLines(*back), sliceLines(*t));
        QCOMPARE(problemLines(*back), QStringList());
        QCOMPARE(int(back->function(FunctionId(2u)).kind), int(FunctionKind::C));
        QCOMPARE(nameOf(*back, back->processes()[0].name), QStringLiteral("shop.py"));
        QCOMPARE(back->instants().size(), size_t(1));
        QCOMPARE(back->instants()[0].time, 5'000'000);
        QVERIFY(back->counters()[0].values == std::vector<double>{4096.5});
        QCOMPARE(nameOf(*back, back->counters()[0].series), QStringLiteral("rss"));
        QCOMPARE(back->flows().size(), size_t(1));
        QCOMPARE(back->flows()[0].toTrack, TrackId(1u));
        QCOMPARE(*back->wallClockOffset(), *t->wallClockOffset());
    }

    void nothingInTheScopeIsSaidAndNotWritten_data()
    {
        QTest::addColumn<int>("format");
        for (const auto& f : formats::exportFormats())
            QTest::newRow(f.ending) << int(f.format);
    }
    void nothingInTheScopeIsSaidAndNotWritten()
    {
        QFETCH(int, format);
        const auto t = shop();
        const QString path = m_dir.filePath(QStringLiteral("nothing"));
        formats::ExportOptions range, filter, tracks;
        range.scope.from = 20'000'000;
        range.scope.to = 30'000'000;
        filter.scope.passes = [](SliceIndex) { return false; };
        tracks.scope.tracks = {TrackId(1u)};
        tracks.scope.to = 2'000'000;
        for (const auto& options : {range, filter, tracks}) {
            const auto status = formats::exportTrace(*t, path.toStdString(), ExportFormat(format), options);
            QVERIFY(!status);
            QVERIFY(QString::fromStdString(status.error().message).contains(QStringLiteral("no call")));
            QVERIFY(!QFile::exists(path));
        }
    }

    void anArrowToWhereAThreadBeginsEndsAtItsFirstCall()
    {
        TraceBuilder b;
        Track track;
        track.process = b.addProcess({});
        const TrackId one = b.addTrack(track), other = b.addTrack(track);
        Function f;
        f.name = b.intern("f");
        const FunctionId id = b.addFunction(f);
        b.slices(one).add(1000, 5000, id);
        b.slices(other).add(4000, 1000, id);
        b.addFlow({2000, 3000, one, other, b.intern("started")});
        const TracePtr t = b.finish().value();
        QCOMPARE(through(t, ExportFormat::Perfetto, QStringLiteral("arrow.pftrace"))->flows().size(), size_t(1));
        const TracePtr json = through(t, ExportFormat::PerfettoJson, QStringLiteral("arrow.json"));
        QCOMPARE(json->flows().size(), size_t(1));
        QFile file(m_dir.filePath(QStringLiteral("arrow.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.contains("\"ph\":\"f\"") && !text.contains("\"bp\""));
        // Of some calls only those arrows that hang on them.
        formats::ExportOptions some;
        some.scope.passes = [&](SliceIndex i) { return t->trackOf(i) == one; };
        QCOMPARE(through(t, ExportFormat::PerfettoJson, QStringLiteral("one.json"), some)->flows().size(), size_t(0));
    }

    void firefoxCountsTimeAndNotChanges()
    {
        const auto t = shop();
        through(t, ExportFormat::Firefox, QStringLiteral("w.firefox.json"));
        QFile file(m_dir.filePath(QStringLiteral("w.firefox.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray threads = QJsonDocument::fromJson(file.readAll()).object()[QStringLiteral("threads")].toArray();
        QCOMPARE(threads.size(), 2);
        for (int k = 0; k < 2; k++) {
            const QJsonObject samples = threads[k].toObject()[QStringLiteral("samples")].toObject();
            QCOMPARE(samples[QStringLiteral("weightType")].toString(), QStringLiteral("tracing-ms"));
            const QJsonArray weights = samples[QStringLiteral("weight")].toArray();
            QCOMPARE(weights.size(), samples[QStringLiteral("length")].toInt());
            double sum = 0;
            for (const QJsonValue& w : weights)
                sum += w.toDouble();
            QCOMPARE(sum, k == 0 ? 9.0 : 2.0);
        }
    }

    void collapsedKeepsOwnTimes()
    {
        const auto t = shop(), back = through(t, ExportFormat::Collapsed, QStringLiteral("a.collapsed"));
        QCOMPARE(figures(*back, false), figures(*t, false));
        QCOMPARE(problemLines(*back), QStringList());
        QCOMPARE(back->processes()[0].pid, 42);
        QCOMPARE(back->tracks()[0].tid, 43);
        QCOMPARE(nameOf(*back, back->tracks()[0].name), QStringLiteral("MainThread"));
    }

    void pstatsKeepsTimesAndCallers()
    {
        const auto t = shop(), back = through(t, ExportFormat::Pstats, QStringLiteral("a.prof"));
        QCOMPARE(figures(*back, false), figures(*t, false));
        QCOMPARE(problemLines(*back), QStringList());
        const auto lines = sliceLines(*back, false);
        QVERIFY2(lines.contains(QStringLiteral("1 0 5000000 price (/app/shop.py:30) {\"calls\":3,\"calls_in_all\":3,"
                                               "\"calls_in_all_without_recursion\":2,\"total_ns_in_all\":5000000,"
                                               "\"self_ns_in_all\":5000000}"))
                || lines.filter(QStringLiteral("\"calls_in_all\":3,\"calls_in_all_without_recursion\":2")).size() == 1,
            qPrintable(lines.join(u'\n')));
    }

    // Of a file of cProfile's, whose slices are not its calls.
    void pstatsKeepsCallsOfPstats()
    {
        const auto t = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/app.prof");
        QVERIFY2(t, t ? "" : t.error().message.c_str());
        const auto back = through(*t, ExportFormat::Pstats, QStringLiteral("again.prof"));
        const auto calls = [](const Trace& trace) {
            QMap<QString, qulonglong> out;
            for (const FunctionStatistics& s : functionStatistics(trace))
                out[QString::fromStdString(formats::traceName(trace, s.function))] = s.calls;
            return out;
        };
        QCOMPARE(calls(*back), calls(**t));
        QCOMPARE(calls(*back).value(QStringLiteral("<genexpr> (small.py:1)")), 320130u);
    }

    void csvIsATableOfFunctions()
    {
        const std::string path = m_dir.filePath(QStringLiteral("a.csv")).toStdString();
        QVERIFY(formats::exportTrace(*shop(), path, ExportFormat::Csv));
        QFile f(QString::fromStdString(path));
        QVERIFY(f.open(QIODevice::ReadOnly));
        const auto lines = QString::fromUtf8(f.readAll()).split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines[0], QStringLiteral("function,file,line,calls,total_ns,self_ns,mean_ns,min_ns,max_ns"));
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines.contains(QStringLiteral("Shop.checkout,/app/shop.py,12,1,9000000,4000000,9000000,9000000,9000000")));
    }

    void onlyTheRangeIsWritten()
    {
        formats::ExportOptions options;
        options.scope.from = 6'000'000;
        options.scope.to = 7'000'000;
        for (const auto format : {ExportFormat::PerfettoJson, ExportFormat::Perfetto, ExportFormat::Speedscope, ExportFormat::Firefox}) {
            const auto back = through(shop(), format, QStringLiteral("r%1").arg(int(format)), options);
            QVERIFY2(sliceLines(*back, false).join(u'\n').startsWith(QStringLiteral("0 6000000 1000000 Shop.checkout")),
                qPrintable(sliceLines(*back, false).join(u'\n')));
            QCOMPARE(back->end(), 7'000'000);
        }
    }

    void endingsChooseTheFormat()
    {
        using F = ExportFormat;
        const std::pair<const char*, std::optional<F>> names[] = {{"a.json", F::PerfettoJson}, {"a.json.zst", F::PerfettoJson},
            {"a.speedscope.json.gz", F::Speedscope}, {"a.pftrace", F::Perfetto}, {"a.prof", F::Pstats}, {"a.csv", F::Csv},
            {"a.folded", F::Collapsed}, {"a.firefox.json", F::Firefox}, {"a.png", std::nullopt}, {"json", std::nullopt}};
        for (const auto& [name, format] : names)
            QVERIFY2(formats::exportFormatOf(name) == format, name);
    }

    void aCancelledExportLeavesNothing()
    {
        Progress progress;
        progress.cancel();
        formats::ExportOptions options;
        options.progress = &progress;
        TraceBuilder b;
        Track t;
        t.process = b.addProcess({});
        const TrackId id = b.addTrack(t);
        for (int i = 0; i < 20'000; i++)
            b.slices(id).add(i * 10, 5, b.addFunctionByTraceName("f", ""));
        const auto trace = *b.finish();
        const QDir dir(m_dir.filePath(QStringLiteral("empty")));
        dir.mkpath(QStringLiteral("."));
        for (const auto& f : formats::exportFormats()) {
            const auto status = formats::exportTrace(*trace, dir.filePath(QString::fromLatin1(f.name)).toStdString(), f.format, options);
            QVERIFY2(!status, f.name);
            QCOMPARE(int(status.error().code), int(ErrorCode::Cancelled));
        }
        QCOMPARE(dir.entryList(QDir::Files).size(), 0);
    }
};

QTEST_GUILESS_MAIN(ExportersTest)
#include "tst_exporters.moc"
