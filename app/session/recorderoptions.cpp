// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/recorderoptions.h"
#include "session/launchoptions.h"
#include <QCoreApplication>
#include <QRegularExpression>

namespace calltide::session {

namespace {

#define T(text) QT_TRANSLATE_NOOP("calltide::session::RecorderOptions", text)
using enum OptionKind;
using G = OptionGroup;
constexpr RecorderOption kOptions[] = {
    {"python-only", Flag, G::Recorded, T("Python functions only, no C functions"), T("Faster and smaller.")},
    {"log-func-args", Flag, G::Recorded, T("Arguments of every call"), T("Makes the recording much larger.")},
    {"log-func-retval", Flag, G::Recorded, T("What every call returns"), ""},
    {"args-of", Patterns, G::Recorded, T("Arguments and results of these only"), T("Shop.*, render_*")},
    {"use-repr", Flag, G::Recorded, T("Arguments by their own repr()"), T("Runs code of the program.")},
    {"log-exceptions", Flag, G::Recorded, T("Exceptions, where they are raised"), "", "no-exceptions"},
    {"log-async", Flag, G::Recorded, T("Tasks of asyncio and trio"), "", "no-async"},
    {"log-gc", Flag, G::Recorded, T("Garbage collections"), "", "no-gc"},
    {"log-gil", Flag, G::Recorded, T("When threads wait for the interpreter's lock (GIL)"), "", "no-gil"},
    {"log-imports", Flag, G::Recorded, T("Imports of modules"), "", "no-imports"},
    {"log-memory", Flag, G::Recorded, T("Memory and processor time of the process"), "", "no-memory"},
    {"log-call-line", Flag, G::Recorded, T("The line from which each call is made"), ""},
    {"my-code-only", Flag, G::LeftOut, T("My code only"), T("Not the standard library, not installed packages.")},
    {"include-files", Patterns, G::LeftOut, T("Only code of these files"), T("app/*, models.py")},
    {"exclude-files", Patterns, G::LeftOut, T("No code of these files"), T("*/tests/*")},
    {"include-functions", Patterns, G::LeftOut, T("Only these functions"), T("Shop.*, handle_*")},
    {"exclude-functions", Patterns, G::LeftOut, T("None of these functions"), T("*.__repr__")},
    {"log-sparse", Flag, G::LeftOut, T("Only functions marked with @calltide.log_sparse"), ""},
    {"ignore-frozen", Flag, G::LeftOut, T("No frozen modules"), T("Such as the import system.")},
    {"max-depth", Number, G::HowMuch, T("At most this many calls deep"), T("all")},
    {"min-duration", Duration, G::HowMuch, T("Only calls of at least"), T("10us, 2ms")},
    {"ring", Size, G::HowMuch, T("Keep only the newest"), T("64MB")},
    {"stop-when-full", Size, G::HowMuch, T("Stop when a file is as large as"), T("2GB")},
    {"adaptive", Flag, G::HowMuch, T("Low overhead"), T("Leaves out functions that turn out to be short.")},
    {"start-when", Condition, G::When, T("Record nothing until"), ""},
    {"stop-when", Condition, G::When, T("Stop recording"), ""},
    {"children", Flag, G::Processes, T("The processes that the program starts"), "", "no-children"},
    {"attach-children", Flag, G::Processes, T("Attach to children that their environment does not reach"), "", "no-attach-children"},
    {"include-children", Patterns, G::Processes, T("Only children with these command lines"), T("*worker*")},
    {"exclude-children", Patterns, G::Processes, T("No children with these command lines"), T("*git*")},
};

constexpr std::pair<const char*, const char*> kAliases[] = {{"ignore-c-function", "python-only"}, {"my-code", "my-code-only"},
    {"max-stack-depth", "max-depth"}, {"follow-children", "children"}};

struct PresetWords
{
    const char *label, *text;
};
constexpr PresetWords kPresetWords[] = {
    {T("Everything"), T("Every Python and C call. Exact.")},
    {T("Python functions only"), T("No calls into C. Costs less.")},
    {T("My code only"), T("Skips the library and site-packages.")},
    {T("Low overhead"), T("Drops functions that are always short.")},
    {T("The last moments"), T("Keeps the newest 64 MB, about 30 s.")},
    {T("My own choice…"), T("Depth, least time, filters, triggers.")},
};
#undef T

const RecorderOption* find(QString name)
{
    for (const auto& [alias, meant] : kAliases)
        if (name == QLatin1String(alias))
            name = QLatin1String(meant);
    for (const RecorderOption& o : kOptions)
        if (name == QLatin1String(o.name))
            return &o;
    return nullptr;
}

bool measured(const QString& text, const char* units)
{
    const QRegularExpression pattern(QStringLiteral("^\\s*\\d+(\\.\\d*)?\\s*(%1)?\\s*$").arg(QLatin1String(units)),
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(text).hasMatch();
}

// Belong to the form below the presets, not to one of them.
bool standsBeside(const QString& name)
{
    return name == QLatin1String("children") || name == QLatin1String("log-func-args") || name == QLatin1String("stop-when-full");
}

} // namespace

std::span<const RecorderOption> recorderOptions()
{
    return kOptions;
}

const char* groupLabel(OptionGroup group)
{
    static constexpr const char* kLabels[] = {QT_TRANSLATE_NOOP("calltide::session::RecorderOptions", "What is recorded"),
        QT_TRANSLATE_NOOP("calltide::session::RecorderOptions", "What is left out"),
        QT_TRANSLATE_NOOP("calltide::session::RecorderOptions", "How much"),
        QT_TRANSLATE_NOOP("calltide::session::RecorderOptions", "When"),
        QT_TRANSLATE_NOOP("calltide::session::RecorderOptions", "Processes")};
    return kLabels[int(group)];
}

QString optionName(const QString& argument, bool* off)
{
    if (off)
        *off = false;
    if (!argument.startsWith(QLatin1String("--")))
        return {};
    const QString name = argument.mid(2).section(u'=', 0, 0).replace(u'_', u'-');
    if (const RecorderOption* o = find(name))
        return QLatin1String(o->name);
    for (const RecorderOption& o : kOptions) {
        if ((*o.negated && name == QLatin1String(o.negated))
            || (name == QLatin1String("ignore-multiprocess") && qstrcmp(o.name, "children") == 0)) {
            if (off)
                *off = true;
            return QLatin1String(o.name);
        }
    }
    return {};
}

QString valueProblem(OptionKind kind, const QString& text)
{
    if (text.trimmed().isEmpty())
        return {};
    const auto tr = [](const char* words) { return QCoreApplication::translate("calltide::session::RecorderOptions", words); };
    static const QRegularExpression digits(QStringLiteral("^\\s*\\d{1,9}\\s*$"));
    switch (kind) {
    case OptionKind::Number:
        return digits.match(text).hasMatch() ? QString() : tr("Write a whole number.");
    case OptionKind::Size:
        return measured(text, "b|[kmg]i?b?") ? QString() : tr("Write a size like 64MB or 2GB.");
    case OptionKind::Duration:
        return measured(text, "ns|us|µs|ms|s") ? QString() : tr("Write a time like 10us or 2ms.");
    case OptionKind::Condition:
        for (const QString& one : text.split(u';', Qt::SkipEmptyParts)) {
            const QString kind = one.section(u':', 0, 0).trimmed(), rest = one.section(u':', 1).trimmed();
            if (rest.isEmpty())
                return kind == u"signal" ? tr("Name the signal, like USR1.")
                    : kind == u"enter"   ? tr("Name the function, like Shop.order or handle_*.")
                    : kind == u"raise"   ? tr("Name the exception, like ValueError.")
                                         : tr("Write a time like 20ms or 5s.");
            if ((kind == u"longer" || kind == u"after") && !measured(rest.section(u':', 0, 0), "ns|us|µs|ms|s"))
                return tr("Write a time like 20ms or 5s.");
        }
        return {};
    case OptionKind::Flag:
    case OptionKind::Patterns:
        return {};
    }
    return {};
}

OptionValues valuesOf(const TracerOptions& options, QStringList* others)
{
    OptionValues values;
    if (!options.cFunctions)
        values[QStringLiteral("python-only")] = QStringLiteral("1");
    if (!options.children)
        values[QStringLiteral("children")] = QStringLiteral("0");
    for (qsizetype i = 0; i < options.extra.size(); i++) {
        const QString& word = options.extra[i];
        bool off = false;
        const QString name = optionName(word, &off);
        const RecorderOption* o = find(name);
        if (!o) {
            if (others)
                others->append(word);
            continue;
        }
        const bool equals = word.contains(u'=');
        QString value = equals ? word.section(u'=', 1) : QString();
        if (o->kind != OptionKind::Flag) {
            if (!equals)
                value = options.extra.value(++i);
            if (o->kind == OptionKind::Patterns && values.contains(name))
                value = values[name] + QStringLiteral(", ") + value;
            if (o->kind == OptionKind::Condition && values.contains(name)) // a pattern may hold a comma
                value = values[name] + QStringLiteral("; ") + value;
            values[name] = value;
            continue;
        }
        static const QStringList no{QStringLiteral("0"), QStringLiteral("false"), QStringLiteral("no"), QStringLiteral("off")};
        const bool on = (equals ? !no.contains(value.toLower()) : true) != off;
        if (on == bool(*o->negated)) // its default
            values.remove(name);
        else
            values[name] = on ? QStringLiteral("1") : QStringLiteral("0");
    }
    return values;
}

TracerOptions fromValues(const OptionValues& values, const QStringList& others)
{
    TracerOptions out;
    for (const RecorderOption& o : kOptions) { // in the table's order
        const QString name = QLatin1String(o.name);
        const QString value = values.value(name).trimmed();
        if (value.isEmpty())
            continue;
        if (o.kind == OptionKind::Condition) {
            for (const QString& one : value.split(u';', Qt::SkipEmptyParts))
                out.extra << QStringLiteral("--%1=%2").arg(name, one.trimmed());
            continue;
        }
        if (o.kind != OptionKind::Flag) {
            out.extra << QStringLiteral("--%1=%2").arg(name, value);
            continue;
        }
        const bool on = value != u"0";
        if (on == bool(*o.negated))
            continue;
        if (qstrcmp(o.name, "python-only") == 0)
            out.cFunctions = false;
        else if (qstrcmp(o.name, "children") == 0)
            out.children = false;
        else
            out.extra << QStringLiteral("--") + (on ? name : QString::fromLatin1(o.negated));
    }
    out.extra += others;
    return out;
}

const char* presetLabel(Preset preset)
{
    return kPresetWords[int(preset)].label;
}

const char* presetText(Preset preset)
{
    return kPresetWords[int(preset)].text;
}

OptionValues presetValues(Preset preset)
{
    const QString on = QStringLiteral("1");
    switch (preset) {
    case Preset::PythonOnly:
        return {{QStringLiteral("python-only"), on}};
    case Preset::MyCode:
        return {{QStringLiteral("my-code-only"), on}};
    case Preset::LowOverhead:
        return {{QStringLiteral("adaptive"), on}};
    case Preset::Newest:
        return {{QStringLiteral("ring"), QStringLiteral("64MB")}};
    case Preset::Everything:
    case Preset::Own:
        break;
    }
    return {};
}

Preset presetOf(const OptionValues& values)
{
    OptionValues own = values;
    for (const QString& name : values.keys())
        if (standsBeside(name))
            own.remove(name);
    for (int i = 0; i < kPresets; i++)
        if (own == presetValues(Preset(i)))
            return Preset(i);
    return Preset::Own;
}

} // namespace calltide::session
