// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tracksjson.h"
#include <QJsonArray>
#include <algorithm>

namespace calltide::ui {
namespace {
using layout::TrackItem;
using layout::TrackKey;

constexpr const char* kSides[] = {"both", "threads", "tasks"};
constexpr const char* kRowSizes[] = {"compact", "normal", "large"};

// The items of all tracks, whatever is folded or hidden, with what tells them apart in a file.
class Names
{
public:
    explicit Names(const store::Trace& trace)
        : m_trace(trace)
        , m_model(trace, layout::Style(), layout::Collapsed())
    {
    }

    QJsonArray name(const TrackKey& key) const
    {
        for (const TrackItem& item : m_model.items())
            if (item.kind != layout::ItemKind::Group && layout::keyOf(item) == key)
                return nameOf(item);
        return {};
    }
    QJsonArray name(store::TrackId track) const
    {
        const size_t item = m_model.indexOf(track);
        return item < m_model.items().size() ? nameOf(m_model.items()[item]) : QJsonArray();
    }
    const TrackItem* find(const QJsonValue& name) const
    {
        const QJsonArray wanted = name.toArray();
        for (const TrackItem& item : m_model.items())
            if (item.kind != layout::ItemKind::Group && nameOf(item) == wanted)
                return &item;
        return nullptr;
    }
    QJsonValue pid(store::ProcessId id) const { return id.valid() ? double(m_trace.process(id).pid) : -1.0; }
    store::ProcessId process(const QJsonValue& pid) const
    {
        for (uint32_t i = 0; i < m_trace.processes().size(); ++i)
            if (this->pid(store::ProcessId(i)) == pid)
                return store::ProcessId(i);
        return {};
    }

private:
    QJsonArray nameOf(const TrackItem& item) const
    {
        return {int(item.kind), pid(item.process), item.track.valid() ? double(m_trace.track(item.track).tid) : 0.0,
            QString::fromStdString(item.name + (item.detail.empty() || item.track.valid() ? "" : " " + item.detail))};
    }

    const store::Trace& m_trace;
    layout::TrackModel m_model;
};

template <class Keys> void put(QJsonObject& out, const QString& what, const Names& names, const Keys& keys)
{
    QJsonArray list;
    for (const auto& key : keys)
        if (const QJsonArray name = names.name(key); !name.isEmpty())
            list.append(name);
    if (!list.isEmpty())
        out.insert(what, list);
}
} // namespace

QJsonObject tracksToJson(const store::Trace& trace, const TracksLook& look)
{
    const Names names(trace);
    QJsonObject out;
    put(out, QStringLiteral("pinned"), names, look.arrangement.pinned);
    put(out, QStringLiteral("hidden"), names, look.arrangement.hidden);
    put(out, QStringLiteral("order"), names, look.arrangement.order);
    put(out, QStringLiteral("folded"), names, look.collapsed.tracks);
    QJsonArray processes, rows;
    for (const store::ProcessId id : look.collapsed.groups)
        processes.append(names.pid(id));
    for (const auto& [track, count] : look.collapsed.rows)
        if (const QJsonArray name = names.name(track); !name.isEmpty())
            rows.append(QJsonArray{name, count == layout::Collapsed::kAllRows ? -1 : int(count)});
    if (!processes.isEmpty())
        out.insert(QStringLiteral("folded_processes"), processes);
    if (!rows.isEmpty())
        out.insert(QStringLiteral("rows"), rows);
    if (look.arrangement.side != layout::TrackSide::Both)
        out.insert(QStringLiteral("side"), QString::fromLatin1(kSides[size_t(look.arrangement.side)]));
    if (look.rows)
        out.insert(QStringLiteral("row_height"), QString::fromLatin1(kRowSizes[size_t(*look.rows)]));
    return out;
}

TracksLook tracksFromJson(const store::Trace& trace, const QJsonObject& json)
{
    TracksLook out;
    if (json.isEmpty())
        return out;
    const Names names(trace);
    const auto each = [&](const QString& what, auto use) {
        for (const QJsonValue& name : json[what].toArray())
            if (const TrackItem* item = names.find(name))
                use(*item);
    };
    each(QStringLiteral("pinned"), [&](const TrackItem& i) { out.arrangement.pinned.push_back(layout::keyOf(i)); });
    each(QStringLiteral("hidden"), [&](const TrackItem& i) { out.arrangement.hidden.insert(layout::keyOf(i)); });
    each(QStringLiteral("order"), [&](const TrackItem& i) { out.arrangement.order.push_back(layout::keyOf(i)); });
    each(QStringLiteral("folded"), [&](const TrackItem& i) {
        if (i.track.valid())
            out.collapsed.tracks.insert(i.track);
    });
    for (const QJsonValue& pid : json[QStringLiteral("folded_processes")].toArray())
        if (const store::ProcessId id = names.process(pid); id.valid() || pid == QJsonValue(-1.0))
            out.collapsed.groups.insert(id);
    for (const QJsonValue& entry : json[QStringLiteral("rows")].toArray())
        if (const TrackItem* item = names.find(entry[0]); item && item->track.valid()) {
            const int count = entry[1].toInt();
            out.collapsed.rows[item->track] = count < 0 ? layout::Collapsed::kAllRows : uint32_t(std::max(count, 1));
        }
    const QString side = json[QStringLiteral("side")].toString();
    for (size_t i = 0; i < std::size(kSides); ++i)
        if (side == QLatin1String(kSides[i]))
            out.arrangement.side = layout::TrackSide(i);
    const QString rowSize = json[QStringLiteral("row_height")].toString();
    for (size_t i = 0; i < std::size(kRowSizes); ++i)
        if (rowSize == QLatin1String(kRowSizes[i]))
            out.rows = layout::RowSize(i);
    return out;
}

} // namespace calltide::ui
