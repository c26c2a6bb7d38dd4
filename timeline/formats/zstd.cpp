// SPDX-License-Identifier: GPL-3.0-or-later
// Streaming zstd, any number of frames.
#include "formats/input.h"
#include <vector>
#include <zstd.h>
#include <zstd_errors.h>

namespace calltide::formats {

namespace {

constexpr int kGreatestWindow = 27; // 128 MiB: what zstd itself takes without being asked

class ZstdInput final : public Input
{
public:
    ZstdInput(std::unique_ptr<Input> packed, std::string path, UnpackLimits limits)
        : m_packed(std::move(packed))
        , m_path(std::move(path))
        , m_limits(limits)
        , m_buffer(1 << 20)
        , m_stream(ZSTD_createDStream())
    {
        ZSTD_DCtx_setParameter(m_stream, ZSTD_d_windowLogMax, kGreatestWindow);
    }
    ~ZstdInput() override { ZSTD_freeDStream(m_stream); }
    ZstdInput(const ZstdInput&) = delete;
    ZstdInput& operator=(const ZstdInput&) = delete;

    Result<size_t> read(char* to, size_t size) override
    {
        ZSTD_outBuffer out{to, size, 0};
        while (out.pos < size && !m_done) {
            if (m_in.pos == m_in.size && !m_packedEnd) {
                auto n = m_packed->read(m_buffer.data(), m_buffer.size());
                if (!n)
                    return n;
                m_in = {m_buffer.data(), *n, 0};
                m_packedEnd = *n < m_buffer.size();
            }
            const size_t inBefore = m_in.pos, outBefore = out.pos;
            const size_t r = ZSTD_decompressStream(m_stream, &out, &m_in);
            if (m_limits.exceeded(out.pos - outBefore, m_packed->position()))
                return tooLarge(m_path);
            if (ZSTD_isError(r) && ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge)
                return Error{
                    ErrorCode::NotSupported,
                    m_path + " needs more memory to unpack than any trace should; unpack it first, with zstd -d --long=31."};
            if (ZSTD_isError(r) || (inBefore == m_in.pos && outBefore == out.pos && m_packedEnd)) {
                // Damaged or cut off, or simply the end: what came so far is good, the reader of it sees an early end.
                m_done = true;
            }
        }
        return out.pos;
    }
    uint64_t position() const override { return m_packed->position() - (m_in.size - m_in.pos); }
    uint64_t fileSize() const override { return m_packed->fileSize(); }
    bool compressed() const override { return true; }

private:
    std::unique_ptr<Input> m_packed;
    std::string m_path;
    UnpackLimits m_limits;
    std::vector<char> m_buffer;
    ZSTD_DStream* m_stream;
    ZSTD_inBuffer m_in{nullptr, 0, 0};
    bool m_packedEnd = false, m_done = false;
};

} // namespace

std::unique_ptr<Input> unzstd(std::unique_ptr<Input> packed, std::string path, UnpackLimits limits)
{
    return std::make_unique<ZstdInput>(std::move(packed), std::move(path), limits);
}

} // namespace calltide::formats
