// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/instants.h"
#include <QJsonDocument>
#include <QJsonObject>

namespace calltide::render {

QString instantMessage(const store::Trace& trace, const store::Instant& instant)
{
    const std::string json = trace.arguments(instant);
    if (json.empty())
        return {};
    return QJsonDocument::fromJson(QByteArray::fromStdString(json))
        .object()
        .value(QLatin1String("message"))
        .toVariant()
        .toString();
}

QString instantTitle(const store::Trace& trace, const store::Instant& instant)
{
    const auto name = trace.string(instant.name);
    const QString title = QString::fromUtf8(name.data(), qsizetype(name.size()));
    const QString message = instant.exception ? instantMessage(trace, instant) : QString();
    return message.isEmpty() ? title : title + QStringLiteral(": ") + message;
}

std::vector<uint32_t> matchingExceptions(const store::Trace& trace, const store::OwnCode* own,
    const std::function<bool(std::string_view)>& matches, store::Progress* progress)
{
    std::vector<uint32_t> out;
    const auto& instants = trace.instants();
    for (uint32_t i = 0; matches && i < instants.size(); ++i) {
        if ((i & 0xFFF) == 0xFFF && progress && progress->cancelled())
            break;
        if (instants[i].exception && (!own || !own->foreignExceptions()[i])
            && matches(instantTitle(trace, instants[i]).toStdString()))
            out.push_back(i);
    }
    return out;
}

} // namespace calltide::render
