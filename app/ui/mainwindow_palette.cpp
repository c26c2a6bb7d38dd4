// SPDX-License-Identifier: GPL-3.0-or-later
// What the command palette finds in the main window.
#include "store/statistics.h"
#include "ui/appearance.h"
#include "ui/document.h"
#include "ui/mainwindow.h"
#include "ui/palette.h"
#include "ui/text.h"
#include <QAction>
#include <QFileInfo>
#include <QShortcut>
#include <QTabBar>

namespace calltide::ui {

void MainWindow::connectPalette()
{
    m_palette = new Palette(m_appearance, m_settings, [this] { return paletteEntries(); }, this);
    on(ActionId::Palette, [this] { m_palette->popUp(); });
    auto* help = new QShortcut(QKeySequence(Qt::Key_F1), this);
    connect(help, &QShortcut::activated, (*m_actions)[ActionId::Palette], &QAction::trigger);
}

std::vector<PaletteEntry> MainWindow::paletteEntries()
{
    std::vector<PaletteEntry> out;
    for (const ActionSpec& spec : ui::actionTable()) {
        QAction* action = (*m_actions)[spec.id];
        if (!action->isEnabled() || spec.id == ActionId::Palette)
            continue;
        QString text = action->text().section(u'\t', 0, 0).remove(u'…').remove(u'&');
        if (action->isCheckable() && action->isChecked())
            text += tr(" (on)");
        const QString name = QString::fromLatin1(spec.name);
        out.push_back({tr("Actions"), text, name.section(u'.', 0, 0), m_actions->keyText(spec.id), name, action->icon(), [action] { action->trigger(); }});
    }
    for (int tab = 0; tab < m_tabs->count(); ++tab)
        if (auto* open = m_tabs->tabData(tab).value<Document*>(); open && open != document())
            out.push_back({tr("Recordings"), open->title(), open->path(), {}, {}, m_appearance.icon(QStringLiteral("recording")),
                [this, open] {
                    if (const int at = tabOf(open); at >= 0)
                        m_tabs->setCurrentIndex(at);
                }});
    for (const QString& path : m_recent.paths())
        if (!documentOf(path))
            out.push_back({tr("Recordings"), QFileInfo(path).fileName(), shortPath(path), {}, {},
                m_appearance.icon(QStringLiteral("open")), [this, path] { open(path); }});
    if (Document* shown = document())
        addToPalette(*shown, out);
    return out;
}

void MainWindow::addToPalette(Document& shown, std::vector<PaletteEntry>& out)
{
    const store::Trace& trace = shown.trace();
    const QPointer<render::ViewState> state = shown.state(); // its tab may be closed before something is chosen
    const auto icon = [this](const char* name) { return m_appearance.icon(QString::fromLatin1(name)); };
    // Each once: drawing one takes a millisecond, and there may be tens of thousands of functions.
    const QIcon ofFunctions = icon("timeline"), ofTasks = icon("task"), ofThreads = icon("thread"), ofNotes = icon("flag");
    for (uint32_t f = 0; f < trace.functions().size(); ++f) {
        const store::Function& function = trace.functions()[f];
        QString place = labelText(trace.string(function.file));
        if (!place.isEmpty() && function.line)
            place += u':' + QString::number(function.line);
        out.push_back({tr("Functions"), shown.context()->name(store::FunctionId(f)), place, {}, {}, ofFunctions, [state, f] {
            // Its next call from what is shown on, else its first.
            if (!state || !state->trace() || f >= state->trace()->functions().size())
                return;
            std::vector<bool> mask(state->trace()->functions().size());
            mask[f] = true;
            auto call = store::findSlice(*state->trace(), mask, state->range().from, true);
            if (call == store::kNoSlice)
                call = store::findSlice(*state->trace(), mask, state->trace()->begin(), true);
            if (call != store::kNoSlice)
                state->selectAndReveal(call);
        }});
    }
    timeline::TimelineView* view = shown.timeline();
    for (uint32_t t = 0; t < trace.tracks().size(); ++t) {
        const store::Track& track = trace.tracks()[t];
        const bool task = track.kind == store::TrackKind::Task;
        if ((track.kind != store::TrackKind::Thread && !task) || !track.sliceCount)
            continue;
        QString name = labelText(trace.string(track.name));
        if (name.isEmpty())
            name = task ? tr("Task") : tr("Thread %1").arg(track.tid);
        const QString process = track.process.valid() ? labelText(trace.string(trace.process(track.process).name)) : QString();
        out.push_back({task ? tr("Tasks") : tr("Threads"), name, process, {}, {}, task ? ofTasks : ofThreads,
            [view = QPointer(view), t] {
                if (view)
                    view->showTrack(store::TrackId(t));
            }});
    }
    for (size_t n = 0; n < state->notes().size(); ++n)
        if (const layout::Note& note = state->notes()[n]; !note.text.empty())
            out.push_back({tr("Notes"), QString::fromStdString(note.text), formatDuration(note.from - trace.begin()), {}, {},
                ofNotes, [state, n] {
                    if (!state || n >= state->notes().size())
                        return;
                    const auto from = state->notes()[n].from, length = state->range().length();
                    state->selectNote(n);
                    state->setRange({from - length / 2, from - length / 2 + length});
                }});
}

} // namespace calltide::ui
