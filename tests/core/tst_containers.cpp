// SPDX-License-Identifier: GPL-3.0-or-later
// Traces in gzip, zstd, zip and tar, as UTF-16, and several files as one timeline.
#include "deflated.h"
#include "formats/reader.h"
#include "tracetext.h"
#include <zstd.h>

using namespace calltide;
using namespace calltide::store;

class ContainersTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    const QByteArray m_json = "[{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":10,\"pid\":1,\"tid\":1,\"args\":{\"k\":1}}]";
    const QByteArray m_stacks = "f;g 2\n";

    static QByteArray zstd(const QByteArray& in)
    {
        QByteArray out(qsizetype(ZSTD_compressBound(size_t(in.size()))), '\0');
        out.resize(qsizetype(ZSTD_compress(out.data(), size_t(out.size()), in.constData(), size_t(in.size()), 3)));
        return out;
    }
    static QByteArray le(quint64 v, int bytes)
    {
        QByteArray out;
        for (int i = 0; i < bytes; i++)
            out += char(v >> (8 * i));
        return out;
    }
    static QByteArray zipMember(const QByteArray& name, const QByteArray& in, int method, bool descriptor = false)
    {
        const QByteArray data = method == 8 ? deflated(in, -15) : in;
        const quint64 crc = crc32(0, reinterpret_cast<const Bytef*>(in.constData()), uInt(in.size()));
        const QByteArray sizes = le(crc, 4) + le(quint64(data.size()), 4) + le(quint64(in.size()), 4);
        return "PK\x03\x04" + le(20, 2) + le(descriptor ? 8 : 0, 2) + le(quint64(method), 2) + le(0, 4)
            + (descriptor ? QByteArray(12, '\0') : sizes) + le(quint64(name.size()), 2) + le(0, 2) + name + data
            + (descriptor ? "PK\x07\x08" + sizes : QByteArray());
    }
    static QByteArray tarMember(const QByteArray& name, const QByteArray& in, char type = '0')
    {
        QByteArray h(512, '\0');
        h.replace(0, name.size(), name);
        h.replace(124, 11, QByteArray::number(in.size(), 8).rightJustified(11, '0'));
        h[156] = type;
        h.replace(257, 8, QByteArray("ustar\0" "00", 8));
        return h + in + QByteArray((512 - in.size() % 512) % 512, '\0');
    }
    TracePtr read(const QByteArray& content)
    {
        auto r = formats::open(writeFile(m_dir, QStringLiteral("t"), content));
        if (!r) {
            m_error = QString::fromStdString(r.error().message).section(u'/', 3);
            return {};
        }
        return r.value();
    }
    QString m_error;

private Q_SLOTS:
    void layersAreTakenOff_data()
    {
        QTest::addColumn<QByteArray>("content");
        const auto row = [](const char* name, const QByteArray& c) { QTest::newRow(name) << c; };
        row("zstd", zstd(m_json));
        row("zstd, two frames", zstd(m_json.left(30)) + zstd(m_json.mid(30)));
        row("gzip in zstd", zstd(gzip(m_json)));
        row("zip, stored", zipMember("a.json", m_json, 0));
        row("zip, deflate", zipMember("d/", {}, 0) + zipMember("d/a.json", m_json, 8) + "PK\x01\x02");
        row("zip, length behind", zipMember("a.json", m_json, 8, true));
        row("gzip in zip", zipMember("a.json.gz", gzip(m_json), 8));
        row("tar", tarMember("dir", {}, '5') + tarMember("a.json", m_json) + QByteArray(1024, '\0'));
        row("tar, long name", tarMember("././@LongLink", QByteArray(150, 'n'), 'L') + tarMember("n", m_json));
        row("tar.gz", gzip(tarMember("a.json", m_json) + QByteArray(1024, '\0')));
        row("tar.zst", zstd(tarMember("a.json", m_json)));
        const QString wide = QString::fromUtf8(m_json);
        row("UTF-16 with mark", QByteArray("\xFF\xFE") + QByteArray(reinterpret_cast<const char*>(wide.utf16()), wide.size() * 2));
        row("UTF-16 without mark", QByteArray(reinterpret_cast<const char*>(wide.utf16()), wide.size() * 2));
    }
    void layersAreTakenOff()
    {
        QFETCH(QByteArray, content);
        const auto t = read(content);
        QVERIFY2(t, qPrintable(m_error));
        QCOMPARE(sliceLines(*t), QStringList{QStringLiteral("1/1 | 0 1000 10000 f {\"k\":1}")});
        QVERIFY(problemLines(*t).isEmpty());
    }

    void membersOfAnArchiveBecomeOneTimeline()
    {
        const auto t = read(zipMember("a.json", m_json, 8) + zipMember("README", "hello", 0) + zipMember("b.txt", m_stacks, 8));
        QVERIFY2(t, qPrintable(m_error));
        QCOMPARE(sliceLines(*t, false).join(QStringLiteral("; ")), QStringLiteral("0 1000 10000 f {\"k\":1}; 0 1000 2000000 f; 1 1000 2000000 g"));
        QCOMPARE(t->processes().size(), size_t(2));
        QCOMPARE(nameOf(*t, t->processes()[0].name), QStringLiteral("a.json"));
        QCOMPARE(problemLines(*t).join(QStringLiteral("; ")), QStringLiteral("merge.no_clock 1; archive.left_out 1"));
        QVERIFY(t->problems().back().examples.front().second.starts_with("README: "));
    }

    void badArchivesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const QByteArray& c, const char* s) { QTest::newRow(name) << c << QString::fromUtf8(s); };
        row("nothing in it", zipMember("README", "hello", 0), "t: the archive holds no trace (README: this is neither");
        row("not even a file", tarMember("d", {}, '5'), "t: the archive holds no trace.");
        row("damaged zstd", zstd(m_json).left(6), "t: the compressed file is damaged or empty.");
        QByteArray nested = m_json;
        for (int i = 0; i < 6; i++)
            nested = gzip(nested);
        row("too many layers", nested, "t is packed within packed files too often");
        row("a tar with a huge size", QByteArray(tarMember("a", "x")).replace(124, 12, QByteArray("\x80\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12)),
            "t: the archive holds no trace (The archive is damaged");
        row("a bomb of zeros", zstd(QByteArray(2'000'000, ' ')), "t: this is neither");
        row("a window of 2 GiB", QByteArray("\x28\xB5\x2F\xFD\x00\xA8\x01\x00\x00", 9), "t needs more memory to unpack than any trace should");
        QByteArray members;
        for (int i = 0; i < 31'000; i++)
            members += tarMember("d", {}, '5');
        row("very many members", gzip(members), "t holds too many files.");
    }
    void badArchivesAreRefused()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, sentence);
        QVERIFY(!read(content));
        QVERIFY2(m_error.contains(sentence), qPrintable(m_error));
    }

    void bombsAreAskedAbout()
    {
        QByteArray bomb = gzip("[]");
        const QByteArray spaces = gzip(QByteArray(16 << 20, ' '));
        for (int i = 0; i < 18; i++) // 288 MiB of 280 kB
            bomb += spaces;
        for (const QByteArray& packed : {bomb + gzip(m_json), zstd(bomb + gzip(m_json)), zipMember("a.json.gz", bomb + gzip(m_json), 8)}) {
            const std::string path = writeFile(m_dir, QStringLiteral("bomb"), packed);
            const auto refused = formats::open(path);
            QVERIFY(!refused);
            QVERIFY(QString::fromStdString(refused.error().message).contains(QStringLiteral("unpacks to far more than a trace would")));
            int asked = 0;
            formats::OpenOptions options;
            options.goOn = [&asked](uint64_t unpacked) { return ++asked && unpacked >= (256 << 20); };
            const auto r = formats::open(path, options);
            QVERIFY2(r, r ? "" : r.error().message.c_str());
            QCOMPARE((*r)->sliceCount(), uint64_t(1));
            QCOMPARE(asked, 1);
        }
    }

    void filesAreAlignedByTheirClocks()
    {
        const auto file = [&](const char* name, qint64 base, int pid, double ts) {
            return writeFile(m_dir, QString::fromLatin1(name),
                QStringLiteral("{\"baseTimeNanoseconds\":%1,\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":%2,\"dur\":1,\"pid\":%3,\"tid\":1}]}")
                    .arg(base).arg(ts).arg(pid).toUtf8());
        };
        const std::string stacks = writeFile(m_dir, QStringLiteral("c.txt"), "f;g 2\n");
        const auto r = formats::open(std::vector<std::string>{file("a.json", 1000, 7, 10), file("b.json", 6000, 7, 10), stacks});
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE(sliceLines(*r.value()).join(QStringLiteral("; ")),
            QStringLiteral("7/1 | 0 10000 1000 f; 7/1 | 0 15000 1000 f; 0/1 stacks| 0 10000 2000000 f; 0/1 stacks| 1 10000 2000000 g"));
        QCOMPARE(r.value()->processes().size(), size_t(3)); // the same pid, not the same process
        QCOMPARE(problemLines(*r.value()), QStringList{QStringLiteral("merge.no_clock 1")});
        QCOMPARE(*r.value()->wallClockOffset(), 1000);
    }

    void filesAreAlignedAsAsked()
    {
        const auto file = [&](const char* name, qint64 base, double begin, double mark) {
            return writeFile(m_dir, QString::fromLatin1(name),
                QStringLiteral("{\"baseTimeNanoseconds\":%1,\"traceEvents\":[{\"ph\":\"X\",\"name\":\"f\",\"ts\":%2,\"dur\":9,\"pid\":1,\"tid\":1},"
                               "{\"ph\":\"X\",\"name\":\"ready\",\"ts\":%3,\"dur\":1,\"pid\":1,\"tid\":1}]}")
                    .arg(base).arg(begin).arg(mark).toUtf8());
        };
        const std::vector<std::string> files{file("a.json", 0, 10, 12), file("b.json", 5000, 40, 47)};
        const auto times = [&](const formats::MergeOptions& merge) {
            formats::OpenOptions options;
            options.merge = merge;
            const auto r = formats::open(files, options);
            return r ? sliceLines(**r, false).join(u';') : QString::fromStdString(r.error().message);
        };
        using Align = formats::MergeOptions::Align;
        QCOMPARE(times({}), QStringLiteral("0 10000 9000 f;1 12000 1000 ready;0 45000 9000 f;1 52000 1000 ready"));
        QCOMPARE(times({Align::Start, {}, {}}), QStringLiteral("0 10000 9000 f;1 12000 1000 ready;0 10000 9000 f;1 17000 1000 ready"));
        QCOMPARE(times({Align::Marker, "read", {}}), QStringLiteral("0 10000 9000 f;1 12000 1000 ready;0 5000 9000 f;1 12000 1000 ready"));
        QCOMPARE(times({Align::Start, {}, {0, -2000}}), QStringLiteral("0 10000 9000 f;1 12000 1000 ready;0 8000 9000 f;1 15000 1000 ready"));
        QCOMPARE(times({Align::Marker, "gone", {}}), QStringLiteral("a.json: no event or call there has \"gone\" in its name."));
        QVERIFY(formats::parseAlign("marker:x y").value().marker == "x y");
        QVERIFY(!formats::parseAlign("marker:"));
        QCOMPARE(formats::parseAlign("sun").error().message, std::string("--align is clock, start or marker:NAME, not sun."));
    }
};

QTEST_GUILESS_MAIN(ContainersTest)
#include "tst_containers.moc"
