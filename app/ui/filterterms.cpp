// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filterterms.h"
#include "store/mappedfile.h"
#include "ui/text.h"
#include "ui/timeinput.h"
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <algorithm>

namespace calltide::ui {
namespace {
QString tr(const char* text)
{
    return QCoreApplication::translate("calltide::ui::FilterTerms", text);
}

// Words at spaces, but not within quotes.
QStringList words(const QString& text, bool keepQuotes = false)
{
    QStringList out;
    QString word;
    bool quoted = false, any = false;
    for (const QChar c : text) {
        if (c == u'"') {
            quoted = !quoted;
            any = true;
            if (keepQuotes)
                word += c;
        } else if (c.isSpace() && !quoted) {
            if (any)
                out << word;
            word.clear();
            any = false;
        } else {
            word += c;
            any = true;
        }
    }
    if (any)
        out << word;
    return out;
}

QRegularExpression pattern(const QString& value)
{
    const bool regex = value.size() > 2 && value.startsWith(u'/') && value.endsWith(u'/');
    return QRegularExpression(regex ? value.mid(1, value.size() - 2) : QRegularExpression::escape(value),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
}

bool has(const QRegularExpression& wanted, std::string_view text)
{
    return wanted.match(QString::fromUtf8(text.data(), qsizetype(text.size()))).hasMatch();
}

// The terms of one key as patterns: those of which one must hold, and those of which none may.
struct Patterns
{
    std::vector<QRegularExpression> any, none;

    Patterns(const std::vector<FilterTerm>& terms, FilterKey key)
    {
        for (const FilterTerm& term : terms)
            if (term.key == key)
                (term.not_ ? none : any).push_back(pattern(term.value));
    }
    bool empty() const { return any.empty() && none.empty(); }
    bool hold(std::string_view text) const
    {
        const auto matches = [&](const QRegularExpression& p) { return has(p, text); };
        return (any.empty() || std::any_of(any.begin(), any.end(), matches)) && std::none_of(none.begin(), none.end(), matches);
    }
};

bool argumentsHold(const std::vector<FilterTerm>& terms, const std::string& json)
{
    QJsonObject object; // parsed when the first term's name occurs in it at all
    bool parsed = false, wanted = false, found = false;
    for (const FilterTerm& term : terms) {
        if (term.key != FilterKey::Argument)
            continue;
        bool holds = false;
        if (json.find(toUtf8(term.name)) != std::string::npos) {
            if (!parsed)
                object = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
            parsed = true;
            if (const auto it = object.find(term.name); it != object.end()) {
                const QString text = it->isString() ? it->toString()
                                                    : QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("v"), *it}}).toJson(QJsonDocument::Compact)).mid(5).chopped(1);
                holds = term.value.isEmpty() || pattern(term.value).match(text).hasMatch();
            }
        }
        if (term.not_ && holds)
            return false;
        wanted = wanted || !term.not_;
        found = found || (!term.not_ && holds);
    }
    return !wanted || found;
}
} // namespace

QStringList filterWords(const QString& text)
{
    return words(text, true);
}

FilterTerms parseFilter(const QString& text)
{
    FilterTerms out;
    const std::pair<QStringView, FilterKey> keys[] = {{u"func:", FilterKey::Function}, {u"file:", FilterKey::File},
        {u"module:", FilterKey::Module}, {u"thread:", FilterKey::Thread}, {u"dur>", FilterKey::Longer},
        {u"dur<", FilterKey::Shorter}, {u"arg.", FilterKey::Argument}};
    for (QString word : words(text)) {
        FilterTerm term;
        const QString whole = word;
        if (word.size() > 1 && word.startsWith(u'-')) {
            term.not_ = true;
            word.remove(0, 1);
        }
        for (const auto& [name, key] : keys)
            if (word.startsWith(name, Qt::CaseInsensitive)) {
                term.key = key;
                word.remove(0, name.size());
                break;
            }
        if (term.key == FilterKey::Argument) {
            const qsizetype at = word.indexOf(QRegularExpression(QStringLiteral("[=:]")));
            term.name = at < 0 ? word : word.left(at);
            word = at < 0 ? QString() : word.mid(at + 1);
            if (term.name.isEmpty())
                out.error = tr("Name the argument, as in arg.user=17.");
        } else if (term.key == FilterKey::Longer || term.key == FilterKey::Shorter) {
            if (word.startsWith(u'='))
                word.remove(0, 1);
            const auto duration = parseDuration(word);
            if (!duration || term.not_)
                out.error = tr("%1 is no duration; write it as in dur>2ms.").arg(whole);
            term.duration = duration.value_or(0);
        } else if (word.isEmpty()) {
            continue; // still being typed
        }
        term.value = word;
        if (const auto p = pattern(word); !p.isValid())
            out.error = tr("%1 is no regular expression: %2.").arg(whole, p.errorString());
        out.terms.push_back(std::move(term));
    }
    return out;
}

bool readsArguments(const std::vector<FilterTerm>& terms)
{
    return std::any_of(terms.begin(), terms.end(), [](const FilterTerm& t) { return t.key == FilterKey::Argument; });
}

layout::CallFilter makeFilter(const std::vector<FilterTerm>& terms, const store::Trace& trace, store::Progress* progress)
{
    layout::CallFilter out;
    const Patterns names(terms, FilterKey::Function), files(terms, FilterKey::File), modules(terms, FilterKey::Module),
        threads(terms, FilterKey::Thread);
    if (!names.empty() || !files.empty() || !modules.empty()) {
        out.functions.resize(trace.functions().size());
        for (size_t i = 0; i < out.functions.size(); ++i) {
            const store::Function& f = trace.functions()[i];
            out.functions[i] = names.hold(trace.string(f.name)) && files.hold(trace.string(f.file)) && modules.hold(trace.string(f.module));
        }
    }
    if (!threads.empty()) {
        out.tracks.resize(trace.tracks().size());
        for (size_t i = 0; i < out.tracks.size(); ++i) {
            const store::Track& t = trace.tracks()[i];
            out.tracks[i] = threads.hold(std::string(trace.string(t.name)) + ' ' + std::to_string(t.tid));
        }
    }
    for (const FilterTerm& term : terms) {
        if (term.key == FilterKey::Longer)
            out.least = std::max(out.least, term.duration);
        if (term.key == FilterKey::Shorter)
            out.most = std::min(out.most, term.duration);
    }
    if (readsArguments(terms)) {
        store::SliceIndex end = 0;
        for (const store::Row& row : trace.rows())
            end = std::max<store::SliceIndex>(end, row.first + row.count);
        auto calls = std::make_shared<std::vector<bool>>(end);
        const bool others = argumentsHold(terms, {}); // calls without any
        store::Passing passing;
        for (const store::Row& row : trace.rows())
            for (store::SliceIndex i = row.first; i < row.first + row.count; ++i, passing.by(1)) {
                if (i % 4096 == 0 && progress && progress->cancelled())
                    return out;
                (*calls)[i] = trace.extra(i) && out.passes(trace.functionOf(i)) ? argumentsHold(terms, trace.arguments(i)) : others;
            }
        out.calls = std::move(calls);
    }
    return out;
}

} // namespace calltide::ui
