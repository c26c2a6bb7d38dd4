// SPDX-License-Identifier: GPL-3.0-or-later
// Slices from begins and ends: handed on in the order in which they began. Of two with the same times the outer one has to
// come first, and they end the other way round.
#pragma once
#include "store/slicebuffer.h"
#include <vector>

namespace calltide::formats {

class BegunSlices
{
public:
    size_t begin(int64_t time) // to be given to end(); one that never ends is left out
    {
        m_slices.push_back({time, -1, {}, 0});
        return m_slices.size() - 1;
    }
    void end(size_t slice, int64_t time, store::FunctionId function, uint32_t extra = 0)
    {
        Slice& s = m_slices[slice];
        s.duration = time > s.begin ? time - s.begin : 0;
        s.function = function;
        s.extra = extra;
    }
    void addTo(store::SliceBuffer& out) const
    {
        for (const Slice& s : m_slices)
            if (s.duration >= 0)
                out.add(s.begin, s.duration, s.function, s.extra);
    }

private:
    struct Slice
    {
        int64_t begin, duration;
        store::FunctionId function;
        uint32_t extra;
    };
    std::vector<Slice> m_slices;
};

} // namespace calltide::formats
