// SPDX-License-Identifier: GPL-3.0-or-later
// TextMeasure without fonts: every code point is 6 px wide, so that tests can say what fits.
#pragma once
#include "layout/drawlist.h"
#include "layout/text.h"

class FixedMeasure : public calltide::layout::TextMeasure
{
public:
    static constexpr float kPoint = 6;
    float width(std::string_view utf8, calltide::layout::FontRole) const override
    {
        return kPoint * float(calltide::layout::countPoints(utf8));
    }
    float ascent(calltide::layout::FontRole) const override { return 10; }
    float descent(calltide::layout::FontRole) const override { return 3; }
};
