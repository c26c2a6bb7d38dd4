// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sourceoutline.h"
#include <algorithm>

namespace calltide::ui {
namespace {

bool isWord(char c)
{
    const auto u = static_cast<unsigned char>(c);
    return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}

bool startsWithWord(std::string_view text, std::string_view word)
{
    return text.starts_with(word) && (text.size() == word.size() || !isWord(text[word.size()]));
}

// Replaces strings and comments by spaces; line ends stay. Says of each line whether it goes on from the one before.
std::vector<bool> blank(std::string& code)
{
    std::vector<bool> goesOn{false};
    int brackets = 0;
    const auto endLine = [&](bool on) { goesOn.push_back(on); };
    for (size_t i = 0; i < code.size();) {
        const char c = code[i];
        if (c == '\n') {
            endLine(brackets > 0);
            ++i;
        } else if (c == '#') {
            while (i < code.size() && code[i] != '\n')
                code[i++] = ' ';
        } else if (c == '\\' && i + 1 < code.size() && code[i + 1] == '\n') {
            code[i] = ' ';
            endLine(true);
            i += 2;
        } else if (c == '"' || c == '\'') {
            const bool triple = i + 2 < code.size() && code[i + 1] == c && code[i + 2] == c;
            const size_t quotes = triple ? 3 : 1;
            for (size_t q = 0; q < quotes; ++q)
                code[i++] = ' ';
            while (i < code.size()) {
                if (code[i] == '\n') {
                    if (!triple)
                        break; // not closed
                    endLine(true);
                    ++i;
                } else if (code[i] == '\\' && i + 1 < code.size()) {
                    code[i++] = ' ';
                    if (code[i] == '\n')
                        endLine(true);
                    else
                        code[i] = ' ';
                    ++i;
                } else if (code.compare(i, quotes, std::string(quotes, c)) == 0) {
                    for (size_t q = 0; q < quotes; ++q)
                        code[i++] = ' ';
                    break;
                } else {
                    code[i++] = ' ';
                }
            }
        } else {
            brackets += (c == '(' || c == '[' || c == '{') ? 1 : (c == ')' || c == ']' || c == '}') ? -1 : 0;
            brackets = std::max(brackets, 0);
            ++i;
        }
    }
    return goesOn;
}

} // namespace

SourceOutline::SourceOutline(std::string_view text)
    : m_code(text)
{
    const std::string original(text);
    const std::vector<bool> goesOn = blank(m_code);
    size_t begin = 0;
    for (const bool on : goesOn) {
        Line line{begin, std::min(m_code.find('\n', begin), m_code.size())};
        size_t i = line.begin;
        for (; i < line.end && (m_code[i] == ' ' || m_code[i] == '\t' || m_code[i] == '\r'); ++i)
            if (original[i] != m_code[i]) // a string or a comment stood there
                break;
        line.indent = int(i - line.begin);
        const std::string_view code = std::string_view(m_code).substr(i, line.end - i);
        const bool comment = i < line.end && original[i] == '#';
        line.starts = !on && i < line.end && !comment;
        line.definition = line.starts && (startsWithWord(code, "def") || startsWithWord(code, "class")
                              || (startsWithWord(code, "async") && code.find(" def ") != code.npos));
        m_lines.push_back(line);
        begin = line.end + 1;
    }
}

size_t SourceOutline::bodyEnd(size_t definition) const
{
    size_t end = definition + 1;
    while (end < m_lines.size() && (!m_lines[end].starts || m_lines[end].indent > m_lines[definition].indent))
        ++end;
    return end;
}

std::vector<int> SourceOutline::ownLines(int line) const
{
    std::vector<int> out;
    size_t from = line > 0 ? size_t(line - 1) : 0, to = m_lines.size();
    if (line > 0) {
        if (from >= m_lines.size())
            return out;
        while (from + 1 < m_lines.size() && (!m_lines[from].starts || m_code[m_lines[from].begin + size_t(m_lines[from].indent)] == '@'))
            ++from;
        if (!m_lines[from].definition) { // a lambda, a generator expression: the statement it stands in
            to = from + 1;
            while (to < m_lines.size() && !m_lines[to].starts)
                ++to;
        } else {
            to = bodyEnd(from);
            out.push_back(int(from) + 1);
            ++from;
        }
    }
    while (from < to) {
        out.push_back(int(from) + 1);
        from = m_lines[from].definition ? bodyEnd(from) : from + 1;
    }
    return out;
}

std::unordered_map<std::string_view, std::vector<int>> SourceOutline::calledNames(const std::vector<int>& lines) const
{
    std::unordered_map<std::string_view, std::vector<int>> out;
    const std::string_view code = m_code;
    for (const int number : lines) {
        const Line& line = m_lines[size_t(number) - 1];
        std::string_view before; // the word in front
        for (size_t i = line.begin; i < line.end;) {
            if (!isWord(code[i])) {
                if (code[i] != ' ')
                    before = {};
                ++i;
                continue;
            }
            size_t end = i;
            while (end < line.end && isWord(code[end]))
                ++end;
            const std::string_view word = code.substr(i, end - i);
            size_t next = end;
            while (next < line.end && code[next] == ' ')
                ++next;
            if (next < line.end && code[next] == '(' && before != "def" && before != "class") {
                auto& places = out[word];
                if (places.empty() || places.back() != number)
                    places.push_back(number);
            }
            before = word;
            i = end;
        }
    }
    return out;
}

std::string_view calledBy(std::string_view name)
{
    const auto last = [&] {
        const size_t dot = name.rfind('.');
        const std::string_view part = dot == name.npos ? name : name.substr(dot + 1);
        name = dot == name.npos ? std::string_view() : name.substr(0, dot);
        return part;
    };
    std::string_view part = last();
    if ((part == "__init__" || part == "__new__") && !name.empty())
        part = last();
    return part.starts_with('<') ? std::string_view() : part;
}

} // namespace calltide::ui
