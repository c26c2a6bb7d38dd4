// SPDX-License-Identifier: GPL-3.0-or-later
// pprof's profile.proto: stacks with values, without time. One of the kinds of values is shown, laid out by weight.
#include "formats/proto.h"
#include "formats/readers.h"
#include "formats/sampled.h"
#include <algorithm>
#include <cstdio>

namespace calltide::formats {

using namespace store;

namespace {

// Fields of Profile, Sample, Location, Line, Function, ValueType.
enum ProfileField
{
    SampleType = 1,
    SampleField = 2,
    MappingField = 3,
    LocationField = 4,
    FunctionField = 5,
    StringTable = 6,
    TimeNanos = 9,
    DurationNanos = 10,
    Comment = 13,
    DefaultSampleType = 14
};

class PprofReader
{
public:
    PprofReader(const Content& content, TraceBuilder& builder)
        : m_content(content)
        , m_builder(builder)
    {
    }

    Status read()
    {
        std::vector<std::string_view> samples, locations, functions;
        std::vector<std::pair<uint64_t, uint64_t>> types; // type and unit, as strings
        std::vector<uint64_t> comments;
        uint64_t wanted = 0;
        Proto p(m_content.bytes);
        while (p.next()) {
            switch (p.field) {
            case SampleType: {
                std::pair<uint64_t, uint64_t> type;
                for (Proto v(p.bytes); v.next();)
                    (v.field == 1 ? type.first : type.second) = v.number;
                types.push_back(type);
                break;
            }
            case SampleField:
                samples.push_back(p.bytes);
                break;
            case MappingField: // the first is the program
                for (Proto m(p.bytes); !m_program && m.next();)
                    if (m.field == 5)
                        m_program = m.number;
                break;
            case LocationField:
                locations.push_back(p.bytes);
                break;
            case FunctionField:
                functions.push_back(p.bytes);
                break;
            case StringTable:
                m_strings.push_back(p.bytes);
                break;
            case TimeNanos:
                if (p.asSigned() > 0)
                    m_builder.setWallClockOffset(p.asSigned());
                break;
            case DurationNanos:
                m_builder.addMetadata("duration_ns", std::to_string(p.asSigned()));
                break;
            case Comment:
                p.numbers([&](uint64_t v) { comments.push_back(v); });
                break;
            case DefaultSampleType:
                wanted = p.number;
                break;
            default:
                break;
            }
        }
        if (p.damaged())
            m_builder.problem(
                "pprof.cut", "The file is damaged or not complete; what could be read of it is shown.",
                Severity::DataLoss, int64_t(m_content.bytes.size()));
        if (samples.empty() || types.empty())
            return Error{ErrorCode::Damaged, m_content.path + ": this pprof profile holds no samples."};
        for (const uint64_t c : comments)
            m_builder.addMetadata("comment", std::string(string(c)));
        for (const std::string_view f : functions)
            function(f);
        for (const std::string_view l : locations)
            location(l);
        size_t chosen = types.size() - 1; // pprof's own rule: the default, else the last
        for (size_t i = 0; i < types.size(); i++) {
            if (wanted && string(types[i].first) == string(wanted))
                chosen = i;
        }
        for (size_t i = 0; i < types.size(); i++) {
            if (i != chosen)
                m_builder.problem("pprof.other_values",
                    "Only one kind of values is shown; the file has others as well.", Severity::Info, -1,
                    std::string(string(types[i].first)) + " in " + std::string(string(types[i].second)));
        }
        return show(samples, chosen, string(types[chosen].first), string(types[chosen].second));
    }

private:
    std::string_view string(uint64_t i) const { return i < m_strings.size() ? m_strings[size_t(i)] : std::string_view(); }

    void function(std::string_view message)
    {
        uint64_t id = 0, name = 0, systemName = 0, file = 0;
        int64_t line = 0;
        for (Proto p(message); p.next();) {
            switch (p.field) {
            case 1:
                id = p.number;
                break;
            case 2:
                name = p.number;
                break;
            case 3:
                systemName = p.number;
                break;
            case 4:
                file = p.number;
                break;
            case 5:
                line = p.asSigned();
                break;
            default:
                break;
            }
        }
        Function f;
        f.name = m_builder.intern(!string(name).empty() ? string(name) : !string(systemName).empty() ? string(systemName) : "[unknown]");
        f.file = m_builder.intern(string(file));
        f.line = line > 0 && line < INT32_MAX ? uint32_t(line) : 0;
        f.kind = string(file).ends_with(".py") ? FunctionKind::Python : FunctionKind::Other;
        m_functions[id] = m_builder.addFunction(f);
    }

    void location(std::string_view message) // its functions, innermost first: inlined ones before their callers
    {
        uint64_t id = 0, address = 0;
        std::vector<FunctionId> lines;
        for (Proto p(message); p.next();) {
            if (p.field == 1) {
                id = p.number;
            } else if (p.field == 3) {
                address = p.number;
            } else if (p.field == 4) {
                for (Proto line(p.bytes); line.next();) {
                    if (line.field != 1)
                        continue;
                    if (const auto it = m_functions.find(line.number); it != m_functions.end())
                        lines.push_back(it->second);
                    else
                        m_builder.problem("pprof.function", "Functions that are not in the file were left out.",
                            Severity::DataLoss, m_content.offsetOf(message));
                }
            }
        }
        if (lines.empty()) {
            char text[32];
            std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
            lines.push_back(m_builder.addFunctionByTraceName(text, {}));
        }
        m_locations[id] = std::move(lines);
    }

    Status show(const std::vector<std::string_view>& samples, size_t chosen, std::string_view type, std::string_view unit)
    {
        WeightTree tree;
        std::vector<FunctionId> stack;
        for (size_t i = 0; i < samples.size(); i++) {
            if ((i & 0xFFF) == 0 && m_content.cancelled())
                return Error{ErrorCode::Cancelled, {}};
            stack.clear();
            size_t index = 0;
            int64_t value = 0;
            bool labels = false;
            for (Proto p(samples[i]); p.next();) {
                if (p.field == 1)
                    p.numbers([&](uint64_t id) {
                        const auto it = m_locations.find(id);
                        if (it != m_locations.end())
                            stack.insert(stack.end(), it->second.begin(), it->second.end());
                        else
                            m_builder.problem("pprof.location", "Places that are not in the file were left out.",
                                Severity::DataLoss, m_content.offsetOf(samples[i]));
                    });
                else if (p.field == 2)
                    p.numbers([&](uint64_t v) {
                        if (index++ == chosen)
                            value = int64_t(v);
                    });
                else
                    labels = labels || p.field == 3;
            }
            if (labels)
                m_builder.problem("pprof.labels", "Labels of samples are not shown.", Severity::Info, m_content.offsetOf(samples[i]));
            if (value < 0)
                m_builder.problem("pprof.negative", "Negative values (of a difference) count as 0.", Severity::Warning,
                    m_content.offsetOf(samples[i]));
            uint32_t node = WeightTree::kRoot;
            for (auto f = stack.rbegin(); f != stack.rend(); ++f)
                node = tree.child(node, *f);
            if (node != WeightTree::kRoot)
                tree.add(node, value);
        }
        Track track;
        Process process;
        const std::string_view program = string(m_program);
        process.name = m_builder.intern(program.substr(program.rfind('/') + 1));
        track.process = m_builder.addProcess(process);
        track.tid = 1;
        track.name = m_builder.intern(type);
        const TrackId id = m_builder.addTrack(track);
        const Axis axis = axisFor(unit, tree.total());
        describeAxis(m_builder, axis, true);
        m_builder.includeTime(0, WeightTree::layOut(std::move(tree), m_builder, id, 0, axis.nsPerUnit, m_content.progress));
        return Ok{};
    }

    const Content& m_content;
    TraceBuilder& m_builder;
    std::vector<std::string_view> m_strings;
    uint64_t m_program = 0; // its path, as a string
    std::unordered_map<uint64_t, FunctionId> m_functions;
    std::unordered_map<uint64_t, std::vector<FunctionId>> m_locations;
};

} // namespace

bool isPprof(std::string_view head, bool)
{
    // There is no mark: every field must be of a Profile, and some must be there that only it has.
    int own = 0, fields = 0;
    bool emptyString = false, sawString = false;
    for (Proto p(head); p.next() && fields < 200; fields++) {
        const bool message = p.field <= 6 || p.field == 11;
        if (p.field > 15 || (p.field != 13 && message != (p.wire == Proto::Bytes)) || (p.wire != Proto::Bytes && p.wire != Proto::Varint))
            return false;
        if (p.field == SampleType) {
            for (Proto v(p.bytes); v.next();) {
                if (v.field > 2 || v.wire != Proto::Varint)
                    return false;
            }
        }
        if (p.field == StringTable && !sawString) {
            sawString = true;
            emptyString = p.bytes.empty();
        }
        own += p.field == SampleField || p.field == LocationField || p.field == FunctionField;
    }
    return own > 0 && (!sawString || emptyString);
}

Status readPprof(const Content& content, TraceBuilder& builder)
{
    return PprofReader(content, builder).read();
}

} // namespace calltide::formats
