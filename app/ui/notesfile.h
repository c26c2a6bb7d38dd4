// SPDX-License-Identifier: GPL-3.0-or-later
// NotesFile: keeps the notes of a trace, and how its tracks are arranged, in a small JSON file beside it,
// "NAME.notes.json"; in the user's data folder when that one cannot be written. A packed recording brings its own, until
// they are changed. Reads it at once, writes some moments after a change and when it goes. GUI thread.
#pragma once
#include "layout/notes.h"
#include <QJsonObject>
#include <QObject>
#include <QTimer>
#include <vector>

namespace calltide::render {
class ViewState;
}

namespace calltide::ui {

class NotesFile : public QObject
{
    Q_OBJECT
public:
    // `trace`: path of the opened file. The state must outlive it.
    NotesFile(const QString& trace, render::ViewState* state, QObject* parent = nullptr);
    ~NotesFile() override;

    void save(); // when something changed; removes the file when there is nothing left to keep
    const QJsonObject& tracks() const { return m_tracks; } // see tracksjson.h; empty: as recorded
    void setTracks(const QJsonObject& tracks);
    QString path() const { return m_path; }

    // Times in the file count from the trace's begin, so that they stay right when its clock is set anew. An empty
    // list and a sentence when the text is no such file.
    static std::vector<layout::Note> parse(const QByteArray& json, int64_t begin, QString* error = nullptr);
    static QByteArray write(const std::vector<layout::Note>& notes, int64_t begin, const QJsonObject& tracks = {});

Q_SIGNALS:
    void failed(const QString& sentence);

private:
    void load();

    render::ViewState* m_state;
    QString m_trace, m_path, m_fallback;
    QTimer m_later;
    std::vector<layout::Note> m_saved;
    QJsonObject m_tracks, m_savedTracks;
    bool m_packed = false; // the recording brings some
};

} // namespace calltide::ui
