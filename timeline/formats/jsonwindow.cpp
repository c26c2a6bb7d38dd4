// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonwindow.h"
#include <algorithm>
#include <cstring>

namespace calltide::formats::json {

Window::Window(Input& input, size_t capacity)
    : m_input(input)
    , m_capacity(capacity)
{
    if (!input.compressed()) // one byte more tells its end
        m_capacity = size_t(std::min<uint64_t>(capacity, input.fileSize() + 1));
    if (input.fileSize() >= kLeastMapped)
        m_file = input.mapped();
}

bool Window::moveBackTo(uint64_t offset)
{
    const uint64_t at = offset - m_base;
    if (at < m_first || at > m_end)
        return false;
    m_at = size_t(at);
    return true;
}

// One that nobody holds, or a new one.
std::shared_ptr<Window::Text> Window::take()
{
    for (std::shared_ptr<Text>& t : m_spare)
        if (t.use_count() == 1)
            return t;
    const size_t size = kGap + m_capacity;
    return m_spare.emplace_back(new Text{std::unique_ptr<char[]>(new char[size]), size});
}

bool Window::prepareAhead()
{
    if (m_file)
        return !m_eof && m_fetched <= m_end;
    if (m_eof || m_ahead)
        return false;
    m_ahead = Ahead{take(), size_t(0)};
    return true;
}

void Window::readAhead()
{
    if (!m_file) {
        m_ahead->size = m_input.read(m_ahead->text->bytes.get() + kGap, m_capacity);
        return;
    }
    m_file->fetch(m_end, m_capacity);
    m_fetched = m_end + m_capacity;
}

bool Window::moreOfFile(size_t rest)
{
    const size_t added = std::min(std::max(rest, m_capacity), m_file->size() - m_end);
    if (m_fetched < m_end + added)
        m_file->fetch(m_end, added);
    m_end += added;
    m_eof = m_end == m_file->size();
    m_input.usedUpTo(m_end);
    if (m_at > m_dropped + kDropAtOnce) { // what was scanned may still be in use: then it comes again
        m_file->drop(m_dropped, kDropAtOnce / 2);
        m_dropped += kDropAtOnce / 2;
    }
    return added > 0;
}

Result<bool> Window::more(size_t most)
{
    if (m_eof)
        return false;
    const size_t rest = m_end - m_at;
    if (rest >= most)
        return false;
    if (m_file)
        return moreOfFile(rest);
    if (prepareAhead())
        readAhead();
    const Ahead next = std::move(*m_ahead);
    m_ahead.reset();
    if (!next.size)
        return next.size.error();
    const size_t added = *next.size;
    m_eof = added < m_capacity;
    if (rest <= kGap) {
        if (rest)
            std::memcpy(next.text->bytes.get() + kGap - rest, at(), rest);
        m_base = offset() - (kGap - rest);
        m_text = next.text;
        m_at = m_first = kGap - rest;
        m_end = kGap + added;
        return added > 0;
    }
    // A long value: as much again at once, or it would be looked through too often.
    const size_t wanted = std::max(rest, added);
    const auto larger = std::make_shared<Text>(Text{std::unique_ptr<char[]>(new char[rest + wanted]), rest + wanted});
    std::memcpy(larger->bytes.get(), at(), rest);
    std::memcpy(larger->bytes.get() + rest, next.text->bytes.get() + kGap, added);
    m_base = offset();
    m_text = larger;
    m_at = m_first = 0;
    m_end = rest + added;
    if (!m_eof && wanted > added) {
        const auto n = m_input.read(m_text->bytes.get() + m_end, wanted - added);
        if (!n)
            return n.error();
        m_eof = *n < wanted - added;
        m_end += *n;
    }
    return added > 0;
}

} // namespace calltide::formats::json
