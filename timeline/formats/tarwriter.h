// SPDX-License-Identifier: GPL-3.0-or-later
// A tar archive of files, as GNU tar writes it. Used by one thread.
#pragma once
#include "formats/output.h"
#include "store/progress.h"

namespace calltide::formats {

class TarWriter
{
public:
    // total: bytes of all files that will be added, for the progress (may be null).
    TarWriter(Output& out, store::Progress* progress, uint64_t total);
    // As many bytes as the file has when it is opened: it may be written to. Errors: it cannot be read; Cancelled.
    Status add(const std::string& path, const std::string& name);
    void finish();

private:
    void pad(uint64_t from, uint64_t to);
    void header(const std::string& name, uint64_t size, char type);

    Output& m_out;
    store::Progress* m_progress;
    uint64_t m_total, m_done = 0;
};

} // namespace calltide::formats
