// SPDX-License-Identifier: GPL-3.0-or-later
// AnsiText: a program's output, taken apart into pieces of one style each. Colours and styles of escape sequences are kept,
// other sequences left out. Any thread.
#pragma once
#include <QList>
#include <QString>

namespace calltide::ui {

struct AnsiStyle
{
    // 0: the default; 1 + n: colour n of the 16; 0x1000000 | rgb: that colour.
    quint32 foreground = 0, background = 0;
    bool bold = false, faint = false, italic = false, underline = false, inverse = false;
    bool operator==(const AnsiStyle&) const = default;
};

struct AnsiPiece
{
    QString text; // may hold \n, and \r where the line begins anew
    AnsiStyle style;
};

class AnsiText
{
public:
    QList<AnsiPiece> feed(const QString& text); // what may be the beginning of a sequence waits for the next call
    void reset() { *this = AnsiText(); }

private:
    void apply(QStringView parameters);

    AnsiStyle m_style;
    QString m_pending;
};

} // namespace calltide::ui
