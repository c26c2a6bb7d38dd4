// SPDX-License-Identifier: GPL-3.0-or-later
// record: checks everything first, then becomes the program. So its standard streams, signals, terminal and exit status
// are its own.
#include "cli/arguments.h"
#include "cli/recorderoptions.h"
#include "session/launchoptions.h"
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <vector>

namespace calltide::cli {

namespace {

using session::LaunchKind;

bool isScript(const QString& word)
{
    for (const char* suffix : {".py", ".pyw", ".pyz"}) {
        if (word.endsWith(QLatin1String(suffix)))
            return true;
    }
    const QFileInfo file(word);
    if (file.isDir()) // a folder with __main__.py
        return true;
    if (!file.isFile() || file.isExecutable())
        return false;
    return true;
}

// help: the command line asks for it.
Result<session::LaunchOptions> parse(const QStringList& arguments, bool& help)
{
    const auto error = [](const QString& text) { return Error{ErrorCode::Invalid, text.toStdString()}; };
    session::LaunchOptions o;
    for (qsizetype i = 0; i < arguments.size(); i++) {
        const QString& a = arguments[i];
        const QString next = arguments.value(i + 1);
        const bool more = i + 1 < arguments.size();
        if (a == QLatin1String("-o") || a == QLatin1String("--output") || a == QLatin1String("--output_file") || a == QLatin1String("--python")) {
            if (!more)
                return error(QStringLiteral("%1 needs a value.").arg(a));
            (a == QLatin1String("--python") ? o.interpreter : o.output) = next;
            i++;
        } else if (a.startsWith(QLatin1String("--output="))) {
            o.output = a.mid(9);
        } else if (a.startsWith(QLatin1String("--python="))) {
            o.interpreter = a.mid(9);
        } else if (a == QLatin1String("--python-only")) {
            o.tracer.cFunctions = false;
        } else if (a == QLatin1String("--no-children")) {
            o.tracer.children = false;
        } else if (a == QLatin1String("--help") || a == QLatin1String("-h")) {
            help = true;
            return o;
        } else if (a == QLatin1String("-m") || a == QLatin1String("-c")) {
            if (!more)
                return error(QStringLiteral("%1 needs a value.").arg(a));
            o.kind = a == QLatin1String("-m") ? LaunchKind::Module : LaunchKind::Code;
            o.target = next;
            o.arguments = arguments.mid(i + 2);
            return o;
        } else if (const RecorderOption* option = recorderOption(a)) {
            o.tracer.extra << a;
            if (option->takesValue && !a.contains(u'=')) {
                if (!more)
                    return error(QStringLiteral("%1 needs a value.").arg(a));
                o.tracer.extra << next;
                i++;
            }
        } else if (a.startsWith(u'-') && a != QLatin1String("--")) {
            return error(QStringLiteral("there is no option %1%2").arg(a, didYouMean(a)));
        } else {
            const qsizetype at = a == QLatin1String("--") ? i + 1 : i;
            if (at >= arguments.size())
                break;
            o.target = arguments[at];
            o.arguments = arguments.mid(at + 1);
            o.kind = isScript(o.target) ? LaunchKind::Script : LaunchKind::Command;
            // "-- -m MODULE" is what people write who know python -m calltide.
            if (o.target == QLatin1String("-m") || o.target == QLatin1String("-c"))
                return parse(arguments.mid(0, i) + arguments.mid(at), help);
            return o;
        }
    }
    return error(QStringLiteral("name what to record: SCRIPT, -m MODULE, -c CODE or PROGRAM."));
}

} // namespace

int record(const QStringList& arguments)
{
    bool wantsHelp = false;
    auto options = parse(arguments, wantsHelp);
    if (wantsHelp)
        return help(QStringLiteral("record"));
    if (!options)
        return usageError(QString::fromStdString(options.error().message), "record");
    const auto command = session::commandLineFor(*options);
    if (!command)
        return fail(QString::fromStdString(command.error().message));
    const session::CommandLine& line = command.value();
    // Said by the recorder, when it has found nothing wrong with its options; in any case it knows who calls it.
    qputenv("CALLTIDE_SAY", options->output.isEmpty() ? QFile::encodeName(shortPath(line.recording)) : QByteArray(""));

    std::vector<QByteArray> bytes{QFile::encodeName(line.program)};
    for (const QString& a : line.arguments)
        bytes.push_back(a.toLocal8Bit());
    // The program's own arguments, at the end, are passed on byte by byte: they need not be text in any encoding.
    const std::vector<QByteArray>& given = givenArguments();
    for (qsizetype i = 1; i <= std::min(line.arguments.size(), arguments.size()); i++) {
        if (line.arguments[line.arguments.size() - i] != arguments[arguments.size() - i])
            break;
        bytes[bytes.size() - size_t(i)] = given[given.size() - size_t(i)];
    }
    std::vector<char*> argv;
    for (QByteArray& b : bytes)
        argv.push_back(b.data());
    argv.push_back(nullptr);
    qputenv("PYTHONPATH", line.environment.value(QStringLiteral("PYTHONPATH")).toLocal8Bit());
    ::execv(argv[0], argv.data());
    return fail(
        QStringLiteral("%1 cannot be started: %2.").arg(line.program, QString::fromLocal8Bit(std::strerror(errno))));
}

} // namespace calltide::cli
