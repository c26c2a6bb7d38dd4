// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/recorderoptions.h"
#include <algorithm>
#include <numeric>
#include <vector>

namespace calltide::cli {

namespace {

constexpr RecorderOption kRecorderOptions[] = {
#include "recordoptions.inc"
};

} // namespace

const char* recorderHelp()
{
    return
#include "recorderhelp.inc"
        ;
}

const RecorderOption* recorderOption(const QString& word)
{
    const QString name = word.section(u'=', 0, 0).replace(u'_', u'-');
    for (const RecorderOption& o : kRecorderOptions) {
        if (name == QLatin1String(o.name))
            return &o;
    }
    return nullptr;
}

QString didYouMean(const QString& word)
{
    const QString name = word.section(u'=', 0, 0).replace(u'_', u'-');
    const char* nearest = nullptr;
    size_t least = 3; // letters that differ: more are another word
    for (const RecorderOption& o : kRecorderOptions) {
        const QString other = QString::fromLatin1(o.name);
        std::vector<size_t> row(size_t(other.size()) + 1); // the edit distance, row by row
        std::iota(row.begin(), row.end(), size_t(0));
        for (qsizetype i = 0; i < name.size(); ++i) {
            size_t diagonal = row[0]++;
            for (size_t j = 1; j < row.size(); ++j) {
                const size_t change = diagonal + (name[i] != other[qsizetype(j) - 1]);
                diagonal = row[j];
                row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
            }
        }
        if (row.back() < least) {
            least = row.back();
            nearest = o.name;
        }
    }
    return nearest ? QStringLiteral("; did you mean %1?").arg(QLatin1String(nearest)) : QStringLiteral(".");
}

} // namespace calltide::cli
