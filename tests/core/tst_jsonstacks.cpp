// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of events and samples of Chrome traces.
#include "formats/reader.h"
#include "tracetext.h"

using namespace calltide;
using namespace calltide::store;

class JsonStacksTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

private Q_SLOTS:
    void stacks_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("slices"); // "; " between lines
        QTest::addColumn<QString>("problems");
        const auto row = [](const char* name, const char* json, const char* slices, const char* problems = "") {
            QTest::newRow(name) << QByteArray(json) << QString::fromUtf8(slices) << QString::fromUtf8(problems);
        };
        const QByteArray frames(",\"stackFrames\":{\"1\":{\"name\":\"main\",\"category\":\"py\"},\"2\":{\"name\":\"a\\\"b\",\"parent\":\"1\"},\"7\":{\"name\":\"x\",\"parent\":7}}}");
        row("by number, behind and before the events; shared, with arguments, at the end",
            (QByteArray("{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1,\"sf\":2},"
            "{\"ph\":\"X\",\"name\":\"g\",\"ts\":3,\"dur\":1,\"pid\":1,\"tid\":1,\"sf\":\"2\"},"
            "{\"ph\":\"X\",\"name\":\"h\",\"ts\":5,\"dur\":1,\"pid\":1,\"tid\":1,\"args\":{\"k\":1},\"sf\":1,\"esf\":2},"
            "{\"ph\":\"B\",\"name\":\"b\",\"ts\":7,\"pid\":1,\"tid\":1,\"stack\":[\"main\",\"b\"]},{\"ph\":\"E\",\"ts\":8,\"pid\":1,\"tid\":1}]") + frames).constData(),
            "0 1000 1000 f {\"stack\":[\"main\",\"a\\\"b\"]}; 0 3000 1000 g {\"stack\":[\"main\",\"a\\\"b\"]}; "
            "0 5000 1000 h {\"k\":1,\"stack\":[\"main\"],\"end_stack\":[\"main\",\"a\\\"b\"]}; 0 7000 1000 b {\"stack\":[\"main\",\"b\"]}");
        row("what is not there, or goes in circles",
            (QByteArray("{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1,\"sf\":5,\"args\":{\"k\":1}},"
            "{\"ph\":\"X\",\"name\":\"g\",\"ts\":3,\"dur\":1,\"pid\":1,\"tid\":1,\"sf\":7}]") + frames).constData(),
            "0 1000 1000 f {\"k\":1}; 0 3000 1000 g", "json.stack_missing 2");
        row("samples are calls",
            (QByteArray("{\"traceEvents\":[{\"ph\":\"P\",\"name\":\"s\",\"ts\":30,\"pid\":1,\"tid\":1,\"sf\":1},"
            "{\"ph\":\"P\",\"name\":\"s\",\"ts\":10,\"pid\":1,\"tid\":1,\"sf\":2},{\"ph\":\"P\",\"name\":\"s\",\"ts\":20,\"pid\":1,\"tid\":1,\"sf\":2}]") + frames).constData(),
            "0 10000 30000 main; 1 10000 20000 a\"b");
        row("samples in a part of their own",
            (QByteArray("{\"samples\":[{\"cpu\":0,\"tid\":4,\"ts\":1.0,\"name\":\"cycles\",\"sf\":2,\"weight\":1},{\"tid\":4,\"ts\":2,\"sf\":1},{\"tid\":4,\"sf\":1}],"
            "\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":3,\"tid\":4}]") + frames).constData(),
            "0 1000 1000 f; 0 1000 2000 main; 1 1000 1000 a\"b", "json.bad_sample 1");
        const auto chunk = [](const char* data) {
            return QByteArray(",{\"ph\":\"P\",\"name\":\"ProfileChunk\",\"id\":\"0x1\",\"pid\":1,\"tid\":9,\"ts\":200,\"args\":{\"data\":") + data + "}}";
        };
        row("V8's profile, in parts, of its thread; a sample that came late",
            ("[{\"ph\":\"P\",\"name\":\"Profile\",\"id\":\"0x1\",\"pid\":1,\"tid\":2,\"ts\":100,\"args\":{\"data\":{\"startTime\":90}}}"
            + chunk("{\"cpuProfile\":{\"nodes\":[{\"id\":1,\"callFrame\":{\"functionName\":\"(root)\"}},"
                    "{\"id\":2,\"parent\":1,\"callFrame\":{\"functionName\":\"f\",\"url\":\"file:///a.js\",\"lineNumber\":2}}],\"samples\":[2,2]},\"timeDeltas\":[10,10]}")
            + chunk("{\"cpuProfile\":{\"nodes\":[{\"id\":3,\"parent\":2,\"callFrame\":{\"functionName\":\"g\"}}],\"samples\":[3,1,3]},\"timeDeltas\":[10,20,-10]}")
            + "]").constData(),
            "0 100000 40000 f (/a.js:3); 1 120000 20000 g");
        row("instants too",
            "{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1},{\"ph\":\"i\",\"name\":\"i\",\"s\":\"t\",\"ts\":1,\"pid\":1,\"tid\":1,\"stack\":[\"m\"]}]}",
            "0 1000 1000 f");
    }
    void stacks()
    {
        QFETCH(QByteArray, json);
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("t.json"), json));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QTEST(sliceLines(*r.value(), false).join(QStringLiteral("; ")), "slices");
        QTEST(problemLines(*r.value()).join(QStringLiteral("; ")), "problems");
        for (const Instant& i : r.value()->instants())
            QCOMPARE(r.value()->arguments(i), std::string("{\"stack\":[\"m\"]}"));
    }

    // Every event may name a deep stack: what that grows to is bounded.
    void hugeStacksOfSmallFilesAreBounded()
    {
        QByteArray json = "{\"stackFrames\":{\"0\":{\"name\":\"f\"}";
        for (int i = 1; i < 20'000; i++)
            json += ",\"" + QByteArray::number(i) + "\":{\"name\":\"f\",\"parent\":" + QByteArray::number(i - 1) + "}";
        json += "},\"traceEvents\":[";
        for (int i = 10'000; i < 20'000; i++)
            json += "{\"ph\":\"X\",\"name\":\"f\",\"dur\":1,\"pid\":1,\"tid\":1,\"ts\":" + QByteArray::number(i * 2)
                + ",\"sf\":" + QByteArray::number(i) + "},";
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("t.json"), json + "{}]}"));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(r.value()->sliceCount(), uint64_t(10'000));
        uint64_t bytes = 0;
        const Row& row = r.value()->row(RowId(0u));
        for (SliceIndex i = row.first; i < row.first + row.count; i++)
            bytes += r.value()->arguments(i).size();
        QVERIFY(bytes > 40'000);
        QVERIFY(bytes < (uint64_t(64) << 20) + 2 * uint64_t(json.size()));
        QVERIFY(!r.value()->problems().empty());
    }
};

QTEST_GUILESS_MAIN(JsonStacksTest)
#include "tst_jsonstacks.moc"
