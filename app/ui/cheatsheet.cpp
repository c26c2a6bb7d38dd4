// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cheatsheet.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/keys.h"
#include <QAction>
#include <QBoxLayout>
#include <QCoreApplication>
#include <QGridLayout>
#include <QLineEdit>
#include <QMouseEvent>
#include <QScreen>
#include <QScrollArea>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr int kColumnWidth = 330, kMostColumns = 3, kMargin = 20, kWide = 3 * kColumnWidth + 2 * kMargin + 16, kHigh = 760;

struct Theme // actions of these kinds, the part of their names before the dot
{
    const char *title, *kinds;
};
constexpr Theme kThemes[] = {
    {QT_TRANSLATE_NOOP("calltide::ui::CheatSheet", "Move and zoom"), "go"},
    {QT_TRANSLATE_NOOP("calltide::ui::CheatSheet", "Find and select"), "edit note"},
    {QT_TRANSLATE_NOOP("calltide::ui::CheatSheet", "Views and tracks"), "view tracks"},
    {QT_TRANSLATE_NOOP("calltide::ui::CheatSheet", "Files and recording"), "file record tools help"},
};
struct Gesture
{
    const char *key, *text;
};
#define T(text) QT_TRANSLATE_NOOP("calltide::ui::CheatSheet", text)
constexpr Gesture kMouse[] = {
    {T("Ctrl+wheel"), T("Zoom at the pointer")},
    {T("wheel"), T("Scroll the tracks")},
    {T("Shift+wheel"), T("Move in time")},
    {T("click"), T("Select a call")},
    {T("Ctrl+click"), T("All calls of its function")},
    {T("double click"), T("Zoom to a call")},
    {T("drag"), T("Select a part of the time")},
    {T("right drag"), T("Move in time and over the tracks")},
    {T("Space+drag"), T("The same")},
    {T("middle drag"), T("Zoom to the box")},
    {T("Ctrl+middle drag"), T("Zoom out into the box")},
    {T("click on the ruler"), T("Drop a flag")},
    {T("drag of a track's name"), T("Move the track")},
    {T("back, forward"), T("Through the views of before")},
};
constexpr Gesture kTimeline[] = {
    {T("Space"), T("Select the call's time")},
    {T("Enter"), T("Zoom to the call")},
    {T(", and ."), T("Previous and next call in the row")},
    {T("E"), T("Show its source")},
    {T("Ctrl+↑, Ctrl+↓"), T("Other thread")},
    {T("Ctrl+←, Ctrl+→"), T("Move in time")},
    {T("+, −, 0"), T("Zoom in, out, whole recording")},
    {T("End"), T("Follow the end of a live recording")},
    {T("Esc"), T("End the newest of these")},
};
constexpr Gesture kFlame[] = {
    {T("↑ ↓ ← →"), T("Walk the frames")},
    {T("Enter"), T("Zoom to the frame")},
    {T("m, M"), T("Merge it into its callers; on this path only")},
    {T("c, C"), T("Merge what it calls; its whole module")},
    {T("r, R"), T("Merge its recursion; the direct one")},
    {T("f, F, g"), T("Only it; only this path; only its module")},
    {T("d"), T("Leave its calls out")},
    {T("Esc"), T("Undo the last step")},
};
#undef T

int columnsFor(int width)
{
    return std::clamp((width - 2 * kMargin) / kColumnWidth, 1, kMostColumns);
}
} // namespace

CheatSheet::CheatSheet(const Appearance& appearance, const Actions& actions, const Keys& keys, QWidget* window)
    : QDialog(window)
    , m_appearance(appearance)
    , m_field(filterField(appearance, tr("Find a key or what it does"), this))
    , m_scroll(new QScrollArea)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("keysDialog"));
    setWindowTitle(tr("Keys and mouse"));
    collect(actions, keys);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(kMargin, 14, kMargin, 8);
    head->setSpacing(16);
    m_field->setMaximumWidth(300);
    head->addWidget(m_field, 1);
    head->addStretch(0);
    const QString preset = QCoreApplication::translate("calltide::ui::Keys", keyPresets()[size_t(keys.preset())].text);
    head->addWidget(plainLabel(tr("Keys: %1").arg(preset), "muted"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_scroll, 1);
    connect(m_field, &QLineEdit::textChanged, this, &CheatSheet::fill);
    resize(QSize(kWide, kHigh).boundedTo(window->screen()->availableSize() - QSize(16, 48)));
    fill();
    m_field->setFocus();
}

void CheatSheet::collect(const Actions& actions, const Keys& keys)
{
    for (const Theme& theme : kThemes) {
        Group group{tr(theme.title), {}};
        const QStringList kinds = QString::fromLatin1(theme.kinds).split(u' ');
        for (const ActionSpec& spec : actionTable()) {
            const QString key = actions.keyText(spec.id);
            if (key.isEmpty() || !kinds.contains(QString::fromLatin1(spec.name).section(u'.', 0, 0)))
                continue;
            QString text = QCoreApplication::translate("calltide::ui::Actions", spec.text).remove(u'…');
            if (keys.gestures().keysPan && spec.id == ActionId::ZoomIn)
                text = tr("Scroll the tracks up");
            else if (keys.gestures().keysPan && spec.id == ActionId::ZoomOut)
                text = tr("Scroll the tracks down");
            group.lines.push_back({key, text});
        }
        if (kinds.contains(QLatin1String("file"))) {
            group.lines.push_back({tr("Ctrl+Tab, Ctrl+PgDown"), tr("Next tab")});
            group.lines.push_back({tr("Ctrl+Shift+Tab, Ctrl+PgUp"), tr("Previous tab")});
        }
        m_groups.push_back(std::move(group));
    }
    const auto add = [this](const QString& title, const auto& gestures) {
        Group group{title, {}};
        for (const Gesture& gesture : gestures)
            group.lines.push_back({tr(gesture.key), tr(gesture.text)});
        m_groups.push_back(std::move(group));
    };
    add(tr("Mouse on the timeline"), kMouse);
    for (Line& line : m_groups.back().lines) { // what the preset changes
        if (keys.gestures().wheelZooms && line.key == tr("wheel"))
            line.text = tr("Zoom at the pointer");
        else if (keys.gestures().dragPans && line.key == tr("drag"))
            line = {tr("Shift+drag"), line.text};
        else if (keys.gestures().dragPans && line.key == tr("right drag"))
            line.key = tr("drag, right drag");
    }
    add(tr("Keys on the timeline"), kTimeline);
    add(tr("Keys in the flame graph"), kFlame);
}

void CheatSheet::fill()
{
    const QString wanted = m_field->text().trimmed();
    std::vector<Group> shown;
    size_t rows = 0;
    for (const Group& group : m_groups) {
        Group kept{group.title, {}};
        for (const Line& line : group.lines)
            if (wanted.isEmpty() || line.text.contains(wanted, Qt::CaseInsensitive) || line.key.contains(wanted, Qt::CaseInsensitive))
                kept.lines.push_back(line);
        if (kept.lines.empty())
            continue;
        rows += kept.lines.size() + 2;
        shown.push_back(std::move(kept));
    }
    m_columns = columnsFor(width());
    auto* page = new QWidget;
    page->setProperty("panel", true);
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(kMargin, 4, kMargin, kMargin);
    row->setSpacing(20);
    QGridLayout* grid = nullptr;
    size_t used = 0;
    int columns = 0;
    for (const Group& group : shown) {
        // Groups stay whole: a new column when this one has its part and others are left.
        if (!grid || (used + group.lines.size() / 2 > rows / size_t(m_columns) && columns < m_columns)) {
            auto* side = new QVBoxLayout;
            grid = new QGridLayout;
            grid->setHorizontalSpacing(10);
            grid->setVerticalSpacing(4);
            grid->setColumnStretch(1, 1);
            side->addLayout(grid);
            side->addStretch(1);
            row->addLayout(side, 1);
            used = 0;
            columns++;
        }
        QLabel* title = plainLabel(group.title, "secondary");
        title->setFont(uiFont(m_appearance, u"small", 600));
        title->setContentsMargins(0, used ? 10 : 0, 0, 2);
        grid->addWidget(title, grid->rowCount(), 0, 1, 2);
        for (const Line& line : group.lines) {
            QLabel* key = plainLabel(line.key, "key");
            key->setFont(monoFont(m_appearance, u"caption"));
            const int at = grid->rowCount();
            grid->addWidget(key, at, 0, Qt::AlignRight | Qt::AlignTop);
            QLabel* text = plainLabel(line.text);
            text->setWordWrap(true); // what a key does is never cut
            text->setObjectName(QStringLiteral("keyText"));
            grid->addWidget(text, at, 1);
        }
        used += group.lines.size() + 2;
    }
    if (shown.empty())
        row->addWidget(plainLabel(tr("Nothing matches “%1”.").arg(wanted), "muted"), 0, Qt::AlignCenter);
    m_scroll->setWidget(page); // the one before goes
}

QStringList CheatSheet::shownTexts() const
{
    QStringList out;
    for (const auto* label : m_scroll->widget()->findChildren<QLabel*>(QStringLiteral("keyText")))
        out << label->text();
    return out;
}

void CheatSheet::resizeEvent(QResizeEvent* event)
{
    QDialog::resizeEvent(event);
    if (m_scroll->widget() && columnsFor(width()) != m_columns)
        fill();
}

void CheatSheet::mousePressEvent(QMouseEvent*)
{
    close();
}

} // namespace calltide::ui
