// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette.h"
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/fuzzy.h"
#include <QApplication>
#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QTimer>
#include <algorithm>
#include <map>

namespace calltide::ui {
namespace {
constexpr int kWidth = 640, kHeight = 420, kTop = 88, kMargin = 12;
constexpr int kRow = 30, kCaption = 26;
constexpr int kMostOfGroup = 12; // shown of each, when letters are given
constexpr int kMostUsed = 30; // remembered
constexpr int kIndexRole = Qt::UserRole, kLettersRole = Qt::UserRole + 1, kDetailRole = Qt::UserRole + 2,
              kKeyRole = Qt::UserRole + 3;

class EntryDelegate : public QStyledItemDelegate
{
public:
    EntryDelegate(const Appearance& appearance, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_appearance(appearance)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        return {100, index.flags() & Qt::ItemIsSelectable ? kRow : kCaption};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        painter->save();
        const QRect box = option.rect.adjusted(14, 0, -14, 0);
        if (!(index.flags() & Qt::ItemIsSelectable)) {
            painter->setFont(uiFont(m_appearance, u"caption", 600));
            painter->setPen(m_appearance.color(u"text.muted"));
            painter->drawText(box.adjusted(0, 4, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, index.data().toString());
            painter->restore();
            return;
        }
        const bool chosen = option.state & QStyle::State_Selected;
        if (chosen)
            painter->fillRect(option.rect.adjusted(6, 0, -6, 0), m_appearance.color(u"selection.row"));
        const QColor plain = m_appearance.color(chosen ? u"selection.text" : u"text.primary");
        const QColor quiet = chosen ? plain : m_appearance.color(u"text.muted");
        index.data(Qt::DecorationRole).value<QIcon>().paint(painter, QRect(box.left(), box.center().y() - 7, 16, 16));
        int right = box.right();
        if (const QString key = index.data(kKeyRole).toString(); !key.isEmpty()) {
            painter->setFont(monoFont(m_appearance, u"caption"));
            painter->setPen(quiet);
            painter->drawText(QRect(box.left(), box.top(), right - box.left(), box.height()), Qt::AlignVCenter | Qt::AlignRight, key);
            right -= painter->fontMetrics().horizontalAdvance(key) + 12;
        }
        const int left = box.left() + 26;
        const QFont font = uiFont(m_appearance, u"body");
        QTextLayout line(elided(index.data().toString(), font, right - left), font);
        QList<QTextLayout::FormatRange> bold;
        QTextCharFormat heavy;
        heavy.setFontWeight(QFont::DemiBold);
        for (const QVariant& at : index.data(kLettersRole).toList())
            if (at.toInt() < line.text().size())
                bold.append({at.toInt(), 1, heavy});
        line.setFormats(bold);
        line.beginLayout();
        QTextLine text = line.createLine();
        line.endLayout();
        painter->setPen(plain);
        line.draw(painter, QPointF(left, box.center().y() - text.height() / 2 + 1));
        const int after = left + int(text.naturalTextWidth()) + 12;
        if (const QString detail = index.data(kDetailRole).toString(); !detail.isEmpty() && right - after > 40) {
            painter->setFont(uiFont(m_appearance, u"small"));
            painter->setPen(quiet);
            painter->drawText(QRect(after, box.top(), right - after, box.height()), Qt::AlignVCenter | Qt::AlignLeft,
                painter->fontMetrics().elidedText(detail, Qt::ElideMiddle, right - after));
        }
        painter->restore();
    }

private:
    static QString elided(const QString& text, const QFont& font, int room)
    {
        return QFontMetrics(font).elidedText(text, Qt::ElideRight, std::max(room, 20));
    }
    const Appearance& m_appearance;
};
} // namespace

Palette::Palette(const Appearance& appearance, session::Settings& settings, Source source, QWidget* window)
    : QFrame(window)
    , m_appearance(appearance)
    , m_settings(settings)
    , m_source(std::move(source))
    , m_field(filterField(appearance, tr("Find an action, function, thread, note or recording"), this))
    , m_list(new QListView(this))
    , m_model(new QStandardItemModel(this))
{
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Commands"));
    setAttribute(Qt::WA_StyledBackground);
    m_field->setMaximumWidth(QWIDGETSIZE_MAX);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new EntryDelegate(appearance, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAccessibleName(tr("What was found"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, kMargin, 1, 6);
    column->setSpacing(8);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(kMargin, 0, kMargin, 0);
    top->addWidget(m_field);
    column->addLayout(top);
    column->addWidget(m_list, 1);
    connect(m_field, &QLineEdit::textChanged, this, &Palette::find);
    connect(m_list, &QListView::clicked, this, [this] { runCurrent(); });
    m_field->installEventFilter(this);
    window->installEventFilter(this);
    hide();
}

void Palette::popUp()
{
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    m_entries = m_source();
    m_field->clear();
    find({});
    place();
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void Palette::place()
{
    const QSize window = parentWidget()->size();
    const int width = std::min(kWidth, window.width() - 2 * kMargin), top = std::min(kTop, window.height() / 8);
    setGeometry((window.width() - width) / 2, top, width, std::min(kHeight, window.height() - top - kMargin));
}

void Palette::addGroup(const QString& name)
{
    auto* item = new QStandardItem(name);
    item->setFlags(Qt::ItemIsEnabled);
    m_model->appendRow(item);
}

void Palette::addEntry(size_t index, const QList<int>& letters)
{
    const PaletteEntry& entry = m_entries[index];
    auto* item = new QStandardItem(entry.icon, entry.text);
    QVariantList places;
    for (const int at : letters)
        places << at;
    item->setData(qulonglong(index), kIndexRole);
    item->setData(places, kLettersRole);
    item->setData(entry.detail, kDetailRole);
    item->setData(entry.key, kKeyRole);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    m_model->appendRow(item);
}

void Palette::find(const QString& wanted)
{
    m_model->clear();
    const QStringList used = m_settings.paletteUsed();
    const auto rank = [&](const PaletteEntry& e) { // of the last used ones; the newest is 0
        const auto at = e.id.isEmpty() ? -1 : used.indexOf(e.id);
        return at < 0 ? int(used.size()) : int(at);
    };
    struct Found
    {
        size_t index;
        FuzzyMatch match;
        int rank;
    };
    std::vector<std::pair<QString, std::vector<Found>>> groups;
    const auto in = [&](const QString& name) -> std::vector<Found>& {
        for (auto& [group, found] : groups)
            if (group == name)
                return found;
        return groups.emplace_back(name, std::vector<Found>()).second;
    };
    if (wanted.trimmed().isEmpty()) { // what was used before, then all actions
        for (size_t i = 0; i < m_entries.size(); ++i)
            if (rank(m_entries[i]) < used.size())
                in(tr("Used last")).push_back({i, {}, rank(m_entries[i])});
        for (auto& [group, found] : groups)
            std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.rank < b.rank; });
        for (size_t i = 0; i < m_entries.size() && m_entries[i].group == m_entries[0].group; ++i)
            if (rank(m_entries[i]) >= used.size())
                in(m_entries[i].group).push_back({i, {}, 0});
    } else {
        for (size_t i = 0; i < m_entries.size(); ++i)
            if (FuzzyMatch match = fuzzyMatch(m_entries[i].text, wanted); match.score >= 0)
                in(m_entries[i].group).push_back({i, std::move(match), rank(m_entries[i])});
        for (auto& [group, found] : groups) {
            std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
                return a.match.score != b.match.score ? a.match.score > b.match.score : a.rank < b.rank;
            });
            // What has the letters scattered about says nothing where something has them together.
            const int least = found.front().match.score / 2;
            const auto end = std::find_if(found.begin(), found.end(), [&](const Found& f) { return f.match.score < least; });
            found.resize(std::min<size_t>(size_t(end - found.begin()), kMostOfGroup));
        }
        std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
            return a.second.front().match.score > b.second.front().match.score;
        });
    }
    for (const auto& [group, found] : groups) {
        addGroup(group);
        for (const Found& one : found)
            addEntry(one.index, one.match.letters);
    }
    if (groups.empty())
        addGroup(tr("Nothing matches “%1”.").arg(wanted.trimmed()));
    m_list->setCurrentIndex({});
    step(1);
    m_list->scrollToTop();
}

void Palette::step(int by)
{
    for (int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() + by : 0;
         row >= 0 && row < m_model->rowCount(); row += by < 0 ? -1 : 1)
        if (m_model->item(row)->flags() & Qt::ItemIsSelectable) {
            m_list->setCurrentIndex(m_model->index(row, 0));
            return;
        }
}

void Palette::runCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid() || !(current.flags() & Qt::ItemIsSelectable))
        return;
    const PaletteEntry entry = m_entries[size_t(current.data(kIndexRole).toULongLong())];
    if (!entry.id.isEmpty()) {
        QStringList used = m_settings.paletteUsed();
        used.removeAll(entry.id);
        used.prepend(entry.id);
        m_settings.setPaletteUsed(used.mid(0, kMostUsed));
    }
    hide();
    // When the focus is back where it was: actions are about what has it.
    QTimer::singleShot(0, parentWidget(), entry.run);
}

bool Palette::eventFilter(QObject* object, QEvent* event)
{
    if (object == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (object == m_field && event->type() == QEvent::FocusOut
        && static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason
        && static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason)
        QTimer::singleShot(0, this, &QWidget::hide);
    if (object != m_field || (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride))
        return QFrame::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (event->type() == QEvent::ShortcutOverride) { // the window's shortcuts rest meanwhile
        event->accept();
        return true;
    }
    const int page = std::max(1, m_list->height() / kRow - 1);
    switch (key) {
    case Qt::Key_Escape:
        hide();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runCurrent();
        return true;
    case Qt::Key_Down:
    case Qt::Key_Tab:
        step(1);
        return true;
    case Qt::Key_Up:
    case Qt::Key_Backtab:
        step(-1);
        return true;
    case Qt::Key_PageDown:
    case Qt::Key_PageUp:
        for (int i = 0; i < page; ++i)
            step(key == Qt::Key_PageDown ? 1 : -1);
        return true;
    default:
        return false;
    }
}

void Palette::hideEvent(QHideEvent* event)
{
    QFrame::hideEvent(event);
    m_entries.clear();
    m_model->clear();
    if (m_focusBefore && m_focusBefore->isVisible())
        m_focusBefore->setFocus();
    else
        parentWidget()->setFocus();
}

} // namespace calltide::ui
