// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/packer.h"
#include <vector>
#include <zstd.h>
#ifdef CALLTIDE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

namespace calltide::formats {

namespace {

constexpr size_t kBlock = 256 << 10;

#ifdef CALLTIDE_ISAL

class GzipPacker final : public Packer
{
public:
    GzipPacker()
    {
        isal_deflate_init(&m_stream);
        m_stream.gzip_flag = IGZIP_GZIP;
        m_stream.level = 2;
        m_stream.level_buf = m_levelBuffer.data();
        m_stream.level_buf_size = uint32_t(m_levelBuffer.size());
    }
    void add(std::string_view bytes, bool last, const Sink& sink) override
    {
        auto& s = m_stream;
        s.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
        s.avail_in = uint32_t(bytes.size());
        s.end_of_stream = last;
        do {
            s.next_out = m_out.data();
            s.avail_out = uint32_t(m_out.size());
            isal_deflate(&s);
            sink(reinterpret_cast<const char*>(m_out.data()), m_out.size() - s.avail_out);
        } while (s.avail_out == 0 || s.avail_in > 0);
    }

private:
    isal_zstream m_stream;
    std::vector<uint8_t> m_levelBuffer = std::vector<uint8_t>(ISAL_DEF_LVL2_DEFAULT);
    std::vector<uint8_t> m_out = std::vector<uint8_t>(kBlock);
};

#else

class GzipPacker final : public Packer
{
public:
    GzipPacker() { deflateInit2(&m_stream, 4, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY); }
    ~GzipPacker() override { deflateEnd(&m_stream); }
    void add(std::string_view bytes, bool last, const Sink& sink) override
    {
        auto& s = m_stream;
        s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        s.avail_in = uInt(bytes.size());
        do {
            s.next_out = m_out.data();
            s.avail_out = uInt(m_out.size());
            deflate(&s, last ? Z_FINISH : Z_NO_FLUSH);
            sink(reinterpret_cast<const char*>(m_out.data()), m_out.size() - s.avail_out);
        } while (s.avail_out == 0);
    }

private:
    z_stream m_stream = {};
    std::vector<Bytef> m_out = std::vector<Bytef>(kBlock);
};

#endif

class ZstdPacker final : public Packer
{
public:
    explicit ZstdPacker(int level) { ZSTD_CCtx_setParameter(m_stream, ZSTD_c_compressionLevel, level); }
    ~ZstdPacker() override { ZSTD_freeCCtx(m_stream); }
    void add(std::string_view bytes, bool last, const Sink& sink) override
    {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (;;) {
            ZSTD_outBuffer out{m_out.data(), m_out.size(), 0};
            const size_t left = ZSTD_compressStream2(m_stream, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
            sink(m_out.data(), out.pos);
            if (ZSTD_isError(left) || (last ? left == 0 : in.pos == in.size))
                return;
        }
    }

private:
    ZSTD_CCtx* m_stream = ZSTD_createCCtx();
    std::vector<char> m_out = std::vector<char>(kBlock);
};

} // namespace

Packing packingOf(std::string_view path)
{
    return path.ends_with(".gz") ? Packing::Gzip : path.ends_with(".zst") ? Packing::Zstd : Packing::None;
}

std::unique_ptr<Packer> Packer::make(Packing packing)
{
    if (packing == Packing::None)
        return nullptr;
    if (packing == Packing::Gzip)
        return std::make_unique<GzipPacker>();
    return std::make_unique<ZstdPacker>(packing == Packing::ZstdSmall ? 9 : ZSTD_CLEVEL_DEFAULT);
}

} // namespace calltide::formats
