// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/application.h"
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/mainwindow.h"
#include "ui/text.h"
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QSurfaceFormat>
#include <cstdio>

namespace calltide::ui {

namespace {

// Qt ends the program when it finds no display; this says what to do instead. Empty: there is one to try.
QString withoutDisplay(const QStringList& files)
{
#ifdef Q_OS_LINUX
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (!qEnvironmentVariableIsEmpty(name))
            return {};
    for (const QString& file : files)
        if (!QFileInfo::exists(file))
            return QStringLiteral("%1: there is no such file.").arg(file);
    return QStringLiteral("The window needs a display, and DISPLAY and WAYLAND_DISPLAY are not set. The commands info, stats, "
                          "export and screenshot work without one; see calltide --help.");
#else
    Q_UNUSED(files);
    return {};
#endif
}

} // namespace

int runGui(int& argc, char** argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("calltide"));
    QCoreApplication::setOrganizationName(QStringLiteral("calltide"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Calltide"));
    QGuiApplication::setDesktopFileName(QStringLiteral("io.github.calltide.Calltide"));
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Records Python programs and shows every call."));
    const QCommandLineOption renderer(QStringLiteral("renderer"), QStringLiteral("auto, gpu or raster."), QStringLiteral("name"));
    const QCommandLineOption theme(
        QStringLiteral("theme"), QStringLiteral("system, light, dark or contrast."), QStringLiteral("name"));
    const QCommandLineOption settingsFile(
        QStringLiteral("settings"), QStringLiteral("A settings file instead of your own."), QStringLiteral("file"));
    const QCommandLineOption merge(
        QStringLiteral("merge"), QStringLiteral("Show the files as one timeline instead of a tab for each."));
    const QCommandLineOption align(QStringLiteral("align"),
        QStringLiteral("How --merge puts times together: clock, start or marker:NAME."), QStringLiteral("how"));
    parser.addOptions({renderer, theme, settingsFile, merge, align});
    parser.addHelpOption();
    parser.addPositionalArgument(QStringLiteral("files"), QStringLiteral("Recordings and traces to open."), QStringLiteral("[files…]"));
    QStringList arguments;
    for (int i = 0; i < argc; i++)
        arguments << QString::fromLocal8Bit(argv[i]);
    if (!parser.parse(arguments)) {
        std::fprintf(stderr, "calltide: %s See calltide --help.\n", toUtf8(parser.errorText()).c_str());
        return 2;
    }
    if (parser.isSet(QStringLiteral("help"))) {
        QString text = parser.helpText(); // there is no application yet that could name itself
        text.replace(QLatin1String("<executable_name>"), QLatin1String("calltide"));
        std::fputs(toUtf8(text).c_str(), stdout);
        return 0;
    }

    formats::MergeOptions together;
    if (parser.isSet(align)) {
        const auto how = formats::parseAlign(toUtf8(parser.value(align)));
        if (!how) {
            std::fprintf(stderr, "calltide: %s\n", how.error().message.c_str());
            return 2;
        }
        together = *how;
    }
    const std::pair<const QCommandLineOption&, QStringList> names[] = {
        {renderer, {QStringLiteral("auto"), QStringLiteral("gpu"), QStringLiteral("raster")}},
        {theme, {QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("contrast")}}};
    for (const auto& [option, known] : names)
        if (parser.isSet(option) && !known.contains(parser.value(option))) {
            std::fprintf(stderr, "calltide: --%s takes %s, not %s. See calltide --help.\n", toUtf8(option.names().first()).c_str(),
                toUtf8(option.description().chopped(1)).c_str(), toUtf8(parser.value(option)).c_str());
            return 2;
        }
    if (const QString why = withoutDisplay(parser.positionalArguments()); !why.isEmpty()) {
        std::fprintf(stderr, "calltide: %s\n", toUtf8(why).c_str());
        return 1;
    }
    QApplication app(argc, argv);

    session::Settings settings(parser.value(settingsFile));
    const QString drawn = parser.isSet(renderer) ? parser.value(renderer) : settings.renderer();
    const auto kind = drawn == u"gpu" ? timeline::Renderer::Gpu
        : drawn == u"raster"          ? timeline::Renderer::Raster
                                      : timeline::Renderer::Auto;
    const QString name = parser.isSet(theme) ? parser.value(theme) : settings.theme();
    Appearance appearance(Appearance::fromName(name));
    MainWindow window(appearance, settings, kind);
    window.show();
    const QStringList files = parser.positionalArguments();
    if (parser.isSet(merge) && files.size() > 1)
        window.openMerged(files, together);
    else
        window.openAll(files);
    return QApplication::exec();
}

} // namespace calltide::ui
