// SPDX-License-Identifier: GPL-3.0-or-later
// The recorder's options in words for people, in the order in which forms show them. What they mean is said by
// tracer/calltide/options.py alone; tests/gui/tst_launch.cpp holds the two tables together.
#pragma once
#include <QHash>
#include <QString>
#include <QStringList>
#include <span>

namespace calltide::session {

struct TracerOptions;

enum class OptionKind { Flag, Number, Size, Duration, Patterns, Condition };
enum class OptionGroup { Recorded, LeftOut, HowMuch, When, Processes };

struct RecorderOption
{
    const char* name; // as on the command line, without "--"
    OptionKind kind;
    OptionGroup group;
    const char* label; // to be translated
    const char* hint; // to be translated: what stands in the empty field, or more about a flag
    // A flag that is on unless said otherwise: what switches it off.
    const char* negated = "";
};

std::span<const RecorderOption> recorderOptions();
const char* groupLabel(OptionGroup group);

// "--max_depth", "--max-stack-depth=5", … : "max-depth"; "" when there is no such option. `off`: it switches a flag off.
QString optionName(const QString& argument, bool* off = nullptr);

// One sentence when `text` is no value of that kind, else "". An empty text is always good.
QString valueProblem(OptionKind kind, const QString& text);

// Values by option name; "1" and "0" for flags, only what differs from the default. `others`: words that are no option
// of this table, kept as they are.
using OptionValues = QHash<QString, QString>;
OptionValues valuesOf(const TracerOptions& options, QStringList* others = nullptr);
TracerOptions fromValues(const OptionValues& values, const QStringList& others = {});

// What most people want; Own is anything else.
enum class Preset { Everything, PythonOnly, MyCode, LowOverhead, Newest, Own };
constexpr int kPresets = 5; // without Own
const char* presetLabel(Preset preset); // to be translated
const char* presetText(Preset preset);
OptionValues presetValues(Preset preset);
// Options that stand beside the presets do not count: children, arguments, the largest size.
Preset presetOf(const OptionValues& values);

} // namespace calltide::session
