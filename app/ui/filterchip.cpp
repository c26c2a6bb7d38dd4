// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filterchip.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include <QHBoxLayout>
#include <QToolButton>

namespace calltide::ui {
namespace {
constexpr int kMostText = 28; // letters of a term that are shown
}

FilterChip::FilterChip(const Appearance& appearance, const QString& term, bool on, QWidget* parent)
    : QWidget(parent)
    , m_term(term)
    , m_switch(new QToolButton)
{
    m_switch->setCheckable(true);
    m_switch->setChecked(on);
    m_switch->setProperty("chip", true);
    m_switch->setFont(monoFont(appearance, u"small"));
    const QString shown = term.size() > kMostText ? term.left(kMostText - 1) + QChar(0x2026) : term;
    m_switch->setText((on ? QStringLiteral("\u25CF ") : QStringLiteral("\u25CB ")) + shown);
    auto* cross = new IconButton(appearance, QStringLiteral("close"), tr("Take %1 out of the filter").arg(term));
    setStyleProperty(cross, "small", true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_switch);
    row->addWidget(cross);
    connect(m_switch, &QToolButton::toggled, this, [this, shown](bool isOn) {
        m_switch->setText((isOn ? QStringLiteral("\u25CF ") : QStringLiteral("\u25CB ")) + shown);
        showState();
        Q_EMIT switched();
    });
    connect(cross, &QToolButton::clicked, this, &FilterChip::removed);
    showState();
}

bool FilterChip::isOn() const
{
    return m_switch->isChecked();
}

void FilterChip::showState()
{
    m_switch->setToolTip(isOn() ? tr("%1: click to switch it off").arg(m_term) : tr("%1: click to switch it on").arg(m_term));
    m_switch->setAccessibleName(m_switch->toolTip());
}

} // namespace calltide::ui
