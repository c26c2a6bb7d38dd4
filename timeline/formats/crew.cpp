// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/crew.h"

namespace calltide::formats {

Crew::Crew(size_t helpers)
    : m_size(helpers)
{
}

Crew::~Crew()
{
    finish();
    {
        const std::lock_guard hold(m_lock);
        m_over = true;
    }
    m_begun.notify_all();
    for (std::thread& t : m_helpers)
        t.join();
}

void Crew::begin(size_t pieces, std::function<void(size_t, size_t)> work)
{
    m_work = std::move(work);
    m_pieces = pieces;
    m_next = 0;
    if (m_size == 0 || pieces < 2)
        return;
    for (size_t i = m_helpers.size(); i < m_size; i++)
        m_helpers.emplace_back([this, i] { help(i + 1); });
    {
        const std::lock_guard hold(m_lock);
        m_round++;
        m_busy = m_helpers.size();
    }
    m_begun.notify_all();
}

void Crew::finish()
{
    work(0);
    std::unique_lock hold(m_lock);
    m_idle.wait(hold, [this] { return m_busy == 0; });
    m_pieces = 0;
}

void Crew::work(size_t who)
{
    for (size_t i; (i = m_next.fetch_add(1)) < m_pieces;)
        m_work(i, who);
}

void Crew::help(size_t who)
{
    uint64_t seen = 0;
    for (;;) {
        {
            std::unique_lock hold(m_lock);
            m_begun.wait(hold, [&] { return m_over || m_round != seen; });
            if (m_over)
                return;
            seen = m_round;
        }
        work(who);
        const std::lock_guard hold(m_lock);
        if (--m_busy == 0)
            m_idle.notify_one();
    }
}

} // namespace calltide::formats
