// SPDX-License-Identifier: GPL-3.0-or-later
// ConsoleView: what the launched program writes, in its colours, and a line for what it reads. Places named by tracebacks
// are links (click, or Enter with the text cursor on one). A flood is shown at 20 pictures a second, its middle left out.
// GUI thread.
#pragma once
#include "ui/ansitext.h"
#include <QStringDecoder>
#include <QTextCharFormat>
#include <QTimer>
#include <QWidget>

class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTextCursor;

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
    void setCommand(const QString& commandLine);
    void append(const QByteArray& bytes, bool isError);
    void note(const QString& line); // a line of ours, muted
    void setStatus(const QString& text, bool running, const QString& stopText = {});
    void setWarning(const QString& text); // beside the status, in its own colour
    void setInputOpen(bool open); // the program can be written to
    QString text(); // all that came
    qint64 leftOut() const { return m_leftOut; } // bytes of a flood that were not shown

Q_SIGNALS:
    void inputEntered(const QByteArray& bytes);
    void inputClosed();
    void linkActivated(const QString& path, int line);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    enum Source { Output, ErrorOutput, Ours, Input };
    struct Waiting
    {
        QByteArray bytes;
        bool isError;
    };
    void flush(); // what waits goes into the text
    void keepEnd(); // in sight, unless the user has scrolled away
    void insert(const QList<AnsiPiece>& pieces, int source);
    void link(int firstBlock);
    bool activate(int position);
    bool isLink(const QTextCursor& cursor) const;
    QTextCharFormat format(const AnsiStyle& style, int source) const;
    void restyle();
    bool inputKey(int key, Qt::KeyboardModifiers modifiers);

    const Appearance& m_appearance;
    QPlainTextEdit* m_text;
    QLineEdit* m_input;
    QWidget* m_inputRow;
    ElidedLabel *m_command, *m_status, *m_warning;
    IconLabel* m_dot;
    QPushButton* m_stop;
    QStringDecoder m_decoders[2];
    AnsiText m_ansi[2];
    QList<Waiting> m_waiting;
    qint64 m_waitingBytes = 0, m_leftOut = 0, m_leftOutNow = 0;
    QTimer m_flush;
    bool m_atEnd = true, m_inserting = false;
    QStringList m_history;
    qsizetype m_historyAt = 0;
};

} // namespace calltide::ui
