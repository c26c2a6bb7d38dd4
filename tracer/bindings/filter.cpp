// SPDX-License-Identifier: Apache-2.0
#include "bindings/filter.h"
#include <cstdlib>
#include <unistd.h>

namespace calltide::bindings {
namespace {

constexpr size_t kLongestForRegex = 2000; // the library's matcher needs stack for each character

// One set "[a-z]" or "[!a-z]" at `at`, which is behind its "["; `at` is moved behind its "]". False too if it never ends.
bool setMatches(std::string_view pattern, size_t& at, char c, bool& ends)
{
    const bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    at += inverted;
    bool found = false;
    const size_t first = at;
    for (; at < pattern.size() && (pattern[at] != ']' || at == first); ++at) {
        if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
            found = found || (pattern[at] <= c && c <= pattern[at + 2]);
            at += 2;
        } else {
            found = found || pattern[at] == c;
        }
    }
    ends = at < pattern.size();
    ++at;
    return found != inverted;
}

std::string realPath(const std::string& path)
{
    char* found = realpath(path.c_str(), nullptr);
    std::string out = found ? found : path;
    std::free(found);
    return out;
}

std::string absolute(const std::string& path)
{
    if (path.empty() || path[0] == '/' || path[0] == '*' || path[0] == '<')
        return path;
    char* folder = getcwd(nullptr, 0);
    std::string out = folder ? std::string(folder) + "/" : std::string();
    std::free(folder);
    std::string_view rest = path;
    while (rest.starts_with("./"))
        rest.remove_prefix(2);
    return out + std::string(rest);
}

bool isIn(std::string_view path, std::string_view folder)
{
    while (folder.size() > 1 && folder.back() == '/')
        folder.remove_suffix(1);
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

} // namespace

// Greedy with one place to come back to: never more than |pattern| × |text| steps.
bool globMatches(std::string_view pattern, std::string_view text)
{
    size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        size_t next = p + 1;
        bool matched = false, ends = true;
        if (p < pattern.size()) {
            if (pattern[p] == '*') {
                star = p++;
                from = t;
                continue;
            }
            if (pattern[p] == '[') {
                matched = setMatches(pattern, next, text[t], ends);
                if (!ends) {
                    next = p + 1;
                    matched = text[t] == '[';
                }
            } else {
                matched = pattern[p] == '?' || pattern[p] == text[t];
            }
        }
        if (matched) {
            p = next;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

Pattern::Pattern(std::string text)
{
    if (text.starts_with("re:")) {
        m_isRegex = true;
        m_regex = std::regex(text.substr(3), std::regex::ECMAScript | std::regex::optimize);
        return;
    }
    m_wild = text.find_first_of("*?[") != std::string::npos;
    m_glob = std::move(text);
    m_absolute = m_wild ? absolute(m_glob) : realPath(absolute(m_glob));
}

bool Pattern::matches(const std::string& text) const
{
    if (m_isRegex)
        return text.size() <= kLongestForRegex && std::regex_search(text, m_regex);
    return globMatches(m_glob, text);
}

bool Pattern::matchesFile(const std::string& path) const
{
    if (m_isRegex)
        return matches(path);
    if (m_wild)
        return globMatches(m_glob, path) || globMatches(m_absolute, path) || globMatches("*/" + m_glob, path);
    const bool ending = path.size() > m_glob.size() && path.ends_with(m_glob) && path[path.size() - m_glob.size() - 1] == '/';
    return path == m_glob || ending || isIn(path, m_absolute);
}

bool Pattern::matchesText(const std::string& text) const
{
    return m_isRegex || m_wild ? matches(text) : text.find(m_glob) != std::string::npos;
}

void Patterns::set(const std::vector<std::string>& texts)
{
    m_patterns.clear();
    for (const std::string& text : texts)
        m_patterns.emplace_back(text);
}

bool Patterns::matchFile(const std::string& path) const
{
    for (const Pattern& p : m_patterns)
        if (p.matchesFile(path))
            return true;
    return false;
}

bool Patterns::matchText(const std::string& text) const
{
    return std::any_of(m_patterns.begin(), m_patterns.end(), [&](const Pattern& p) { return p.matchesText(text); });
}

bool Patterns::matchFunction(const std::string& name, const std::string& qualified, const std::string& module) const
{
    for (const Pattern& p : m_patterns)
        if (p.matches(qualified) || p.matches(name) || (!module.empty() && p.matches(module + "." + qualified)))
            return true;
    return false;
}

std::string wrongPattern(const Options& options)
{
    const std::pair<const char*, const std::vector<std::string>*> lists[] = {
        {"args_of", &options.argsOf},
        {"include_files", &options.includeFiles},
        {"exclude_files", &options.excludeFiles},
        {"include_functions", &options.includeFunctions},
        {"exclude_functions", &options.excludeFunctions},
        {"include_children", &options.includeChildren},
        {"exclude_children", &options.excludeChildren},
    };
    for (const auto& [option, patterns] : lists) {
        for (const std::string& text : *patterns) {
            try {
                const Pattern tried(text);
            } catch (const std::regex_error& error) {
                return std::string(option) + ": " + text + " is not a regular expression: " + error.what();
            }
        }
    }
    return {};
}

std::string Filter::set(const Options& options, std::vector<std::string> library)
{
    m_files.clear();
    m_libraryModules.clear();
    m_library = std::move(library);
    m_myCodeOnly = options.myCodeOnly;
    m_ignoreFrozen = options.ignoreFrozen;
    if (std::string wrong = wrongPattern(options); !wrong.empty())
        return wrong;
    m_includeFiles.set(options.includeFiles);
    m_excludeFiles.set(options.excludeFiles);
    m_includeFunctions.set(options.includeFunctions);
    m_excludeFunctions.set(options.excludeFunctions);
    m_argsOf.set(options.argsOf);
    m_active = m_myCodeOnly || m_ignoreFrozen || !m_includeFiles.empty() || !m_excludeFiles.empty() || !m_includeFunctions.empty()
        || !m_excludeFunctions.empty();
    return {};
}

bool Filter::keepsFile(const std::string& file) const
{
    const bool frozen = file.starts_with("<frozen ");
    if (frozen && (m_ignoreFrozen || m_myCodeOnly))
        return false;
    const std::string path = file.starts_with("<") ? file : realPath(absolute(file));
    if (m_myCodeOnly) {
        if (path.find("/site-packages/") != std::string::npos || path.find("/dist-packages/") != std::string::npos)
            return false;
        for (const std::string& folder : m_library)
            if (isIn(path, folder))
                return false;
    }
    if (!m_includeFiles.empty() && !m_includeFiles.matchFile(path))
        return false;
    return !m_excludeFiles.matchFile(path);
}

bool Filter::keepsPython(
    const std::string& file, const std::string& name, const std::string& qualified, const std::string& module)
{
    if (!m_active)
        return true;
    const auto [it, isNew] = m_files.try_emplace(file, true);
    if (isNew)
        it->second = keepsFile(file);
    bool kept = it->second;
    if (m_myCodeOnly) { // made by exec(): as what else its module has
        if (file.starts_with("<"))
            kept = kept && !m_libraryModules.contains(module) && !module.starts_with("namedtuple_");
        else if (isNew && !kept)
            m_libraryModules.insert(module);
    }
    return kept && (m_includeFunctions.empty() || m_includeFunctions.matchFunction(name, qualified, module))
        && !m_excludeFunctions.matchFunction(name, qualified, module);
}

// C functions have no file: they are kept or left out with the code that calls them.
bool Filter::keepsC(const std::string& name, const std::string& qualified, const std::string& module) const
{
    return (m_includeFunctions.empty() || m_includeFunctions.matchFunction(name, qualified, module))
        && !m_excludeFunctions.matchFunction(name, qualified, module);
}

} // namespace calltide::bindings
