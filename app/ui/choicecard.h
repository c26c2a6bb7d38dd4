// SPDX-License-Identifier: GPL-3.0-or-later
// A radio button as a card with a second line. GUI thread.
#pragma once
#include <QRadioButton>

namespace calltide::ui {

class Appearance;

class ChoiceCard : public QRadioButton
{
    Q_OBJECT
public:
    ChoiceCard(const Appearance& appearance, const QString& title, const QString& text);

protected:
    bool hitButton(const QPoint& at) const override { return rect().contains(at); }
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
    QString m_text;
};

} // namespace calltide::ui
