// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside the events in the object form: sources, metadata, stacks.
#include "formats/jsonmodel.h"

namespace calltide::formats::json {

using namespace store;

static constexpr size_t kMostSource = size_t(16) << 20, kMostSources = size_t(256) << 20; // bytes of text

bool Model::wantsDocument(std::string_view key)
{
    for (const char* name :
         {"file_info", "viztracer_metadata", "otherData", "metadata", "displayTimeUnit", "baseTimeNanoseconds",
          "schemaVersion", "traceName", "stackFrames", "samples"}) {
        if (key == name)
            return true;
    }
    return false;
}

void Model::document(std::string_view key, std::string_view value)
{
    if (key == "file_info") {
        for (Cursor c(member(value, "files")); c.next();) {
            Cursor entry(c.value); // [source, number of lines]
            if (!entry.next() || !isString(entry.value))
                continue;
            if (entry.value.size() > kMostSource || (m_sourceBytes += entry.value.size()) > kMostSources)
                m_builder.problem("json.source", "Source texts of more than 16 MiB, or beyond 256 MiB in all, were left out.",
                    Severity::Warning, -1, unescape(c.key.substr(0, 160)));
            else
                m_builder.addSource(unescape(c.key), textOf(entry.value));
        }
        return;
    }
    if (key == "stackFrames")
        return m_stacks.addFrames(value);
    if (key == "samples")
        return m_stacks.addSamples(value);
    if (key == "baseTimeNanoseconds") {
        if (const auto v = parseInteger(value))
            m_builder.setWallClockOffset(*v);
        return;
    }
    if (value.empty() || value.front() != '{') {
        m_builder.addMetadata(unescape(key), textOf(value));
        return;
    }
    if (key == "viztracer_metadata" && member(value, "overflow") == "true")
        m_builder.problem("viztracer.overflow",
            "VizTracer's buffer was full: the oldest calls were lost while it recorded (--tracer_entries makes it larger).",
            Severity::DataLoss, -1);
    for (Cursor c(value); c.next();) {
        if (c.key == "baseTimeNanoseconds")
            document(c.key, c.value);
        else if (c.value.size() < 65536)
            m_builder.addMetadata(unescape(c.key), textOf(c.value));
    }
}

} // namespace calltide::formats::json
