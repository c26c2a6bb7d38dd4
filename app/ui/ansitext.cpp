// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/ansitext.h"
#include <QRegularExpression>

namespace calltide::ui {
namespace {
// The 6×6×6 cube and the greys of the 256 colours.
quint32 indexed(int n)
{
    if (n < 16)
        return quint32(n + 1);
    if (n >= 232) {
        const auto grey = quint32(8 + 10 * (n - 232));
        return 0x1000000 | grey << 16 | grey << 8 | grey;
    }
    const auto level = [](int i) { return quint32(i ? 55 + 40 * i : 0); };
    n -= 16;
    return 0x1000000 | level(n / 36) << 16 | level(n / 6 % 6) << 8 | level(n % 6);
}
} // namespace

QList<AnsiPiece> AnsiText::feed(const QString& input)
{
    static const QRegularExpression whole(QStringLiteral("\x1b(?:\\[([0-?]*)[ -/]*([@-~])|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\^_=>])"));
    static const QRegularExpression part(QStringLiteral("(?:\x1b(?:\\[[0-?]*[ -/]*|\\][^\x07\x1b]*\x1b?)?|\r)$"));
    QString text = m_pending + input;
    m_pending.clear();
    if (const auto match = part.match(text); match.hasMatch() && match.capturedLength() < 4096) {
        m_pending = match.captured();
        text.chop(match.capturedLength());
    }
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    QList<AnsiPiece> out;
    qsizetype at = 0;
    const auto add = [&](qsizetype end) {
        if (end > at)
            out.append({text.mid(at, end - at), m_style});
    };
    for (auto it = whole.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        add(match.capturedStart());
        at = match.capturedEnd();
        if (match.capturedView(2) == u"m")
            apply(match.capturedView(1));
    }
    add(text.size());
    return out;
}

void AnsiText::apply(QStringView parameters)
{
    QList<int> codes;
    for (const QStringView part : parameters.split(u';'))
        codes << part.toInt(); // an empty one is 0
    for (qsizetype i = 0; i < codes.size(); ++i) {
        const int code = codes[i];
        if (code == 0)
            m_style = {};
        else if (code == 1)
            m_style.bold = true;
        else if (code == 2)
            m_style.faint = true;
        else if (code == 3)
            m_style.italic = true;
        else if (code == 4)
            m_style.underline = true;
        else if (code == 7)
            m_style.inverse = true;
        else if (code == 22)
            m_style.bold = m_style.faint = false;
        else if (code == 23)
            m_style.italic = false;
        else if (code == 24)
            m_style.underline = false;
        else if (code == 27)
            m_style.inverse = false;
        else if (code == 39)
            m_style.foreground = 0;
        else if (code == 49)
            m_style.background = 0;
        else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))
            m_style.foreground = quint32(code < 40 ? code - 29 : code - 81);
        else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107))
            m_style.background = quint32(code < 50 ? code - 39 : code - 91);
        else if (code == 38 || code == 48) {
            quint32 colour = 0;
            if (codes.value(i + 1) == 5) {
                colour = indexed(std::clamp(codes.value(i + 2), 0, 255));
                i += 2;
            } else if (codes.value(i + 1) == 2) {
                const auto byte = [&](qsizetype n) { return quint32(std::clamp(codes.value(i + n), 0, 255)); };
                colour = 0x1000000 | byte(2) << 16 | byte(3) << 8 | byte(4);
                i += 4;
            }
            (code == 38 ? m_style.foreground : m_style.background) = colour;
        }
    }
}

} // namespace calltide::ui
