// SPDX-License-Identifier: GPL-3.0-or-later
// RecordingWatch: how large a recording that is being written is, how much is coming in and whether something is lost,
// from the hints and headers in its file; nothing of the events is read. Any thread, one at a time.
#pragma once
#include <QHash>
#include <QString>

namespace calltide::session {

struct RecordingFacts
{
    qint64 bytes = 0; // of its file and those of its children
    qint64 events = 0; // about: entries and leaves so far, from the bytes they take
    qint64 lost = 0; // events, as the recorder counts them
    int processes = 0;
};

class RecordingWatch
{
public:
    explicit RecordingWatch(const QString& path = {}) { start(path); }
    void start(const QString& path); // of the first process
    RecordingFacts look(); // reads what is new since the last time

private:
    struct Part
    {
        qint64 at = 4096; // the first chunk that is not sealed yet, or that was not looked at
        qint64 sealed = 0; // bytes of events in the chunks before it
    };
    void add(const QString& path, RecordingFacts& facts);

    QString m_path;
    QHash<QString, Part> m_parts;
};

} // namespace calltide::session
