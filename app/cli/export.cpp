// SPDX-License-Identifier: GPL-3.0-or-later
// export, pack, unpack.
#include "cli/interrupt.h"
#include "cli/load.h"
#include "cli/overwrite.h"
#include "formats/container.h"
#include "formats/exporter.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace calltide::cli {

using namespace store;

namespace {

std::string local(const QString& path)
{
    return path.toLocal8Bit().toStdString();
}

bool isText(formats::ExportFormat format)
{
    return format != formats::ExportFormat::Perfetto && format != formats::ExportFormat::Pstats;
}

// A file of ours onto standard output.
int pour(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(file.errorString());
    for (QByteArray part = file.read(1 << 20); !part.isEmpty(); part = file.read(1 << 20)) {
        if (std::fwrite(part.constData(), 1, size_t(part.size()), stdout) != size_t(part.size()))
            return fail(QStringLiteral("standard output cannot be written: %1.").arg(QString::fromLocal8Bit(std::strerror(errno))));
    }
    return std::fflush(stdout) == 0 ? 0 : fail(QStringLiteral("standard output cannot be written: %1.").arg(QString::fromLocal8Bit(std::strerror(errno))));
}

int failed(const Error& error, const Interrupt& interrupt)
{
    return error.code == ErrorCode::Cancelled ? interrupt.end() : fail(QString::fromStdString(error.message));
}

// Functions and threads whose names contain the text; a sentence when there are none.
Result<bool> narrow(const Trace& trace, const QString& function, const QString& thread, Scope& scope)
{
    if (!function.isEmpty()) {
        auto mask = matchFunctions(trace, function.toStdString(), false);
        if (std::find(mask.begin(), mask.end(), true) == mask.end())
            return Error{ErrorCode::NotFound, "no function's name contains \"" + function.toStdString() + "\"."};
        scope.passes = [&trace, mask = std::move(mask)](SliceIndex i) { return bool(mask[trace.functionOf(i).v]); };
    }
    if (!thread.isEmpty()) {
        for (size_t t = 0; t < trace.tracks().size(); t++) {
            const auto name = trace.string(trace.tracks()[t].name);
            if (QString::fromUtf8(name.data(), qsizetype(name.size())).contains(thread, Qt::CaseInsensitive)
                || thread == QString::number(trace.tracks()[t].tid))
                scope.tracks.push_back(TrackId(t));
        }
        if (scope.tracks.empty())
            return Error{ErrorCode::NotFound, "no thread's name contains \"" + thread.toStdString() + "\"."};
    }
    return true;
}

// The one asked for, else by the file's ending.
Result<formats::ExportFormat> formatFor(const std::string& path, const QString& wanted)
{
    QStringList names, endings;
    for (const auto& f : formats::exportFormats()) {
        const QString name = QString::fromLatin1(f.name);
        if (wanted == name)
            return f.format;
        endings += QString::fromLatin1(f.ending);
        if (!names.contains(name))
            names += name;
    }
    QString error = QStringLiteral("--format is %1, not %2.").arg(names.join(QStringLiteral(", ")), wanted);
    if (wanted.isEmpty()) {
        if (const auto format = formats::exportFormatOf(path))
            return *format;
        error = QStringLiteral("the name after -o must end in %1, with .gz or .zst behind it for a packed file; or name a --format.")
                    .arg(endings.join(QStringLiteral(", ")));
    }
    return Error{ErrorCode::Invalid, error.toStdString()};
}

} // namespace

int exportTrace(const QStringList& arguments)
{
    const QString o = QStringLiteral("-o"), output = QStringLiteral("--output"), formatName = QStringLiteral("--format"),
                  range = QStringLiteral("--range"), function = QStringLiteral("--function"), thread = QStringLiteral("--thread");
    auto a = parseArguments(arguments, {o, output, formatName, range, function, thread, QStringLiteral("--align"), QStringLiteral("--offset")}, {QStringLiteral("--no-sources"), QStringLiteral("--force")});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "export");
    const QString to = a->values.value(o, a->values.value(output));
    if (a->words.isEmpty() || to.isEmpty())
        return usageError(QStringLiteral("name a file and -o OUT."), "export");
    const std::string path = to.toLocal8Bit().toStdString();
    const auto format = formatFor(path, a->values.value(formatName));
    if (!format)
        return usageError(QString::fromStdString(format.error().message), "export");
    formats::ExportOptions options;
    std::pair<int64_t, int64_t> part{0, 0};
    if (const QString text = a->values.value(range); !text.isEmpty()) {
        const auto r = parseRange(text);
        if (!r)
            return usageError(QString::fromStdString(r.error().message), "export");
        part = r.value();
    }
    const auto merge = mergeOptions(*a);
    if (!merge)
        return usageError(QString::fromStdString(merge.error().message), "export");
    const bool toOutput = to == QLatin1String("-");
    const QTemporaryDir folder; // a format may be written in several passes
    if (toOutput && !isText(*format))
        return usageError(QStringLiteral("%1 is no text: name a file after -o.").arg(a->values.value(formatName)), "export");
    if (toOutput && !folder.isValid())
        return fail(folder.errorString());
    const QString target = QFileInfo(to).canonicalFilePath(); // empty: it is not there yet
    for (const QString& word : a->words)
        if (!target.isEmpty() && QFileInfo(word).canonicalFilePath() == target)
            return fail(QStringLiteral("%1 is the file that is to be exported; choose another name.").arg(to));
    if (!toOutput && !mayWrite(to, a->has(QStringLiteral("--force"))))
        return 1;
    Interrupt interrupt;
    const auto trace = load(a->words, *merge, interrupt.progress());
    if (!trace)
        return failed(trace.error(), interrupt);
    if (part.second > 0) {
        if (part.first >= trace.value()->duration())
            return fail(QStringLiteral("%1 is %2 long; the range lies behind its end.")
                            .arg(a->words.first(), spanText(trace.value()->duration())));
        options.scope.from = trace.value()->begin() + part.first;
        options.scope.to = trace.value()->begin() + std::min(part.second, trace.value()->duration());
    }
    if (const auto some = narrow(*trace.value(), a->values.value(function), a->values.value(thread), options.scope); !some)
        return fail(a->words.first() + QStringLiteral(": ") + QString::fromStdString(some.error().message));
    options.sources = !a->has(QStringLiteral("--no-sources"));
    options.progress = interrupt.progress();
    const QString written = toOutput ? folder.filePath(QStringLiteral("output")) : to;
    const auto status = formats::exportTrace(*trace.value(), local(written), *format, options);
    if (!status)
        return failed(status.error(), interrupt);
    return toOutput ? pour(written) : 0;
}

int pack(const QStringList& arguments)
{
    const QString o = QStringLiteral("-o"), output = QStringLiteral("--output");
    auto a = parseArguments(arguments, {o, output}, {QStringLiteral("--force")});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "pack");
    const QString to = a->values.value(o, a->values.value(output));
    if (a->words.size() != 1 || to.isEmpty())
        return usageError(QStringLiteral("name one recording and -o OUT."), "pack");
    if (!mayWrite(to, a->has(QStringLiteral("--force"))))
        return 1;
    Interrupt interrupt;
    const auto status = formats::packRecording(local(a->words[0]), local(to), interrupt.progress());
    return status ? 0 : failed(status.error(), interrupt);
}

int unpack(const QStringList& arguments)
{
    const QString o = QStringLiteral("-o"), output = QStringLiteral("--output");
    auto a = parseArguments(arguments, {o, output}, {});
    if (!a)
        return usageError(QString::fromStdString(a.error().message), "unpack");
    if (a->words.size() != 1)
        return usageError(QStringLiteral("name one packed recording, and -o OUT for another name than its own."), "unpack");
    std::string to = local(a->values.value(o, a->values.value(output)));
    if (to.empty()) // errors are unpackRecording's to say
        to = formats::packedName(local(a->words[0])).value_or("recording.calltide");
    Interrupt interrupt;
    const auto count = formats::unpackRecording(local(a->words[0]), to, interrupt.progress());
    if (!count)
        return failed(count.error(), interrupt);
    print(QStringLiteral("%1: %2\n").arg(QString::fromStdString(to), *count == 1 ? QStringLiteral("1 file") : QStringLiteral("%1 files").arg(*count)));
    return 0;
}

} // namespace calltide::cli
