// SPDX-License-Identifier: Apache-2.0
// Which functions are recorded: decided once for each, by its file and name. Needs no interpreter.
#pragma once
#include "bindings/options.h"
#include <regex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace calltide::bindings {

// A glob (* and ? and [a-z]; * also matches /), or a regular expression (ECMAScript, found anywhere) after "re:".
class Pattern
{
public:
    explicit Pattern(std::string text); // throws std::regex_error
    bool matches(const std::string& text) const; // the whole of it, as a glob
    // A file: its whole real path, the end of it from a folder on ("shop.py", "app/*.py"), or a folder it lies in.
    bool matchesFile(const std::string& path) const;
    bool matchesText(const std::string& text) const;

private:
    std::string m_glob, m_absolute; // the second: against the current folder at the start
    std::regex m_regex;
    bool m_isRegex = false, m_wild = false;
};

class Patterns
{
public:
    void set(const std::vector<std::string>& texts); // throws std::regex_error
    bool empty() const { return m_patterns.empty(); }
    bool matchFile(const std::string& path) const;
    // Free text: without * or ? a pattern may stand anywhere in it.
    bool matchText(const std::string& text) const;
    // `module` may be empty. Matches the bare, the qualified, and the qualified name behind its module.
    bool matchFunction(const std::string& name, const std::string& qualified, const std::string& module) const;

private:
    std::vector<Pattern> m_patterns;
};

// Empty, or a sentence that names the option and the first pattern that is not one.
std::string wrongPattern(const Options& options);

class Filter
{
public:
    // `library`: folders of the standard library. Empty, or what is wrong with a pattern.
    std::string set(const Options& options, std::vector<std::string> library);
    bool active() const { return m_active; }
    bool filtersC() const { return !m_includeFunctions.empty() || !m_excludeFunctions.empty(); }
    bool keepsPython(const std::string& file, const std::string& name, const std::string& qualified, const std::string& module);
    bool keepsC(const std::string& name, const std::string& qualified, const std::string& module) const;
    bool wantsArguments(const std::string& name, const std::string& qualified, const std::string& module) const
    {
        return m_argsOf.empty() || m_argsOf.matchFunction(name, qualified, module);
    }

private:
    bool keepsFile(const std::string& file) const;

    bool m_active = false, m_myCodeOnly = false, m_ignoreFrozen = false;
    Patterns m_includeFiles, m_excludeFiles, m_includeFunctions, m_excludeFunctions, m_argsOf;
    std::vector<std::string> m_library;
    std::unordered_map<std::string, bool> m_files; // decided
    std::unordered_set<std::string> m_libraryModules; // of files that are not the user's
};

bool globMatches(std::string_view pattern, std::string_view text);

} // namespace calltide::bindings
