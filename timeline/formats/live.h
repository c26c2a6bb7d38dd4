// SPDX-License-Identifier: GPL-3.0-or-later
// LiveReader: a recording that is still being written, with the children that join it. Each look() costs by what has
// come since the last one. One thread at a time; the traces it gives may be read by any other.
#pragma once
#include "store/result.h"
#include "store/trace.h"
#include <memory>
#include <string>

namespace calltide::formats {

struct LiveState
{
    store::TracePtr trace; // as it is now
    bool changed = false;  // calls or names have come, not only time
    bool behind = false;   // there is more in the files already: look again at once
    bool ended = false;    // all its programs have; the file can be opened as usual now
    uint64_t bytes = 0;    // of all its files
    uint64_t calls = 0;
    uint64_t lost = 0; // events
};

class LiveReader
{
public:
    static Result<std::unique_ptr<LiveReader>> open(const std::string& path);
    ~LiveReader();
    LiveReader(const LiveReader&) = delete;
    LiveReader& operator=(const LiveReader&) = delete;

    LiveState look();
    int64_t begunAt() const; // ns since the epoch
    store::TracePtr firstPart(); // of a recording at rest; null when there is nothing in it

private:
    LiveReader();
    struct Private;
    std::unique_ptr<Private> d;
};

// Whether the file is a recording that a running program goes on writing, in a way that LiveReader can follow.
bool isLive(const std::string& path);

} // namespace calltide::formats
