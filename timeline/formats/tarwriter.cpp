// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/tarwriter.h"
#include "formats/input.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

namespace calltide::formats {

static constexpr size_t kBlock = 512, kStep = 1 << 20;

TarWriter::TarWriter(Output& out, store::Progress* progress, uint64_t total)
    : m_out(out)
    , m_progress(progress)
    , m_total(total)
{
}

Status TarWriter::add(const std::string& path, const std::string& name)
{
    auto input = openInput(path);
    if (!input)
        return input.error();
    const uint64_t size = (*input)->fileSize();
    if (name.size() > 99) { // as GNU tar does it
        header("././@LongLink", name.size() + 1, 'L');
        m_out.add(name);
        pad(name.size(), name.size() / kBlock * kBlock + kBlock);
    }
    header(name.substr(0, 99), size, '0');
    std::string buffer(kStep, '\0');
    for (uint64_t at = 0; at < size;) {
        const size_t want = size_t(std::min<uint64_t>(kStep, size - at));
        auto n = (*input)->read(buffer.data(), want);
        if (!n)
            return n.error();
        std::fill(buffer.begin() + ptrdiff_t(*n), buffer.end(), '\0'); // it was shortened
        m_out.add(std::string_view(buffer.data(), want));
        at += want;
        m_done += want;
        if (m_progress) {
            m_progress->set(m_done, m_total);
            if (m_progress->cancelled())
                return Error{ErrorCode::Cancelled, {}};
        }
        if (m_out.failed())
            break; // commit() says why
    }
    pad(size, (size + kBlock - 1) / kBlock * kBlock);
    return Ok{};
}

void TarWriter::finish()
{
    pad(0, 2 * kBlock);
}

void TarWriter::pad(uint64_t from, uint64_t to)
{
    while (from++ < to)
        m_out.add('\0');
}

void TarWriter::header(const std::string& name, uint64_t size, char type)
{
    char h[kBlock] = {};
    name.copy(h, 99);
    std::snprintf(h + 100, 8, "%07o", 0600u);
    std::snprintf(h + 108, 8, "%07o", 0u);
    std::snprintf(h + 116, 8, "%07o", 0u);
    if (size < (uint64_t(1) << 33)) {
        std::snprintf(h + 124, 12, "%011llo", static_cast<unsigned long long>(size));
    } else {
        h[124] = char(0x80);
        for (int i = 0; i < 8; i++)
            h[135 - i] = char(size >> (8 * i));
    }
    std::snprintf(h + 136, 12, "%011o", 0u);
    h[156] = type;
    std::memcpy(h + 257, "ustar\0" "00", 8);
    std::memset(h + 148, ' ', 8);
    unsigned sum = 0;
    for (const char c : h)
        sum += uint8_t(c);
    std::snprintf(h + 148, 8, "%06o", sum);
    m_out.add(std::string_view(h, kBlock));
}

} // namespace calltide::formats
