// SPDX-License-Identifier: GPL-3.0-or-later
// Which files a recording is made of: the first process's, and those of its children in a folder beside it. Any thread.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace calltide::formats {

// "shop.calltide.d" of "shop.calltide".
std::string childFolder(const std::string& recording);
// The recordings in it, by name; some may be of another run.
std::vector<std::string> childRecordings(const std::string& recording);
// Bytes of them all together.
uint64_t recordingSize(const std::string& recording);

} // namespace calltide::formats
