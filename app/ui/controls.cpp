// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controls.h"
#include "ui/appearance.h"
#include "ui/fieldkeys.h"
#include <QAction>
#include <QBoxLayout>
#include <QButtonGroup>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QScrollArea>
#include <QStyle>
#include <QStyleOption>
#include <QStylePainter>

namespace calltide::ui {

IconButton::IconButton(const Appearance& appearance, const QString& icon, const QString& tip, QWidget* parent)
    : QToolButton(parent)
    , m_appearance(appearance)
    , m_icon(icon)
{
    setToolTip(tip);
    setAccessibleName(tip);
    setFocusPolicy(Qt::TabFocus);
    connect(&appearance, &Appearance::changed, this, &IconButton::refresh);
    refresh();
}

void IconButton::setIconName(const QString& icon)
{
    m_icon = icon;
    refresh();
}

void IconButton::refresh()
{
    setIcon(m_appearance.icon(m_icon));
}

IconLabel::IconLabel(
    const Appearance& appearance, const QString& icon, const QString& token, int px, QWidget* parent)
    : QLabel(parent)
    , m_appearance(appearance)
    , m_icon(icon)
    , m_token(token)
    , m_px(px)
{
    setFixedSize(px, px);
    connect(&appearance, &Appearance::changed, this, &IconLabel::refresh);
    refresh();
}

void IconLabel::setIcon(const QString& icon, const QString& token)
{
    m_icon = icon;
    m_token = token;
    refresh();
}

void IconLabel::refresh()
{
    setPixmap(m_appearance.theme().iconPixmap(m_icon, m_appearance.color(m_token), m_px, devicePixelRatioF()));
}

ElidedLabel::ElidedLabel(Qt::TextElideMode mode, QWidget* parent)
    : QLabel(parent)
    , m_mode(mode)
{
    setTextFormat(Qt::PlainText);
    setMinimumWidth(20);
}

void ElidedLabel::setFullText(const QString& text)
{
    if (text == m_full)
        return;
    m_full = text;
    setAccessibleName(text);
    updateGeometry();
    elide();
}

QSize ElidedLabel::sizeHint() const
{
    const QMargins m = contentsMargins();
    return {fontMetrics().horizontalAdvance(m_full) + m.left() + m.right() + 2, QLabel::sizeHint().height()};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {20, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        elide();
}

void ElidedLabel::elide()
{
    const QString shown = fontMetrics().elidedText(m_full, m_mode, contentsRect().width());
    if (shown != text())
        setText(shown);
    // Tooltips may be rich text; this one is a stranger's.
    setToolTip(shown == m_full ? QString() : m_full.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
}

LinkLabel::LinkLabel(Qt::TextElideMode mode, QWidget* parent)
    : ElidedLabel(mode, parent)
{
    setActive(true);
}

void LinkLabel::setActive(bool active)
{
    setStyleProperty(this, "link", active);
    setCursor(active ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setFocusPolicy(active ? Qt::TabFocus : Qt::NoFocus);
}

void LinkLabel::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()) && property("link").toBool())
        Q_EMIT clicked();
}

void LinkLabel::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)
        Q_EMIT clicked();
    else
        ElidedLabel::keyPressEvent(event);
}

void LinkLabel::enterEvent(QEnterEvent* event)
{
    QFont f = font();
    f.setUnderline(property("link").toBool());
    setFont(f);
    ElidedLabel::enterEvent(event);
}

void LinkLabel::leaveEvent(QEvent* event)
{
    QFont f = font();
    f.setUnderline(false);
    setFont(f);
    ElidedLabel::leaveEvent(event);
}

void ComboBox::paintEvent(QPaintEvent* event)
{
    QComboBox::paintEvent(event);
    QStylePainter painter(this);
    QStyleOption arrow;
    arrow.initFrom(this);
    arrow.rect = QRect(width() - 24, (height() - 16) / 2, 16, 16);
    painter.drawPrimitive(QStyle::PE_IndicatorArrowDown, arrow);
}

Segments::Segments(const QStringList& names, QWidget* parent)
    : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(1, 0, 0, 0);
    row->setSpacing(0);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    auto* group = new QButtonGroup(this);
    for (const QString& name : names) {
        auto* button = new QToolButton;
        button->setText(name);
        button->setCheckable(true);
        button->setProperty("segment", true);
        // Style sheets know no :first-child for buttons.
        button->setProperty("end", QString::fromLatin1(name == names.first() ? "left" : name == names.last() ? "right" : "none"));
        button->setFocusPolicy(Qt::TabFocus);
        group->addButton(button, int(m_buttons.size()));
        row->addWidget(button);
        m_buttons << button;
    }
    m_buttons.first()->setChecked(true);
    connect(group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT currentChanged(id);
    });
}

int Segments::current() const
{
    for (int i = 0; i < m_buttons.size(); ++i)
        if (m_buttons[i]->isChecked())
            return i;
    return 0;
}

void Segments::setCurrent(int index)
{
    if (index >= 0 && index < m_buttons.size())
        m_buttons[index]->setChecked(true);
}

void Segments::setEnabledAt(int index, bool enabled)
{
    if (index >= 0 && index < m_buttons.size())
        m_buttons[index]->setEnabled(enabled);
}

QLineEdit* filterField(const Appearance& appearance, const QString& placeholder, QWidget* parent)
{
    auto* field = new QLineEdit(parent);
    QAction* icon = field->addAction(appearance.icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    QObject::connect(&appearance, &Appearance::changed, field,
        [icon, &appearance] { icon->setIcon(appearance.icon(QStringLiteral("filter"))); });
    field->setPlaceholderText(placeholder);
    field->setAccessibleName(placeholder);
    field->setClearButtonEnabled(true);
    field->setMinimumWidth(60);
    field->setMaximumWidth(220);
    leaveWindowKeys(*field);
    return field;
}

void setStyleProperty(QWidget* widget, const char* name, const QVariant& value)
{
    if (widget->property(name) == value)
        return;
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

QLabel* plainLabel(const QString& text, const char* property, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    if (property)
        label->setProperty(property, true);
    return label;
}

bool isSeen(const QWidget* widget)
{
    return widget->isVisible() && !widget->visibleRegion().isEmpty();
}

QWidget* figureBox(const Appearance& appearance, const QString& caption, QLabel*& value, QLabel** beside)
{
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    QLabel* head = plainLabel(caption, "muted");
    head->setFont(uiFont(appearance, u"caption"));
    column->addWidget(head);
    auto* row = new QHBoxLayout;
    row->setSpacing(5);
    value = plainLabel(QString());
    value->setFont(render::Theme::uiFont(17, 600));
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(value, 0, Qt::AlignBaseline);
    if (beside) {
        *beside = plainLabel(QString(), "muted");
        (*beside)->setFont(uiFont(appearance, u"caption"));
        row->addWidget(*beside, 0, Qt::AlignBaseline);
    }
    row->addStretch();
    column->addLayout(row);
    return box;
}

QScrollArea* scrolled(QWidget* page)
{
    auto* scroll = new QScrollArea;
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumSize(60, 40);
    return scroll;
}

QWidget* emptyState(const Appearance& appearance, const QString& icon, const QString& title, const QString& text)
{
    auto* page = new QWidget;
    page->setProperty("panel", true);
    page->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(page);
    column->setSpacing(8);
    column->addStretch();
    column->addWidget(new IconLabel(appearance, icon, QStringLiteral("text.muted"), 20), 0, Qt::AlignHCenter);
    QLabel* head = plainLabel(title);
    head->setFont(uiFont(appearance, u"body", 600));
    QLabel* line = plainLabel(text, "secondary");
    line->setFont(uiFont(appearance, u"small"));
    for (QLabel* label : {head, line}) {
        label->setWordWrap(true);
        label->setAlignment(Qt::AlignCenter);
        label->setMinimumWidth(40); // not that of its longest word
        column->addWidget(label);
    }
    column->addStretch();
    return page;
}

} // namespace calltide::ui
