// SPDX-License-Identifier: GPL-3.0-or-later
// RasterPainter: draws a DrawList on the CPU, without QPainter. Gives the same picture as GlPainter. GUI thread only
// (it shares the FontMetrics' glyphs).
#pragma once
#include "layout/drawlist.h"
#include "render/fontmetrics.h"
#include <QImage>
#include <memory>

namespace calltide::render {

class RasterPainter
{
public:
    RasterPainter();
    ~RasterPainter();
    RasterPainter(const RasterPainter&) = delete;
    RasterPainter& operator=(const RasterPainter&) = delete;

    // The picture, round(width × ratio) by round(height × ratio) pixels with the ratio set; RGB32 when the background
    // is opaque, else ARGB32_Premultiplied. The image belongs to the painter and is drawn over by the next call (a copy
    // that is still held then costs a new allocation). An empty list gives a null image.
    const QImage& paint(const layout::DrawList& list, const FontMetrics& fonts);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::render
