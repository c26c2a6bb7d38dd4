// SPDX-License-Identifier: GPL-3.0-or-later
// ConsoleView: what the launched program writes. Standard error has its own colour; escape sequences are left out.
#pragma once
#include <QStringDecoder>
#include <QTextCharFormat>
#include <QWidget>

class QPlainTextEdit;
class QPushButton;

namespace calltide::ui {

class Actions;
class Appearance;
class ElidedLabel;
class IconLabel;

class ConsoleView : public QWidget
{
    Q_OBJECT
public:
    ConsoleView(const Appearance& appearance, const Actions& actions, QWidget* parent = nullptr);

    void begin(const QString& commandLine); // empties it
    void append(const QByteArray& bytes, bool isError);
    void note(const QString& line); // a line of ours, muted
    void setStatus(const QString& text, bool running, const QString& stopText = {});
    QString text() const;

private:
    void insert(const QString& text, const QTextCharFormat& format);
    void restyle();

    const Appearance& m_appearance;
    QPlainTextEdit* m_text;
    ElidedLabel *m_command, *m_status;
    IconLabel* m_dot;
    QPushButton* m_stop;
    QStringDecoder m_decoders[2];
    QString m_pending[2]; // the beginning of an escape sequence, or a carriage return
    QTextCharFormat m_formats[3]; // output, error, ours
};

} // namespace calltide::ui
