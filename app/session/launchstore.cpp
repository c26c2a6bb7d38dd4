// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launchstore.h"
#include "session/launchjson.h"
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <algorithm>

namespace calltide::session {

namespace {

using nlohmann::json;
constexpr int kMostRecent = 20, kMostProjects = 50;
constexpr qint64 kMostBytes = 16 << 20;

std::string utf8(const QString& text)
{
    return text.toStdString();
}

Result<json> readJson(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::NotFound, utf8(QStringLiteral("%1 cannot be read.").arg(path))};
    const QByteArray bytes = file.read(kMostBytes);
    json value = json::parse(bytes.constData(), bytes.constData() + bytes.size(), nullptr, false);
    if (!value.is_object())
        return Error{ErrorCode::Invalid, utf8(QStringLiteral("%1 holds no launch configurations of Calltide.").arg(path))};
    return value;
}

QList<LaunchConfiguration> configurationsOf(const json& file)
{
    QList<LaunchConfiguration> out;
    for (const json& one : listOf(file, "configurations")) {
        const QString name = textOf(one, "name").trimmed();
        if (!name.isEmpty())
            out.append({name, launchFromJson(one)});
    }
    return out;
}

json configurationJson(const LaunchConfiguration& one)
{
    json out = launchToJson(one.options);
    out["name"] = utf8(one.name);
    return out;
}

bool writeJson(const QString& path, const json& value)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    // What is no UTF-8 in an argument is replaced rather than thrown about.
    const std::string text = value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
    file.write(text.data(), qint64(text.size()));
    return file.commit();
}

} // namespace

LaunchStore::LaunchStore(const QString& file, QObject* parent)
    : QObject(parent)
    , m_file(file)
{
    read();
}

void LaunchStore::read()
{
    if (!QFileInfo::exists(m_file))
        return;
    auto value = readJson(m_file);
    if (!value) {
        QFile::remove(m_file + QStringLiteral(".damaged"));
        QFile::rename(m_file, m_file + QStringLiteral(".damaged"));
        return;
    }
    m_configurations = configurationsOf(*value);
    for (const json& one : listOf(*value, "recent"))
        m_recent.append({launchFromJson(one), QDateTime::fromString(textOf(one, "when"), Qt::ISODate)});
    for (const json& one : listOf(*value, "projects"))
        if (const QString folder = textOf(one, "project"); !folder.isEmpty())
            m_projects.append({folder, launchFromJson(one)});
}

void LaunchStore::write()
{
    std::sort(m_configurations.begin(), m_configurations.end(), [](const auto& a, const auto& b) {
        return QString::localeAwareCompare(a.name, b.name) < 0;
    });
    json value{{"version", 1}, {"configurations", json::array()}, {"recent", json::array()}, {"projects", json::array()}};
    for (const LaunchConfiguration& one : std::as_const(m_configurations))
        value["configurations"].push_back(configurationJson(one));
    for (const RecentLaunch& one : std::as_const(m_recent)) {
        json item = launchToJson(one.options);
        item["when"] = utf8(one.when.toString(Qt::ISODate));
        value["recent"].push_back(std::move(item));
    }
    for (const auto& [folder, options] : std::as_const(m_projects)) {
        json item = launchToJson(options);
        item["project"] = utf8(folder);
        value["projects"].push_back(std::move(item));
    }
    QDir().mkpath(QFileInfo(m_file).path());
    writeJson(m_file, value); // nothing is lost but the memory of it
    Q_EMIT changed();
}

const LaunchOptions* LaunchStore::find(const QString& name) const
{
    for (const LaunchConfiguration& one : m_configurations)
        if (one.name == name)
            return &one.options;
    return nullptr;
}

void LaunchStore::save(const QString& name, const LaunchOptions& options)
{
    for (LaunchConfiguration& one : m_configurations) {
        if (one.name == name) {
            one.options = options;
            write();
            return;
        }
    }
    m_configurations.append({name, options});
    write();
}

bool LaunchStore::rename(const QString& name, const QString& to)
{
    const QString wanted = to.trimmed();
    if (wanted.isEmpty() || (wanted != name && find(wanted)))
        return false;
    for (LaunchConfiguration& one : m_configurations) {
        if (one.name == name) {
            one.name = wanted;
            write();
            return true;
        }
    }
    return false;
}

QString LaunchStore::freeName(const QString& wanted) const
{
    QString name = wanted;
    for (int i = 2; find(name); i++)
        name = QStringLiteral("%1 %2").arg(wanted).arg(i);
    return name;
}

QString LaunchStore::duplicate(const QString& name)
{
    const LaunchOptions* const options = find(name);
    if (!options)
        return {};
    const QString copy = freeName(name);
    save(copy, LaunchOptions(*options));
    return copy;
}

void LaunchStore::remove(const QString& name)
{
    m_configurations.removeIf([&](const LaunchConfiguration& one) { return one.name == name; });
    write();
}

void LaunchStore::noteLaunch(const LaunchOptions& options)
{
    m_recent.removeIf([&](const RecentLaunch& one) { return sameCommand(one.options, options); });
    m_recent.prepend({options, QDateTime::currentDateTime()});
    if (m_recent.size() > kMostRecent)
        m_recent.resize(kMostRecent);
    const QString project = projectFolder(options.workingDirectory);
    m_projects.removeIf([&](const auto& one) { return one.first == project; });
    m_projects.prepend({project, options});
    if (m_projects.size() > kMostProjects)
        m_projects.resize(kMostProjects);
    write();
}

void LaunchStore::removeRecent(const LaunchOptions& options)
{
    m_recent.removeIf([&](const RecentLaunch& one) { return sameCommand(one.options, options); });
    write();
}

std::optional<LaunchOptions> LaunchStore::lastIn(const QString& folder) const
{
    const QString project = projectFolder(folder);
    for (const auto& [one, options] : m_projects)
        if (one == project)
            return options;
    return std::nullopt;
}

Status LaunchStore::exportTo(const QString& path, const QStringList& names) const
{
    json value{{"version", 1}, {"configurations", json::array()}};
    for (const LaunchConfiguration& one : m_configurations)
        if (names.contains(one.name))
            value["configurations"].push_back(configurationJson(one));
    if (!writeJson(path, value))
        return Error{ErrorCode::Io, utf8(QStringLiteral("%1 cannot be written. Choose another folder.").arg(path))};
    return Ok{};
}

Result<QStringList> LaunchStore::importFrom(const QString& path)
{
    auto value = readJson(path);
    if (!value)
        return value.error();
    const QList<LaunchConfiguration> found = configurationsOf(*value);
    if (found.isEmpty())
        return Error{ErrorCode::Invalid, utf8(QStringLiteral("%1 holds no launch configurations of Calltide.").arg(path))};
    QStringList names;
    for (const LaunchConfiguration& one : found) {
        names << freeName(one.name);
        m_configurations.append({names.last(), one.options});
    }
    write();
    return names;
}

QString projectFolder(const QString& path)
{
    const QFileInfo info(path.isEmpty() ? QDir::currentPath() : path);
    const QString start = info.isDir() ? info.absoluteFilePath() : info.absolutePath();
    const QString home = QDir::homePath();
    for (QDir dir(start); dir.absolutePath() != home;) {
        for (const char* mark : {".git", "pyproject.toml", "setup.py", "manage.py", "requirements.txt", ".venv", "Pipfile"})
            if (dir.exists(QLatin1String(mark)))
                return dir.absolutePath();
        if (dir.isRoot() || !dir.cdUp())
            break;
    }
    return QDir(start).absolutePath();
}

bool sameCommand(const LaunchOptions& a, const LaunchOptions& b)
{
    return a.kind == b.kind && a.target == b.target && a.arguments == b.arguments && a.workingDirectory == b.workingDirectory;
}

} // namespace calltide::session
