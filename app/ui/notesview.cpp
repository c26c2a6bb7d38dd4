// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/notesview.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QHeaderView>
#include <QKeyEvent>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace calltide::ui {
namespace {
enum Column { Text, Start, Length, ColumnCount };
constexpr int kNote = Qt::UserRole; // index in ViewState::notes()

// Sorts times as numbers, by what stands behind the text.
class NoteItem : public QTreeWidgetItem
{
public:
    using QTreeWidgetItem::QTreeWidgetItem;
    bool operator<(const QTreeWidgetItem& other) const override
    {
        const int column = treeWidget() ? treeWidget()->sortColumn() : Start;
        if (column == Text)
            return text(Text).localeAwareCompare(other.text(Text)) < 0;
        return data(column, kNote + 1).toLongLong() < other.data(column, kNote + 1).toLongLong();
    }
};
} // namespace

NotesView::NotesView(const Appearance& appearance, render::ViewState* state, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_state(state)
    , m_pages(new QStackedWidget)
    , m_list(new QTreeWidget)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pages);
    m_pages->addWidget(emptyState(appearance, QStringLiteral("note"), tr("No notes"),
        tr("Click the ruler to drop a flag, or press Shift+M to note the selected time.")));
    m_pages->addWidget(m_list);
    m_list->setObjectName(QStringLiteral("notes"));
    m_list->setAccessibleName(tr("Notes"));
    m_list->setHeaderLabels({tr("Note"), tr("Start"), tr("Length")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAlternatingRowColors(true);
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_list->setSortingEnabled(true);
    m_list->sortByColumn(Start, Qt::AscendingOrder);
    m_list->setMinimumSize(80, 40);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(Text, QHeaderView::Stretch);
    m_list->header()->resizeSection(Start, 130);
    m_list->header()->resizeSection(Length, 100);
    m_list->installEventFilter(this);
    connect(m_list, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) { goTo(item->data(0, kNote).toULongLong()); });
    connect(m_list, &QTreeWidget::itemDoubleClicked, this, [this](QTreeWidgetItem* item) { goTo(item->data(0, kNote).toULongLong()); });
    connect(m_list, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        if (item && !m_filling)
            m_state->selectNote(item->data(0, kNote).toULongLong());
    });
    connect(m_list, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item) {
        const size_t index = item->data(0, kNote).toULongLong();
        if (m_filling || index >= m_state->notes().size())
            return;
        layout::Note note = m_state->notes()[index];
        note.text = toUtf8(item->text(Text).trimmed());
        m_state->changeNote(index, note);
    });
    connect(state, &render::ViewState::notesChanged, this, &NotesView::fill, Qt::QueuedConnection);
    connect(&appearance, &Appearance::changed, this, &NotesView::fill);
    fill();
}

void NotesView::fill()
{
    const QScopedValueRollback filling(m_filling, true);
    m_list->setSortingEnabled(false);
    m_list->clear();
    const auto& notes = m_state->notes();
    const auto& colors = m_appearance.theme().style().note;
    const int64_t begin = m_state->trace() ? m_state->trace()->begin() : 0;
    for (size_t i = 0; i < notes.size(); ++i) {
        const layout::Note& note = notes[i];
        auto* item = new NoteItem(m_list);
        item->setFlags(item->flags() | Qt::ItemIsEditable);
        item->setText(Text, labelText(note.text));
        item->setData(Text, kNote, qulonglong(i));
        item->setText(Start, formatTime(note.from - begin));
        item->setData(Start, kNote + 1, qlonglong(note.from));
        item->setText(Length, note.isFlag() ? QString() : formatDuration(note.to - note.from));
        item->setData(Length, kNote + 1, qlonglong(note.to - note.from));
        for (int c : {Start, Length}) {
            item->setTextAlignment(c, Qt::AlignRight | Qt::AlignVCenter);
            item->setFont(c, monoFont(m_appearance, u"small"));
        }
        if (!colors.empty())
            item->setIcon(Text, m_appearance.theme().icon(
                note.isFlag() ? QStringLiteral("flag") : QStringLiteral("note"), QColor::fromRgba(colors[note.color % colors.size()])));
        if (i == m_state->selectedNote())
            m_list->setCurrentItem(item);
    }
    m_list->setSortingEnabled(true);
    m_pages->setCurrentIndex(notes.empty() ? 0 : 1);
}

void NotesView::goTo(size_t index)
{
    if (index >= m_state->notes().size())
        return;
    const layout::Note& note = m_state->notes()[index];
    m_state->selectNote(index);
    const int64_t length = m_state->range().length();
    if (note.isFlag()) {
        m_state->setRange({note.from - length / 2, note.from - length / 2 + length});
    } else {
        const int64_t margin = (note.to - note.from) / 20;
        m_state->setRange({note.from - margin, note.to + margin});
    }
}

bool NotesView::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_list && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        if (const QTreeWidgetItem* item = m_list->currentItem())
            m_state->removeNote(item->data(0, kNote).toULongLong());
        return true;
    }
    return QWidget::eventFilter(object, event);
}

} // namespace calltide::ui
