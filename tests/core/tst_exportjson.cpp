// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/exporter.h"
#include "formats/reader.h"
#include "store/builder.h"
#include "tracetext.h"
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace calltide;
using namespace calltide::store;

class ExportJsonTest : public QObject
{
    Q_OBJECT

    static TracePtr sample()
    {
        TraceBuilder b;
        b.setFile("x.calltide", "Calltide recording", 10);
        b.setWallClockOffset(1'700'000'000'000'000'000);
        const auto function = [&](const char* name, const char* file, uint32_t line, FunctionKind kind) {
            Function f;
            f.name = b.intern(name);
            f.file = b.intern(file);
            f.line = line;
            f.kind = kind;
            return b.addFunction(f);
        };
        const auto shop = function("Shop.\"checkout\"", "/app/shop.py", 12, FunctionKind::Python);
        const auto pay = function("pay", "/app/shop.py", 30, FunctionKind::Python);
        const auto print = function("builtins.print", "", 0, FunctionKind::C);
        Process process;
        process.pid = 41;
        process.name = b.intern("shop.py");
        const ProcessId p = b.addProcess(process);
        Track track;
        track.process = p;
        track.tid = 41;
        track.name = b.intern("MainThread");
        const TrackId main = b.addTrack(track);
        track.tid = 42;
        track.name = b.intern("wörker");
        const TrackId worker = b.addTrack(track);
        track.name = b.intern("a later thread with the same tid");
        const TrackId reused = b.addTrack(track);
        const auto waits = function("waits for the GIL", "", 0, FunctionKind::Other);
        const TrackId gil = b.addTrack({.kind = TrackKind::Gil, .process = p, .parent = worker, .name = b.intern("GIL waits")});
        b.slices(gil).add(10, 700, waits);
        b.slices(main).add(1'000'000'001, 5'000, shop);
        b.slices(main).add(1'000'000'002, 1'000, pay);
        b.slices(main).add(1'000'000'003, 1, print);
        b.slices(main).add(1'000'000'500, 0, print);
        b.slices(main).add(1'000'004'000, 1'000, pay, b.addExtra(0, "{\"order\":\"a, b\"}"));
        b.slices(worker).add(5, 6'000'000'000'000, pay, kStillRunning);
        b.slices(reused).add(7'000'000'000'000, 17, pay, kException);
        b.addInstant({3'000, b.intern("here"), worker, p, 0}, "{\"k\":[1]}");
        b.addInstant({4'000, b.intern("ValueError"), main, p, 0, true}, "{\"message\":\"no\"}");
        b.addCounterSample(p, "mem", "rss", 1'001, 1.5);
        b.addCounterSample(p, "mem", "rss", 2'002, 1e12);
        b.addFlow({1'000'000'002, 2'000'000'000, main, worker, b.intern("queue")});
        b.addSource("/app/shop.py", "print(\"hi\")\n\tpass\n");
        auto r = b.finish();
        return r ? r.value() : TracePtr();
    }

    static QJsonObject parse(const QString& path)
    {
        QFile f(path);
        if (!f.open(QIODevice::ReadOnly))
            return {};
        QJsonParseError error;
        const auto document = QJsonDocument::fromJson(f.readAll(), &error);
        if (error.error != QJsonParseError::NoError)
            qWarning("%s at %d", qPrintable(error.errorString()), error.offset);
        return document.object();
    }

private Q_SLOTS:
    void anExportOpensWithTheSameContent()
    {
        const TracePtr t = sample();
        QVERIFY(t);
        QTemporaryDir dir;
        for (const char* name : {"out.json", "out.json.gz"}) {
            const std::string path = dir.filePath(QLatin1String(name)).toStdString();
            QVERIFY(formats::exportJson(*t, path));
            auto r = formats::open(path);
            QVERIFY(r);
            const Trace& again = *r.value();
            QStringList before = sliceLines(*t, false), after = sliceLines(again, false);
            // What the flags say stands in the arguments of the file.
            before.replaceInStrings(QStringLiteral(" flags=2"), QStringLiteral(" {\"still_running\":true}"));
            before.replaceInStrings(QStringLiteral(" flags=4"), QStringLiteral(" {\"exception\":true}"));
            before.sort();
            after.sort();
            QCOMPARE(after, before);
            QCOMPARE(again.tracks().size(), t->tracks().size());
            const auto gil = std::find_if(again.tracks().begin(), again.tracks().end(), [](const Track& track) {
                return track.kind == TrackKind::Gil;
            });
            QVERIFY(gil != again.tracks().end());
            QCOMPARE(nameOf(again, again.track(gil->parent).name), QStringLiteral("wörker"));
            QCOMPARE(again.instants().size(), size_t(2));
            QCOMPARE(again.arguments(again.instants()[0]), std::string("{\"k\":[1]}"));
            QVERIFY(!again.instants()[0].exception && again.instants()[1].exception);
            QCOMPARE(again.counters().size(), size_t(1));
            QCOMPARE(again.counters()[0].times, (std::vector<int64_t>{1'001, 2'002}));
            QCOMPARE(again.counters()[0].values, (std::vector<double>{1.5, 1e12}));
            QCOMPARE(again.flows().size(), size_t(1));
            QCOMPARE(again.flows()[0].to, int64_t(2'000'000'000));
            QCOMPARE(again.sources().size(), size_t(1));
            QCOMPARE(again.sources()[0].text, t->sources()[0].text);
            QCOMPARE(again.wallClockOffset(), t->wallClockOffset());
            QCOMPARE(nameOf(again, again.processes()[0].name), QStringLiteral("shop.py"));
            QCOMPARE(problemLines(again), QStringList());
        }
    }

    void theFileIsWhatOtherToolsRead()
    {
        const TracePtr t = sample();
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("out.json"));
        QVERIFY(formats::exportJson(*t, path.toStdString()));
        const QJsonObject o = parse(path);
        QSet<QPair<qint64, qint64>> threads;
        int slices = 0;
        for (const auto& value : o[QStringLiteral("traceEvents")].toArray()) {
            const QJsonObject e = value.toObject();
            const QString ph = e[QStringLiteral("ph")].toString();
            QVERIFY(e.contains(QStringLiteral("name")));
            QVERIFY(e[QStringLiteral("pid")].isDouble());
            if (ph == QLatin1String("X")) {
                slices++;
                QVERIFY(e[QStringLiteral("ts")].isDouble() && e[QStringLiteral("dur")].isDouble());
                threads.insert({e[QStringLiteral("pid")].toInteger(), e[QStringLiteral("tid")].toInteger()});
                QVERIFY(e[QStringLiteral("tid")].toInteger() != 0); // it would be the main thread's
            }
        }
        QCOMPARE(slices, 8);
        QCOMPARE(threads.size(), 4); // the thread whose number was reused is one of its own
        const QJsonObject info = o[QStringLiteral("file_info")].toObject();
        QCOMPARE(info[QStringLiteral("files")].toObject()[QStringLiteral("/app/shop.py")].toArray()[1].toInt(), 2);
        const auto functions = info[QStringLiteral("functions")].toObject();
        QCOMPARE(functions.size(), 2);
        QCOMPARE(functions[QStringLiteral("pay (/app/shop.py:30)")].toArray()[1].toInt(), 30);
        QFile f(path);
        QVERIFY(f.open(QIODevice::ReadOnly));
        const QByteArray text = f.readAll();
        QVERIFY(text.contains("\"ts\":1000000.001,\"dur\":5.000"));
        QVERIFY(text.contains("\"name\":\"Shop.\\\"checkout\\\" (/app/shop.py:12)\""));
    }

    void aPartIsCutAtItsEdges()
    {
        const TracePtr t = sample();
        QTemporaryDir dir;
        const std::string path = dir.filePath(QStringLiteral("part.json")).toStdString();
        formats::JsonExportOptions options;
        options.scope.from = 1'000'000'002;
        options.scope.to = 1'000'000'600;
        QVERIFY(formats::exportJson(*t, path, options));
        auto r = formats::open(path);
        QVERIFY(r);
        for (const QString& line : sliceLines(*r.value(), false)) {
            const qint64 start = line.section(u' ', 1, 1).toLongLong(),
                         duration = line.section(u' ', 2, 2).toLongLong();
            QVERIFY2(start >= options.scope.from && start + duration <= options.scope.to, qPrintable(line));
        }
        QCOMPARE(r.value()->sliceCount(), uint64_t(5));
    }

    void nothingIsLeftOfACancelledOrFailedExport()
    {
        const TracePtr t = sample();
        QTemporaryDir dir;
        Progress progress;
        progress.cancel();
        formats::JsonExportOptions options;
        options.progress = &progress;
        const auto status = formats::exportJson(*t, dir.filePath(QStringLiteral("x.json")).toStdString(), options);
        QVERIFY(!status);
        QCOMPARE(int(status.error().code), int(ErrorCode::Cancelled));
        QVERIFY(QDir(dir.path()).isEmpty());
        const auto missing = formats::exportJson(*t, "/no/such/folder/x.json");
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("/no/such/folder/x.json") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(ExportJsonTest)
#include "tst_exportjson.moc"
