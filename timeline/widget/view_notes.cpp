// SPDX-License-Identifier: GPL-3.0-or-later
// Notes on the timeline: made, moved, edited in place, deleted.
#include "widget/timelineview_p.h"
#include <QMenu>
#include <algorithm>
#include <functional>
#include <utility>

namespace calltide::timeline {

using layout::Note;
using render::ViewState;

namespace {

constexpr int kEditorWidth = 200;

// Ends at Return, Esc or when the focus goes; the timeline, its parent, must not see those keys.
class NoteEditor : public QLineEdit
{
public:
    using Done = std::function<void(bool keep)>;
    NoteEditor(QWidget* parent, Done done)
        : QLineEdit(parent)
        , m_done(std::move(done))
    {
    }

protected:
    bool event(QEvent* event) override
    {
        if (event->type() == QEvent::ShortcutOverride) {
            event->accept();
            return true;
        }
        return QLineEdit::event(event);
    }
    void keyPressEvent(QKeyEvent* event) override
    {
        switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            finish(true);
            return;
        case Qt::Key_Escape:
            finish(false);
            return;
        default:
            QLineEdit::keyPressEvent(event);
        }
    }
    void focusOutEvent(QFocusEvent* event) override
    {
        QLineEdit::focusOutEvent(event);
        if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason)
            finish(true);
    }

private:
    void finish(bool keep)
    {
        if (const Done done = std::exchange(m_done, {}))
            done(keep);
    }
    Done m_done;
};

} // namespace

void TimelineView::Private::notesChanged()
{
    if (noteEditor && state->selectedNote() == ViewState::kNoNote)
        std::exchange(noteEditor, nullptr)->deleteLater();
    scrollTo(scroll); // the lane may have come or gone
    redraw();
}

void TimelineView::Private::placeEditor()
{
    if (!noteEditor || !scene || state->selectedNote() >= state->notes().size())
        return;
    const auto zones = scene->zones(spec());
    const Note& note = state->notes()[state->selectedNote()];
    const double most = std::max(zones.scale.left, zones.scale.right() - kEditorWidth);
    const double x = std::clamp(zones.scale.x(note.from) + (note.isFlag() ? 12 : 2), zones.scale.left, most);
    noteEditor->setGeometry(int(x), int(zones.notes.y) - 2, kEditorWidth, int(zones.notes.h) + 4);
}

void TimelineView::Private::dragNote(double x)
{
    const auto zones = scene->zones(spec());
    const auto by = int64_t(std::llround((x - pressed.x()) * zones.scale.nsPerPixel()));
    Note note = pressedNote;
    const double left = zones.scale.x(pressedNote.from), right = zones.scale.x(pressedNote.to);
    // A span's edges move alone, unless they lie too near each other to tell them apart.
    const bool edges = !note.isFlag() && right - left > 12;
    if (edges && pressed.x() - left < 5) {
        note.from = std::min(note.from + by, note.to - 1);
    } else if (edges && right - pressed.x() < 5) {
        note.to = std::max(note.to + by, note.from + 1);
    } else {
        note.from += by;
        note.to += by;
    }
    state->changeNote(state->selectedNote(), note);
}

void TimelineView::Private::showNoteMenu(size_t index, const QPoint& globalPosition)
{
    state->selectNote(index);
    auto* menu = new QMenu(q);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("noteMenu"));
    menu->addAction(TimelineView::tr("Edit the text"), q, &TimelineView::editNote);
    const QString names[Note::kColors] = {
        TimelineView::tr("Blue"), TimelineView::tr("Yellow"), TimelineView::tr("Violet"), TimelineView::tr("Red"),
        TimelineView::tr("Green")};
    QMenu* colors = menu->addMenu(TimelineView::tr("Colour"));
    for (uint8_t i = 0; i < Note::kColors && i < theme->style().note.size(); ++i) {
        QPixmap swatch(16, 16);
        swatch.fill(QColor::fromRgba(theme->style().note[i]));
        QAction* action = colors->addAction(QIcon(swatch), names[i], q, [this, index, i] {
            if (index < state->notes().size()) {
                Note note = state->notes()[index];
                note.color = i;
                state->changeNote(index, note);
            }
        });
        action->setCheckable(true);
        action->setChecked(state->notes()[index].color == i);
    }
    if (!state->notes()[index].isFlag())
        menu->addAction(TimelineView::tr("Zoom to it"), q, [this, index] {
            if (index < state->notes().size())
                state->setRange({state->notes()[index].from, state->notes()[index].to});
        });
    menu->addSeparator();
    menu->addAction(theme->icon(QStringLiteral("trash")), TimelineView::tr("Delete"), q, &TimelineView::deleteNote);
    menu->popup(globalPosition);
}

// --- slots

void TimelineView::addNote()
{
    if (!d->scene)
        return;
    const auto& scale = d->scene->zones(d->spec()).scale;
    int64_t time = (d->shown.from + d->shown.to) / 2;
    if (d->pointer && d->pointer->x() >= scale.left && d->pointer->x() <= scale.right())
        time = scale.time(d->pointer->x());
    else if (const auto selection = d->state->selectionRange())
        time = selection->from;
    const auto color = d->state->notes().empty() ? uint8_t(0) : d->state->notes().back().color;
    d->state->addNote({.from = time, .to = time, .color = color});
    editNote();
}

void TimelineView::mark()
{
    if (d->state->selected() != store::kNoSlice)
        areaFromSelection();
    else
        addNote();
}

void TimelineView::addSpanNote()
{
    const auto selection = d->state->selectionRange();
    if (!d->scene || !selection)
        return;
    std::string text;
    if (!d->state->area() && d->state->selected() != store::kNoSlice)
        text = d->scene->trace()->functionName(d->scene->trace()->functionOf(d->state->selected()));
    const auto color = d->state->notes().empty() ? uint8_t(0) : d->state->notes().back().color;
    d->state->addNote({.from = selection->from, .to = selection->to, .text = std::move(text), .color = color});
    editNote();
}

void TimelineView::editNote()
{
    const size_t index = d->state->selectedNote();
    if (!d->scene || index >= d->state->notes().size())
        return;
    delete d->noteEditor;
    auto* editor = d->noteEditor = new NoteEditor(this, [this, index](bool keep) {
        QLineEdit* ended = std::exchange(d->noteEditor, nullptr);
        if (!ended)
            return;
        const bool hadFocus = ended->hasFocus();
        ended->hide();
        ended->deleteLater();
        if (keep && index < d->state->notes().size()) {
            Note note = d->state->notes()[index];
            note.text = ended->text().trimmed().toStdString();
            d->state->changeNote(index, note);
        }
        if (hadFocus)
            setFocus();
    });
    editor->setObjectName(QStringLiteral("noteEditor"));
    editor->setProperty("small", true);
    editor->setFont(render::Theme::uiFont(11));
    editor->setPlaceholderText(tr("Note"));
    editor->setAccessibleName(tr("Text of the note"));
    editor->setText(QString::fromStdString(d->state->notes()[index].text));
    editor->selectAll();
    d->placeEditor();
    editor->show();
    editor->setFocus();
}

void TimelineView::deleteNote()
{
    d->state->removeNote(d->state->selectedNote());
}

} // namespace calltide::timeline
