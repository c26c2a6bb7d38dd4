// SPDX-License-Identifier: GPL-3.0-or-later
// How the tracks of a trace are arranged, as JSON: by the names and numbers of processes and threads, because ids of a
// trace may differ the next time it is read. What the trace does not have is left out.
#pragma once
#include "layout/tracks.h"
#include <QJsonObject>
#include <optional>

namespace calltide::ui {

struct TracksLook
{
    layout::Arrangement arrangement; // without filters, which are of the moment
    layout::Collapsed collapsed;
    std::optional<layout::RowSize> rows = {}; // height of the rows; none: as for all recordings
};

QJsonObject tracksToJson(const store::Trace& trace, const TracksLook& look); // empty: as recorded
TracksLook tracksFromJson(const store::Trace& trace, const QJsonObject& json);

} // namespace calltide::ui
