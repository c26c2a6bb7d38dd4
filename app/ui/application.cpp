// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/application.h"
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/mainwindow.h"
#include "ui/text.h"
#include <QApplication>
#include <QCommandLineParser>
#include <QSurfaceFormat>
#include <cstdio>

namespace calltide::ui {

int runGui(int& argc, char** argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("calltide"));
    QCoreApplication::setOrganizationName(QStringLiteral("calltide"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Calltide"));
    QGuiApplication::setDesktopFileName(QStringLiteral("calltide"));
    QApplication app(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Records Python programs and shows every call."));
    const QCommandLineOption renderer(QStringLiteral("renderer"), QStringLiteral("auto, gpu or raster."), QStringLiteral("name"));
    const QCommandLineOption theme(
        QStringLiteral("theme"), QStringLiteral("system, light, dark or contrast."), QStringLiteral("name"));
    const QCommandLineOption settingsFile(
        QStringLiteral("settings"), QStringLiteral("A settings file instead of your own."), QStringLiteral("file"));
    parser.addOptions({renderer, theme, settingsFile});
    parser.addHelpOption();
    parser.addPositionalArgument(QStringLiteral("files"), QStringLiteral("Recordings and traces to open."), QStringLiteral("[files…]"));
    if (!parser.parse(app.arguments())) {
        std::fprintf(stderr, "calltide: %s\n", toUtf8(parser.errorText()).c_str());
        return 2;
    }
    if (parser.isSet(QStringLiteral("help"))) {
        std::fputs(toUtf8(parser.helpText()).c_str(), stdout);
        return 0;
    }

    session::Settings settings(parser.value(settingsFile));
    const QString drawn = parser.isSet(renderer) ? parser.value(renderer) : settings.renderer();
    const auto kind = drawn == u"gpu" ? timeline::Renderer::Gpu
        : drawn == u"raster"          ? timeline::Renderer::Raster
                                      : timeline::Renderer::Auto;
    const QString name = parser.isSet(theme) ? parser.value(theme) : settings.theme();
    Appearance appearance(Appearance::fromName(name));
    MainWindow window(appearance, settings, kind);
    window.show();
    for (const QString& file : parser.positionalArguments())
        window.open(file);
    return QApplication::exec();
}

} // namespace calltide::ui
