// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <QAction>
#include <QtTest>

using namespace calltide::ui;

class TestUiActions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void noShortcutIsGivenTwice()
    {
        QHash<QString, QString> owners;
        for (const ActionSpec& spec : actionTable()) {
            for (const char* key : {spec.shortcut, spec.heldKey}) {
                if (!*key)
                    continue;
                const QString text = QString::fromUtf8(key).toUpper();
                QVERIFY2(!owners.contains(text), qPrintable(text + " of " + spec.name + " and " + owners.value(text)));
                owners.insert(text, QString::fromUtf8(spec.name));
            }
        }
        QVERIFY(owners.size() > 20);
    }
    void namesAreUniqueAndInTheOrderOfTheirIds()
    {
        QSet<QByteArray> names;
        size_t i = 0;
        for (const ActionSpec& spec : actionTable()) {
            QCOMPARE(size_t(spec.id), i++);
            QVERIFY2(!names.contains(spec.name), spec.name);
            names.insert(spec.name);
            QVERIFY2(*spec.text, spec.name);
        }
    }
    void shortcutsAreUnderstoodByQt()
    {
        Appearance appearance(Appearance::Choice::Dark);
        QWidget window;
        const Actions actions(appearance, &window);
        for (const ActionSpec& spec : actionTable()) {
            QCOMPARE(actions[spec.id]->shortcut().isEmpty(), !*spec.shortcut);
            QVERIFY2(!*spec.icon || !actions[spec.id]->icon().isNull(), spec.name);
        }
    }
    void valuesAreWrittenForPeople()
    {
        QCOMPARE(formatNumber(1284116), QStringLiteral("1\u2009284\u2009116"));
        QCOMPARE(formatDuration(999), QStringLiteral("999 ns"));
        QCOMPARE(formatDuration(8321452), QStringLiteral("8.32 ms"));
        QCOMPARE(formatDuration(999600), QStringLiteral("1.00 ms"));
        QCOMPARE(formatDuration(-1500), QStringLiteral("\u22121.50 µs"));
        QCOMPARE(formatDuration(251000000000), QStringLiteral("4 min 11 s"));
        QCOMPARE(formatDuration(INT64_MIN).at(0), QChar(0x2212));
        QCOMPARE(formatExact(8321452), QStringLiteral("8.321\u2009452 ms"));
        QCOMPARE(formatTime(4231924000), QStringLiteral("4.231\u2009924\u2009000 s"));
        QCOMPARE(formatBytes(41800000), QStringLiteral("41.8 MB"));
        QCOMPARE(formatPercent(.93), QStringLiteral("93 %"));
    }
    void hostileNamesStayOneLineAndReadLeftToRight()
    {
        const QString text = fromTrace("a\nb\x1b[31m\xe2\x80\xae<b>c</b>");
        QVERIFY(!text.contains(u'\n'));
        QVERIFY(!text.contains(u'\x1b'));
        QVERIFY(!text.contains(QChar(0x202E)));
        QVERIFY(text.contains(QStringLiteral("<b>c</b>")));
        QCOMPARE(fromTrace("\xff\xfe"), QString(2, QChar::ReplacementCharacter));
    }
};

QTEST_MAIN(TestUiActions)
#include "tst_uiactions.moc"
