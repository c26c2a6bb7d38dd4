// SPDX-License-Identifier: Apache-2.0
#include "format/format.h"
#include "inject/exchange.h"
#include "inject/follow.h"
#include "inject/inject.h"
#include "inject/procfs.h"
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <thread>

namespace calltide::inject {

namespace {

std::vector<std::string> words(const std::string& text)
{
    std::vector<std::string> all;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\0', at), text.size());
        all.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return all;
}

// The option of the interpreter's that keeps the environment or the module site away; 0: none.
char shutOffBy(const std::vector<std::string>& command)
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

std::string processId(const std::string& recording)
{
    std::ifstream file(recording, std::ios::binary);
    format::FileHeader header {};
    if (!file.read(reinterpret_cast<char*>(&header), sizeof header))
        return {};
    return {reinterpret_cast<const char*>(&header.processId), sizeof header.processId};
}

} // namespace

std::vector<int> childrenOf(int pid)
{
    std::vector<int> all;
    for (const int thread : numbersIn(procPath(pid, "task"))) {
        const std::string text = readWhole(procPath(pid, ("task/" + std::to_string(thread) + "/children").c_str()));
        const char* at = text.c_str();
        for (char* end = nullptr;; at = end) {
            const long child = std::strtol(at, &end, 10);
            if (end == at)
                break;
            all.push_back(int(child));
        }
    }
    return all;
}

bool namedPython(const std::string& executable)
{
    return executable.compare(executable.rfind('/') + 1, 6, "python") == 0;
}

std::string unreachedBecause(const std::string& command, const std::string& environment, const std::string& hook)
{
    if (const char option = shutOffBy(words(command)))
        return std::string("started with -") + option;
    bool session = false, path = false;
    for (const std::string& word : words(environment)) {
        session = session || word.rfind("CALLTIDE_SESSION=", 0) == 0;
        path = path || (word.rfind("PYTHONPATH=", 0) == 0 && (word + ':').find(hook + ':') != std::string::npos);
    }
    return session && path ? "" : "started with an environment of its own";
}

Why join(const Joining& joining, int pid, const std::string& parent, const std::string& reason)
{
    const Exchange exchange;
    const std::string above = processId(parent);
    Request request;
    request.pid = pid;
    request.script = exchange.script();
    request.timeoutMs = 10'000;
    request.answered = [&exchange] { return exchange.answered(); };
    request.begun = [&exchange] { return exchange.begun(); };
    if (above.empty()
        || !exchange.write(joining.package, {{"do", "join"}, {"id", fromHex(joining.id)}, {"parent", above}, {"folder", joining.folder}, {"options", fromHex(joining.options)}, {"for", joining.asker}, {"reason", reason}}))
        return Why::Failed;
    const Outcome outcome = run(request);
    if (outcome.lateReaders)
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return outcome.problem ? outcome.problem.why : exchange.answer().count("error") ? Why::Failed : Why::Fine;
}

socklen_t followerAddress(const std::string& id, sockaddr_un& address)
{
    address = {};
    address.sun_family = AF_UNIX;
    const std::string name = "calltide-follow-" + id; // of no file: the first byte is zero
    std::memcpy(address.sun_path + 1, name.data(), std::min(name.size(), sizeof address.sun_path - 1));
    return socklen_t(offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

} // namespace calltide::inject
