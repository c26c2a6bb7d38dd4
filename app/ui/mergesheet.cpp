// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mergesheet.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include "ui/timeinput.h"
#include <QBoxLayout>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

namespace calltide::ui {

using Align = formats::MergeOptions::Align;

namespace {

enum Column { File, Size, Offset };
constexpr int kRowHeight = 30;

// "", "1.5 s", "-20 ms"
std::optional<int64_t> offsetOf(QString text)
{
    text = text.trimmed().replace(QChar(0x2212), u'-');
    if (text.isEmpty())
        return 0;
    const bool minus = text.startsWith(u'-');
    if (minus || text.startsWith(u'+'))
        text.remove(0, 1);
    const auto ns = parseDuration(text);
    return ns && minus ? std::optional(-*ns) : ns;
}

} // namespace

MergeSheet::MergeSheet(const Appearance& appearance, QWidget* window)
    : Sheet(appearance, tr("Open as one timeline"), QStringLiteral("size.dialog.export"), window)
{
    setObjectName(QStringLiteral("mergeSheet"));
    auto* inside = new QWidget;
    auto* lines = new QVBoxLayout(inside);
    lines->setContentsMargins(20, 16, 20, 12);
    lines->setSpacing(12);
    lines->addWidget(buildFiles(), 1);
    lines->addWidget(buildAlignment());
    column()->addWidget(inside, 1);
    m_open = addFoot(tr("Open"));
    m_open->setObjectName(QStringLiteral("mergeOpen"));
    connect(m_files, &QTreeWidget::itemChanged, this, &MergeSheet::changed);
    connect(m_files, &QTreeWidget::currentItemChanged, this, &MergeSheet::changed);
    connect(m_align, &Segments::currentChanged, this, &MergeSheet::changed);
    connect(m_marker, &QLineEdit::textChanged, this, &MergeSheet::changed);
}

QWidget* MergeSheet::buildFiles()
{
    auto* box = new QWidget;
    auto* lines = new QVBoxLayout(box);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(8);
    m_files = new QTreeWidget;
    m_files->setObjectName(QStringLiteral("mergeFiles"));
    m_files->setAccessibleName(tr("Files"));
    m_files->setHeaderLabels({tr("File"), tr("Size"), tr("Moved by")});
    m_files->headerItem()->setTextAlignment(Size, Qt::AlignRight | Qt::AlignVCenter);
    m_files->headerItem()->setToolTip(Offset, tr("A time such as 1.5 s or -20 ms, after the times were put together"));
    m_files->setRootIsDecorated(false);
    m_files->setUniformRowHeights(true);
    m_files->setAllColumnsShowFocus(true);
    m_files->setTextElideMode(Qt::ElideMiddle);
    m_files->setEditTriggers(QAbstractItemView::NoEditTriggers);
    QHeaderView* head = m_files->header();
    head->setStretchLastSection(false);
    head->setSectionResizeMode(File, QHeaderView::Stretch);
    for (const auto& [section, width] : {std::pair<int, int>{Size, 90}, {Offset, 110}}) {
        head->setSectionResizeMode(section, QHeaderView::Fixed);
        head->resizeSection(section, width);
    }
    // A click or F2 changes the time, whatever column is current.
    connect(m_files, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item, int column) {
        if (column == Offset)
            m_files->editItem(item, Offset);
    });
    connect(m_files, &QTreeWidget::itemDoubleClicked, this, [this](QTreeWidgetItem* item) { m_files->editItem(item, Offset); });
    lines->addWidget(m_files, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    const auto button = [&](const QString& text, const char* name, auto slot) {
        auto* b = new QPushButton(text);
        b->setObjectName(QString::fromLatin1(name));
        connect(b, &QPushButton::clicked, this, slot);
        row->addWidget(b);
        return b;
    };
    button(tr("Add files…"), "mergeAdd", [this] { browse(); });
    m_remove = button(tr("Remove"), "mergeRemove", [this] { remove(); });
    m_up = button(tr("Up"), "mergeUp", [this] { move(-1); });
    m_down = button(tr("Down"), "mergeDown", [this] { move(1); });
    row->addStretch(1);
    lines->addLayout(row);
    return box;
}

QWidget* MergeSheet::buildAlignment()
{
    auto* box = new QWidget;
    auto* lines = new QVBoxLayout(box);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(8);
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    row->addWidget(plainLabel(tr("Times"), "secondary"));
    m_align = new Segments({tr("By recorded clocks"), tr("All begin together"), tr("At an event")});
    m_align->setObjectName(QStringLiteral("mergeAlign"));
    row->addWidget(m_align);
    m_marker = new QLineEdit;
    m_marker->setObjectName(QStringLiteral("mergeMarker"));
    m_marker->setPlaceholderText(tr("Its name, or a function's"));
    row->addWidget(m_marker, 2);
    row->addStretch(1);
    lines->addLayout(row);
    m_text = plainLabel(QString(), "muted");
    m_text->setWordWrap(true);
    m_note = plainLabel(QString(), "danger");
    m_note->setObjectName(QStringLiteral("mergeNote"));
    lines->addWidget(m_text);
    lines->addWidget(m_note);
    return box;
}

void MergeSheet::popUp(const QStringList& paths, const QString& folder)
{
    m_folder = folder;
    m_files->clear();
    add(paths);
    appear();
    m_files->setFocus();
}

void MergeSheet::add(const QStringList& paths)
{
    for (const QString& path : paths) {
        const QFileInfo file(path);
        if (this->paths().contains(file.absoluteFilePath()))
            continue;
        auto* item = new QTreeWidgetItem({file.fileName(), formatBytes(uint64_t(std::max<qint64>(0, file.size()))), QStringLiteral("0 s")});
        item->setData(File, Qt::UserRole, file.absoluteFilePath());
        item->setSizeHint(File, QSize(0, kRowHeight));
        item->setToolTip(File, file.absoluteFilePath());
        item->setTextAlignment(Size, Qt::AlignRight | Qt::AlignVCenter);
        item->setFlags(item->flags() | Qt::ItemIsEditable);
        m_files->addTopLevelItem(item);
    }
    if (!m_files->currentItem() && m_files->topLevelItemCount())
        m_files->setCurrentItem(m_files->topLevelItem(0));
    changed();
}

void MergeSheet::browse()
{
    const QStringList more = QFileDialog::getOpenFileNames(this, tr("Add recordings"), m_folder);
    if (!more.isEmpty())
        m_folder = QFileInfo(more.first()).path();
    add(more);
}

void MergeSheet::remove()
{
    delete m_files->currentItem();
    changed();
}

void MergeSheet::move(int by)
{
    const int row = m_files->indexOfTopLevelItem(m_files->currentItem());
    if (row < 0 || row + by < 0 || row + by >= m_files->topLevelItemCount())
        return;
    QTreeWidgetItem* item = m_files->takeTopLevelItem(row);
    m_files->insertTopLevelItem(row + by, item);
    m_files->setCurrentItem(item);
    changed();
}

int MergeSheet::wrongOffset() const
{
    for (int i = 0; i < m_files->topLevelItemCount(); ++i)
        if (!offsetOf(m_files->topLevelItem(i)->text(Offset)))
            return i;
    return -1;
}

void MergeSheet::changed()
{
    const int row = m_files->indexOfTopLevelItem(m_files->currentItem()), count = m_files->topLevelItemCount();
    m_remove->setEnabled(row >= 0);
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < count);
    const auto align = Align(m_align->current());
    m_marker->setVisible(align == Align::Marker);
    m_text->setText(
        align == Align::Clock     ? tr("As they happened. A file that does not say when it was recorded begins with the others.")
            : align == Align::Start ? tr("For comparing runs: the first event of each file is at the same time.")
                                    : tr("The first event or call with that in its name is at the same time in all files."));
    QString note;
    if (count < 2)
        note = tr("Add at least two files.");
    else if (const int wrong = wrongOffset(); wrong >= 0)
        note = tr("“%1” is not a time. Write 1.5 s or -20 ms.").arg(m_files->topLevelItem(wrong)->text(Offset));
    else if (align == Align::Marker && m_marker->text().trimmed().isEmpty())
        note = tr("Name the event.");
    m_note->setText(note);
    setStyleProperty(m_note, "danger", count >= 2); // one is no mistake yet
    setStyleProperty(m_note, "muted", count < 2);
    m_open->setEnabled(note.isEmpty());
}

QStringList MergeSheet::paths() const
{
    QStringList out;
    for (int i = 0; i < m_files->topLevelItemCount(); ++i)
        out << m_files->topLevelItem(i)->data(File, Qt::UserRole).toString();
    return out;
}

formats::MergeOptions MergeSheet::options() const
{
    formats::MergeOptions out;
    out.align = Align(m_align->current());
    if (out.align == Align::Marker)
        out.marker = toUtf8(m_marker->text().trimmed());
    for (int i = 0; i < m_files->topLevelItemCount(); ++i)
        out.offsets.push_back(offsetOf(m_files->topLevelItem(i)->text(Offset)).value_or(0));
    return out;
}

void MergeSheet::confirm()
{
    if (!m_open->isEnabled())
        return;
    hide();
    Q_EMIT mergeRequested(paths(), options());
}

} // namespace calltide::ui
