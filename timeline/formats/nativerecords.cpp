// SPDX-License-Identifier: GPL-3.0-or-later
// The rarer records of a thread: instants, arguments, counters, collections, losses.
#include "formats/nativethread.h"

namespace calltide::formats {

using namespace format;
using namespace store;

std::string lossWords(uint64_t reasons)
{
    return reasons & kLossPaused        ? "paused, by you, the program or a trigger"
        : reasons & kLossRing           ? "older calls were overwritten"
        : reasons & kLossLimit          ? "limit reached"
        : reasons & kLossDiskFull       ? "disk full"
        : reasons & kLossForeignHook    ? "the program took the profile hook"
                                        : "not recorded";
}

void ThreadDecoder::rare(uint64_t time, unsigned sub, uint32_t operand)
{
    switch (sub) {
    case kYield:
        leaveKind(time, false, kYielded);
        break;
    case kUnwind:
        leaveKind(time, false, kException);
        break;
    case kUnwindC:
        leaveKind(time, true, kException);
        break;
    case kThrow:
        open(ns(time), operand, kResumed);
        break;
    case kInstant:
    case kRaise: {
        const auto it = m_file.names.find(operand);
        m_result.instants.push_back(
            {ns(time), std::string(it != m_file.names.end() ? m_file.string(it->second.name) : "?"), {}, sub == kRaise});
        m_instantWasLast = true;
        break;
    }
    case kTaskSwitch:
        beginRun(ns(time), operand);
        break;
    case kTaskReady:
        m_result.readies.push_back({ns(time), operand, m_run.task ? m_run.task : m_cause});
        m_cause = 0;
        break;
    case kTaskCause:
        m_cause = operand;
        break;
    default:
        m_result.unknownRecords++;
    }
}

std::string jsonQuoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (uint8_t(c) < 0x20) {
            static const char hex[] = "0123456789abcdef";
            out += "\\u00";
            out += hex[uint8_t(c) >> 4];
            out += hex[c & 15];
        } else {
            out += c;
        }
    }
    return out + '"';
}

int64_t ThreadDecoder::before(uint64_t time, uint64_t units)
{
    return std::min(ns(time), m_file.clock.toNs(time - std::min(units, time)));
}

void ThreadDecoder::extended(uint64_t time, unsigned sub, const uint8_t* payload, uint32_t size)
{
    const uint8_t *at = payload, *end = payload + size;
    const std::string_view text(reinterpret_cast<const char*>(payload), size);
    uint64_t a = 0, b = 0, c = 0;
    switch (sub) {
    case kOpen: {
        const int64_t now = ns(time);
        while (at < end && lebGetAny(at, end, a))
            open(now, uint32_t(a), kAlreadyRunning);
        break;
    }
    case kSwitch: {
        const int64_t now = ns(time);
        if (!lebGetAny(at, end, a))
            break;
        const auto have = uint64_t(levels());
        m_depthOffset -= int64_t(std::min<uint64_t>(a - std::min(a, have), kMaxDepth));
        for (uint64_t i = std::min(a, have); i > 0; i--)
            close(now, kYielded);
        while (at < end && lebGetAny(at, end, a))
            open(now, uint32_t(a), kResumed);
        break;
    }
    case kArguments:
        if (m_instantWasLast && !m_result.instants.empty())
            m_result.instants.back().arguments = text;
        else if (!m_stack.empty())
            argumentsOfLast() = text;
        break;
    case kReturnValue:
        if (!m_stack.empty()) {
            std::string& json = argumentsOfLast();
            const std::string value = "\"return_value\":" + std::string(text) + "}";
            if (json.size() > 2 && json.back() == '}')
                json = json.substr(0, json.size() - 1) + "," + value;
            else
                json = "{" + value;
        }
        break;
    case kText:
        if (m_instantWasLast && !m_result.instants.empty())
            m_result.instants.back().arguments = "{\"message\":" + jsonQuoted(text) + "}";
        break;
    case kCounter: {
        double value;
        if (lebGetAny(at, end, a) && size_t(end - at) >= sizeof value) {
            std::memcpy(&value, at, sizeof value);
            m_result.samples.push_back({uint32_t(a), ns(time), value});
        }
        break;
    }
    case kGcBegin:
        m_collectionBegin = ns(time);
        lebGetAny(at, end, m_generation);
        break;
    case kGcEnd:
        if (m_collectionBegin >= 0 && lebGetAny(at, end, a) && lebGetAny(at, end, b) && lebGetAny(at, end, c))
            m_result.collections.push_back({m_collectionBegin, ns(time), a, b});
        m_collectionBegin = -1;
        break;
    case kLost:
        if (lebGetAny(at, end, a) && lebGetAny(at, end, b)) {
            const int64_t before = m_last;
            const bool hasLength = lebGetAny(at, end, c) && c <= time;
            const int64_t to = ns(time);
            const int64_t from = hasLength ? std::max(before, m_file.clock.toNs(time - c)) : before;
            m_result.losses.push_back({std::min(from, to), to, a, lossWords(b)});
        }
        break;
    case kStall:
        ns(time);
        break;
    case kSpawn:
        if (lebGetAny(at, end, a)) {
            if (!lebGetAny(at, end, b) || !lebGetAny(at, end, c))
                b = c = 0; // of an older recorder
            const int64_t begin = before(time, c);
            m_result.spawns.push_back({begin, m_last, a, uint32_t(b)});
        }
        break;
    case kChildEnd:
        if (lebGetAny(at, end, a) && lebGetAny(at, end, b))
            m_result.childEnds.push_back({ns(time), a, int(b)});
        break;
    case kImport:
        if (lebGetAny(at, end, a) && lebGetAny(at, end, b)) {
            const int64_t from = before(time, b);
            const auto it = m_file.names.find(uint32_t(a));
            m_result.imports.push_back(
                {from, m_last, std::string(it != m_file.names.end() ? m_file.string(it->second.name) : "?"), 0});
        }
        break;
    case kGilWait:
        if (lebGetAny(at, end, a) && lebGetAny(at, end, b)) {
            const int64_t from = before(time, a);
            m_result.gilWaits.push_back({from, m_last, b});
        }
        break;
    case kStack:
        stackRecord(at, end);
        break;
    default:
        m_result.unknownRecords++;
    }
}

} // namespace calltide::formats
