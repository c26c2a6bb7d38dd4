// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pythonlexer.h"
#include "ui/appearance.h"
#include "ui/qsci.h"

namespace calltide::ui {
namespace {
// The lexer's second keyword set becomes HighlightedIdentifier.
class PythonLexer : public QsciLexerPython
{
public:
    using QsciLexerPython::QsciLexerPython;
    const char* keywords(int set) const override
    {
        if (set == 2)
            return "self cls abs all any bool bytes callable chr dict dir enumerate filter float format frozenset getattr "
                   "hasattr hash id input int isinstance issubclass iter len list map max min next object open ord pow "
                   "print property range repr reversed round set setattr slice sorted staticmethod classmethod str sum "
                   "super tuple type vars zip Exception ValueError TypeError KeyError IndexError RuntimeError OSError";
        if (set == 1)
            return "False None True and as assert async await break class continue def del elif else except finally for "
                   "from global if import in is lambda match case nonlocal not or pass raise return try while with yield";
        return nullptr;
    }
};

constexpr std::pair<int, const char*> kStyles[] = {
    {QsciLexerPython::Comment, "syntax.comment"},
    {QsciLexerPython::CommentBlock, "syntax.comment"},
    {QsciLexerPython::Number, "syntax.number"},
    {QsciLexerPython::DoubleQuotedString, "syntax.string"},
    {QsciLexerPython::SingleQuotedString, "syntax.string"},
    {QsciLexerPython::TripleSingleQuotedString, "syntax.string"},
    {QsciLexerPython::TripleDoubleQuotedString, "syntax.string"},
    {QsciLexerPython::DoubleQuotedFString, "syntax.string"},
    {QsciLexerPython::SingleQuotedFString, "syntax.string"},
    {QsciLexerPython::TripleSingleQuotedFString, "syntax.string"},
    {QsciLexerPython::TripleDoubleQuotedFString, "syntax.string"},
    {QsciLexerPython::UnclosedString, "syntax.string"},
    {QsciLexerPython::Keyword, "syntax.keyword"},
    {QsciLexerPython::ClassName, "syntax.definition"},
    {QsciLexerPython::FunctionMethodName, "syntax.definition"},
    {QsciLexerPython::Decorator, "syntax.decorator"},
    {QsciLexerPython::HighlightedIdentifier, "syntax.builtin"},
};
} // namespace

void styleEditor(QsciScintilla& editor, const Appearance& appearance)
{
    auto* lexer = qobject_cast<QsciLexerPython*>(editor.lexer());
    if (!lexer) {
        lexer = new PythonLexer(&editor);
        lexer->setHighlightSubidentifiers(false);
        editor.setLexer(lexer);
    }
    const QFont font = monoFont(appearance, u"code");
    const QColor text = appearance.color(u"syntax.text"), paper = appearance.color(u"bg.panel");
    lexer->setDefaultFont(font);
    lexer->setDefaultColor(text);
    lexer->setDefaultPaper(paper);
    lexer->setFont(font, -1);
    lexer->setColor(text, -1);
    lexer->setPaper(paper, -1);
    for (const auto& [style, token] : kStyles)
        lexer->setColor(appearance.color(QString::fromLatin1(token)), style);

    editor.setColor(text);
    editor.setPaper(paper);
    editor.setCaretForegroundColor(paper); // read only: no caret to be seen
    editor.setSelectionBackgroundColor(appearance.color(u"selection.row"));
    editor.setSelectionForegroundColor(appearance.color(u"selection.text"));
    editor.setMarginsFont(font);
    editor.setMarginsBackgroundColor(paper);
    editor.setMarginsForegroundColor(appearance.color(u"text.muted"));
    editor.setMarkerBackgroundColor(appearance.color(u"syntax.current_line"), kCurrentLineMarker);
    editor.setIndentationGuidesForegroundColor(appearance.color(u"border.subtle"));
    editor.setIndentationGuidesBackgroundColor(paper);
}

} // namespace calltide::ui
