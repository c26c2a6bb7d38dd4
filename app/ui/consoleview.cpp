// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/consoleview.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QAction>
#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBlock>

namespace calltide::ui {
namespace {
constexpr int kMostLines = 100000; // older ones are dropped
constexpr qint64 kMostWaiting = 256 << 10; // bytes shown at once; of more, the oldest are left out
constexpr int kFlushMs = 50;
} // namespace

ConsoleView::ConsoleView(const Appearance& appearance, const Actions& actions, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_text(new QPlainTextEdit)
    , m_input(new QLineEdit)
    , m_inputRow(new QWidget)
    , m_command(new ElidedLabel(Qt::ElideMiddle))
    , m_status(new ElidedLabel)
    , m_warning(new ElidedLabel)
    , m_dot(new IconLabel(appearance, QStringLiteral("console"), QStringLiteral("text.muted")))
    , m_stop(new QPushButton)
{
    auto* bar = new QWidget;
    bar->setProperty("bar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(36);
    m_command->setFont(monoFont(appearance, u"small"));
    m_status->setProperty("muted", true);
    m_status->setFont(uiFont(appearance, u"small"));
    m_warning->setProperty("warn", true);
    m_warning->setFont(uiFont(appearance, u"small"));
    m_warning->setObjectName(QStringLiteral("consoleWarning"));
    m_warning->hide();
    m_status->setObjectName(QStringLiteral("consoleStatus"));
    m_stop->setProperty("danger", true);
    m_stop->setObjectName(QStringLiteral("consoleStop"));
    auto* clear = new IconButton(appearance, QStringLiteral("trash"), tr("Empty the console"));
    connect(clear, &QToolButton::clicked, m_text, &QPlainTextEdit::clear);
    connect(m_stop, &QPushButton::clicked, actions[ActionId::Stop], &QAction::trigger);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(m_dot);
    m_command->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // what happens now has its room first
    row->addWidget(m_command, 1);
    row->addWidget(m_status);
    row->addWidget(m_warning);
    row->addWidget(m_stop);
    row->addWidget(clear);

    m_text->setReadOnly(true);
    m_text->setObjectName(QStringLiteral("consoleText"));
    m_text->setAccessibleName(tr("Output of the program"));
    m_text->setMaximumBlockCount(kMostLines);
    m_text->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_text->setWordWrapMode(QTextOption::WrapAnywhere);
    m_text->setUndoRedoEnabled(false);
    m_text->setMinimumSize(60, 40);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->document()->setDocumentMargin(8);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(m_text, 1);
    m_inputRow->setProperty("bar", true);
    m_inputRow->setAttribute(Qt::WA_StyledBackground);
    auto* inputRow = new QHBoxLayout(m_inputRow);
    inputRow->setContentsMargins(10, 5, 8, 5);
    inputRow->setSpacing(8);
    inputRow->addWidget(new IconLabel(appearance, QStringLiteral("chevron_right"), QStringLiteral("text.muted")));
    m_input->setObjectName(QStringLiteral("consoleInput"));
    m_input->setAccessibleName(tr("Input of the program"));
    m_input->setPlaceholderText(tr("Input for the program: Enter sends the line, Ctrl+D ends the input"));
    m_input->setFont(monoFont(appearance, u"small"));
    m_input->installEventFilter(this);
    inputRow->addWidget(m_input, 1);
    m_inputRow->hide();
    column->addWidget(m_inputRow);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->installEventFilter(this);
    m_text->viewport()->installEventFilter(this);
    m_text->viewport()->setMouseTracking(true);
    QScrollBar* const scroll = m_text->verticalScrollBar();
    connect(scroll, &QScrollBar::rangeChanged, this, &ConsoleView::keepEnd);
    connect(scroll, &QScrollBar::valueChanged, this, [this, scroll](int value) {
        if (!m_inserting && isVisible()) // by the user
            m_atEnd = value >= scroll->maximum() - 2;
    });
    m_flush.setSingleShot(true);
    m_flush.setInterval(kFlushMs);
    connect(&m_flush, &QTimer::timeout, this, &ConsoleView::flush);
    connect(&appearance, &Appearance::changed, this, &ConsoleView::restyle);
    restyle();
    setStatus(tr("Nothing was launched yet"), false);
}

void ConsoleView::begin(const QString& commandLine)
{
    m_flush.stop();
    m_waiting.clear();
    m_waitingBytes = m_leftOut = m_leftOutNow = 0;
    m_text->clear();
    m_atEnd = true;
    for (QStringDecoder& decoder : m_decoders)
        decoder = QStringDecoder(QStringDecoder::Utf8);
    for (AnsiText& ansi : m_ansi)
        ansi.reset();
    setCommand(commandLine);
    setWarning({});
}

void ConsoleView::setCommand(const QString& commandLine)
{
    m_command->setFullText(commandLine);
}

void ConsoleView::append(const QByteArray& bytes, bool isError)
{
    if (m_waiting.isEmpty() || m_waiting.last().isError != isError)
        m_waiting.append({bytes, isError});
    else
        m_waiting.last().bytes += bytes;
    m_waitingBytes += bytes.size();
    while (m_waitingBytes > kMostWaiting) {
        Waiting& oldest = m_waiting.first();
        const qint64 much = std::min(m_waitingBytes - kMostWaiting, qint64(oldest.bytes.size()));
        // To the end of a line, if it is not far.
        const qsizetype line = oldest.bytes.indexOf('\n', much);
        const qint64 cut = line >= 0 && line - much < 4096 ? qint64(line + 1) : much;
        oldest.bytes.remove(0, cut);
        m_waitingBytes -= cut;
        m_leftOut += cut;
        m_leftOutNow += cut;
        if (oldest.bytes.isEmpty())
            m_waiting.removeFirst();
    }
    if (!m_flush.isActive())
        m_flush.start();
}

void ConsoleView::flush()
{
    m_flush.stop();
    if (m_waiting.isEmpty() && !m_leftOutNow)
        return;
    m_text->setUpdatesEnabled(false);
    if (const qint64 much = std::exchange(m_leftOutNow, 0)) {
        const bool atStart = m_text->document()->lastBlock().length() <= 1;
        insert({{(atStart ? QString() : QStringLiteral("\n")) + tr("… %1 left out, more than can be read …").arg(formatBytes(uint64_t(much)))
                    + u'\n', {}}}, Ours);
    }
    for (const Waiting& part : std::as_const(m_waiting)) {
        if (!m_decoders[part.isError].isValid())
            m_decoders[part.isError] = QStringDecoder(QStringDecoder::Utf8);
        const QString text = m_decoders[part.isError](part.bytes);
        insert(m_ansi[part.isError].feed(text), part.isError ? ErrorOutput : Output);
    }
    m_waiting.clear();
    m_waitingBytes = 0;
    m_text->setUpdatesEnabled(true);
    keepEnd();
}

// Behind another tab the text has no height, and its end is known when it is seen again.
void ConsoleView::keepEnd()
{
    QScrollBar* const bar = m_text->verticalScrollBar();
    if (m_atEnd)
        bar->setValue(bar->maximum());
}

void ConsoleView::note(const QString& line)
{
    flush();
    const bool atStart = m_text->document()->lastBlock().length() <= 1;
    m_atEnd = true;
    insert({{(atStart ? QString() : QStringLiteral("\n")) + line + u'\n', {}}}, Ours);
    keepEnd();
}

void ConsoleView::setInputOpen(bool open)
{
    m_inputRow->setVisible(open);
    if (!open)
        m_input->clear();
}

bool ConsoleView::inputKey(int key, Qt::KeyboardModifiers modifiers)
{
    if (key == Qt::Key_D && modifiers & Qt::ControlModifier) {
        note(tr("End of input"));
        setInputOpen(false);
        m_text->setFocus();
        Q_EMIT inputClosed();
        return true;
    }
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        const QString line = m_input->text();
        if (!line.isEmpty() && (m_history.isEmpty() || m_history.last() != line))
            m_history << line;
        m_historyAt = m_history.size();
        m_input->clear();
        flush();
        m_atEnd = true;
        insert({{line + u'\n', {}}}, Input);
        keepEnd();
        Q_EMIT inputEntered(line.toUtf8() + '\n');
        return true;
    }
    if (key == Qt::Key_Up || key == Qt::Key_Down) {
        m_historyAt = std::clamp<qsizetype>(m_historyAt + (key == Qt::Key_Up ? -1 : 1), 0, m_history.size());
        m_input->setText(m_history.value(m_historyAt));
        return true;
    }
    return false;
}

bool ConsoleView::eventFilter(QObject* object, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (object == m_input && inputKey(key->key(), key->modifiers()))
            return true;
        if (object == m_text && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && activate(m_text->textCursor().position()))
            return true;
    } else if (object == m_text->viewport() && event->type() == QEvent::MouseMove) {
        const auto at = static_cast<QMouseEvent*>(event)->position().toPoint();
        QTextCursor cursor = m_text->cursorForPosition(at);
        const bool onLink = isLink(cursor);
        m_text->viewport()->setCursor(onLink ? Qt::PointingHandCursor : Qt::IBeamCursor);
    } else if (object == m_text->viewport() && event->type() == QEvent::MouseButtonRelease) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton && !m_text->textCursor().hasSelection())
            activate(m_text->cursorForPosition(mouse->position().toPoint()).position());
    }
    return QWidget::eventFilter(object, event);
}

void ConsoleView::setWarning(const QString& text)
{
    m_warning->setFullText(text);
    m_warning->setVisible(!text.isEmpty());
}

void ConsoleView::setStatus(const QString& text, bool running, const QString& stopText)
{
    m_status->setFullText(text);
    m_dot->setIcon(running ? QStringLiteral("record") : QStringLiteral("console"),
        running ? QStringLiteral("state.recording") : QStringLiteral("text.muted"));
    m_stop->setVisible(running);
    m_stop->setText(stopText);
}

QString ConsoleView::text()
{
    flush();
    return m_text->toPlainText();
}

} // namespace calltide::ui
