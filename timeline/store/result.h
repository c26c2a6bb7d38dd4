// SPDX-License-Identifier: GPL-3.0-or-later
// Result<T>: a value or an Error. Everything that reads, writes or starts something returns one; no exception crosses
// a library's border. (std::expected is C++23.)
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace calltide {

enum class ErrorCode : uint8_t {
    NotFound,     // the file or program is not there
    NoPermission,
    NotSupported, // a format or version that is not ours to read
    Damaged,      // recognised, but cannot be used
    Io,           // disk full, read error
    Cancelled,    // the user stopped it: an end state of its own, never shown as an error
    Invalid,      // wrong arguments
};

struct Error
{
    ErrorCode code = ErrorCode::Io;
    std::string message; // one sentence for the user that names the thing and says what to do; UTF-8, plain text
    int64_t offset = -1; // byte in the file, or -1
};

template <class T>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_v(std::move(value)) { }
    Result(Error error) : m_v(std::move(error)) { }

    explicit operator bool() const { return m_v.index() == 0; }
    T& value() { return std::get<0>(m_v); }
    const T& value() const { return std::get<0>(m_v); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const Error& error() const { return std::get<1>(m_v); }

private:
    std::variant<T, Error> m_v;
};

struct Ok
{
};
using Status = Result<Ok>;

} // namespace calltide
