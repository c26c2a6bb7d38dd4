// SPDX-License-Identifier: GPL-3.0-or-later
// Processes, threads and functions in exported JSON: their numbers and names, and what the file says about them beside
// the calls. One thread.
#pragma once
#include "formats/exporter.h"
#include "formats/output.h"
#include <vector>

namespace calltide::formats {

class JsonNames
{
public:
    explicit JsonNames(const store::Trace& trace);
    int64_t pidOf(store::ProcessId process) const; // 0: of none
    // Members of an event: ,"pid":1,"tid":2 and ,"name":"f (a.py:1)","cat":"FEE"
    const std::string& ids(store::TrackId track) const { return m_ids[track.v]; }
    const std::string& function(store::FunctionId function) const { return m_functions[function.v]; }

    // Events that name all processes and the tracks that are wanted (by track). separator: before the next event.
    void metadata(Output& out, const std::vector<bool>& wanted, const char*& separator) const;
    void fileInfo(Output& out) const;

private:
    void numberThreads();
    void nameFunctions();

    const store::Trace& m_trace;
    std::vector<int64_t> m_pids, m_tids; // by process, by track
    std::vector<std::string> m_ids, m_functions;
};

} // namespace calltide::formats
