// SPDX-License-Identifier: GPL-3.0-or-later
// RecordingView: the facts of a recording that goes on: calls a second, size, what was lost, its processes, and the
// functions that are hottest now. GUI thread; what counts through calls runs in a job, and only while it is seen.
#pragma once
#include "formats/live.h"
#include "session/jobs.h"
#include <QElapsedTimer>
#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;

namespace calltide::ui {

class Actions;
class Appearance;
class Document;
class ElidedLabel;
class HottestList;
class RatePlot;

class RecordingView : public QWidget
{
    Q_OBJECT
public:
    RecordingView(const Appearance& appearance, const Actions& actions, Document& document);

    void look(const formats::LiveState& state); // each one that comes; shows some of them
    void setSteered(bool steered); // its program was started or attached here: Snapshot makes sense
    QString shownText() const; // "events a second", file and lost, then the processes, a line each

private:
    void build(const Actions& actions);
    void showFigures();
    void showProcesses();
    void countHottest();
    void updateFollow();

    const Appearance& m_appearance;
    Document& m_document;
    session::JobRunner m_job;
    QElapsedTimer m_sinceFigures, m_sinceHottest;
    formats::LiveState m_state;
    uint64_t m_callsBefore = 0;
    double m_perSecond = 0;
    QLabel *m_rate, *m_bytes, *m_lost;
    RatePlot* m_plot;
    QPushButton *m_snapshot, *m_follow;
    QGridLayout* m_processes;
    QStringList m_shownProcesses;
    ElidedLabel *m_how, *m_hottestHead;
    HottestList* m_hottest;
};

} // namespace calltide::ui
