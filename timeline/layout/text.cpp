// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/text.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace calltide::layout {

namespace {

std::string groupThousands(std::string_view digits)
{
    std::string out;
    for (size_t i = 0; i < digits.size(); ++i) {
        if (i && (digits.size() - i) % 3 == 0)
            out += kThinSpace;
        out += digits[i];
    }
    return out;
}

std::string fixed(double value, int decimals)
{
    std::array<char, 64> buffer;
    const auto end
        = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    return end.ec == std::errc() ? std::string(buffer.data(), end.ptr) : std::string("?");
}

// Three figures of a value below about 1000, or whole beyond.
std::string threeFigures(double value)
{
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return fixed(value, decimals);
}

struct Unit
{
    double ns;
    std::string_view name;
};
constexpr std::array kUnits = {Unit{1, "ns"}, Unit{1e3, "µs"}, Unit{1e6, "ms"}, Unit{1e9, "s"}};

size_t pointLength(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

} // namespace

std::string formatCount(int64_t n)
{
    const uint64_t magnitude = n < 0 ? uint64_t(0) - uint64_t(n) : uint64_t(n);
    return (n < 0 ? std::string(kMinus) : std::string()) + groupThousands(std::to_string(magnitude));
}

std::string formatDuration(int64_t ns)
{
    if (ns < 0)
        return std::string(kMinus) + formatDuration(ns == INT64_MIN ? INT64_MAX : -ns);
    if (ns < 1000)
        return std::to_string(ns) + " ns";
    if (ns >= 119'500'000'000) { // from two minutes on
        const int64_t seconds = (ns + 500'000'000) / 1'000'000'000;
        if (seconds < 3600)
            return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
        const int64_t minutes = (seconds + 30) / 60;
        if (minutes < 48 * 60)
            return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
        return formatCount(minutes / 1440) + " d " + std::to_string(minutes % 1440 / 60) + " h";
    }
    size_t unit = 1;
    while (unit < 3 && double(ns) / kUnits[unit].ns >= 999.5)
        unit++;
    return threeFigures(double(ns) / kUnits[unit].ns) + " " + std::string(kUnits[unit].name);
}

std::string formatExactDuration(int64_t ns)
{
    if (ns < 0)
        return std::string(kMinus) + formatExactDuration(ns == INT64_MIN ? INT64_MAX : -ns);
    const size_t unit = ns < 1000 ? 0 : ns < 1'000'000 ? 1 : ns < 1'000'000'000 ? 2 : 3;
    const int64_t whole = int64_t(kUnits[unit].ns);
    std::string out = formatCount(ns / whole);
    if (unit > 0) {
        std::string rest = std::to_string(ns % whole);
        rest.insert(0, unit * 3 - rest.size(), '0');
        for (size_t i = 0; i < rest.size(); i += 3)
            out += (i ? std::string(kThinSpace) : std::string(".")) + rest.substr(i, 3);
    }
    return out + " " + std::string(kUnits[unit].name);
}

std::string formatSeconds(int64_t ns, int decimals)
{
    const bool negative = ns < 0;
    uint64_t magnitude = negative ? uint64_t(0) - uint64_t(ns) : uint64_t(ns);
    uint64_t scale = 1; // ns in the last digit shown
    for (int i = decimals; i < 9; ++i)
        scale *= 10;
    magnitude = (magnitude + scale / 2) / scale;
    uint64_t perSecond = 1;
    for (int i = 0; i < decimals; ++i)
        perSecond *= 10;
    std::string out = (negative && magnitude ? std::string(kMinus) : std::string())
        + groupThousands(std::to_string(magnitude / perSecond));
    if (decimals > 0) {
        std::string rest = std::to_string(magnitude % perSecond);
        rest.insert(0, size_t(decimals) - rest.size(), '0');
        for (size_t i = 0; i < rest.size(); i += 3)
            out += (i ? std::string(kThinSpace) : std::string(".")) + rest.substr(i, 3);
    }
    return out;
}

std::string formatShare(double share)
{
    const double percent = share * 100;
    if (!(percent > 0))
        return "0 %";
    if (percent < 0.1)
        return "< 0.1 %";
    return fixed(percent, percent < 9.95 ? 1 : 0) + " %";
}

std::string formatBytes(uint64_t bytes)
{
    if (bytes < 1000)
        return std::to_string(bytes) + " B";
    constexpr std::array<std::string_view, 4> names = {"kB", "MB", "GB", "TB"};
    double value = double(bytes) / 1000;
    size_t i = 0;
    while (i + 1 < names.size() && value >= 999.5) {
        value /= 1000;
        i++;
    }
    return threeFigures(value) + " " + std::string(names[i]);
}

std::string formatValue(double value)
{
    if (!std::isfinite(value))
        return value != value ? "not a number" : value > 0 ? "∞" : std::string(kMinus) + "∞";
    const double magnitude = std::fabs(value);
    std::string out = value < 0 ? std::string(kMinus) : std::string();
    if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-4)) {
        std::array<char, 64> buffer;
        const auto end
            = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, std::chars_format::scientific, 3);
        return out + std::string(buffer.data(), end.ptr);
    }
    const bool whole = magnitude == std::floor(magnitude);
    const std::string digits = fixed(
        magnitude,
        whole || magnitude >= 1000 ? 0
            : magnitude >= 100     ? 1
            : magnitude >= 10      ? 2
            : magnitude >= 1       ? 3
                                   : 4);
    const size_t point = std::min(digits.find('.'), digits.size());
    return out + groupThousands(std::string_view(digits).substr(0, point)) + digits.substr(point);
}

size_t prefixOfPoints(std::string_view text, size_t points)
{
    size_t i = 0;
    for (; points > 0 && i < text.size(); --points)
        i = std::min(text.size(), i + pointLength(static_cast<unsigned char>(text[i])));
    return i;
}

size_t countPoints(std::string_view text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.size(); ++n)
        i += pointLength(static_cast<unsigned char>(text[i]));
    return n;
}

std::string plainLine(std::string_view text)
{
    constexpr size_t kLongest = 1000;
    std::string out;
    for (size_t i = 0; i < text.size() && out.size() < kLongest;) {
        const auto c = static_cast<unsigned char>(text[i]);
        const size_t length = pointLength(c);
        bool good = c < 0x80 || (c >= 0xC2 && c <= 0xF4 && i + length <= text.size());
        for (size_t k = 1; good && k < length; ++k)
            good = (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
        if (!good) {
            out += "\uFFFD";
            i++;
        } else {
            if (c < 0x20 || c == 0x7F)
                out += ' ';
            else
                out.append(text.substr(i, length));
            i += length;
        }
    }
    return out;
}

std::string elideRight(std::string_view text, float width, const TextMeasure& measure, FontRole role)
{
    if (measure.width(text, role) <= width)
        return std::string(text);
    size_t good = 0, bad = countPoints(text); // code points that fit with the …, and that do not
    while (bad - good > 1) {
        const size_t mid = (good + bad) / 2;
        const std::string tried = std::string(text.substr(0, prefixOfPoints(text, mid))) + std::string(kEllipsis);
        (measure.width(tried, role) <= width ? good : bad) = mid;
    }
    return good ? std::string(text.substr(0, prefixOfPoints(text, good))) + std::string(kEllipsis) : std::string();
}

bool isPath(std::string_view name)
{
    return name.find('/') != name.npos && name.find(' ') == name.npos;
}

size_t lastPart(std::string_view name)
{
    const size_t dot = name.rfind('.');
    return dot == name.npos || dot + 1 == name.size() || name.find_first_of("/ ") != name.npos ? 0 : dot + 1;
}

std::string fitName(std::string_view name, float width, const TextMeasure& measure, FontRole role)
{
    if (measure.width(name, role) <= width)
        return std::string(name);
    if (isPath(name)) {
        std::string cut = elideMiddle(name, width, measure, role);
        return countPoints(cut) >= 6 ? cut : std::string();
    }
    const std::string_view last = name.substr(lastPart(name));
    if (last.size() < name.size() && measure.width(last, role) <= width)
        return std::string(last);
    const std::string cut = elideRight(last, width, measure, role);
    return countPoints(cut) >= 4 ? cut : std::string(); // three letters and the …
}

std::string elideMiddle(std::string_view text, float width, const TextMeasure& measure, FontRole role)
{
    if (measure.width(text, role) <= width)
        return std::string(text);
    const size_t points = countPoints(text);
    const auto with = [&](size_t kept) { // two thirds of what is kept stand behind the …: a path's end says more
        const size_t head = kept / 3, tail = kept - head;
        return std::string(text.substr(0, prefixOfPoints(text, head))) + std::string(kEllipsis)
            + std::string(text.substr(prefixOfPoints(text, points - tail)));
    };
    size_t good = 0, bad = points;
    while (bad - good > 1) {
        const size_t mid = (good + bad) / 2;
        (measure.width(with(mid), role) <= width ? good : bad) = mid;
    }
    return good ? with(good) : std::string();
}

} // namespace calltide::layout
