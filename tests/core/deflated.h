// SPDX-License-Identifier: GPL-3.0-or-later
// Packing by zlib, of which a test's own reader is not made.
#pragma once
#include <QByteArray>
#include <zlib.h>

// bits: as deflateInit2 has it; 31 is gzip, 15 zlib's own, -15 bare.
inline QByteArray deflated(const QByteArray& in, int bits)
{
    z_stream z = {};
    deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(qsizetype(deflateBound(&z, uLong(in.size()))) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.constData()));
    z.avail_in = uInt(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = uInt(out.size());
    deflate(&z, Z_FINISH);
    out.resize(qsizetype(z.total_out));
    deflateEnd(&z);
    return out;
}
inline QByteArray gzip(const QByteArray& in)
{
    return deflated(in, 31);
}
