// SPDX-License-Identifier: Apache-2.0
// One entry of the table of functions that the interpreter (its executable or library) imports, lent to a function of ours.
// All with the interpreter's lock.
#pragma once

namespace calltide::core {

class ImportEntry
{
public:
    constexpr explicit ImportEntry(const char* function)
        : m_function(function)
    {
    }
    // `inInterpreter`: the address of any of its functions. False: there is no such entry, or it cannot be written.
    bool lend(const void* inInterpreter, void* ours);
    // What somebody else has put there since stays; ours then has to pass calls on.
    void giveBack();

private:
    bool put(void* function);

    const char* m_function;
    void** m_entry = nullptr;
    bool m_readOnly = false; // once the loader has filled it
    void* m_before = nullptr; // what stood there; null: ours does not
    void* m_ours = nullptr;
};

} // namespace calltide::core
