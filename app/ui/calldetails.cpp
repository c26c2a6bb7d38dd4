// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/calldetails.h"
#include "store/query.h"
#include "ui/text.h"
#include <QCoreApplication>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace calltide::ui {
namespace {
constexpr uint64_t kQuickChildren = 20000;
constexpr qsizetype kLongestValue = 2000; // characters; the rest is cut with "…"

using Json = nlohmann::ordered_json; // arguments are read in the order in which they were given

// A text within a container, in quotes as Python chooses them. "…" for what was cut, "<Shop>" for an object, and bytes
// stand as they are.
void addPythonText(const std::string& text, std::string& out)
{
    if (text == "…" || (text.starts_with('<') && text.ends_with('>')) || (text.starts_with("b'") && text.ends_with('\''))) {
        out += text;
        return;
    }
    const char quote = text.find('\'') != std::string::npos && text.find('"') == std::string::npos ? '"' : '\'';
    out += quote;
    for (const char c : text) {
        if (c == quote || c == '\\')
            out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    out += quote;
}

struct Brackets
{
    const Json* items;
    char open, close;
    const char* ofNone = "";
    bool pairs = false;
};

// JSON has no tuples and sets, and keys of texts only: the recorder writes {"__tuple__": [1, 2]}, {"__dict__": [[1, "one"]]}.
Brackets bracketsOf(const Json& value)
{
    if (value.is_array())
        return {&value, '[', ']'};
    if (value.size() == 1 && value.front().is_array()) {
        if (value.begin().key() == "__tuple__")
            return {&value.front(), '(', ')', "()"};
        if (value.begin().key() == "__set__")
            return {&value.front(), '{', '}', "set()"};
        if (value.begin().key() == "__dict__")
            return {&value.front(), '{', '}', "{}", true};
    }
    return {&value, '{', '}'};
}

// The value as Python writes it.
void addPython(const Json& value, std::string& out, int depth)
{
    constexpr int kDeepest = 50;
    if (depth > kDeepest || out.size() > 4 * size_t(kLongestValue)) { // it is cut anyway
        out += "…";
    } else if (value.is_null()) {
        out += "None";
    } else if (value.is_boolean()) {
        out += value.get<bool>() ? "True" : "False";
    } else if (value.is_string()) {
        addPythonText(value.get_ref<const std::string&>(), out);
    } else if (value.is_structured()) {
        const Brackets brackets = bracketsOf(value);
        if (brackets.items != &value && brackets.items->empty()) {
            out += brackets.ofNone;
            return;
        }
        out += brackets.open;
        bool first = true;
        for (const auto& [key, inner] : brackets.items->items()) {
            if (!std::exchange(first, false))
                out += ", ";
            if (out.size() > 4 * size_t(kLongestValue)) {
                out += "…";
                break;
            }
            if (brackets.items->is_object()) {
                addPythonText(key, out);
                if (key == "…")
                    continue; // more of them, that were not recorded
                out += ": ";
            }
            if (brackets.pairs && inner.is_array() && inner.size() == 2) {
                addPython(inner[0], out, depth + 1);
                out += ": ";
                addPython(inner[1], out, depth + 1);
            } else {
                addPython(inner, out, depth + 1);
            }
        }
        if (brackets.open == '(' && brackets.items->size() == 1)
            out += ',';
        out += brackets.close;
    } else {
        out += value.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
}

QString valueText(const Json& value)
{
    std::string written;
    if (value.is_string()) // a text, or what an object was written as: which of them is not recorded
        written = value.get_ref<const std::string&>();
    else
        addPython(value, written, 0);
    QString text = QString::fromStdString(written);
    if (text.size() > kLongestValue)
        text = text.left(kLongestValue) + u'…';
    return fromTrace(text.toStdString());
}

void takeArguments(const std::string& json, CallDetails& out)
{
    if (json.empty())
        return;
    const Json object = Json::parse(json, nullptr, false);
    if (!object.is_object()) {
        out.arguments.append({QString(), fromTrace(std::string_view(json).substr(0, size_t(kLongestValue)))});
        return;
    }
    for (const auto& [key, value] : object.items()) {
        if (key == "return_value")
            out.returned = valueText(value);
        else if (key == "call_line" && value.is_number_integer())
            out.callLine = value.get<int>();
        else
            out.arguments.append({labelText(key), valueText(value)});
    }
}

// The last exception that was raised on the slice's thread while it ran: the one that ended it.
QString raisedIn(const store::Trace& trace, store::SliceIndex slice)
{
    if (!(trace.flags(slice) & store::kException))
        return {};
    const auto& instants = trace.instants();
    const int64_t from = trace.start(slice), to = trace.end(slice);
    auto it = std::partition_point(instants.begin(), instants.end(), [&](const store::Instant& i) { return i.time <= to; });
    while (it != instants.begin() && (--it)->time >= from) {
        if (!it->exception || it->track != trace.trackOf(slice))
            continue;
        QString text = labelText(trace.string(it->name));
        const Json details = Json::parse(trace.arguments(*it), nullptr, false);
        if (details.is_object() && details.contains("message"))
            text += QStringLiteral(": ") + valueText(details["message"]);
        return text;
    }
    return {};
}

QStringList statesOf(uint8_t flags)
{
    constexpr std::pair<uint8_t, const char*> kWords[] = {
        {store::kAlreadyRunning, QT_TRANSLATE_NOOP("calltide::ui", "already running when the recording began")},
        {store::kStillRunning, QT_TRANSLATE_NOOP("calltide::ui", "still running when the recording ended")},
        {store::kException, QT_TRANSLATE_NOOP("calltide::ui", "left by an exception")},
        {store::kYielded, QT_TRANSLATE_NOOP("calltide::ui", "gave way here and goes on later")},
        {store::kResumed, QT_TRANSLATE_NOOP("calltide::ui", "goes on from before")},
    };
    QStringList out;
    for (const auto& [flag, words] : kWords)
        if (flags & flag)
            out << QCoreApplication::translate("calltide::ui", words);
    return out;
}

int64_t gilWaitIn(const store::Trace& trace, store::SliceIndex slice)
{
    const int64_t from = trace.start(slice), to = trace.end(slice);
    const store::TrackId thread = trace.trackOf(slice);
    double sum = 0;
    std::vector<store::Run> runs;
    for (const store::Track& track : trace.tracks()) {
        if (track.kind != store::TrackKind::Gil || track.parent != thread || track.rowCount == 0)
            continue;
        store::queryRow(trace, track.firstRow, from, to, double(to - from) / 4096, runs); // as many as there can be of 5 ms
        for (const store::Run& run : runs)
            sum += double(std::min(run.end, to) - std::max(run.start, from)) * double(run.busy);
    }
    return int64_t(sum);
}
} // namespace

CallDetails callDetails(const TraceContext& context, store::SliceIndex slice)
{
    const store::Trace& trace = *context.trace;
    CallDetails out;
    out.slice = slice;
    out.self = trace.selfTime(slice);
    out.callsInside = trace.callsInside(slice);
    out.gilWait = gilWaitIn(trace, slice);
    const auto [first, last] = trace.children(slice);
    std::unordered_map<store::FunctionId, InnerShare> sums;
    for (store::SliceIndex i = first; i < last; ++i) {
        InnerShare& sum = sums[trace.functionOf(i)];
        sum.function = trace.functionOf(i);
        sum.total += trace.duration(i);
        ++sum.calls;
    }
    for (const auto& [function, sum] : sums)
        out.inner.push_back(sum);
    std::sort(out.inner.begin(), out.inner.end(), [](const InnerShare& a, const InnerShare& b) {
        return a.total != b.total ? a.total > b.total : a.function < b.function;
    });
    takeArguments(trace.arguments(slice), out);
    out.raised = raisedIn(trace, slice);
    out.states = statesOf(trace.flags(slice));
    const store::Function& f = trace.function(trace.functionOf(slice));
    if (f.dropped())
        out.states << (f.droppedEverywhere ? QCoreApplication::translate("calltide::ui", "short: later calls were not recorded")
                                           : QCoreApplication::translate("calltide::ui", "short: later calls from %n places were not recorded",
                                                 nullptr, int(f.droppedPlaces)));
    return out;
}

QString valuesText(const TraceContext& context, store::SliceIndex slice)
{
    constexpr int kMostValues = 20;
    CallDetails details;
    takeArguments(context.trace->arguments(slice), details);
    if (details.arguments.isEmpty() && details.returned.isEmpty())
        return {};
    QStringList values;
    for (const auto& [name, value] : details.arguments.mid(0, kMostValues))
        values << (name.isEmpty() ? value : name + u'=' + value);
    if (details.arguments.size() > kMostValues)
        values << QStringLiteral("…");
    QString text = context.name(context.trace->functionOf(slice)) + u'(' + values.join(QStringLiteral(", ")) + u')';
    if (!details.returned.isEmpty())
        text += QStringLiteral(" → ") + details.returned;
    return text;
}

bool isQuick(const TraceContext& context, store::SliceIndex slice)
{
    const auto [first, last] = context.trace->children(slice);
    const store::SliceExtra* extra = context.trace->extra(slice);
    return last - first < kQuickChildren && (!extra || extra->source == 0);
}

} // namespace calltide::ui
