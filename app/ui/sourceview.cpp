// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sourceview.h"
#include "store/callfigures.h"
#include "ui/appearance.h"
#include "ui/callfacts.h"
#include "ui/controls.h"
#include "ui/linefigures.h"
#include "ui/pythonlexer.h"
#include "ui/qsci.h"
#include "ui/sourcegutter.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QFile>
#include <QMouseEvent>
#include <QShortcut>
#include <QStackedWidget>

namespace calltide::ui {

namespace {
constexpr qint64 kMostBytesOnDisk = 16 << 20; // of a source that is not in the recording
constexpr size_t kMostBytesOutlined = 4 << 20;
constexpr qsizetype kLongestTitle = 40; // characters of a name

QString inTitle(const QString& name)
{
    return name.size() > kLongestTitle ? name.left(kLongestTitle) + u'…' : name;
}
}

SourceView::SourceView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state,
    CallFacts* facts, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_context(std::move(context))
    , m_state(state)
    , m_facts(facts)
    , m_pages(new QStackedWidget)
    , m_editor(new QsciScintilla)
    , m_gutter(new SourceGutter(appearance, m_editor))
    , m_note(plainLabel(tr("· as recorded"), "muted"))
    , m_folder(new ElidedLabel(Qt::ElideLeft))
    , m_file(new ElidedLabel)
    , m_which(new ElidedLabel)
    , m_values(new ElidedLabel)
    , m_bar(new QWidget)
{
    buildBar();
    buildEditor();
    m_message = emptyState(appearance, QStringLiteral("source"), QString(), QString());
    const auto labels = m_message->findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly);
    m_messageTitle = labels[1];
    m_messageText = labels[2];

    auto* text = new QHBoxLayout;
    text->setSpacing(0);
    text->addWidget(m_gutter);
    text->addWidget(m_editor, 1);
    auto* code = new QWidget;
    auto* column = new QVBoxLayout(code);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_values);
    column->addLayout(text, 1);
    m_pages->addWidget(m_message);
    m_pages->addWidget(code);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);

    connect(&appearance, &Appearance::changed, this, &SourceView::restyle);
    connect(state, &render::ViewState::selectionChanged, this, &SourceView::refresh);
    connect(m_gutter, &SourceGutter::functionClicked, state, &render::ViewState::highlight);
    connect(facts, &CallFacts::changed, this, &SourceView::showFacts);
    connect(facts, &CallFacts::stale, this, qOverload<>(&QWidget::update)); // painted when seen, it asks again
    restyle();
    refresh();
}

void SourceView::buildBar()
{
    m_bar->setProperty("bar", true);
    m_bar->setAttribute(Qt::WA_StyledBackground);
    m_bar->setFixedHeight(36);
    m_folder->setProperty("muted", true);
    m_file->setFont(uiFont(m_appearance, u"body", 500));
    m_note->setFont(uiFont(m_appearance, u"caption"));
    m_which->setFont(uiFont(m_appearance, u"caption"));
    m_which->setProperty("muted", true);
    m_which->setObjectName(QStringLiteral("whichCall"));
    m_previous = new IconButton(m_appearance, QStringLiteral("up"), tr("Previous call of this function"));
    m_next = new IconButton(m_appearance, QStringLiteral("down"), tr("Next call of this function"));
    m_previous->setObjectName(QStringLiteral("previousCall"));
    m_next->setObjectName(QStringLiteral("nextCall"));
    auto* open = new IconButton(m_appearance, QStringLiteral("editor"), tr("Open in the editor (E)"));
    connect(m_previous, &QToolButton::clicked, this, [this] { m_state->selectAndReveal(m_facts->calls().previous); });
    connect(m_next, &QToolButton::clicked, this, [this] { m_state->selectAndReveal(m_facts->calls().next); });
    connect(open, &QToolButton::clicked, this, &SourceView::editorRequested);
    auto* row = new QHBoxLayout(m_bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(0);
    row->addWidget(m_folder);
    row->addWidget(m_file);
    row->addSpacing(4);
    row->addWidget(m_note);
    row->addSpacing(8);
    row->addStretch(1);
    row->addWidget(m_which);
    row->addSpacing(4);
    for (QToolButton* button : {static_cast<QToolButton*>(m_previous), static_cast<QToolButton*>(m_next), static_cast<QToolButton*>(open)}) {
        setStyleProperty(button, "small", true);
        row->addWidget(button);
    }
    auto* key = new QShortcut(QKeySequence(Qt::Key_E), this);
    key->setContext(Qt::WidgetWithChildrenShortcut);
    connect(key, &QShortcut::activated, this, &SourceView::editorRequested);

    m_values->setObjectName(QStringLiteral("values"));
    m_values->setFont(monoFont(m_appearance, u"caption"));
    m_values->setContentsMargins(8, 5, 8, 5);
    m_values->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_values->hide();
}

void SourceView::buildEditor()
{
    m_editor->setReadOnly(true);
    m_editor->setUtf8(true);
    m_editor->setFrameShape(QFrame::NoFrame);
    m_editor->setFolding(QsciScintilla::NoFoldStyle); // first: it takes a margin's width away
    m_editor->setMarginType(0, QsciScintilla::NumberMargin);
    m_editor->setMarginWidth(1, 0);
    m_editor->setMarginWidth(2, 10);
    m_editor->setMarginType(2, QsciScintilla::TextMargin);
    m_editor->setTabWidth(4);
    m_editor->markerDefine(QsciScintilla::Background, kCurrentLineMarker);
    m_editor->SendScintilla(QsciScintilla::SCI_SETEXTRAASCENT, 2);
    m_editor->SendScintilla(QsciScintilla::SCI_SETEXTRADESCENT, 2);
    m_editor->SendScintilla(QsciScintilla::SCI_SETSCROLLWIDTHTRACKING, 1);
    m_editor->SendScintilla(QsciScintilla::SCI_SETSCROLLWIDTH, 1);
    m_editor->setMinimumSize(60, 40);
    m_editor->setAccessibleName(tr("Source"));
    m_editor->viewport()->installEventFilter(this);
}

void SourceView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_gutter->fitInto(width());
}

void SourceView::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    m_facts->need();
}

void SourceView::setStatistics(std::vector<store::FunctionStatistics> statistics)
{
    m_statistics = std::move(statistics);
    showFigures();
}

void SourceView::showFacts()
{
    const FunctionCalls& calls = m_facts->calls();
    const store::SliceIndex one = calls.previous != store::kNoSlice ? calls.previous : calls.slice != store::kNoSlice ? calls.slice : calls.next;
    const bool summed = one != store::kNoSlice && m_context->trace->flags(one) & store::kSummed; // no single calls, but slices
    m_which->setFullText(summed && calls.position ? tr("part %1 of %2").arg(formatNumber(calls.position), formatNumber(calls.calls))
            : summed            ? formatCount(calls.calls, tr("%1 part"), tr("%1 parts"))
            : calls.position    ? tr("call %1 of %2").arg(formatNumber(calls.position), formatNumber(calls.calls))
            : calls.calls               ? formatCount(calls.calls, tr("%1 call"), tr("%1 calls"))
                                        : QString());
    m_previous->setEnabled(calls.previous != store::kNoSlice);
    m_next->setEnabled(calls.next != store::kNoSlice);
    m_values->setFullText(calls.values);
    m_values->setVisible(!calls.values.isEmpty());
    showFigures();
}

void SourceView::showFigures()
{
    std::vector<LineFigure> figures;
    if (m_outline)
        figures = lineFigures(*m_context->trace, m_shownFile, *m_outline, m_statistics, m_facts->calls());
    m_gutter->setFigures(m_context, std::move(figures));
}

bool SourceView::eventFilter(QObject* object, QEvent* event)
{
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton && mouse->modifiers() == Qt::ControlModifier)
            goToNamed(m_editor->wordAtPoint(mouse->position().toPoint()));
    }
    return QWidget::eventFilter(object, event);
}

// What the shown function calls by that name, else the one with that name that took longest.
void SourceView::goToNamed(const QString& name)
{
    const store::Trace& trace = *m_context->trace;
    const auto isIt = [&, utf8 = toUtf8(name)](store::FunctionId f) { return calledBy(trace.functionName(f)) == utf8; };
    store::FunctionId best;
    int64_t longest = -1;
    for (const Callee& callee : m_facts->calls().callees)
        if (isIt(callee.function) && callee.total > longest) {
            longest = callee.total;
            best = callee.function;
        }
    for (size_t i = 0; i < m_statistics.size() && longest < 0; ++i) // by self time, the longest first
        if (m_statistics[i].function.v < trace.functions().size() && isIt(m_statistics[i].function)) {
            longest = m_statistics[i].total;
            best = m_statistics[i].function;
        }
    if (name.isEmpty() || !best.valid())
        return;
    m_state->highlight(best);
    showFunction(best);
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
    if (!sameIds) {
        m_shownFile = {};
        m_outline.reset();
        m_statistics.clear(); // of functions with other numbers
    }
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
        showMessage(tr("%1 is written in C").arg(inTitle(m_context->name(function))), tr("Its source is not part of the program."));
        return;
    }
    const QString file = fromTrace(m_context->trace->string(f.file));
    if (file.isEmpty()) {
        showMessage(tr("No source for %1").arg(inTitle(m_context->name(function))), tr("The file does not say where it stands."));
        return;
    }
    const store::Source* source = m_context->trace->sourceOf(f.file);
    if (!source) {
        showMessage(tr("No source"), tr("The source of %1 is not in this recording.").arg(labelText(m_context->trace->string(f.file))));
        return;
    }
    if (m_shownFile != f.file) {
        m_shownFile = f.file;
        setSource(file, QString::fromUtf8(source->text.data(), qsizetype(source->text.size())));
        outline(*source);
    }
    m_pages->setCurrentIndex(1);
    markLine(int(f.line));
}

void SourceView::setSource(const QString& file, const QString& text)
{
    m_editor->setText(text);
    const int digits = std::max(4, int(QString::number(m_editor->lines()).size()) + 2);
    m_editor->setMarginWidth(0, QString(digits, u'0'));
    const auto [folder, name] = splitPlace(file.right(kLongestShown));
    m_folder->setFullText(folder);
    m_file->setFullText(name);
    m_bar->setToolTip(file.right(kLongestShown).toHtmlEscaped());
}

void SourceView::outline(const store::Source& source)
{
    m_outline.reset();
    if (source.text.size() <= kMostBytesOutlined)
        m_outline.emplace(source.text);
    showFigures();
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
        outline(*found);
    } else {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > kMostBytesOnDisk)
            return false;
        setSource(path, QString::fromUtf8(file.readAll()));
        m_shownFile = {};
        m_outline.reset();
        showFigures();
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
    m_gutter->setMarkedLine(line);
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
