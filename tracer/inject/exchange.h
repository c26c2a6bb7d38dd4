// SPDX-License-Identifier: Apache-2.0
// The script of one request to a running Python, and what it answers: files in a folder for this user only, gone with the
// object. The script is calltide/_boot.py with the request in front. Any thread.
#pragma once
#include <map>
#include <string>

namespace calltide::inject {

using Fields = std::map<std::string, std::string>; // values are bytes of any kind

class Exchange
{
public:
    Exchange();
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    static std::string place(); // the folder in which its own is made

    // `package`: the folder calltide. Adds where its parent is, who may claim the work and where the answer goes. Only the
    // process `pid` does the work: a child that it forks meanwhile has the request, too.
    bool write(const std::string& package, int pid, Fields fields) const;
    std::string script() const { return path("s.py"); }
    bool begun() const;
    bool answered() const;
    Fields answer() const;

private:
    std::string path(const char* name) const { return m_folder + '/' + name; }

    std::string m_folder; // empty: none could be made
};

// "key=hex;key=hex", as calltide/session.py has it.
std::string encodeFields(const Fields& fields);
Fields decodeFields(const std::string& text);
std::string toHex(const std::string& bytes);
std::string fromHex(const std::string& hex);

} // namespace calltide::inject
