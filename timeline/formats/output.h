// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a file so that it is there whole or not at all: a temporary file beside it that takes its place at commit().
// Without commit() nothing is left. Used by one thread.
#pragma once
#include "formats/packer.h"
#include "store/result.h"
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace calltide::formats {

class Output
{
public:
    // A file that exists keeps its permissions, a new one is for its owner only.
    static Result<std::unique_ptr<Output>> create(const std::string& path, Packing packing);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void add(std::string_view text)
    {
        if (kBuffer - m_used < text.size())
            return addLarge(text);
        text.copy(m_buffer.get() + m_used, text.size());
        m_used += text.size();
    }
    void add(char c) { add(std::string_view(&c, 1)); }
    void addInteger(int64_t value);
    void addMicroseconds(int64_t ns); // "12.345"
    void addDouble(double value);
    void addString(std::string_view utf8); // quoted JSON; bytes that are no UTF-8 become U+FFFD

    bool failed() const { return m_error != 0; } // disk full …: stop early, commit() says why
    Status commit();

private:
    Output() = default;
    void addLarge(std::string_view text);
    void flush();
    void write(const char* data, size_t size);

    static constexpr size_t kBuffer = 1 << 20;
    std::string m_path, m_temporary;
    std::unique_ptr<char[]> m_buffer;
    std::unique_ptr<Packer> m_packer;
    size_t m_used = 0;
    int m_fd = -1;
    int m_error = 0;
};

void appendJsonString(std::string& out, std::string_view utf8);
std::string cleanUtf8(std::string_view text); // bytes that are no UTF-8 become U+FFFD

} // namespace calltide::formats
