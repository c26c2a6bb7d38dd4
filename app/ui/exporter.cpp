// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/exporter.h"
#include "formats/container.h"
#include "render/viewstate.h"
#include "ui/noticebar.h"
#include "ui/text.h"
#include <QFileInfo>

namespace calltide::ui {

Exporter::Exporter(const Appearance& appearance, NoticeBar& notices, QWidget* window)
    : QObject(window)
    , m_appearance(appearance)
    , m_notices(notices)
    , m_window(window)
{
    m_timer.setInterval(100);
}

Exporter::~Exporter() = default;

void Exporter::ask(const render::ViewState& state, const QString& recording, const QString& folder)
{
    if (!m_sheet)
        m_sheet = new ExportSheet(m_appearance, m_window);
    m_sheet->disconnect(this);
    connect(m_sheet, &ExportSheet::exportRequested, this,
        [this, trace = state.trace(), recording](const ExportRequest& request) { start(trace, recording, request); });
    m_sheet->popUp(state, recording, folder);
}

void Exporter::start(store::TracePtr trace, const QString& recording, const ExportRequest& request)
{
    cancel();
    Notice notice;
    notice.icon = QStringLiteral("export");
    notice.title = tr("Writing %1").arg(QFileInfo(request.path).fileName());
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
    Q_EMIT started(request.path);
    m_runner.start(
        [trace = std::move(trace), recording = toUtf8(recording), request](store::Progress& progress) -> Status {
            const std::string path = toUtf8(request.path);
            if (!request.format)
                return formats::packRecording(recording, path, &progress);
            formats::ExportOptions options;
            options.scope = request.scope;
            options.sources = request.sources;
            options.progress = &progress;
            return formats::exportTrace(*trace, path, *request.format, options);
        },
        [this, path = request.path](const Status& status) {
            end();
            if (status)
                Q_EMIT finished(path);
            else if (status.error().code != ErrorCode::Cancelled)
                Q_EMIT failed(QString::fromStdString(status.error().message));
        });
}

void Exporter::cancel()
{
    m_runner.cancel();
    end();
}

void Exporter::end()
{
    m_timer.stop();
    if (m_notice)
        m_notices.remove(std::exchange(m_notice, 0));
}

} // namespace calltide::ui
