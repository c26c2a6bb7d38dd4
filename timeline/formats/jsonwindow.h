// SPDX-License-Identifier: GPL-3.0-or-later
// A stretch of a text file in memory that moves on: of the mapped file itself where there is one, else of copies. What comes
// next can be read ahead on another thread while this one's text is in use, and text stays where it is as long as somebody
// holds it.
#pragma once
#include "formats/input.h"
#include <memory>
#include <optional>
#include <vector>

namespace calltide::formats::json {

class Window
{
public:
    // capacity: bytes that are read at a time; a small file needs less.
    Window(Input& input, size_t capacity);

    // [at, end) is unread; a place p of it is byte base() + (p - data()) of the text.
    const char* at() const { return data() + m_at; }
    const char* end() const { return data() + m_end; }
    const char* data() const
    {
        return m_file ? reinterpret_cast<const char*>(m_file->data()) : m_text ? m_text->bytes.get() : nullptr;
    }
    uint64_t base() const { return m_base; }
    uint64_t offset() const { return m_base + m_at; }
    bool eof() const { return m_eof; } // nothing follows what is here
    bool empty() const { return m_at == m_end; }
    bool damaged() const { return m_file && m_file->damaged(); } // some of it could not be read, and is zeros
    void moveTo(const char* p) { m_at = size_t(p - data()); }
    // Back to a byte that was read before, if it is still here.
    bool moveBackTo(uint64_t offset);

    // Adds what follows. False: nothing does, or more than `most` bytes are unread already.
    Result<bool> more(size_t most = kMostOfValue);
    static constexpr size_t kMostOfEvent = size_t(64) << 20, kMostOfValue = size_t(256) << 20;

    // Makes room for what the next more() adds; false: it is there already, or nothing follows. Then readAhead() reads
    // it, on any thread, until when more() must not be called.
    bool prepareAhead();
    void readAhead();

    // Keeps the text that is here now where it is.
    std::shared_ptr<const void> hold() const { return m_file ? std::shared_ptr<const void>(m_file) : m_text; }

private:
    struct Text
    {
        std::unique_ptr<char[]> bytes; // not set
        size_t size;
    };
    struct Ahead
    {
        std::shared_ptr<Text> text; // read from kGap on
        Result<size_t> size;
    };
    static constexpr size_t kLeastMapped = 1 << 20; // less is copied as quickly
    static constexpr size_t kDropAtOnce = 16 << 20;
    static constexpr size_t kGap = 64 << 10; // before what is read: for the rest of the text before it
    std::shared_ptr<Text> take();
    bool moreOfFile(size_t rest);

    Input& m_input;
    size_t m_capacity;
    std::shared_ptr<const store::MappedFile> m_file;
    size_t m_fetched = 0, m_dropped = 0; // of the mapped file
    std::shared_ptr<Text> m_text;
    std::vector<std::shared_ptr<Text>> m_spare;
    std::optional<Ahead> m_ahead;
    size_t m_at = 0, m_end = 0, m_first = 0; // m_first: where what was read and is still here begins
    uint64_t m_base = 0; // less than 0, as it were, for the gap of the first text
    bool m_eof = false;
};

} // namespace calltide::formats::json
