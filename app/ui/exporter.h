// SPDX-License-Identifier: GPL-3.0-or-later
// Asks with the export sheet and writes the file in a job, with progress and Cancel in the notice bar. GUI thread.
#pragma once
#include "session/jobs.h"
#include "ui/exportsheet.h"
#include <QObject>
#include <QTimer>

namespace calltide::ui {

class NoticeBar;

class Exporter : public QObject
{
    Q_OBJECT
public:
    Exporter(const Appearance& appearance, NoticeBar& notices, QWidget* window);
    ~Exporter() override;

    // The sheet about the trace that `state` shows, opened from `recording`; `folder`: where files were written last.
    void ask(const render::ViewState& state, const QString& recording, const QString& folder);
    // One at a time: a new one cancels the former, which leaves no file.
    void start(store::TracePtr trace, const QString& recording, const ExportRequest& request);
    void cancel();

Q_SIGNALS:
    void started(const QString& path);
    void finished(const QString& path);
    void failed(const QString& sentence);

private:
    void end();

    const Appearance& m_appearance;
    NoticeBar& m_notices;
    QWidget* m_window;
    ExportSheet* m_sheet = nullptr; // made when it is first asked for
    session::JobRunner m_runner;
    QTimer m_timer;
    int m_notice = 0;
};

} // namespace calltide::ui
