// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/load.h"
#include <QRegularExpression>
#include <cmath>
#include <optional>

namespace calltide::cli {

namespace {

// "1.5s", "20ms", "300us", "40ns", "0.25" (seconds).
std::optional<int64_t> parseTime(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("^\\s*(\\d+(?:\\.\\d*)?|\\.\\d+)\\s*(s|ms|us|µs|ns|)\\s*$"));
    const auto m = pattern.match(text);
    if (!m.hasMatch())
        return {};
    const QString unit = m.captured(2);
    const double scale = unit == QLatin1String("ns")   ? 1
        : unit == QLatin1String("ms")                  ? 1e6
        : unit.isEmpty() || unit == QLatin1String("s") ? 1e9
                                                       : 1e3;
    const double ns = m.captured(1).toDouble() * scale;
    if (!(ns < 9e18))
        return {};
    return int64_t(std::llround(ns));
}

} // namespace

Result<std::pair<int64_t, int64_t>> parseRange(const QString& text)
{
    const auto at = text.indexOf(QLatin1String(".."));
    const auto from = parseTime(text.left(at)), to = parseTime(text.mid(at + 2));
    if (at >= 0 && from && to && *from >= *to)
        return Error{ErrorCode::Invalid, QStringLiteral("--range %1 ends before it begins.").arg(text).toStdString()};
    if (at < 0 || !from || !to)
        return Error{
            ErrorCode::Invalid,
            QStringLiteral("--range is FROM..TO, such as 0.5s..800ms, not %1.").arg(text).toStdString()};
    return std::pair(*from, *to);
}

Result<formats::MergeOptions> mergeOptions(const Arguments& arguments)
{
    formats::MergeOptions out;
    if (const QString align = arguments.values.value(QStringLiteral("--align")); !align.isEmpty()) {
        const auto parsed = formats::parseAlign(align.toStdString());
        if (!parsed)
            return parsed.error();
        out = *parsed;
    }
    const QString offsets = arguments.values.value(QStringLiteral("--offset"));
    for (const QString& word : offsets.split(u',', Qt::SkipEmptyParts)) {
        QString time = word.trimmed();
        const bool minus = time.startsWith(u'-');
        if (minus || time.startsWith(u'+'))
            time.remove(0, 1);
        const auto ns = parseTime(time);
        if (!ns)
            return Error{
                ErrorCode::Invalid,
                QStringLiteral("--offset is a time for each file, such as 0,1.5s,-20ms, not %1.").arg(offsets).toStdString()};
        out.offsets.push_back(minus ? -*ns : *ns);
    }
    if (qsizetype(out.offsets.size()) > 0 && qsizetype(out.offsets.size()) != arguments.words.size())
        return Error{
            ErrorCode::Invalid,
            QStringLiteral("--offset has %1 times for %2 files; write one for each, such as 0,1.5s,-20ms.")
                .arg(out.offsets.size()).arg(arguments.words.size()).toStdString()};
    return out;
}

} // namespace calltide::cli
