// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles of other tools: what stands in the file and what is seen of it.
#include "formats/reader.h"
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
            const auto step = std::max<qsizetype>(1, whole.size() / 300);
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
};

QTEST_GUILESS_MAIN(ReadProfilesTest)
#include "tst_readprofiles.moc"
