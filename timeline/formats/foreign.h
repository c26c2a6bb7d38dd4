// SPDX-License-Identifier: GPL-3.0-or-later
// Files of other tools that Calltide does not read: what they are and what to do instead, for the message that refuses them.
// Any thread.
#pragma once
#include <string_view>

namespace calltide::formats {

// "a web page; …", to stand behind "this is "; empty when it is of no such kind. Only asked about what no reader takes.
std::string_view foreignKind(std::string_view head);

} // namespace calltide::formats
