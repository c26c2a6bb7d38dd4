// SPDX-License-Identifier: GPL-3.0-or-later
// ConsoleView: how the program's output becomes coloured text with links in it.
#include "ui/appearance.h"
#include "ui/consoleview.h"
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QScopedValueRollback>
#include <QTextBlock>

namespace calltide::ui {
namespace {
enum { StyleProperty = QTextFormat::UserProperty, SourceProperty, PathProperty, LineProperty };

// 'File "/srv/shop.py", line 12' of tracebacks, "shop.py:12: in work" of pytest and linters.
const QRegularExpression& places()
{
    static const QRegularExpression pattern(
        QStringLiteral("File \"(?<file>[^\"\n]+)\", line (?<line>\\d+)|(?:^|(?<=[\\s(]))(?<file2>[\\w./~+-]+\\.pyw?):(?<line2>\\d+)\\b"));
    return pattern;
}

quint64 packed(const AnsiStyle& s)
{
    return quint64(s.foreground) | quint64(s.background) << 25 | quint64(s.bold) << 50 | quint64(s.faint) << 51 | quint64(s.italic) << 52
        | quint64(s.underline) << 53 | quint64(s.inverse) << 54;
}

AnsiStyle unpacked(quint64 v)
{
    return {quint32(v & 0x1ffffff), quint32(v >> 25 & 0x1ffffff), bool(v >> 50 & 1), bool(v >> 51 & 1), bool(v >> 52 & 1), bool(v >> 53 & 1),
        bool(v >> 54 & 1)};
}

// The theme's own colours stand for the sixteen named ones, so that they can be read on its ground.
QColor ansiColour(const Appearance& appearance, quint32 code, bool ground)
{
    static constexpr const char16_t* kText[] = {u"text.secondary", u"state.danger", u"state.ok", u"state.warn", u"text.link",
        u"syntax.keyword", u"accent.default", u"text.primary", u"text.muted"};
    static constexpr const char16_t* kGround[] = {u"bg.sunken", u"state.danger_soft", u"state.ok_soft", u"state.warn_soft", u"state.info_soft",
        u"selection.row", u"accent.soft", u"bg.pressed", u"bg.group"};
    if (code & 0x1000000)
        return QColor(QRgb(code & 0xffffff));
    const quint32 n = code - 1 < 9 ? code - 1 : code - 1 == 15 ? 7 : code - 1 - 8;
    return appearance.color(QStringView(ground ? kGround[n] : kText[n]));
}
} // namespace

QTextCharFormat ConsoleView::format(const AnsiStyle& style, int source) const
{
    static constexpr const char16_t* kSources[] = {u"text.primary", u"state.warn", u"text.muted", u"text.link"};
    QTextCharFormat out;
    out.setProperty(StyleProperty, QVariant::fromValue(packed(style)));
    out.setProperty(SourceProperty, source);
    QColor text = style.foreground ? ansiColour(m_appearance, style.foreground, false) : m_appearance.color(QStringView(kSources[source]));
    QColor ground = style.background ? ansiColour(m_appearance, style.background, true) : QColor();
    if (style.inverse) {
        const QColor panel = m_appearance.color(u"bg.panel");
        ground = std::exchange(text, ground.isValid() ? ground : panel);
    }
    if (style.faint)
        text = m_appearance.color(u"text.muted");
    out.setForeground(text);
    if (ground.isValid())
        out.setBackground(ground);
    if (style.bold)
        out.setFontWeight(QFont::DemiBold);
    out.setFontItalic(style.italic);
    out.setFontUnderline(style.underline);
    return out;
}

// What is written already keeps its meaning but takes the new colours.
void ConsoleView::restyle()
{
    m_text->setFont(monoFont(m_appearance, u"small"));
    for (QTextBlock block = m_text->document()->begin(); block.isValid(); block = block.next()) {
        QList<std::pair<QPair<int, int>, QTextCharFormat>> changes;
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            const QTextCharFormat old = it.fragment().charFormat();
            QTextCharFormat made = format(unpacked(old.property(StyleProperty).toULongLong()), old.intProperty(SourceProperty));
            if (old.hasProperty(PathProperty)) {
                made.setProperty(PathProperty, old.property(PathProperty));
                made.setProperty(LineProperty, old.property(LineProperty));
                made.setForeground(m_appearance.color(u"text.link"));
                made.setFontUnderline(true);
            }
            changes.append({{it.fragment().position(), it.fragment().length()}, made});
        }
        for (const auto& [range, made] : changes) {
            QTextCursor cursor(block);
            cursor.setPosition(range.first);
            cursor.setPosition(range.first + range.second, QTextCursor::KeepAnchor);
            cursor.setCharFormat(made);
        }
    }
}

// A lone carriage return goes back to the start of the line: progress bars write over themselves.
void ConsoleView::insert(const QList<AnsiPiece>& pieces, int source)
{
    const QScopedValueRollback inserting(m_inserting, true);
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    const int begin = cursor.position();
    cursor.beginEditBlock();
    for (const AnsiPiece& piece : pieces) {
        const QTextCharFormat look = format(piece.style, source);
        const QStringList parts = piece.text.split(u'\r');
        for (qsizetype i = 0; i < parts.size(); ++i) {
            if (i) {
                cursor.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
                cursor.removeSelectedText();
            }
            cursor.insertText(parts[i], look);
        }
    }
    cursor.endEditBlock();
    const QTextBlock first = m_text->document()->findBlock(std::min(begin, std::max(0, m_text->document()->characterCount() - 1)));
    if (source != Ours)
        link(first.isValid() ? first.blockNumber() : 0);
}

void ConsoleView::link(int firstBlock)
{
    for (QTextBlock block = m_text->document()->findBlockByNumber(firstBlock); block.isValid(); block = block.next()) {
        const QString text = block.text();
        if (text.size() > 2000 || !text.contains(u".py"))
            continue;
        for (auto it = places().globalMatch(text); it.hasNext();) {
            const auto match = it.next();
            const bool traceback = !match.captured(QStringLiteral("file")).isEmpty();
            const QString file = match.captured(traceback ? QStringLiteral("file") : QStringLiteral("file2"));
            if (file.startsWith(u'<'))
                continue; // <string>, <frozen importlib._bootstrap>
            QTextCharFormat look;
            look.setForeground(m_appearance.color(u"text.link"));
            look.setFontUnderline(true);
            look.setProperty(PathProperty, file);
            look.setProperty(LineProperty, match.captured(traceback ? QStringLiteral("line") : QStringLiteral("line2")).toInt());
            QTextCursor cursor(block);
            cursor.setPosition(block.position() + int(match.capturedStart()));
            cursor.setPosition(block.position() + int(match.capturedEnd()), QTextCursor::KeepAnchor);
            cursor.mergeCharFormat(look);
        }
    }
}

bool ConsoleView::isLink(const QTextCursor& cursor) const
{
    return cursor.charFormat().hasProperty(PathProperty);
}

bool ConsoleView::activate(int position)
{
    QTextCursor cursor(m_text->document());
    cursor.setPosition(position);
    if (!cursor.charFormat().hasProperty(PathProperty) && !cursor.atBlockEnd())
        cursor.movePosition(QTextCursor::NextCharacter); // the format is that of the character before
    const QTextCharFormat look = cursor.charFormat();
    if (!look.hasProperty(PathProperty))
        return false;
    Q_EMIT linkActivated(look.stringProperty(PathProperty), look.intProperty(LineProperty));
    return true;
}

} // namespace calltide::ui
