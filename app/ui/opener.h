// SPDX-License-Identifier: GPL-3.0-or-later
// Opener: reads trace files in jobs, with progress and a Cancel button in the notice bar. Errors become a notice; the
// window never waits. GUI thread.
#pragma once
#include "formats/mergeoptions.h"
#include "formats/sidecar.h"
#include "session/jobs.h"
#include "ui/tracecontext.h"
#include <QHash>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <memory>

namespace calltide::session {
class LiveFollower;
}

namespace calltide::ui {

class Appearance;
class NoticeBar;

class Opener : public QObject
{
    Q_OBJECT
public:
    Opener(const Appearance& appearance, NoticeBar& notices, QObject* parent = nullptr);
    ~Opener() override;

    void open(const QString& path);
    // As one timeline; the signals then have the paths with newlines between. The same paths open the same way again.
    void open(const QStringList& paths, const formats::MergeOptions& merge);
    // Large files are kept there in a form that opens at once the next time; an empty folder: none are.
    void setSidecar(const formats::SidecarOptions& options) { m_sidecar = options; }
    // A recording that a program is about to write: shown as soon as there is something to see.
    void follow(const QString& path, int64_t notBefore = INT64_MIN); // ns since the epoch: an older file is another's
    bool programEnded(const QString& path); // whether follow() has shown it or will
    void cancel(const QString& path) { finish(path); }
    bool isOpening() const { return !m_jobs.isEmpty() || !m_followers.isEmpty(); }

Q_SIGNALS:
    void opened(const calltide::ui::TraceContextPtr& context, const QString& path);
    void failed(const QString& path, const QString& sentence);
    void partOpened(const calltide::ui::TraceContextPtr& context, const QString& path); // the rest follows with opened()
    void cancelled(const QString& path);
    // As opened(), of a recording that goes on: the follower has its next states.
    void openedLive(const calltide::ui::TraceContextPtr& context, const QString& path,
        const std::shared_ptr<calltide::session::LiveFollower>& follower);

private:
    struct Job;
    void finish(const QString& path);
    void takeLive(const QString& path, const store::TracePtr& trace);
    const Appearance& m_appearance;
    NoticeBar& m_notices;
    formats::SidecarOptions m_sidecar;
    session::JobRunner m_keeper;
    QHash<QString, std::shared_ptr<session::LiveFollower>> m_followers; // those without a document yet
    QSet<QString> m_followed; // shown, while their programs go on
    QHash<QString, Job*> m_jobs; // by path
    QHash<QString, formats::MergeOptions> m_merges; // by paths
};

} // namespace calltide::ui
