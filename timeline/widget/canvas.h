// SPDX-License-Identifier: GPL-3.0-or-later
// The one drawing surface of TimelineView: a plain QWidget with the CPU rasteriser, or a QOpenGLWidget. Takes no input;
// all events go to its parent. GUI thread.
#pragma once
#include "layout/drawlist.h"
#include "render/fontmetrics.h"
#include <QWidget>
#include <functional>

namespace calltide::timeline {

class CanvasClient
{
public:
    virtual ~CanvasClient() = default;
    virtual const layout::DrawList& frame() = 0; // of the parent's size and ratio, valid until the next call
    virtual const render::FontMetrics& fonts() const = 0;
    virtual void frameDone(double ms) = 0; // layout and paint
    virtual void gpuFailed() = 0; // the context is not good enough; comes from the event loop
};

// True when a GPU (not a renderer that draws on the CPU) answers. Found out once; never on the offscreen platform,
// where showing a QOpenGLWidget crashes Qt 6.4.
bool gpuAvailable();

QWidget* makeRasterCanvas(CanvasClient* client, QWidget* parent);
QWidget* makeGpuCanvas(CanvasClient* client, QWidget* parent);

} // namespace calltide::timeline
