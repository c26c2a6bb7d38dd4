// SPDX-License-Identifier: GPL-3.0-or-later
// Things that belong together by a text: there may be millions of texts with two things each, so all lie in one list
// until they are looked at. One thread.
#pragma once
#include "formats/interner.h"
#include <span>
#include <utility>
#include <vector>

namespace calltide::formats::json {

template <class T> class Keyed
{
public:
    void add(std::string_view key, T thing)
    {
        m_keys.push_back(m_ids.id(key));
        m_things.push_back(std::move(thing));
    }
    // f(std::span<T>) for each text, in the order in which they came first, the things of each as they came; false: stop.
    template <class F> void forEach(F&& f)
    {
        std::vector<size_t> first(m_ids.size() + 1, 0);
        for (const uint32_t key : m_keys)
            first[key + 1]++;
        for (size_t i = 1; i < first.size(); i++)
            first[i] += first[i - 1];
        std::vector<size_t> next(first.begin(), first.end() - 1);
        std::vector<T> sorted(m_things.size());
        for (size_t i = 0; i < m_things.size(); i++)
            sorted[next[m_keys[i]]++] = std::move(m_things[i]);
        m_things = std::move(sorted);
        m_keys = {};
        for (size_t k = 0; k + 1 < first.size(); k++)
            if (!f(std::span(m_things).subspan(first[k], first[k + 1] - first[k])))
                return;
    }
    void clear() { *this = {}; }

private:
    Interner m_ids;
    std::vector<uint32_t> m_keys; // by thing
    std::vector<T> m_things;
};

} // namespace calltide::formats::json
