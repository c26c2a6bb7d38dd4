// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/consoleview.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include <QAction>
#include <QBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTextBlock>
#include <QScrollBar>

namespace calltide::ui {
namespace {
constexpr int kMostLines = 100000; // older ones are dropped
enum { Output, ErrorOutput, Ours };

// Takes escape sequences out of `text`. What may be the beginning of one stays in `pending`.
QString withoutEscapes(QString text, QString& pending)
{
    static const QRegularExpression whole(QStringLiteral("\x1b(\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)|[@-Z\\\\^_])"));
    static const QRegularExpression part(QStringLiteral("(\x1b(\\[[0-?]*[ -/]*|\\][^\x07\x1b]*\x1b?)?|\r)$"));
    text.prepend(pending);
    pending.clear();
    text.remove(whole);
    if (const auto match = part.match(text); match.hasMatch() && match.capturedLength() < 4096) {
        pending = match.captured();
        text.chop(match.capturedLength());
    }
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    return text;
}
} // namespace

ConsoleView::ConsoleView(const Appearance& appearance, const Actions& actions, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_text(new QPlainTextEdit)
    , m_command(new ElidedLabel(Qt::ElideMiddle))
    , m_status(new ElidedLabel)
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
    m_stop->setProperty("danger", true);
    m_stop->setObjectName(QStringLiteral("consoleStop"));
    auto* clear = new IconButton(appearance, QStringLiteral("trash"), tr("Empty the console"));
    connect(clear, &QToolButton::clicked, m_text, &QPlainTextEdit::clear);
    connect(m_stop, &QPushButton::clicked, actions[ActionId::Stop], &QAction::trigger);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(m_dot);
    row->addWidget(m_command);
    row->addWidget(m_status);
    row->addStretch(1);
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
    connect(&appearance, &Appearance::changed, this, &ConsoleView::restyle);
    restyle();
    setStatus(tr("Nothing was launched yet"), false);
}

void ConsoleView::restyle()
{
    m_text->setFont(monoFont(m_appearance, u"small"));
    m_formats[Output].setForeground(m_appearance.color(u"text.primary"));
    m_formats[ErrorOutput].setForeground(m_appearance.color(u"state.warn"));
    m_formats[Ours].setForeground(m_appearance.color(u"text.muted"));
    for (int i = 0; i < 3; ++i)
        m_formats[i].setProperty(QTextFormat::UserProperty, i);
    // What is written already keeps its meaning but takes the new colours.
    for (QTextBlock block = m_text->document()->begin(); block.isValid(); block = block.next()) {
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            QTextCursor cursor(block);
            cursor.setPosition(it.fragment().position());
            cursor.setPosition(it.fragment().position() + it.fragment().length(), QTextCursor::KeepAnchor);
            cursor.setCharFormat(m_formats[it.fragment().charFormat().intProperty(QTextFormat::UserProperty)]);
        }
    }
}

void ConsoleView::begin(const QString& commandLine)
{
    m_text->clear();
    for (QStringDecoder& decoder : m_decoders)
        decoder = QStringDecoder(QStringDecoder::Utf8);
    for (QString& pending : m_pending)
        pending.clear();
    m_command->setFullText(commandLine);
}

void ConsoleView::append(const QByteArray& bytes, bool isError)
{
    if (!m_decoders[isError].isValid())
        m_decoders[isError] = QStringDecoder(QStringDecoder::Utf8);
    const QString text = m_decoders[isError](bytes);
    insert(withoutEscapes(text, m_pending[isError]), m_formats[isError ? ErrorOutput : Output]);
}

void ConsoleView::note(const QString& line)
{
    const bool atStart = m_text->document()->lastBlock().length() <= 1;
    insert((atStart ? QString() : QStringLiteral("\n")) + line + u'\n', m_formats[Ours]);
}

// A lone carriage return goes back to the start of the line: progress bars write over themselves.
void ConsoleView::insert(const QString& text, const QTextCharFormat& format)
{
    QScrollBar* bar = m_text->verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum() - 2;
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.beginEditBlock();
    const QStringList parts = text.split(u'\r');
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (i) {
            cursor.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
            cursor.removeSelectedText();
        }
        cursor.insertText(parts[i], format);
    }
    cursor.endEditBlock();
    if (atEnd)
        bar->setValue(bar->maximum());
}

void ConsoleView::setStatus(const QString& text, bool running, const QString& stopText)
{
    m_status->setFullText(text);
    m_dot->setIcon(running ? QStringLiteral("record") : QStringLiteral("console"),
        running ? QStringLiteral("state.recording") : QStringLiteral("text.muted"));
    m_stop->setVisible(running);
    m_stop->setText(stopText);
}

QString ConsoleView::text() const
{
    return m_text->toPlainText();
}

} // namespace calltide::ui
