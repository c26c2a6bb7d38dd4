// SPDX-License-Identifier: GPL-3.0-or-later
// Files that change while they are read, and JSON that was made to hurt.
#include "formats/jsonwindow.h"
#include "formats/reader.h"
#include "native_reading.h"
#include "tracetext.h"
#include <atomic>
#include <fcntl.h>
#include <random>
#include <thread>
#include <unistd.h>

using namespace calltide;
using namespace calltide::store;

namespace {

QByteArray manyEvents(int count)
{
    QByteArray json = "[";
    for (int i = 0; i < count; i++)
        json += "{\"ph\":\"X\",\"name\":\"f\",\"ts\":" + QByteArray::number(i) + ",\"dur\":1,\"pid\":1,\"tid\":1,\"args\":{\"k\":1}},";
    return json + "{}]";
}

QByteArray recording()
{
    native::W w;
    native::tables(w);
    w.events(native::manyCalls(20'000));
    return QByteArray(reinterpret_cast<const char*>(w.bytes.data()), qsizetype(w.bytes.size()));
}

void write(int fd, const QByteArray& bytes)
{
    if (::pwrite(fd, bytes.constData(), size_t(bytes.size()), 0) != bytes.size())
        qFatal("the test's own file cannot be written");
}

} // namespace

class HostileTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

private Q_SLOTS:
    void filesThatChangeMeanwhileAreNoTrouble_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("JSON") << manyEvents(20'000);
        QTest::newRow("recording") << recording();
    }
    void filesThatChangeMeanwhileAreNoTrouble()
    {
        QFETCH(QByteArray, content);
        const std::string path = writeFile(m_dir, QStringLiteral("changing"), content);
        const int fd = ::open(path.c_str(), O_WRONLY);
        QVERIFY(fd >= 0);
        std::atomic<bool> done = false;
        std::thread enemy([&] { // makes it short, whole again, and wrong in one byte, over and over
            std::mt19937 random(7);
            while (!done) {
                const auto at = off_t(random() % uint32_t(content.size()));
                if (::ftruncate(fd, at) != 0)
                    break;
                write(fd, content);
                const char byte = char(random());
                if (::pwrite(fd, &byte, 1, at) != 1)
                    break;
            }
        });
        int opened = 0, refused = 0;
        for (int i = 0; i < 60; i++) {
            const auto r = formats::open(path);
            if (!r) {
                QVERIFY(!r.error().message.empty());
                refused++;
                continue;
            }
            opened++;
            for (const Row& row : r.value()->rows())
                for (SliceIndex s = row.first; s < row.first + std::min<uint64_t>(row.count, 5); s++)
                    (void)r.value()->arguments(s); // read from the file as it is now
        }
        done = true;
        enemy.join();
        write(fd, content);
        ::close(fd);
        QCOMPARE(opened + refused, 60);
        const auto whole = formats::open(path);
        QVERIFY(whole);
        QVERIFY(whole.value()->sliceCount() >= 20'000);
    }

    void aFileCutOffWhileItIsReadEndsInZeros()
    {
        const std::string path = writeFile(m_dir, QStringLiteral("cut.json"), manyEvents(40'000));
        auto input = formats::openInput(path);
        QVERIFY(input);
        QVERIFY((*input)->fileSize() > 2 << 20);
        formats::json::Window window(**input, 1 << 20);
        QVERIFY(window.more().value());
        QCOMPARE(window.end() - window.at(), ptrdiff_t(1 << 20));
        QVERIFY(!window.damaged());
        QCOMPARE(::truncate(path.c_str(), (1 << 20) + 4096), 0);
        window.moveTo(window.end());
        QVERIFY(window.more().value());
        QVERIFY(window.at()[0] != 0);
        QCOMPARE(window.at()[8192], '\0');
        QVERIFY(window.damaged());
    }

    void argumentsOfAFileThatIsGoneAreEmpty()
    {
        const std::string path = writeFile(m_dir, QStringLiteral("gone.json"), manyEvents(3));
        const auto r = formats::open(path);
        QVERIFY(r);
        QCOMPARE(r.value()->arguments(0), std::string("{\"k\":1}"));
        QCOMPARE(::truncate(path.c_str(), 20), 0);
        QCOMPARE(r.value()->arguments(0), std::string());
        QCOMPARE(::unlink(path.c_str()), 0);
        QCOMPARE(r.value()->arguments(0), std::string());
    }

    void hostileJsonIsRead_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("slices");
        const QByteArray good = "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1}";
        const auto event = [](const QByteArray& ts, const QByteArray& more = {}) {
            return "{\"ph\":\"X\",\"name\":\"f\",\"ts\":" + ts + ",\"dur\":1,\"pid\":1,\"tid\":1" + more + "},";
        };
        QTest::newRow("a number of a million digits") << "[" + event(QByteArray(1'000'000, '9')) + good + "]" << 1;
        QTest::newRow("numbers at their limits")
            << "[" + event("1e999") + event("-0") + event("9223372036854775807") + event("9223372036854775808") + event("NaN") + good + "]" << 2;
        QTest::newRow("nested a million deep")
            << "[" + event("1", ",\"args\":" + QByteArray(1'000'000, '[') + QByteArray(1'000'000, ']')) + good + "]" << 2;
        QTest::newRow("never closed") << "[" + good + ",{\"args\":" + QByteArray(1'000'000, '[') << 1;
        QByteArray keys;
        for (int i = 0; i < 300'000; i++)
            keys += ",\"k" + QByteArray::number(i) + "\":" + QByteArray::number(i);
        QTest::newRow("hundreds of thousands of keys") << "[" + event("1", keys) + good + "]" << 2;
        QByteArray processes = "[";
        for (int i = 0; i < 100'000; i++)
            processes += "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":" + QByteArray::number(i) + ",\"tid\":1},";
        QTest::newRow("a hundred thousand processes") << processes + good + "]" << 100'001;
        QByteArray begun = "[";
        for (int i = 0; i < 100'000; i++)
            begun += "{\"ph\":\"b\",\"cat\":\"c\",\"id\":1,\"name\":\"n\",\"ts\":" + QByteArray::number(i) + ",\"pid\":1},";
        QTest::newRow("begun and never ended, of one id") << begun + good + "]" << 100'001;
    }
    void hostileJsonIsRead()
    {
        QFETCH(QByteArray, json);
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("hostile.json"), json));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QTEST(int(r.value()->sliceCount()), "slices");
    }

    void threadsWithoutEndShareATrack()
    {
        const int most = 200'000, all = most + 1000;
        QByteArray text = "[";
        for (int i = 1; i <= all; i++) {
            const QByteArray n = QByteArray::number(i);
            text += "{\"ph\":\"X\",\"name\":\"f\",\"pid\":" + n + ",\"tid\":" + n + ",\"ts\":" + n + ",\"dur\":1},\n";
        }
        text += "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":" + QByteArray::number(all) + ",\"args\":{\"name\":\"x\"}}]";
        const auto r = formats::open(writeFile(m_dir, QStringLiteral("threads.json"), text));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        const Trace& t = **r;
        QCOMPARE(t.tracks().size(), size_t(most + 1));
        QCOMPARE(t.processes().size(), size_t(most + 1));
        QCOMPARE(t.sliceCount(), uint64_t(all)); // none is lost
        QCOMPARE(t.problems().size(), size_t(1));
        QCOMPARE(t.problems()[0].kind, std::string("json.too_many_threads"));
        const auto more = std::find_if(t.tracks().begin(), t.tracks().end(), [](const Track& k) { return k.sliceCount > 1; });
        QVERIFY(more != t.tracks().end());
        QCOMPARE(t.string(more->name), std::string_view("(more threads)"));
        QCOMPARE(more->sliceCount, uint64_t(all - most));
    }

    void whatIsTooLargeForATraceIsPassedOver()
    {
        const QByteArray good = "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1}";
        const QByteArray longName = "{\"ph\":\"X\",\"ts\":2,\"name\":\"" + QByteArray(17 << 20, 'n') + "\"}";
        const QByteArray large = "{\"ph\":\"X\",\"ts\":2,\"args\":{\"]}\":\"" + QByteArray(130 << 20, 'a') + "\"}}";
        const QByteArray source = "\"file_info\":{\"files\":{\"x.py\":[\"" + QByteArray(17 << 20, 's') + "\",1],\"y.py\":[\"pass\",1]}}";
        const auto r = formats::open(writeFile(
            m_dir, QStringLiteral("large.json"), "{\"traceEvents\":[" + longName + "," + good + "," + large + "," + good + "]," + source + "}"));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE((*r)->sliceCount(), uint64_t(2));
        QCOMPARE((*r)->sources().size(), size_t(1));
        QCOMPARE(problemLines(**r).join(u';'), QStringLiteral("json.long_text 1;json.too_large 1;json.source 1"));
    }

    void whatIsDamagedForLongIsPassedOver()
    {
        const QByteArray good = "{\"ph\":\"X\",\"name\":\"f\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1}";
        const auto r = formats::open(writeFile(
            m_dir, QStringLiteral("damaged.json"), "[" + good + ",}" + QByteArray("{]}").repeated(45 << 20) + "," + good + "]"));
        QVERIFY2(r, r ? "" : r.error().message.c_str());
        QCOMPARE((*r)->sliceCount(), uint64_t(2));
        QVERIFY(problemLines(**r).join(u';').contains(QStringLiteral("json.too_large")));
    }
};

QTEST_GUILESS_MAIN(HostileTest)
#include "tst_hostile.moc"
