// SPDX-License-Identifier: GPL-3.0-or-later
// GlPainter: draws a DrawList with OpenGL 3.3 core: all records as instanced quads in one stream, one program, glyphs
// and icons from an atlas texture. Gives the same picture as RasterPainter. Everything but the constructor wants the
// same current context, on the GUI thread.
#pragma once
#include "layout/drawlist.h"
#include "render/fontmetrics.h"
#include <QString>
#include <memory>

namespace calltide::render {

class GlPainter
{
public:
    GlPainter();
    ~GlPainter(); // call release() before, with the context current
    GlPainter(const GlPainter&) = delete;
    GlPainter& operator=(const GlPainter&) = delete;

    // False, with a reason for the log, when the context is not good enough. May be called again after release().
    bool initialize(QString* reason = nullptr);
    bool isInitialized() const;
    void release();
    // Into the framebuffer that is bound, of round(width × ratio) by round(height × ratio) pixels; clears it.
    void paint(const layout::DrawList& list, const FontMetrics& fonts);

    // Of the current context: a renderer that draws on the CPU (llvmpipe, softpipe, SwiftShader): the RasterPainter is
    // many times faster than those.
    static bool rendererIsSoftware();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::render
