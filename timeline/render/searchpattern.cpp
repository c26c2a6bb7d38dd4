// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/searchpattern.h"
#include "store/statistics.h"
#include <QCoreApplication>
#include <QRegularExpression>

namespace calltide::render {
namespace {
QRegularExpression compiled(const SearchPattern& pattern)
{
    QRegularExpression::PatternOptions options = QRegularExpression::UseUnicodePropertiesOption;
    if (!pattern.matchCase)
        options |= QRegularExpression::CaseInsensitiveOption;
    return QRegularExpression(pattern.regex ? pattern.text : QRegularExpression::escape(pattern.text), options);
}
} // namespace

QString errorOf(const SearchPattern& pattern)
{
    const QRegularExpression expression = compiled(pattern);
    if (expression.isValid())
        return {};
    return QCoreApplication::translate("SearchPattern", "Not a regular expression: %1, at character %2.")
        .arg(expression.errorString())
        .arg(expression.patternErrorOffset() + 1);
}

std::vector<bool> matchingFunctions(const store::Trace& trace, const SearchPattern& pattern)
{
    if (!pattern.regex && !pattern.matchCase)
        return store::matchFunctions(trace, pattern.text.toStdString());
    std::vector<bool> mask(trace.functions().size());
    const QRegularExpression expression = compiled(pattern);
    if (pattern.text.isEmpty() || !expression.isValid())
        return mask;
    const auto matches = [&](store::StringId text) {
        const std::string_view view = trace.string(text);
        return expression.match(QString::fromUtf8(view.data(), qsizetype(view.size()))).hasMatch();
    };
    for (size_t i = 0; i < mask.size(); ++i) {
        const store::Function& f = trace.functions()[i];
        mask[i] = matches(f.name) || matches(f.file);
    }
    return mask;
}

std::function<bool(std::string_view)> textMatcher(const SearchPattern& pattern)
{
    const QRegularExpression expression = compiled(pattern);
    if (pattern.text.isEmpty() || !expression.isValid())
        return {};
    return [expression](std::string_view text) {
        return expression.match(QString::fromUtf8(text.data(), qsizetype(text.size()))).hasMatch();
    };
}

} // namespace calltide::render
