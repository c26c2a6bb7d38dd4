// SPDX-License-Identifier: GPL-3.0-or-later
// Zip read from front to back by the headers before each file, so nothing can overlap. Packed by deflate or stored.
#include "formats/archive.h"
#include <algorithm>
#include <zlib.h>

namespace calltide::formats {

namespace {

uint64_t little(std::string_view s, size_t at, size_t bytes)
{
    uint64_t v = 0;
    for (size_t i = 0; i < bytes && at + i < s.size(); i++)
        v |= uint64_t(uint8_t(s[at + i])) << (8 * i);
    return v;
}

class Zip final : public Archive
{
public:
    Zip(PeekInput& input, std::string path, UnpackLimits limits)
        : m_input(input)
        , m_path(std::move(path))
        , m_limits(limits)
    {
    }
    ~Zip() override { endInflate(); }

    Result<std::optional<Member>> next() override
    {
        for (;;) {
            if (auto s = leave(); !s)
                return s.error();
            auto head = m_input.peek(30);
            if (!head)
                return head.error();
            if (head->size() < 30 || !isZip(*head))
                return std::optional<Member>(); // the directory, or the end
            if (++m_count > kGreatestCount)
                return Error{ErrorCode::NotSupported, m_path + " holds too many files."};
            const uint64_t flags = little(*head, 6, 2);
            m_method = int(little(*head, 8, 2));
            m_packed = little(*head, 18, 4);
            m_descriptor = flags & 8;
            const size_t nameLength = size_t(little(*head, 26, 2)), extraLength = size_t(little(*head, 28, 2));
            m_input.skip(30);
            auto rest = m_input.peek(nameLength + extraLength);
            if (!rest)
                return rest.error();
            if (rest->size() < nameLength + extraLength)
                return std::optional<Member>();
            Member member;
            member.name = rest->substr(0, nameLength);
            m_wide = false;
            for (std::string_view extra = rest->substr(nameLength, extraLength); extra.size() >= 4;) {
                const size_t size = size_t(little(extra, 2, 2));
                if (little(extra, 0, 2) == 1) { // sizes of 8 bytes: unpacked, packed
                    m_wide = true;
                    if (m_packed == 0xFFFFFFFF && size >= 16)
                        m_packed = little(extra, 12, 8);
                }
                extra.remove_prefix(std::min(extra.size(), size + 4));
            }
            m_input.skip(nameLength + extraLength);
            m_open = true;
            m_ended = false;
            if (m_descriptor && m_method != 8) {
                m_problems.push_back(member.name + ": its length is not known before its end; pack the archive anew.");
                return std::optional<Member>();
            }
            m_left = m_descriptor ? UINT64_MAX : m_packed;
            if (m_method == 8 && !startInflate())
                return Error{ErrorCode::Io, m_path + " cannot be unpacked."};
            if ((flags & 1) || (m_method != 0 && m_method != 8)) {
                m_problems.push_back(member.name + (flags & 1 ? " is encrypted." : " is packed in a way that is not supported."));
                if (m_descriptor)
                    return std::optional<Member>();
                m_method = 0; // passed over as it stands
                continue;
            }
            if (member.name.ends_with('/'))
                continue;
            member.input = std::make_unique<Part>(*this);
            return std::optional(std::move(member));
        }
    }

private:
    class Part final : public Input
    {
    public:
        explicit Part(Zip& zip)
            : m_zip(zip)
        {
        }
        Result<size_t> read(char* to, size_t size) override { return m_zip.read(to, size); }
        uint64_t position() const override { return m_zip.m_input.position(); }
        uint64_t fileSize() const override { return m_zip.m_input.fileSize(); }
        bool compressed() const override { return true; }

    private:
        Zip& m_zip;
    };

    bool startInflate()
    {
        endInflate();
        m_inflating = inflateInit2(&m_z, -15) == Z_OK;
        return m_inflating;
    }
    void endInflate()
    {
        if (m_inflating)
            inflateEnd(&m_z);
        m_inflating = false;
        m_z = {};
    }

    Result<size_t> read(char* to, size_t size)
    {
        size_t have = 0;
        while (have < size && !m_ended && m_left > 0) {
            auto in = m_input.peek(64 << 10);
            if (!in)
                return in.error();
            if (in->empty())
                break;
            const size_t offered = size_t(std::min<uint64_t>(in->size(), m_left));
            size_t used = 0, unpacked = 0;
            if (m_method == 0) {
                used = std::min(offered, size - have);
                in->copy(to + have, used);
                have += used;
            } else {
                m_z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in->data()));
                m_z.avail_in = uInt(offered);
                m_z.next_out = reinterpret_cast<Bytef*>(to + have);
                m_z.avail_out = uInt(std::min<size_t>(size - have, 1u << 30));
                const size_t room = m_z.avail_out;
                const int r = inflate(&m_z, Z_NO_FLUSH);
                used = offered - m_z.avail_in;
                have += room - m_z.avail_out;
                unpacked = room - m_z.avail_out;
                m_ended = r != Z_OK || (used == 0 && room == m_z.avail_out);
                m_broken = m_ended && r != Z_STREAM_END;
            }
            m_input.skip(used);
            if (m_left != UINT64_MAX)
                m_left -= used;
            if (m_limits.exceeded(unpacked, m_input.position()))
                return tooLarge(m_path);
        }
        return have;
    }

    // To the header of the next file.
    Status leave()
    {
        if (!m_open)
            return Ok{};
        m_open = false;
        std::vector<char> block(1 << 20);
        for (;;) {
            auto n = read(block.data(), block.size());
            if (!n)
                return n.error();
            if (*n < block.size())
                break;
        }
        if (m_broken)
            m_problems.push_back("A file in the archive is damaged; what could be unpacked of it is shown.");
        if (m_descriptor) {
            auto mark = m_input.peek(4);
            if (!mark)
                return mark.error();
            const bool marked = mark->starts_with("PK\x07\x08");
            m_input.skip(std::min(mark->size(), size_t(4)));
            const size_t rest = (marked ? 4 : 0) + (m_wide ? 16 : 8);
            auto more = m_input.peek(rest);
            if (!more)
                return more.error();
            m_input.skip(std::min(more->size(), rest));
        } else {
            while (m_left > 0) { // what stands behind the end of the packed data
                auto more = m_input.peek(64 << 10);
                if (!more)
                    return more.error();
                const size_t n = size_t(std::min<uint64_t>(more->size(), m_left));
                if (n == 0)
                    break;
                m_input.skip(n);
                m_left -= n;
            }
        }
        return Ok{};
    }

    PeekInput& m_input;
    std::string m_path;
    UnpackLimits m_limits;
    z_stream m_z = {};
    bool m_inflating = false, m_open = false, m_ended = false, m_broken = false, m_descriptor = false, m_wide = false;
    int m_method = 0;
    uint64_t m_packed = 0, m_left = 0;
    size_t m_count = 0;
};

} // namespace

bool isZip(std::string_view head)
{
    return head.starts_with("PK\x03\x04");
}

std::unique_ptr<Archive> openZip(PeekInput& input, std::string path, UnpackLimits limits)
{
    return std::make_unique<Zip>(input, std::move(path), limits);
}

} // namespace calltide::formats
