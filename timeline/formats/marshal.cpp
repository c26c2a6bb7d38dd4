// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/marshal.h"
#include "formats/jsontext.h"
#include <bit>

namespace calltide::formats {

namespace {
constexpr uint8_t kFlagReference = 0x80;
}

uint64_t MarshalReader::little(int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= uint64_t(uint8_t(m_bytes[m_at + size_t(i)])) << (8 * i);
    m_at += size_t(bytes);
    return v;
}

bool MarshalReader::enterDictionary()
{
    if (!has(1) || (uint8_t(m_bytes[m_at]) & ~kFlagReference) != '{')
        return false;
    if (uint8_t(m_bytes[m_at]) & kFlagReference)
        m_references.emplace_back(); // never complete while it is read
    m_at++;
    return true;
}

std::optional<MarshalValue> MarshalReader::sequence(uint64_t count, int depth)
{
    if (!has(count)) // each element takes a byte or more
        return {};
    auto items = std::make_shared<std::vector<MarshalValue>>();
    for (uint64_t i = 0; i < count; i++) {
        auto v = read(depth + 1);
        if (!v || v->kind == MarshalValue::End)
            return {};
        items->push_back(std::move(*v));
    }
    MarshalValue tuple;
    tuple.kind = MarshalValue::Tuple;
    tuple.items = std::move(items);
    return tuple;
}

// Numbers, then objects, of which versions have different ones:
//   3.3–3.7   5 numbers  code constants names variables free cell file name          line table
//   3.8–3.10  6 numbers  code constants names variables free cell file name          line table
//   3.11–     5 numbers  code constants names variables kinds file name qualified    line table exceptions
std::optional<MarshalValue> MarshalReader::code(int depth)
{
    const auto isBytes = [&](size_t i) { return m_at + i < m_bytes.size() && (uint8_t(m_bytes[m_at + i]) & ~kFlagReference) == 's'; };
    const bool six = isBytes(24); // else there stands a length's highest byte
    if (!six && !isBytes(20))
        return {};
    m_at += six ? 24 : 20;
    std::vector<MarshalValue> objects;
    const auto next = [&](size_t count) {
        while (objects.size() < count) {
            auto v = read(depth + 1);
            if (!v || v->kind == MarshalValue::End)
                return false;
            objects.push_back(std::move(*v));
        }
        return true;
    };
    if (!next(8) || !has(4))
        return {};
    const bool newer = objects[4].kind == MarshalValue::Text; // kinds of variables
    const MarshalValue &file = objects[newer ? 5 : 6], &name = objects[newer ? 6 : 7];
    if (file.kind != MarshalValue::Text || name.kind != MarshalValue::Text)
        return {};
    MarshalValue text;
    text.kind = MarshalValue::Text;
    const uint64_t line = little(4);
    constexpr size_t kMost = 1000; // letters of each: many objects may refer to one long text
    text.text = m_made.emplace_back("<code object " + std::string(name.text.substr(0, kMost)) + ", file \"" + std::string(file.text.substr(0, kMost))
        + "\", line " + std::to_string(line) + ">");
    if (!next(newer ? 10 : 9))
        return {};
    return text;
}

std::optional<MarshalValue> MarshalReader::read(int depth)
{
    if (depth > kGreatestDepth || !has(1))
        return {};
    const uint8_t byte = uint8_t(m_bytes[m_at++]);
    const char type = char(byte & ~kFlagReference);
    const size_t place = m_references.size();
    if (byte & kFlagReference)
        m_references.emplace_back(); // numbered when it begins, known when it ends
    MarshalValue v;
    const auto text = [&](int lengthBytes) {
        if (!has(uint64_t(lengthBytes)))
            return false;
        const uint64_t n = little(lengthBytes);
        if (!has(n))
            return false;
        v.kind = MarshalValue::Text;
        v.text = m_bytes.substr(m_at, size_t(n));
        m_at += size_t(n);
        return true;
    };
    switch (type) {
    case '0':
        v.kind = MarshalValue::End;
        break;
    case 'N':
    case 'S': // StopIteration
    case '.': // Ellipsis
        break;
    case 'T':
    case 'F':
        v.kind = MarshalValue::Integer;
        v.integer = type == 'T';
        break;
    case 'i':
        if (!has(4))
            return {};
        v.kind = MarshalValue::Integer;
        v.integer = int32_t(little(4));
        break;
    case 'I':
        if (!has(8))
            return {};
        v.kind = MarshalValue::Integer;
        v.integer = int64_t(little(8));
        break;
    case 'l': { // 15 bits a digit, the sign with the count
        if (!has(4))
            return {};
        const int64_t count = int32_t(little(4));
        const uint64_t digits = uint64_t(count < 0 ? -count : count);
        if (!has(digits * 2))
            return {};
        uint64_t sum = 0;
        bool fits = digits <= 5;
        for (uint64_t d = 0; d < digits; d++) {
            const uint64_t digit = little(2) & 0x7FFF;
            if (d < 4)
                sum |= digit << (15 * d);
            else if (d == 4 && digit < 8)
                sum |= digit << 60;
            else
                fits = false;
        }
        v.kind = MarshalValue::Integer;
        v.integer = !fits ? INT64_MAX : int64_t(sum);
        if (count < 0)
            v.integer = -v.integer;
        break;
    }
    case 'g':
        if (!has(8))
            return {};
        v.kind = MarshalValue::Real;
        v.real = std::bit_cast<double>(little(8));
        break;
    case 'y': // complex: the real part is enough
        if (!has(16))
            return {};
        v.kind = MarshalValue::Real;
        v.real = std::bit_cast<double>(little(8));
        little(8);
        break;
    case 'f': { // text, before Python 2.5
        if (!text(1))
            return {};
        v.kind = MarshalValue::Real;
        v.real = json::parseDouble(v.text).value_or(0);
        break;
    }
    case 's':
    case 't':
    case 'u':
    case 'a':
    case 'A':
        if (!text(4))
            return {};
        break;
    case 'z':
    case 'Z':
        if (!text(1))
            return {};
        break;
    case ')':
    case '(':
    case '[':
    case '<':
    case '>': // sets
    case ':': { // slices
        const int bytes = type == ')' ? 1 : 4;
        if (type != ':' && !has(uint64_t(bytes)))
            return {};
        auto tuple = sequence(type == ':' ? 3 : little(bytes), depth);
        if (!tuple)
            return {};
        v = std::move(*tuple);
        break;
    }
    case '{': {
        auto items = std::make_shared<std::vector<MarshalValue>>();
        for (;;) {
            auto item = read(depth + 1);
            if (!item)
                return {};
            if (item->kind == MarshalValue::End) {
                if (items->size() % 2)
                    return {};
                break;
            }
            items->push_back(std::move(*item));
        }
        v.kind = MarshalValue::Dictionary;
        v.items = std::move(items);
        break;
    }
    case 'c': {
        auto name = code(depth);
        if (!name)
            return {};
        v = std::move(*name);
        break;
    }
    case 'r': {
        if (!has(4))
            return {};
        const uint64_t i = little(4);
        if (i >= m_references.size() || (i == place && (byte & kFlagReference)))
            return {};
        v = m_references[size_t(i)];
        break;
    }
    default:
        return {};
    }
    if (byte & kFlagReference)
        m_references[place] = v;
    return v;
}

} // namespace calltide::formats
