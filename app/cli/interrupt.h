// SPDX-License-Identifier: GPL-3.0-or-later
// While there is one, Ctrl+C and its like end what runs so that nothing half done is left behind; end() then ends the
// program as the signal would have. One at a time.
#pragma once
#include "store/progress.h"

namespace calltide::cli {

class Interrupt
{
public:
    Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    ~Interrupt();
    store::Progress* progress() { return &m_progress; }
    int end() const; // answers 1 where no signal came

private:
    store::Progress m_progress;
};

} // namespace calltide::cli
