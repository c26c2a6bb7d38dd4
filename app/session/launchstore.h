// SPDX-License-Identifier: GPL-3.0-or-later
// LaunchStore: named launch configurations, what was launched last, and what was used in each project; one JSON file,
// readable by its owner only (environment variables may be secrets). A missing or damaged file is an empty store; the
// damaged one is kept beside it. GUI thread.
#pragma once
#include "session/launchoptions.h"
#include <QDateTime>
#include <QObject>
#include <optional>

namespace calltide::session {

struct LaunchConfiguration
{
    QString name;
    LaunchOptions options;
};

struct RecentLaunch
{
    LaunchOptions options;
    QDateTime when;
};

class LaunchStore : public QObject
{
    Q_OBJECT
public:
    explicit LaunchStore(const QString& file, QObject* parent = nullptr);

    const QList<LaunchConfiguration>& configurations() const { return m_configurations; } // by name
    const LaunchOptions* find(const QString& name) const; // null when there is none
    void save(const QString& name, const LaunchOptions& options); // a new one, or in place of the one of that name
    bool rename(const QString& name, const QString& to); // false: there is none, or the new name is taken or empty
    QString duplicate(const QString& name); // the copy's name
    void remove(const QString& name);
    QString freeName(const QString& wanted) const;

    const QList<RecentLaunch>& recent() const { return m_recent; } // newest first, at most 20, each command once
    void noteLaunch(const LaunchOptions& options);
    void removeRecent(const LaunchOptions& options);
    // Of the project in which the folder lies.
    std::optional<LaunchOptions> lastIn(const QString& folder) const;

    Status exportTo(const QString& path, const QStringList& names) const;
    Result<QStringList> importFrom(const QString& path); // the names they got; taken ones get a number

Q_SIGNALS:
    void changed();

private:
    void read();
    void write();

    QString m_file;
    QList<LaunchConfiguration> m_configurations;
    QList<RecentLaunch> m_recent;
    QList<QPair<QString, LaunchOptions>> m_projects; // newest first, at most 50
};

// The folder that holds the project of a file or folder: the nearest above with a mark of one (.git, pyproject.toml, …),
// else the folder itself.
QString projectFolder(const QString& path);
// The same program with the same arguments in the same folder, whatever is recorded of it.
bool sameCommand(const LaunchOptions& a, const LaunchOptions& b);

} // namespace calltide::session
