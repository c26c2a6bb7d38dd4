// SPDX-License-Identifier: GPL-3.0-or-later
// Finding a text by some of its letters, in their order. Pure functions; any thread.
#pragma once
#include <QList>
#include <QString>

namespace calltide::ui {

struct FuzzyMatch
{
    int score = -1; // higher is better; negative: the letters are not in it
    QList<int> letters; // places of the matched ones
};

// Case is ignored, and so are blanks in `wanted`. Letters that stand together, begin words or begin the text count more.
FuzzyMatch fuzzyMatch(const QString& text, const QString& wanted);

} // namespace calltide::ui
