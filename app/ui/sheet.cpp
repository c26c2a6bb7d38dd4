// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sheet.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include <QApplication>
#include <QBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>

namespace calltide::ui {

Sheet::Sheet(const Appearance& appearance, const QString& title, const QString& size, QWidget* window)
    : QWidget(window)
    , m_appearance(appearance)
    , m_size(size)
    , m_sheet(new QWidget(this))
    , m_column(new QVBoxLayout(m_sheet))
{
    setAccessibleName(title);
    m_sheet->setObjectName(QStringLiteral("sheet"));
    m_sheet->setAttribute(Qt::WA_StyledBackground);
    m_column->setContentsMargins(1, 1, 1, 1);
    m_column->setSpacing(0);
    auto* head = new QWidget;
    head->setObjectName(QStringLiteral("sheetHead"));
    head->setAttribute(Qt::WA_StyledBackground);
    head->setFixedHeight(52);
    m_head = new QHBoxLayout(head);
    m_head->setContentsMargins(20, 0, 12, 0);
    QLabel* text = plainLabel(title);
    text->setFont(uiFont(appearance, u"title", 600));
    m_head->addWidget(text);
    m_head->addStretch(1);
    auto* close = new IconButton(appearance, QStringLiteral("close"), tr("Close (Esc)"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    m_head->addWidget(close);
    m_column->addWidget(head);
    window->installEventFilter(this);
    hide();
}

void Sheet::addToHead(QWidget* widget)
{
    m_head->insertWidget(m_head->count() - 1, widget);
}

QWidget* Sheet::addFoot()
{
    auto* foot = new QWidget;
    foot->setObjectName(QStringLiteral("sheetFoot"));
    foot->setAttribute(Qt::WA_StyledBackground);
    foot->setFixedHeight(58);
    m_column->addWidget(foot);
    return foot;
}

QPushButton* Sheet::addFoot(const QString& confirmText)
{
    auto* row = new QHBoxLayout(addFoot());
    row->setContentsMargins(20, 0, 20, 0);
    row->setSpacing(8);
    row->addStretch(1);
    auto* cancel = new QPushButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
    auto* yes = new QPushButton(confirmText);
    yes->setProperty("primary", true);
    connect(yes, &QPushButton::clicked, this, [this] { confirm(); });
    for (QPushButton* button : {cancel, yes}) {
        button->setProperty("large", true);
        row->addWidget(button);
    }
    return yes;
}

void Sheet::appear()
{
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    place();
    show();
    raise();
}

QSize Sheet::greatest() const
{
    return {m_appearance.px(QString(m_size + QStringLiteral(".0"))), m_appearance.px(QString(m_size + QStringLiteral(".1")))};
}

void Sheet::place()
{
    const QSize window = parentWidget()->size();
    setGeometry(QRect(QPoint(), window));
    const QSize most = greatest();
    const int width = std::min(most.width(), window.width() - 24);
    const int height = std::min(most.height(), window.height() - 24);
    m_sheet->setGeometry((window.width() - width) / 2, (window.height() - height) / 2, width, height);
    placed(width);
}

void Sheet::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), m_appearance.color(u"bg.overlay"));
}

void Sheet::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        hide();
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        confirm();
    event->accept(); // nothing reaches the window below
}

// The keyboard goes back to where it was: a hidden field would go on taking keys and shortcuts.
void Sheet::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    QWidget* const next = m_focusBefore && m_focusBefore->isVisible() ? m_focusBefore.data() : parentWidget();
    next->setFocus();
}

bool Sheet::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && isVisible()) { // the window's shortcuts rest while the sheet is open
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

bool Sheet::eventFilter(QObject* object, QEvent* event)
{
    if (object == parentWidget() && event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(object, event);
}

// Tab stays in the sheet.
bool Sheet::focusNextPrevChild(bool next)
{
    if (!isVisible())
        return QWidget::focusNextPrevChild(next);
    QWidget* const start = QApplication::focusWidget();
    QWidget* at = start ? start : m_sheet;
    do {
        at = next ? at->nextInFocusChain() : at->previousInFocusChain();
        if (isAncestorOf(at) && at->isVisible() && at->isEnabled() && at->focusPolicy() & Qt::TabFocus) {
            at->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            return true;
        }
    } while (at != start && at);
    return false;
}

} // namespace calltide::ui
