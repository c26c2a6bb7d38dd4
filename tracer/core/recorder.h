// SPDX-License-Identifier: Apache-2.0
// One recording of one process: its file, tables and threads. A recorder that was used is never destroyed: a thread may be
// on its way out with a pointer to it; close() gives nearly all of its memory back.
#pragma once
#include "core/file.h"
#include "core/forkproof.h"
#include "core/gilwaits.h"
#include "core/tables.h"
#include "core/threadwriter.h"
#include <atomic>
#include <memory>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace calltide::core {

// What is rare of a thread. Made by Recorder::addThread, destroyed by endThread or with the recorder.
struct Thread
{
    Recorder* recorder = nullptr;
    ThreadWriter* writer = nullptr; // in the thread's own storage, or `parked`
    ThreadWriter parked {};         // until a thread that ran before the recording shows up
    uint32_t index = 0, sequence = 0;
    format::ThreadRecord record {};
    Chunk chunk;
    bool missed = false;       // records, for want of a slot of the ring
    uint8_t* block = nullptr;  // start of the open block
    uint8_t* limit = nullptr;  // the writer's, while it is forced to go the slow way
    uint32_t crc = 0;          // of the chunk's bytes up to `block`
    uint32_t hidden = 0;       // topmost entries of the shadow stack that are not recorded
    uint32_t task = 0;         // that runs until a switch of its own, not with a call
    bool hidesAll = false;     // until reveal(), also when no hidden entry is open
    ShadowStack shadow;
    // With a least duration: topmost entries that are not written yet, as it is not known how long they take.
    struct Pending
    {
        uint64_t time;
        uint32_t bytes, length;
        bool c;
        std::string arguments;
        uint32_t task = 0;
    };
    std::vector<Pending> pending;
    size_t pendingWritten = 0; // of `pending`, while it is being written
    bool writesPending = false;
    uint64_t leastUnits = 0;
    GilWaits** gilWaits = nullptr; // where the thread itself has them; null: it has not shown up yet
};

class Recorder
{
public:
    struct Options
    {
        std::string path;
        Identity identity;
        // Called at each block switch, by the thread itself, with the id of its newest open entry.
        void (*onBlock)(Recorder&, uint32_t id) = nullptr;
        // Called once, by the thread that found no more space: stop() should follow soon, but not from within it.
        void (*onFail)() = nullptr;
        Limit limit;
        uint32_t maxDepth = format::kMaxDepth - 8192;
        int64_t minDuration = 0; // ns; shorter calls are left out, if events come by the slow ways
    };
    // Null, and what went wrong in `error`.
    static std::unique_ptr<Recorder> create(const Options& options, std::string& error);
    ~Recorder() = default;

    Tables& tables() { return m_tables; }
    const Options& options() const { return m_options; }

    // Registers a thread that writes through `writer` (null: parked). Null when the recording has stopped.
    Thread* addThread(ThreadWriter* writer, const format::ThreadRecord& record);
    // The thread shows up: its writer moves into its own storage.
    void adopt(Thread* thread, ThreadWriter* writer);
    // New name of a thread.
    void rename(Thread* thread, uint32_t name);
    // Seals what is open and forgets the thread. May be called without the interpreter's lock.
    void endThread(Thread* thread);

    // A pause: ends all open calls and takes the writers out of the threads' hands, until adopt() or their next event.
    void parkAll(const std::function<void(Thread*)>& parked);
    // Seals every thread; after it no event is taken. Then `finish` once more may write the end.
    void stop();
    void writeEnd(int32_t status, bool known);
    void close();

    // Whether a thread is in one of these functions (encoded ids), or with `callsC` in a C function called by one of
    // them; and true also if nobody knows, because a thread is in calls that are hidden.
    bool isOpen(std::span<const uint32_t> ids, bool callsC);

    // Ids of functions, dense from 128; `pair` takes two.
    uint32_t takeId(bool pair);
    // One of the 127 short ones; 0: none left.
    uint32_t takeShortId(bool pair);
    uint32_t takeFunctionNumber() { return ++m_functions; }

    bool stopped() const { return m_stopped.load(std::memory_order_relaxed) || m_failed.load(std::memory_order_relaxed); }
    // Takes no more events; nothing is said on standard error. Any thread, also within an event.
    void abandon(const std::string& why);
    // In the child that fork() has made, where the recorder must not be used again: see File.
    void leaveToParent() { m_file.leaveToParent(); }
    // Stops for want of space: one note to standard error, never more.
    void fail();
    // Fails if the tables found no space. False: no more ids may be used.
    bool check()
    {
        if (m_file.ended())
            fail();
        return !stopped();
    }

private:
    friend struct ThreadWriter;
    explicit Recorder(const Options& options) : m_options(options), m_tables(m_file) { }
    void chunkSwitched(uint64_t units);

    Options m_options;
    File m_file;
    Tables m_tables;
    std::mutex m_mutex; // m_threads
    std::vector<std::unique_ptr<Thread>> m_threads;
    uint32_t m_threadCount = 0;
    std::atomic<uint32_t> m_ids {format::kFirstLongId}, m_shortIds {1}, m_functions {0};
    std::atomic<bool> m_stopped {false}, m_failed {false};
    std::atomic<uint64_t> m_lastSample {0};
};

} // namespace calltide::core
