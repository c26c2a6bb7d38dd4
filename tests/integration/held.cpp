// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into an interpreter: holds it before it is up or when it is over (HELD=start, HELD=end), says so on its standard
// output and goes on when its standard input says something.
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace {

void hold(const char* when)
{
    const char* wanted = getenv("HELD");
    char c;
    if (wanted && std::strcmp(wanted, when) == 0 && write(1, "HELD\n", 5) == 5 && read(0, &c, 1) < 0)
        abort();
}

__attribute__((constructor)) void begin() { hold("start"); }
__attribute__((destructor)) void end() { hold("end"); }

} // namespace
