// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/recordingfiles.h"
#include <algorithm>
#include <filesystem>

namespace calltide::formats {

std::string childFolder(const std::string& recording)
{
    return (recording.ends_with(".calltide") ? recording : recording + ".calltide") + ".d";
}

std::vector<std::string> childRecordings(const std::string& recording)
{
    namespace fs = std::filesystem;
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::directory_iterator it(childFolder(recording), error), end; !error && it != end; it.increment(error))
        if (it->path().extension() == ".calltide" && it->is_regular_file(error))
            paths.push_back(it->path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

uint64_t recordingSize(const std::string& recording)
{
    std::vector<std::string> all = childRecordings(recording);
    all.push_back(recording);
    uint64_t sum = 0;
    for (const std::string& path : all) {
        std::error_code error;
        const auto size = std::filesystem::file_size(path, error);
        sum += error ? 0 : size;
    }
    return sum;
}

} // namespace calltide::formats
