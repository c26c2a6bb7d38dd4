// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launchoptions.h"

namespace calltide::session {

QStringList splitArguments(const QString& text)
{
    QStringList out;
    QString word;
    bool inWord = false;
    QChar quote;
    for (qsizetype i = 0; i < text.size(); i++) {
        const QChar c = text[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else if (
                c == u'\\' && quote == u'"' && i + 1 < text.size() && QStringLiteral("\"\\$`").contains(text[i + 1]))
                word += text[++i];
            else
                word += c;
        } else if (c == u'\'' || c == u'"') {
            quote = c;
            inWord = true;
        } else if (c == u'\\' && i + 1 < text.size()) {
            word += text[++i];
            inWord = true;
        } else if (c.isSpace()) {
            if (inWord)
                out.append(word);
            word.clear();
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (inWord)
        out.append(word);
    return out;
}

QString joinArguments(const QStringList& arguments)
{
    QStringList out;
    for (const QString& a : arguments) {
        bool plain = !a.isEmpty();
        for (const QChar c : a)
            plain = plain && (c.isLetterOrNumber() || QStringLiteral("-_./=:,+@%").contains(c));
        QString quoted = a;
        out.append(plain ? a : u'\'' + quoted.replace(u'\'', QStringLiteral("'\\''")) + u'\'');
    }
    return out.join(u' ');
}

} // namespace calltide::session
