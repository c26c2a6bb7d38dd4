// SPDX-License-Identifier: GPL-3.0-or-later
// A table that copies share until one is written to again: copies cost a pointer. The copy may go to another thread;
// the one it was made from goes on being written by its own.
#pragma once
#include <memory>

namespace calltide::store {

template <class T> class Cow
{
public:
    Cow() = default;
    Cow(const Cow& other)
        : m_value(other.m_value)
        , m_shared(true)
    {
        other.m_shared = true;
    }
    Cow& operator=(const Cow&) = delete;
    const T& operator*() const { return *m_value; }
    const T* operator->() const { return m_value.get(); }
    T& write()
    {
        if (m_shared) {
            m_value = std::make_shared<T>(*m_value);
            m_shared = false;
        }
        return *m_value;
    }

private:
    std::shared_ptr<T> m_value = std::make_shared<T>();
    mutable bool m_shared = false;
};

} // namespace calltide::store
