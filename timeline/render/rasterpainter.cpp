// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/rasterpainter.h"
#include "render/devicelist.h"
#include "render/glyphatlas.h"
#include "render/raster.h"
#include "store/parallel.h"
#include <algorithm>

namespace calltide::render {
namespace {
constexpr int64_t kOneThread = 3'000'000; // pixels; of larger pictures, bands are drawn at the same time
constexpr int kBandBytes = 256 << 10, kLeastLines = 16; // of a band: it stays in the processor's cache while it is drawn
} // namespace

struct RasterPainter::Private
{
    DeviceList device;
    QImage image;
    std::vector<std::vector<uint32_t>> bands; // the instances that each one shows

    void sortIntoBands(int lines);
};

void RasterPainter::Private::sortIntoBands(int lines)
{
    bands.resize(size_t((device.height + lines - 1) / lines));
    for (auto& band : bands)
        band.clear();
    for (size_t k = 0; k < device.instances.size(); ++k) {
        const raster::Box box = raster::cutBox(device.instances[k]);
        if (box.empty())
            continue;
        const size_t last = std::min(size_t(std::max(box.y1 - 1, 0) / lines), bands.size() - 1);
        for (size_t band = size_t(std::max(box.y0, 0) / lines); band <= last; ++band)
            bands[band].push_back(uint32_t(k));
    }
}

RasterPainter::RasterPainter()
    : d(std::make_unique<Private>())
{
}

RasterPainter::~RasterPainter() = default;

const QImage& RasterPainter::paint(const layout::DrawList& list, const FontMetrics& fonts)
{
    d->device.build(list, fonts, Rects::InStrips);
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
    const int lines = std::max(kLeastLines, kBandBytes / 4 / width);
    d->sortIntoBands(lines);
    const auto draw = [&](size_t b) {
        const int top = int(b) * lines;
        raster::Raster band(pixels, stride, top, std::min(top + lines, height), atlas, d->device.spans.data());
        band.clear(width, background);
        for (const uint32_t k : d->bands[b])
            band.draw(d->device.instances[k]);
    };
    if (int64_t(width) * height > kOneThread)
        store::parallelFor(d->bands.size(), draw);
    else
        for (size_t b = 0; b < d->bands.size(); ++b)
            draw(b);
    return d->image;
}

} // namespace calltide::render
