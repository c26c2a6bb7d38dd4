// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cards.h"
#include "ui/appearance.h"
#include "ui/popupmenu.h"
#include "ui/text.h"
#include <QAction>
#include <QContextMenuEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

namespace calltide::ui {
namespace {
void drawCard(QPainter& painter, const QAbstractButton& card, const Appearance& appearance, const QColor& fill,
    const QColor& edge)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const bool focus = card.hasFocus();
    painter.setPen(QPen(focus ? appearance.color(u"border.focus") : edge, focus ? 2 : 1));
    painter.setBrush(fill);
    const double inset = focus ? 1 : .5, radius = appearance.theme().number(u"radius.card");
    painter.drawRoundedRect(QRectF(card.rect()).adjusted(inset, inset, -inset, -inset), radius, radius);
}
} // namespace

ActionCard::ActionCard(const Appearance& appearance, QAction* action, const QString& icon, const QString& title,
    const QString& text, const QString& key, bool primary)
    : m_appearance(appearance)
    , m_icon(icon)
    , m_text(text)
    , m_key(key)
    , m_primary(primary)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
}

void ActionCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool hot = underMouse(), down = isDown();
    const QColor fill = m_primary
        ? m_appearance.color(down ? u"accent.pressed" : hot ? u"accent.hover" : u"accent.default")
        : m_appearance.color(down ? u"bg.pressed" : hot ? u"bg.hover" : u"bg.panel");
    drawCard(painter, *this, m_appearance, fill, m_primary ? fill : m_appearance.color(u"border.default"));
    if (m_primary && hasFocus()) { // its edge has the colour of the ring
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_appearance.color(u"text.on_accent"), 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(4, 4, -4, -4), 6, 6);
    }
    const QColor strong = m_appearance.color(m_primary ? u"text.on_accent" : u"text.primary");
    const QColor icon = m_appearance.color(m_primary ? u"text.on_accent" : u"accent.default");
    const QPixmap pixmap = m_appearance.theme().iconPixmap(m_icon, icon, 20, devicePixelRatioF());
    painter.drawPixmap(18, 18, pixmap);
    if (!m_key.isEmpty()) {
        painter.setFont(monoFont(m_appearance, u"caption"));
        const int w = painter.fontMetrics().horizontalAdvance(m_key) + 10;
        QColor line = m_primary ? m_appearance.color(u"text.on_accent") : m_appearance.color(u"border.strong");
        line.setAlphaF(.5f);
        painter.setPen(line);
        painter.setBrush(Qt::NoBrush);
        const QRectF box(width() - 18 - w, 19.5, w, 17);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(m_primary ? strong : m_appearance.color(u"text.secondary"));
        painter.drawText(box, Qt::AlignCenter, m_key);
    }
    painter.setPen(strong);
    painter.setFont(uiFont(m_appearance, u"title", 600));
    painter.drawText(QRect(18, 50, width() - 36, 22), Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setPen(m_primary ? strong : m_appearance.color(u"text.secondary"));
    painter.setFont(uiFont(m_appearance, u"small"));
    painter.drawText(QRect(18, 74, width() - 36, height() - 82), Qt::AlignLeft | Qt::TextWordWrap, m_text);
}

RecordingCard::RecordingCard(const Appearance& appearance, RecentFile file)
    : m_appearance(appearance)
    , m_file(std::move(file))
{
    setText(QFileInfo(m_file.path).fileName());
    setAccessibleName(text());
    setToolTip(m_file.path.toHtmlEscaped());
    setFocusPolicy(Qt::StrongFocus);
    setCursor(m_file.exists ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void RecordingCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawCard(painter, *this, m_appearance, m_appearance.color(underMouse() && m_file.exists ? u"bg.hover" : u"bg.panel"),
        m_appearance.color(underMouse() ? u"border.strong" : u"border.default"));
    const double radius = m_appearance.theme().number(u"radius.card");
    QPainterPath top;
    top.addRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), radius - 1, radius - 1);
    const QRectF pictureRect(1.5, 1.5, width() - 3, 92);
    painter.save();
    painter.setClipPath(top);
    painter.setClipRect(pictureRect, Qt::IntersectClip);
    painter.fillRect(pictureRect, m_appearance.color(u"bg.canvas"));
    if (!m_file.picture.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.setOpacity(m_file.exists ? 1 : .4);
        painter.drawImage(pictureRect, m_file.picture);
    }
    painter.restore();
    painter.fillRect(QRectF(1, 94, width() - 2, 1), m_appearance.color(u"border.subtle"));

    const auto line = [&](int y, const QFont& font, QStringView token, const QString& text, int flags, int w) {
        painter.setFont(font);
        painter.setPen(m_appearance.color(m_file.exists ? token : u"text.muted"));
        painter.drawText(QRect(flags & Qt::AlignRight ? width() - 13 - w : 13, y, w, 18), flags | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(text, Qt::ElideRight, w));
    };
    const int w = width() - 26;
    line(101, uiFont(m_appearance, u"body", 500), u"text.primary", text(), Qt::AlignLeft, w);
    line(121, monoFont(m_appearance, u"caption"), u"text.muted", m_file.command, Qt::AlignLeft, w);
    const QFont small = uiFont(m_appearance, u"caption");
    const QString day = m_file.exists ? m_file.day : tr("not found");
    const int dayWidth = QFontMetrics(small).horizontalAdvance(day) + 2;
    line(143, small, u"text.secondary", m_file.figures, Qt::AlignLeft, std::max(10, w - dayWidth - 8));
    line(143, small, u"text.muted", day, Qt::AlignRight, dayWidth);
}

void EntryButton::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Delete)
        Q_EMIT removeRequested();
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void RecordingCard::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu* menu = makePopupMenu(this);
    QAction* open = menu->addAction(m_appearance.icon(QStringLiteral("open")), tr("Open"), this, [this] { click(); });
    open->setEnabled(m_file.exists);
    menu->addAction(m_appearance.icon(QStringLiteral("trash")), tr("Remove from this list"), this,
        [this] { Q_EMIT removeRequested(); });
    menu->popup(event->globalPos());
}

} // namespace calltide::ui
