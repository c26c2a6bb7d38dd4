// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filterbar.h"
#include "render/viewstate.h"
#include "store/statistics.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QSignalBlocker>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr const char* kText = "filterText"; // property of a state: what was typed for it
} // namespace

FilterBar::FilterBar(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_field(filterField(appearance, tr("func:load  file:orders  thread:pool  dur>1ms  arg.user=17  -func:idle")))
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
    row->addWidget(m_field, 3);
    row->addWidget(m_said, 2);
    row->addWidget(m_how);
    row->addWidget(cross);
    connect(m_field, &QLineEdit::textChanged, this, &FilterBar::apply);
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
    m_field->setText(text);
    m_how->setCurrent(state && state->filter() && state->filter()->hides ? 1 : 0);
    setVisible(!text.isEmpty());
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

void FilterBar::close()
{
    m_field->clear();
    hide();
    Q_EMIT left();
}

void FilterBar::apply()
{
    m_job.cancel();
    if (!m_state || !m_state->trace())
        return;
    m_state->setProperty(kText, m_field->text());
    const FilterTerms parsed = parseFilter(m_field->text());
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
    else if (key == Qt::Key_Return || key == Qt::Key_Enter)
        Q_EMIT left();
    else
        return false;
    return true;
}

} // namespace calltide::ui
