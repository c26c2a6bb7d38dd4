// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/noticebar.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include <QBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr const char* kKinds[] = {"info", "warn", "danger"};
constexpr const char* kColors[] = {"state.info", "state.warn", "state.danger"};
} // namespace

NoticeBar::NoticeBar(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_icon(new IconLabel(appearance, QStringLiteral("clock"), QStringLiteral("state.info")))
    , m_title(new ElidedLabel)
    , m_text(new ElidedLabel)
    , m_progress(new QProgressBar)
    , m_more(plainLabel(QString(), "secondary"))
    , m_action(new QPushButton)
    , m_close(nullptr)
{
    setObjectName(QStringLiteral("noticeBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(40);
    m_title->setFont(uiFont(appearance, u"body", 600));
    m_text->setFont(uiFont(appearance, u"small"));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_progress->setTextVisible(false);
    m_progress->setRange(0, 1000);
    m_progress->setFixedWidth(220);
    auto* close = new IconButton(appearance, QStringLiteral("close"), tr("Close this notice"));
    connect(close, &QToolButton::clicked, this, [this] { remove(m_shownId); });
    m_close = close;
    connect(m_action, &QPushButton::clicked, this, [this] {
        if (const Entry* entry = top(); entry && entry->notice.action) {
            const auto action = entry->notice.action; // may remove the notice
            action();
        }
    });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(10);
    row->addWidget(m_icon);
    row->addWidget(m_title);
    row->addWidget(m_progress);
    row->addWidget(m_text, 1);
    row->addWidget(m_more);
    row->addWidget(m_action);
    row->addWidget(m_close);
    hide();
}

int NoticeBar::add(Notice notice)
{
    m_entries.push_back({m_nextId, std::move(notice)});
    refresh();
    return m_nextId++;
}

void NoticeBar::update(int id, const QString& text, int perMille)
{
    for (Entry& entry : m_entries) {
        if (entry.id == id) {
            entry.notice.text = text;
            entry.notice.perMille = perMille;
            refresh();
        }
    }
}

void NoticeBar::remove(int id)
{
    std::erase_if(m_entries, [id](const Entry& e) { return e.id == id; });
    refresh();
}

void NoticeBar::removeOwned(const void* owner)
{
    std::erase_if(m_entries, [owner](const Entry& e) { return e.notice.owner == owner; });
    refresh();
}

void NoticeBar::setOwner(const void* owner)
{
    m_owner = owner;
    refresh();
}

QStringList NoticeBar::shownTexts() const
{
    QStringList out;
    for (auto it = m_entries.rbegin(); it != m_entries.rend(); ++it)
        if (!it->notice.owner || it->notice.owner == m_owner)
            out << (it->notice.title + u' ' + it->notice.text).trimmed();
    return out;
}

// What stops the user from going on comes before what merely is so.
const NoticeBar::Entry* NoticeBar::top() const
{
    const Entry* best = nullptr;
    for (const Entry& entry : m_entries) {
        if (entry.notice.owner && entry.notice.owner != m_owner)
            continue;
        if (!best || entry.notice.kind >= best->notice.kind || entry.notice.perMille >= 0)
            best = &entry;
    }
    return best;
}

void NoticeBar::refresh()
{
    const Entry* entry = top();
    const bool wasHidden = isHidden();
    m_shownId = entry ? entry->id : 0;
    if (entry) {
        const Notice& n = entry->notice;
        setStyleProperty(this, "notice", QString::fromUtf8(kKinds[size_t(n.kind)]));
        m_icon->setIcon(n.icon.isEmpty() ? QStringLiteral("error") : n.icon, QString::fromUtf8(kColors[size_t(n.kind)]));
        m_title->setFullText(n.title);
        m_title->setVisible(!n.title.isEmpty());
        m_text->setFont(n.perMille >= 0 ? monoFont(m_appearance, u"small") : uiFont(m_appearance, u"small"));
        m_text->setFullText(n.text);
        m_progress->setVisible(n.perMille >= 0);
        m_progress->setValue(std::max(0, n.perMille));
        m_action->setText(n.actionText);
        m_action->setVisible(!n.actionText.isEmpty());
        m_close->setVisible(n.closable);
        const int more = int(shownTexts().size()) - 1;
        m_more->setText(more > 0 ? tr("%1 more").arg(more) : QString());
        m_more->setVisible(more > 0);
    }
    setVisible(entry);
    if (wasHidden == bool(entry))
        Q_EMIT heightChanged();
}

} // namespace calltide::ui
