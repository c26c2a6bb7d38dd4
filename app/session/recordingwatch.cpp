// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/recordingwatch.h"
#include "formats/recordingfiles.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cstring>

namespace calltide::session {

namespace {

constexpr double kBytesPerEvent = 1.75; // measured over many programs; see tracer/format/FORMAT.md, section 3
constexpr qint64 kBlock = 4096, kChunkHeader = 64, kBlockHeader = 16;

template <class T> T at(const char* bytes, int offset)
{
    T value;
    std::memcpy(&value, bytes + offset, sizeof value);
    return value;
}

// Bytes in the begun blocks of a chunk that is being written.
qint64 begunBytes(QFile& file, qint64 chunk, qint64 size)
{
    qint64 bytes = 0;
    char header[kBlockHeader];
    for (qint64 block = chunk + kBlock; block < chunk + size; block += kBlock) {
        if (!file.seek(block) || file.read(header, sizeof header) != sizeof header || at<quint64>(header, 8) == 0)
            break;
        bytes += kBlock - kBlockHeader;
    }
    return bytes;
}

} // namespace

void RecordingWatch::start(const QString& path)
{
    m_path = path;
    m_parts.clear();
}

void RecordingWatch::add(const QString& path, RecordingFacts& facts)
{
    QFile file(path);
    char header[4096];
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered) || file.read(header, sizeof header) != sizeof header
        || std::memcmp(header, "\x89" "CTD\r\n\x1a\n", 8) != 0)
        return;
    facts.processes++;
    const qint64 size = file.size();
    const auto allocated = qint64(at<quint64>(header, 4032));
    facts.bytes += size;
    facts.lost += qint64(at<quint64>(header, 4048));
    Part& part = m_parts[path];
    qint64 open = 0;
    bool allSealed = true;
    for (qint64 place = part.at; place + kChunkHeader <= size;) {
        char chunk[kChunkHeader];
        if (!file.seek(place) || file.read(chunk, sizeof chunk) != sizeof chunk)
            break;
        const int k = at<quint8>(chunk, 5);
        if (std::memcmp(chunk, "CTCK", 4) != 0 || k < 12 || k > 26) {
            if (std::memcmp(chunk, "\0\0\0\0", 4) == 0 && (allocated <= 0 || place >= allocated))
                break;
            place += kBlock;
        } else {
            const qint64 length = qint64(1) << k;
            const bool events = at<quint8>(chunk, 4) == 1, sealed = at<quint32>(chunk, 60) != 0;
            const qint64 used = qint64(at<quint32>(chunk, 48));
            if (!events || sealed) {
                (allSealed ? part.sealed : open) += events ? std::clamp<qint64>(used - kChunkHeader, 0, length) : 0;
            } else {
                allSealed = false;
                open += begunBytes(file, place, length);
            }
            place += length;
        }
        if (allSealed)
            part.at = place;
    }
    facts.events += qint64(double(part.sealed + open) / kBytesPerEvent);
}

RecordingFacts RecordingWatch::look()
{
    RecordingFacts facts;
    if (m_path.isEmpty())
        return facts;
    add(m_path, facts);
    for (const std::string& child : formats::childRecordings(QFile::encodeName(m_path).toStdString()))
        add(QFile::decodeName(QByteArray::fromStdString(child)), facts);
    return facts;
}

} // namespace calltide::session
