// SPDX-License-Identifier: GPL-3.0-or-later
// CallView: the facts of the selected call. All values can be selected and copied; nothing of the trace is shown as rich
// text.
#pragma once
#include "render/viewstate.h"
#include "session/jobs.h"
#include "ui/calldetails.h"
#include <QWidget>

class QLabel;
class QStackedWidget;

namespace calltide::ui {

class Appearance;
class CallFacts;
class DurationSpark;
class ElidedLabel;
class FactRows;
class InstantPage;
class LinkLabel;
class ShareStrip;

class CallView : public QWidget
{
    Q_OBJECT
public:
    CallView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, CallFacts* facts,
        QWidget* parent = nullptr);

    void setContext(TraceContextPtr context); // the next state of a trace that grows
    void refreshOpen(); // when the call that is shown has not ended yet, or had not when it was shown
    QString shownText() const; // everything that is seen, a line each: "Duration\t8.32 ms"

Q_SIGNALS:
    void sourceRequested(calltide::store::FunctionId function);
    void zoomRequested();
    void allCallsRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void showArea();
    void show(const CallDetails& details);
    void showRank(); // beside all calls of the function
    QWidget* buildPage();
    QWidget* buildAreaPage();

    const Appearance& m_appearance;
    TraceContextPtr m_context;
    render::ViewState* m_state;
    CallFacts* m_facts;
    session::JobRunner m_job;
    QStackedWidget* m_pages;
    QLabel* m_swatch;
    ElidedLabel *m_name, *m_where, *m_innerNames;
    LinkLabel* m_place;
    QLabel *m_duration, *m_self, *m_selfShare, *m_inside;
    ShareStrip* m_strip;
    QWidget* m_rank;
    DurationSpark* m_spark;
    ElidedLabel* m_slower;
    FactRows* m_rows;
    store::SliceIndex m_shown = store::kNoSlice;
    bool m_open = false; // it was still running when it was shown
    InstantPage* m_instant; // an exception or event
    QLabel* m_area; // figures of the selected part
    QStringList m_lines;
};

} // namespace calltide::ui
