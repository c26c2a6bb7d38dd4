// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of RecordingView that draw themselves: the line of the last minute and the list of the hottest functions.
#pragma once
#include "store/statistics.h"
#include "ui/tracecontext.h"
#include <QWidget>
#include <deque>

namespace calltide::ui {

class Appearance;

// One value a half second, for a minute.
class RatePlot : public QWidget
{
    Q_OBJECT
public:
    explicit RatePlot(const Appearance& appearance, QWidget* parent = nullptr);
    void add(double perSecond);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
    std::deque<double> m_values;
};

// Up to kRows functions with their calls and the time inside themselves; a click or Enter chooses one.
class HottestList : public QWidget
{
    Q_OBJECT
public:
    static constexpr int kRows = 8;
    explicit HottestList(const Appearance& appearance, QWidget* parent = nullptr);
    void setRows(const TraceContextPtr& context, std::vector<store::FunctionStatistics> rows);
    QStringList names() const;
    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(calltide::store::FunctionId function);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int rowAt(int y) const; // -1: none
    void choose(int row);

    const Appearance& m_appearance;
    TraceContextPtr m_context;
    std::vector<store::FunctionStatistics> m_rows;
    int m_row = 0, m_hovered = -1; // m_row: of the keyboard
};

} // namespace calltide::ui
