// SPDX-License-Identifier: GPL-3.0-or-later
// Small recordings made by hand, and a folder in which they are read.
#pragma once
#include "formats/reader.h"
#include "recordingwriter.h"
#include <QDir>
#include <QFile>
#include <QTemporaryDir>

namespace native {

using namespace calltide;
using namespace calltide::store;
using W = RecordingWriter;
namespace f = calltide::format;

inline void tables(W& w)
{
    w.function(128, "main", f::FunctionKind::Module);
    w.function(129, "numbers", f::FunctionKind::Generator, f::kHasResumedId);
    w.function(131, "builtins.print", f::FunctionKind::C);
    w.function(1, "main", f::FunctionKind::Module); // a short id of the same
    w.thread(0, "MainThread");
    w.thread(1, "worker");
    w.writeTables();
}

inline std::vector<W::Record> manyCalls(int n) // main { print × n }
{
    std::vector<W::Record> r{W::enter(128)};
    for (int i = 0; i < n; i++) {
        r.push_back(W::enter(131, uint64_t(i % 90)));
        r.push_back(W::leaveC(uint64_t(i % 7)));
    }
    r.push_back(W::leave());
    return r;
}

struct ReadingFolder
{
    QTemporaryDir m_folder;

    Result<TracePtr> read(const std::vector<uint8_t>& bytes, size_t size = SIZE_MAX)
    {
        const QString path = m_folder.filePath(QStringLiteral("t.calltide"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return Error{ErrorCode::Io, "test folder", -1};
        file.write(reinterpret_cast<const char*>(bytes.data()), qint64(std::min(size, bytes.size())));
        file.close();
        return formats::open(path.toStdString());
    }
    static uint64_t problems(const Trace& t, std::string_view kind)
    {
        for (const Problem& p : t.problems())
            if (p.kind == kind)
                return p.count;
        return 0;
    }
};

} // namespace native
