// SPDX-License-Identifier: Apache-2.0
#include "core/gilwaits.h"
#include "core/clock.h"
#include "core/importtable.h"
#include "format/format.h"
#include <atomic>
#include <cstdlib>
#include <new>
#include <pthread.h>

namespace calltide::core {

__thread GilWaits* t_gilWaits __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

using TimedWait = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);

std::atomic<bool> g_watching {false};
uint64_t g_together = 0; // units between two waits that are one: the lock was still taken when the first had timed out
pthread_key_t g_key;
bool g_hasKey = false;

void noteWait(uint64_t from, uint64_t to)
{
    if (to < from + format::kNear) // an event that comes so soon does not look here
        return;
    GilWaits* w = t_gilWaits;
    if (!w) {
        w = new (std::nothrow) GilWaits;
        if (!w || pthread_setspecific(g_key, w) != 0) {
            delete w;
            return;
        }
        t_gilWaits = w;
    }
    if (w->count && from - w->waits[w->count - 1].to < g_together)
        w->waits[w->count - 1].to = to;
    else if (w->count == GilWaits::kMost)
        w->lost++;
    else
        w->waits[w->count++] = {from, to};
}

// Without the interpreter's lock. A thread that is cancelled is unwound through it.
int timedWait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until)
{
    if (!g_watching.load(std::memory_order_relaxed))
        return pthread_cond_timedwait(condition, mutex, until);
    const uint64_t from = nowUnits();
    const int result = pthread_cond_timedwait(condition, mutex, until);
    noteWait(from, nowUnits());
    return result;
}

ImportEntry g_wait {"pthread_cond_timedwait"};

} // namespace

bool watchGil(bool on, const void* inInterpreter)
{
    g_watching = on;
    if (!on) {
        g_wait.giveBack(); // else ours only passes calls on
        return true;
    }
    if (!g_hasKey)
        g_hasKey = pthread_key_create(&g_key, [](void* waits) {
            t_gilWaits = nullptr;
            delete static_cast<GilWaits*>(waits);
        }) == 0;
    g_together = (100'000ull << 32) / g_clock.nsPerUnit;
    g_watching = g_hasKey && g_wait.lend(inInterpreter, reinterpret_cast<void*>(static_cast<TimedWait>(timedWait)));
    return g_watching;
}

} // namespace calltide::core
