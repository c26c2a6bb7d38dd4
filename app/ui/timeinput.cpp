// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeinput.h"
#include <QRegularExpression>
#include <cmath>

namespace calltide::ui {
namespace {
constexpr int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;

QString plain(QString text)
{
    static const QRegularExpression spaces(QStringLiteral("[\\s\\x{2009}\\x{202F}\\x{00A0}]"));
    return text.remove(spaces).replace(QChar(0x2212), u'-').replace(QChar(0x00B5), u'u').replace(QChar(0x03BC), u'u');
}
} // namespace

std::optional<int64_t> parseDuration(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|ms|s|min|h|)$"));
    static const QRegularExpression minutes(QStringLiteral("^(?:(\\d+):)?(\\d+):(\\d{1,2}(?:\\.\\d*)?)$"));
    const QString t = plain(text);
    double ns = 0;
    if (const auto m = pattern.match(t); m.hasMatch()) {
        const QString unit = m.captured(2);
        const double scale = unit == u"ns" ? 1
            : unit == u"us"                ? 1e3
            : unit == u"ms"                ? 1e6
            : unit == u"min"               ? 60e9
            : unit == u"h"                 ? 3600e9
                                           : 1e9;
        ns = m.captured(1).toDouble() * scale;
    } else if (const auto m = minutes.match(t); m.hasMatch()) {
        ns = ((m.captured(1).toDouble() * 60 + m.captured(2).toDouble()) * 60 + m.captured(3).toDouble()) * 1e9;
    } else {
        return {};
    }
    if (!(ns < 9e18))
        return {};
    return int64_t(std::llround(ns));
}

std::optional<int64_t> parseTime(const QString& text, const store::Trace& trace, int64_t now, int64_t zone)
{
    const QString t = plain(text);
    if (t.startsWith(u'+') || t.startsWith(u'-')) {
        const auto by = parseDuration(t.mid(1));
        return by ? std::optional(now + (t.startsWith(u'-') ? -*by : *by)) : std::nullopt;
    }
    const auto value = parseDuration(t);
    if (!value)
        return {};
    const auto wall = trace.wallClockOffset();
    if (wall && t.count(u':') == 2) { // the first such time of the day at or after the begin's midnight
        const int64_t local = trace.begin() + *wall + zone;
        int64_t at = local - (local % kDay + kDay) % kDay + *value - *wall - zone;
        if (at < trace.begin() && at + kDay <= trace.end())
            at += kDay;
        return at;
    }
    return trace.begin() + *value;
}

} // namespace calltide::ui
