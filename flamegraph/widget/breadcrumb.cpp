// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/breadcrumb.h"
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace calltide::flameview {
namespace {
constexpr int kNameWidth = 180, kMostParts = 6;

QString asButtonText(QString text)
{
    return text.replace(u'&', QStringLiteral("&&")); // no mnemonics from a program's names
}
} // namespace

Breadcrumb::Breadcrumb(QWidget* parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("breadcrumb"));
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    m_row->setContentsMargins(8, 2, 8, 0);
    m_row->setSpacing(2);
    hide();
}

void Breadcrumb::addPart(const QString& text, const QString& tip, int count)
{
    auto* button = new QToolButton;
    button->setProperty("link", true);
    button->setText(asButtonText(button->fontMetrics().elidedText(text, Qt::ElideMiddle, kNameWidth)));
    button->setToolTip(tip.toHtmlEscaped());
    connect(button, &QToolButton::clicked, this, [this, count] { Q_EMIT chosen(count); });
    m_row->addWidget(button);
}

void Breadcrumb::setNames(const QStringList& names)
{
    while (QLayoutItem* item = m_row->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater(); // a part may be in its own clicked()
        delete item;
    }
    setVisible(!names.isEmpty());
    if (names.isEmpty())
        return;
    addPart(tr("All"), tr("Show everything"), 0);
    const int first = std::max(0, int(names.size()) - kMostParts);
    for (int i = first; i < names.size(); ++i) {
        auto* arrow = new QLabel(i == first && first > 0 ? QStringLiteral("› … ›") : QStringLiteral("›"));
        arrow->setProperty("muted", true);
        m_row->addWidget(arrow);
        addPart(names[i], names[i], i + 1);
    }
    auto* undo = new QToolButton;
    undo->setProperty("small", true);
    undo->setText(QStringLiteral("×"));
    undo->setToolTip(tr("Undo this zoom (Esc)"));
    undo->setAccessibleName(tr("Undo this zoom"));
    connect(undo, &QToolButton::clicked, this, [this, names] { Q_EMIT chosen(int(names.size()) - 1); });
    m_row->addWidget(undo);
    m_row->addStretch(1);
}

} // namespace calltide::flameview
