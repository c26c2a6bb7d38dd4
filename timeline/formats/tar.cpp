// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/archive.h"
#include <algorithm>

namespace calltide::formats {

namespace {

constexpr size_t kBlock = 512;

// Octal digits, or binary when the first bit is set.
std::optional<uint64_t> number(std::string_view field)
{
    uint64_t v = 0;
    if (uint8_t(field.front()) & 0x80) {
        v = uint8_t(field.front()) & 0x3F;
        for (size_t i = 1; i < field.size(); i++) {
            if (v >> 55)
                return {};
            v = v << 8 | uint8_t(field[i]);
        }
        return v;
    }
    bool any = false;
    for (const char c : field) {
        if (c >= '0' && c <= '7') {
            v = v * 8 + uint64_t(c - '0');
            any = true;
        } else if (any || c != ' ') {
            break;
        }
    }
    return any ? std::optional(v) : std::nullopt;
}

std::string_view text(std::string_view field)
{
    return field.substr(0, field.find('\0'));
}

class Part final : public Input
{
public:
    Part(PeekInput& whole, uint64_t size)
        : m_whole(whole)
        , m_left(size)
    {
    }
    Result<size_t> read(char* to, size_t size) override
    {
        auto n = m_whole.read(to, size_t(std::min<uint64_t>(size, m_left)));
        if (n)
            m_left -= *n;
        return n;
    }
    uint64_t position() const override { return m_whole.position(); }
    uint64_t fileSize() const override { return m_whole.fileSize(); }
    bool compressed() const override { return true; } // offsets are not the file's

    uint64_t left() const { return m_left; }

private:
    PeekInput& m_whole;
    uint64_t m_left;
};

class Tar final : public Archive
{
public:
    Tar(PeekInput& input, std::string path)
        : m_input(input)
        , m_path(std::move(path))
    {
    }

    Result<std::optional<Member>> next() override
    {
        std::string longName;
        for (;;) {
            if (auto s = skip(toSkip()); !s)
                return s.error();
            if (++m_headers > kGreatestCount * 3)
                return Error{ErrorCode::NotSupported, m_path + " holds too many files."};
            char header[kBlock];
            auto n = m_input.read(header, kBlock);
            if (!n)
                return n.error();
            const std::string_view h(header, kBlock);
            if (*n < kBlock || header[0] == 0)
                return std::optional<Member>();
            const auto size = number(h.substr(124, 12));
            if (!isTar(h) || !size || *size > (uint64_t(1) << 42)) {
                m_problems.push_back("The archive is damaged; what follows was left out.");
                return std::optional<Member>();
            }
            m_left = *size;
            m_padding = (kBlock - *size % kBlock) % kBlock;
            const char type = header[156];
            if (type == 'L' && *size < 65536) { // GNU: the name of the next entry
                longName.resize(size_t(*size));
                auto got = m_input.read(longName.data(), longName.size());
                if (!got)
                    return got.error();
                longName = text(longName);
                m_left = 0;
                continue;
            }
            if (type != '0' && type != '\0' && type != '7')
                continue;
            Member member;
            member.name = !longName.empty() ? longName : std::string(text(h.substr(0, 100)));
            auto part = std::make_unique<Part>(m_input, m_left);
            m_part = part.get();
            member.input = std::make_unique<Borrowed>(std::move(part), *this);
            return std::optional(std::move(member));
        }
    }

private:
    // Tells the archive how much of a member was read when the reader lets go of it.
    class Borrowed final : public Input
    {
    public:
        Borrowed(std::unique_ptr<Part> part, Tar& tar)
            : m_part(std::move(part))
            , m_tar(tar)
        {
        }
        ~Borrowed() override
        {
            m_tar.m_left = m_part->left();
            m_tar.m_part = nullptr;
        }
        Result<size_t> read(char* to, size_t size) override { return m_part->read(to, size); }
        uint64_t position() const override { return m_part->position(); }
        uint64_t fileSize() const override { return m_part->fileSize(); }
        bool compressed() const override { return true; }

    private:
        std::unique_ptr<Part> m_part;
        Tar& m_tar;
    };

    uint64_t toSkip()
    {
        const uint64_t n = (m_part ? m_part->left() : m_left) + m_padding;
        m_left = m_padding = 0;
        return n;
    }
    Status skip(uint64_t count)
    {
        std::vector<char> block(size_t(std::min<uint64_t>(count, 1 << 20)));
        while (count > 0) {
            const size_t want = size_t(std::min<uint64_t>(count, block.size()));
            auto n = m_input.read(block.data(), want);
            if (!n)
                return n.error();
            if (*n < want)
                break;
            count -= *n;
        }
        return Ok{};
    }

    PeekInput& m_input;
    std::string m_path;
    uint64_t m_left = 0, m_padding = 0;
    Part* m_part = nullptr;
    size_t m_headers = 0;
};

} // namespace

bool isTar(std::string_view head)
{
    return head.size() >= kBlock && head.substr(257, 5) == "ustar";
}

std::unique_ptr<Archive> openTar(PeekInput& input, std::string path)
{
    return std::make_unique<Tar>(input, std::move(path));
}

} // namespace calltide::formats
