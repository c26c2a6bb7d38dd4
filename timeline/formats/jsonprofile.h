// SPDX-License-Identifier: GPL-3.0-or-later
// What the readers of profiles in JSON share. Nothing recurses.
#pragma once
#include "formats/content.h"
#include "formats/jsontext.h"
#include <initializer_list>

namespace calltide::formats::json {

// Names of the members of a document's top-level object, as far as `head` goes, with their values (the last one may be
// cut off). Empty when it is no object.
std::vector<std::pair<std::string_view, std::string_view>> topLevel(std::string_view head);
bool hasKeys(std::string_view head, std::initializer_list<std::string_view> keys); // all of them

// The members of an object that are asked for, in one pass; the last of equal names. Others stay empty.
template <size_t N>
bool members(std::string_view object, const std::string_view (&names)[N], std::string_view (&values)[N])
{
    Cursor c(object, true);
    while (c.next()) {
        for (size_t i = 0; i < N; i++) {
            if (c.key == names[i])
                values[i] = c.value;
        }
    }
    return c.complete();
}

// The document's members with a problem "cut" when it ends early or is damaged.
void reportCut(const Content& content, store::TraceBuilder& builder);

std::vector<int64_t> integers(std::string_view list, int64_t instead = -1); // null and others become `instead`

} // namespace calltide::formats::json
