// SPDX-License-Identifier: GPL-3.0-or-later
// What the views of one opened trace share besides its ViewState: colours of functions, and the trace itself.
#pragma once
#include "layout/colors.h"
#include "store/trace.h"
#include <QColor>
#include <QString>
#include <memory>

namespace calltide::render {
class Theme;
}

namespace calltide::ui {

class Appearance;

struct TraceContext // immutable
{
    store::TracePtr trace;
    layout::FunctionColors colors;
    QString paths; // of several files as one timeline, with newlines between; empty: the trace has its own
    bool kept = false; // came from a sidecar, see formats/sidecar.h

    QColor color(store::FunctionId function, const Appearance& appearance) const;
    QColor color(store::FunctionId function, const render::Theme& theme) const;
    // "Shop.checkout" or, for a function without a name, a dash; as labelText(), like those below.
    QString name(store::FunctionId function) const;
    QString fullName(store::FunctionId function) const; // to copy and to write into files
    // "handlers/users.py:31": the last folder and the file; empty when it is not known.
    QString place(store::FunctionId function) const;
    QString threadName(store::TrackId track) const;
    QString processName(store::ProcessId process) const; // "app.py 4120"
};
using TraceContextPtr = std::shared_ptr<const TraceContext>;

// "…/shop/handlers/users.py": {"handlers/", "users.py"}.
std::pair<QString, QString> splitPlace(const QString& path);

} // namespace calltide::ui
