// SPDX-License-Identifier: Apache-2.0
#include "format/format.h"
#include "format/outofreach.h"
#include "inject/exchange.h"
#include "inject/follow.h"
#include "inject/inject.h"
#include "inject/procfs.h"
#include <algorithm>
#include <chrono>
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

std::string unreachedBecause(const std::string& command, const std::string& environment, const std::string& hook)
{
    if (const char option = format::shutOffBy(words(command)))
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
        || !exchange.write(joining.package, pid, {{"do", "join"}, {"id", fromHex(joining.id)}, {"parent", above}, {"folder", joining.folder}, {"options", fromHex(joining.options)}, {"for", joining.asker}, {"reason", reason}}))
        return Why::Failed;
    const Outcome outcome = run(request);
    if (outcome.lateReaders)
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return outcome.problem ? outcome.problem.why : exchange.answer().count("error") ? Why::Failed : Why::Fine;
}

} // namespace calltide::inject
