// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/pfdescriptions.h"
#include "formats/proto.h"

namespace calltide::formats::pf {

namespace {

void counterDescriptor(std::string_view message, Descriptor& d)
{
    for (Proto p(message); p.next();) {
        if (p.field == 3)
            d.unit = p.number == 1 ? "ns" : p.number == 2 ? "count" : p.number == 3 ? "bytes" : "";
        else if (p.field == 6)
            d.unit = p.bytes;
        else if (p.field == 4 && p.number)
            d.multiplier = double(p.asSigned());
        else if (p.field == 5)
            d.incremental = p.number != 0;
    }
}

std::string_view threadName(std::string_view message)
{
    std::string_view name;
    for (Proto f(message); f.next();) {
        if (f.field == 2 && f.wire == Proto::Bytes)
            name = f.bytes;
    }
    return name;
}

} // namespace

bool Descriptions::read(std::string_view packet)
{
    bool whole = true;
    for (Proto p(packet); p.next();) {
        if (p.wire != Proto::Bytes)
            continue;
        if (p.field == 6)
            m_clocks.snapshot(p.bytes);
        else if (p.field == 60)
            whole &= track(p.bytes);
        else if (p.field == 2)
            processTree(p.bytes);
        else if (p.field == 43)
            process(p.bytes, nullptr);
        else if (p.field == 44)
            thread(p.bytes, nullptr);
    }
    return whole;
}

void Descriptions::process(std::string_view message, Descriptor* d)
{
    int64_t pid = -1;
    std::string name, command;
    for (Proto p(message); p.next();) {
        if (p.field == 1)
            pid = int32_t(p.number);
        else if (p.field == 2)
            command += (command.empty() ? "" : " ") + std::string(p.bytes);
        else if (p.field == 6)
            name = p.bytes;
    }
    if (pid >= 0)
        m_tracks.nameProcess(pid, name, command, 0);
    if (d) {
        d->pid = pid;
        if (d->name.empty())
            d->name = name;
    }
}

std::pair<int64_t, int64_t> Descriptions::thread(std::string_view message, Descriptor* d, int64_t* reference)
{
    int64_t pid = -1, tid = -1;
    std::string_view name;
    for (Proto p(message); p.next();) {
        if (p.field == 1)
            pid = int32_t(p.number);
        else if (p.field == 2)
            tid = int32_t(p.number);
        else if (p.field == 5)
            name = p.bytes;
        else if (p.field == 6 && reference)
            *reference = timesThousand(p.number);
    }
    m_tracks.nameThread(pid, tid, name);
    if (d) {
        d->pid = pid;
        d->tid = tid;
        if (!name.empty())
            d->name = name;
    }
    return {pid, tid};
}

bool Descriptions::track(std::string_view message)
{
    Descriptor d;
    uint64_t uuid = 0;
    bool has = false;
    for (Proto p(message); p.next();) {
        switch (p.field) {
        case 1:
            uuid = p.number;
            has = true;
            break;
        case 5:
            d.parent = p.number;
            break;
        case 2:
        case 10:
        case 13:
            d.name = p.bytes;
            break;
        case 3:
            process(p.bytes, &d);
            break;
        case 4:
            thread(p.bytes, &d);
            break;
        case 8:
            d.isCounter = true;
            counterDescriptor(p.bytes, d);
            break;
        case 12:
            d.order = int32_t(p.number);
            break;
        default:
            break;
        }
    }
    if (!has)
        return false;
    m_tracks.describe(uuid, std::move(d));
    return true;
}

void Descriptions::processTree(std::string_view message)
{
    for (Proto p(message); p.next();) {
        if (p.wire != Proto::Bytes)
            continue;
        int64_t numbers[3] = {-1, -1, -1};
        std::string text;
        for (Proto f(p.bytes); f.next();) {
            if (f.field == 3 && p.field == 1)
                text += (text.empty() ? "" : " ") + std::string(f.bytes);
            else if (f.wire == Proto::Varint && f.field <= 2)
                numbers[f.field] = int32_t(f.number);
            else if (f.field == 2)
                text = f.bytes;
            else if (f.field == 3 && f.wire == Proto::Varint)
                numbers[2] = int32_t(f.number);
        }
        if (p.field == 1)
            m_tracks.nameProcess(numbers[1], {}, text, numbers[2]);
        else if (p.field == 2)
            m_tracks.nameThread(numbers[2], numbers[1], threadName(p.bytes));
    }
}

} // namespace calltide::formats::pf
