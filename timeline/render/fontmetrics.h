// SPDX-License-Identifier: GPL-3.0-or-later
// FontMetrics: the faces of the draw list's font roles; measures text for the layouts and gives both painters the same
// glyph pictures. Advances are linear (not hinted), so a width is the same at every device pixel ratio. Text is laid
// out code point by code point, left to right: no kerning, no shaping; control and direction characters show as U+FFFD.
// Characters that the UI fonts lack come from the system's fallback fonts. GUI thread only, after QGuiApplication.
#pragma once
#include "layout/style.h"
#include <memory>

namespace calltide::render {

class GlyphAtlas;

class FontMetrics final : public layout::TextMeasure
{
public:
    explicit FontMetrics(layout::RowSize rows = layout::RowSize::Normal);
    ~FontMetrics() override;
    FontMetrics(const FontMetrics&) = delete;
    FontMetrics& operator=(const FontMetrics&) = delete;

    layout::RowSize rows() const;
    void setRows(layout::RowSize rows); // decides the size of FontRole::Slice and SliceLight

    float width(std::string_view utf8, layout::FontRole role) const override;
    float ascent(layout::FontRole role) const override;
    float descent(layout::FontRole role) const override;
    float pixelSize(layout::FontRole role) const; // device independent

    // For the painters: glyphs and icons at one device pixel ratio, drawn when first asked for and kept.
    GlyphAtlas& atlas(float devicePixelRatio) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::render
