// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/searchbox.h"
#include "render/viewstate.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/fieldkeys.h"
#include "ui/text.h"
#include <QAction>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QToolButton>

namespace calltide::ui {

SearchBox::SearchBox(const Appearance& appearance, QWidget* parent)
    : QLineEdit(parent)
    , m_count(plainLabel(QString(), "muted", this))
    , m_key(plainLabel(QStringLiteral("/"), "key", this))
    , m_regex(toggle(QStringLiteral(".*"), tr("Regular expression (Alt+R)")))
    , m_case(toggle(QStringLiteral("Aa"), tr("Match upper and lower case (Alt+C)")))
{
    setObjectName(QStringLiteral("search"));
    const auto icon = QStringLiteral("search");
    QAction* glass = addAction(appearance.icon(icon), QLineEdit::LeadingPosition);
    connect(&appearance, &Appearance::changed, this, [glass, &appearance, icon] { glass->setIcon(appearance.icon(icon)); });
    setPlaceholderText(tr("Find a function, file, argument or exception"));
    setAccessibleName(placeholderText());
    setMinimumWidth(100);
    setMaximumWidth(520);
    for (QLabel* label : {m_count, m_key}) {
        label->setFont(uiFont(appearance, u"caption"));
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    for (QToolButton* button : {m_regex, m_case})
        button->setFont(uiFont(appearance, u"caption"));
    connect(this, &QLineEdit::textEdited, this, &SearchBox::find);
    leaveWindowKeys(*this);
    setState(nullptr);
}

QToolButton* SearchBox::toggle(const QString& text, const QString& tip)
{
    auto* button = new QToolButton(this);
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setCheckable(true);
    button->setProperty("small", true);
    button->setFocusPolicy(Qt::NoFocus);
    button->setCursor(Qt::ArrowCursor);
    connect(button, &QToolButton::toggled, this, &SearchBox::find);
    return button;
}

void SearchBox::find()
{
    if (m_state)
        m_state->setSearch({text(), m_regex->isChecked(), m_case->isChecked()});
}

void SearchBox::setState(render::ViewState* state)
{
    if (m_state)
        m_state->disconnect(this);
    m_state = state;
    setEnabled(state);
    const QSignalBlocker quiet(this), quietRegex(m_regex), quietCase(m_case);
    setText(state ? state->searchText() : QString());
    m_regex->setChecked(state && state->search().regex);
    m_case->setChecked(state && state->search().matchCase);
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
    const uint64_t at = searching ? m_state->searchPosition() : 0;
    const QString wrong = searching ? render::errorOf(m_state->search()) : QString();
    m_count->setText(!searching    ? QString()
            : !wrong.isEmpty()     ? tr("Not an expression")
            : at && count          ? tr("%1 of %2").arg(formatNumber(at), formatNumber(count))
            : count && !m_state->foundInstants().empty() ? formatCount(count, tr("%1 hit"), tr("%1 hits"))
            : count                ? formatCount(count, tr("%1 call"), tr("%1 calls"))
            : m_state->searchCounting() ? tr("Counting…")
                                   : tr("No match"));
    m_count->adjustSize();
    setToolTip(wrong);
    setStyleProperty(this, "wrong", searching && !count && !m_state->searchCounting());
    const bool used = searching || (m_state && hasFocus());
    m_key->setVisible(m_state && !used);
    m_key->adjustSize();
    int right = width() - 6;
    const auto stand = [&](QWidget* widget, bool shown) {
        widget->setVisible(shown);
        if (!shown)
            return;
        right -= widget->width();
        widget->move(right, (height() - widget->height()) / 2);
        right -= 4;
    };
    stand(m_key, m_state && !used);
    for (QToolButton* button : {m_case, m_regex}) {
        button->resize(button->sizeHint().width(), height() - 6);
        stand(button, used);
    }
    stand(m_count, searching);
    setTextMargins(0, 0, used ? width() - 6 - right : 0, 0);
}

// Esc is also an action of the window, and Alt with a letter could open a menu; here they are ours.
bool SearchBox::event(QEvent* event)
{
    const auto* key = event->type() == QEvent::ShortcutOverride ? static_cast<QKeyEvent*>(event) : nullptr;
    const bool toggles = key && key->modifiers() == Qt::AltModifier && (key->key() == Qt::Key_R || key->key() == Qt::Key_C);
    if (key && (toggles || key->key() == Qt::Key_Escape)) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void SearchBox::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::AltModifier && (event->key() == Qt::Key_R || event->key() == Qt::Key_C)) {
        (event->key() == Qt::Key_R ? m_regex : m_case)->toggle();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (event->modifiers() & Qt::AltModifier)
            Q_EMIT tableRequested();
        else if (m_state)
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
