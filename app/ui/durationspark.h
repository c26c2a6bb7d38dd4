// SPDX-License-Identifier: GPL-3.0-or-later
// DurationSpark: how long all calls of a function took, in small, with the selected one marked.
#pragma once
#include "ui/functioncalls.h"
#include <QWidget>

namespace calltide::ui {

class Appearance;

class DurationSpark : public QWidget
{
    Q_OBJECT
public:
    explicit DurationSpark(const Appearance& appearance, QWidget* parent = nullptr);
    void setCalls(const FunctionCalls& calls, int64_t marked); // ns

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
    std::vector<double> m_bars; // 0..1
    size_t m_marked = 0;
};

} // namespace calltide::ui
