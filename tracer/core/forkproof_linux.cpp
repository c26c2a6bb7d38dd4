// SPDX-License-Identifier: Apache-2.0
#include "core/forkproof.h"
#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace calltide::core {

namespace {

#ifndef MADV_WIPEONFORK
constexpr int MADV_WIPEONFORK = 18;
#endif

void* map(size_t bytes)
{
    void* m = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED)
        throw std::bad_alloc();
    madvise(m, bytes, MADV_WIPEONFORK);
    return m;
}

uint32_t g_before = 1; // until markProcess()
uint32_t* g_page = nullptr;

} // namespace

const volatile uint32_t* g_processMark = &g_before;

void markProcess()
{
    if (!g_page)
        g_page = static_cast<uint32_t*>(map(size_t(sysconf(_SC_PAGESIZE))));
    *g_page = 1;
    g_processMark = g_page;
}

ShadowStack::~ShadowStack()
{
    if (m_words)
        munmap(m_words, m_bytes);
}

void ShadowStack::resize(size_t words)
{
    constexpr size_t kPage = 4096;
    const size_t bytes = (words * sizeof *m_words + kPage - 1) & ~(kPage - 1);
    if (!m_words) {
        m_words = static_cast<uint32_t*>(map(bytes));
    } else if (bytes > m_bytes) {
        void* m = mremap(m_words, m_bytes, bytes, MREMAP_MAYMOVE);
        if (m == MAP_FAILED)
            throw std::bad_alloc();
        m_words = static_cast<uint32_t*>(m);
    } else {
        return;
    }
    m_bytes = bytes;
    m_size = bytes / sizeof *m_words;
}

} // namespace calltide::core
