// SPDX-License-Identifier: GPL-3.0-or-later
// info, stats.
#include "cli/load.h"
#include "formats/exporter.h"
#include "store/callfigures.h"
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <map>
#include <set>

namespace calltide::cli {

using namespace store;

Result<TracePtr> load(const QString& path)
{
    return formats::open(path.toLocal8Bit().toStdString());
}

Result<TracePtr> load(const QStringList& paths, const formats::MergeOptions& merge, Progress* progress)
{
    std::vector<std::string> names;
    for (const QString& path : paths)
        names.push_back(path.toLocal8Bit().toStdString());
    formats::OpenOptions options;
    options.merge = merge;
    options.progress = progress;
    return formats::open(names, options);
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
    uint64_t n = 0;
    for (const TrackId track : withLanes(trace, thread))
        n += trace.track(track).sliceCount;
    return n;
}

// ns that a thread waited for the interpreter's lock.
int64_t gilWaits(const Trace& trace, TrackId thread)
{
    int64_t sum = 0;
    for (const Track& track : trace.tracks())
        if (track.kind == TrackKind::Gil && track.parent == thread)
            sum += track.busy;
    return sum;
}

// Functions that an adaptive recording left out from some time on.
QJsonArray dropped(const Trace& trace)
{
    std::vector<uint64_t> calls(trace.functions().size());
    for (const uint32_t function : trace.functionColumn())
        calls[function]++;
    QJsonArray out;
    for (size_t i = 0; i < trace.functions().size(); i++) {
        const Function& f = trace.functions()[i];
        if (!f.dropped())
            continue;
        QJsonObject o{
            {QStringLiteral("function"), text(trace, f.name)},
            {QStringLiteral("calls"), qint64(calls[i])},
            {QStringLiteral("from_ns"), qint64(f.droppedFrom)},
            {QStringLiteral("everywhere"), f.droppedEverywhere}};
        if (!f.droppedEverywhere)
            o[QStringLiteral("places")] = qint64(f.droppedPlaces);
        out.append(o);
    }
    return out;
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
                    {QStringLiteral("depth"), qint64(track.rowCount)},
                    {QStringLiteral("gil_wait_ns"), qint64(gilWaits(trace, TrackId(t)))}});
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
    QJsonArray losses;
    for (const Stretch& s : trace.lostStretches())
        losses.append(QJsonObject{
            {QStringLiteral("reason"), QString::fromStdString(s.reason)},
            {QStringLiteral("pid"), qint64(trace.process(trace.track(s.track).process).pid)},
            {QStringLiteral("tid"), qint64(trace.track(s.track).tid)},
            {QStringLiteral("begin_ns"), qint64(s.begin)},
            {QStringLiteral("duration_ns"), qint64(s.end - s.begin)},
            {QStringLiteral("events"), qint64(s.count)}});
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
        {QStringLiteral("missing"), losses},
        {QStringLiteral("left_out"), dropped(trace)},
        {QStringLiteral("problems"), problems}};
    if (trace.wallClockOffset())
        o[QStringLiteral("wall_clock_offset_ns")] = qint64(*trace.wallClockOffset());
    QJsonObject metadata;
    for (const auto& [key, value] : trace.metadata())
        metadata[QString::fromStdString(key)] = QString::fromStdString(value);
    o[QStringLiteral("metadata")] = metadata;
    return o;
}

// Threads and reasons together: what is known not to be there.
void printLosses(const Trace& trace)
{
    struct Sum
    {
        uint64_t stretches = 0, events = 0;
        int64_t time = 0;
        std::set<uint32_t> threads;
    };
    std::map<std::string, Sum> sums;
    for (const Stretch& s : trace.lostStretches()) {
        Sum& sum = sums[s.reason.empty() ? "events lost" : s.reason];
        sum.stretches++;
        sum.events += s.count;
        sum.time += s.end - s.begin;
        sum.threads.insert(s.track.v);
    }
    for (const auto& [reason, sum] : sums) {
        QString line = QStringLiteral("missing: %1: %2 in %3 of %4")
                           .arg(QString::fromStdString(reason), spanText(sum.time))
                           .arg(sum.stretches == 1 ? QStringLiteral("one stretch") : QStringLiteral("%1 stretches").arg(sum.stretches))
                           .arg(sum.threads.size() == 1 ? QStringLiteral("one thread") : QStringLiteral("%1 threads").arg(sum.threads.size()));
        if (sum.events)
            line += QStringLiteral(", %1 events").arg(sum.events);
        print(line + u'\n');
    }
}

void printDropped(const Trace& trace)
{
    constexpr qsizetype kMost = 20;
    const QJsonArray all = dropped(trace);
    if (all.isEmpty())
        return;
    print(QStringLiteral("left out because they were short: %1 functions\n").arg(all.size()));
    for (qsizetype i = 0; i < std::min(all.size(), kMost); i++) {
        const QJsonObject o = all[i].toObject();
        QString line = QStringLiteral("  %1 after %2 calls").arg(o[QStringLiteral("function")].toString()).arg(o[QStringLiteral("calls")].toInteger());
        if (!o[QStringLiteral("everywhere")].toBool())
            line += QStringLiteral(", at %1 places").arg(o[QStringLiteral("places")].toInteger());
        print(line + u'\n');
    }
    if (all.size() > kMost)
        print(QStringLiteral("  and %1 more (--json has all)\n").arg(all.size() - kMost));
}

void printInfo(const Trace& trace)
{
    print(QStringLiteral("%1\n%2, %3 bytes\n%4 %7 of %5 functions in %6\n")
              .arg(QString::fromStdString(trace.path()), QString::fromStdString(trace.format()))
              .arg(trace.fileSize())
              .arg(callCount(trace))
              .arg(trace.functions().size())
              .arg(spanText(trace.duration()), holdsSummed(trace) ? QStringLiteral("slices") : QStringLiteral("calls")));
    for (const auto& [key, value] : trace.metadata())
        if (key == "mode")
            print(QStringLiteral("recorded: %1\n").arg(QString::fromStdString(value)));
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
            if (track.process != ProcessId(p) || track.kind != TrackKind::Thread)
                continue;
            QString thread = QStringLiteral("  thread %1  %2  %3 %4")
                                 .arg(track.tid)
                                 .arg(text(trace, track.name))
                                 .arg(slicesOf(trace, TrackId(t)))
                                 .arg(isSummed(trace, TrackId(t)) ? QStringLiteral("slices") : QStringLiteral("calls"));
            if (const int64_t waited = gilWaits(trace, TrackId(t)))
                thread += QStringLiteral("  waited %1 for the GIL").arg(spanText(waited));
            print(thread + u'\n');
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
    printLosses(trace);
    printDropped(trace);
    for (const Problem& problem : trace.problems()) {
        QString line = QStringLiteral("%3: %1 (%2)").arg(QString::fromStdString(problem.text)).arg(problem.count).arg(
            problem.severity == Severity::Info ? QStringLiteral("note") : QStringLiteral("problem"));
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
    auto a = parseArguments(arguments, {QStringLiteral("--align"), QStringLiteral("--offset")}, {QStringLiteral("--json")});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "info");
    if (a->words.isEmpty())
        return usageError(QStringLiteral("name a file, or several for one timeline."), "info");
    const auto merge = mergeOptions(*a);
    if (!merge)
        return usageError(QString::fromStdString(merge.error().message), "info");
    const auto trace = load(a->words, *merge);
    if (!trace)
        return fail(QString::fromStdString(trace.error().message));
    if (a->has(QStringLiteral("--json")))
        print(QString::fromUtf8(QJsonDocument(describe(*trace.value())).toJson()));
    else
        printInfo(*trace.value());
    return 0;
}

int stats(const QStringList& arguments)
{
    auto a = parseArguments(arguments, {QStringLiteral("--top"), QStringLiteral("--align"), QStringLiteral("--offset")}, {QStringLiteral("--json")});
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
    const auto merge = mergeOptions(*a);
    if (!merge)
        return usageError(QString::fromStdString(merge.error().message), "stats");
    const auto loaded = load(a->words, *merge);
    if (!loaded)
        return fail(QString::fromStdString(loaded.error().message));
    const Trace& trace = *loaded.value();
    auto rows = functionStatistics(trace);
    if (rows.size() > size_t(top))
        rows.resize(size_t(top));
    QJsonArray list;
    const auto known = [](bool is, double value) { return is ? QJsonValue(value) : QJsonValue(); };
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
                {QStringLiteral("calls"), known(knowsCalls(r), double(r.calls))},
                {QStringLiteral("total_ns"), qint64(r.total)},
                {QStringLiteral("self_ns"), qint64(r.self)},
                {QStringLiteral("mean_ns"), known(knowsMean(r), r.mean())},
                {QStringLiteral("min_ns"), known(knowsBounds(r), double(r.min))},
                {QStringLiteral("max_ns"), known(knowsBounds(r), double(r.max))}});
            continue;
        }
        QString line = (knowsCalls(r) ? QString::number(r.calls) : QStringLiteral("–")).rightJustified(10);
        for (const auto& [isKnown, v] : {std::pair<bool, int64_t>{true, r.total}, {true, r.self}, {knowsMean(r), int64_t(r.mean())},
                 {knowsBounds(r), r.min}, {knowsBounds(r), r.max}})
            line += (isKnown ? spanText(v) : QStringLiteral("–")).rightJustified(12);
        print(line + QStringLiteral("  ") + name + u'\n');
    }
    if (json)
        print(QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("functions"), list}}).toJson()));
    return 0;
}

} // namespace calltide::cli
