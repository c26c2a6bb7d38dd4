// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/signbar.h"
#include "render/theme.h"
#include <QHBoxLayout>
#include <QToolButton>
#include <algorithm>

namespace calltide::timeline {

SignBar::SignBar(QWidget* parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("signBar"));
    setAttribute(Qt::WA_StyledBackground);
    m_row->setContentsMargins(8, 2, 8, 1); // below its border
    m_row->setSpacing(6);
    hide();
}

void SignBar::setTheme(const render::Theme* theme)
{
    m_theme = theme;
    for (auto* button : findChildren<QToolButton*>()) {
        button->setIcon(theme->icon(QStringLiteral("close")));
        button->setFont(render::Theme::uiFont(11));
    }
}

void SignBar::setSigns(std::vector<Sign> signs)
{
    const auto same = [](const Sign& a, const Sign& b) { return a.text == b.text && a.undo == b.undo; };
    if (std::ranges::equal(signs, m_signs, same))
        return; // one may just be pressed, while the trace below grows
    m_signs = std::move(signs);
    while (QLayoutItem* item = m_row->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater(); // it may be what was clicked
        }
        delete item;
    }
    for (const Sign& sign : m_signs) {
        auto* button = new QToolButton(this);
        button->setText(sign.text);
        button->setToolTip(sign.undo);
        button->setAccessibleName(sign.text + QStringLiteral(": ") + sign.undo);
        button->setProperty("sign", true);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIconSize({12, 12});
        button->setLayoutDirection(Qt::RightToLeft); // the cross stands behind the words
        button->setFocusPolicy(Qt::NoFocus); // menus do the same
        button->setCursor(Qt::PointingHandCursor);
        connect(button, &QToolButton::clicked, this, [clicked = sign.clicked] { clicked(); });
        m_row->addWidget(button);
        button->show();
    }
    m_row->addStretch(1);
    if (m_theme)
        setTheme(m_theme);
    m_row->activate();
    setVisible(!m_signs.empty());
}

// What is made before the window is seen gets its style only now, and with it another font.
void SignBar::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_theme)
        setTheme(m_theme);
}

QStringList SignBar::texts() const
{
    QStringList out;
    for (const Sign& sign : m_signs)
        out << sign.text;
    return out;
}

} // namespace calltide::timeline
