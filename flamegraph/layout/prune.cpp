// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/treebuilder.h"
#include <algorithm>

namespace calltide::flame {
namespace {
constexpr size_t kMany = 1'000'000; // nodes; fewer are all kept
} // namespace

Pruning prune(const LooseTree& loose, const TreeOptions& options)
{
    const Nodes& nodes = loose.nodes;
    const bool topDown = options.direction == Direction::TopDown;
    Pruning out;
    if (topDown) {
        out.callsBelow.assign(nodes.size(), 0);
        for (size_t i = nodes.size(); i-- > 0;) {
            out.callsBelow[i] += nodes[i].calls;
            if (i)
                out.callsBelow[nodes[i].parent] += out.callsBelow[i];
        }
    }
    if (nodes.size() + loose.leftOut <= kMany)
        return out;

    // How many functions of the path `closer` a node has behind it; kBeside: it is not on it.
    constexpr uint32_t kBeside = ~0u;
    const auto& path = options.closer;
    std::vector<uint32_t> behind(path.empty() ? 0 : nodes.size(), kBeside);
    size_t closest = 0;
    if (!path.empty())
        behind[0] = 0;
    const auto calls = [&](size_t i) { return topDown ? out.callsBelow[i] : nodes[i].calls; };
    const auto large = [&](size_t i, size_t whole) {
        return Smallest::of(nodes[whole].time, calls(whole)).isAbove(nodes[i], calls(i));
    };
    out.kept.assign(nodes.size(), false);
    out.kept[0] = true;
    for (size_t i = 1; i < nodes.size(); ++i) {
        const uint32_t parent = nodes[i].parent;
        if (!out.kept[parent])
            continue;
        size_t whole = 0;
        if (!path.empty() && behind[parent] != kBeside) {
            const uint32_t at = behind[parent];
            if (at == path.size())
                behind[i] = at; // inside
            else if (nodes[i].function == path[at])
                behind[i] = at + 1;
            if (behind[i] == path.size()) {
                closest = at == path.size() ? closest : i;
                whole = closest;
            }
        }
        const bool onPath = !path.empty() && behind[i] != kBeside && behind[i] < path.size();
        out.kept[i] = onPath || i == closest || large(i, whole);
    }
    return out;
}

} // namespace calltide::flame
