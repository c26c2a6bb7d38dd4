// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed into the filter bar: "func:load file:orders thread:pool dur>1ms arg.user=17 -func:idle".
//
// Words without a key are func:. Terms with the same key are alternatives, terms with different keys must all hold, and
// a term with a minus must not hold. Values are parts of names, ASCII case ignored; in /slashes/ regular expressions; in
// "quotes" they may have spaces.
#pragma once
#include "layout/filter.h"
#include "store/progress.h"
#include "store/trace.h"
#include <QString>
#include <QStringList>
#include <vector>

namespace calltide::ui {

enum class FilterKey : uint8_t { Function, File, Module, Thread, Longer, Shorter, Argument };

struct FilterTerm
{
    FilterKey key = FilterKey::Function;
    bool not_ = false;
    QString name; // Argument: which one
    QString value;
    int64_t duration = 0; // Longer, Shorter: ns
    friend bool operator==(const FilterTerm&, const FilterTerm&) = default;
};

struct FilterTerms
{
    std::vector<FilterTerm> terms;
    QString error; // a sentence; then nothing is filtered
};

FilterTerms parseFilter(const QString& text);
QStringList filterWords(const QString& text); // as they were written, a term each
// Reads every argument of the trace when a term asks for one: seconds on large traces. Any thread; without calls when
// cancelled.
layout::CallFilter makeFilter(const std::vector<FilterTerm>& terms, const store::Trace& trace, store::Progress* progress);
bool readsArguments(const std::vector<FilterTerm>& terms);

} // namespace calltide::ui
