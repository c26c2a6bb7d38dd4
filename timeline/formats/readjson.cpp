// SPDX-License-Identifier: GPL-3.0-or-later
// The document around the events: object form, array form, one event a line; whole, cut off or damaged. The file goes
// by in blocks that are cut into one piece a thread. A piece starts where an event seems to begin and counts only if
// the piece before it stopped exactly there, so a wrong guess costs time, never a result.
#include "formats/input.h"
#include "formats/jsonmodel.h"
#include "formats/reader.h"
#include <algorithm>
#include <future>
#include <thread>

namespace calltide::formats {

using namespace json;
using store::Severity;

namespace {

constexpr size_t kPiece = 1 << 20;
constexpr size_t kGreatestValue = size_t(1) << 30; // of one event or one top-level value

// A stretch of the file in memory; [at, end) is unread.
class Window
{
public:
    explicit Window(Input& input)
        : m_input(input)
    {
    }
    const char* at() const { return m_buffer.data() + m_at; }
    const char* end() const { return m_buffer.data() + m_end; }
    const char* data() const { return m_buffer.data(); }
    uint64_t base() const { return m_base; }
    uint64_t offset() const { return m_base + m_at; }
    bool eof() const { return m_eof; }
    bool empty() const { return m_at == m_end; }
    void moveTo(const char* p) { m_at = size_t(p - m_buffer.data()); }

    // Reads on, behind what is unread; grows when a full buffer was not enough. False: nothing more came.
    Result<bool> more(size_t capacity)
    {
        if (m_eof)
            return false;
        if (m_at > 0) {
            std::memmove(m_buffer.data(), m_buffer.data() + m_at, m_end - m_at);
            m_base += m_at;
            m_end -= m_at;
            m_at = 0;
        }
        if (!m_input.compressed()) // a small file needs a small buffer; one byte more tells its end
            capacity = size_t(std::min<uint64_t>(capacity, m_input.fileSize() + 1));
        size_t size = std::max(capacity, m_buffer.size());
        if (m_end == m_buffer.size() && m_end > 0) {
            if (m_buffer.size() >= kGreatestValue)
                return false;
            size = m_buffer.size() * 2;
        }
        if (size > m_buffer.size())
            m_buffer.resize(size);
        auto n = m_input.read(m_buffer.data() + m_end, m_buffer.size() - m_end);
        if (!n)
            return n.error();
        m_eof = *n < m_buffer.size() - m_end;
        m_end += *n;
        return *n > 0;
    }

private:
    Input& m_input;
    std::vector<char> m_buffer;
    size_t m_at = 0, m_end = 0;
    uint64_t m_base = 0;
    bool m_eof = false;
};

class Reader
{
public:
    Reader(const std::string& path, Input& input, const OpenOptions& options)
        : m_path(path)
        , m_input(input)
        , m_options(options)
        , m_window(input)
        , m_model(m_builder, input.compressed(), input.fileSize())
    {
        m_threads = size_t(
            std::clamp(options.threads > 0 ? options.threads : int(std::thread::hardware_concurrency()), 1, 64));
        m_scanners.resize(m_threads);
        m_batches.resize(m_threads);
        m_builder.setFile(path, "Chrome JSON", input.fileSize());
    }

    Result<store::TracePtr> read()
    {
        if (auto status = documents(); !status)
            return status.error();
        if (!m_sawList || (m_model.events() == 0 && m_model.elements() > 0))
            return Error{
                ErrorCode::NotSupported,
                m_path + ": this JSON is not a trace: it has no \"traceEvents\" and is no list of events."};
        if (m_cut && m_model.events() == 0)
            return Error{ErrorCode::Damaged, m_path + ": the file ends before its first event is complete."};
        m_model.finish();
        for (const Batch& batch : m_batches) {
            for (const std::string& key : batch.unknownKeys)
                unknownField(key);
        }
        return m_builder.finish(m_options.progress);
    }

private:
    enum class End
    {
        Closed,
        Text,
        Cut
    };

    Status documents()
    {
        if (auto r = m_window.more(m_threads * kPiece); !r)
            return r.error();
        if (m_window.end() - m_window.at() >= 3 && std::memcmp(m_window.at(), "\xEF\xBB\xBF", 3) == 0)
            m_window.moveTo(m_window.at() + 3);
        // Programs that append write one list behind another.
        for (bool first = true;; first = false) {
            auto c = nextByte();
            if (!c)
                return c.error();
            if (*c == '[') {
                m_window.moveTo(m_window.at() + 1);
                if (auto s = list(true); !s)
                    return s;
            } else if (*c == '{') {
                if (auto s = object(); !s)
                    return s;
            } else if (first) {
                return Error{ErrorCode::NotSupported, m_path + ": this is not a trace file."};
            } else {
                if (*c != 0)
                    m_builder.problem(
                        "json.trailing", "What follows the end of the events was left out.", Severity::Warning,
                        int64_t(m_window.offset()));
                return Ok{};
            }
            if (m_cut)
                return Ok{};
        }
    }

    // The next byte that is no space, comma or NUL; 0 at the end.
    Result<char> nextByte()
    {
        for (;;) {
            const char* p = m_window.at();
            while (p < m_window.end() && (uint8_t(*p) <= 32 || *p == ','))
                p++;
            m_window.moveTo(p);
            if (!m_window.empty())
                return *p;
            auto r = m_window.more(m_threads * kPiece);
            if (!r)
                return r.error();
            if (!*r)
                return '\0';
        }
    }

    // Makes sure that `find`, called with the unread text, finds its end in it; null at the end of the file.
    template <class F> Result<const char*> complete(F find)
    {
        for (;;) {
            if (const char* p = find(m_window.at(), m_window.end()))
                return p;
            if (stopped())
                return Error{ErrorCode::Cancelled, {}};
            auto r = m_window.more(m_threads * kPiece);
            if (!r)
                return r.error();
            if (!*r)
                return static_cast<const char*>(nullptr);
        }
    }

    void cut(const char* text)
    {
        m_cut = true;
        m_builder.problem("json.cut", text, Severity::DataLoss, int64_t(m_window.offset()));
    }

    Status object()
    {
        const uint64_t start = m_window.offset();
        m_window.moveTo(m_window.at() + 1);
        for (bool first = true;; first = false) {
            auto c = nextByte();
            if (!c)
                return c.error();
            if (*c == '}') {
                m_window.moveTo(m_window.at() + 1);
                return Ok{};
            }
            if (*c != '"') {
                cut(*c == 0 ? "The file is not complete: its end is missing."
                            : "The file is damaged here; what follows was left out.");
                return Ok{};
            }
            const char* valueAt = nullptr;
            auto key = complete([&](const char* p, const char* end) -> const char* {
                const char* close = stringEnd(p + 1, end);
                valueAt = close ? skipSpace(close + 1, end) : nullptr;
                if (!valueAt || valueAt >= end)
                    return nullptr;
                valueAt = *valueAt == ':' ? skipSpace(valueAt + 1, end) : valueAt;
                return valueAt < end ? close : nullptr;
            });
            if (!key)
                return key.error();
            if (!*key) {
                cut("The file is not complete: its end is missing.");
                return Ok{};
            }
            const std::string name(m_window.at() + 1, size_t(*key - m_window.at() - 1));
            if (first && isEventField(name) && m_window.base() <= start) { // one event a line, no list around them
                m_window.moveTo(m_window.data() + (start - m_window.base()));
                m_lines = true;
                return list(false);
            }
            m_window.moveTo(valueAt);
            if (name == "traceEvents" && *valueAt == '[') {
                m_window.moveTo(valueAt + 1);
                if (auto s = list(false); !s || m_cut)
                    return s;
            } else if (auto s = topLevelValue(name); !s || m_cut) {
                return s;
            }
        }
    }

    static bool isEventField(std::string_view name)
    {
        for (const char* field : {"name", "ph", "ts", "pid", "tid", "cat", "dur", "args", "id"}) {
            if (name == field)
                return true;
        }
        return false;
    }

    Status topLevelValue(const std::string& name)
    {
        if (!Model::wantsDocument(name))
            return skipTopLevel(name);
        auto end = complete([](const char* p, const char* e) { return skipValue(p, e); });
        if (!end)
            return end.error();
        if (!*end) {
            cut("The file is not complete: its end is missing.");
            return Ok{};
        }
        m_model.document(name, {m_window.at(), size_t(*end - m_window.at())});
        m_window.moveTo(*end);
        return Ok{};
    }

    // Passes over a value of any size without keeping it.
    Status skipTopLevel(const std::string& name)
    {
        if (name == "systemTraceEvents")
            m_builder.problem(
                "json.part." + name, "The part \"" + name + "\" cannot be shown and was left out.", Severity::Warning,
                int64_t(m_window.offset()));
        uint64_t depth = 0;
        bool string = false, escaped = false, begun = false;
        for (;;) {
            for (const char* p = m_window.at(); p < m_window.end(); p++) {
                const char c = *p;
                const bool wasString = string;
                if (escaped)
                    escaped = false;
                else if (string)
                    (c == '\\' ? escaped : string) = c == '\\' || c != '"';
                else if (c == '"')
                    string = true;
                else if (c == '{' || c == '[')
                    depth++;
                else if ((c == '}' || c == ']' || c == ',') && depth == 0) {
                    m_window.moveTo(p);
                    return Ok{};
                } else if (c == '}' || c == ']')
                    depth--;
                begun = begun || uint8_t(c) > 32;
                if (depth == 0 && !string && begun && (wasString || c == '}' || c == ']')) {
                    m_window.moveTo(p + 1);
                    return Ok{};
                }
            }
            m_window.moveTo(m_window.end());
            if (stopped())
                return Error{ErrorCode::Cancelled, {}};
            auto r = m_window.more(m_threads * kPiece);
            if (!r)
                return r.error();
            if (!*r) {
                cut("The file is not complete: its end is missing.");
                return Ok{};
            }
        }
    }

    // The events up to and with the ']'. mayEndOpen: array form, whose ']' the format allows to leave out.
    Status list(bool mayEndOpen)
    {
        m_sawList = true;
        bool exhausted = false; // the last block was taken with everything that follows it
        for (;;) {
            if (stopped())
                return Error{ErrorCode::Cancelled, {}};
            if (m_options.progress)
                m_options.progress->set(m_input.position(), m_input.fileSize());
            if (m_options.preview && m_input.fileSize() > 2 * kFirstPreview && m_input.position() >= m_nextPreview
                && m_model.events()) {
                m_options.preview(m_builder.preview());
                m_nextPreview = m_input.position() * 8; // all of them together cost an eighth more
            }
            const char* before = m_window.at();
            bool closed = false;
            const char* stop = block(exhausted, closed);
            const bool moved = stop != before;
            m_window.moveTo(stop);
            if (closed) {
                m_window.moveTo(stop + 1);
                return Ok{};
            }
            if (exhausted) {
                if (!m_window.empty())
                    cut("The file ends in the middle of an event; everything before it is shown.");
                else if (mayEndOpen)
                    m_builder.problem(
                        "json.no_end", "The list of events has no end mark; it may have been cut off.", Severity::Info,
                        int64_t(m_window.offset()));
                else if (!m_lines)
                    cut("The file is not complete: its end is missing.");
                return Ok{};
            }
            if (moved && !m_window.eof() && size_t(m_window.end() - m_window.at()) > m_threads * kPiece)
                continue;
            auto r = m_window.more(m_threads * kPiece);
            if (!r)
                return r.error();
            exhausted = !*r || m_window.eof();
        }
    }

    static constexpr uint64_t kFirstPreview = 24 << 20; // bytes of the file
    uint64_t m_nextPreview = kFirstPreview;
    bool stopped() const { return m_options.progress && m_options.progress->cancelled(); }

    // Scans the unread text with all threads and hands the events to the model; the place where it stopped.
    const char* block(bool last, bool& closed)
    {
        const char* begin = m_window.at();
        const char* end = m_window.end();
        const size_t pieces = std::clamp<size_t>(size_t(end - begin) / (kPiece / 4), 1, m_threads);
        struct Piece
        {
            const char *first, *limit, *next;
            bool closed = false;
        };
        std::vector<Piece> parts(pieces);
        const auto scan = [&](size_t k, const char* from) {
            m_batches[k].clear();
            parts[k].first = from;
            parts[k].next = scanPiece(
                m_scanners[k], m_batches[k], from, parts[k].limit, m_window.data(), end, m_window.base(), last,
                parts[k].closed);
        };
        for (size_t k = 0; k < pieces; k++)
            parts[k].limit = k + 1 == pieces ? end : begin + size_t(end - begin) / pieces * (k + 1);
        std::vector<std::future<void>> running;
        for (size_t k = 1; k < pieces; k++) {
            running.push_back(std::async(std::launch::async, [&, k] {
                const char* from = parts[k - 1].limit;
                const char* guess = guessEvent(from, begin, end);
                parts[k].first = nullptr;
                if (guess)
                    scan(k, guess);
            }));
        }
        scan(0, begin);
        for (auto& r : running)
            r.wait();
        const char* stop = begin;
        for (size_t k = 0; k < pieces; k++) {
            if (k > 0 && parts[k].first != stop) {
                if (stop >= parts[k].limit && k + 1 < pieces)
                    continue;
                scan(k, stop);
            }
            m_model.take(k, m_scanners[k], m_batches[k], m_window.data(), m_window.base());
            stop = parts[k].next;
            closed = parts[k].closed;
            if (closed || (stop < parts[k].limit))
                break;
        }
        return stop;
    }

    void unknownField(const std::string& key)
    {
        for (const char* known : {"tts", "cname"}) {
            if (key == known && std::find(m_reported.begin(), m_reported.end(), key) == m_reported.end()) {
                m_reported.push_back(key);
                m_builder.problem(
                    "json.field." + key, "The field \"" + key + "\" of events is not shown.", Severity::Info, -1);
            }
        }
    }

    std::string m_path;
    Input& m_input;
    OpenOptions m_options;
    Window m_window;
    store::TraceBuilder m_builder;
    Model m_model;
    size_t m_threads = 1;
    std::vector<Scanner> m_scanners;
    std::vector<Batch> m_batches;
    std::vector<std::string> m_reported;
    bool m_sawList = false, m_cut = false, m_lines = false;
};

} // namespace

Result<store::TracePtr> readJson(Input& input, const std::string& path, const OpenOptions& options)
{
    return Reader(path, input, options).read();
}

Result<store::TracePtr> readJson(const std::string& path, const OpenOptions& options)
{
    auto input = openUnpacked(path);
    if (!input)
        return input.error();
    return readJson(**input, path, options);
}

} // namespace calltide::formats
