// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/interrupt.h"
#include <atomic>
#include <csignal>

namespace calltide::cli {

namespace {

std::atomic<store::Progress*> g_running{nullptr};
std::atomic<int> g_signal{0};
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

void stop(int number)
{
    g_signal = number;
    if (store::Progress* running = g_running.load())
        running->cancel();
}

} // namespace

Interrupt::Interrupt()
{
    g_running = &m_progress;
    for (const int number : kSignals) {
        struct sigaction before = {};
        if (sigaction(number, nullptr, &before) != 0 || before.sa_handler != SIG_DFL)
            continue; // ignored, as nohup has it
        struct sigaction action = {};
        action.sa_handler = stop;
        action.sa_flags = SA_RESTART;
        sigaction(number, &action, nullptr);
    }
}

Interrupt::~Interrupt()
{
    g_running = nullptr;
    for (const int number : kSignals) {
        struct sigaction now = {};
        if (sigaction(number, nullptr, &now) == 0 && now.sa_handler == stop)
            std::signal(number, SIG_DFL);
    }
}

int Interrupt::end() const
{
    if (const int number = g_signal) {
        std::signal(number, SIG_DFL);
        std::raise(number);
    }
    return 1;
}

} // namespace calltide::cli
