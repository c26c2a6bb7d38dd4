// SPDX-License-Identifier: GPL-3.0-or-later
// Streaming gzip, by ISA-L (several times as fast) or zlib, and zstd.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace calltide::formats {

enum class Packing : uint8_t
{
    None,
    Gzip,
    Zstd,
    ZstdSmall // slower, for what is kept
};
Packing packingOf(std::string_view path); // by its ending, .gz or .zst

class Packer
{
public:
    using Sink = std::function<void(const char*, size_t)>;
    virtual ~Packer() = default;
    virtual void add(std::string_view bytes, bool last, const Sink& sink) = 0;
    static std::unique_ptr<Packer> make(Packing packing);
};

} // namespace calltide::formats
