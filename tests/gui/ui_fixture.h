// SPDX-License-Identifier: GPL-3.0-or-later
// A main window with settings and caches of its own, and small files to open in it.
#pragma once
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/document.h"
#include "ui/mainwindow.h"
#include "ui/noticebar.h"
#include "ui/question.h"
#include <QAbstractButton>
#include <QAction>
#include <QDir>
#include <QFile>
#include <QTabBar>
#include <QTemporaryDir>
#include <QtTest>

struct UiFixture
{
    QTemporaryDir dir;
    calltide::session::Settings settings{dir.filePath(QStringLiteral("settings.ini"))};
    calltide::ui::Appearance appearance{calltide::ui::Appearance::Choice::Dark};
    std::unique_ptr<calltide::ui::MainWindow> window;

    UiFixture()
    {
        qputenv("XDG_CACHE_HOME", dir.filePath(QStringLiteral("cache")).toUtf8());
        remake();
    }
    void remake() // as after leaving the program and starting it again
    {
        window.reset();
        window = std::make_unique<calltide::ui::MainWindow>(appearance, settings, calltide::timeline::Renderer::Raster);
        window->resize(1280, 800);
        window->show();
        window->activateWindow(); // there is no window manager to do it
        (void)QTest::qWaitForWindowActive(window.get());
    }
    calltide::ui::Question* question() const // that is shown
    {
        for (auto* one : window->findChildren<calltide::ui::Question*>())
            if (one->isVisible())
                return one;
        return nullptr;
    }
    void answer(const QString& button) const // its text
    {
        QVERIFY(question());
        for (auto* one : question()->findChildren<QAbstractButton*>())
            if (one->text() == button) {
                QTest::mouseClick(one, Qt::LeftButton);
                QVERIFY(!question());
                return;
            }
        QFAIL(qPrintable(button));
    }
    QString write(const QString& name, const QByteArray& bytes) const
    {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write a test file");
        return file.fileName();
    }
    // main calls work three times; work's source is in the file, main's too; the C function's is not.
    QString writeShop(const QString& name = QStringLiteral("shop.json")) const
    {
        return write(name, R"json({"traceEvents":[
{"ph":"M","name":"process_name","pid":4120,"tid":1,"args":{"name":"shop.py"}},
{"ph":"M","name":"thread_name","pid":4120,"tid":1,"args":{"name":"MainThread"}},
{"ph":"X","name":"main (/srv/shop/shop.py:6)","pid":4120,"tid":1,"ts":0.0,"dur":100000.0,"cat":"FEE"},
{"ph":"X","name":"work (/srv/shop/shop.py:1)","pid":4120,"tid":1,"ts":10000.0,"dur":20000.0,"cat":"FEE","args":{"n":8,"who":"<b>me</b>"}},
{"ph":"X","name":"work (/srv/shop/shop.py:1)","pid":4120,"tid":1,"ts":40000.0,"dur":20000.0,"cat":"FEE"},
{"ph":"X","name":"work (/srv/shop/shop.py:1)","pid":4120,"tid":1,"ts":70000.0,"dur":20000.0,"cat":"FEE"}],
"file_info":{"files":{"/srv/shop/shop.py":["def work(n, who):\n    return n\n\n\n# the entry\ndef main():\n    for i in range(3):\n        work(i, 'x')\n",8]},
"functions":{"main (/srv/shop/shop.py:6)":["/srv/shop/shop.py",6],"work (/srv/shop/shop.py:1)":["/srv/shop/shop.py",1]}},
"viztracer_metadata":{"version":"0.16.0"}})json");
    }
    calltide::ui::Document* open(const QString& path)
    {
        const calltide::ui::Document* before = window->document();
        window->open(path);
        if (!QTest::qWaitFor([&] { return window->document() && window->document() != before; }, 20000))
            qWarning() << window->notices().shownTexts();
        return window->document();
    }
    QAction* action(calltide::ui::ActionId id) const { return window->actionTable()[id]; }
    QTabBar* tabs() const { return window->findChild<QTabBar*>(QStringLiteral("files")); }
};
