// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/rasterpainter.h"
#include "render/devicelist.h"
#include "render/glyphatlas.h"
#include "render/raster.h"
#include "store/parallel.h"
#include <QThread>
#include <algorithm>

namespace calltide::render {
namespace {
constexpr int64_t kOneThread = 3'000'000; // pixels; larger pictures are drawn in bands at the same time
constexpr int kMostBands = 4;
} // namespace

struct RasterPainter::Private
{
    DeviceList device;
    QImage image;
};

RasterPainter::RasterPainter()
    : d(std::make_unique<Private>())
{
}

RasterPainter::~RasterPainter() = default;

const QImage& RasterPainter::paint(const layout::DrawList& list, const FontMetrics& fonts)
{
    d->device.build(list, fonts);
    const int width = d->device.width, height = d->device.height;
    if (width <= 0 || height <= 0) {
        d->image = QImage();
        return d->image;
    }
    const auto format = list.background >> 24 == 255 ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied;
    if (d->image.size() != QSize(width, height) || d->image.format() != format || !d->image.isDetached())
        d->image = QImage(width, height, format);
    if (d->image.isNull())
        return d->image;
    d->image.setDevicePixelRatio(double(list.devicePixelRatio));
    auto* pixels = reinterpret_cast<uint32_t*>(d->image.bits());
    const auto stride = size_t(d->image.bytesPerLine()) / 4;
    const GlyphAtlas& atlas = fonts.atlas(list.devicePixelRatio);
    const uint32_t background = raster::premultiplied(list.background);
    const auto draw = [&](int top, int bottom) {
        raster::Raster band(pixels, stride, top, bottom, atlas);
        band.clear(width, background);
        for (const Instance& instance : d->device.instances)
            band.draw(instance);
    };
    const int bands = int64_t(width) * height > kOneThread ? std::clamp(QThread::idealThreadCount(), 1, kMostBands) : 1;
    store::parallelFor(size_t(bands), [&](size_t b) { draw(int(b) * height / bands, int(b + 1) * height / bands); });
    return d->image;
}

} // namespace calltide::render
