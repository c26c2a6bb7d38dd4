// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/glyphatlas.h"
#include "resources/resources.h"
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QSvgRenderer>
#include <algorithm>
#include <atomic>
#include <cmath>

namespace calltide::render {
namespace {
constexpr const char* kIconFiles[]
    = {"chevron_right", "chevron_down", "process", "thread", "task",  "child",  "gc",      "counter",
       "instant",       "exception",    "flag",    "flame",  "clock", "memory", "imports", "timeline",
       "pin",           "hide",         "more",    "note"};
static_assert(std::size(kIconFiles) == size_t(layout::Icon::Count));

uint64_t nextGeneration()
{
    static std::atomic<uint64_t> last{0};
    return ++last;
}

// Coverage is blended as it is, without regard to the eye's gamma, which makes small light letters look thin on dark
// fills. A slightly raised coverage brings them to the weight other text has.
uint8_t emphasized(uint8_t coverage)
{
    static const std::array<uint8_t, 256> table = [] {
        std::array<uint8_t, 256> t{};
        for (size_t i = 0; i < t.size(); ++i)
            t[i] = uint8_t(std::lround(255 * std::pow(double(i) / 255, 0.85)));
        return t;
    }();
    return table[coverage];
}

std::vector<uint8_t> coverageOf(const QImage& image)
{
    std::vector<uint8_t> out(size_t(image.width()) * size_t(image.height()));
    for (int y = 0; y < image.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x)
            out[size_t(y) * size_t(image.width()) + size_t(x)] = uint8_t(qAlpha(line[x]));
    }
    return out;
}
} // namespace

const char* iconFile(layout::Icon icon)
{
    return kIconFiles[size_t(icon)];
}

GlyphAtlas::GlyphAtlas(float devicePixelRatio, GlyphOutlines outlines)
    : m_ratio(devicePixelRatio)
    , m_outlines(std::move(outlines))
    , m_generation(nextGeneration())
{
}

GlyphImage GlyphAtlas::store(const std::vector<uint8_t>& coverage, int width, int height)
{
    GlyphImage out;
    if (width <= 0 || height <= 0 || width > kWidth)
        return out;
    constexpr int kMaxHeight = 16384; // GL's least texture limit in practice; beyond it pictures are left out
    if (m_shelfX + width + 1 > kWidth) {
        m_shelfY += m_shelfHeight + 1;
        m_shelfX = m_shelfHeight = 0;
    }
    m_shelfHeight = std::max(m_shelfHeight, height);
    const int needed = m_shelfY + m_shelfHeight;
    if (needed > kMaxHeight)
        return out;
    if (needed > this->height())
        m_pixels.resize(size_t(std::max(256, (needed + 255) / 256 * 256)) * kWidth);
    for (int y = 0; y < height; ++y)
        std::copy_n(
            coverage.data() + size_t(y) * size_t(width), width,
            m_pixels.data() + size_t(m_shelfY + y) * kWidth + m_shelfX);
    out.width = uint16_t(width);
    out.height = uint16_t(height);
    out.x = uint16_t(m_shelfX);
    out.y = uint16_t(m_shelfY);
    m_shelfX += width + 1;
    m_generation = nextGeneration();
    return out;
}

GlyphImage GlyphAtlas::drawGlyph(char32_t codePoint, layout::FontRole role, int step)
{
    const float px = m_outlines.pixelSize(role) * m_ratio;
    // At low resolution letters are stretched a little so that the x-height is whole pixels: crisp tops without the
    // uneven stems and widths of full hinting.
    float stretch = 1;
    const float xHeight = m_outlines.xHeight(role) * px;
    if (m_ratio < 1.75f && xHeight > 4) {
        const float snapped = std::round(xHeight) / xHeight;
        if (std::abs(snapped - 1) < 0.08f)
            stretch = snapped;
    }
    QTransform transform;
    transform.translate(double(step) / kSteps, 0);
    transform.scale(double(px), double(px * stretch));
    const QPainterPath path = transform.map(m_outlines.path(codePoint, role));
    const QRectF bounds = path.boundingRect();
    if (bounds.isEmpty())
        return {};
    const int left = int(std::floor(bounds.left())), top = int(std::floor(bounds.top()));
    const int width = int(std::ceil(bounds.right())) - left, height = int(std::ceil(bounds.bottom())) - top;
    if (width > 512 || height > 512)
        return {};
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    {
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(-left, -top);
        painter.fillPath(path, Qt::black);
    }
    std::vector<uint8_t> coverage = coverageOf(image);
    std::transform(coverage.begin(), coverage.end(), coverage.begin(), emphasized);
    GlyphImage out = store(coverage, width, height);
    out.left = int16_t(left);
    out.top = int16_t(top);
    return out;
}

const GlyphImage& GlyphAtlas::glyph(char32_t codePoint, layout::FontRole role, int step)
{
    if (codePoint >= kFastFirst && codePoint < kFastEnd) {
        Fast& fast = m_fast[size_t(role)];
        const size_t at = size_t(codePoint - kFastFirst) * kSteps + size_t(step);
        if (!fast.known[at]) {
            fast.images[at] = drawGlyph(codePoint, role, step);
            fast.known[at] = true;
        }
        return fast.images[at];
    }
    const uint64_t key = uint64_t(codePoint) << 16 | uint64_t(role) << 8 | uint64_t(step);
    const auto found = m_slow.find(key);
    if (found != m_slow.end())
        return found->second;
    return m_slow.emplace(key, drawGlyph(codePoint, role, step)).first->second;
}

const GlyphImage& GlyphAtlas::icon(layout::Icon icon, int devicePixels)
{
    const int size = std::clamp(devicePixels, 1, 256);
    const uint64_t key = uint64_t(icon) << 32 | uint64_t(size);
    const auto found = m_icons.find(key);
    if (found != m_icons.end())
        return found->second;
    initResources();
    QImage image(size, size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QFile file(QStringLiteral(":/calltide/icons/%1.svg").arg(QLatin1String(kIconFiles[size_t(icon)])));
    if (file.open(QIODevice::ReadOnly)) {
        QSvgRenderer renderer(file.readAll().replace("currentColor", "#000"));
        QPainter painter(&image);
        renderer.render(&painter, QRectF(0, 0, size, size));
    }
    return m_icons.emplace(key, store(coverageOf(image), size, size)).first->second;
}

} // namespace calltide::render
