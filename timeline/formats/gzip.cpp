// SPDX-License-Identifier: GPL-3.0-or-later
// Streaming gunzip by ISA-L (about three times as fast) or zlib.
#include "formats/input.h"
#include <cstring>
#include <vector>
#ifdef CALLTIDE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

namespace calltide::formats {

namespace {

enum class Step
{
    More,
    MemberEnd,
    Bad
};

#ifdef CALLTIDE_ISAL
class Inflater
{
public:
    Inflater()
        : m_state(std::make_unique<inflate_state>())
    {
        reset();
    }
    void reset()
    {
        isal_inflate_init(m_state.get());
        isal_gzip_header header;
        isal_gzip_header_init(&header);
        m_state->crc_flag = ISAL_GZIP; // header and trailer are checked by it
    }
    Step run(const char*& in, size_t& inLeft, char*& out, size_t& outLeft)
    {
        auto& s = *m_state;
        s.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(in));
        s.avail_in = uint32_t(std::min<size_t>(inLeft, 1u << 30));
        s.next_out = reinterpret_cast<uint8_t*>(out);
        s.avail_out = uint32_t(std::min<size_t>(outLeft, 1u << 30));
        const uint32_t in0 = s.avail_in, out0 = s.avail_out;
        const int r = isal_inflate(&s);
        in += in0 - s.avail_in;
        inLeft -= in0 - s.avail_in;
        out += out0 - s.avail_out;
        outLeft -= out0 - s.avail_out;
        if (r != ISAL_DECOMP_OK && r != ISAL_END_INPUT)
            return Step::Bad;
        return s.block_state == ISAL_BLOCK_FINISH ? Step::MemberEnd : Step::More;
    }

private:
    std::unique_ptr<inflate_state> m_state;
};
#else
class Inflater
{
public:
    Inflater() { inflateInit2(&m_state, 15 + 16); }
    ~Inflater() { inflateEnd(&m_state); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    void reset() { inflateReset(&m_state); }
    Step run(const char*& in, size_t& inLeft, char*& out, size_t& outLeft)
    {
        m_state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in));
        m_state.avail_in = uInt(std::min<size_t>(inLeft, 1u << 30));
        m_state.next_out = reinterpret_cast<Bytef*>(out);
        m_state.avail_out = uInt(std::min<size_t>(outLeft, 1u << 30));
        const uInt in0 = m_state.avail_in, out0 = m_state.avail_out;
        const int r = inflate(&m_state, Z_NO_FLUSH);
        in += in0 - m_state.avail_in;
        inLeft -= in0 - m_state.avail_in;
        out += out0 - m_state.avail_out;
        outLeft -= out0 - m_state.avail_out;
        return r == Z_STREAM_END ? Step::MemberEnd : r == Z_OK || r == Z_BUF_ERROR ? Step::More : Step::Bad;
    }

private:
    z_stream m_state = {};
};
#endif

class GzipInput final : public Input
{
public:
    GzipInput(std::unique_ptr<Input> packed, std::string path, UnpackLimits limits)
        : m_packed(std::move(packed))
        , m_path(std::move(path))
        , m_limits(limits)
        , m_buffer(1 << 20)
    {
    }

    Result<size_t> read(char* to, size_t size) override
    {
        char* out = to;
        size_t left = size;
        while (left > 0 && !m_done) {
            if (m_have == 0 && !m_packedEnd) {
                auto n = m_packed->read(m_buffer.data(), m_buffer.size());
                if (!n)
                    return n;
                m_at = m_buffer.data();
                m_have = *n;
                m_packedEnd = *n < m_buffer.size();
            }
            if (m_have == 0 && m_betweenMembers) {
                m_done = true;
                break;
            }
            if (m_betweenMembers && !startsMember()) { // padding or rubbish after the last member: as gzip does
                m_done = true;
                break;
            }
            m_betweenMembers = false;
            const size_t inBefore = m_have, outBefore = left;
            const Step step = m_inflater.run(m_at, m_have, out, left);
            m_total += outBefore - left;
            if (m_limits.exceeded(outBefore - left, m_packed->position()))
                return tooLarge(m_path);
            if (step == Step::MemberEnd) {
                m_inflater.reset();
                m_betweenMembers = true;
            } else if (step == Step::Bad || (inBefore == m_have && outBefore == left)) {
                // Damaged or cut off: what came so far is good, the reader of it sees an early end.
                m_done = true;
            }
        }
        return size - left;
    }
    uint64_t position() const override { return m_packed->position() - m_have; }
    uint64_t fileSize() const override { return m_packed->fileSize(); }
    bool compressed() const override { return true; }

private:
    bool startsMember() const { return m_total == 0 || (m_have >= 1 && uint8_t(*m_at) == 0x1f); }

    std::unique_ptr<Input> m_packed;
    std::string m_path;
    UnpackLimits m_limits;
    std::vector<char> m_buffer;
    Inflater m_inflater;
    const char* m_at = nullptr;
    size_t m_have = 0;
    uint64_t m_total = 0;
    bool m_packedEnd = false, m_betweenMembers = true, m_done = false;
};

} // namespace

std::unique_ptr<Input> gunzip(std::unique_ptr<Input> packed, std::string path, UnpackLimits limits)
{
    return std::make_unique<GzipInput>(std::move(packed), std::move(path), limits);
}

} // namespace calltide::formats
