// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filterbar.h"
#include "render/viewstate.h"
#include "store/statistics.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/filterchip.h"
#include "ui/text.h"
#include <QAbstractItemView>
#include <QCompleter>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QStringListModel>
#include <algorithm>
#include <set>

namespace calltide::ui {
namespace {
// Properties of a state: what was typed for it, and its chips, those that are off with a blank before them.
constexpr const char* kText = "filterText";
constexpr const char* kChips = "filterChips";
} // namespace

FilterBar::FilterBar(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_field(filterField(appearance, tr("func:load  file:orders  thread:pool  dur>1ms  arg.user=17  -func:idle")))
    , m_chipRow(new QWidget)
    , m_said(new ElidedLabel)
    , m_how(new Segments({tr("Dim"), tr("Hide")}))
{
    setObjectName(QStringLiteral("filterBar"));
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(appearance.px(u"size.filter_bar"));
    setMinimumWidth(120);
    m_field->setAccessibleName(tr("Filter the calls"));
    m_field->setMaximumWidth(QWIDGETSIZE_MAX);
    m_field->installEventFilter(this);
    m_said->setProperty("muted", true);
    m_said->setFont(uiFont(appearance, u"small"));
    m_how->setToolTip(tr("What happens to calls that do not pass"));
    auto* cross = new IconButton(appearance, QStringLiteral("close"), tr("End the filter (Esc)"));
    setStyleProperty(cross, "small", true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 0, 8, 0);
    row->setSpacing(8);
    auto* chips = new QHBoxLayout(m_chipRow);
    chips->setContentsMargins(0, 0, 0, 0);
    chips->setSpacing(4);
    m_chipRow->hide();
    row->addWidget(m_chipRow);
    row->addWidget(m_field, 3);
    row->addWidget(m_said, 2);
    row->addWidget(m_how);
    row->addWidget(cross);
    m_completer = new QCompleter(new QStringListModel(this), this);
    m_completer->setWidget(m_field);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, [this](const QString& chosen) {
        const QString before = m_field->text().section(u' ', 0, -2);
        m_field->setText(before.isEmpty() ? chosen : before + u' ' + chosen);
    });
    connect(m_field, &QLineEdit::textEdited, this, &FilterBar::complete);
    connect(m_field, &QLineEdit::textChanged, this, &FilterBar::apply);
    // Not by the event filter: while the completions are open, they get the keys and hand them on past it.
    connect(m_field, &QLineEdit::returnPressed, this, [this] {
        if (m_completer->popup()->isVisible() && m_completer->popup()->currentIndex().isValid())
            return; // it takes what is chosen there
        m_completer->popup()->hide();
        makeChips();
        Q_EMIT left();
    });
    connect(m_how, &Segments::currentChanged, this, &FilterBar::apply);
    connect(cross, &QToolButton::clicked, this, &FilterBar::close);
    hide();
}

void FilterBar::setState(render::ViewState* state)
{
    m_job.cancel();
    m_state = state;
    const QString text = state ? state->property(kText).toString() : QString();
    const QSignalBlocker quiet(m_field), quietHow(m_how);
    qDeleteAll(std::exchange(m_chips, {}));
    for (const QString& term : state ? state->property(kChips).toStringList() : QStringList())
        addChip(term.trimmed(), !term.startsWith(u' '));
    m_field->setText(text);
    m_how->setCurrent(state && state->filter() && state->filter()->hides ? 1 : 0);
    m_chipRow->setVisible(!m_chips.isEmpty());
    setVisible(!text.isEmpty() || !m_chips.isEmpty());
    if (state && state->filter())
        show(*state->filter(), *state->trace());
}

void FilterBar::popUp()
{
    if (!m_state)
        return;
    setVisible(true);
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

QStringList FilterBar::chips() const
{
    QStringList out;
    for (const FilterChip* chip : m_chips)
        out << chip->term();
    return out;
}

QString FilterBar::text() const
{
    QStringList terms;
    for (const FilterChip* chip : m_chips)
        if (chip->isOn())
            terms << chip->term();
    return (terms << m_field->text()).join(u' ');
}

void FilterBar::addChip(const QString& term, bool on)
{
    auto* chip = new FilterChip(m_appearance, term, on);
    m_chips << chip;
    m_chipRow->layout()->addWidget(chip);
    m_chipRow->show();
    connect(chip, &FilterChip::switched, this, &FilterBar::apply);
    connect(chip, &FilterChip::removed, this, [this, chip] {
        m_chips.removeOne(chip);
        chip->deleteLater();
        m_chipRow->setVisible(!m_chips.isEmpty());
        apply();
    });
}

void FilterBar::makeChips()
{
    if (!parseFilter(m_field->text()).error.isEmpty())
        return;
    for (const QString& word : filterWords(m_field->text()))
        addChip(word, true);
    m_field->clear(); // the filter is the same
}

void FilterBar::keep()
{
    QStringList chips;
    for (const FilterChip* chip : m_chips)
        chips << (chip->isOn() ? QString() : QStringLiteral(" ")) + chip->term();
    m_state->setProperty(kChips, chips);
    m_state->setProperty(kText, m_field->text());
}

void FilterBar::close()
{
    for (FilterChip* chip : std::exchange(m_chips, {}))
        chip->deleteLater();
    m_chipRow->hide();
    m_field->clear();
    apply(); // the field may have been empty
    hide();
    Q_EMIT left();
}

void FilterBar::apply()
{
    m_job.cancel();
    if (!m_state || !m_state->trace())
        return;
    keep();
    const FilterTerms parsed = parseFilter(text());
    setStyleProperty(m_field, "wrong", !parsed.error.isEmpty());
    m_said->setFullText(parsed.error);
    if (!parsed.error.isEmpty() || parsed.terms.empty()) {
        m_state->setFilter(std::nullopt);
        return;
    }
    const auto use = [this, hides = m_how->current() == 1](layout::CallFilter filter) {
        filter.hides = hides;
        m_state->setFilter(filter);
        show(filter, *m_state->trace());
    };
    if (!readsArguments(parsed.terms)) {
        use(makeFilter(parsed.terms, *m_state->trace(), nullptr));
        return;
    }
    m_said->setFullText(tr("Reading the arguments…"));
    m_job.start(
        [trace = m_state->trace(), terms = parsed.terms](store::Progress& progress) {
            return makeFilter(terms, *trace, &progress);
        },
        [use, state = m_state](const layout::CallFilter& filter) {
            if (state)
                use(filter);
        });
}

// Of the word at the end: the keys, then what the recording has of that key.
void FilterBar::complete()
{
    constexpr qsizetype kMost = 200;
    const QString word = m_field->text().section(u' ', -1);
    QStringList found;
    const qsizetype colon = word.indexOf(u':');
    if (m_state && m_state->trace() && colon > 0) {
        const store::Trace& trace = *m_state->trace();
        const QString key = word.left(colon + 1), value = word.mid(colon + 1);
        std::set<store::StringId> seen;
        const auto offer = [&](store::StringId id) {
            const QString text = trace.string(id).size() <= size_t(kLongestShown) ? fromTrace(trace.string(id)) : QString();
            if (found.size() < kMost && !text.isEmpty() && !text.startsWith(u'(') && text != value && text.contains(value, Qt::CaseInsensitive)
                && seen.insert(id).second)
                found << key + (text.contains(u' ') ? u'"' + text + u'"' : text);
        };
        const QString bare = key.startsWith(u'-') ? key.mid(1) : key;
        for (const store::Function& f : trace.functions())
            if (bare == u"func:" || bare == u"file:" || bare == u"module:")
                offer(bare == u"func:" ? f.name : bare == u"file:" ? f.file : f.module);
        if (bare == u"thread:")
            for (const store::Track& track : trace.tracks())
                offer(track.name);
    } else if (!word.isEmpty()) {
        for (const char* key : {"func:", "file:", "module:", "thread:", "dur>", "dur<", "arg."})
            if (QString::fromLatin1(key).startsWith(word) && word != QLatin1String(key))
                found << QString::fromLatin1(key);
    }
    static_cast<QStringListModel*>(m_completer->model())->setStringList(found);
    m_completer->setCompletionPrefix(QString());
    if (found.isEmpty() || !m_field->hasFocus())
        m_completer->popup()->hide();
    else {
        m_completer->complete();
        m_completer->popup()->setCurrentIndex({}); // Return takes what is typed, unless one was gone to
    }
}

void FilterBar::show(const layout::CallFilter& filter, const store::Trace& trace)
{
    QStringList parts;
    if (!filter.functions.empty())
        parts << tr("%1 of %2 functions")
                     .arg(formatNumber(uint64_t(std::count(filter.functions.begin(), filter.functions.end(), true))),
                         formatNumber(filter.functions.size()));
    if (!filter.tracks.empty())
        parts << tr("%1 of %2 tracks")
                     .arg(formatNumber(uint64_t(std::count(filter.tracks.begin(), filter.tracks.end(), true))),
                         formatNumber(trace.tracks().size()));
    if (filter.calls)
        parts << formatCount(
            uint64_t(std::count(filter.calls->begin(), filter.calls->end(), true)), tr("%1 call"), tr("%1 calls"));
    m_said->setFullText(parts.join(QStringLiteral(" · ")));
}

bool FilterBar::eventFilter(QObject* object, QEvent* event)
{
    if (object != m_field || (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress))
        return QWidget::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (event->type() == QEvent::ShortcutOverride) {
        if (key == Qt::Key_Escape)
            event->accept();
        return key == Qt::Key_Escape;
    }
    if (key == Qt::Key_Escape)
        close();
    else if (key == Qt::Key_Backspace && m_field->text().isEmpty() && !m_chips.isEmpty()) {
        FilterChip* last = m_chips.takeLast(); // back to be changed
        m_chipRow->setVisible(!m_chips.isEmpty());
        last->deleteLater();
        m_field->setText(last->term());
    } else
        return false;
    return true;
}

} // namespace calltide::ui
