// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/calldetails.h"
#include "ui/text.h"
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace calltide::ui {
namespace {
constexpr uint64_t kQuickChildren = 20000;
constexpr qsizetype kLongestValue = 2000; // characters; the rest is cut with "…"

QString valueText(const QJsonValue& value)
{
    QString text;
    if (value.isString())
        text = value.toString();
    else if (value.isObject())
        text = QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    else if (value.isArray())
        text = QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    else if (value.isBool())
        text = value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    else if (value.isDouble())
        text = QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest);
    else
        text = QStringLiteral("null");
    if (text.size() > kLongestValue)
        text = text.left(kLongestValue) + u'…';
    return fromTrace(text.toStdString());
}

QList<QPair<QString, QString>> argumentsOf(const std::string& json)
{
    QList<QPair<QString, QString>> out;
    if (json.empty())
        return out;
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(json), &error);
    if (!document.isObject()) {
        out.append({QString(), fromTrace(std::string_view(json).substr(0, size_t(kLongestValue)))});
        return out;
    }
    const QJsonObject object = document.object();
    for (auto it = object.begin(); it != object.end(); ++it)
        out.append({fromTrace(it.key().toStdString()), valueText(it.value())});
    return out;
}

QStringList statesOf(uint8_t flags)
{
    constexpr std::pair<uint8_t, const char*> kWords[] = {
        {store::kAlreadyRunning, QT_TRANSLATE_NOOP("calltide::ui", "already running when the recording began")},
        {store::kStillRunning, QT_TRANSLATE_NOOP("calltide::ui", "still running when the recording ended")},
        {store::kException, QT_TRANSLATE_NOOP("calltide::ui", "left by an exception")},
        {store::kYielded, QT_TRANSLATE_NOOP("calltide::ui", "gave way here and goes on later")},
        {store::kResumed, QT_TRANSLATE_NOOP("calltide::ui", "goes on from before")},
    };
    QStringList out;
    for (const auto& [flag, words] : kWords)
        if (flags & flag)
            out << QCoreApplication::translate("calltide::ui", words);
    return out;
}
} // namespace

CallDetails callDetails(const TraceContext& context, store::SliceIndex slice)
{
    const store::Trace& trace = *context.trace;
    CallDetails out;
    out.slice = slice;
    out.self = trace.selfTime(slice);
    out.callsInside = trace.callsInside(slice);
    const auto [first, last] = trace.children(slice);
    std::unordered_map<store::FunctionId, InnerShare> sums;
    for (store::SliceIndex i = first; i < last; ++i) {
        InnerShare& sum = sums[trace.functionOf(i)];
        sum.function = trace.functionOf(i);
        sum.total += trace.duration(i);
        ++sum.calls;
    }
    for (const auto& [function, sum] : sums)
        out.inner.push_back(sum);
    std::sort(out.inner.begin(), out.inner.end(), [](const InnerShare& a, const InnerShare& b) {
        return a.total != b.total ? a.total > b.total : a.function < b.function;
    });
    out.arguments = argumentsOf(trace.arguments(slice));
    out.states = statesOf(trace.flags(slice));
    return out;
}

bool isQuick(const TraceContext& context, store::SliceIndex slice)
{
    const auto [first, last] = context.trace->children(slice);
    const store::SliceExtra* extra = context.trace->extra(slice);
    return last - first < kQuickChildren && (!extra || extra->source == 0);
}

} // namespace calltide::ui
