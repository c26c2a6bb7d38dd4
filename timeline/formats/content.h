// SPDX-License-Identifier: GPL-3.0-or-later
// What readers of small formats work on: the whole unpacked content in memory. Used by one thread at a time.
#pragma once
#include "formats/input.h"
#include "store/builder.h"
#include "store/progress.h"
#include <string_view>

namespace calltide::formats {

struct Content
{
    std::string_view bytes;
    std::string path; // for messages
    store::Progress* progress = nullptr;

    int64_t offsetOf(std::string_view part) const { return part.data() - bytes.data(); } // part lies within bytes
    bool cancelled() const { return progress && progress->cancelled(); }
};

// An input whose first bytes can be looked at before it is read.
class PeekInput final : public Input
{
public:
    // Reads nothing more once `progress` is cancelled.
    explicit PeekInput(std::unique_ptr<Input> input, const store::Progress* progress = nullptr);
    // At least `size` bytes, fewer only when there are no more.
    Result<std::string_view> peek(size_t size);
    void skip(size_t size); // of what was last looked at
    Result<size_t> read(char* to, size_t size) override;
    uint64_t position() const override { return m_input->position(); }
    uint64_t fileSize() const override { return m_input->fileSize(); }
    bool compressed() const override { return m_input->compressed(); }
    std::shared_ptr<const store::MappedFile> mapped() override { return m_input->mapped(); }
    void usedUpTo(uint64_t position) override { m_input->usedUpTo(position); }

private:
    Result<size_t> readOn(char* to, size_t size);

    std::unique_ptr<Input> m_input;
    const store::Progress* m_progress;
    std::string m_head;
    size_t m_used = 0; // of m_head
};

// Everything that is left. Refuses more than `limit` bytes.
Result<std::string> readWhole(
    Input& input, const std::string& path, uint64_t limit = uint64_t(8) << 30, store::Progress* progress = nullptr);

} // namespace calltide::formats
