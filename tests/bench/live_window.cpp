// SPDX-License-Identifier: GPL-3.0-or-later
// live_window RECORDING SECONDS: follows a recording that is being written in a real window and prints, as JSON, what
// share of one core this process took, the pictures a second, and by how many calls the status line was behind. Used by
// live_cost.py; wants a display.
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/document.h"
#include "ui/mainwindow.h"
#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>
#include <sys/resource.h>

using namespace calltide;

static double cpuSeconds()
{
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    return double(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + double(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    if (argc < 3)
        return 2;
    const int seconds = atoi(argv[2]);
    const QTemporaryDir folder;
    qputenv("XDG_CACHE_HOME", folder.path().toUtf8());
    session::Settings settings(folder.filePath(QStringLiteral("settings.ini")));
    ui::Appearance appearance(ui::Appearance::Choice::Dark);
    ui::MainWindow window(appearance, settings, timeline::Renderer::Raster);
    window.resize(1440, 900);
    window.show();
    window.open(QString::fromLocal8Bit(argv[1]));
    QElapsedTimer wall;
    double before = 0;
    int frames = 0;
    uint64_t behind = 0;
    QTimer start, poll;
    start.setSingleShot(true);
    QObject::connect(&start, &QTimer::timeout, [&] { // it has settled
        before = cpuSeconds();
        wall.start();
        if (window.document())
            QObject::connect(window.document()->timeline(), &timeline::TimelineView::frameDrawn, [&] { frames++; });
        QTimer::singleShot(seconds * 1000, &app, &QApplication::quit);
        poll.start(500);
    });
    QObject::connect(&poll, &QTimer::timeout, [&] {
        for (const QLabel* label : window.statusBar()->findChildren<QLabel*>()) {
            QString digits;
            for (const QChar c : label->text().section(u'c', 0, 0))
                if (c.isDigit())
                    digits += c;
            if (label->text().contains(QStringLiteral(" calls")) && window.document())
                behind = std::max<uint64_t>(behind, window.document()->trace().sliceCount() - uint64_t(digits.toULongLong()));
        }
    });
    start.start(4000);
    app.exec();
    const double took = double(wall.elapsed()) / 1000;
    const bool live = window.document() && window.document()->isLive();
    std::printf("{\"share\": %.4f, \"pictures\": %.1f, \"behind\": %llu, \"live\": %s}\n", (cpuSeconds() - before) / took, frames / took,
        static_cast<unsigned long long>(behind), live ? "true" : "false");
    return 0;
}
