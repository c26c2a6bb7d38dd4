// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/nativeclock.h"

namespace calltide::formats {

using namespace format;

void ClockMap::setHeader(const FileHeader& header)
{
    m_header = header;
}
void ClockMap::addSample(const ClockRecord& sample)
{
    m_samples.push_back(sample);
}

void ClockMap::finish()
{
    std::sort(m_samples.begin(), m_samples.end(), [](const auto& a, const auto& b) { return a.units < b.units; });
    struct Point
    {
        uint64_t units;
        int64_t ns;
    };
    // Samples too close together would turn their reading error into a slope: 20 ms apart is 1 in 10^5 or better.
    std::vector<Point> points{{m_header.unit0, std::clamp(m_header.monotonic0, -kFar, kFar)}};
    const double guess = double(m_header.nsPerUnit) / 4294967296.0;
    for (const ClockRecord& s : m_samples) {
        if (s.units <= points.back().units || s.monotonic <= points.back().ns || s.monotonic > kFar)
            continue;
        const double ns = double(s.units - points.back().units) * guess;
        const double real = double(s.monotonic - points.back().ns);
        if (real < 20e6 || ns <= 0 || real / ns > 1.5 || real / ns < 0.67) // suspend, or a damaged sample
            continue;
        points.push_back({s.units, s.monotonic});
    }
    m_pieces.clear();
    for (size_t i = 0; i + 1 < points.size(); i++) {
        const auto ns
            = (__int128(points[i + 1].ns - points[i].ns) << 32) / __int128(points[i + 1].units - points[i].units);
        m_pieces.push_back({points[i].units, points[i].ns, uint64_t(ns)});
    }
    if (m_pieces.empty())
        m_pieces.push_back({points[0].units, points[0].ns, m_header.nsPerUnit});
}

const ClockMap::Piece& ClockMap::pieceAt(uint64_t units, uint64_t& pieceEnd) const
{
    auto it = std::upper_bound(
        m_pieces.begin(), m_pieces.end(), units, [](uint64_t u, const Piece& p) { return u < p.fromUnits; });
    pieceEnd = it == m_pieces.end() ? UINT64_MAX : it->fromUnits;
    return it == m_pieces.begin() ? *it : *(it - 1);
}

int64_t ClockMap::toNs(uint64_t units) const
{
    uint64_t end;
    return apply(pieceAt(units, end), units);
}

} // namespace calltide::formats
