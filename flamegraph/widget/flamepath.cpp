// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/flamepath.h"
#include <algorithm>

namespace calltide::flameview {

FlamePath pathOf(const flame::CallTree& tree, uint32_t node)
{
    FlamePath path;
    for (uint32_t n = node; n != 0; n = tree.node(n).parent)
        path.push_back(tree.node(n).function);
    std::reverse(path.begin(), path.end());
    return path;
}

uint32_t findPath(const flame::CallTree& tree, const FlamePath& path)
{
    uint32_t node = 0;
    for (const store::FunctionId function : path) {
        const auto children = tree.childrenOf(node);
        const auto found = std::find_if(
            children.begin(), children.end(), [&](const flame::Node& n) { return n.function == function; });
        if (found == children.end())
            return 0;
        node = tree.node(node).firstChild + uint32_t(found - children.begin());
    }
    return node;
}

FlamePath pathOf(const store::Trace& trace, store::SliceIndex slice)
{
    FlamePath path;
    for (store::SliceIndex s = slice; s != store::kNoSlice; s = trace.parent(s))
        path.push_back(trace.functionOf(s));
    std::reverse(path.begin(), path.end());
    return path;
}

} // namespace calltide::flameview
