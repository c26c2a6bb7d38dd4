// SPDX-License-Identifier: GPL-3.0-or-later
// The names of functions as slices show them, measured once: a frame has thousands of labels, most of them cut. Belongs
// to one style and one trace; not thread safe.
#pragma once
#include "layout/drawlist.h"
#include "store/trace.h"
#include <memory>
#include <string>
#include <vector>

namespace calltide::layout {

class SliceLabels
{
public:
    struct Label
    {
        std::string name; // one line
        float whole = 0; // px
        size_t last = 0; // where the part after the last dot begins
        std::vector<float> ends; // px from there to the end of each of its code points
    };
    struct Fitted
    {
        std::string_view text; // valid until the next call; empty: nothing fits
        float width = 0;
    };

    void clear(size_t functions);
    void grow(size_t functions) { m_labels.resize(functions); } // those before stay
    const Label& of(const store::Trace& trace, store::FunctionId function, const TextMeasure& measure);
    // As fitName(): the whole name, its last part, that cut behind at least three letters, or nothing.
    Fitted fit(const Label& label, float room, const TextMeasure& measure);

private:
    std::vector<std::unique_ptr<Label>> m_labels; // by function
    float m_ellipsis = -1; // px
    std::string m_cut;
};

} // namespace calltide::layout
