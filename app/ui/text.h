// SPDX-License-Identifier: GPL-3.0-or-later
// How values are written for people: three figures, thin space between groups of three, real minus sign.
#pragma once
#include <QString>
#include <cstdint>
#include <string>
#include <string_view>

namespace calltide::ui {

// Untrusted text of a trace as a QString. Control characters become visible, so that a name never breaks a line.
QString fromTrace(std::string_view text);
// The same for showing: of a very long text the beginning, with "…". Laying out a megabyte would stop the window.
inline constexpr qsizetype kLongestShown = 1000;
QString labelText(std::string_view text);
std::string toUtf8(const QString& text);

QString formatNumber(uint64_t value);                     // 1 284 116
QString formatShort(double value);                        // 1 284 116: 1.3 M
// formatCount(2, tr("%1 thread"), tr("%1 threads")): "2 threads"
QString formatCount(uint64_t count, const QString& one, const QString& many);
QString formatDuration(int64_t ns);                       // 8.32 ms, 4 min 11 s
QString formatExact(int64_t ns);                          // 8.321 452 ms: all digits
QString formatTime(int64_t ns);                           // a time on the trace's axis: 4.231 924 s
QString formatBytes(uint64_t bytes);                      // 41.8 MB
QString formatClock(qint64 ms);                           // a running time: 04:11, 1:04:11
QString formatPercent(double share);                      // 0.93: 93 %
// "/home/me/webshop/app.py": "~/webshop/app.py".
QString shortPath(const QString& path);

} // namespace calltide::ui
