// SPDX-License-Identifier: GPL-3.0-or-later
// ShareStrip: a thin bar divided by shares, each in its own colour.
#pragma once
#include <QColor>
#include <QWidget>
#include <vector>

namespace calltide::ui {

class Appearance;

class ShareStrip : public QWidget
{
    Q_OBJECT
public:
    struct Part
    {
        double share; // 0..1
        QColor color;
    };
    explicit ShareStrip(const Appearance& appearance, QWidget* parent = nullptr);
    void setParts(std::vector<Part> parts);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
    std::vector<Part> m_parts;
};

} // namespace calltide::ui
