// SPDX-License-Identifier: Apache-2.0
#include "core/recorder.h"
#include <algorithm>
#include <unistd.h>

namespace calltide::core {

using namespace format;

std::unique_ptr<Recorder> Recorder::create(const Options& options, std::string& error)
{
    initClock();
    std::unique_ptr<Recorder> r(new Recorder(options));
    const ClockSample now = sampleClocks();
    error = r->m_file.create(options.path, options.identity, now, options.limit);
    if (!error.empty())
        return nullptr;
    r->m_tables.clock(now);
    r->m_lastSample = now.units;
    if (error = r->m_file.error(); !error.empty()) {
        unlink(options.path.c_str());
        return nullptr;
    }
    return r;
}

Thread* Recorder::addThread(ThreadWriter* writer, const ThreadRecord& record)
{
    std::lock_guard lock(m_mutex);
    if (stopped())
        return nullptr;
    auto owned = std::make_unique<Thread>();
    Thread* t = owned.get();
    t->recorder = this;
    t->index = m_threadCount++;
    t->record = record;
    t->shadow.resize(1024 + kBlockSize);
    t->shadow.data()[0] = kShadowBottom;
    if (m_options.minDuration > 0)
        t->leastUnits = uint64_t(((unsigned __int128)(m_options.minDuration) << 32) / g_clock.nsPerUnit);
    t->writer = writer ? writer : &t->parked;
    t->gilWaits = writer ? &t_gilWaits : nullptr;
    *t->writer = ThreadWriter {};
    t->writer->thread = t;
    t->writer->top = t->shadow.data() + 1;
    t->writer->last = nowUnits();
    t->record.start = t->writer->last;
    m_tables.thread(t->index, t->record);
    m_threads.push_back(std::move(owned));
    return t;
}

void Recorder::adopt(Thread* thread, ThreadWriter* writer)
{
    std::lock_guard lock(m_mutex);
    *writer = thread->parked;
    thread->writer = writer;
    thread->gilWaits = &t_gilWaits;
}

void Recorder::parkAll(const std::function<void(Thread*)>& parked)
{
    std::lock_guard lock(m_mutex);
    for (const auto& t : m_threads) {
        t->writer->leaveAll();
        if (t->writer == &t->parked)
            continue;
        t->parked = *t->writer;
        *t->writer = ThreadWriter {};
        t->writer = &t->parked;
        t->gilWaits = nullptr;
        parked(t.get());
    }
}

bool Recorder::isOpen(std::span<const uint32_t> ids, bool callsC)
{
    std::lock_guard lock(m_mutex);
    for (const auto& t : m_threads) {
        if (t->hidden)
            return true;
        const uint32_t* end = t->writer->top;
        for (const uint32_t* p = t->shadow.data() + 1; p < end; p++) {
            const bool is = std::find(ids.begin(), ids.end(), *p) != ids.end();
            if (is && (!callsC || (p + 1 < end && p[1] >= kShadowC)))
                return true;
        }
    }
    return false;
}

void Recorder::rename(Thread* thread, uint32_t name)
{
    if (thread->record.name == name || stopped())
        return;
    thread->record.name = name;
    m_tables.thread(thread->index, thread->record);
}

void Recorder::endThread(Thread* thread)
{
    std::lock_guard lock(m_mutex);
    const auto it = std::find_if(m_threads.begin(), m_threads.end(), [&](const auto& t) { return t.get() == thread; });
    if (it == m_threads.end())
        return;
    if (!stopped()) {
        thread->writer->seal();
        thread->record.end = nowUnits();
        m_tables.thread(thread->index, thread->record);
    }
    *thread->writer = ThreadWriter {};
    m_threads.erase(it);
}

void Recorder::stop()
{
    std::lock_guard lock(m_mutex);
    if (m_stopped)
        return;
    for (const auto& t : m_threads)
        t->writer->writePending();
    m_stopped = true;
    for (const auto& t : m_threads) {
        // Its last call has returned, but the system has not yet told us of the thread's end.
        if (!(t->record.flags & 1) && t->sequence && t->writer->depth() == 0) {
            t->record.end = t->writer->last;
            m_tables.thread(t->index, t->record);
        }
        t->writer->seal();
        *t->writer = ThreadWriter {};
    }
    m_threads.clear();
    m_tables.clock(sampleClocks());
    m_tables.reserveEnd();
    // From here on only the exit status can be added; a process that dies by a signal of its own at its end, as Python
    // does after Ctrl+C, has no chance to do so.
    m_file.finish(State::Closed);
}

void Recorder::writeEnd(int32_t status, bool known) { m_tables.end(nowUnits(), status, known); }

void Recorder::close()
{
    stop();
    m_tables.seal(nowUnits());
    m_file.finish(State::Closed);
    m_tables.forgetStrings();
}

uint32_t Recorder::takeId(bool pair) { return m_ids.fetch_add(pair ? 2 : 1); }

uint32_t Recorder::takeShortId(bool pair)
{
    const uint32_t id = m_shortIds.load();
    if (id + (pair ? 1 : 0) >= kFirstLongId)
        return 0;
    m_shortIds = id + (pair ? 2 : 1);
    return id;
}

void Recorder::chunkSwitched(uint64_t units)
{
    m_file.heartbeat(units);
    const uint64_t second = (1'000'000'000ull << 32) / g_clock.nsPerUnit;
    uint64_t last = m_lastSample.load(std::memory_order_relaxed);
    if (units > last + second && m_lastSample.compare_exchange_strong(last, units))
        m_tables.clock(sampleClocks());
}

void Recorder::abandon(const std::string& why)
{
    if (m_failed.exchange(true))
        return;
    m_tables.note(nowUnits(), "recording stopped: " + why, kLossOther);
    if (m_options.onFail)
        m_options.onFail();
}

// Called by a thread that found no space, from deep within its writer: nothing here may touch any writer. The others end
// when their chunks are full, or sooner if the owner is told.
void Recorder::fail()
{
    if (m_failed.exchange(true))
        return;
    const std::string text = "calltide: recording stopped: " + m_file.error() + " (" + m_file.path() + ")\n";
    if (write(STDERR_FILENO, text.data(), text.size()) < 0) {
        // Nobody is there to read it.
    }
    m_tables.note(nowUnits(), "recording stopped: " + m_file.error(), m_file.ended());
    if (m_options.onFail)
        m_options.onFail();
}

} // namespace calltide::core
