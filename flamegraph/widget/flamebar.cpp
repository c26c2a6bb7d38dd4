// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flamebar.h"
#include "render/theme.h"
#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>
#include <utility>

namespace calltide::flameview {
namespace {
constexpr int kFilterLeast = 140, kFilterMost = 220; // width
constexpr int kMargin = 8, kSpacing = 8;
} // namespace

FlameBar::FlameBar(QWidget* parent)
    : QWidget(parent)
    , m_order(new QButtonGroup(this))
    , m_measure(new QButtonGroup(this))
    , m_chip(new QToolButton)
    , m_myCode(new QToolButton)
    , m_filter(new QLineEdit)
{
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kMargin, 0, kMargin, 0);
    row->setSpacing(kSpacing);
    m_orders = segments({tr("Top down"), tr("Bottom up"), tr("Sandwich")}, m_order);
    m_orderMenu = menuOf(tr("Which calls stand below which"), m_order);
    m_measures = segments({tr("Time"), tr("Self"), tr("Calls")}, m_measure);
    m_measureMenu = menuOf(tr("What the widths stand for"), m_measure);
    for (QWidget* w : {m_orders, static_cast<QWidget*>(m_orderMenu), m_measures, static_cast<QWidget*>(m_measureMenu)})
        row->addWidget(w);

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
    m_rootAtBottom = menu->addAction(tr("Root at the bottom"));
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
    row->addWidget(m_filter);

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

QToolButton* FlameBar::menuOf(const QString& whatFor, QButtonGroup* group)
{
    auto* out = new QToolButton;
    out->setPopupMode(QToolButton::InstantPopup);
    out->setProperty("choice", true);
    out->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    out->setLayoutDirection(Qt::RightToLeft); // the arrow stands behind the word
    out->setIconSize({12, 12});
    out->setToolTip(whatFor);
    out->setAccessibleName(whatFor);
    auto* menu = new QMenu(out);
    for (QAbstractButton* button : group->buttons())
        menu->addAction(button->text(), button, &QAbstractButton::click);
    out->setMenu(menu);
    out->setText(group->checkedButton()->text());
    connect(group, &QButtonGroup::buttonToggled, out, [this, out](QAbstractButton* button, bool on) {
        if (!on)
            return;
        out->setText(button->text());
        arrange();
    });
    return out;
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
    for (QToolButton* menu : {m_orderMenu, m_measureMenu})
        menu->setIcon(theme.icon(QStringLiteral("chevron_down")));
    m_chip->setIcon(theme.icon(QStringLiteral("area")));
    m_myCode->setIcon(theme.icon(QStringLiteral("my_code")));
    m_filterIcon->setIcon(theme.icon(QStringLiteral("filter")));
    arrange();
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

void FlameBar::setMyCodeOnly(bool on)
{
    const QSignalBlocker quiet(m_myCode);
    m_myCode->setChecked(on);
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
    arrange();
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
    QWidget::resizeEvent(event);
    arrange();
}

void FlameBar::arrange()
{
    enum { All, MyCodeIcon, MeasureMenu, OrderMenu, ScopeIcon, NoMyCode };
    for (int step = All; step <= NoMyCode; ++step) {
        m_myCode->setToolButtonStyle(step >= MyCodeIcon ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
        m_chip->setToolButtonStyle(step >= ScopeIcon ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextOnly);
        const std::pair<QWidget*, bool> parts[] = {
            {m_orders, step < OrderMenu}, {m_orderMenu, step >= OrderMenu}, {m_measures, step < MeasureMenu},
            {m_measureMenu, step >= MeasureMenu}, {m_chip, true}, {m_myCode, step < NoMyCode}};
        int room = width() - 2 * kMargin - kSpacing; // between the spacer and the filter
        for (const auto& [part, shown] : parts)
            room -= shown ? part->sizeHint().width() + kSpacing : 0;
        if (room < kFilterLeast && step < NoMyCode)
            continue;
        for (const auto& [part, shown] : parts)
            part->setVisible(shown);
        m_filter->setFixedWidth(std::clamp(room, kFilterLeast / 2, kFilterMost));
        break;
    }
}

} // namespace calltide::flameview
