// SPDX-License-Identifier: GPL-3.0-or-later
// Gives back in a thread of its own what takes long to give back: millions of pieces of memory of a trace whose opening
// was stopped, so that whoever stopped it need not wait. Any thread.
#pragma once
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace calltide::store {

template <class T> void discard(T object)
{
    auto kept = std::make_unique<T>(std::move(object));
    try {
        std::thread([kept = std::move(kept)]() mutable { kept.reset(); }).detach();
    } catch (const std::system_error&) { // no thread to be had: then here
    }
}

} // namespace calltide::store
