// SPDX-License-Identifier: Apache-2.0
#include "inject/exchange.h"
#include "inject/procfs.h"
#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace calltide::inject {

namespace {

std::string readFile(const std::string& path) // "" if it cannot be read
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

} // namespace

std::string toHex(const std::string& bytes)
{
    std::string hex;
    for (const unsigned char c : bytes) {
        hex += "0123456789abcdef"[c >> 4];
        hex += "0123456789abcdef"[c & 15];
    }
    return hex;
}

std::string fromHex(const std::string& hex)
{
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size() && digit(hex[i]) >= 0 && digit(hex[i + 1]) >= 0; i += 2)
        bytes += char(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return bytes;
}

std::string encodeFields(const Fields& fields)
{
    std::string text;
    for (const auto& [key, value] : fields)
        text += (text.empty() ? "" : ";") + key + '=' + toHex(value);
    return text;
}

Fields decodeFields(const std::string& text)
{
    Fields fields;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find(';', at), text.size()), equals = text.find('=', at);
        if (equals < end)
            fields[text.substr(at, equals - at)] = fromHex(text.substr(equals + 1, end - equals - 1));
        at = end + 1;
    }
    return fields;
}

// Paths in a request must be plain, see inject.h; what is in it need not be.
std::string Exchange::place()
{
    const char* given = std::getenv("XDG_RUNTIME_DIR");
    const std::string folder = given ? given : "";
    const bool plain = std::all_of(folder.begin(), folder.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '.';
    });
    if (folder.empty() || folder[0] != '/' || !plain || folder.size() > 80 || access(folder.c_str(), W_OK | X_OK) != 0)
        return "/tmp";
    return folder;
}

Exchange::Exchange()
{
    m_folder = place() + "/calltide-XXXXXX";
    if (!mkdtemp(m_folder.data()))
        m_folder.clear();
}

Exchange::~Exchange()
{
    if (m_folder.empty())
        return;
    for (const char* name : {"s.py", "a", "a.new", "c"})
        unlink(path(name).c_str());
    rmdir(m_folder.c_str());
}

bool Exchange::write(const std::string& package, int pid, Fields fields) const
{
    const std::string boot = readFile(package + "/_boot.py");
    if (m_folder.empty() || boot.empty())
        return false;
    fields["root"] = package.substr(0, package.rfind('/'));
    if (const int own = ownNumber(pid))
        fields["pid"] = std::to_string(own);
    fields["claim"] = path("c");
    fields["answer"] = path("a");
    const std::string text = "request = \"" + encodeFields(fields) + "\"\n" + boot;
    const int file = open(script().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    const bool good = file >= 0 && ::write(file, text.data(), text.size()) == ssize_t(text.size());
    if (file >= 0)
        close(file);
    return good;
}

bool Exchange::begun() const { return access(path("c").c_str(), F_OK) == 0; }
bool Exchange::answered() const { return access(path("a").c_str(), F_OK) == 0; }
Fields Exchange::answer() const { return decodeFields(readFile(path("a"))); }

} // namespace calltide::inject
