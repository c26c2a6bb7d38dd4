// SPDX-License-Identifier: GPL-3.0-or-later
// Streaming gzip by ISA-L (several times as fast) or zlib.
#pragma once
#include <functional>
#include <memory>
#include <string_view>

namespace calltide::formats {

class Packer
{
public:
    using Sink = std::function<void(const char*, size_t)>;
    Packer();
    ~Packer();
    void add(std::string_view bytes, bool last, const Sink& sink);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::formats
