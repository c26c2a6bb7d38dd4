// SPDX-License-Identifier: GPL-3.0-or-later
// The readers of formats that are read whole from memory, one pair of functions each. `is…` looks at the first bytes
// (`whole`: there are no more); `read…` fills the builder and reports through its problems what it could not use. An
// error means that nothing in it could be shown. Any thread.
#pragma once
#include "formats/content.h"
#include "formats/reader.h"
#include <span>

namespace calltide::formats {

struct ContentReader
{
    Format format;
    const char* name; // as in `calltide info`
    bool (*recognises)(std::string_view head, bool whole);
    Status (*read)(const Content& content, store::TraceBuilder& builder);
};
// In the order in which they are asked.
std::span<const ContentReader> contentReaders();

bool isSpeedscope(std::string_view head, bool whole);
Status readSpeedscope(const Content& content, store::TraceBuilder& builder);
bool isCollapsed(std::string_view head, bool whole);
Status readCollapsed(const Content& content, store::TraceBuilder& builder);
Status readCollapsed(const Content& content, store::TraceBuilder& builder, uint64_t memory); // bytes for names and stacks
bool isPstats(std::string_view head, bool whole);
Status readPstats(const Content& content, store::TraceBuilder& builder);
bool isCpuProfile(std::string_view head, bool whole);
Status readCpuProfile(const Content& content, store::TraceBuilder& builder);
bool isFirefox(std::string_view head, bool whole);
Status readFirefox(const Content& content, store::TraceBuilder& builder);
bool isPprof(std::string_view head, bool whole);
Status readPprof(const Content& content, store::TraceBuilder& builder);
bool isPerfetto(std::string_view head, bool whole);
Status readPerfetto(const Content& content, store::TraceBuilder& builder);
bool isPerfScript(std::string_view head, bool whole);
Status readPerfScript(const Content& content, store::TraceBuilder& builder);

} // namespace calltide::formats
