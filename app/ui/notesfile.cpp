// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/notesfile.h"
#include "formats/container.h"
#include "render/viewstate.h"
#include "ui/text.h"
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr int kLaterMs = 500;
constexpr qint64 kMostBytes = 16 << 20;
constexpr qsizetype kMostNotes = 100'000, kMostText = 10'000;

// Numbers of JSON are doubles, which hold times of 104 days to the nanosecond; longer ones are texts.
QJsonValue timeValue(int64_t ns)
{
    return std::abs(ns) < (int64_t(1) << 53) ? QJsonValue(double(ns)) : QJsonValue(QString::number(ns));
}

int64_t timeOf(const QJsonValue& value)
{
    return value.isString() ? value.toString().toLongLong() : int64_t(value.toDouble());
}

bool writeTo(const QString& path, const QByteArray& bytes)
{
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
}
} // namespace

NotesFile::NotesFile(const QString& trace, render::ViewState* state, QObject* parent)
    : QObject(parent)
    , m_state(state)
    , m_trace(trace)
    , m_path(trace + QLatin1String(formats::kNotesEnding))
{
    const QByteArray hash
        = QCryptographicHash::hash(QFileInfo(trace).absoluteFilePath().toUtf8(), QCryptographicHash::Sha1).toHex();
    m_fallback = QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation))
                     .filePath(QStringLiteral("notes/%1.json").arg(QString::fromLatin1(hash)));
    m_later.setSingleShot(true);
    m_later.setInterval(kLaterMs);
    connect(&m_later, &QTimer::timeout, this, &NotesFile::save);
    load();
    connect(state, &render::ViewState::notesChanged, &m_later, qOverload<>(&QTimer::start));
}

NotesFile::~NotesFile()
{
    save();
}

void NotesFile::load()
{
    for (const QString& path : {m_path, m_fallback}) {
        QFile file(path);
        if (!m_state->trace() || !file.open(QIODevice::ReadOnly))
            continue;
        QString error;
        const QByteArray bytes = file.read(kMostBytes);
        m_saved = parse(bytes, m_state->trace()->begin(), &error);
        m_tracks = m_savedTracks = QJsonDocument::fromJson(bytes).object()[QStringLiteral("tracks")].toObject();
        if (error.isEmpty())
            m_state->setNotes(m_saved);
        else // said later, when somebody listens; the file is left as it is
            QTimer::singleShot(0, this, [this, path, error] {
                Q_EMIT failed(tr("%1 has no notes that can be read: %2.").arg(shortPath(path), error));
            });
        return;
    }
    if (const auto packed = formats::packedNotes(toUtf8(m_trace)); packed && m_state->trace()) {
        m_packed = true;
        m_saved = parse(QByteArray::fromStdString(*packed), m_state->trace()->begin());
        m_tracks = m_savedTracks
            = QJsonDocument::fromJson(QByteArray::fromStdString(*packed)).object()[QStringLiteral("tracks")].toObject();
        m_state->setNotes(m_saved);
    }
}

void NotesFile::save()
{
    m_later.stop();
    const auto& notes = m_state->notes();
    if ((notes == m_saved && m_tracks == m_savedTracks) || !m_state->trace())
        return;
    m_saved = notes;
    m_savedTracks = m_tracks;
    if (notes.empty() && m_tracks.isEmpty() && !m_packed) { // else those in the recording would be back
        QFile::remove(m_path);
        QFile::remove(m_fallback);
        return;
    }
    const QByteArray bytes = write(notes, m_state->trace()->begin(), m_tracks);
    if (writeTo(m_path, bytes))
        return;
    QDir().mkpath(QFileInfo(m_fallback).path());
    if (!writeTo(m_fallback, bytes))
        Q_EMIT failed(tr("The notes cannot be written, neither beside the recording nor to %1.").arg(shortPath(m_fallback)));
}

void NotesFile::setTracks(const QJsonObject& tracks)
{
    m_tracks = tracks;
    m_later.start();
}

std::vector<layout::Note> NotesFile::parse(const QByteArray& json, int64_t begin, QString* error)
{
    QJsonParseError wrong;
    const QJsonObject root = QJsonDocument::fromJson(json, &wrong).object();
    const auto say = [&](const QString& what) {
        if (error)
            *error = what;
    };
    if (wrong.error != QJsonParseError::NoError) {
        say(tr("it is not JSON (%1)").arg(wrong.errorString()));
        return {};
    }
    if (root[QStringLiteral("calltide_notes")].toInt() != 1) {
        say(tr("it is another kind of file, or of a newer version"));
        return {};
    }
    std::vector<layout::Note> out;
    for (const QJsonValue& value : root[QStringLiteral("notes")].toArray()) {
        const QJsonObject o = value.toObject();
        layout::Note note;
        note.from = begin + timeOf(o[QStringLiteral("from")]);
        note.to = o.contains(QStringLiteral("to")) ? begin + timeOf(o[QStringLiteral("to")]) : note.from;
        note.to = std::max(note.to, note.from);
        note.text = o[QStringLiteral("text")].toString().left(kMostText).toStdString();
        note.color = uint8_t(std::clamp(o[QStringLiteral("color")].toInt(), 0, layout::Note::kColors - 1));
        out.push_back(std::move(note));
        if (qsizetype(out.size()) == kMostNotes)
            break;
    }
    return out;
}

QByteArray NotesFile::write(const std::vector<layout::Note>& notes, int64_t begin, const QJsonObject& tracks)
{
    QJsonArray list;
    for (const layout::Note& note : notes) {
        QJsonObject o{{QStringLiteral("from"), timeValue(note.from - begin)},
            {QStringLiteral("text"), QString::fromStdString(note.text)}, {QStringLiteral("color"), note.color}};
        if (!note.isFlag())
            o.insert(QStringLiteral("to"), timeValue(note.to - begin));
        list.append(o);
    }
    QJsonObject root{{QStringLiteral("calltide_notes"), 1}, {QStringLiteral("notes"), list}};
    if (!tracks.isEmpty())
        root.insert(QStringLiteral("tracks"), tracks);
    return QJsonDocument(root).toJson();
}

} // namespace calltide::ui
