// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/factrows.h"
#include "ui/appearance.h"
#include <QGridLayout>

namespace calltide::ui {
namespace {
constexpr int kNameWidth = 76, kColumnGap = 12, kRowGap = 6; // px
}

FactRows::FactRows(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    clear();
}

void FactRows::clear()
{
    delete m_grid; // emptied, a grid would keep its old rows
    qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(kColumnGap);
    m_grid->setVerticalSpacing(kRowGap);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnMinimumWidth(0, kNameWidth);
    m_lines.clear();
}

void FactRows::add(const QString& name, const QString& value, bool mono)
{
    auto* label = new ElidedLabel;
    label->setFullText(value);
    label->setFont(mono ? monoFont(m_appearance, u"small") : uiFont(m_appearance, u"small"));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    place(name, label);
}

LinkLabel* FactRows::addLink(const QString& name, const QString& value, Qt::TextElideMode elide)
{
    auto* link = new LinkLabel(elide);
    link->setFullText(value);
    link->setFont(uiFont(m_appearance, u"small"));
    place(name, link);
    return link;
}

void FactRows::place(const QString& name, ElidedLabel* value)
{
    QLabel* label = plainLabel(name, "muted");
    label->setFont(uiFont(m_appearance, u"small"));
    const int row = m_grid->rowCount();
    m_grid->addWidget(label, row, 0, Qt::AlignLeft | Qt::AlignTop);
    m_grid->addWidget(value, row, 1);
    m_lines << (name.isEmpty() ? QString() : name + u'\t') + value->fullText();
}

} // namespace calltide::ui
