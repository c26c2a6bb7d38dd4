// SPDX-License-Identifier: GPL-3.0-or-later
// Filling of the tables; finish() and what belongs to it is in finish.cpp.
#include "store/builder_p.h"
#include "store/discard.h"
#include <algorithm>
#include <charconv>

namespace calltide::store {

TraceBuilder::TraceBuilder() : d(std::make_unique<Private>()) { }

TraceBuilder::~TraceBuilder()
{
    constexpr size_t kMany = 10'000; // of an opening that was stopped, or of a file that is none
    if (d->buffers.size() > kMany || d->trace->m_functions->size() > kMany)
        discard(std::move(d));
}

void TraceBuilder::setFile(std::string path, std::string format, uint64_t size)
{
    d->trace->m_path = std::move(path);
    d->trace->m_format = std::move(format);
    d->trace->m_fileSize = size;
}

void TraceBuilder::setWallClockOffset(int64_t ns) { d->trace->m_wallOffset = ns; }

void TraceBuilder::addMetadata(std::string key, std::string value)
{
    d->trace->m_metadata.emplace_back(std::move(key), std::move(value));
}

void TraceBuilder::includeTime(int64_t from, int64_t to) { d->include(from, to); }

StringId TraceBuilder::intern(std::string_view text) { return d->intern(text); }

// A file's owner by its path. Frozen and built-in code belongs to the interpreter.
static CodeOwner ownerOf(FunctionKind kind, std::string_view file)
{
    if (kind == FunctionKind::C)
        return CodeOwner::C;
    if (file.starts_with("<frozen "))
        return CodeOwner::StandardLibrary;
    if (file.find("site-packages") != file.npos || file.find("dist-packages") != file.npos)
        return CodeOwner::SitePackages;
    for (std::string_view lib : {"/lib/python3", "/lib/python2", "\\lib\\python", "/lib64/python3"})
        if (file.find(lib) != file.npos)
            return CodeOwner::StandardLibrary;
    return CodeOwner::User;
}

void TraceBuilder::dropFunction(FunctionId id, int64_t time, bool everywhere)
{
    Function& f = d->trace->m_functions.write()[id.v];
    f.droppedFrom = f.dropped() ? std::min(f.droppedFrom, time) : time;
    f.droppedEverywhere |= everywhere;
    f.droppedPlaces += !everywhere;
}

FunctionId TraceBuilder::addFunction(Function f)
{
    for (StringId* s : {&f.name, &f.file, &f.module, &f.category})
        if (!s->valid())
            *s = StringId(0u);
    const auto same = [&](uint32_t i) {
        const Function& o = (*d->trace->m_functions)[i];
        return o.name == f.name && o.file == f.file && o.line == f.line && o.category == f.category;
    };
    // Most names have one function: no need to look for it, or to keep its hash.
    const uint32_t id = uint32_t(d->trace->m_functions->size());
    if (f.name.v >= d->firstOfName.size())
        d->firstOfName.resize(std::max<size_t>(f.name.v + 1, d->firstOfName.size() * 2));
    if (uint32_t& first = d->firstOfName[f.name.v]; first == 0) {
        first = id + 1;
    } else {
        if (same(first - 1))
            return FunctionId(first - 1);
        const uint64_t hash = Private::hashOf(f);
        if (const uint32_t known = d->functionIds.find(hash, same); known != HashIndex::kNone)
            return FunctionId(known);
        d->functionIds.add(hash, id);
    }
    f.owner = ownerOf(f.kind, d->text(f.file));
    d->trace->m_functions.write().push_back(f);
    return FunctionId(id);
}

FunctionId TraceBuilder::addFunctionByTraceName(std::string_view name, std::string_view category)
{
    Function f;
    f.category = intern(category);
    f.file = f.module = StringId(0u);
    const bool call = category == "FEE" || category == "fee";
    const size_t open = name.find(" ("); // a qualified name has no blank, a path may
    if (!name.empty() && name.back() == ')' && open != name.npos) {
        const std::string_view place = name.substr(open + 2, name.size() - open - 3);
        const size_t colon = place.rfind(':');
        uint32_t line = 0;
        if (colon != place.npos && colon + 1 < place.size()) {
            const char* end = place.data() + place.size();
            const auto [at, error] = std::from_chars(place.data() + colon + 1, end, line);
            if (error == std::errc() && at == end) {
                f.name = intern(name.substr(0, open));
                f.file = intern(place.substr(0, colon));
                f.line = line;
                f.kind = FunctionKind::Python;
                return addFunction(f);
            }
        }
    }
    // PyTorch's "a/b.py(12): name", in its stacks with '_' for the blank.
    if (const size_t close = name.find("):"); close != name.npos && close + 3 < name.size() && (name[close + 2] == ' ' || name[close + 2] == '_')) {
        const size_t begin = name.rfind('(', close);
        uint32_t line = 0;
        if (begin != name.npos && name.substr(0, begin).ends_with(".py")
            && std::from_chars(name.data() + begin + 1, name.data() + close, line).ptr == name.data() + close) {
            f.name = intern(name.substr(close + 3));
            f.file = intern(name.substr(0, begin));
            f.line = line;
            f.kind = FunctionKind::Python;
            return addFunction(f);
        }
    }
    f.name = intern(name);
    f.kind = call ? FunctionKind::C : FunctionKind::Other;
    if (call)
        if (const size_t dot = name.rfind('.'); dot != name.npos)
            f.module = intern(name.substr(0, dot));
    return addFunction(f);
}

ProcessId TraceBuilder::addProcess(Process process)
{
    for (StringId* s : {&process.name, &process.commandLine, &process.python})
        if (!s->valid())
            *s = StringId(0u);
    d->trace->m_processes.push_back(process);
    return ProcessId(d->trace->m_processes.size() - 1);
}

Process& TraceBuilder::process(ProcessId id) { return d->trace->m_processes[id.v]; }

TrackId TraceBuilder::addTrack(Track track)
{
    if (!track.name.valid())
        track.name = StringId(0u);
    d->trace->m_tracks.push_back(track);
    d->buffers.emplace_back();
    return TrackId(d->trace->m_tracks.size() - 1);
}

Track& TraceBuilder::track(TrackId id) { return d->trace->m_tracks[id.v]; }
SliceBuffer& TraceBuilder::slices(TrackId track) { return d->buffers[track.v]; }

void TraceBuilder::countSlices(TrackId track, std::function<void()> again)
{
    d->buffers[track.v].m_pass = SliceBuffer::Pass::Count;
    d->again[track.v] = std::move(again);
}

uint32_t TraceBuilder::addExtra(uint8_t flags, std::string_view json)
{
    if (json.empty())
        return flags;
    std::string& all = d->columns->argumentText;
    d->columns->extras.push_back({flags, 0, uint32_t(json.size()), all.size()});
    all.append(json);
    return uint32_t(256 + d->columns->extras.size() - 1);
}

uint32_t TraceBuilder::addExtraInFile(uint8_t flags, uint64_t offset, uint32_t length)
{
    if (!length)
        return flags;
    d->columns->extras.push_back({flags, 1, length, offset});
    return uint32_t(256 + d->columns->extras.size() - 1);
}

uint32_t TraceBuilder::addExtraLater(uint8_t flags)
{
    d->columns->extras.push_back({flags, 0, 0, 0});
    return uint32_t(256 + d->columns->extras.size() - 1);
}

TraceBuilder::TextPlace TraceBuilder::addText(std::string_view json)
{
    const TextPlace place{d->columns->argumentText.size(), uint32_t(json.size())};
    d->columns->argumentText.append(json);
    return place;
}

void TraceBuilder::setText(uint32_t extra, TextPlace text)
{
    SliceExtra& e = d->columns->extras[extra - 256];
    e.offset = text.offset;
    e.length = text.length;
}

void TraceBuilder::addInstant(Instant instant, std::string_view json)
{
    if (!json.empty())
        instant.arguments = addExtra(0, json) - 256 + 1;
    d->include(instant.time, instant.time);
    d->trace->m_instants.write().push_back(instant);
}

void TraceBuilder::addCounterSample(
    ProcessId process, std::string_view name, std::string_view series, int64_t time, double value)
{
    const auto [it, isNew]
        = d->counterIds.try_emplace({process.v, intern(name).v, intern(series).v}, d->trace->m_counters->size());
    if (isNew)
        d->trace->m_counters.write().push_back({process, intern(name), intern(series), {}, {}});
    CounterTrack& c = d->trace->m_counters.write()[it->second];
    c.times.push_back(time);
    c.values.push_back(value);
    d->include(time, time);
}

void TraceBuilder::addFlow(Flow flow) { d->trace->m_flows.write().push_back(flow); }

void TraceBuilder::addSource(std::string_view file, std::string text)
{
    const StringId id = intern(file);
    if (!d->trace->m_sourceByFile->contains(id)) {
        d->trace->m_sourceByFile.write().emplace(id, d->trace->m_sources->size());
        d->trace->m_sources.write().push_back({id, std::move(text)});
    }
}

void TraceBuilder::addLost(Stretch stretch)
{
    d->trace->m_lost += stretch.count;
    d->trace->m_lostStretches.write().push_back(std::move(stretch));
}

void TraceBuilder::problem(std::string_view kind, std::string_view text, Severity severity, int64_t offset,
    std::string_view example, uint64_t count)
{
    auto& all = d->trace->m_problems.write();
    auto it = std::find_if(all.begin(), all.end(), [&](const Problem& p) { return p.kind == kind; });
    if (it == all.end())
        it = all.insert(all.end(), Problem{std::string(kind), std::string(text), severity, 0, {}});
    it->count += count;
    if (it->examples.size() < 5 && (offset >= 0 || !example.empty()))
        it->examples.emplace_back(offset, std::string(example.substr(0, 200)));
}

} // namespace calltide::store
