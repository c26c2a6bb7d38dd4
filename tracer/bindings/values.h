// SPDX-License-Identifier: Apache-2.0
// Arguments and results as JSON, without running code of the program: exact built-in types are shown, bounded in length
// and depth; of anything else only its class is named, unless its own repr() is asked for.
#pragma once
#include "bindings/frames.h"

namespace calltide::bindings {

inline constexpr size_t kMostOfValues = 3000; // bytes of one call's arguments, or of its result

// {"name": value, …} of the newest frame, which has just begun; empty if it takes none. Leaves no exception set.
std::string argumentsOf(CallFrame* frame, PyCodeObject* code, bool useRepr);
std::string valueOf(PyObject* value, bool useRepr);
// A dictionary with text keys, as given to log_instant(); anything else becomes {"value": …}.
std::string objectOf(PyObject* value, bool useRepr);

} // namespace calltide::bindings
