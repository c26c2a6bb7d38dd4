// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/openeditor.h"
#include <QCoreApplication>
#include <QDesktopServices>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QUrl>
#include <algorithm>

namespace calltide::ui {
namespace {
// Those that open a window of their own and take a line.
constexpr const char* kEditors[] = {"code -g %f:%l", "codium -g %f:%l", "pycharm --line %l %f", "subl %f:%l", "zed %f:%l",
    "kate -l %l %f", "gedit +%l %f", "gnome-text-editor +%l %f"};

QString tr(const char* text)
{
    return QCoreApplication::translate("calltide::ui::OpenEditor", text);
}
} // namespace

QStringList editorCommand(const QString& file, int line)
{
    QStringList wanted{qEnvironmentVariable("CALLTIDE_EDITOR")};
    if (wanted.front().trimmed().isEmpty()) {
        wanted.clear();
        for (const char* command : kEditors)
            wanted << QString::fromLatin1(command);
    }
    for (const QString& command : wanted) {
        QStringList parts = QProcess::splitCommand(command);
        if (parts.isEmpty() || QStandardPaths::findExecutable(parts.front()).isEmpty())
            continue;
        if (!command.contains(QLatin1String("%f")))
            parts << QStringLiteral("%f");
        for (qsizetype i = 1; i < parts.size(); ++i)
            parts[i].replace(QLatin1String("%l"), QString::number(std::max(line, 1))).replace(QLatin1String("%f"), file);
        return parts;
    }
    return {};
}

QString openInEditor(const QString& file, int line)
{
    if (!QFileInfo::exists(file))
        return file.isEmpty() ? tr("The recording does not say in which file this function is.")
                              : tr("%1 is not on this disk. The Source panel shows it as it was recorded.").arg(file);
    const QStringList command = editorCommand(file, line);
    const bool started = command.isEmpty() ? QDesktopServices::openUrl(QUrl::fromLocalFile(file))
                                           : QProcess::startDetached(command.front(), command.mid(1));
    return started ? QString() : tr("No editor could be started. Set CALLTIDE_EDITOR to its command, for example “code -g %f:%l”.");
}

} // namespace calltide::ui
