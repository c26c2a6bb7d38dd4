// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/content.h"
#include <algorithm>
#include <cstring>

namespace calltide::formats {

PeekInput::PeekInput(std::unique_ptr<Input> input, const store::Progress* progress)
    : m_input(std::move(input))
    , m_progress(progress)
{
}

Result<size_t> PeekInput::readOn(char* to, size_t size)
{
    if (m_progress && m_progress->cancelled())
        return Error{ErrorCode::Cancelled, "Opening was stopped."};
    return m_input->read(to, size);
}

Result<std::string_view> PeekInput::peek(size_t size)
{
    if (m_head.size() - m_used >= size && m_used < (1 << 20))
        return std::string_view(m_head).substr(m_used);
    m_head.erase(0, m_used);
    m_used = 0;
    if (const size_t have = m_head.size(); have < size) {
        m_head.resize(size);
        auto n = readOn(m_head.data() + have, size - have);
        m_head.resize(have + (n ? *n : 0));
        if (!n)
            return n.error();
    }
    return std::string_view(m_head);
}

void PeekInput::skip(size_t size)
{
    m_used = std::min(m_head.size(), m_used + size);
}

Result<size_t> PeekInput::read(char* to, size_t size)
{
    const size_t n = std::min(size, m_head.size() - m_used);
    std::memcpy(to, m_head.data() + m_used, n);
    m_used += n;
    if (m_used == m_head.size()) {
        m_head = {};
        m_used = 0;
    }
    if (n == size)
        return n;
    auto more = readOn(to + n, size - n);
    if (!more)
        return more;
    return n + *more;
}

Result<std::string> readWhole(Input& input, const std::string& path, uint64_t limit, store::Progress* progress)
{
    constexpr size_t kStep = 4 << 20;
    std::string all;
    if (!input.compressed()) // one byte more tells the end
        all.reserve(size_t(std::min(input.fileSize(), limit)) + 1);
    for (;;) {
        if (progress) {
            progress->set(input.position(), input.fileSize());
            if (progress->cancelled())
                return Error{ErrorCode::Cancelled, "Opening was stopped."};
        }
        const size_t have = all.size();
        const size_t want = std::max<size_t>(std::min(kStep, all.capacity() - have), 4096);
        all.resize(have + want);
        auto n = input.read(all.data() + have, want);
        if (!n)
            return n.error();
        all.resize(have + *n);
        if (*n < want)
            return all;
        if (all.size() > limit)
            return Error{
                ErrorCode::NotSupported,
                path + ": files of this kind can only be read up to " + std::to_string(limit >> 20) + " MiB."};
        if (all.capacity() == all.size())
            all.reserve(all.size() + std::max(all.size() / 2, kStep));
    }
}

} // namespace calltide::formats
