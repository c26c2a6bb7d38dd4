// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text.h"
#include <QDir>
#include <array>
#include <cmath>

namespace calltide::ui {
namespace {
constexpr QChar kThin(0x2009), kMinus(0x2212);

QString grouped(const QString& digits)
{
    QString out;
    for (qsizetype i = 0; i < digits.size(); ++i) {
        if (i && (digits.size() - i) % 3 == 0)
            out += kThin;
        out += digits[i];
    }
    return out;
}

// Three figures: 8.32, 83.2, 832.
QString figures(double value)
{
    const double a = std::abs(value);
    return QString::number(value, 'f', a < 9.995 ? 2 : a < 99.95 ? 1 : 0);
}

// Digits after the point in groups of three from the left.
QString withFraction(uint64_t whole, uint64_t fraction, int digits, bool zeros = false)
{
    QString text = QStringLiteral("%1").arg(fraction, digits, 10, QLatin1Char('0'));
    while (!zeros && text.endsWith(u'0'))
        text.chop(1);
    if (text.isEmpty())
        return grouped(QString::number(whole));
    QString parts;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (i && i % 3 == 0)
            parts += kThin;
        parts += text[i];
    }
    return grouped(QString::number(whole)) + u'.' + parts;
}
} // namespace

QString fromTrace(std::string_view text)
{
    QString out = QString::fromUtf8(text.data(), qsizetype(text.size()));
    for (QChar& c : out) {
        if (c.unicode() < 0x20)
            c = QChar(0x2400 + c.unicode()); // the picture of that control character
        else if (c.unicode() == 0x7F || (c.unicode() >= 0x202A && c.unicode() <= 0x202E)
            || (c.unicode() >= 0x2066 && c.unicode() <= 0x2069) || c.unicode() == 0x2028 || c.unicode() == 0x2029)
            c = QChar::ReplacementCharacter; // would turn the reading direction or break the line
    }
    return out;
}

QString labelText(std::string_view text)
{
    const size_t most = size_t(kLongestShown) * 4; // bytes of one character
    const QString whole = fromTrace(text.substr(0, most));
    return whole.size() > kLongestShown || text.size() > most ? whole.left(kLongestShown) + u'…' : whole;
}

std::string toUtf8(const QString& text)
{
    return text.toStdString();
}

QString formatNumber(uint64_t value)
{
    return grouped(QString::number(value));
}

QString formatShort(double value)
{
    if (value < 1000)
        return formatNumber(uint64_t(value));
    const bool millions = value >= 1e6;
    const double shown = value / (millions ? 1e6 : 1e3);
    return QStringLiteral("%1 %2").arg(shown, 0, 'f', shown < 10 ? 1 : 0).arg(millions ? QChar(u'M') : QChar(u'k'));
}

QString formatCount(uint64_t count, const QString& one, const QString& many)
{
    return (count == 1 ? one : many).arg(formatNumber(count));
}

QString formatDuration(int64_t ns)
{
    const QString sign = ns < 0 ? QString(kMinus) : QString();
    const uint64_t a = ns < 0 ? uint64_t(0) - uint64_t(ns) : uint64_t(ns);
    const double d = double(a);
    if (a < 1000)
        return sign + QStringLiteral("%1 ns").arg(a);
    if (d < 999.5e3)
        return sign + QStringLiteral("%1 µs").arg(figures(d / 1e3));
    if (d < 999.5e6)
        return sign + QStringLiteral("%1 ms").arg(figures(d / 1e6));
    if (d < 99.95e9)
        return sign + QStringLiteral("%1 s").arg(figures(d / 1e9));
    const uint64_t s = uint64_t(std::llround(d / 1e9));
    if (s < 3600)
        return sign + QStringLiteral("%1 min %2 s").arg(s / 60).arg(s % 60);
    return sign + QStringLiteral("%1 h %2 min").arg(s / 3600).arg(s % 3600 / 60);
}

QString formatClock(qint64 ms)
{
    const qint64 s = ms / 1000;
    const QString tail = QStringLiteral("%1:%2").arg(s / 60 % 60, 2, 10, QLatin1Char('0')).arg(s % 60, 2, 10, QLatin1Char('0'));
    return s < 3600 ? tail : QStringLiteral("%1:%2").arg(s / 3600).arg(tail);
}

QString formatExact(int64_t ns)
{
    const QString sign = ns < 0 ? QString(kMinus) : QString();
    const uint64_t a = ns < 0 ? uint64_t(0) - uint64_t(ns) : uint64_t(ns);
    if (a < 1000)
        return sign + QStringLiteral("%1 ns").arg(a);
    if (a < 1000000)
        return sign + withFraction(a / 1000, a % 1000, 3) + QStringLiteral(" µs");
    if (a < 1000000000)
        return sign + withFraction(a / 1000000, a % 1000000, 6) + QStringLiteral(" ms");
    return sign + withFraction(a / 1000000000, a % 1000000000, 9) + QStringLiteral(" s");
}

QString formatTime(int64_t ns)
{
    const QString sign = ns < 0 ? QString(kMinus) : QString();
    const uint64_t a = ns < 0 ? uint64_t(0) - uint64_t(ns) : uint64_t(ns);
    return sign + withFraction(a / 1000000000, a % 1000000000, 9, true) + QStringLiteral(" s");
}

QString formatBytes(uint64_t bytes)
{
    static constexpr std::array kUnits = {"kB", "MB", "GB", "TB"};
    if (bytes < 1000)
        return QStringLiteral("%1 B").arg(bytes);
    double value = double(bytes) / 1000;
    size_t unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    return QStringLiteral("%1 %2").arg(figures(value), QLatin1String(kUnits[unit]));
}

QString formatPercent(double share)
{
    const double p = share * 100;
    return QStringLiteral("%1 %").arg(QString::number(p, 'f', p < 9.95 && p > 0 ? 1 : 0));
}

QString shortPath(const QString& path)
{
    const QString home = QDir::homePath();
    return home.size() > 1 && (path == home || path.startsWith(home + u'/')) ? u'~' + path.mid(home.size()) : path;
}

} // namespace calltide::ui
