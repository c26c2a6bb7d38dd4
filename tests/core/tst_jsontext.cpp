// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonscan.h"
#include "formats/jsontext.h"
#include <QTest>

using namespace calltide::formats::json;

class JsonTextTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void microsecondsBecomeExactNanoseconds_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<qint64>("ns");
        const auto good = [](const char* text, qint64 ns) { QTest::newRow(text) << QByteArray(text) << true << ns; };
        const auto bad = [](const char* text) { QTest::newRow(text) << QByteArray(text) << false << qint64(0); };
        good("0", 0);
        good("1", 1000);
        good("1.5", 1500);
        good("0.001", 1);
        good("-2.25", -2250);
        good("\"12.5\"", 12500);
        good("\" 7 \"", 7000);
        good("9007199254740993.001", 9007199254740993001); // beyond what a double holds
        good("9223372036854775.807", INT64_MAX);
        good("1.0004", 1000);
        good("1.0005", 1001);
        good("1.00049999999", 1000);
        good("1e3", 1000000);
        good("1.5E-3", 2); // 1.5 ns
        good("12345678901234567890e-10", 1234567890123);
        good("0e9999", 0);
        good("1e-400", 0);
        good("0.000000000000000000000000000001", 0);
        good("00012", 12000);
        bad("9223372036854775.808");
        bad("1e300");
        bad("1e99999");
        bad("NaN");
        bad("Infinity");
        bad("null");
        bad("true");
        bad("\"\"");
        bad("");
        bad("1.2.3");
        bad("12x");
        bad("--1");
        bad("1e");
    }
    void microsecondsBecomeExactNanoseconds()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, valid);
        QFETCH(qint64, ns);
        const auto v = parseScaled(std::string_view(text.constData(), size_t(text.size())));
        QCOMPARE(v.has_value(), valid);
        QCOMPARE(qint64(v.value_or(0)), ns);
    }

    void escapesAreResolved_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("plain") << QByteArray("a b") << QByteArray("a b");
        QTest::newRow("short") << QByteArray("\\n\\t\\\"\\\\\\/\\b\\f\\r") << QByteArray("\n\t\"\\/\b\f\r");
        QTest::newRow("bmp") << QByteArray("\\u00e9\\u20AC") << QByteArray("é€");
        QTest::newRow("pair") << QByteArray("\\ud83d\\ude00") << QByteArray("😀");
        QTest::newRow("lone high") << QByteArray("\\ud83dx") << QByteArray("\xEF\xBF\xBDx");
        QTest::newRow("lone low") << QByteArray("\\ude00") << QByteArray("\xEF\xBF\xBD");
        QTest::newRow("two high") << QByteArray("\\ud83d\\ud83d") << QByteArray("\xEF\xBF\xBD\xEF\xBF\xBD");
        QTest::newRow("cut") << QByteArray("a\\u12") << QByteArray("a\\u12");
        QTest::newRow("backslash last") << QByteArray("a\\") << QByteArray("a\\");
    }
    void escapesAreResolved()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QByteArray, text);
        QCOMPARE(QByteArray::fromStdString(unescape({raw.constData(), size_t(raw.size())})), text);
    }

    void stringsEndAtTheFirstQuoteThatIsNotEscaped()
    {
        for (int before = 0; before < 40; before++) { // the quote at every place of a 16-byte block
            const std::string s = std::string(size_t(before), 'x') + "\\\"\\\\\"rest";
            const char* end = stringEnd(s.data(), s.data() + s.size());
            QVERIFY(end);
            QCOMPARE(int(end - s.data()), before + 4);
            QVERIFY(!stringEnd(s.data(), s.data() + before + 4)); // one byte short
            QVERIFY(!stringEnd(s.data(), s.data() + before + 1));
        }
    }

    void cursorsGoThroughMembersAndElements()
    {
        QStringList seen;
        Cursor c(" { \"a\" : 1, \"b\\\"x\":[1,{\"c\":\"}\"}] ,\"d\":null} trailing");
        while (c.next())
            seen += QString::fromStdString(std::string(c.key) + "=" + std::string(c.value));
        QCOMPARE(seen.join(u' '), QStringLiteral("a=1 b\\\"x=[1,{\"c\":\"}\"}] d=null"));
        QVERIFY(c.complete());
        Cursor cut("{\"a\":1,\"b\":[1,2");
        QVERIFY(cut.next());
        QVERIFY(!cut.next());
        QVERIFY(!cut.complete());
        QVERIFY(!Cursor("17").next());
        QVERIFY(!Cursor("").next());
        QCOMPARE(std::string(member("{\"x\":{\"y\":2},\"y\":3}", "y")), std::string("3"));
    }

    void deepNestingNeedsNoStack()
    {
        const std::string s = std::string(1'000'000, '[') + std::string(1'000'000, ']') + ",";
        QCOMPARE(size_t(skipValue(s.data(), s.data() + s.size()) - s.data()), size_t(2'000'000));
    }

    void largeValuesAndLongListsEndWhenToldToStop()
    {
        calltide::store::Progress progress;
        progress.cancel();
        const std::string large = '[' + std::string(9 << 20, ' ') + ']', list = '[' + std::string(20'000, '1') + ']';
        std::string many = "[";
        for (int i = 0; i < 10'000; i++)
            many += "1,";
        many += ']';
        const auto count = [&many] {
            int n = 0;
            for (Cursor c(many); c.next();)
                n++;
            return n;
        };
        {
            const Stop stop(&progress);
            QVERIFY(!skipValue(large.data(), large.data() + large.size()));
            QVERIFY(count() < 10'000);
            QCOMPARE(skipValue(list.data(), list.data() + list.size()), list.data() + list.size()); // small: as ever
            const Stop none(nullptr);
            QCOMPARE(count(), 10'000);
        }
        QCOMPARE(skipValue(large.data(), large.data() + large.size()), large.data() + large.size());
        QCOMPARE(count(), 10'000);
    }

    void everyPrefixOfAnEventIsCutNotWrong()
    {
        const std::string event = "{\"ph\":\"X\", \"name\":\"f \\\" "
                                  "x\",\"ts\":1.5,\"dur\":2,\"pid\":1,\"tid\":\"t\",\"args\":{\"a\":[1,\"]\"]}}";
        for (size_t n = 1; n < event.size(); n++) {
            Scanner scanner;
            Batch batch;
            const std::string part = event.substr(0, n);
            const char* p = part.data();
            QCOMPARE(int(scanner.event(p, part.data() + n, part.data(), 0, batch)), int(Outcome::Cut));
            QVERIFY(batch.slices.empty());
        }
        Scanner scanner;
        Batch batch;
        const char* p = event.data();
        QCOMPARE(int(scanner.event(p, event.data() + event.size(), event.data(), 100, batch)), int(Outcome::Event));
        QCOMPARE(batch.slices.size(), size_t(1));
        QCOMPARE(batch.slices[0].start, 1500);
        QCOMPARE(batch.slices[0].duration, 2000);
        QCOMPARE(size_t(batch.slices[0].argsOffset), 100 + event.find("{\"a\""));
    }
};

QTEST_GUILESS_MAIN(JsonTextTest)
#include "tst_jsontext.moc"
