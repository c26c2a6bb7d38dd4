// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/slicebuffer.h"
#include <cstring>

namespace calltide::store {

void SliceBuffer::addAtDepth(
    uint32_t depth, int64_t start, int64_t duration, FunctionId function, uint8_t flags, std::string_view json)
{
    uint32_t extra = flags;
    if (!json.empty()) {
        extra = uint32_t(256 + m_extraBase + m_extraCount);
        const SliceExtra entry{flags, 0, uint32_t(json.size()), m_textBase + m_textSize};
        if (m_pass == Pass::Write) {
            m_extraTo[m_extraCount] = entry;
            std::memcpy(m_textTo + m_textSize, json.data(), json.size());
        } else if (m_pass == Pass::Keep) {
            m_extras.push_back(entry);
            m_text.append(json);
        }
        m_extraCount++;
        m_textSize += json.size();
    }
    addAtDepth(depth, start, duration, function, extra);
}

uint8_t SliceBuffer::flags(size_t i) const
{
    const uint32_t e = m_items[i].extra;
    return e < 256 ? uint8_t(e) : m_extras[e - 256].flags;
}

std::string_view SliceBuffer::arguments(size_t i) const
{
    const uint32_t e = m_items[i].extra;
    if (e < 256)
        return {};
    return std::string_view(m_text).substr(m_extras[e - 256].offset, m_extras[e - 256].length);
}

void SliceBuffer::clear()
{
    *this = {};
}

} // namespace calltide::store
