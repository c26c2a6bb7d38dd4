// SPDX-License-Identifier: GPL-3.0-or-later
// Strong 4-byte ids, so that ids of different kinds cannot be mixed. The operating system's pids and tids are kept as
// plain numbers in Process and Track: they are reused, so they never identify anything here.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>

namespace calltide::store {

template <class Tag>
struct Id
{
    uint32_t v = std::numeric_limits<uint32_t>::max(); // default: none
    constexpr Id() = default;
    constexpr explicit Id(uint32_t x) : v(x) { }
    constexpr explicit Id(size_t x) : v(uint32_t(x)) { }
    constexpr bool valid() const { return v != std::numeric_limits<uint32_t>::max(); }
    friend constexpr bool operator==(Id, Id) = default;
    friend constexpr auto operator<=>(Id, Id) = default;
};

using StringId = Id<struct StringTag>;     // 0 is the empty string
using FunctionId = Id<struct FunctionTag>; // what a slice is a call of
using ProcessId = Id<struct ProcessTag>;
using TrackId = Id<struct TrackTag>;
using RowId = Id<struct RowTag>; // one depth of one track
using SourceId = Id<struct SourceTag>;

using SliceIndex = uint64_t; // index into the slice columns
inline constexpr SliceIndex kNoSlice = std::numeric_limits<uint64_t>::max();

} // namespace calltide::store

template <class Tag>
struct std::hash<calltide::store::Id<Tag>>
{
    size_t operator()(calltide::store::Id<Tag> id) const { return std::hash<uint32_t>()(id.v); }
};
