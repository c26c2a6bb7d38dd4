// SPDX-License-Identifier: GPL-3.0-or-later
// JSON that is cut off, damaged or no trace at all.
#include "formats/jsonmodel.h"
#include "formats/reader.h"
#include "tracetext.h"
#include <QDir>
#include <QRandomGenerator>

using namespace calltide;
using namespace calltide::store;

class ReadJsonDamageTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    QString error(const QByteArray& content)
    {
        auto r = formats::open(writeFile(m_dir, QStringLiteral("t.json"), content));
        return r ? QStringLiteral("opened") : QString::fromStdString(r.error().message).section(u'/', -1);
    }

private Q_SLOTS:
    // Every beginning of a file opens with what is complete in it, or is refused in a sentence; nothing else happens.
    void everyPrefixOpensOrIsRefused()
    {
        const QByteArray json = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,"
                                "\"dur\":2,\"pid\":1,\"tid\":1,\"args\":{\"a\":\"b\"}},"
                                "{\"ph\":\"B\",\"name\":\"g\",\"ts\":1,\"pid\":1,\"tid\":2},{\"ph\":\"b\",\"id\":1,"
                                "\"name\":\"g\",\"ts\":1,\"pid\":1,\"tid\":2}],"
                                "\"file_info\":{\"files\":{\"a\":[\"text\",1]},\"functions\":{}}}";
        uint64_t last = 0;
        for (int n = 1; n <= json.size(); n++) {
            auto r = formats::open(writeFile(m_dir, QStringLiteral("p.json"), json.left(n)));
            if (r) {
                QVERIFY(r.value()->sliceCount() >= last);
                last = r.value()->sliceCount();
                QCOMPARE(problemLines(*r.value()).contains(QStringLiteral("json.cut 1")), n != json.size());
            } else {
                QVERIFY(last == 0);
                QVERIFY(r.error().message.find("p.json") != std::string::npos);
            }
        }
        QCOMPARE(last, uint64_t(3));
    }

    // Damage anywhere: never a crash, never a hang, never a slice that is not in the file.
    void randomDamageIsSurvived()
    {
        QByteArray json = "[";
        for (int i = 0; i < 60; i++)
            json += "{\"ph\":\"" + QByteArray("XBEiCbneMstf").mid(i % 12, 1)
                + "\",\"name\":\"f\",\"id\":1,\"cat\":\"c\",\"ts\":" + QByteArray::number(i)
                + ",\"dur\":2.5,\"pid\":1,\"tid\":1,\"args\":{\"name\":\"x\",\"v\":1}},\n";
        json += "]";
        QRandomGenerator random(3);
        int opened = 0;
        for (int round = 0; round < 1500; round++) {
            QByteArray damaged = json;
            for (int k = 1 + int(random.bounded(8)); k > 0; k--) {
                const int at = int(random.bounded(int(damaged.size())));
                switch (random.bounded(4)) {
                case 0:
                    damaged[at] = char(random.bounded(256));
                    break;
                case 1:
                    damaged.remove(at, int(random.bounded(30)));
                    break;
                case 2:
                    damaged.insert(at, QByteArray(int(random.bounded(3)) + 1, "\"{}[],:\\"[random.bounded(8)]));
                    break;
                default:
                    damaged.truncate(at + 1);
                }
            }
            auto r = formats::open(writeFile(m_dir, QStringLiteral("d.json"), damaged));
            if (!r) {
                QVERIFY(!r.error().message.empty());
                continue;
            }
            opened++;
            QVERIFY(r.value()->sliceCount() <= 60);
        }
        QVERIFY(opened > 500);
    }

    void whatIsNoTraceIsRefused_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const QByteArray& content, const char* sentence) {
            QTest::newRow(name) << content << QString::fromUtf8(sentence);
        };
        const char* const noTrace
            = "t.json: this JSON is not a trace: it has no \"traceEvents\" and is no list of events.";
        const char* const neither = "t.json: this is neither a Calltide recording nor a trace or profile of a known kind.";
        row("empty", "", "t.json: the file is empty.");
        row("package.json", "{\"name\":\"x\",\"version\":1}", noTrace);
        row("some object", "{\"a\":[1,2,{\"b\":null}]}", noTrace);
        row("numbers", "[1,2,3]", noTrace);
        row("objects", "[{\"a\":1},{\"a\":2}]", noTrace);
        row("traceEvents is a number", "{\"traceEvents\":3}", noTrace);
        row("text", "hello", neither);
        row("web page", "<!DOCTYPE HTML><html>", "t.json: this is a web page; the tool that wrote it writes traces as well, VizTracer with \"-o FILE.json\".");
        row("perf.data", "PERFILE2\x68", "t.json: this is perf's own recording; \"perf script -F +pid -i FILE > FILE.txt\" makes a text of it that opens.");
        row("pyinstrument", R"({"start_time": 1.5,"duration": 2,"root_frame": {"function": "f"}})",
            "t.json: this is pyinstrument's own JSON; \"pyinstrument -r speedscope -o FILE.json\" writes a profile that opens.");
        row("ELF",
            QByteArray(
                "\x7f"
                "ELF\0\0",
                6),
            "t.json: this is a program or library; \"calltide record FILE\" runs and records one that runs Python.");
        row("damaged gzip", QByteArray("\x1f\x8b\x08\x00garbage", 11),
            "t.json: the compressed file is damaged or empty.");
        row("only a beginning", "[{\"ph\":\"X\",\"na", "t.json: the file ends before its first event is complete.");
        row("only a bracket", "{", noTrace);
    }
    void whatIsNoTraceIsRefused()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, sentence);
        QCOMPARE(error(content), sentence);
    }

    void filesOfTheSucceedFolderOpenAndThoseOfFailDoNot()
    {
        const QDir data(QStringLiteral(CALLTIDE_TEST_DATA));
        int files = 0;
        for (const QString& name : QDir(data.filePath(QStringLiteral("succeed"))).entryList(QDir::Files)) {
            if (!name.contains(QStringLiteral(".json")))
                continue;
            files++;
            auto r = formats::open(data.filePath(QStringLiteral("succeed/") + name).toStdString());
            QVERIFY2(r, qPrintable(name));
            QVERIFY2(r.value()->sliceCount() > 0, qPrintable(name));
        }
        for (const QString& name : QDir(data.filePath(QStringLiteral("fail"))).entryList(QDir::Files)) {
            if (!name.contains(QStringLiteral(".json")))
                continue;
            files++;
            auto r = formats::open(data.filePath(QStringLiteral("fail/") + name).toStdString());
            QVERIFY2(!r, qPrintable(name));
            QVERIFY2(r.error().message.find(name.toStdString()) != std::string::npos, r.error().message.c_str());
        }
        QVERIFY(files >= 6);
    }

    void pairingOfMarksIsStopped()
    {
        const QByteArray text = "{\"ph\":\"b\",\"name\":\"f\",\"id\":1,\"ts\":1},{\"ph\":\"e\",\"name\":\"f\",\"id\":1,\"ts\":2},"
                                "{\"ph\":\"s\",\"id\":1,\"ts\":1},{\"ph\":\"f\",\"id\":1,\"ts\":2}]";
        for (const bool cancel : {false, true}) {
            Progress progress;
            TraceBuilder builder;
            formats::json::Model model(builder, true, 0);
            formats::json::Scanner scanner;
            formats::json::Batch batch;
            bool closed = false;
            const char* end = text.data() + text.size();
            formats::json::scanPiece(scanner, batch, text.data(), end, text.data(), end, 0, true, closed);
            QVERIFY(closed);
            model.learn(0, scanner, batch);
            model.take(0, batch, text.data(), 0);
            if (cancel)
                progress.cancel();
            model.finish(&progress);
            const auto trace = builder.finish();
            QVERIFY(trace);
            QCOMPARE((*trace)->sliceCount(), uint64_t(!cancel));
            QCOMPARE((*trace)->flows().size(), size_t(!cancel));
        }
    }

    void aCancelledReadIsCancelled()
    {
        Progress progress;
        progress.cancel();
        formats::OpenOptions options;
        options.progress = &progress;
        auto r = formats::open(
            writeFile(m_dir, QStringLiteral("c.json"), "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1}]"), options);
        QVERIFY(!r);
        QCOMPARE(int(r.error().code), int(ErrorCode::Cancelled));
    }
};

QTEST_GUILESS_MAIN(ReadJsonDamageTest)
#include "tst_readjson_damage.moc"
