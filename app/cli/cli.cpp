// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"
#include "cli/arguments.h"
#include "cli/recorderoptions.h"
#include <QCoreApplication>
#include <QDir>
#include <cstdio>
#include <cstring>

namespace calltide::cli {

namespace {

const char kHelp[] = "Calltide records what a Python program does, call by call, and shows it.\n"
                     "\n"
                     "  calltide [--merge] [FILE…]       open the window, with recordings or trace files, each in a tab\n"
                     "                                   or all as one timeline\n"
                     "  calltide record [options] [--] SCRIPT|-m MODULE|-c CODE|PROGRAM [arguments…]\n"
                     "                                   run a Python program and record it\n"
                     "  calltide attach PID [-t SECONDS|--detach] [-o OUT] [options]\n"
                     "                                   record a Python program that runs already\n"
                     "  calltide attach --stop PID       end that recording; the program goes on\n"
                     "  calltide ps [--json]             the Python programs that could be attached\n"
                     "  calltide export FILE… -o OUT [--format NAME] [--range FROM..TO] [--no-sources]\n"
                     "                                   write it in another format, by OUT's ending: .json (Perfetto),\n"
                     "                                   .pftrace, .speedscope.json, .firefox.json, .collapsed, .prof\n"
                     "                                   (cProfile), .csv (functions); .gz or .zst behind it packs\n"
                     "                                   --function TEXT, --thread TEXT: those whose names contain it\n"
                     "  calltide pack FILE -o OUT        a recording with its children and notes as one small file\n"
                     "  calltide unpack FILE [-o OUT]    the files of a packed one\n"
                     "                                   export, pack and screenshot ask before they write over a file;\n"
                     "                                   where they cannot ask, --force says yes\n"
                     "  calltide info FILE… [--json]     what is in a file, or in several as one timeline\n"
                     "  calltide stats FILE… [--json] [--top N]\n"
                     "                                   calls and times of each function\n"
                     "  calltide screenshot FILE -o OUT.png [--view timeline|flamegraph] [--size WxH]\n"
                     "                      [--range FROM..TO] [--theme light|dark]\n"
                     "                                   a picture, without a display\n"
                     "\n"
                     "calltide record --help and calltide attach --help list the options of both.\n"
                     "\n"
                     "Several files become one timeline by the clocks they record; --align start or --align marker:NAME (an event\n"
                     "or a call) puts them together otherwise, --offset 0,1.5s,-20ms moves each one.\n"
                     "\n"
                     "Times of --range are seconds from the start, or with a unit: 1.5s, 20ms, 300us, 40ns.\n"
                     "  --version, --help\n";

const char kRecordHelp[] =
    "calltide record [options] [--] SCRIPT|-m MODULE|-c CODE|PROGRAM [arguments…]\n"
    "\n"
    "Runs a Python program and records every call of it. PROGRAM is a Python interpreter or a console script such as\n"
    "flask. Output and exit status are the program's own.\n"
    "\n"
    "  -o, --output OUT             the recording (default: NAME.calltide in this folder)\n"
    "  --python PATH                the interpreter (default: the program's own, an active or nearby virtual environment,\n"
    "                               python3)\n"
    "\n";

const char kAttachHelp[] =
    "calltide attach PID [options]\n"
    "calltide attach --stop PID\n"
    "\n"
    "Records a Python program that runs already, one of yours, until SECONDS have passed or Ctrl+C; it goes on as it was.\n"
    "\n"
    "  -o, --output OUT             the recording (default: NAME.calltide in this folder)\n"
    "  -t SECONDS                   record for so long (also 500ms, 2min)\n"
    "  --detach                     return at once: the recording goes on until the program ends, or attach --stop\n"
    "  --stop                       end that recording; the program goes on\n"
    "  --force                      also a program that has switched attaching off\n"
    "\n";

struct Command
{
    const char* name;
    int (*run)(const QStringList&);
};
const Command kCommands[]
    = {{"record", record}, {"attach", attach}, {"ps", processes}, {"export", exportTrace}, {"pack", pack}, {"unpack", unpack}, {"info", info}, {"stats", stats}, {"screenshot", screenshot}};

std::vector<QByteArray> g_given;

void write(FILE* to, const QString& text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), to);
}

} // namespace

const std::vector<QByteArray>& givenArguments() { return g_given; }

void print(const QString& text)
{
    write(stdout, text);
}

QString shortPath(const QString& path)
{
    const QString relative = QDir::current().relativeFilePath(path);
    return relative.startsWith(QLatin1String("../")) ? QDir::cleanPath(QDir::current().absoluteFilePath(path)) : relative;
}

int fail(const QString& sentence)
{
    // One line, whatever a path may hold.
    QString line = sentence;
    line.replace(u'\n', u' ');
    write(stderr, QStringLiteral("calltide: %1\n").arg(line));
    return 1;
}

int usageError(const QString& sentence, const char* command)
{
    fail(QStringLiteral("%1: %2 See calltide --help.").arg(QLatin1String(command), sentence));
    return 2;
}

Result<Arguments> parseArguments(const QStringList& arguments, const QStringList& valued, const QStringList& flags)
{
    Arguments out;
    const auto error = [](const QString& text) { return Error{ErrorCode::Invalid, text.toStdString()}; };
    for (qsizetype i = 0; i < arguments.size(); i++) {
        const QString& a = arguments[i];
        if (a == QLatin1String("--")) {
            out.words += arguments.mid(i + 1);
            break;
        }
        if (!a.startsWith(u'-') || a == QLatin1String("-")) {
            out.words += a;
            continue;
        }
        const auto equals = a.startsWith(QLatin1String("--")) ? a.indexOf(u'=') : -1;
        const QString name = equals > 0 ? a.left(equals) : a;
        if (valued.contains(name)) {
            if (equals < 0 && i + 1 >= arguments.size())
                return error(QStringLiteral("%1 needs a value.").arg(name));
            out.values[name] = equals > 0 ? a.mid(equals + 1) : arguments[++i];
        } else if (flags.contains(a)) {
            out.flags += a;
        } else {
            return error(QStringLiteral("there is no option %1.").arg(name));
        }
    }
    return out;
}

bool isCommand(int argc, char** argv)
{
    if (argc < 2)
        return false;
    for (const char* option : {"--help", "-h", "--version"}) {
        if (std::strcmp(argv[1], option) == 0)
            return true;
    }
    for (const Command& c : kCommands) {
        if (std::strcmp(argv[1], c.name) == 0)
            return true;
    }
    return false;
}

int help(const QString& command)
{
    if (command == QLatin1String("record") || command == QLatin1String("attach"))
        print(QString::fromUtf8(command == QLatin1String("record") ? kRecordHelp : kAttachHelp) + QString::fromUtf8(recorderHelp()));
    else
        print(QString::fromUtf8(kHelp));
    return 0;
}

int run(int argc, char** argv)
{
    QStringList words;
    for (int i = 1; i < argc; i++) {
        words += QString::fromLocal8Bit(argv[i]);
        g_given.push_back(argv[i]);
    }
    const QString first = words.takeFirst();
    if (first == QLatin1String("--version")) {
        print(QStringLiteral("calltide " CALLTIDE_VERSION "\n"));
        return 0;
    }
    // Anywhere among a command's own words; record knows itself where the program's begin.
    const QStringList own = first == QLatin1String("record") ? QStringList() : words.mid(0, words.indexOf(QStringLiteral("--")));
    if (first.startsWith(u'-') || own.contains(QStringLiteral("--help")) || own.contains(QStringLiteral("-h")))
        return help(first);
    for (const Command& c : kCommands) {
        if (first == QLatin1String(c.name))
            return c.run(words);
    }
    return usageError(QStringLiteral("there is no such command."), argv[1]);
}

} // namespace calltide::cli
