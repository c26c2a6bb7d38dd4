// SPDX-License-Identifier: GPL-3.0-or-later
// Python's marshal format as far as profiles need it: numbers, text, tuples and dictionaries. Bounded in depth and by the
// bytes that are there. Of a code object, by which profile.py names what it ran, only the names are taken (CPython 3.3 and
// newer); nothing is ever executed.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calltide::formats {

struct MarshalValue
{
    enum Kind : uint8_t
    {
        End, // of a dictionary
        None,
        Integer,
        Real,
        Text,
        Tuple,
        Dictionary // items: key, value, key, value …
    };
    Kind kind = None;
    int64_t integer = 0;
    double real = 0;
    std::string_view text; // in the file, or kept by the reader: a value may be referred to many times
    std::shared_ptr<const std::vector<MarshalValue>> items; // shared for the same reason

    double number() const { return kind == Integer ? double(integer) : real; }
    bool isNumber() const { return kind == Integer || kind == Real; }
    size_t size() const { return items ? items->size() : 0; }
    const MarshalValue& at(size_t i) const { return (*items)[i]; }
};

class MarshalReader
{
public:
    explicit MarshalReader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }
    // The next whole value; nothing when it is damaged, cut off, too deep or of another kind.
    std::optional<MarshalValue> read(int depth = 0);
    size_t offset() const { return m_at; }
    // Steps into a dictionary, whose keys and values are then read one by one until End.
    bool enterDictionary();

private:
    static constexpr int kGreatestDepth = 100; // functions within functions
    bool has(uint64_t n) const { return n <= m_bytes.size() - m_at; }
    uint64_t little(int bytes); // has(bytes) was asked
    std::optional<MarshalValue> sequence(uint64_t count, int depth);
    std::optional<MarshalValue> code(int depth);

    std::string_view m_bytes;
    size_t m_at = 0;
    std::vector<MarshalValue> m_references;
    std::deque<std::string> m_made; // texts that do not stand in the file
};

} // namespace calltide::formats
