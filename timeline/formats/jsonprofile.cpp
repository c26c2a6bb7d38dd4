// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonprofile.h"
#include <algorithm>

namespace calltide::formats::json {

std::vector<std::pair<std::string_view, std::string_view>> topLevel(std::string_view head)
{
    std::vector<std::pair<std::string_view, std::string_view>> out;
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    const char* p = skipSpace(head.data(), head.data() + head.size());
    head.remove_prefix(size_t(p - head.data()));
    if (!head.starts_with('{'))
        return out;
    for (Cursor c(head, true); c.next() && out.size() < 1000;)
        out.emplace_back(c.key, c.value);
    return out;
}

bool hasKeys(std::string_view head, std::initializer_list<std::string_view> keys)
{
    const auto all = topLevel(head);
    return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) {
        return std::any_of(all.begin(), all.end(), [&](const auto& m) { return m.first == key; });
    });
}

void reportCut(const Content& content, store::TraceBuilder& builder)
{
    Cursor c(content.bytes);
    while (c.next()) { }
    if (c.complete())
        return;
    builder.problem(
        "json.cut", "The file is not complete or damaged; what could be read of it is shown.",
        store::Severity::DataLoss, int64_t(content.bytes.size()));
}

std::vector<int64_t> integers(std::string_view list, int64_t instead)
{
    std::vector<int64_t> out;
    for (Cursor c(list, true); c.next();)
        out.push_back(parseInteger(c.value).value_or(instead));
    return out;
}

} // namespace calltide::formats::json
