// SPDX-License-Identifier: GPL-3.0-or-later
// The accent frame over the window while a file is dragged over it.
#pragma once
#include <QWidget>

namespace calltide::ui {

class Appearance;

class DropFrame : public QWidget
{
    Q_OBJECT
public:
    DropFrame(const Appearance& appearance, QWidget* window);
    void popUp(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
    QString m_text;
};

} // namespace calltide::ui
