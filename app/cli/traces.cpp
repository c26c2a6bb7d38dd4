// SPDX-License-Identifier: GPL-3.0-or-later
// export, info, stats.
#include "cli/arguments.h"
#include "cli/load.h"
#include "formats/exporter.h"
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace calltide::cli {

using namespace store;

Result<TracePtr> load(const QString& path)
{
    return formats::open(path.toLocal8Bit().toStdString());
}

Result<TracePtr> load(const QStringList& paths)
{
    std::vector<std::string> names;
    for (const QString& path : paths)
        names.push_back(path.toLocal8Bit().toStdString());
    return formats::open(names);
}

QString spanText(int64_t ns)
{
    const double v = double(ns);
    const auto with = [](double x, const char* unit) {
        return QString::number(x, 'f', x < 10 ? 2 : x < 100 ? 1 : 0) + u' ' + QString::fromUtf8(unit);
    };
    const double a = v < 0 ? -v : v;
    return a < 1e3 ? QString::number(ns) + QStringLiteral(" ns")
        : a < 1e6  ? with(v / 1e3, "µs")
        : a < 1e9  ? with(v / 1e6, "ms")
                   : with(v / 1e9, "s");
}

namespace {

QString text(const Trace& trace, StringId id)
{
    const auto s = trace.string(id);
    return QString::fromUtf8(s.data(), qsizetype(s.size()));
}

// Slices of a thread with those of its overflow lanes.
uint64_t slicesOf(const Trace& trace, TrackId thread)
{
    uint64_t n = trace.track(thread).sliceCount;
    for (const Track& t : trace.tracks()) {
        if (t.kind == TrackKind::Overflow && t.parent == thread)
            n += t.sliceCount;
    }
    return n;
}

QJsonObject describe(const Trace& trace)
{
    QJsonArray processes;
    for (size_t p = 0; p < trace.processes().size(); p++) {
        const Process& process = trace.processes()[p];
        QJsonArray threads, others;
        for (size_t t = 0; t < trace.tracks().size(); t++) {
            const Track& track = trace.tracks()[t];
            if (track.process != ProcessId(p) || track.kind == TrackKind::Overflow)
                continue;
            if (track.kind == TrackKind::Thread)
                threads.append(QJsonObject{
                    {QStringLiteral("tid"), qint64(track.tid)},
                    {QStringLiteral("name"), text(trace, track.name)},
                    {QStringLiteral("slices"), qint64(slicesOf(trace, TrackId(t)))},
                    {QStringLiteral("depth"), qint64(track.rowCount)}});
            else
                others.append(QJsonObject{
                    {QStringLiteral("name"), text(trace, track.name)},
                    {QStringLiteral("slices"), qint64(track.sliceCount)}});
        }
        QJsonObject o{
            {QStringLiteral("pid"), qint64(process.pid)},
            {QStringLiteral("name"), text(trace, process.name)},
            {QStringLiteral("command"), text(trace, process.commandLine)},
            {QStringLiteral("python"), text(trace, process.python)},
            {QStringLiteral("threads"), threads},
            {QStringLiteral("other_tracks"), others},
            {QStringLiteral("lost"), qint64(process.lost)}};
        if (process.exitStatus)
            o[QStringLiteral("exit_status")] = *process.exitStatus;
        processes.append(o);
    }
    QJsonArray problems;
    for (const Problem& problem : trace.problems()) {
        static const char* const names[] = {"info", "warning", "data_loss"};
        QJsonArray examples;
        for (const auto& [offset, example] : problem.examples)
            examples.append(QJsonObject{
                {QStringLiteral("offset"), qint64(offset)}, {QStringLiteral("text"), QString::fromStdString(example)}});
        problems.append(QJsonObject{
            {QStringLiteral("kind"), QString::fromStdString(problem.kind)},
            {QStringLiteral("text"), QString::fromStdString(problem.text)},
            {QStringLiteral("severity"), QLatin1String(names[size_t(problem.severity) % 3])},
            {QStringLiteral("count"), qint64(problem.count)},
            {QStringLiteral("examples"), examples}});
    }
    uint64_t samples = 0;
    for (const CounterTrack& c : trace.counters())
        samples += c.times.size();
    QJsonObject o{
        {QStringLiteral("file"), QString::fromStdString(trace.path())},
        {QStringLiteral("format"), QString::fromStdString(trace.format())},
        {QStringLiteral("bytes"), qint64(trace.fileSize())},
        {QStringLiteral("processes"), processes},
        {QStringLiteral("slices"), qint64(trace.sliceCount())},
        {QStringLiteral("functions"), qint64(trace.functions().size())},
        {QStringLiteral("begin_ns"), qint64(trace.begin())},
        {QStringLiteral("duration_ns"), qint64(trace.duration())},
        {QStringLiteral("lost"), qint64(trace.lost())},
        {QStringLiteral("sources"), qint64(trace.sources().size())},
        {QStringLiteral("instants"), qint64(trace.instants().size())},
        {QStringLiteral("counters"), qint64(trace.counters().size())},
        {QStringLiteral("counter_samples"), qint64(samples)},
        {QStringLiteral("flows"), qint64(trace.flows().size())},
        {QStringLiteral("problems"), problems}};
    if (trace.wallClockOffset())
        o[QStringLiteral("wall_clock_offset_ns")] = qint64(*trace.wallClockOffset());
    QJsonObject metadata;
    for (const auto& [key, value] : trace.metadata())
        metadata[QString::fromStdString(key)] = QString::fromStdString(value);
    o[QStringLiteral("metadata")] = metadata;
    return o;
}

void printInfo(const Trace& trace)
{
    print(QStringLiteral("%1\n%2, %3 bytes\n%4 calls of %5 functions in %6\n")
              .arg(QString::fromStdString(trace.path()), QString::fromStdString(trace.format()))
              .arg(trace.fileSize())
              .arg(trace.sliceCount())
              .arg(trace.functions().size())
              .arg(spanText(trace.duration())));
    for (size_t p = 0; p < trace.processes().size(); p++) {
        const Process& process = trace.processes()[p];
        QString line = QStringLiteral("process %1  %2").arg(process.pid).arg(text(trace, process.name));
        if (const QString python = text(trace, process.python); !python.isEmpty())
            line += QStringLiteral("  Python ") + python;
        if (process.exitStatus)
            line += QStringLiteral("  exit status %1").arg(*process.exitStatus);
        print(line + u'\n');
        for (size_t t = 0; t < trace.tracks().size(); t++) {
            const Track& track = trace.tracks()[t];
            if (track.process == ProcessId(p) && track.kind == TrackKind::Thread)
                print(QStringLiteral("  thread %1  %2  %3 calls\n")
                          .arg(track.tid)
                          .arg(text(trace, track.name))
                          .arg(slicesOf(trace, TrackId(t))));
        }
    }
    print(QStringLiteral("sources %1, instants %2, counters %3, flows %4, lost %5\n")
              .arg(trace.sources().size())
              .arg(trace.instants().size())
              .arg(trace.counters().size())
              .arg(trace.flows().size())
              .arg(trace.lost()));
    for (const auto& [key, value] : trace.metadata()) {
        if (key == "axis" || QString::fromStdString(key).endsWith(QLatin1String(": axis")))
            print(QString::fromStdString(key) + u' ' + QString::fromStdString(value) + u'\n');
    }
    for (const Problem& problem : trace.problems()) {
        QString line = QStringLiteral("problem: %1 (%2)").arg(QString::fromStdString(problem.text)).arg(problem.count);
        for (const auto& [offset, example] : problem.examples) { // the first that says where
            if (offset >= 0)
                line += QStringLiteral(" first at byte %1").arg(offset);
            if (!example.empty())
                line += QStringLiteral(": ") + QString::fromStdString(example.substr(0, 60)).simplified();
            break;
        }
        print(line + u'\n');
    }
}

} // namespace

int info(const QStringList& arguments)
{
    auto a = parseArguments(arguments, {}, {QStringLiteral("--json")});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "info");
    if (a->words.isEmpty())
        return usageError(QStringLiteral("name a file, or several for one timeline."), "info");
    const auto trace = load(a->words);
    if (!trace)
        return fail(QString::fromStdString(trace.error().message));
    if (a->has(QStringLiteral("--json")))
        print(QString::fromUtf8(QJsonDocument(describe(*trace.value())).toJson()));
    else
        printInfo(*trace.value());
    return 0;
}

int exportTrace(const QStringList& arguments)
{
    const QString o = QStringLiteral("-o"), output = QStringLiteral("--output"), formatName = QStringLiteral("--format"),
                  range = QStringLiteral("--range");
    auto a = parseArguments(arguments, {o, output, formatName, range}, {QStringLiteral("--no-sources")});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "export");
    const QString to = a->values.value(o, a->values.value(output));
    if (a->words.isEmpty() || to.isEmpty())
        return usageError(QStringLiteral("name a file and -o OUT."), "export");
    const std::string path = to.toLocal8Bit().toStdString();
    auto format = formats::exportFormatOf(path);
    QStringList names, endings;
    for (const auto& f : formats::exportFormats()) {
        const QString name = QString::fromLatin1(f.name);
        endings += QString::fromLatin1(f.ending);
        if (!names.contains(name))
            names += name;
    }
    if (const QString wanted = a->values.value(formatName); !wanted.isEmpty()) {
        format.reset();
        for (const auto& f : formats::exportFormats()) {
            if (wanted == QLatin1String(f.name))
                format = f.format;
        }
        if (!format)
            return usageError(
                QStringLiteral("--format is %1, not %2.").arg(names.join(QStringLiteral(", ")), wanted), "export");
    }
    if (!format)
        return usageError(
            QStringLiteral("the name after -o must end in %1, with .gz or .zst behind it for a packed file; or name a --format.")
                .arg(endings.join(QStringLiteral(", "))),
            "export");
    formats::ExportOptions options;
    std::pair<int64_t, int64_t> part{0, 0};
    if (const QString text = a->values.value(range); !text.isEmpty()) {
        const auto r = parseRange(text);
        if (!r)
            return usageError(QString::fromStdString(r.error().message), "export");
        part = r.value();
    }
    const auto trace = load(a->words);
    if (!trace)
        return fail(QString::fromStdString(trace.error().message));
    if (part.second > 0) {
        if (part.first >= trace.value()->duration())
            return fail(QStringLiteral("%1 is %2 long; the range lies behind its end.")
                            .arg(a->words.first(), spanText(trace.value()->duration())));
        options.scope.from = trace.value()->begin() + part.first;
        options.scope.to = trace.value()->begin() + std::min(part.second, trace.value()->duration());
    }
    options.sources = !a->has(QStringLiteral("--no-sources"));
    const auto status = formats::exportTrace(*trace.value(), path, *format, options);
    return status ? 0 : fail(QString::fromStdString(status.error().message));
}

int stats(const QStringList& arguments)
{
    auto a = parseArguments(arguments, {QStringLiteral("--top")}, {QStringLiteral("--json")});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "stats");
    if (a->words.isEmpty())
        return usageError(QStringLiteral("name a file, or several for one timeline."), "stats");
    const bool json = a->has(QStringLiteral("--json"));
    bool number = true;
    const QString topText = a->values.value(QStringLiteral("--top"));
    const qlonglong top = topText.isEmpty() ? (json ? INT64_MAX : 40) : topText.toLongLong(&number);
    if (!number || top < 1)
        return usageError(QStringLiteral("--top needs a number, 1 or more."), "stats");
    const auto loaded = load(a->words);
    if (!loaded)
        return fail(QString::fromStdString(loaded.error().message));
    const Trace& trace = *loaded.value();
    auto rows = functionStatistics(trace);
    if (rows.size() > size_t(top))
        rows.resize(size_t(top));
    QJsonArray list;
    if (!json)
        print(QStringLiteral("     calls       total        self        mean         min         max  function\n"));
    for (const FunctionStatistics& r : rows) {
        const Function& f = trace.function(r.function);
        const QString name = QString::fromStdString(formats::traceName(trace, r.function));
        if (json) {
            list.append(QJsonObject{
                {QStringLiteral("name"), name},
                {QStringLiteral("function"), text(trace, f.name)},
                {QStringLiteral("file"), text(trace, f.file)},
                {QStringLiteral("line"), qint64(f.line)},
                {QStringLiteral("calls"), qint64(r.calls)},
                {QStringLiteral("total_ns"), qint64(r.total)},
                {QStringLiteral("self_ns"), qint64(r.self)},
                {QStringLiteral("mean_ns"), r.mean()},
                {QStringLiteral("min_ns"), qint64(r.min)},
                {QStringLiteral("max_ns"), qint64(r.max)}});
            continue;
        }
        QString line = QString::number(r.calls).rightJustified(10);
        for (const int64_t v : {r.total, r.self, int64_t(r.mean()), r.min, r.max})
            line += spanText(v).rightJustified(12);
        print(line + QStringLiteral("  ") + name + u'\n');
    }
    if (json)
        print(QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("functions"), list}}).toJson()));
    return 0;
}

} // namespace calltide::cli
