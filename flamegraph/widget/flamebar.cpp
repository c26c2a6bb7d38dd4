// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flamebar.h"
#include "render/theme.h"
#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QResizeEvent>
#include <QToolButton>

namespace calltide::flameview {
namespace {
// Widths below which parts leave the bar, so that it never sets the window's least width.
constexpr int kMyCodeTextFrom = 880, kMeasuresFrom = 720, kFilterFrom = 560, kMyCodeFrom = 480,
              kChipTextFrom = 440;
} // namespace

FlameBar::FlameBar(QWidget* parent)
    : QWidget(parent)
    , m_order(new QButtonGroup(this))
    , m_measure(new QButtonGroup(this))
    , m_measureMenu(new QToolButton)
    , m_chip(new QToolButton)
    , m_myCode(new QToolButton)
    , m_filter(new QLineEdit)
{
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(segments({tr("Top down"), tr("Bottom up"), tr("Sandwich")}, m_order));
    m_measures = segments({tr("Time"), tr("Self"), tr("Calls")}, m_measure);
    row->addWidget(m_measures);
    makeMeasureMenu();
    row->addWidget(m_measureMenu);

    m_chip->setObjectName(QStringLiteral("scope"));
    m_chip->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_chip->setPopupMode(QToolButton::InstantPopup);
    m_chip->setToolTip(tr("What the flame graph covers"));
    m_chip->setAccessibleName(tr("What the flame graph covers"));
    auto* menu = new QMenu(m_chip);
    const QString names[] = {tr("Whole recording"), tr("Shown part"), tr("Selection"), tr("Hits of the search"),
        tr("Thread of the call"), tr("Process of the call"), tr("Task of the call")};
    for (int i = 0; i < int(ScopeKind::Count); ++i) {
        m_scopes[i] = menu->addAction(names[i], this, [this, i] {
            setScope(ScopeKind(i));
            Q_EMIT scopeChanged();
        });
        m_scopes[i]->setCheckable(true);
    }
    menu->addSeparator();
    m_rootAtBottom = menu->addAction(tr("Root at the Bottom"));
    m_rootAtBottom->setCheckable(true);
    m_chip->setMenu(menu);
    row->addWidget(m_chip);

    m_myCode->setCheckable(true);
    m_myCode->setProperty("chip", true);
    m_myCode->setText(tr("My code only"));
    m_myCode->setToolTip(tr("Merges the standard library, packages and C functions into the calls of your own code"));
    m_myCode->setAccessibleName(tr("My code only"));
    row->addWidget(m_myCode);
    row->addStretch(1);

    m_filterIcon = m_filter->addAction(QIcon(), QLineEdit::LeadingPosition);
    m_filter->setPlaceholderText(tr("Filter frames"));
    m_filter->setToolTip(tr("Part of a name, or a regular expression in /slashes/"));
    m_filter->setAccessibleName(tr("Filter frames"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(60);
    m_filter->setMaximumWidth(220);
    row->addWidget(m_filter, 1);

    connect(m_myCode, &QToolButton::toggled, this, &FlameBar::myCodeChanged);
    connect(m_rootAtBottom, &QAction::toggled, this, &FlameBar::rootChanged);
    connect(m_order, &QButtonGroup::idToggled, this, [this](int, bool on) {
        if (!on)
            return;
        // Who calls what is hot: bottom up is asked for self times, top down for whole ones. Both remain a click away.
        if (measure() != flame::Measure::Calls)
            m_measure
                ->button(int(order() == Order::BottomUp ? flame::Measure::Self : flame::Measure::Time))
                ->setChecked(true);
        Q_EMIT orderChanged();
    });
    connect(m_measure, &QButtonGroup::idToggled, this, [this](int, bool on) {
        if (on)
            Q_EMIT measureChanged();
    });
    connect(m_filter, &QLineEdit::textChanged, this, &FlameBar::filterChanged);
    setScope(m_scope);
    for (int i = int(ScopeKind::Selection); i < int(ScopeKind::Count); ++i)
        setAvailable(ScopeKind(i), false);
}

void FlameBar::makeMeasureMenu()
{
    m_measureMenu->setPopupMode(QToolButton::InstantPopup);
    m_measureMenu->setToolTip(tr("What the widths stand for"));
    m_measureMenu->setAccessibleName(tr("What the widths stand for"));
    auto* menu = new QMenu(m_measureMenu);
    for (QAbstractButton* button : m_measure->buttons())
        menu->addAction(button->text(), button, &QAbstractButton::click);
    m_measureMenu->setMenu(menu);
    m_measureMenu->setText(m_measure->checkedButton()->text());
    connect(m_measure, &QButtonGroup::buttonToggled, m_measureMenu, [this](QAbstractButton* button, bool on) {
        if (on)
            m_measureMenu->setText(button->text());
    });
}

QWidget* FlameBar::segments(const QStringList& names, QButtonGroup* group)
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(1, 0, 0, 0);
    row->setSpacing(0);
    for (int i = 0; i < names.size(); ++i) {
        auto* button = new QToolButton;
        button->setText(names[i]);
        button->setCheckable(true);
        button->setProperty("segment", true);
        button->setProperty("end", QLatin1String(i == 0 ? "left" : i + 1 == names.size() ? "right" : "none"));
        button->setFocusPolicy(Qt::TabFocus);
        group->addButton(button, i);
        row->addWidget(button);
    }
    group->button(0)->setChecked(true);
    return box;
}

void FlameBar::setTheme(const render::Theme& theme)
{
    setFixedHeight(int(theme.number(u"size.filter_bar")));
    m_chip->setIcon(theme.icon(QStringLiteral("area")));
    m_myCode->setIcon(theme.icon(QStringLiteral("my_code")));
    m_filterIcon->setIcon(theme.icon(QStringLiteral("filter")));
}

Order FlameBar::order() const
{
    return Order(std::max(0, m_order->checkedId()));
}

void FlameBar::setOrder(Order order)
{
    m_order->button(int(order))->setChecked(true);
}

bool FlameBar::myCodeOnly() const
{
    return m_myCode->isChecked();
}

bool FlameBar::rootAtBottom() const
{
    return m_rootAtBottom->isChecked();
}

flame::Measure FlameBar::measure() const
{
    return flame::Measure(std::max(0, m_measure->checkedId()));
}

void FlameBar::setScope(ScopeKind scope)
{
    m_scope = scope;
    for (int i = 0; i < int(ScopeKind::Count); ++i)
        m_scopes[i]->setChecked(i == int(scope));
}

void FlameBar::setScopeText(const QString& text)
{
    m_chip->setText(text);
}

void FlameBar::setAvailable(ScopeKind scope, bool available)
{
    m_scopes[int(scope)]->setEnabled(available);
}

QString FlameBar::filter() const
{
    return m_filter->text();
}

void FlameBar::focusFilter()
{
    m_filter->show();
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

QSize FlameBar::minimumSizeHint() const
{
    return {60, QWidget::minimumSizeHint().height()};
}

void FlameBar::resizeEvent(QResizeEvent* event)
{
    const int width = event->size().width();
    m_measures->setVisible(width >= kMeasuresFrom);
    m_measureMenu->setVisible(width < kMeasuresFrom);
    m_filter->setVisible(width >= kFilterFrom || m_filter->hasFocus());
    m_myCode->setVisible(width >= kMyCodeFrom);
    m_myCode->setToolButtonStyle(width >= kMyCodeTextFrom ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    m_chip->setToolButtonStyle(width >= kChipTextFrom ? Qt::ToolButtonTextOnly : Qt::ToolButtonIconOnly);
    QWidget::resizeEvent(event);
}

} // namespace calltide::flameview
