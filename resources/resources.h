// SPDX-License-Identifier: GPL-3.0-or-later
// Registers ":/calltide/tokens.json" and ":/calltide/icons/NAME.svg". Cheap and harmless to call again.
#pragma once

namespace calltide {
void initResources();
}
