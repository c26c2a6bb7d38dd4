// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fuzzy.h"
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr int kLetter = 10, kTogether = 15, kWordBegin = 12, kTextBegin = 20, kWhole = 20, kGapMost = 8;

bool beginsWord(const QString& text, int at)
{
    if (at == 0)
        return true;
    const QChar before = text[at - 1], here = text[at];
    return !before.isLetterOrNumber() || (before.isLower() && here.isUpper());
}

// The letters from `from` on, each taken where it comes first.
FuzzyMatch matchFrom(const QString& text, const QString& wanted, int from)
{
    FuzzyMatch out;
    int at = from, score = 0;
    for (const QChar c : wanted) {
        const QChar folded = c.toCaseFolded();
        while (at < text.size() && text[at].toCaseFolded() != folded)
            ++at;
        if (at == text.size())
            return {};
        score += kLetter + (beginsWord(text, at) ? kWordBegin : 0) + (at == 0 ? kTextBegin : 0);
        if (!out.letters.isEmpty()) {
            const int gap = at - out.letters.last() - 1;
            score += gap == 0 ? kTogether : -std::min(gap, kGapMost);
        }
        out.letters.append(at++);
    }
    if (out.letters.size() == text.size())
        score += kWhole;
    out.score = std::max(0, score - int(text.size()) / 16); // of equals the shorter one
    return out;
}
} // namespace

FuzzyMatch fuzzyMatch(const QString& text, const QString& wanted)
{
    QString letters = wanted;
    letters.remove(u' ');
    if (letters.isEmpty())
        return {0, {}};
    FuzzyMatch best;
    for (int i = 0; i < text.size(); ++i) {
        if (text[i].toCaseFolded() != letters[0].toCaseFolded())
            continue;
        FuzzyMatch match = matchFrom(text, letters, i);
        if (match.score < 0)
            break; // nor will it be found further on
        if (match.score > best.score)
            best = std::move(match);
    }
    return best;
}

} // namespace calltide::ui
