// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/searchbox.h"
#include "render/viewstate.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QAction>
#include <QKeyEvent>
#include <QSignalBlocker>

namespace calltide::ui {

SearchBox::SearchBox(const Appearance& appearance, QWidget* parent)
    : QLineEdit(parent)
    , m_count(plainLabel(QString(), "muted", this))
    , m_key(plainLabel(QStringLiteral("/"), "key", this))
{
    setObjectName(QStringLiteral("search"));
    const auto icon = QStringLiteral("search");
    QAction* glass = addAction(appearance.icon(icon), QLineEdit::LeadingPosition);
    connect(&appearance, &Appearance::changed, this, [glass, &appearance, icon] { glass->setIcon(appearance.icon(icon)); });
    setPlaceholderText(tr("Find a function or file"));
    setAccessibleName(placeholderText());
    setMinimumWidth(100);
    setMaximumWidth(520);
    for (QLabel* label : {m_count, m_key}) {
        label->setFont(uiFont(appearance, u"caption"));
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    connect(this, &QLineEdit::textEdited, this, [this](const QString& text) {
        if (m_state)
            m_state->setSearchText(text);
    });
    setState(nullptr);
}

void SearchBox::setState(render::ViewState* state)
{
    if (m_state)
        m_state->disconnect(this);
    m_state = state;
    setEnabled(state);
    const QSignalBlocker quiet(this);
    setText(state ? state->searchText() : QString());
    if (state) {
        connect(state, &render::ViewState::searchChanged, this, &SearchBox::showCount);
        connect(state, &render::ViewState::traceChanged, this, &SearchBox::showCount);
    }
    showCount();
}

void SearchBox::showCount()
{
    const bool searching = m_state && !text().isEmpty();
    const uint64_t count = searching ? m_state->searchCount() : 0;
    m_count->setText(!searching ? QString()
            : count       ? formatCount(count, tr("%1 call"), tr("%1 calls"))
                            : tr("No match"));
    m_count->adjustSize();
    setStyleProperty(this, "wrong", searching && !count);
    m_key->setVisible(m_state && text().isEmpty() && !hasFocus());
    m_key->adjustSize();
    for (QLabel* label : {m_count, m_key})
        label->move(width() - label->width() - 8, (height() - label->height()) / 2);
    setTextMargins(0, 0, searching ? m_count->width() + 8 : 0, 0);
}

// Esc is also an action of the window; here it is ours.
bool SearchBox::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void SearchBox::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_state)
            m_state->searchStep(!(event->modifiers() & Qt::ShiftModifier));
        return;
    case Qt::Key_Escape:
        if (text().isEmpty()) {
            Q_EMIT left();
            return;
        }
        clear();
        if (m_state)
            m_state->setSearchText(QString());
        return;
    default:
        QLineEdit::keyPressEvent(event);
    }
}

void SearchBox::resizeEvent(QResizeEvent* event)
{
    QLineEdit::resizeEvent(event);
    showCount();
}

void SearchBox::focusInEvent(QFocusEvent* event)
{
    QLineEdit::focusInEvent(event);
    showCount();
}

void SearchBox::focusOutEvent(QFocusEvent* event)
{
    QLineEdit::focusOutEvent(event);
    showCount();
}

} // namespace calltide::ui
