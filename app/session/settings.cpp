// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settings.h"
#include <QFileInfo>
#include <QSettings>

namespace calltide::session {

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent)
    , m_store(
          file.isEmpty() ? new QSettings(
              QSettings::IniFormat, QSettings::UserScope, QStringLiteral("calltide"), QStringLiteral("calltide"), this)
                         : new QSettings(file, QSettings::IniFormat, this))
{
}

Settings::~Settings() = default;

QList<QPair<QString, QVariant>> Settings::defaults()
{
    return {
#define X(type, get, Set, key, def) {QStringLiteral(key), QVariant::fromValue<type>(def)},
        CALLTIDE_SETTINGS(X)
#undef X
    };
}

QVariant Settings::value(const QString& key) const
{
    static const auto table = defaults();
    for (const auto& [name, fallback] : table) {
        if (name != key)
            continue;
        QVariant v = m_store->value(key, fallback);
        // INI text has no types: a list of one is read back as a string, a number as text.
        if (fallback.typeId() == QMetaType::QStringList && v.typeId() == QMetaType::QString)
            return v.toString().isEmpty() ? QStringList() : QStringList(v.toString());
        return v.convert(fallback.metaType()) ? v : fallback;
    }
    return {};
}

void Settings::setValue(const QString& key, const QVariant& v)
{
    if (value(key) == v)
        return;
    m_store->setValue(key, v);
    Q_EMIT changed(key);
}

void Settings::reset()
{
    for (const auto& [key, fallback] : defaults()) {
        const bool differs = value(key) != fallback;
        m_store->remove(key);
        if (differs)
            Q_EMIT changed(key);
    }
}

void Settings::addRecentFile(const QString& path)
{
    QStringList list = recentFiles();
    list.removeAll(path);
    list.prepend(path);
    if (list.size() > 20)
        list.resize(20);
    setRecentFiles(list);
}

void Settings::removeRecentFile(const QString& path)
{
    QStringList list = recentFiles();
    list.removeAll(path);
    setRecentFiles(list);
}

QByteArray Settings::windowState(const QString& name) const
{
    return m_store->value(QStringLiteral("window/") + name).toByteArray();
}

void Settings::setWindowState(const QString& name, const QByteArray& state)
{
    m_store->setValue(QStringLiteral("window/") + name, state);
}

QString Settings::folder() const
{
    return QFileInfo(m_store->fileName()).absolutePath();
}

void Settings::sync()
{
    m_store->sync();
}

} // namespace calltide::session
