// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles of other tools: what stands in the file and what is seen of it.
#include "formats/marshal.h"
#include "formats/reader.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include "store/callfigures.h"
#include "tracetext.h"
#include <QDir>

using namespace calltide;
using namespace calltide::store;

class ReadProfilesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

private Q_SLOTS:
    void profilesBecomeCalls_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("slices"); // "; " between lines
        QTest::addColumn<QString>("problems");
        const auto row = [](const char* name, const QByteArray& content, const char* format, const char* slices,
                             const char* problems = "") {
            QTest::newRow(name) << content << QString::fromLatin1(format) << QString::fromUtf8(slices)
                                << QString::fromUtf8(problems);
        };
        speedscope(row);
        collapsed(row);
        cpuprofile(row);
        firefox(row);
    }
    void profilesBecomeCalls()
    {
        QFETCH(QByteArray, content);
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("profile"), content));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QTEST(QString::fromStdString(r.value()->format()), "format");
        QTEST(sliceLines(*r.value(), false).join(QStringLiteral("; ")), "slices");
        QTEST(problemLines(*r.value()).join(QStringLiteral("; ")), "problems");
    }

    // A graph of callers becomes a tree; times are in seconds in the file.
    void pstatsKeepTheirTimes()
    {
        const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/app.prof");
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(QString::fromStdString(r.value()->format()), QStringLiteral("cProfile statistics"));
        QMap<QString, int64_t> self;
        for (const FunctionStatistics& f : functionStatistics(*r.value()))
            self[QString::fromStdString(formats::traceName(*r.value(), f.function))] += f.self;
        // As `python -m pstats` prints them.
        QCOMPARE(self.size(), 12);
        const std::pair<const char*, int64_t> expected[] = {
            {"<genexpr> (small.py:1)", 97'806'279}, {"builtins.sum", 94'989'979}, {"leaf (small.py:1)", 209'876},
            {"main (small.py:7)", 72'047}, {"rec (small.py:6)", 78'994}, {"builtins.print", 76'804},
            {"_lsprof.Profiler.disable", 31'427}, {"builtins.exec", 5'138}};
        for (const auto& [name, ns] : expected)
            QVERIFY2(std::abs(self.value(QString::fromLatin1(name)) - ns) < 1'000 + ns / 50,
                qPrintable(QStringLiteral("%1: %2").arg(QString::fromLatin1(name)).arg(self.value(QString::fromLatin1(name)))));
        QVERIFY(std::abs(r.value()->duration() - 193'417'546) < 1'000);
    }

    // The file says how often in all, which its slices do not; what single calls took no profile says.
    void pstatsKeepTheirCalls()
    {
        const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/app.prof");
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QMap<QString, FunctionStatistics> of;
        for (const FunctionStatistics& f : functionStatistics(**r))
            of[QString::fromStdString(formats::traceName(**r, f.function))] = f;
        const FunctionStatistics& expression = of[QStringLiteral("<genexpr> (small.py:1)")];
        QCOMPARE(expression.calls, uint64_t(320130));
        QCOMPARE(int64_t(expression.mean()), expression.total / int64_t(expression.calls));
        const FunctionStatistics& recursive = of[QStringLiteral("rec (small.py:6)")];
        QCOMPARE(recursive.calls, uint64_t(420));
        QVERIFY(!knowsMean(recursive));
        QVERIFY(!knowsBounds(expression) && !knowsBounds(recursive));
        Scope half;
        half.to = (**r).begin() + (**r).duration() / 2;
        for (const FunctionStatistics& f : functionStatistics(**r, half))
            QVERIFY(!knowsCalls(f) && f.total > 0);
    }

    // python -m profile names what it ran by a code object, in three layouts, and gives callers numbers of calls only.
    void pstatsOfProfilePy()
    {
        for (const char* version : {"37", "310", "312"}) {
            const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/profile" + std::string(version) + ".prof");
            QVERIFY2(r, r ? "" : r.error().message.c_str());
            QCOMPARE(problemLines(**r), QStringList());
            QMap<QString, FunctionStatistics> of;
            int64_t self = 0;
            for (const FunctionStatistics& f : functionStatistics(**r)) {
                of[QString::fromStdString(formats::traceName(**r, f.function))] = f;
                self += f.self;
            }
            QCOMPARE(of[QStringLiteral("g (app.py:2)")].calls, uint64_t(3));
            QVERIFY(of.contains(QStringLiteral("<code object <module>, file \"app.py\", line 1> (profile)")));
            QVERIFY(self > 100'000);
            QVERIFY(std::abs((**r).duration() - self) < 100);
        }
    }

    void samplesAreNoCalls()
    {
        for (const char* file : {"cpu.pprof", "perf.txt"}) {
            const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/" + std::string(file));
            QVERIFY2(r, r ? "" : r.error().message.c_str());
            const auto statistics = functionStatistics(**r);
            QVERIFY(!statistics.empty());
            for (const FunctionStatistics& f : statistics)
                QVERIFY2(!knowsCalls(f) && !knowsMean(f) && !knowsBounds(f) && f.total > 0, file);
        }
    }

    // As cProfile of 3.12 writes them when several threads run: more own time than any caller is told of.
    void pstatsTimeWithoutACallerIsKept()
    {
        QByteArray file = "{";
        const auto number = [&](int n) { file += 'i' + QByteArray(1, char(n)) + QByteArray(3, '\0'); };
        const auto seconds = [&](double d) { file += 'g' + QByteArray(reinterpret_cast<const char*>(&d), 8); };
        const auto key = [&](const char* name) {
            file += QByteArray(")\x03z\x01" "f", 5);
            number(1);
            file += "z\x04" + QByteArray(name);
        };
        const auto times = [&](double own, double total) {
            number(1);
            number(1);
            seconds(own);
            seconds(total);
        };
        const auto calledBy = [&](const std::vector<const char*>& callers) {
            file += "{";
            for (const char* caller : callers) {
                key(caller);
                file += ")\x04";
                times(0.125, 0.125);
            }
            file += "0";
        };
        const std::tuple<const char*, double, std::vector<const char*>> functions[]
            = {{"main", 0.125, {}}, {"even", 1.0, {"main", "odd."}}, {"odd.", 0.5, {"even"}}};
        for (const auto& [name, own, callers] : functions) {
            key(name);
            file += ")\x05";
            times(own, own);
            calledBy(callers);
        }
        file += "0";
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("mixed.prof"), file));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        int64_t self = 0;
        for (const FunctionStatistics& f : functionStatistics(**r)) {
            self += f.self;
            QCOMPARE(f.total, f.self); // as the file says, whatever stands below it in the tree
        }
        QCOMPARE(self, int64_t(1'625'000'000));
        QCOMPARE(problemLines(**r), QStringList{QStringLiteral("pstats.callers 1")});
    }

    void pprofShowsItsDefaultValues()
    {
        const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/cpu.pprof");
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(QString::fromStdString(r.value()->format()), QStringLiteral("pprof profile"));
        QCOMPARE(sliceLines(*r.value(), false).join(QStringLiteral("; ")),
            QStringLiteral("0 0 65000000 main (app.py:3); 1 0 30000000 work (app.py:20); 1 30000000 20000000 0x1234; "
                           "2 0 30000000 inlined (lib.c)"));
        QCOMPARE(problemLines(*r.value()).join(QStringLiteral("; ")),
            QStringLiteral("pprof.other_values 1; pprof.labels 1; pprof.location 1"));
        QCOMPARE(*r.value()->wallClockOffset(), 1'700'000'000'000'000'000);
    }

    void perfScriptKeepsPauses()
    {
        const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/perf.txt");
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(QString::fromStdString(r.value()->format()), QStringLiteral("perf script"));
        QCOMPARE(sliceLines(*r.value()).join(QStringLiteral("; ")),
            QStringLiteral("4120/4120 python3| 0 10000000000 3000000 main (/home/user/app.py); "
                           "4120/4120 python3| 0 10500000000 1000000 main (/home/user/app.py); "
                           "4120/4120 python3| 1 10000000000 2000000 price (/home/user/app.py); "
                           "4120/4120 python3| 2 10000000000 2000000 _PyEval_EvalFrameDefault; "
                           "4120/4121 my tool| 0 10001500000 1000000 [[kernel.kallsyms]]"));
        QCOMPARE(problemLines(*r.value()).size(), 0);
    }

    // Processes and threads stand before the frames, in austin's, py-spy's and Python's own ways.
    void collapsedTellThreads()
    {
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("threads.txt"),
            "P5;T0:50;a.py:f:1 1\nP5;T2:51;a.py:f:1 1\nprocess 6:\"python a.py\";thread (60): main;f (a.py:1) 1\ntid:7;a.py:f:1 1\n"));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QStringList threads;
        for (const Track& t : (**r).tracks())
            threads << QStringLiteral("%1 %2/%3 %4").arg((**r).process(t.process).pid).arg(nameOf(**r, (**r).process(t.process).name)).arg(t.tid)
                           .arg(nameOf(**r, t.name));
        QCOMPARE(threads, (QStringList{QStringLiteral("5 /50 "), QStringLiteral("5 /51 T2"), QStringLiteral("6 python a.py/60 main"), QStringLiteral("0 /7 ")}));
    }

    void speedscopeTellsThreads()
    {
        QByteArray profiles;
        for (const char* name : {"Process 5 Thread 50 \\\"Main\\\"", "Process 6 Thread 60 \\\"w\\\"", "Wall time profile for 5:0:51", "mine"})
            profiles += QByteArray(profiles.isEmpty() ? "" : ",") + R"x({"type":"sampled","unit":"seconds","startValue":0,"endValue":1,"samples":[[0]],"weights":[1],"name":)x" + '"' + name + "\"}";
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("threads.json"),
            R"x({"$schema":"speedscope","shared":{"frames":[{"name":"f"}]},"profiles":)x" "[" + profiles + "]}"));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QStringList threads;
        for (const Track& t : (**r).tracks())
            threads << QStringLiteral("%1/%2 %3").arg((**r).process(t.process).pid).arg(t.tid).arg(nameOf(**r, t.name));
        QCOMPARE(threads, (QStringList{QStringLiteral("5/50 Main"), QStringLiteral("6/60 w"), QStringLiteral("5/51 "), QStringLiteral("5/4 mine")}));
    }

    // As Python's profiling.sampling writes it: the numbers are of samples.
    void pstatsOfSamplesAreNoCalls()
    {
        const auto number = [](int n) { return 'i' + QByteArray(1, char(n)) + QByteArray(3, '\0'); };
        const double second = 1;
        const QByteArray real = 'g' + QByteArray(reinterpret_cast<const char*>(&second), 8);
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("sampled.pstats"),
            "{" + QByteArray(")\x03z\x01" "f", 5) + number(1) + QByteArray("z\x01" "g", 3) + QByteArray(")\x05", 2) + number(9) + number(9) + real
                + real + "{0" + QByteArray(")\x01z\x0b__sampled__", 15) + "T0"));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(problemLines(**r), QStringList());
        const auto statistics = functionStatistics(**r);
        QCOMPARE(statistics.size(), size_t(1));
        QVERIFY(!knowsCalls(statistics[0]));
        QCOMPARE(statistics[0].total, 1'000'000'000);
    }

    // A long text to which a small file refers many times is there once.
    void marshalSharesTexts()
    {
        const std::string bytes(")\x02\xF5\x03\0\0\0abcr\0\0\0\0", 15);
        formats::MarshalReader reader(bytes);
        const auto v = reader.read();
        QVERIFY(v && v->size() == 2);
        QCOMPARE(v->at(1).text, std::string_view("abc"));
        QVERIFY(v->at(0).text.data() == v->at(1).text.data());
    }

    void unitsOfTime()
    {
        for (const char* unit : {"microseconds", "us", "\xC2\xB5s", "\xCE\xBCs"}) {
            QVERIFY2(formats::axisFor(unit, 0).time, unit);
            QCOMPARE(formats::axisFor(unit, 0).nsPerUnit, 1000);
        }
    }

    // As Chrome writes them: a state lasts until the next one of its track.
    void perfettoStates()
    {
        const auto field = [](int number, const QByteArray& bytes) { return QByteArray(1, char(number * 8 + 2)) + char(bytes.size()) + bytes; };
        QByteArray file = field(1, QByteArray("\xE2\x03\x05\x08\x07\x12\x01t", 8)); // track 7, "t"
        for (const auto& [time, name] : {std::pair{10, "On"}, std::pair{30, "Off"}, std::pair{60, ""}}) {
            const QByteArray event = QByteArray("\x48\x05\x58\x07", 4) + (*name ? QByteArray("\xBA\x01", 2) + char(strlen(name)) + name : QByteArray());
            file += field(1, "\x40" + QByteArray(1, char(time)) + "\x50\x01" + field(11, event));
        }
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("states.pftrace"), file));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(sliceLines(**r, false), (QStringList{QStringLiteral("0 10 20 On"), QStringLiteral("0 30 30 Off")}));
        QCOMPARE(problemLines(**r).join(u' '), QString());
    }

    // Without -g each sample is one line, whose program is written right-aligned; -F chooses what stands in a line.
    void perfScriptOfOtherOptions()
    {
        const auto lines = [&](const QByteArray& text) {
            const auto r = formats::open(writeFile(m_dir, QStringLiteral("perf.txt"), text));
            return r ? sliceLines(**r) + problemLines(**r) : QStringList{QString::fromStdString(r.error().message)};
        };
        const QStringList samples{QStringLiteral("7/7 c| 0 10000000000 2000000 fib"), QStringLiteral("8/8 c| 0 10000500000 1000000 fib")};
        QCOMPARE(lines("       c     7 10.000000:    1001001 cpu-clock:ppp:      562d5698f159 fib+0x0 (/tmp/c)\n"
                       "       c     7 10.001000:    1001001 cpu-clock:ppp:      562d5698f16c fib+0x13 (/tmp/c)\n"
                       "       c     8 10.000500:    1001001 cpu-clock:ppp:      562d5698f16c fib+0x13 (/tmp/c)\n"),
            samples);
        QCOMPARE(lines("c     7 10.000000: \n\t    116a fib\n\nc     7 10.001000: \n\t   1181 fib\n\nc  8 10.000500: \n\t  1181 fib\n\n"),
            samples);
        QCOMPARE(lines("c     7 10.000000: cpu-clock: \n\t    116a fib+0x11\n  c.c:4\n\n"
                       "c     7 10.001000: cpu-clock: \n\t   1181 fib+0x28\n  libc.so.6[26e40]\n\nc  8 10.000500: cpu-clock:\n\t  1181 fib+0x28\n"),
            samples);
        QCOMPARE(lines("c  7 [000] 10.000000: sched:sched_switch: prev_comm=c prev_pid=7 ==> next_comm=d\n\tffff1 fib+0x1 ([kernel])\n\n").last(),
            QStringLiteral("perf.text 1"));
    }

    // Written with Perfetto's own descriptions: interned names, defaults, clocks, packed packets, the older form.
    void perfettoTracks()
    {
        const auto r = formats::open(CALLTIDE_TEST_DATA "/succeed/profiles/track-events.pftrace");
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        const Trace& t = *r.value();
        QCOMPARE(QString::fromStdString(t.format()), QStringLiteral("Perfetto trace"));
        QCOMPARE(sliceLines(t).join(QStringLiteral("; ")),
            QStringLiteral("42/43 worker| 0 1000100 400 main (app.py:3) {\"n\":-5,\"d\":{\"k\":\"v\",\"l\":[true,1.5]}}; "
                           "42/43 worker| 0 1000600 300 open; 42/43 worker| 1 1000200 50 query (db.py:9); "
                           "42/0 requests| 0 1000300 100 GET; 50/51 | 0 1000700 2000 old"));
        QCOMPARE(problemLines(t).join(QStringLiteral("; ")),
            QStringLiteral("pftrace.packet.trace_config 1; pftrace.packet.ftrace_events 1; pftrace.end_without_begin 1"));
        QCOMPARE(nameOf(t, t.processes()[0].name), QStringLiteral("app"));
        QCOMPARE(nameOf(t, t.processes()[0].commandLine), QStringLiteral("python app.py"));
        QCOMPARE(t.instants().size(), size_t(1));
        QCOMPARE(t.instants()[0].time, 1'000'260);
        QCOMPARE(t.counters().size(), size_t(1));
        QCOMPARE(nameOf(t, t.counters()[0].name) + u' ' + nameOf(t, t.counters()[0].series), QStringLiteral("memory bytes"));
        QVERIFY(t.counters()[0].values == (std::vector<double>{4096, 0.5}));
        QCOMPARE(t.flows().size(), size_t(1));
        QCOMPARE(t.flows()[0].from, 1'000'200);
        QCOMPARE(t.flows()[0].to, 1'000'300);
        QCOMPARE(*t.wallClockOffset(), 1'700'000'000'000'000'000 - 1'000'000);
    }

    void moreNamesThanTheReaderRemembersAreToldApart()
    {
        QByteArray text;
        const int n = 150'000; // the newest 65,536 are remembered
        for (int i = 0; i < 2 * n; i++)
            text += "main;f" + QByteArray::number(i % n) + " 1\n";
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("stacks.txt"), text));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE((*r)->functions().size(), size_t(n + 1));
        QCOMPARE((*r)->sliceCount(), uint64_t(n + 1));
        QCOMPARE((*r)->duration((*r)->row((*r)->rowAt(TrackId(0u), 1)).first), int64_t(2'000'000));
    }

    void everNewNamesAndStacksStopWhereMemoryDoes()
    {
        std::string text;
        for (int i = 0; i < 500; i++)
            text += "main;f" + std::to_string(i) + ";g" + std::to_string(i) + " 2\n";
        TraceBuilder builder;
        const auto status = formats::readCollapsed({text, "stacks.txt"}, builder, 20'000);
        QVERIFY2(status, status ? "" : status.error().message.c_str());
        const TracePtr t = builder.finish().value();
        QVERIFY(t->functions().size() > 20 && t->functions().size() < 500);
        QCOMPARE(t->duration(t->row(t->rowAt(TrackId(0u), 0)).first), int64_t(1000 * 1'000'000)); // no weight is lost
        QCOMPARE(t->problems().size(), size_t(2));
        QCOMPARE(t->functionName(FunctionId(t->functions().size() - 1)), std::string_view("(more names)"));
    }

    void aLayoutIsStopped()
    {
        formats::WeightTree tree;
        for (uint32_t f = 0; f < 1000; f++)
            tree.add(tree.child(formats::WeightTree::kRoot, FunctionId(f)), 1);
        Progress progress;
        TraceBuilder builder;
        const TrackId track = builder.addTrack({});
        progress.cancel();
        QCOMPARE(formats::WeightTree::layOut(std::move(tree), builder, track, 7, 1, &progress), int64_t(7));
        QCOMPARE(builder.finish().value()->sliceCount(), uint64_t(0));
    }

    void aFileOfEachKindOpens()
    {
        const QDir data(QStringLiteral(CALLTIDE_TEST_DATA "/succeed/profiles"));
        for (const QString& name : data.entryList(QDir::Files)) {
            const auto r = formats::open(data.filePath(name).toStdString());
            QVERIFY2(r, r ? "" : r.error().message.c_str());
            QVERIFY2(r.value()->sliceCount() > 0, qPrintable(name));
        }
    }

    // Every file cut at any byte opens with less or is refused with its name; nothing crashes.
    void aCutFileIsShownAsFarAsItGoesOrRefused()
    {
        const QDir data(QStringLiteral(CALLTIDE_TEST_DATA "/succeed/profiles"));
        for (const QString& name : data.entryList(QDir::Files)) {
            QFile file(data.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray whole = file.readAll();
            const auto all = formats::open(data.filePath(name).toStdString());
            const auto step = std::max<qsizetype>(1, whole.size() / 60);
            for (qsizetype n = 1; n < whole.size(); n += step) {
                const auto r = formats::open(writeFile(m_dir, name, whole.left(n)));
                if (r)
                    QVERIFY(r.value()->sliceCount() <= all.value()->sliceCount() * 2);
                else
                    QVERIFY2(r.error().message.find(name.toStdString()) != std::string::npos, r.error().message.c_str());
            }
        }
    }

private:
    template <class Row> void speedscope(Row row)
    {
        const QByteArray head
            = R"({"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[)"
              R"({"name":"f","file":"a.py","line":1},{"name":"g","file":"a.py","line":5},{"name":"h"}]},"profiles":[)";
        row("speedscope, evented",
            head
                + R"({"type":"evented","name":"main","unit":"microseconds","startValue":0,"endValue":10,"events":[)"
                  R"({"type":"O","frame":0,"at":0},{"type":"O","frame":2,"at":1.5},{"type":"C","frame":2,"at":3},)"
                  R"({"type":"C","frame":0,"at":10}]}]})",
            "speedscope", "0 0 10000 f (a.py:1); 1 1500 1500 h");
        row("speedscope, evented, of equal times",
            head
                + R"({"type":"evented","name":"m","unit":"nanoseconds","startValue":0,"endValue":10,"events":[)"
                  R"({"type":"O","frame":0,"at":2},{"type":"O","frame":2,"at":2},{"type":"C","frame":2,"at":6},{"type":"C","frame":0,"at":6}]}]})",
            "speedscope", "0 2 4 f (a.py:1); 1 2 4 h");
        row("speedscope, evented, damaged order",
            head
                + R"({"type":"evented","name":"m","unit":"nanoseconds","startValue":0,"endValue":10,"events":[)"
                  R"({"type":"C","frame":1,"at":1},{"type":"O","frame":0,"at":2},{"type":"O","frame":7,"at":2},)"
                  R"({"type":"O","frame":2,"at":4},{"type":"C","frame":0,"at":6},{"type":"O","frame":1}]}]})",
            "speedscope", "0 2 4 f (a.py:1); 0 4 6 h flags=2",
            "speedscope.close 1; speedscope.frame 1; speedscope.event 1; speedscope.open 1");
        row("speedscope, sampled",
            head
                + R"({"type":"sampled","name":"m","unit":"seconds","startValue":1,"endValue":2,)"
                  R"("samples":[[0,1],[0,1],[0],[],[0,1]],"weights":[0.01,0.02,0.03,0.04,0.05]}]})",
            "speedscope",
            "0 1000000000 60000000 f (a.py:1); 0 1100000000 50000000 f (a.py:1); "
            "1 1000000000 30000000 g (a.py:5); 1 1100000000 50000000 g (a.py:5)");
        row("speedscope, cut in the samples",
            head + R"({"type":"sampled","name":"m","unit":"none","startValue":0,"weights":[1,1,1],"samples":[[0],[0,1],[0)",
            "speedscope", "0 0 2000000 f (a.py:1); 1 1000000 1000000 g (a.py:5)", "json.cut 1");
    }

    template <class Row> void collapsed(Row row)
    {
        row("collapsed", "f;g 1\nf;h 2\nk 5\nf;h 2\nf 1\n", "collapsed stacks",
            "0 0 6000000 f; 0 6000000 5000000 k; 1 0 4000000 h; 1 4000000 1000000 g");
        row("collapsed, lines that are none", "a;b (x y.py:3) 2\r\nnothing\n;;c 1\na;b -3\n\na;b 1e3x\n", "collapsed stacks",
            "0 0 2000000 a; 0 2000000 1000000 c; 1 0 2000000 b (x y.py:3)", "collapsed.line 3");
        row("austin", "# austin: 3.6.0\n# mode: wall\n\nP42;T0x1;/a.py:f:3;/a.py:g:9 1500\nP42;T0x2;/a.py:f:3 7\n",
            "collapsed stacks", "0 0 1500000 f (/a.py:3); 1 0 1500000 g (/a.py:9); 0 0 7000 f (/a.py:3)");
        row("torch.profiler's stacks", "a/b.py(3):_run;<built-in_function_linear> 2\n", "collapsed stacks",
            "0 0 2000000 run (a/b.py:3); 1 0 2000000 <built-in_function_linear>");
        row("a thread without frames", "P5;T0:50 3\nP5;T0:50;a.py:f:1 4\n", "collapsed stacks",
            "0 0 4000000 f (a.py:1); 0 4000000 3000000 (no frames)");
        row("tracing-flame", "main; app::run:src/main.rs:12 3\n", "collapsed stacks", "0 0 3000000 main; 1 0 3000000 app::run (src/main.rs:12)");
        row("profiling.sampling", "tid:7;<frozen runpy>:_run_code:87;a.py:<module>:3 4\n", "collapsed stacks",
            "0 0 4000000 _run_code (<frozen runpy>:87); 1 0 4000000 <module> (a.py:3)");
    }

    template <class Row> void cpuprofile(Row row)
    {
        const QByteArray nodes = R"x({"nodes":[{"id":1,"callFrame":{"functionName":"(root)","url":"","lineNumber":-1},)x"
                                 R"x("children":[2,4]},{"id":2,"callFrame":{"functionName":"f","url":"file:///a.js",)x"
                                 R"x("lineNumber":0},"hitCount":1,"children":[3,9]},{"id":3,"callFrame":{"functionName":"",)x"
                                 R"x("url":"","lineNumber":-1},"hitCount":2},{"id":4,"callFrame":{"functionName":"(idle)"}}])x";
        row("V8 CPU profile",
            nodes + R"(,"startTime":1000,"endTime":1100,"samples":[2,3,4,3,8],"timeDeltas":[10,20,5,5,30]})",
            "V8 CPU profile",
            "0 1010000 25000 f (/a.js:1); 0 1040000 30000 f (/a.js:1); 1 1030000 5000 (anonymous); "
            "1 1040000 30000 (anonymous)",
            "cpuprofile.child 1; cpuprofile.sample 1");
        row("V8 CPU profile, hits only", nodes + "}", "V8 CPU profile", "0 0 3000000 f (/a.js:1); 1 0 2000000 (anonymous)",
            "cpuprofile.child 1");
    }

    template <class Row> void firefox(Row row)
    {
        const QByteArray meta = R"({"meta":{"interval":1,"startTime":1700000000000.5,"preprocessedProfileVersion":)";
        const QByteArray tables = R"("stackTable":{"frame":[0,1,9],"prefix":[null,0,0]},"frameTable":{"func":[0,1]},)"
                                  R"("funcTable":{"name":[0,1],"fileName":[2,null],"lineNumber":[4,null]},)";
        const QByteArray thread
            = R"("name":"T","pid":"5.1","tid":6,"samples":{"stack":[0,1,1,null,2,7],"time":[0,1,2.5,3,4,5],"length":6}})";
        const char* const slices = "0 0 3000000 f (a.py:4); 0 4000000 1000000 f (a.py:4); 1 1000000 2000000 g";
        row("Firefox profile, tables of its own",
            meta + R"(47},"libs":[],"threads":[{)" + tables + R"("stringArray":["f","g","a.py"],)" + thread + "]}",
            "Firefox profile", slices, "firefox.frame 1; firefox.stack 1");
        row("Firefox profile, shared tables",
            meta + R"(57},"shared":{)" + tables + R"("stringArray":["f","g","a.py"]},"threads":[{)" + thread + "]}",
            "Firefox profile", slices, "firefox.frame 1; firefox.stack 1");
        row("Firefox profile, markers",
            meta + R"(57},"shared":{"stringArray":["gc","mark"]},"threads":[{"name":"T","tid":1,"samples":{},"markers":)"
                   R"({"name":[0,1,0,0,0,0,5],"phase":[1,0,2,3,2,3,0],"startTime":[1,2,3,null,8,null,1],)"
                   R"("endTime":[2.5,null,null,4,null,9,null],"data":[{"k":1},null,null,null,null,null,null]}}]})",
            "Firefox profile", "0 1000000 1500000 gc {\"k\":1}; 0 3000000 1000000 gc; 0 8000000 1000000 gc",
            "firefox.marker 1");
    }
};

QTEST_GUILESS_MAIN(ReadProfilesTest)
#include "tst_readprofiles.moc"
