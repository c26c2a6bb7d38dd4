// SPDX-License-Identifier: GPL-3.0-or-later
// FunctionColors: which of the style's slice colours a function has, for each way to colour (Style::colorMode). Worked out once a trace, then fixed, so that
// colours never change under the eye. Timeline, flame graph and tables share it. Immutable after the constructor.
#pragma once
#include "layout/style.h"
#include "store/trace.h"
#include <memory>
#include <string_view>
#include <vector>

namespace calltide::layout {

uint32_t fnv1a(std::string_view text);

class FunctionColors
{
public:
    size_t size() const { return m_slots.size(); } // functions
    static constexpr unsigned kFunctions = 24, kLibrary = 6;

    FunctionColors() = default; // no function has a colour: all are the first grey
    // Reads at most about a million slices, evenly spread, so it costs a few ms at any size.
    explicit FunctionColors(const store::Trace& trace);

    // 0..23: Style::functions (round again where that has fewer); 24..29: Style::library.
    unsigned slot(store::FunctionId function, ColorMode mode = ColorMode::Function) const
    {
        if (function.v >= m_slots.size())
            return kFunctions;
        return mode == ColorMode::Module ? m_modules[function.v]
            : mode == ColorMode::MyCode  ? (m_own[function.v] ? kOwnSlot : kFunctions + m_slots[function.v] % kLibrary)
                                         : m_slots[function.v];
    }
    static SliceColor ofSlot(unsigned slot, const Style& style);
    SliceColor of(store::FunctionId function, const Style& style) const; // in the style's mode
    // In the mode Duration: a step for each factor of ten from 100 ns on.
    static SliceColor ofDuration(int64_t ns, const Style& style);
    bool greysLibraries() const { return m_greys; } // false when less than 10 % of the calls are the user's own

private:
    static constexpr unsigned kOwnSlot = 0; // of all own functions in the mode MyCode
    std::vector<uint8_t> m_slots, m_modules;
    std::vector<bool> m_own;
    bool m_greys = true;
};

// Colour arithmetic for the layouts.
Argb blended(Argb over, Argb under, double alpha); // opaque result; `alpha` 0..1 on top of over's own
// The WCAG contrast of two opaque colours, 1..21.
double contrast(Argb a, Argb b);
// The first of the two whose contrast with `fill` is 4.5, else black or white.
Argb readableOn(Argb fill, Argb first, Argb second);
inline Argb withAlpha(Argb color, double alpha) // scales the colour's own alpha
{
    return (color & 0x00FFFFFFu) | (uint32_t(double(color >> 24) * alpha + 0.5) << 24);
}

} // namespace calltide::layout
