// SPDX-License-Identifier: GPL-3.0-or-later
#include "format/format.h"
#include "formats/input.h"
#include "formats/reader.h"
#include <cstring>

namespace calltide::formats {

Format sniff(std::string_view head)
{
    if (head.size() >= 2 && uint8_t(head[0]) == 0x1f && uint8_t(head[1]) == 0x8b)
        return Format::Gzip;
    if (head.size() >= sizeof(format::kMagic) && std::memcmp(head.data(), format::kMagic, sizeof(format::kMagic)) == 0)
        return Format::Calltide;
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    for (const char c : head) {
        if (c == '{' || c == '[')
            return Format::ChromeJson;
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            break;
    }
    return Format::Unknown;
}

Result<store::TracePtr> open(const std::string& path, const OpenOptions& options)
{
    char head[4096];
    auto plain = openInput(path);
    if (!plain)
        return plain.error();
    auto n = (*plain)->read(head, sizeof head);
    if (!n)
        return n.error();
    Format kind = sniff({head, *n});
    const bool packed = kind == Format::Gzip;
    if (packed) {
        auto unpacked = openUnpacked(path);
        if (!unpacked)
            return unpacked.error();
        n = (*unpacked)->read(head, sizeof head);
        if (!n)
            return n.error();
        if (*n == 0)
            return Error{ErrorCode::Damaged, path + ": the compressed file is damaged or empty."};
        kind = sniff({head, *n});
    }
    switch (kind) {
    case Format::ChromeJson:
        return readJson(path, options);
    case Format::Calltide:
        if (packed)
            return Error{
                ErrorCode::NotSupported, path + ": this recording is compressed; unpack it with gunzip first."};
        return readNative(path, options);
    default:
        break;
    }
    const std::string_view text(head, *n);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return Error{ErrorCode::NotSupported, path + ": this text is UTF-16; save it as UTF-8 first."};
    return Error{ErrorCode::NotSupported, path + ": this is neither a Calltide recording nor Chrome or Perfetto JSON."};
}

} // namespace calltide::formats
