// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms: changes of the merged paths before they are shown, applied one after another. Times of the calls that
// remain are kept exact: what is merged away goes to its caller, what is dropped is gone from everything above it too.
#pragma once
#include "store/ids.h"
#include <cstdint>
#include <vector>

namespace calltide::flame {

enum class TransformKind : uint8_t
{
    MergeFunction, // its calls vanish, their self time goes to the caller
    MergeLibrary, // the same for all functions that are not the user's own: standard library, packages, C
    DropFunction, // its calls vanish with all they call
    FocusHits, // only the calls of the functions in `functions` and what is below them
    FocusFunction, // only its calls and what is below them
    FocusSubtree, // only the calls of one path and what is below them
    CollapseRecursion, // calls of it inside itself become one with the outermost, and what lies between vanishes
    MergeNode, // as MergeFunction, of the calls of one path
    CollapseFunction, // all that it calls becomes its own time
    CollapseDirectRecursion, // calls of it directly by itself become one with their caller
    MergeModule, // as MergeFunction, of all functions in `functions`, which are those of its module
    FocusModule, // as FocusHits, of the functions of its module
};

struct Transform
{
    TransformKind kind = TransformKind::MergeFunction;
    store::FunctionId function; // all but MergeLibrary and FocusHits; of a path its last one
    std::vector<store::FunctionId> path; // FocusSubtree, MergeNode: from below the root on, top down
    std::vector<bool> functions; // FocusHits and those of modules: by FunctionId
    friend bool operator==(const Transform&, const Transform&) = default;
};

} // namespace calltide::flame
