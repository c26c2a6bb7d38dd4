// SPDX-License-Identifier: Apache-2.0
// Children that the recorder does not reach by their environment, told by their command lines: the recorder, calltide-follow
// and the reader of recordings must see them alike.
#pragma once
#include <string>
#include <vector>

namespace calltide::format {

// A file's path, by its name.
inline bool namedPython(const std::string& executable)
{
    return executable.compare(executable.rfind('/') + 1, 6, "python") == 0;
}

// The option of the interpreter's ('I', 'E', 'S') that keeps the environment or the module site away; 0: none.
inline char shutOffBy(const std::vector<std::string>& command)
{
    for (size_t i = 1; i < command.size(); i++) {
        const std::string& word = command[i];
        if (word.size() < 2 || word[0] != '-' || word == "--")
            return 0;
        if (word[1] == '-') {
            i += word == "--check-hash-based-pycs";
            continue;
        }
        for (size_t k = 1; k < word.size(); k++) {
            const char c = word[k];
            if (c == 'I' || c == 'E' || c == 'S')
                return c;
            if (c == 'c' || c == 'm')
                return 0;
            if (c == 'W' || c == 'X') {
                i += k + 1 == word.size();
                break;
            }
        }
    }
    return 0;
}

} // namespace calltide::format
