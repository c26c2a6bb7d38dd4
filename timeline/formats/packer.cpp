// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/packer.h"
#include <vector>
#ifdef CALLTIDE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

namespace calltide::formats {

#ifdef CALLTIDE_ISAL

struct Packer::Private
{
    isal_zstream stream;
    std::vector<uint8_t> levelBuffer = std::vector<uint8_t>(ISAL_DEF_LVL2_DEFAULT);
    std::vector<uint8_t> out = std::vector<uint8_t>(256 << 10);
};

Packer::Packer()
    : d(std::make_unique<Private>())
{
    isal_deflate_init(&d->stream);
    d->stream.gzip_flag = IGZIP_GZIP;
    d->stream.level = 2;
    d->stream.level_buf = d->levelBuffer.data();
    d->stream.level_buf_size = uint32_t(d->levelBuffer.size());
}

void Packer::add(std::string_view bytes, bool last, const Sink& sink)
{
    auto& s = d->stream;
    s.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
    s.avail_in = uint32_t(bytes.size());
    s.end_of_stream = last;
    do {
        s.next_out = d->out.data();
        s.avail_out = uint32_t(d->out.size());
        isal_deflate(&s);
        sink(reinterpret_cast<const char*>(d->out.data()), d->out.size() - s.avail_out);
    } while (s.avail_out == 0 || s.avail_in > 0);
}

Packer::~Packer() = default;

#else

struct Packer::Private
{
    z_stream stream = {};
    std::vector<Bytef> out = std::vector<Bytef>(256 << 10);
};

Packer::Packer()
    : d(std::make_unique<Private>())
{
    deflateInit2(&d->stream, 4, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
}

void Packer::add(std::string_view bytes, bool last, const Sink& sink)
{
    auto& s = d->stream;
    s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    s.avail_in = uInt(bytes.size());
    do {
        s.next_out = d->out.data();
        s.avail_out = uInt(d->out.size());
        deflate(&s, last ? Z_FINISH : Z_NO_FLUSH);
        sink(reinterpret_cast<const char*>(d->out.data()), d->out.size() - s.avail_out);
    } while (s.avail_out == 0);
}

Packer::~Packer()
{
    deflateEnd(&d->stream);
}

#endif

} // namespace calltide::formats
