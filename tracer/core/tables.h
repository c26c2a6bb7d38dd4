// SPDX-License-Identifier: Apache-2.0
// The recording's tables: names, functions, threads, clock samples and the rest. A record is in the file before its id
// is handed out. Any thread; each function locks.
#pragma once
#include "core/file.h"
#include "format/format.h"
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace calltide::core {

class Tables
{
public:
    explicit Tables(File& file) : m_file(file) { }

    uint32_t string(std::string_view text); // 0 for an empty one, and where there is no room
    void function(uint32_t eventId, const format::FunctionRecord& record);
    void thread(uint32_t index, const format::ThreadRecord& record);
    void task(uint32_t id, const format::TaskRecord& record);
    void meta(std::string_view key, std::string_view value);
    void clock(const ClockSample& sample);
    void note(uint64_t units, std::string_view text, uint32_t code);
    // `fileName` is the string id of the file; text is kept if not null, and up to a quarter of a limited file.
    void source(uint32_t fileName, format::SourceRecord record, const std::string* text);
    // What instants and raised exceptions refer to; the same words give the same id. From 1 on.
    uint32_t name(std::string_view text, std::string_view category);
    uint32_t counter(std::string_view name, std::string_view series, std::string_view unit = {}, uint32_t flags = 0);
    // An adaptive recording leaves a function out from now on: at all (caller 0), or where it is called from that one.
    void dropped(uint64_t units, uint32_t function, uint32_t caller);
    void end(uint64_t units, int32_t status, bool known);

    // Keeps room for the record of the end, which is written when nothing may be allocated any more.
    void reserveEnd();
    void seal(uint64_t units);
    void forgetStrings();

private:
    uint8_t* room(uint32_t bytes, Chunk& own);
    // False: there is no room.
    bool put(format::TableType type, uint8_t flags, uint32_t id, const void* head, uint32_t headSize, const void* body = nullptr,
        uint32_t bodySize = 0);
    void sealOpen(uint64_t units);

    File& m_file;
    std::mutex m_mutex;
    Chunk m_chunk;
    uint32_t m_used = 0, m_sequence = 0;
    unsigned m_log2 = 14;
    uint64_t m_textBytes = 0; // of sources, if the file is limited
    uint32_t m_strings = 0, m_metas = 0, m_clocks = 0, m_notes = 0, m_drops = 0;
    std::unordered_map<std::string, uint32_t> m_stringIds;
    std::unordered_map<uint64_t, uint32_t> m_nameIds, m_counterIds; // by two string ids
};

} // namespace calltide::core
