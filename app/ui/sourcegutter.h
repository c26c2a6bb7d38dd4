// SPDX-License-Identifier: GPL-3.0-or-later
// SourceGutter: left of the source's line numbers, a stripe that tells the hottest lines, time and number of calls of
// each line. In a narrow panel the numbers give way, then the times; the stripe stays.
#pragma once
#include "ui/linefigures.h"
#include "ui/tracecontext.h"
#include <QWidget>

class QsciScintilla;

namespace calltide::ui {

class Appearance;

class SourceGutter : public QWidget
{
    Q_OBJECT
public:
    SourceGutter(const Appearance& appearance, QsciScintilla* editor, QWidget* parent = nullptr);

    void setFigures(TraceContextPtr context, std::vector<LineFigure> figures);
    const std::vector<LineFigure>& figures() const { return m_figures; }
    void setMarkedLine(int line);
    void fitInto(int width); // of the whole panel
    QRect lineRect(int line) const; // where its figures stand; may lie outside
    QString tipFor(int line) const; // empty: nothing stands there

Q_SIGNALS:
    void functionClicked(calltide::store::FunctionId function);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    const LineFigure* figureAt(int line) const;
    int lineAt(int y) const;

    const Appearance& m_appearance;
    QsciScintilla* m_editor;
    TraceContextPtr m_context;
    std::vector<LineFigure> m_figures;
    int64_t m_largest = 1;
    int m_marked = 0, m_timeWidth = 0, m_callsWidth = 0; // px; 0: not shown
};

} // namespace calltide::ui
