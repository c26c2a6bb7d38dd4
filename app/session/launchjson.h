// SPDX-License-Identifier: GPL-3.0-or-later
// LaunchOptions as JSON. Reading takes anything: what is missing or of another type keeps its default.
#pragma once
#include "session/launchoptions.h"
#include <nlohmann/json.hpp>

namespace calltide::session {

nlohmann::json launchToJson(const LaunchOptions& options);
LaunchOptions launchFromJson(const nlohmann::json& value);

QString textOf(const nlohmann::json& object, const char* key); // "" unless it is a string
const nlohmann::json& listOf(const nlohmann::json& object, const char* key); // empty unless it is a list

} // namespace calltide::session
