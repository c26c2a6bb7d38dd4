// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/exporter.h"
#include "formats/exporter.h"
#include "ui/noticebar.h"
#include "ui/text.h"
#include <QFileInfo>

namespace calltide::ui {

ExportJob::ExportJob(NoticeBar& notices, QObject* parent)
    : QObject(parent)
    , m_notices(notices)
{
    m_timer.setInterval(100);
}

ExportJob::~ExportJob() = default;

void ExportJob::start(store::TracePtr trace, const QString& path)
{
    cancel();
    Notice notice;
    notice.icon = QStringLiteral("export");
    notice.title = tr("Writing %1").arg(QFileInfo(path).fileName());
    notice.perMille = 0;
    notice.closable = false;
    notice.actionText = tr("Cancel");
    notice.action = [this] { cancel(); };
    m_notice = m_notices.add(std::move(notice));
    m_timer.disconnect();
    connect(&m_timer, &QTimer::timeout, this, [this] {
        const int perMille = m_runner.perMille();
        m_notices.update(m_notice, formatPercent(perMille / 1000.0), perMille);
    });
    m_timer.start();
    m_runner.start(
        [trace = std::move(trace), name = toUtf8(path)](store::Progress& progress) -> Status {
            formats::ExportOptions options;
            options.progress = &progress;
            const auto format = formats::exportFormatOf(name); // by its ending
            return formats::exportTrace(*trace, name, format.value_or(formats::ExportFormat::PerfettoJson), options);
        },
        [this, path](const Status& status) {
            end();
            if (status)
                Q_EMIT finished(path);
            else if (status.error().code != ErrorCode::Cancelled)
                Q_EMIT failed(QString::fromStdString(status.error().message));
        });
}

void ExportJob::cancel()
{
    m_runner.cancel();
    end();
}

void ExportJob::end()
{
    m_timer.stop();
    if (m_notice)
        m_notices.remove(std::exchange(m_notice, 0));
}

} // namespace calltide::ui
