// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/exportjsonnames.h"
#include "formats/exporters.h"
#include <algorithm>
#include <set>
#include <utility>

namespace calltide::formats {

using namespace store;

std::string traceName(const Trace& trace, FunctionId id)
{
    const Function& f = trace.function(id);
    std::string name(trace.string(f.name));
    const std::string_view file = trace.string(f.file);
    if (file.empty() || f.kind == FunctionKind::C)
        return name;
    name.append(" (").append(file);
    if (f.line)
        name.append(":").append(std::to_string(f.line));
    return name + ")";
}

JsonNames::JsonNames(const Trace& trace)
    : m_trace(trace)
{
    numberThreads();
    nameFunctions();
}

// Systems reuse pids and tids; in the file each process and thread needs a number of its own.
void JsonNames::numberThreads()
{
    std::set<int64_t> pids;
    for (const Process& p : m_trace.processes()) {
        int64_t pid = p.pid;
        while (!pids.insert(pid).second)
            pid += 10'000'000;
        m_pids.push_back(pid);
    }
    std::set<std::pair<int64_t, int64_t>> tids;
    for (const Track& t : m_trace.tracks()) {
        const int64_t pid = pidOf(t.process);
        // Viewers take 0 for the main thread, where collections, imports and waits would stand among its calls.
        const bool lane = t.kind != TrackKind::Thread && t.kind != TrackKind::Async;
        int64_t tid = lane && t.tid == 0 ? 1'000'000'000 : t.tid;
        if (t.kind == TrackKind::Overflow && t.parent.valid() && t.parent.v < m_tids.size())
            tid = m_tids[t.parent.v];
        else
            while (!tids.insert({pid, tid}).second)
                tid += 10'000'000;
        m_tids.push_back(tid);
        m_ids.push_back(",\"pid\":" + std::to_string(pid) + ",\"tid\":" + std::to_string(tid));
    }
}

int64_t JsonNames::pidOf(ProcessId id) const
{
    return id.valid() && id.v < m_pids.size() ? m_pids[id.v] : 0;
}

void JsonNames::nameFunctions()
{
    for (size_t f = 0; f < m_trace.functions().size(); f++) {
        const std::string_view category = m_trace.string(m_trace.functions()[f].category);
        std::string text = ",\"name\":";
        appendJsonString(text, traceName(m_trace, FunctionId(f)));
        text += ",\"cat\":";
        appendJsonString(text, category.empty() ? "FEE" : category);
        m_functions.push_back(std::move(text));
    }
}

void JsonNames::metadata(Output& out, const std::vector<bool>& wanted, const char*& separator) const
{
    const auto begin = [&](const char* what, const std::string& ids, const char* argument) {
        out.add(std::exchange(separator, ",\n"));
        out.add("{\"ph\":\"M\",\"name\":\"");
        out.add(what);
        out.add('"');
        out.add(ids);
        out.add(",\"args\":{\"");
        out.add(argument);
        out.add("\":");
    };
    const auto sorted = [&](const char* what, const std::string& ids, int32_t index) {
        begin(what, ids, "sort_index");
        out.addInteger(index);
        out.add("}}");
    };
    for (size_t p = 0; p < m_trace.processes().size(); p++) {
        const Process& process = m_trace.processes()[p];
        const std::string pid = std::to_string(m_pids[p]);
        const std::string ids = ",\"pid\":" + pid + ",\"tid\":" + pid;
        if (process.name.valid() && !m_trace.string(process.name).empty()) {
            begin("process_name", ids, "name");
            out.addString(m_trace.string(process.name));
            out.add("}}");
        }
        if (process.sortIndex)
            sorted("process_sort_index", ids, process.sortIndex);
    }
    for (size_t t = 0; t < m_trace.tracks().size(); t++) {
        const Track& track = m_trace.tracks()[t];
        if (!wanted[t] || track.kind == TrackKind::Overflow || track.kind == TrackKind::Async)
            continue;
        // Ours: read again, it is the same.
        const char* const kind = track.kind == TrackKind::Task ? "task"
            : track.kind == TrackKind::Imports                 ? "imports"
            : track.kind == TrackKind::Gil                     ? "gil"
                                                               : nullptr;
        if (!m_trace.string(track.name).empty()) {
            begin("thread_name", m_ids[t], "name");
            out.addString(trackName(m_trace, TrackId(t)));
            if (kind) {
                out.add(",\"track\":");
                out.addString(kind);
            }
            if (track.kind == TrackKind::Gil && track.parent.valid()) {
                out.add(",\"thread\":");
                out.addInteger(m_tids[track.parent.v]);
            }
            out.add("}}");
        }
        // Tasks and the like stand below the threads in other viewers, which know of no such thing.
        if (track.sortIndex || kind)
            sorted("thread_sort_index", m_ids[t], (kind ? 100'000 : 0) + track.sortIndex);
    }
}

// As VizTracer writes it, so that its viewer shows the sources.
void JsonNames::fileInfo(Output& out) const
{
    out.add(",\"file_info\":{\"files\":{");
    bool first = true;
    for (const Source& s : m_trace.sources()) {
        out.add(first ? "\n" : ",\n");
        first = false;
        out.addString(m_trace.string(s.file));
        out.add(":[");
        out.addString(s.text);
        out.add(',');
        out.addInteger(std::count(s.text.begin(), s.text.end(), '\n'));
        out.add(']');
    }
    out.add("},\"functions\":{");
    first = true;
    std::set<std::string> written;
    for (size_t f = 0; f < m_trace.functions().size(); f++) {
        const Function& function = m_trace.functions()[f];
        if (function.line == 0 || !m_trace.sourceOf(function.file))
            continue;
        std::string name = traceName(m_trace, FunctionId(f));
        if (!written.insert(name).second)
            continue;
        out.add(first ? "\n" : ",\n");
        first = false;
        out.addString(name);
        out.add(":[");
        out.addString(m_trace.string(function.file));
        out.add(',');
        out.addInteger(function.line);
        out.add(']');
    }
    out.add("}}");
}

} // namespace calltide::formats
