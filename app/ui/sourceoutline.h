// SPDX-License-Identifier: GPL-3.0-or-later
// SourceOutline: Python source taken apart as far as needed to know which lines are a function's own and what is called
// by name in them. Wrong source gives a wrong answer, never an error. Lines count from 1. No Qt; any thread.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace calltide::ui {

class SourceOutline
{
public:
    explicit SourceOutline(std::string_view text);

    int lineCount() const { return int(m_lines.size()); }
    // The lines of the function that begins at `line` (of its first decorator, if it has one), without those of the
    // functions and classes inside it. 0 stands for the module.
    std::vector<int> ownLines(int line) const;
    // Names followed by a parenthesis, with the lines among these where they stand.
    std::unordered_map<std::string_view, std::vector<int>> calledNames(const std::vector<int>& lines) const;

private:
    struct Line
    {
        size_t begin = 0, end = 0; // in m_code
        int indent = 0;
        bool starts = false; // a statement; false: goes on from the line before, or nothing but a comment stands there
        bool definition = false; // def, async def, class
    };
    size_t bodyEnd(size_t definition) const; // index of the first line behind it

    std::string m_code; // the text with spaces for strings and comments
    std::vector<Line> m_lines;
};

// What the function is called by where it is called: "Shop.checkout" by checkout, "Shop.__init__" by Shop. Empty: by
// no name ("<lambda>").
std::string_view calledBy(std::string_view qualifiedName);

} // namespace calltide::ui
