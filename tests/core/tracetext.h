// SPDX-License-Identifier: GPL-3.0-or-later
// A trace as text, one line a thing, so that tests can compare what was read with what they expect to see.
#pragma once
#include "formats/exporter.h"
#include "store/trace.h"
#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTemporaryDir>
#include <QTest>

inline QString nameOf(const calltide::store::Trace& t, calltide::store::StringId id)
{
    const auto s = t.string(id);
    return QString::fromUtf8(s.data(), qsizetype(s.size()));
}

// "pid/tid name | depth start duration function [arguments] [flags]", by track, then depth, then time.
inline QStringList sliceLines(const calltide::store::Trace& t, bool tracks = true)
{
    using namespace calltide::store;
    QStringList out;
    for (size_t k = 0; k < t.tracks().size(); k++) {
        const Track& track = t.tracks()[k];
        for (uint32_t d = 0; d < track.rowCount; d++) {
            const Row& row = t.row(t.rowAt(TrackId(k), d));
            for (SliceIndex i = row.first; i < row.first + row.count; i++) {
                QString line;
                if (tracks)
                    line = QStringLiteral("%1/%2 %3| ")
                               .arg(t.process(track.process).pid)
                               .arg(track.tid)
                               .arg(nameOf(t, track.name));
                line += QStringLiteral("%1 %2 %3 %4")
                            .arg(d)
                            .arg(t.start(i))
                            .arg(t.duration(i))
                            .arg(QString::fromStdString(calltide::formats::traceName(t, t.functionOf(i))));
                if (const std::string a = t.arguments(i); !a.empty())
                    line += u' ' + QString::fromStdString(a);
                if (t.flags(i) & 127) // not store::kSummed, which all of a profile have
                    line += QStringLiteral(" flags=%1").arg(t.flags(i) & 127);
                out += line;
            }
        }
    }
    return out;
}

inline QStringList problemLines(const calltide::store::Trace& t)
{
    QStringList out;
    for (const auto& p : t.problems())
        out += QStringLiteral("%1 %2").arg(QString::fromStdString(p.kind)).arg(p.count);
    return out;
}

inline std::string writeFile(const QTemporaryDir& dir, const QString& name, const QByteArray& content)
{
    QFile f(dir.filePath(name));
    if (!f.open(QIODevice::WriteOnly) || f.write(content) != content.size())
        qFatal("cannot write the test's own file");
    return dir.filePath(name).toStdString();
}
