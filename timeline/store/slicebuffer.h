// SPDX-License-Identifier: GPL-3.0-or-later
// Slices of one track on their way into a trace, in any order (exit order and entry order are the fast ones). Kept until
// TraceBuilder::finish(), or counted only and given a second time then, see TraceBuilder::countSlices(). One thread at a
// time.
#pragma once
#include "store/rowpasses.h"
#include "store/sliceitems.h"
#include <string>
#include <string_view>

namespace calltide::store {

class SliceBuffer
{
public:
    void add(int64_t start, int64_t duration, FunctionId function, uint32_t extra = 0)
    {
        m_items.add(start, duration < 0 ? 0 : duration, function.v, extra, 0);
    }
    // For readers that know the depth (our own recordings): no nesting is worked out for such a buffer. All slices of
    // a buffer come by one of the two ways.
    void addAtDepth(uint32_t depth, int64_t start, int64_t duration, FunctionId function, uint32_t extra = 0)
    {
        duration = duration < 0 ? 0 : duration;
        if (m_pass == Pass::Write) {
            m_writer.add(depth, start, duration, function.v, extra);
        } else if (m_pass == Pass::Count) {
            m_counter.add(depth, start);
        } else {
            m_items.add(start, duration, function.v, extra, depth);
            m_atDepth = true;
        }
    }
    // With arguments (JSON text) that the buffer keeps, for readers that fill several buffers at once. Its other slices
    // have then no arguments of TraceBuilder::addExtra().
    void addAtDepth(
        uint32_t depth, int64_t start, int64_t duration, FunctionId function, uint8_t flags, std::string_view json);

    size_t size() const { return m_items.size(); }
    // What was added, and away with it: for those who hand it on themselves.
    const SliceItem& item(size_t i) const { return m_items[i]; }
    int64_t duration(size_t i) const { return m_items.duration(i); }
    uint8_t flags(size_t i) const;
    std::string_view arguments(size_t i) const; // of slices that came with them
    void clear();

private:
    friend class TraceBuilder;
    enum class Pass : uint8_t { Keep, Count, Write };
    Pass m_pass = Pass::Keep;
    bool m_atDepth = false;
    SliceItems m_items;
    RowCounter m_counter;
    RowWriter m_writer;
    // Arguments of its own: kept, or counted and then written to the trace's table from m_extraBase on.
    std::vector<SliceExtra> m_extras;
    std::string m_text;
    uint64_t m_extraCount = 0, m_textSize = 0;
    uint32_t m_extraBase = 0;
    SliceExtra* m_extraTo = nullptr;
    char* m_textTo = nullptr; // m_textSize of it are written
    uint64_t m_textBase = 0;
};

} // namespace calltide::store
