// SPDX-License-Identifier: GPL-3.0-or-later
// The document around the events: object form, array form, one event a line; whole, cut off or damaged.
#include "formats/jsonblocks.h"
#include "formats/reader.h"
#include <algorithm>

namespace calltide::formats {

using namespace json;
using store::Severity;

namespace {

class Reader
{
public:
    Reader(const std::string& path, Input& input, const OpenOptions& options)
        : m_path(path)
        , m_input(input)
        , m_options(options)
        , m_window(input, JsonBlocks::bytesAtOnce(JsonBlocks::threadsFor(options.threads, input)))
        , m_model(m_builder, input.compressed(), input.fileSize())
        , m_blocks(m_window, m_model, JsonBlocks::threadsFor(options.threads, input), options.progress)
    {
        m_builder.setFile(path, "Chrome JSON", input.fileSize());
    }

    Result<store::TracePtr> read()
    {
        const Stop stop(m_options.progress);
        if (auto status = documents(); !status)
            return status.error();
        if (!m_sawList || (m_model.events() == 0 && m_model.elements() > 0))
            return Error{
                ErrorCode::NotSupported,
                m_path + ": this JSON is not a trace: it has no \"traceEvents\" and is no list of events."};
        if (m_cut && m_model.events() == 0)
            return Error{ErrorCode::Damaged, m_path + ": the file ends before its first event is complete."};
        if (m_window.damaged())
            m_builder.problem(
                "file.unreadable", "Some of the file could not be read, or was cut off while it was opened; that is missing.",
                Severity::DataLoss, -1);
        m_model.finish(m_options.progress);
        for (const char* key : {"tts", "cname"})
            if (m_blocks.sawField(key))
                m_builder.problem(
                    std::string("json.field.") + key, std::string("The field \"") + key + "\" of events is not shown.",
                    Severity::Info, -1);
        return m_builder.finish(m_options.progress);
    }

    void giveUp()
    {
        m_blocks.giveUp();
        m_model.giveUp();
    }

private:
    Status documents()
    {
        if (auto r = m_window.more(); !r)
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
            auto r = m_window.more();
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
            auto r = m_window.more();
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
            if (first && isEventField(name) && m_window.moveBackTo(start)) { // one event a line, no list around them
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
        if (!Model::wantsDocument(name)) {
            if (name == "systemTraceEvents")
                leftOut(name, "cannot be shown");
            return passOver();
        }
        auto end = complete([](const char* p, const char* e) { return skipValue(p, e); });
        if (!end)
            return end.error();
        if (!*end && !m_window.eof()) {
            leftOut(name, "is larger than any that is known");
            return passOver();
        }
        if (!*end) {
            cut("The file is not complete: its end is missing.");
            return Ok{};
        }
        m_model.document(name, {m_window.at(), size_t(*end - m_window.at())});
        m_window.moveTo(*end);
        return Ok{};
    }

    void leftOut(const std::string& part, const char* why)
    {
        m_builder.problem("json.part." + part, "The part \"" + part + "\" " + why + " and was left out.", Severity::Warning,
            int64_t(m_window.offset()));
    }

    // Passes over a value of any size without keeping it.
    Status passOver()
    {
        uint64_t depth = 0;
        bool string = false, escaped = false, begun = false;
        for (;;) {
            for (const char* p = m_window.at(); p < m_window.end(); p++) {
                if ((uintptr_t(p) & 0x3FFFFF) == 0 && stopped()) // now and then: the window may be large
                    break;
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
            auto r = m_window.more();
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
        Status status = events(mayEndOpen);
        m_blocks.finish();
        return status;
    }

    Status events(bool mayEndOpen)
    {
        bool exhausted = false; // what is unread is all that follows
        for (;;) {
            if (stopped())
                return Error{ErrorCode::Cancelled, {}};
            if (m_options.progress)
                m_options.progress->set(m_input.position(), m_input.fileSize());
            const char* before = m_window.at();
            bool closed = false;
            const char* stop = m_blocks.scan(exhausted, closed);
            preview();
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
            if (moved && size_t(m_window.end() - m_window.at()) > m_blocks.bytesAtOnce())
                continue;
            auto r = m_window.more(Window::kMostOfEvent);
            if (!r)
                return r.error();
            if (!*r && !m_window.eof()) {
                m_builder.problem("json.too_large", "More than 64 MiB without a whole event were left out.", Severity::DataLoss,
                    int64_t(m_window.offset()));
                const uint64_t end = m_window.offset() + uint64_t(m_window.end() - m_window.at());
                if (Status s = passOver(); !s || m_cut)
                    return s;
                if (m_window.offset() < end) // not large but damaged, and no event begins in all that is here
                    m_window.moveTo(lastClose(m_window.at() + 1, m_window.end()));
            }
            exhausted = m_window.eof();
        }
    }

    // The last '}', else the end. From there on the scanner looks for an event, and takes no ']' for that of the list.
    static const char* lastClose(const char* from, const char* end)
    {
        for (const char* p = end; p > from; p--)
            if (p[-1] == '}')
                return p - 1;
        return end;
    }

    void preview()
    {
        const uint64_t at = m_input.position();
        if (!m_options.preview || m_input.fileSize() <= 2 * kFirstPreview || at < m_nextPreview || !m_model.events())
            return;
        m_options.preview(m_builder.preview());
        m_nextPreview = at * 8; // all of them together cost an eighth more
    }

    static constexpr uint64_t kFirstPreview = 24 << 20; // bytes of the file
    uint64_t m_nextPreview = kFirstPreview;
    bool stopped() const { return m_options.progress && m_options.progress->cancelled(); }

    std::string m_path;
    Input& m_input;
    OpenOptions m_options;
    Window m_window;
    store::TraceBuilder m_builder;
    Model m_model;
    JsonBlocks m_blocks;
    bool m_sawList = false, m_cut = false, m_lines = false;
};

} // namespace

Result<store::TracePtr> readJson(Input& input, const std::string& path, const OpenOptions& options)
{
    Reader reader(path, input, options);
    auto trace = reader.read();
    if (options.progress && options.progress->cancelled())
        reader.giveUp();
    return trace;
}

Result<store::TracePtr> readJson(const std::string& path, const OpenOptions& options)
{
    auto input = openUnpacked(path);
    if (!input)
        return input.error();
    return readJson(**input, path, options);
}

} // namespace calltide::formats
