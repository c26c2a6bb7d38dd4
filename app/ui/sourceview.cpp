// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sourceview.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/pythonlexer.h"
#include "ui/qsci.h"
#include "ui/text.h"
#include <QFile>
#include <QBoxLayout>
#include <QShortcut>
#include <QStackedWidget>

namespace calltide::ui {

namespace {
constexpr qint64 kMostBytesOnDisk = 16 << 20; // of a source that is not in the recording
}

SourceView::SourceView(
    const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_context(std::move(context))
    , m_state(state)
    , m_pages(new QStackedWidget)
    , m_editor(new QsciScintilla)
    , m_note(plainLabel(tr("· as recorded"), "muted"))
    , m_folder(new ElidedLabel(Qt::ElideLeft))
    , m_file(new ElidedLabel)
    , m_bar(new QWidget)
{
    m_bar->setProperty("bar", true);
    m_bar->setAttribute(Qt::WA_StyledBackground);
    m_bar->setFixedHeight(36);
    m_folder->setProperty("muted", true);
    m_file->setFont(uiFont(appearance, u"body", 500));
    m_note->setFont(uiFont(appearance, u"caption"));
    auto* row = new QHBoxLayout(m_bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(0);
    row->addWidget(m_folder);
    row->addWidget(m_file);
    row->addSpacing(4);
    row->addWidget(m_note);
    row->addStretch(1);
    auto* open = new IconButton(appearance, QStringLiteral("editor"), tr("Open in the editor (E)"));
    connect(open, &QToolButton::clicked, this, &SourceView::editorRequested);
    row->addWidget(open);
    auto* key = new QShortcut(QKeySequence(Qt::Key_E), this);
    key->setContext(Qt::WidgetWithChildrenShortcut);
    connect(key, &QShortcut::activated, this, &SourceView::editorRequested);

    m_editor->setReadOnly(true);
    m_editor->setUtf8(true);
    m_editor->setFrameShape(QFrame::NoFrame);
    m_editor->setMarginType(0, QsciScintilla::NumberMargin);
    m_editor->setMarginWidth(1, 0);
    m_editor->setMarginWidth(2, 10);
    m_editor->setMarginType(2, QsciScintilla::TextMargin);
    m_editor->setFolding(QsciScintilla::NoFoldStyle);
    m_editor->setTabWidth(4);
    m_editor->markerDefine(QsciScintilla::Background, kCurrentLineMarker);
    m_editor->SendScintilla(QsciScintilla::SCI_SETEXTRAASCENT, 2);
    m_editor->SendScintilla(QsciScintilla::SCI_SETEXTRADESCENT, 2);
    m_editor->SendScintilla(QsciScintilla::SCI_SETSCROLLWIDTHTRACKING, 1);
    m_editor->SendScintilla(QsciScintilla::SCI_SETSCROLLWIDTH, 1);
    m_editor->setMinimumSize(60, 40);
    m_editor->setAccessibleName(tr("Source"));

    m_message = emptyState(appearance, QStringLiteral("source"), QString(), QString());
    const auto labels = m_message->findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly);
    m_messageTitle = labels[1];
    m_messageText = labels[2];

    auto* code = new QWidget;
    auto* column = new QVBoxLayout(code);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_editor, 1);
    m_pages->addWidget(m_message);
    m_pages->addWidget(code);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);

    connect(&appearance, &Appearance::changed, this, &SourceView::restyle);
    connect(state, &render::ViewState::selectionChanged, this, &SourceView::refresh);
    restyle();
    refresh();
}

void SourceView::restyle()
{
    styleEditor(*m_editor, m_appearance);
}

void SourceView::refresh()
{
    const store::SliceIndex slice = m_state->selected();
    const store::FunctionId function
        = slice != store::kNoSlice ? m_context->trace->functionOf(slice) : m_state->highlighted();
    showFunction(function);
}

void SourceView::setContext(TraceContextPtr context)
{
    const bool sameIds = context->trace->isGrowing();
    m_context = std::move(context);
    if (sameIds && m_markedLine)
        return;
    if (!sameIds)
        m_shownFile = {};
    m_markedLine = 0;
    refresh();
}

void SourceView::showFunction(store::FunctionId function)
{
    if (function == m_function && m_markedLine)
        return;
    m_function = function;
    m_markedLine = 0;
    if (!function.valid()) {
        showMessage(tr("No call selected"), tr("Click a call to see its code."));
        return;
    }
    const store::Function& f = m_context->trace->function(function);
    if (f.kind == store::FunctionKind::C) {
        showMessage(tr("%1 is written in C").arg(m_context->name(function)), tr("Its source is not part of the program."));
        return;
    }
    const QString file = fromTrace(m_context->trace->string(f.file));
    if (file.isEmpty()) {
        showMessage(tr("No source for %1").arg(m_context->name(function)), tr("The file does not say where it stands."));
        return;
    }
    const store::Source* source = m_context->trace->sourceOf(f.file);
    if (!source) {
        showMessage(tr("No source"), tr("The source of %1 is not in this recording.").arg(file));
        return;
    }
    if (m_shownFile != f.file) {
        m_shownFile = f.file;
        setSource(file, QString::fromUtf8(source->text.data(), qsizetype(source->text.size())));
    }
    m_pages->setCurrentIndex(1);
    markLine(int(f.line));
}

void SourceView::setSource(const QString& file, const QString& text)
{
    m_editor->setText(text);
    const int digits = std::max(4, int(QString::number(m_editor->lines()).size()) + 2);
    m_editor->setMarginWidth(0, QString(digits, u'0'));
    const auto [folder, name] = splitPlace(file);
    m_folder->setFullText(folder);
    m_file->setFullText(name);
    m_bar->setToolTip(file.toHtmlEscaped());
}

bool SourceView::showPlace(const QString& path, int line)
{
    const store::Trace& trace = *m_context->trace;
    const store::Source* found = nullptr;
    for (const store::Source& source : trace.sources())
        if (fromTrace(trace.string(source.file)) == path)
            found = &source;
    if (found) {
        setSource(path, QString::fromUtf8(found->text.data(), qsizetype(found->text.size())));
        m_shownFile = found->file;
    } else {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > kMostBytesOnDisk)
            return false;
        setSource(path, QString::fromUtf8(file.readAll()));
        m_shownFile = {};
    }
    m_function = {};
    m_pages->setCurrentIndex(1);
    markLine(line);
    return true;
}

void SourceView::showMessage(const QString& title, const QString& text)
{
    m_messageTitle->setText(title);
    m_messageText->setText(text);
    m_pages->setCurrentIndex(0);
}

void SourceView::markLine(int line)
{
    m_editor->markerDeleteAll(kCurrentLineMarker);
    m_markedLine = line;
    if (line < 1)
        return;
    m_editor->markerAdd(line - 1, kCurrentLineMarker);
    m_editor->setCursorPosition(line - 1, 0);
    // A few lines above it are seen too: decorators, the class, a comment.
    const int shown = int(m_editor->SendScintilla(QsciScintilla::SCI_LINESONSCREEN));
    m_editor->setFirstVisibleLine(std::max(0, line - 1 - std::max(2, shown / 4)));
    m_editor->SendScintilla(QsciScintilla::SCI_SETXOFFSET, 0);
}

QString SourceView::shownText() const
{
    return m_pages->currentIndex() == 1 ? m_editor->text() : m_messageTitle->text() + u'\n' + m_messageText->text();
}

} // namespace calltide::ui
