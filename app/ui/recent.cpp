// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recent.h"
#include "session/settings.h"
#include "store/query.h"
#include "store/callfigures.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QStandardPaths>

namespace calltide::ui {
namespace {
constexpr QSize kThumbnail(262, 92);

QString entryFile(const QString& path, const QString& suffix)
{
    const QByteArray hash = QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Sha1).toHex().left(16);
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/recent"));
    return folder.filePath(QString::fromLatin1(hash) + suffix);
}

QString pictureSuffix(render::ThemeKind kind)
{
    return QStringLiteral("-%1.png").arg(int(kind));
}

QString dayText(const QDateTime& when)
{
    const qint64 days = when.date().daysTo(QDate::currentDate());
    if (days == 0)
        return QObject::tr("today %1").arg(when.toString(QStringLiteral("HH:mm")));
    if (days == 1)
        return QObject::tr("yesterday");
    return QLocale().toString(when.date(), days < 7 ? QStringLiteral("dddd") : QStringLiteral("d MMMM"));
}
} // namespace

RecentFiles::RecentFiles(session::Settings& settings, const Appearance& appearance)
    : m_settings(settings)
    , m_appearance(appearance)
{
}

QStringList RecentFiles::paths() const
{
    return m_settings.recentFiles();
}

QList<RecentFile> RecentFiles::list(int most) const
{
    QList<RecentFile> out;
    const QStringList paths = m_settings.recentFiles();
    for (const QString& path : paths.mid(0, most)) {
        RecentFile file;
        file.path = path;
        file.exists = QFileInfo::exists(path);
        QFile facts(entryFile(path, QStringLiteral(".json")));
        if (facts.open(QIODevice::ReadOnly)) {
            const QJsonObject object = QJsonDocument::fromJson(facts.readAll()).object();
            file.command = object[QLatin1String("command")].toString();
            file.figures = object[QLatin1String("figures")].toString();
            const auto when = QDateTime::fromString(object[QLatin1String("opened")].toString(), Qt::ISODate);
            if (when.isValid())
                file.day = dayText(when);
        }
        file.picture.load(entryFile(path, pictureSuffix(m_appearance.theme().kind())));
        out << file;
    }
    return out;
}

void RecentFiles::add(const TraceContext& context, const QString& path)
{
    m_settings.addRecentFile(path);
    const store::Trace& trace = *context.trace;
    QString command;
    if (!trace.processes().empty())
        command = labelText(trace.string(trace.processes().front().commandLine));
    if (command.isEmpty())
        command = fromTrace(trace.format());
    const QJsonObject object{{QStringLiteral("command"), command},
        {QStringLiteral("figures"),
            (store::holdsSummed(trace) ? QObject::tr("%1 · %2 slices") : QObject::tr("%1 · %2 calls")).arg(formatDuration(trace.duration()), formatNumber(store::callCount(trace)))},
        {QStringLiteral("opened"), QDateTime::currentDateTime().toString(Qt::ISODate)}};
    const QString name = entryFile(path, QStringLiteral(".json"));
    QDir().mkpath(QFileInfo(name).path());
    QFile facts(name); // only a cache: nothing is said when it cannot be written
    if (facts.open(QIODevice::WriteOnly))
        facts.write(QJsonDocument(object).toJson(QJsonDocument::Compact));
    // In every theme: the start page may be seen in another one.
    for (render::ThemeKind kind : {render::ThemeKind::Light, render::ThemeKind::Dark, render::ThemeKind::HighContrast})
        thumbnail(context, render::Theme(kind), kThumbnail, 2).save(entryFile(path, pictureSuffix(kind)));
}

void RecentFiles::remove(const QString& path)
{
    m_settings.removeRecentFile(path);
    QFile::remove(entryFile(path, QStringLiteral(".json")));
    for (int kind = 0; kind < 3; ++kind)
        QFile::remove(entryFile(path, QStringLiteral("-%1.png").arg(kind)));
}

void RecentFiles::clear()
{
    for (const QString& path : m_settings.recentFiles())
        remove(path);
}

QImage thumbnail(const TraceContext& context, const render::Theme& theme, QSize size, double ratio)
{
    const store::Trace& trace = *context.trace;
    QImage image(size * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(theme.color(u"bg.canvas"));
    store::TrackId busiest;
    for (size_t i = 0; i < trace.tracks().size(); ++i) {
        const store::TrackId id{i};
        if (trace.track(id).sliceCount && (!busiest.valid() || trace.track(id).sliceCount > trace.track(busiest).sliceCount))
            busiest = id;
    }
    if (!busiest.valid() || trace.duration() <= 0)
        return image;
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double left = 8, width = size.width() - 16, rowHeight = 11;
    const double nsPerPixel = double(trace.duration()) / width;
    const int rows = std::min<int>(int(trace.track(busiest).rowCount), int((size.height() - 16) / rowHeight));
    std::vector<store::Run> runs;
    for (int depth = 0; depth < rows; ++depth) {
        runs.clear();
        store::queryRow(trace, trace.rowAt(busiest, uint32_t(depth)), trace.begin(), trace.end(), nsPerPixel * 2, runs);
        for (const store::Run& run : runs) {
            QColor fill = context.color(run.function, theme);
            fill.setAlphaF(float(std::clamp(.25 + .75 * double(run.busy), .25, 1.)));
            painter.setBrush(fill);
            const double x = left + double(run.start - trace.begin()) / nsPerPixel;
            const double w = std::max(1., double(run.end - run.start) / nsPerPixel - (run.count == 1 ? 1 : 0));
            painter.drawRoundedRect(QRectF(x, 8 + depth * rowHeight, w, rowHeight - 1), w > 4 ? 1.5 : 0, w > 4 ? 1.5 : 0);
        }
    }
    return image;
}

} // namespace calltide::ui
