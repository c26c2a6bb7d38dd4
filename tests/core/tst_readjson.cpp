// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in the file and what is seen of it.
#include "formats/reader.h"
#include "tracetext.h"
#include <QRandomGenerator>

using namespace calltide;
using namespace calltide::store;

class ReadJsonTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    TracePtr read(const QByteArray& json, int threads = 1)
    {
        formats::OpenOptions options;
        options.threads = threads;
        auto r = formats::open(writeFile(m_dir, QStringLiteral("t.json"), json), options);
        if (!r) {
            qWarning("%s", r.error().message.c_str());
            return {};
        }
        return r.value();
    }

private Q_SLOTS:
    void eventsBecomeSlices_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("slices"); // "; " between lines
        QTest::addColumn<QString>("problems");
        const auto row = [](const char* name, const char* json, const char* slices, const char* problems = "") {
            QTest::newRow(name) << QByteArray(json) << QString::fromUtf8(slices) << QString::fromUtf8(problems);
        };
        const char* const two = "0 1000 10000 f; 1 2000 3000 g";
        row("object form",
            "{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"g\",\"ts\":2,\"dur\":3,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":10,\"pid\":1,\"tid\":1}]}",
            two);
        row("array form",
            "[{\"ph\":\"X\",\"name\":\"g\",\"ts\":2,\"dur\":3,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":10,\"pid\":1,\"tid\":1}]",
            two);
        row("keys in any order, spaces, text numbers",
            "\xEF\xBB\xBF { \"displayTimeUnit\" : \"ns\", \"x\":{\"traceEvents\":[1]}, \"traceEvents\" : [ \n"
            " { \"tid\" : 1 , \"dur\" : \"3\" , \"ts\":\"2.000\", \"pid\": 1,\"name\" : \"g\", \"ph\" : \"X\" } ,\n"
            "{\"dur\":1e1,\"pid\":1,\"tid\":1,\"ts\":1.0,\"ph\":\"X\",\"name\":\"f\"} ] , \"otherData\":{} }\n",
            two);
        row("begins and ends at equal times",
            "[{\"ph\":\"B\",\"name\":\"f\",\"ts\":1,\"pid\":1,\"tid\":1},{\"ph\":\"B\",\"name\":\"g\",\"ts\":1,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"E\",\"ts\":5,\"pid\":1,\"tid\":1},{\"ph\":\"E\",\"ts\":5,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"b\",\"name\":\"h\",\"id\":1,\"ts\":1,\"pid\":1,\"tid\":1},{\"ph\":\"b\",\"name\":\"i\",\"id\":1,\"ts\":1,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"e\",\"name\":\"i\",\"id\":1,\"ts\":5,\"pid\":1,\"tid\":1},{\"ph\":\"e\",\"name\":\"h\",\"id\":1,\"ts\":5,\"pid\":1,\"tid\":1}]",
            "0 1000 4000 f; 1 1000 4000 g; 0 1000 4000 h; 1 1000 4000 i");
        row("one event a line",
            "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":10,\"pid\":1,\"tid\":1}\n"
            "{\"ph\":\"X\",\"name\":\"g\",\"ts\":2,\"dur\":3,\"pid\":1,\"tid\":1}\n",
            two);
        row("lists behind each other",
            "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":10,\"pid\":1,\"tid\":1}]\n"
            "[{\"ph\":\"X\",\"name\":\"g\",\"ts\":2,\"dur\":3,\"pid\":1,\"tid\":1}]",
            two);
        row("begin and end",
            "[{\"ph\":\"B\",\"name\":\"f\",\"ts\":1,\"pid\":1,\"tid\":1},{\"ph\":\"B\",\"name\":\"g\",\"ts\":2,\"pid\":"
            "1,\"tid\":1},"
            "{\"ph\":\"E\",\"ts\":5,\"pid\":1,\"tid\":1},{\"ph\":\"E\",\"name\":\"f\",\"ts\":11,\"pid\":1,\"tid\":1}]",
            two);
        row("begin and end out of order",
            "[{\"ph\":\"E\",\"ts\":11,\"pid\":1,\"tid\":1},{\"ph\":\"B\",\"name\":\"g\",\"ts\":2,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"E\",\"ts\":5,\"pid\":1,\"tid\":1},{\"ph\":\"B\",\"name\":\"f\",\"ts\":1,\"pid\":1,\"tid\":1}]",
            two);
        row("end without begin, begin without end",
            "[{\"ph\":\"E\",\"name\":\"z\",\"ts\":1,\"pid\":1,\"tid\":1},{\"ph\":\"B\",\"name\":\"f\",\"ts\":2,\"pid\":"
            "1,\"tid\":1},"
            "{\"ph\":\"X\",\"name\":\"g\",\"ts\":3,\"dur\":4,\"pid\":1,\"tid\":1}]",
            "0 2000 5000 f flags=2; 1 3000 4000 g", "json.end_without_begin 1; json.begin_without_end 1");
        row("a name as VizTracer writes it",
            "[{\"ph\":\"X\",\"cat\":\"FEE\",\"name\":\"A.m "
            "(/p/a.py:8)\",\"ts\":0.001,\"dur\":0.002,\"pid\":1,\"tid\":1}]",
            "0 1 2 A.m (/p/a.py:8)");
        row("escapes",
            "[{\"ph\":\"X\",\"name\":\"\\u00e9 \\ud83d\\ude00 \\\"q\\\"\",\"ts\":0,\"dur\":1,\"pid\":1,\"tid\":1}]",
            "0 0 1000 é 😀 \"q\"");
        row("arguments",
            "[{\"ph\":\"X\",\"name\":\"f\",\"args\":{\"a\":[1,\"}\"]},\"ts\":0,\"dur\":1,\"pid\":1,\"tid\":1}]",
            "0 0 1000 f {\"a\":[1,\"}\"]}");
        row("no duration, negative, none that is a number",
            "[{\"ph\":\"X\",\"name\":\"a\",\"ts\":1,\"pid\":1,\"tid\":1},{\"ph\":\"X\",\"name\":\"b\",\"ts\":2,\"dur\":"
            "-1,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"X\",\"name\":\"c\",\"ts\":NaN,\"dur\":1,\"pid\":1,\"tid\":1},{\"ph\":\"X\",\"name\":\"d\","
            "\"ts\":3,\"dur\":Infinity,\"pid\":1,\"tid\":1}]",
            "0 1000 0 a; 0 2000 0 b; 0 3000 0 d", "json.no_duration 2; json.negative_duration 1; json.bad_time 1");
        row("no phase, no event, empty event, unknown phase",
            "[{},{\"name\":\"x\"},17,null,\"s\",{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1},{"
            "\"ph\":\"(\",\"ts\":1}, {}]",
            "0 1000 1000 f", "json.phase.( 1; json.no_phase 1; json.not_an_event 3");
        row("no end of the list", "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1},\n",
            "0 1000 1000 f", "json.no_end 1");
        row("cut in an event",
            "{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1},{\"ph\":\"X\",\"na",
            "0 1000 1000 f", "json.cut 1");
        row("cut behind an event",
            "{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1}", "0 1000 1000 f",
            "json.cut 1");
        row("cut behind the list",
            "{\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1}], \"file_info\": "
            "{\"files\":{\"a",
            "0 1000 1000 f", "json.cut 1");
        row("damage in the middle",
            "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1},{\"ph\":\"X\",,,},{\"ph\":\"X\","
            "\"name\":\"g\",\"ts\":3,\"dur\":1,\"pid\":1,\"tid\":1}]",
            "0 1000 1000 f; 0 3000 1000 g", "json.syntax 1");
        row("missing commas",
            "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1} "
            "{\"ph\":\"X\",\"name\":\"g\",\"ts\":3,\"dur\":1,\"pid\":1,\"tid\":1}]",
            "0 1000 1000 f; 0 3000 1000 g");
        row("no events at all", "{\"traceEvents\":[]}", "");
        row("recursion of one name with two categories",
            "[{\"ph\":\"B\",\"name\":\"f\",\"cat\":\"a\",\"ts\":1,\"pid\":1,\"tid\":1},{\"ph\":\"B\",\"name\":\"f\","
            "\"cat\":\"b\",\"ts\":2,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"E\",\"name\":\"f\",\"cat\":\"b\",\"ts\":3,\"pid\":1,\"tid\":1},{\"ph\":\"E\",\"name\":\"f\","
            "\"cat\":\"a\",\"ts\":4,\"pid\":1,\"tid\":1}]",
            "0 1000 3000 f; 1 2000 1000 f");
    }
    void eventsBecomeSlices()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, slices);
        QFETCH(QString, problems);
        const TracePtr t = read(json);
        QVERIFY(t);
        QCOMPARE(sliceLines(*t, false).join(QStringLiteral("; ")), slices);
        QStringList found = problemLines(*t), expected = problems.split(QStringLiteral("; "), Qt::SkipEmptyParts);
        found.sort();
        expected.sort();
        QCOMPARE(found, expected);
    }

    void processesAndThreadsHaveTheirNames()
    {
        const TracePtr t
            = read("[{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":7,\"tid\":9,\"args\":{\"name\":\"Worker\"}},"
                   "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":7,\"tid\":9},"
                   "{\"ph\":\"X\",\"name\":\"g\",\"ts\":1,\"dur\":1,\"pid\":\"web\",\"tid\":\"io\"},"
                   "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":7,\"args\":{\"name\":\"shop\"}},"
                   "{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":7,\"args\":{\"sort_index\":-3}},"
                   "{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":7,\"tid\":9,\"args\":{\"sort_index\":5}},"
                   "{\"ph\":\"M\",\"name\":\"num_cpus\",\"args\":{\"number\":8}}]");
        QVERIFY(t);
        QStringList lines = sliceLines(*t);
        lines.sort();
        QCOMPARE(
            lines, (QStringList{QStringLiteral("0/0 io| 0 1000 1000 g"), QStringLiteral("7/9 Worker| 0 1000 1000 f")}));
        QCOMPARE(t->processes().size(), size_t(2));
        for (const Process& p : t->processes()) {
            QCOMPARE(nameOf(*t, p.name), p.pid == 7 ? QStringLiteral("shop") : QStringLiteral("web"));
            QCOMPARE(p.sortIndex, p.pid == 7 ? -3 : 0);
        }
        QVERIFY(!t->metadata().empty());
    }

    void countersInstantsAndSourcesAreKept()
    {
        const TracePtr t
            = read("{\"traceEvents\":[{\"ph\":\"C\",\"name\":\"mem\",\"pid\":1,\"tid\":1,\"ts\":1,\"args\":{\"rss\":5,"
                   "\"vms\":\"7.5\",\"bad\":null}},"
                   "{\"ph\":\"C\",\"name\":\"mem\",\"pid\":1,\"tid\":1,\"ts\":2,\"args\":{\"rss\":6}},"
                   "{\"ph\":\"i\",\"name\":\"here\",\"pid\":1,\"tid\":1,\"ts\":3,\"s\":\"t\",\"args\":{\"k\":1}},"
                   "{\"ph\":\"I\",\"name\":\"all\",\"pid\":1,\"tid\":1,\"ts\":4,\"s\":\"g\"},"
                   "{\"ph\":\"i\",\"name\":\"mine\",\"pid\":1,\"tid\":1,\"ts\":5,\"s\":\"p\"}],"
                   "\"viztracer_metadata\":{\"version\":\"1.0\",\"overflow\":true,\"baseTimeNanoseconds\":1700000000000000001},"
                   "\"file_info\":{\"files\":{\"/a.py\":[\"x = \\\"1\\\"\\n\",1]},\"functions\":{}}}");
        QVERIFY(t);
        QCOMPARE(t->counters().size(), size_t(2));
        QStringList counters;
        for (const CounterTrack& c : t->counters()) {
            for (size_t i = 0; i < c.times.size(); i++)
                counters += QStringLiteral("%1.%2 %3=%4")
                                .arg(nameOf(*t, c.name), nameOf(*t, c.series))
                                .arg(c.times[i])
                                .arg(c.values[i]);
        }
        counters.sort();
        QCOMPARE(counters.join(u' '), QStringLiteral("mem.rss 1000=5 mem.rss 2000=6 mem.vms 1000=7.5"));
        QCOMPARE(problemLines(*t), (QStringList{QStringLiteral("json.bad_counter 1"), QStringLiteral("viztracer.overflow 1")}));
        QCOMPARE(t->instants().size(), size_t(3));
        QCOMPARE(nameOf(*t, t->instants()[0].name), QStringLiteral("here"));
        QVERIFY(t->instants()[0].track.valid());
        QCOMPARE(t->arguments(t->instants()[0]), std::string("{\"k\":1}"));
        QVERIFY(!t->instants()[1].process.valid());
        QVERIFY(t->instants()[2].process.valid() && !t->instants()[2].track.valid());
        QCOMPARE(t->sources().size(), size_t(1));
        QCOMPARE(t->sources()[0].text, std::string("x = \"1\"\n"));
        QVERIFY(t->wallClockOffset().has_value());
        QCOMPARE(qint64(*t->wallClockOffset()), qint64(1700000000000000001));
    }

    void asyncSpansThatOverlapGetLanes()
    {
        const TracePtr t = read("[{\"ph\":\"b\",\"cat\":\"r\",\"name\":\"req\",\"id\":1,\"pid\":1,\"tid\":1,\"ts\":1},"
                                "{\"ph\":\"b\",\"cat\":\"r\",\"name\":\"req\",\"id\":2,\"pid\":1,\"tid\":1,\"ts\":2},"
                                "{\"ph\":\"b\",\"cat\":\"r\",\"name\":\"db\",\"id\":1,\"pid\":1,\"tid\":1,\"ts\":3},"
                                "{\"ph\":\"e\",\"cat\":\"r\",\"name\":\"db\",\"id\":1,\"pid\":1,\"tid\":1,\"ts\":4},"
                                "{\"ph\":\"n\",\"cat\":\"r\",\"name\":\"note\",\"id\":1,\"pid\":1,\"tid\":1,\"ts\":4},"
                                "{\"ph\":\"e\",\"cat\":\"r\",\"name\":\"req\",\"id\":1,\"pid\":1,\"tid\":1,\"ts\":5},"
                                "{\"ph\":\"e\",\"cat\":\"r\",\"name\":\"req\",\"id\":2,\"pid\":1,\"tid\":1,\"ts\":6},"
                                "{\"ph\":\"S\",\"cat\":\"r\",\"name\":\"req\",\"id\":3,\"pid\":1,\"tid\":1,\"ts\":7},"
                                "{\"ph\":\"F\",\"cat\":\"r\",\"name\":\"req\",\"id\":3,\"pid\":1,\"tid\":1,\"ts\":8},"
                                "{\"ph\":\"e\",\"cat\":\"r\",\"name\":\"req\",\"id\":4,\"pid\":1,\"tid\":1,\"ts\":9}]");
        QVERIFY(t);
        QStringList lanes;
        for (size_t k = 0; k < t->tracks().size(); k++) {
            if (t->tracks()[k].kind == TrackKind::Async)
                lanes += QStringLiteral("%1:%2").arg(nameOf(*t, t->tracks()[k].name)).arg(t->tracks()[k].sliceCount);
        }
        lanes.sort();
        QCOMPARE(lanes.join(u' '), QStringLiteral("req:1 req:3"));
        QStringList lines = sliceLines(*t, false);
        lines.sort();
        QCOMPARE(
            lines.join(QStringLiteral("; ")),
            QStringLiteral("0 1000 4000 req; 0 2000 4000 req; 0 7000 1000 req; 1 3000 1000 db"));
        QCOMPARE(t->instants().size(), size_t(1));
        QCOMPARE(problemLines(*t), QStringList{QStringLiteral("json.async_end_without_begin 1")});
    }

    void flowsJoinTheirEnds()
    {
        const TracePtr t = read(
            "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":0,\"dur\":100,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"X\",\"name\":\"g\",\"ts\":0,\"dur\":100,\"pid\":1,\"tid\":2},"
            "{\"ph\":\"f\",\"bp\":\"e\",\"cat\":\"c\",\"name\":\"n\",\"id\":\"1\",\"ts\":30,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"s\",\"cat\":\"c\",\"name\":\"n\",\"id\":\"1\",\"ts\":10,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"t\",\"cat\":\"c\",\"name\":\"n\",\"id\":\"1\",\"ts\":20,\"pid\":1,\"tid\":2},"
            "{\"ph\":\"s\",\"cat\":\"c\",\"name\":\"n\",\"id\":\"2\",\"ts\":10,\"pid\":1,\"tid\":1},"
            "{\"ph\":\"X\",\"name\":\"h\",\"ts\":200,\"dur\":1,\"pid\":1,\"tid\":1,\"bind_id\":\"0x5\",\"flow_out\":"
            "true},"
            "{\"ph\":\"X\",\"name\":\"i\",\"ts\":300,\"dur\":1,\"pid\":1,\"tid\":2,\"bind_id\":\"0x5\",\"flow_in\":"
            "true}]");
        QVERIFY(t);
        QStringList flows;
        for (const Flow& f : t->flows())
            flows += QStringLiteral("%1@%2->%3@%4")
                         .arg(f.from)
                         .arg(t->track(f.fromTrack).tid)
                         .arg(f.to)
                         .arg(t->track(f.toTrack).tid);
        flows.sort();
        QCOMPARE(flows.join(u' '), QStringLiteral("10000@1->20000@2 200000@1->300000@2 20000@2->30000@1"));
        QCOMPARE(problemLines(*t), QStringList{QStringLiteral("json.flow_without_other_end 1")});
    }

    void anyNumberOfThreadsReadsTheSame()
    {
        QRandomGenerator random(11);
        QByteArray json = "{\"other\":[{\"ph\":\"decoy\"}],\"traceEvents\":[";
        const int n = 60000;
        for (int i = 0; i < n; i++) {
            const QByteArray tid = QByteArray::number(random.bounded(3)), ts = QByteArray::number(i * 10);
            const QByteArray name = "fn" + QByteArray::number(random.bounded(100));
            if (i)
                json += i % 7 ? "," : " ,\n ";
            // Text that looks like the start of an event must not fool the readers of the pieces.
            if (i % 5 == 0)
                json += "{\"args\":{\"s\":\"},{\\\"ph\\\":\\\"X\\\"},\",\"o\":[{\"ph\":\"X\"},{\"ph\":\"X\",\"name\":"
                        "\"wrong\",\"ts\":1,\"dur\":1}]},\"ph\":\"X\",\"name\":\""
                    + name + "\",\"ts\":" + ts + ",\"dur\":5.25,\"pid\":1,\"tid\":" + tid + "}";
            else
                json += "{\"ph\":\"X\",\"cat\":\"c" + QByteArray::number(i % 2) + "\",\"name\":\"" + name
                    + "\",\"ts\":" + ts + ".125,\"dur\":5,\"pid\":1,\"tid\":" + tid + "}";
        }
        json += "]}";
        const TracePtr one = read(json, 1);
        QVERIFY(one);
        QCOMPARE(one->sliceCount(), uint64_t(n));
        const QStringList expected = sliceLines(*one);
        QVERIFY(!expected.join(u' ').contains(QStringLiteral("wrong ")) || expected.size() == n);
        for (const int threads : {2, 3, 7}) {
            const TracePtr many = read(json, threads);
            QVERIFY(many);
            QCOMPARE(many->functions().size(), one->functions().size());
            QVERIFY(sliceLines(*many) == expected);
            QCOMPARE(problemLines(*many), QStringList());
        }
    }

    void filesAsToolsWriteThem_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("slices");
        QTest::addColumn<QString>("problems");
        QTest::newRow("PyTorch") << QStringLiteral("kineto.json")
            << QStringLiteral("0 5120125 30250 aten::mm; 1 5130000 5001 cudaLaunchKernel; 0 5140000 20000 void gemm<float, 128>(float*); "
                              "0 5100000 100000 PyTorch Profiler (0)")
            << QString();
        QTest::newRow("JAX") << QStringLiteral("jax.json")
            << QStringLiteral("0 500 120000 $builtins isinstance; 0 60500 100000 PjitFunction(f)") << QString();
        QTest::newRow("every phase") << QStringLiteral("every-phase.json")
            << QStringLiteral("0 1000 8000 b; 1 2000 3000 x; 1 7000 1000 last; 1 8000 500 appended; 0 1000 2000 n; 0 1000 3000 s")
            << QStringLiteral("json.bad_counter 1; json.phase.P 1; json.phase.c 1; json.bad_time 1; json.stack_missing 1; json.field.cname 1");
    }
    void filesAsToolsWriteThem()
    {
        QFETCH(QString, file);
        const auto r = formats::open((QStringLiteral(CALLTIDE_TEST_DATA "/succeed/") + file).toStdString());
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QStringList lines = sliceLines(*r.value(), false);
        for (QString& line : lines)
            line = line.section(QStringLiteral(" {"), 0, 0);
        QTEST(lines.join(QStringLiteral("; ")), "slices");
        QTEST(problemLines(*r.value()).join(QStringLiteral("; ")), "problems");
        QCOMPARE(r.value()->flows().size(), size_t(file == u"kineto.json" ? 1 : file == u"jax.json" ? 0 : 2));
    }

    // As deep as Python goes, in nesting and in arguments.
    void deepFilesAreNoTrouble()
    {
        const int depth = 100'000;
        QByteArray json = "[";
        for (int i = 0; i < depth; i++)
            json += "{\"ph\":\"B\",\"name\":\"f\",\"ts\":" + QByteArray::number(i) + ",\"pid\":1,\"tid\":1},";
        for (int i = 0; i < depth; i++)
            json += "{\"ph\":\"E\",\"ts\":" + QByteArray::number(depth + i) + ",\"pid\":1,\"tid\":1},";
        json += "{\"ph\":\"i\",\"name\":\"n\",\"ts\":1,\"pid\":1,\"tid\":1,\"args\":" + QByteArray(depth, '[') + QByteArray(depth, ']') + "}]";
        const auto t = read(json);
        QVERIFY(t);
        QCOMPARE(t->sliceCount(), uint64_t(depth));
        QCOMPARE(t->tracks()[0].rowCount, uint32_t(depth));
        QCOMPARE(t->instants().size(), size_t(1));
        QVERIFY(problemLines(*t).isEmpty());
    }
};

QTEST_GUILESS_MAIN(ReadJsonTest)
#include "tst_readjson.moc"
