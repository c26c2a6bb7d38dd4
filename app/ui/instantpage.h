// SPDX-License-Identifier: GPL-3.0-or-later
// InstantPage: what the Call panel shows of an exception or event that is selected: its message, when and where it was.
#pragma once
#include "ui/tracecontext.h"
#include <QStringList>
#include <QWidget>

class QLabel;

namespace calltide::ui {

class Appearance;
class ElidedLabel;
class FactRows;

class InstantPage : public QWidget
{
    Q_OBJECT
public:
    explicit InstantPage(const Appearance& appearance, QWidget* parent = nullptr);

    // `instant`: index into Trace::instants(); `call`: the one it was raised in, kNoSlice when that is not known.
    void show(const TraceContext& context, uint32_t instant, store::SliceIndex call);
    const QStringList& lines() const { return m_lines; } // all that is seen: "Time\t8.32 ms"

Q_SIGNALS:
    void callRequested(); // to its call
    void sourceRequested(calltide::store::FunctionId function);

private:
    void addCall(const TraceContext& context, const store::Instant& instant, store::SliceIndex call);

    const Appearance& m_appearance;
    ElidedLabel* m_title;
    QLabel* m_message;
    FactRows* m_rows;
    QStringList m_lines;
};

} // namespace calltide::ui
