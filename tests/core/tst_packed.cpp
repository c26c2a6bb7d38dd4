// SPDX-License-Identifier: GPL-3.0-or-later
// A recording packed into one file, opened as it is, and unpacked again.
#include "formats/container.h"
#include "formats/exporter.h"
#include "native_reading.h"
#include <QTest>
#include <set>

using namespace native;

class TestPacked : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void opensAsTheRecordingItself();
    void unpacksByteForByte();
    void keepsLongNames();
    void carriesNotes();
    void refuses_data();
    void refuses();
    void leavesNothingWhenCut();
    void filtersExports();

private:
    std::string at(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)).toStdString(); }
    static QByteArray contents(const std::string& path)
    {
        QFile file(QString::fromStdString(path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static void put(const std::string& path, const QByteArray& bytes)
    {
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    static QByteArray recording(int calls, bool child);

    std::unique_ptr<QTemporaryDir> m_folder;
};

QByteArray TestPacked::recording(int calls, bool child)
{
    W w;
    if (child)
        w.becomeChild();
    tables(w);
    w.events(manyCalls(calls));
    return {reinterpret_cast<const char*>(w.bytes.data()), qsizetype(w.bytes.size())};
}

void TestPacked::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    put(at("run.calltide"), recording(3000, false));
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("run.calltide.d")));
    put(at("run.calltide.d/p4121.calltide"), recording(500, true));
}

void TestPacked::opensAsTheRecordingItself()
{
    const auto plain = formats::open(at("run.calltide"));
    QVERIFY(plain);
    QVERIFY(formats::packRecording(at("run.calltide"), at("one.calltide")));
    QVERIFY(QFileInfo(QString::fromStdString(at("one.calltide"))).size() < 20'000);
    const auto packed = formats::open(at("one.calltide"));
    QVERIFY2(packed, packed ? "" : packed.error().message.c_str());
    const Trace &a = **plain, &b = **packed;
    QCOMPARE(a.processes().size(), size_t(2));
    QCOMPARE(b.processes().size(), size_t(2));
    QCOMPARE(b.processes()[1].parent, a.processes()[1].parent);
    QCOMPARE(b.sliceCount(), a.sliceCount());
    QCOMPARE(b.sliceCount(), uint64_t(3502));
    QCOMPARE(b.begin(), a.begin());
    QCOMPARE(b.end(), a.end());
    for (SliceIndex i = 0; i < a.sliceCount(); i++) {
        QCOMPARE(b.start(i), a.start(i));
        QCOMPARE(b.functionOf(i), a.functionOf(i));
    }
    QVERIFY(b.problems().size() == a.problems().size());
    QCOMPARE(b.format(), std::string("Calltide recording"));
}

void TestPacked::unpacksByteForByte()
{
    QVERIFY(formats::packRecording(at("run.calltide"), at("one.calltide")));
    const auto name = formats::packedName(at("one.calltide"));
    QVERIFY(name.has_value());
    QCOMPARE(*name, std::string("run.calltide"));
    const auto count = formats::unpackRecording(at("one.calltide"), at("again.calltide"));
    QVERIFY2(count, count ? "" : count.error().message.c_str());
    QCOMPARE(*count, 2);
    QCOMPARE(contents(at("again.calltide")), contents(at("run.calltide")));
    QCOMPARE(contents(at("again.calltide.d/p4121.calltide")), contents(at("run.calltide.d/p4121.calltide")));
    const auto twice = formats::unpackRecording(at("one.calltide"), at("again.calltide"));
    QVERIFY(!twice);
    QCOMPARE(twice.error().message, at("again.calltide") + " is there already; choose another name.");
}

void TestPacked::keepsLongNames()
{
    const std::string name = std::string(120, 'n') + ".calltide";
    QVERIFY(QFile::rename(QString::fromStdString(at("run.calltide")), QString::fromStdString(at(name.c_str()))));
    QVERIFY(QDir().rename(QString::fromStdString(at("run.calltide.d")), QString::fromStdString(at((name + ".d").c_str()))));
    QVERIFY(formats::packRecording(at(name.c_str()), at("one.calltide")));
    QCOMPARE(formats::packedName(at("one.calltide")).value_or(""), name);
    const auto count = formats::unpackRecording(at("one.calltide"), at("x.calltide"));
    QVERIFY(count);
    QCOMPARE(*count, 2);
    QCOMPARE(contents(at("x.calltide")), contents(at(name.c_str())));
}

void TestPacked::carriesNotes()
{
    QVERIFY(formats::packRecording(at("run.calltide"), at("none.calltide")));
    QVERIFY(!formats::packedNotes(at("none.calltide")).has_value());
    put(at("run.calltide.notes.json"), "{\"notes\":[]}");
    QVERIFY(formats::packRecording(at("run.calltide"), at("one.calltide")));
    QCOMPARE(formats::packedNotes(at("one.calltide")).value_or(""), std::string("{\"notes\":[]}"));
    const auto trace = formats::open(at("one.calltide"));
    QVERIFY(trace);
    QVERIFY((*trace)->problems().size() == formats::open(at("none.calltide")).value()->problems().size());
    QVERIFY(formats::unpackRecording(at("one.calltide"), at("x.calltide")));
    QCOMPARE(contents(at("x.calltide.notes.json")), QByteArray("{\"notes\":[]}"));
}

void TestPacked::refuses_data()
{
    QTest::addColumn<bool>("unpack");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("sentence");
    QTest::newRow("pack no recording") << false << QByteArray("{\"traceEvents\":[]}")
                                       << QByteArray(" is not a Calltide recording; only these are packed into one file.");
    QTest::newRow("pack nothing") << false << QByteArray() << QByteArray(": the file is empty.");
    QTest::newRow("unpack what is not packed") << true << recording(3, false)
                                               << QByteArray(" is not packed; it can be opened as it is.");
    QTest::newRow("unpack text") << true << QByteArray("hello") << QByteArray(" is no packed recording.");
}

void TestPacked::refuses()
{
    QFETCH(bool, unpack);
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, sentence);
    put(at("bad"), bytes);
    const auto error = unpack ? formats::unpackRecording(at("bad"), at("out.calltide")).error()
                              : formats::packRecording(at("bad"), at("out.calltide")).error();
    QCOMPARE(error.message, at("bad") + sentence.toStdString());
    QVERIFY(!QFile::exists(QString::fromStdString(at("out.calltide"))));
}

// A file that was cut while it was sent.
void TestPacked::leavesNothingWhenCut()
{
    QVERIFY(formats::packRecording(at("run.calltide"), at("one.calltide")));
    const QByteArray all = contents(at("one.calltide"));
    int opened = 0;
    for (const int share : {1, 10, 50, 90, 99}) {
        put(at("cut.calltide"), all.left(all.size() * share / 100));
        const auto count = formats::unpackRecording(at("cut.calltide"), at("out.calltide"));
        QVERIFY(!count);
        QVERIFY(QString::fromStdString(count.error().message).startsWith(QString::fromStdString(at("cut.calltide"))));
        QVERIFY(!QFile::exists(QString::fromStdString(at("out.calltide"))));
        QVERIFY(!QFile::exists(QString::fromStdString(at("out.calltide.d"))));
        const auto trace = formats::open(at("cut.calltide"));
        opened += bool(trace);
        if (trace)
            QVERIFY(!(*trace)->problems().empty());
        else
            QVERIFY(!trace.error().message.empty());
    }
    QVERIFY(opened < 5);
}

void TestPacked::filtersExports()
{
    const auto trace = formats::open(at("run.calltide"));
    QVERIFY(trace);
    const auto mask = matchFunctions(**trace, "print", false);
    for (const auto& format : formats::exportFormats()) {
        formats::ExportOptions options;
        options.scope.passes = [&](SliceIndex i) { return bool(mask[(*trace)->functionOf(i).v]); };
        const std::string path = at("out") + format.ending;
        QVERIFY(formats::exportTrace(**trace, path, format.format, options));
        if (format.format == formats::ExportFormat::Csv) {
            QCOMPARE(contents(path).count('\n'), 2);
            continue;
        }
        const auto back = formats::open(path);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        std::set<std::string> names;
        for (SliceIndex i = 0; i < (*back)->sliceCount(); i++)
            names.emplace((*back)->string((*back)->function((*back)->functionOf(i)).name));
        QVERIFY2(names.size() == 1 && names.begin()->find("print") != std::string::npos, format.ending);
    }
}

QTEST_GUILESS_MAIN(TestPacked)
#include "tst_packed.moc"
