// SPDX-License-Identifier: GPL-3.0-or-later
// What the start page says about recordings opened before: facts and a small picture of each, kept beside the settings
// in the cache folder. GUI thread.
#pragma once
#include "ui/tracecontext.h"
#include <QImage>
#include <QList>
#include <QString>

namespace calltide::session {
class Settings;
}

namespace calltide::ui {

class Appearance;

struct RecentFile
{
    QString path;
    QString command; // "python app.py --port 8080", or the format
    QString figures; // "8.2 s · 1.3 M calls"
    QString day;     // when it was last opened: "today 14:02", "yesterday"
    QImage picture;  // may be null
    bool exists = true;
};

class RecentFiles
{
public:
    RecentFiles(session::Settings& settings, const Appearance& appearance);

    QList<RecentFile> list(int most) const; // newest first, pictures in the present theme
    QStringList paths() const;
    void add(const TraceContext& context, const QString& path);
    void remove(const QString& path);
    void clear();

private:
    session::Settings& m_settings;
    const Appearance& m_appearance;
};

// The first rows of the busiest thread as they look from far away.
QImage thumbnail(const TraceContext& context, const render::Theme& theme, QSize size, double ratio);

} // namespace calltide::ui
