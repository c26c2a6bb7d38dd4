// SPDX-License-Identifier: GPL-3.0-or-later
// Opener: reads trace files in jobs, with progress and a Cancel button in the notice bar. Errors become a notice; the
// window never waits. GUI thread.
#pragma once
#include "ui/tracecontext.h"
#include <QHash>
#include <QObject>
#include <QStringList>

namespace calltide::ui {

class NoticeBar;

class Opener : public QObject
{
    Q_OBJECT
public:
    explicit Opener(NoticeBar& notices, QObject* parent = nullptr);
    ~Opener() override;

    void open(const QString& path);
    void open(const QStringList& paths); // as one timeline; the signals then have the paths with newlines between
    bool isOpening() const { return !m_jobs.isEmpty(); }

Q_SIGNALS:
    void opened(const calltide::ui::TraceContextPtr& context, const QString& path);
    void failed(const QString& path, const QString& sentence);

private:
    struct Job;
    void finish(const QString& path);
    NoticeBar& m_notices;
    QHash<QString, Job*> m_jobs; // by path
};

} // namespace calltide::ui
