// SPDX-License-Identifier: GPL-3.0-or-later
// A question over the dimmed window, in the look of the sheets. It is there at once, and nothing waits for its answer.
// GUI thread.
#pragma once
#include "ui/sheet.h"
#include <functional>

class QLabel;

namespace calltide::ui {

class Question : public Sheet
{
    Q_OBJECT
public:
    // `answers` are its buttons. The first one changes nothing: Esc, the cross and hiding it give it, too. The keyboard is
    // on `preferred`. `answered` is called once, with the answer's place, unless the window goes before. It deletes itself.
    Question(const Appearance& appearance, const QString& title, const QString& text, const QStringList& answers, int preferred,
        std::function<void(int)> answered, QWidget* window);
    QString text() const;

protected:
    void confirm() override;
    QSize greatest() const override;
    void hideEvent(QHideEvent* event) override;

private:
    void give(int answer);

    QLabel* m_text;
    QList<QPushButton*> m_buttons;
    std::function<void(int)> m_answered;
};

} // namespace calltide::ui
