// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settings.h"
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using calltide::session::Settings;

class SettingsTest : public QObject
{
    Q_OBJECT

    static QVariant other(const QVariant& v)
    {
        switch (v.typeId()) {
        case QMetaType::Bool:
            return !v.toBool();
        case QMetaType::Int:
            return v.toInt() + 7;
        case QMetaType::QStringList:
            return QStringList{QStringLiteral("a, b"), QStringLiteral("ü=\"c\"\n")};
        default:
            return QString(v.toString() + QStringLiteral(" x;y%1\\"));
        }
    }

private Q_SLOTS:
    void everyKeySurvivesAReload()
    {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("s.ini"));
        {
            Settings s(file);
            for (const auto& [key, value] : Settings::defaults()) {
                QCOMPARE(s.value(key), value);
                s.setValue(key, other(value));
            }
        }
        Settings s(file);
        for (const auto& [key, value] : Settings::defaults())
            QCOMPARE(s.value(key), other(value));
        s.reset();
        for (const auto& [key, value] : Settings::defaults())
            QCOMPARE(s.value(key), value);
    }

    void aListOfOneStaysAList()
    {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("s.ini"));
        Settings(file).setRecentFiles({QStringLiteral("/a.calltide")});
        QCOMPARE(Settings(file).recentFiles(), QStringList{QStringLiteral("/a.calltide")});
    }

    void noKeyIsListedTwice()
    {
        QSet<QString> seen;
        for (const auto& entry : Settings::defaults()) {
            QVERIFY2(!seen.contains(entry.first), qPrintable(entry.first));
            seen.insert(entry.first);
        }
    }

    void recentFilesAreNewestFirstAndAtMostTwenty()
    {
        QTemporaryDir dir;
        Settings s(dir.filePath(QStringLiteral("s.ini")));
        for (int i = 0; i < 25; i++)
            s.addRecentFile(QString::number(i));
        s.addRecentFile(QStringLiteral("10"));
        QCOMPARE(s.recentFiles().size(), 20);
        QCOMPARE(s.recentFiles().mid(0, 2), QStringList({QStringLiteral("10"), QStringLiteral("24")}));
        s.removeRecentFile(QStringLiteral("10"));
        QCOMPARE(s.recentFiles().first(), QStringLiteral("24"));
    }

    void changedIsSentOnlyWhenSomethingChanged()
    {
        QTemporaryDir dir;
        Settings s(dir.filePath(QStringLiteral("s.ini")));
        QSignalSpy spy(&s, &Settings::changed);
        s.setTheme(QStringLiteral("dark"));
        s.setTheme(QStringLiteral("dark"));
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy[0][0].toString(), QStringLiteral("appearance/theme"));
    }
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "tst_settings.moc"
