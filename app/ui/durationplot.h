// SPDX-License-Identifier: GPL-3.0-or-later
// DurationPlot: the histogram of a function's calls, by QCustomPlot in the theme's colours. A drag chooses a range of
// durations, the wheel zooms the axis, a double click shows all again. GUI thread.
#pragma once
#include "ui/callsdata.h"
#include <QWidget>
#include <optional>

class QCPBars;
class QCPItemRect;
class QCPItemStraightLine;
class QCPItemText;
class QCustomPlot;

namespace calltide::ui {

class Appearance;

class DurationPlot : public QWidget
{
    Q_OBJECT
public:
    explicit DurationPlot(const Appearance& appearance, QWidget* parent = nullptr);

    void setData(const CallsData& data, bool logarithmic, bool byTime);
    void setMarked(std::optional<int64_t> duration); // "this call"
    using Range = std::pair<int64_t, int64_t>; // ns, both included
    const std::optional<Range>& range() const { return m_range; }
    void setRange(std::optional<Range> range); // silent
    const Histogram& histogram() const { return m_histogram; }
    double xOf(int64_t duration) const; // px in this widget

Q_SIGNALS:
    void rangeChosen(); // range() is new

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void restyle();
    void showAll();
    void placeRange();
    void placeLines();
    void placeLine(int which, std::optional<int64_t> duration, const QString& text);
    int64_t durationAt(double x) const; // px

    const Appearance& m_appearance;
    QCustomPlot* m_plot;
    QCPBars* m_bars;
    QCPItemRect* m_chosen;
    QCPItemStraightLine* m_lines[3]; // p50, p95, this call
    QCPItemText* m_names[3];
    Histogram m_histogram;
    int64_t m_p50 = 0, m_p95 = 0;
    bool m_any = false;
    std::optional<int64_t> m_marked;
    std::optional<Range> m_range;
    std::optional<double> m_pressed; // px, while dragged
};

} // namespace calltide::ui
