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
constexpr int kMeasuresFrom = 620, kFilterFrom = 460, kChipTextFrom = 380;
} // namespace

FlameBar::FlameBar(QWidget* parent)
    : QWidget(parent)
    , m_direction(new QButtonGroup(this))
    , m_measure(new QButtonGroup(this))
    , m_measureMenu(new QToolButton)
    , m_chip(new QToolButton)
    , m_filter(new QLineEdit)
{
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(segments({tr("Top down"), tr("Bottom up")}, m_direction));
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
    const QString names[] = {tr("Whole recording"), tr("Shown part"), tr("Selection")};
    for (int i = 0; i < 3; ++i) {
        m_scopes[i] = menu->addAction(names[i], this, [this, i] {
            setScope(ScopeKind(i));
            Q_EMIT scopeChanged();
        });
        m_scopes[i]->setCheckable(true);
    }
    m_chip->setMenu(menu);
    row->addWidget(m_chip);
    row->addStretch(1);

    m_filterIcon = m_filter->addAction(QIcon(), QLineEdit::LeadingPosition);
    m_filter->setPlaceholderText(tr("Filter frames"));
    m_filter->setAccessibleName(tr("Filter frames"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(60);
    m_filter->setMaximumWidth(220);
    row->addWidget(m_filter, 1);

    connect(m_direction, &QButtonGroup::idToggled, this, [this](int, bool on) {
        if (!on)
            return;
        // Who calls what is hot: bottom up is asked for self times, top down for whole ones. Both remain a click away.
        if (measure() != flame::Measure::Calls)
            m_measure
                ->button(int(direction() == flame::Direction::BottomUp ? flame::Measure::Self : flame::Measure::Time))
                ->setChecked(true);
        Q_EMIT directionChanged();
    });
    connect(m_measure, &QButtonGroup::idToggled, this, [this](int, bool on) {
        if (on)
            Q_EMIT measureChanged();
    });
    connect(m_filter, &QLineEdit::textChanged, this, &FlameBar::filterChanged);
    setScope(m_scope);
    setSelectionAvailable(false);
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
    m_filterIcon->setIcon(theme.icon(QStringLiteral("filter")));
}

flame::Direction FlameBar::direction() const
{
    return m_direction->checkedId() == 1 ? flame::Direction::BottomUp : flame::Direction::TopDown;
}

flame::Measure FlameBar::measure() const
{
    return flame::Measure(std::max(0, m_measure->checkedId()));
}

void FlameBar::setScope(ScopeKind scope)
{
    m_scope = scope;
    for (int i = 0; i < 3; ++i)
        m_scopes[i]->setChecked(i == int(scope));
}

void FlameBar::setScopeText(const QString& text)
{
    m_chip->setText(text);
}

void FlameBar::setSelectionAvailable(bool available)
{
    m_scopes[int(ScopeKind::Selection)]->setEnabled(available);
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
    m_chip->setToolButtonStyle(width >= kChipTextFrom ? Qt::ToolButtonTextOnly : Qt::ToolButtonIconOnly);
    QWidget::resizeEvent(event);
}

} // namespace calltide::flameview
