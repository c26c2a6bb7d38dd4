// SPDX-License-Identifier: GPL-3.0-or-later
// What the Call panel shows of one call, worked out from the trace. May take long for a call with millions of calls
// inside: run it in a job then.
#pragma once
#include "ui/tracecontext.h"
#include <QList>
#include <QPair>
#include <QString>

namespace calltide::ui {

struct InnerShare // calls of one function directly inside
{
    store::FunctionId function;
    int64_t total = 0;
    uint64_t calls = 0;
};

struct CallDetails
{
    store::SliceIndex slice = store::kNoSlice;
    int64_t self = 0;
    uint64_t callsInside = 0;
    int64_t gilWait = 0; // ns within the call in which its thread waited for the interpreter's lock
    std::vector<InnerShare> inner;              // by time, largest first
    QList<QPair<QString, QString>> arguments;   // name, value as Python writes it, in the order of the recording
    int callLine = 0;                           // from which the caller called; 0: not recorded
    QString returned;                           // empty: not recorded
    QString raised;                             // "ValueError: no such thing": what ended the call; empty: nothing known
    QStringList states;                         // "left by an exception", …
};

CallDetails callDetails(const TraceContext& context, store::SliceIndex slice);
// "get(user_id=8) → 200" in one line; empty when neither was recorded. May read the file.
QString valuesText(const TraceContext& context, store::SliceIndex slice);
// Whether callDetails() is quick enough for the GUI thread.
bool isQuick(const TraceContext& context, store::SliceIndex slice);

} // namespace calltide::ui
