// SPDX-License-Identifier: GPL-3.0-or-later
// CallTip: the dark pill that says what is under the pointer. Up to six lines of plain text, the first with a swatch.
// Never under the pointer; flips at the screen's edges. GUI thread.
#pragma once
#include "render/theme.h"
#include <QWidget>

namespace calltide::timeline {

struct TipText
{
    QColor swatch; // invalid: none
    QString title, place;
    QList<QPair<QString, QString>> numbers; // ("3.02 ms", "total"), one line
    QStringList notes; // further lines
    bool isEmpty() const { return title.isEmpty(); }
    QString plain() const; // all of it, for tests and screen readers
};

class CallTip : public QWidget
{
    Q_OBJECT
public:
    explicit CallTip(QWidget* parent);
    void setTheme(const render::Theme* theme);
    // `avoid`: the hovered slice, in global coordinates; the tip stands below or above it, beside the pointer.
    void showAt(const TipText& text, const QPoint& pointer, const QRect& avoid);
    const TipText& text() const { return m_text; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QSize wanted() const;

    const render::Theme* m_theme = nullptr;
    TipText m_text;
};

} // namespace calltide::timeline
