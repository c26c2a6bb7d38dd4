// SPDX-License-Identifier: Apache-2.0
// Memory that a forked process finds zeroed. fork() calls our handler, but a raw clone() does not: its child would go on
// writing through mappings that are its parent's (or that it does not have). What it reads here tells it.
// Where the system has no such memory (before Linux 4.14), it is plain memory.
#pragma once
#include <cstddef>
#include <cstdint>

namespace calltide::core {

extern const volatile uint32_t* g_processMark;
// Makes the mark of this process; again in each child that knows of itself.
void markProcess();
// This process was made by a fork that told nobody.
inline bool forkedUnseen() { return *g_processMark == 0; }

// The words of a shadow stack. resize() keeps what is there; the rest is zero. Throws std::bad_alloc.
class ShadowStack
{
public:
    ShadowStack() = default;
    ShadowStack(const ShadowStack&) = delete;
    ShadowStack& operator=(const ShadowStack&) = delete;
    ~ShadowStack();
    void resize(size_t words);
    uint32_t* data() const { return m_words; }
    size_t size() const { return m_size; }

private:
    uint32_t* m_words = nullptr;
    size_t m_size = 0, m_bytes = 0;
};

} // namespace calltide::core
