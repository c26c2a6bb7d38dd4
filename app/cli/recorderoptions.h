// SPDX-License-Identifier: GPL-3.0-or-later
// The recorder's own options are passed on as they are: tracer/calltide/options.py alone knows what they mean, and says what
// is wrong with them.
#pragma once
#include <QString>

namespace calltide::cli {

struct RecorderOption
{
    const char* name;
    bool takesValue; // in the next word, where there is no "="
};

const char* recorderHelp(); // lines about all of them, as python -m calltide --help has them
const RecorderOption* recorderOption(const QString& word); // null: there is none of this name
// "; did you mean --max-depth?", or "." when none is near.
QString didYouMean(const QString& word);

} // namespace calltide::cli
