// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of a cache file, private to this version on this kind of machine: a header, then columns one after the other,
// then the tables. Internal to ct_store.
#pragma once
#include "store/cache.h"
#include <array>
#include <cstring>
#include <type_traits>

namespace calltide::store {

inline constexpr char kCacheMagic[8] = {'C', 'T', 'C', 'A', 'C', 'H', 'E', '1'};
inline constexpr uint64_t kCacheAlign = 64, kCacheHead = 4096, kCacheBlock = 4 << 20; // bytes

// Changes whenever the structs that are written as they are do.
inline constexpr uint64_t kCacheLayout = (uint64_t(sizeof(Function)) << 56) ^ (uint64_t(sizeof(Process)) << 44)
    ^ (uint64_t(sizeof(Track)) << 36) ^ (uint64_t(sizeof(Row)) << 28) ^ (uint64_t(sizeof(Instant)) << 20)
    ^ (uint64_t(sizeof(SliceExtra)) << 12) ^ (uint64_t(sizeof(LodSpan)) << 4) ^ sizeof(Flow) ^ (uint64_t(1) << 63);

struct CacheHeader
{
    char magic[8];
    uint64_t layout;
    uint64_t fileSize;
    uint64_t tablesAt, tablesSize; // the tables hold the key, the sizes of the columns and the CRCs of all blocks before
    uint32_t tablesCrc, headerCrc; // CRC32C; the latter of everything before it
};

class CacheBytes // the tables on their way out
{
public:
    template <class T> void put(const T& value)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void text(std::string_view s)
    {
        put(uint64_t(s.size()));
        m_bytes.append(s);
    }
    template <class T> void list(const std::vector<T>& all)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        put(uint64_t(all.size()));
        m_bytes.append(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(T));
    }
    const std::string& bytes() const { return m_bytes; }

private:
    std::string m_bytes;
};

class CacheTables // … and back; after a failure everything is empty
{
public:
    CacheTables(const uint8_t* data, size_t size)
        : m_at(data)
        , m_left(size)
    {
    }
    template <class T> T get()
    {
        T value{};
        if (m_left < sizeof value) {
            fail();
            return value;
        }
        std::memcpy(&value, m_at, sizeof value);
        skip(sizeof value);
        return value;
    }
    std::string text()
    {
        const auto size = get<uint64_t>();
        if (size > m_left) {
            fail();
            return {};
        }
        std::string s(reinterpret_cast<const char*>(m_at), size);
        skip(size);
        return s;
    }
    template <class T> void list(std::vector<T>& out)
    {
        const auto count = get<uint64_t>();
        if (count > m_left / sizeof(T)) {
            fail();
            return;
        }
        out.resize(count);
        if (count)
            std::memcpy(static_cast<void*>(out.data()), m_at, count * sizeof(T));
        skip(count * sizeof(T));
    }
    uint64_t count(size_t leastEach) // of things that are read one by one
    {
        const auto n = get<uint64_t>();
        if (n > m_left / leastEach) {
            fail();
            return 0;
        }
        return n;
    }
    void fail()
    {
        m_failed = true;
        m_left = 0;
    }
    bool failed() const { return m_failed; }

private:
    void skip(size_t n)
    {
        m_at += n;
        m_left -= n;
    }
    const uint8_t* m_at;
    size_t m_left;
    bool m_failed = false;
};

} // namespace calltide::store
