// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a document in the format of the file's ending, else as Perfetto JSON, in a job, with progress and Cancel in the notice bar. GUI thread.
#pragma once
#include "session/jobs.h"
#include "store/trace.h"
#include <QObject>
#include <QTimer>

namespace calltide::ui {

class NoticeBar;

class ExportJob : public QObject
{
    Q_OBJECT
public:
    explicit ExportJob(NoticeBar& notices, QObject* parent = nullptr);
    ~ExportJob() override;

    // One at a time: a new one cancels the former, which leaves no file.
    void start(store::TracePtr trace, const QString& path);
    void cancel();

Q_SIGNALS:
    void finished(const QString& path);
    void failed(const QString& sentence);

private:
    void end();

    NoticeBar& m_notices;
    session::JobRunner m_runner;
    QTimer m_timer;
    int m_notice = 0;
};

} // namespace calltide::ui
