// SPDX-License-Identifier: Apache-2.0
// Another process's memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

namespace calltide::inject {

class Memory
{
public:
    explicit Memory(int pid) : m_pid(pid) { }
    int pid() const { return m_pid; }

    // All or nothing; errno says why (EPERM, ESRCH, EFAULT).
    bool read(uint64_t address, void* into, size_t size) const;
    bool write(uint64_t address, const void* from, size_t size) const;

    template <class T>
    std::optional<T> get(uint64_t address) const
    {
        T value;
        if (!read(address, &value, sizeof value))
            return std::nullopt;
        return value;
    }
    template <class T>
    bool put(uint64_t address, const T& value) const { return write(address, &value, sizeof value); }

private:
    int m_pid;
};

} // namespace calltide::inject
