// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings to begin with, and their checksums.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fuzz {

std::vector<std::string> sampleRecordings();

// Makes the checksums of whatever looks like a recording's header, chunks and table records right again.
void repairChecksums(uint8_t* data, size_t size);

} // namespace fuzz
