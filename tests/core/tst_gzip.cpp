// SPDX-License-Identifier: GPL-3.0-or-later
#include "deflated.h"
#include "formats/input.h"
#include "formats/output.h"
#include "tracetext.h"
#include <QDir>
#include <QRandomGenerator>

using namespace calltide::formats;

class GzipTest : public QObject
{
    Q_OBJECT

    static QByteArray text(int size)
    {
        QRandomGenerator random(7);
        QByteArray out;
        while (out.size() < size)
            out += QByteArray::number(random.generate()) + (random.bounded(3) ? " " : "\n");
        out.resize(size);
        return out;
    }
    // All that comes, read in steps of `step`.
    static QByteArray readAll(const std::string& path, size_t step)
    {
        auto input = openUnpacked(path);
        if (!input)
            return "ERROR " + QByteArray::fromStdString(input.error().message);
        QByteArray out, buffer(qsizetype(step), 0);
        for (;;) {
            const auto n = (*input)->read(buffer.data(), step);
            if (!n)
                return "ERROR " + QByteArray::fromStdString(n.error().message);
            out.append(buffer.constData(), qsizetype(n.value()));
            if (n.value() < step)
                return out;
        }
    }
    // 40 MB of spaces. Null when its file cannot be opened.
    static std::unique_ptr<Input> bomb(const UnpackLimits& limits)
    {
        QTemporaryDir dir; // what is open can be read without its name
        const std::string path = writeFile(dir, QStringLiteral("bomb.gz"), gzip(QByteArray(40'000'000, ' ')));
        auto packed = openInput(path);
        return packed ? gunzip(std::move(*packed), path, limits) : nullptr;
    }

private Q_SLOTS:
    void membersFollowEachOther()
    {
        QTemporaryDir dir;
        const QByteArray a = text(3'000'000), b = text(70'000), c;
        const std::string path = writeFile(dir, QStringLiteral("x.gz"), gzip(a) + gzip(b) + gzip(c) + gzip(b));
        for (const size_t step : {size_t(1) << 24, size_t(100'003), size_t(4096)})
            QVERIFY(readAll(path, step) == a + b + b);
    }

    void plainFilesComeAsTheyAre()
    {
        QTemporaryDir dir;
        QCOMPARE(readAll(writeFile(dir, QStringLiteral("x.gz"), "hello"), 3), QByteArray("hello"));
    }

    void aCutFileGivesWhatIsThere()
    {
        QTemporaryDir dir;
        const QByteArray a = text(500'000), packed = gzip(a);
        const QByteArray got = readAll(writeFile(dir, QStringLiteral("x"), packed.left(packed.size() / 2)), 1 << 16);
        QVERIFY(got.size() > 100'000);
        QVERIFY(a.startsWith(got));
    }

    void rubbishBehindTheLastMemberIsLeftOut()
    {
        QTemporaryDir dir;
        QCOMPARE(
            readAll(writeFile(dir, QStringLiteral("x"), gzip("abc") + QByteArray(1000, '\0')), 99), QByteArray("abc"));
    }

    void bombsAreRefused()
    {
        UnpackLimits limits;
        limits.freeBytes = 1 << 20;
        const auto input = bomb(limits);
        QVERIFY(input);
        QByteArray buffer(1 << 20, 0);
        for (int i = 0; i < 100; i++) {
            const auto n = input->read(buffer.data(), size_t(buffer.size()));
            if (!n) {
                QVERIFY(n.error().message.find("unpacks to far more") != std::string::npos);
                QVERIFY(i < 10); // 100 times 40 kB is 4 MB
                return;
            }
        }
        QFAIL("40 MB came out of 40 kB");
    }

    void whoSaysSoGetsAllOfABomb()
    {
        UnpackLimits limits;
        limits.freeBytes = 1 << 20;
        int asked = 0;
        limits.goOn = [&asked](uint64_t unpacked) { return ++asked && unpacked > (1 << 20); };
        const auto input = bomb(limits);
        QVERIFY(input);
        QByteArray buffer(50'000'000, 0);
        const auto n = input->read(buffer.data(), size_t(buffer.size()));
        QVERIFY(n);
        QCOMPARE(*n, size_t(40'000'000));
        QCOMPARE(asked, 1);
    }

    void outputIsWholeOrNotThere()
    {
        QTemporaryDir dir;
        const std::string path = dir.filePath(QStringLiteral("out.txt")).toStdString();
        {
            auto out = Output::create(path, Packing::None);
            QVERIFY(out);
            (*out)->add("half");
        }
        QVERIFY(QDir(dir.path()).isEmpty());
        {
            auto out = Output::create(path, Packing::None);
            QVERIFY(out);
            (*out)->addMicroseconds(-1234567);
            (*out)->add(' ');
            (*out)->addMicroseconds(5);
            (*out)->addString("a\"\n\x01\xff\xc3\xa9");
            QVERIFY((*out)->commit());
        }
        QCOMPARE(QDir(dir.path()).entryList(QDir::Files), QStringList{QStringLiteral("out.txt")});
        QFile f(QString::fromStdString(path));
        QVERIFY(f.open(QIODevice::ReadOnly));
        QCOMPARE(f.readAll(), QByteArray("-1234.567 0.005\"a\\\"\\n\\u0001\xEF\xBF\xBD\xc3\xa9\""));
        QCOMPARE(f.permissions() & 0x77, QFile::Permissions()); // nobody else may read it
    }

    void packedOutputIsReadBack()
    {
        QTemporaryDir dir;
        const std::string path = dir.filePath(QStringLiteral("out.gz")).toStdString();
        const QByteArray a = text(5'000'000);
        auto out = Output::create(path, Packing::Gzip);
        QVERIFY(out);
        for (int i = 0; i < a.size(); i += 777)
            (*out)->add({a.constData() + i, size_t(std::min<qsizetype>(777, a.size() - i))});
        QVERIFY((*out)->commit());
        QVERIFY(QFile(QString::fromStdString(path)).size() < a.size() * 3 / 4);
        QVERIFY(readAll(path, 1 << 20) == a);
    }

    void whatCannotBeOpenedIsNamed()
    {
        QTemporaryDir dir;
        QVERIFY(readAll(dir.path().toStdString(), 10).endsWith("is a folder, not a file."));
        QVERIFY(readAll(writeFile(dir, QStringLiteral("e"), {}), 10).endsWith("the file is empty."));
        QVERIFY(readAll("/no/such/file", 10).endsWith("/no/such/file: there is no such file."));
        QVERIFY(!Output::create("/no/such/folder/x", Packing::None));
    }
};

QTEST_GUILESS_MAIN(GzipTest)
#include "tst_gzip.moc"
