// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/output.h"
#include "formats/input.h"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace calltide::formats {

Result<std::unique_ptr<Output>> Output::create(const std::string& path, Packing packing)
{
    struct stat st = {};
    const bool exists = ::stat(path.c_str(), &st) == 0;
    if (exists && !S_ISREG(st.st_mode))
        return Error{ErrorCode::Invalid, path + " is not a regular file; choose another name."};
    std::unique_ptr<Output> out(new Output);
    out->m_path = path;
    std::string name = path + ".XXXXXX";
    out->m_fd = ::mkstemp(name.data()); // mode 0600
    if (out->m_fd < 0 && errno == ENOENT)
        return Error{ErrorCode::NotFound, path + " cannot be written: its folder does not exist."};
    if (out->m_fd < 0)
        return systemError(path, "cannot be written", errno);
    out->m_temporary = name;
    if (exists)
        (void)!::fchmod(out->m_fd, st.st_mode & 07777);
    out->m_buffer = std::make_unique<char[]>(kBuffer);
    out->m_packer = Packer::make(packing);
    return out;
}

Output::~Output()
{
    if (m_fd >= 0)
        ::close(m_fd);
    if (!m_temporary.empty())
        ::unlink(m_temporary.c_str());
}

void Output::write(const char* data, size_t size)
{
    while (size > 0 && !m_error) {
        const ssize_t n = ::write(m_fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            m_error = errno;
            return;
        }
        data += n;
        size -= size_t(n);
    }
}

void Output::flush()
{
    if (m_packer && m_used > 0)
        m_packer->add({m_buffer.get(), m_used}, false, [this](const char* p, size_t n) { write(p, n); });
    else
        write(m_buffer.get(), m_used);
    m_used = 0;
}

void Output::addLarge(std::string_view text)
{
    while (!text.empty()) {
        if (m_used == kBuffer)
            flush();
        const size_t n = std::min(text.size(), kBuffer - m_used);
        text.copy(m_buffer.get() + m_used, n);
        m_used += n;
        text.remove_prefix(n);
    }
}

Status Output::commit()
{
    flush();
    if (m_packer)
        m_packer->add({}, true, [this](const char* p, size_t n) { write(p, n); });
    if (!m_error && ::close(m_fd) != 0)
        m_error = errno;
    else if (m_error)
        ::close(m_fd);
    m_fd = -1;
    if (!m_error && ::rename(m_temporary.c_str(), m_path.c_str()) != 0)
        m_error = errno;
    if (m_error)
        return systemError(m_path, "cannot be written", m_error);
    m_temporary.clear();
    return Ok{};
}

void Output::addInteger(int64_t value)
{
    char text[24];
    const auto r = std::to_chars(text, text + sizeof text, value);
    add({text, size_t(r.ptr - text)});
}

void Output::addMicroseconds(int64_t ns)
{
    char text[32];
    char* p = text;
    uint64_t v = uint64_t(ns);
    if (ns < 0) {
        *p++ = '-';
        v = 0 - v;
    }
    p = std::to_chars(p, text + sizeof text, v / 1000).ptr;
    const unsigned f = unsigned(v % 1000);
    *p++ = '.';
    *p++ = char('0' + f / 100);
    *p++ = char('0' + f / 10 % 10);
    *p++ = char('0' + f % 10);
    add({text, size_t(p - text)});
}

void Output::addDouble(double value)
{
    char text[32];
    const auto r = std::to_chars(text, text + sizeof text, std::isfinite(value) ? value : 0.0);
    add({text, size_t(r.ptr - text)});
}

namespace {

// Bytes of the UTF-8 character at s[i]; 0 when it is none.
size_t utf8Length(std::string_view s, size_t i)
{
    const uint8_t c = uint8_t(s[i]);
    const size_t n = c < 0x80   ? 1
        : c >= 0xC2 && c < 0xE0 ? 2
        : c >= 0xE0 && c < 0xF0 ? 3
        : c >= 0xF0 && c < 0xF5 ? 4
                                : 0;
    if (n == 0 || i + n > s.size())
        return 0;
    for (size_t k = 1; k < n; k++) {
        if ((uint8_t(s[i + k]) & 0xC0) != 0x80)
            return 0;
    }
    const uint8_t second = n > 2 ? uint8_t(s[i + 1]) : 0; // overlong forms, surrogates, beyond U+10FFFF
    const bool wrong = (c == 0xE0 && second < 0xA0) || (c == 0xED && second >= 0xA0) || (c == 0xF0 && second < 0x90)
        || (c == 0xF4 && second >= 0x90);
    return wrong ? 0 : n;
}

} // namespace

void appendJsonString(std::string& out, std::string_view s)
{
    out += '"';
    for (size_t i = 0; i < s.size();) {
        const uint8_t c = uint8_t(s[i]);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += char(c);
            i++;
        } else if (c < 32) {
            static const char hex[] = "0123456789abcdef";
            if (c == '\n')
                out += "\\n";
            else if (c == '\t')
                out += "\\t";
            else
                out.append("\\u00").append(1, hex[c >> 4]).append(1, hex[c & 15]);
            i++;
        } else if (const size_t n = utf8Length(s, i)) {
            out.append(s, i, n);
            i += n;
        } else {
            out += "\xEF\xBF\xBD";
            i++;
        }
    }
    out += '"';
}

std::string cleanUtf8(std::string_view s)
{
    std::string out;
    for (size_t i = 0; i < s.size();) {
        const size_t n = utf8Length(s, i);
        if (n)
            out.append(s, i, n);
        else
            out += "\xEF\xBF\xBD";
        i += n ? n : 1;
    }
    return out;
}

void Output::addString(std::string_view utf8)
{
    std::string text;
    text.reserve(utf8.size() + 16);
    appendJsonString(text, utf8);
    add(text);
}

} // namespace calltide::formats
