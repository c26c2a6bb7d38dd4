// SPDX-License-Identifier: GPL-3.0-or-later
// The application's settings: one table of typed keys with defaults, from which loading, saving, resetting and the test
// are made. Window and dock state are kept apart (group "window"). GUI thread.
#pragma once
#include <QList>
#include <QObject>
#include <QPair>
#include <QStringList>
#include <QVariant>

class QSettings;

// type, getter, Setter, key, default
#define CALLTIDE_SETTINGS(X)                                                                                           \
    X(QString, theme, Theme, "appearance/theme", QStringLiteral("system")) /* system | light | dark */                 \
    X(QString, renderer, Renderer, "appearance/renderer", QStringLiteral("auto")) /* auto | gpu | raster */            \
    X(QString, colorMode, ColorMode, "appearance/color_mode", QStringLiteral("function"))                              \
    /* function | module | my_code | duration */                                                                      \
    X(bool, colorBlind, ColorBlind, "appearance/colour_blind", false)                                                  \
    X(QString, timeFormat, TimeFormat, "view/time_format", QStringLiteral("start")) /* start|wall|utc|ns|epoch */      \
    X(QString, keyPreset, KeyPreset, "keys/preset", QStringLiteral("perfetto")) /* perfetto|tracy|speedscope */        \
    X(QStringList, ownKeys, OwnKeys, "keys/own", QStringList()) /* "view.frame_time=Ctrl+T" */                         \
    X(bool, animations, Animations, "appearance/animations", true)                                                     \
    X(QStringList, recentFiles, RecentFiles, "files/recent", QStringList())                                            \
    X(QString, lastFolder, LastFolder, "files/last_folder", QString())                                                 \
    X(QString, exportFolder, ExportFolder, "files/export_folder", QString())                                           \
    X(bool, keepOpened, KeepOpened, "files/keep_opened", true) /* sidecars of large files, in the cache folder */      \
    X(QStringList, addedInterpreters, AddedInterpreters, "launch/added_interpreters", QStringList())                   \
    X(QString, launchFolder, LaunchFolder, "launch/working_directory", QString())                                      \
    X(QStringList, functionColumns, FunctionColumns, "functions/columns", QStringList()) /* shown; none: as designed */ \
    X(QStringList, searchHistory, SearchHistory, "search/history", QStringList())                                      \
    X(QStringList, paletteUsed, PaletteUsed, "palette/used", QStringList()) /* newest first */                           \
    X(int, sourceZoom, SourceZoom, "source/zoom", 0) /* points added to the theme's size */

namespace calltide::session {

class Settings : public QObject
{
    Q_OBJECT
public:
    // "": the user's own file. Tests and --settings pass one.
    explicit Settings(const QString& file = {}, QObject* parent = nullptr);
    ~Settings() override;

#define X(type, get, Set, key, def)                                                                                    \
    type get() const                                                                                                   \
    {                                                                                                                  \
        return value(QLatin1String(key)).value<type>();                                                                \
    }                                                                                                                  \
    void set##Set(const type& v)                                                                                       \
    {                                                                                                                  \
        setValue(QLatin1String(key), QVariant::fromValue<type>(v));                                                    \
    }
    CALLTIDE_SETTINGS(X)
#undef X

    static QList<QPair<QString, QVariant>> defaults(); // every key
    QVariant value(const QString& key) const; // the default when never set or of another type
    void setValue(const QString& key, const QVariant& value);
    void reset(); // every key of the table; window state stays

    void addRecentFile(const QString& path); // to the front; at most 20
    void removeRecentFile(const QString& path);

    QByteArray windowState(const QString& name) const; // geometry, docks
    void setWindowState(const QString& name, const QByteArray& state);
    void sync();
    QString folder() const; // where other files of settings stand

Q_SIGNALS:
    void changed(const QString& key);

private:
    QSettings* m_store;
};

} // namespace calltide::session
