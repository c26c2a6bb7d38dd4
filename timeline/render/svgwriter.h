// SPDX-License-Identifier: GPL-3.0-or-later
// A draw list as an SVG document: the same picture as the painters', to be scaled and edited. Text stays text, in Inter
// and JetBrains Mono with common fallbacks. GUI thread (icons are read from the resources).
#pragma once
#include "layout/drawlist.h"
#include <QByteArray>

namespace calltide::render {

class FontMetrics;

QByteArray writeSvg(const layout::DrawList& list, const FontMetrics& fonts);

} // namespace calltide::render
