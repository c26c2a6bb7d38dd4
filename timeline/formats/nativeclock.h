// SPDX-License-Identifier: GPL-3.0-or-later
// The clock of a recording. Internal to ct_formats.
#pragma once
#include "format/format.h"
#include <algorithm>
#include <cstdint>
#include <vector>

namespace calltide::formats {

class ClockMap // units → CLOCK_MONOTONIC ns, by straight pieces
{
public:
    void setHeader(const format::FileHeader& header);
    void addSample(const format::ClockRecord& sample);
    void finish();
    void shift(int64_t ns) // after finish(): moves everything
    {
        for (Piece& p : m_pieces)
            p.fromNs = std::clamp(p.fromNs + std::clamp(ns, -kFar, kFar), -kFar, kFar);
    }
    int64_t toNs(uint64_t units) const;

    struct Piece
    {
        uint64_t fromUnits;
        int64_t fromNs;
        uint64_t nsPerUnit; // 32.32
    };
    // The piece that holds `units`; valid until pieceEnd.
    const Piece& pieceAt(uint64_t units, uint64_t& pieceEnd) const;
    static constexpr int64_t kFar = int64_t(1) << 60; // 36 years: only damaged times are further away
    static int64_t apply(const Piece& p, uint64_t units)
    {
        const __int128 d = (__int128(int64_t(units - p.fromUnits)) * __int128(p.nsPerUnit)) >> 32;
        return p.fromNs + int64_t(std::clamp<__int128>(d, -kFar, kFar));
    }

private:
    std::vector<Piece> m_pieces;
    std::vector<format::ClockRecord> m_samples;
    format::FileHeader m_header{};
};

} // namespace calltide::formats
