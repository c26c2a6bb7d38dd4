// SPDX-License-Identifier: GPL-3.0-or-later
// FlameBar: order, measure, scope and filter of the flame graph, 36 px high. Only shows and reports choices.
#pragma once
#include "layout/calltree.h"
#include "widget/flameview.h"
#include <QWidget>

class QButtonGroup;
class QLineEdit;
class QToolButton;

namespace calltide::render {
class Theme;
}

namespace calltide::flameview {

enum class ScopeKind : uint8_t
{
    Whole,
    Shown,
    Selection,
    Hits, // of the search
    Thread, // of the selected call, all of it
    Process,
    Task, // what ran while it did; of the selected call of a task's lane
    Count
};

class FlameBar : public QWidget
{
    Q_OBJECT
public:
    explicit FlameBar(QWidget* parent = nullptr);

    void setTheme(const render::Theme& theme);
    Order order() const;
    void setOrder(Order order);
    flame::Measure measure() const;
    bool myCodeOnly() const;
    void setMyCodeOnly(bool on); // silent
    bool rootAtBottom() const;
    ScopeKind scope() const { return m_scope; }
    void setScope(ScopeKind scope); // silent
    void setScopeText(const QString& text); // "Shown part · 52.0 ms"
    void setAvailable(ScopeKind scope, bool available);
    QString filter() const;
    void focusFilter();
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void orderChanged();
    void myCodeChanged();
    void rootChanged();
    void measureChanged();
    void scopeChanged();
    void filterChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QToolButton* menuOf(const QString& whatFor, QButtonGroup* group);
    QWidget* segments(const QStringList& names, QButtonGroup* group);
    void arrange(); // what there is room for, so that the filter keeps its own

    QButtonGroup *m_order, *m_measure;
    QWidget *m_orders, *m_measures;
    QToolButton *m_orderMenu, *m_measureMenu; // instead of them where there is little room
    QToolButton* m_chip;
    QToolButton* m_myCode;
    QAction* m_rootAtBottom;
    QAction* m_scopes[size_t(ScopeKind::Count)];
    QLineEdit* m_filter;
    QAction* m_filterIcon;
    ScopeKind m_scope = ScopeKind::Shown;
};

} // namespace calltide::flameview
