// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tracecontext.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <QObject>

namespace calltide::ui {

QColor TraceContext::color(store::FunctionId function, const Appearance& appearance) const
{
    return color(function, appearance.theme());
}

QColor TraceContext::color(store::FunctionId function, const render::Theme& theme) const
{
    return QColor::fromRgba(colors.of(function, theme.style()).fill);
}

QString TraceContext::name(store::FunctionId function) const
{
    const QString name = labelText(trace->functionName(function));
    return name.isEmpty() ? QStringLiteral("–") : name;
}

QString TraceContext::fullName(store::FunctionId function) const
{
    return trace->functionName(function).size() > size_t(kLongestShown) ? fromTrace(trace->functionName(function)) : name(function);
}

QString TraceContext::place(store::FunctionId function) const
{
    const store::Function& f = trace->function(function);
    const auto [folder, file] = splitPlace(labelText(trace->string(f.file)));
    if (file.isEmpty())
        return {};
    return f.line ? QStringLiteral("%1%2:%3").arg(folder, file).arg(f.line) : folder + file;
}

QString TraceContext::threadName(store::TrackId track) const
{
    const store::Track& t = trace->track(track);
    const QString name = labelText(trace->string(t.name));
    if (t.kind == store::TrackKind::Gil && t.parent.valid()) // whose waits
        return QStringLiteral("%1 · %2").arg(threadName(t.parent), name);
    if (!name.isEmpty())
        return name;
    return t.kind == store::TrackKind::Thread ? QObject::tr("Thread %1").arg(t.tid) : QString::number(t.tid); // as on the timeline
}

QString TraceContext::processName(store::ProcessId process) const
{
    if (!process.valid())
        return {};
    const store::Process& p = trace->process(process);
    const QString name = labelText(trace->string(p.name));
    return name.isEmpty() ? QObject::tr("Process %1").arg(p.pid) : QStringLiteral("%1 %2").arg(name).arg(p.pid);
}

std::pair<QString, QString> splitPlace(const QString& path)
{
    const qsizetype slash = std::max(path.lastIndexOf(u'/'), path.lastIndexOf(u'\\'));
    if (slash < 0)
        return {QString(), path};
    const qsizetype before = slash > 0 ? std::max(path.lastIndexOf(u'/', slash - 1), path.lastIndexOf(u'\\', slash - 1)) : -1;
    return {path.mid(before + 1, slash - before), path.mid(slash + 1)};
}

} // namespace calltide::ui
