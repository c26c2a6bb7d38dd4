// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes of a file from front to back, plain or unpacked on the way. Used by one thread at a time.
#pragma once
#include "store/mappedfile.h"
#include "store/result.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace calltide::formats {

class Input
{
public:
    virtual ~Input() = default;
    // Fills as much of [to, to + size) as there is; less than `size` only at the end.
    virtual Result<size_t> read(char* to, size_t size) = 0;
    virtual uint64_t position() const = 0; // bytes of the file itself used so far, for progress
    virtual uint64_t fileSize() const = 0;
    virtual bool compressed() const { return false; } // offsets are then not those of the file
    // The whole file where it lies, for one who then reads nothing but says how far it is; null: it has to be read.
    virtual std::shared_ptr<const store::MappedFile> mapped() { return nullptr; }
    virtual void usedUpTo(uint64_t /*position*/) { }
};

// A compressed file that unpacks to more than this is refused, or asked about.
struct UnpackLimits
{
    uint64_t freeBytes = uint64_t(256) << 20; // never asked about below this
    uint64_t maxRatio = 100; // traces reach 8 to 30; gzip's own limit is about 1,030
    uint64_t maxBytes = uint64_t(1) << 38;
    std::function<bool(uint64_t unpacked)> goOn; // asked once, on the thread that reads; none: no
    // Of all who got a copy of these limits: layers, and members of archives within archives.
    std::shared_ptr<uint64_t> all = std::make_shared<uint64_t>(0);
    bool exceeded(uint64_t more, uint64_t packed)
    {
        const uint64_t unpacked = *all += more;
        if (unpacked <= freeBytes || (unpacked <= maxBytes && unpacked / maxRatio <= packed))
            return false;
        if (!goOn || !goOn(unpacked))
            return true;
        freeBytes = UINT64_MAX;
        return false;
    }
};
Error tooLarge(const std::string& path);

Result<std::unique_ptr<Input>> openInput(const std::string& path);
// Unpacks gzip (any number of members). `path` is for messages.
std::unique_ptr<Input> gunzip(std::unique_ptr<Input> packed, std::string path, UnpackLimits limits = {});
// Unpacks zstd (any number of frames), turns UTF-16 into UTF-8.
std::unique_ptr<Input> unzstd(std::unique_ptr<Input> packed, std::string path, UnpackLimits limits = {});
std::unique_ptr<Input> fromUtf16(std::unique_ptr<Input> wide, bool bigEndian);
// openInput, and gunzip when the content is gzip.
Result<std::unique_ptr<Input>> openUnpacked(const std::string& path);

// "FILE: cannot be opened: reason"
Error systemError(const std::string& path, const char* what, int number);

} // namespace calltide::formats
