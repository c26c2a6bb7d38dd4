// SPDX-License-Identifier: GPL-3.0-or-later
// LiveFollower: reads a recording that is still being written, in a thread of its own, and hands its states to the GUI
// thread: at most one waits there, so a busy window gets fewer and is never behind. At the end it opens the file as a
// whole.
#pragma once
#include "formats/live.h"
#include "store/progress.h"
#include <QObject>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace calltide::session {

class LiveFollower : public QObject
{
    Q_OBJECT
public:
    explicit LiveFollower(QObject* parent = nullptr);
    ~LiveFollower() override; // stops and waits: a look takes some milliseconds

    // Also for a file that is not there yet: it is waited for. One that was begun before `notBefore` (ns since the epoch)
    // is left over from another program.
    void start(const QString& path, int64_t notBefore = INT64_MIN);
    // The program is over, as its parent knows: a file that is not there by now will not come.
    void programEnded() { m_programEnded = true; }

Q_SIGNALS:
    void grown(const calltide::formats::LiveState& state);
    void ended(const calltide::store::TracePtr& trace);
    void failed(const QString& sentence); // it cannot be read, or never came (then empty); nothing follows

private:
    void run(const std::string& path, int64_t notBefore);
    bool sleep(int ms); // false: it is to stop

    std::thread m_thread;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stop = false;
    std::atomic<bool> m_waiting{false}, m_programEnded{false}; // m_waiting: a state is on its way to the GUI thread
    store::Progress m_progress; // of the last reading
};

} // namespace calltide::session
