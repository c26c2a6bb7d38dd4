// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launchjson.h"

namespace calltide::session {

namespace {

using nlohmann::json;

constexpr std::pair<LaunchKind, const char*> kKinds[] = {{LaunchKind::Script, "script"}, {LaunchKind::Module, "module"},
    {LaunchKind::Code, "code"}, {LaunchKind::Command, "command"}, {LaunchKind::Tool, "tool"}, {LaunchKind::Tests, "tests"}};

QString text(const json& value)
{
    return value.is_string() ? QString::fromStdString(value.get_ref<const std::string&>()) : QString();
}

bool flag(const json& object, const char* key, bool fallback)
{
    const auto it = object.find(key);
    return it != object.end() && it->is_boolean() ? it->get<bool>() : fallback;
}

json texts(const QStringList& list)
{
    json out = json::array();
    for (const QString& one : list)
        out.push_back(one.toStdString());
    return out;
}

QStringList words(const json& object, const char* key)
{
    QStringList out;
    for (const json& one : listOf(object, key))
        if (one.is_string())
            out << text(one);
    return out;
}

} // namespace

QString textOf(const json& object, const char* key)
{
    if (!object.is_object())
        return {};
    const auto it = object.find(key);
    return it == object.end() ? QString() : text(*it);
}

const json& listOf(const json& object, const char* key)
{
    static const json none = json::array();
    if (!object.is_object())
        return none;
    const auto it = object.find(key);
    return it != object.end() && it->is_array() ? *it : none;
}

json launchToJson(const LaunchOptions& o)
{
    json out = json::object();
    for (const auto& [kind, name] : kKinds)
        if (kind == o.kind)
            out["kind"] = name;
    out["target"] = o.target.toStdString();
    out["arguments"] = texts(o.arguments);
    out["interpreter"] = o.interpreter.toStdString();
    out["folder"] = o.workingDirectory.toStdString();
    out["environment"] = json::array();
    for (const auto& [name, value] : o.environment)
        out["environment"].push_back({{"name", name.toStdString()}, {"value", value.toStdString()}});
    out["output"] = o.output.toStdString();
    out["record"] = {{"c_functions", o.tracer.cFunctions}, {"sources", o.tracer.sources}, {"children", o.tracer.children},
        {"options", texts(o.tracer.extra)}};
    return out;
}

LaunchOptions launchFromJson(const json& value)
{
    LaunchOptions o;
    if (!value.is_object())
        return o;
    const QString kind = textOf(value, "kind");
    for (const auto& [one, name] : kKinds)
        if (kind == QLatin1String(name))
            o.kind = one;
    o.target = textOf(value, "target");
    o.arguments = words(value, "arguments");
    o.interpreter = textOf(value, "interpreter");
    o.workingDirectory = textOf(value, "folder");
    for (const json& one : listOf(value, "environment"))
        if (const QString name = textOf(one, "name"); !name.isEmpty())
            o.environment.append({name, textOf(one, "value")});
    o.output = textOf(value, "output");
    const auto record = value.find("record");
    if (record != value.end() && record->is_object()) {
        o.tracer.cFunctions = flag(*record, "c_functions", true);
        o.tracer.sources = flag(*record, "sources", true);
        o.tracer.children = flag(*record, "children", true);
        o.tracer.extra = words(*record, "options");
    }
    return o;
}

} // namespace calltide::session
