// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the foot of the timeline that says what is not shown there, each with a click that shows it again. Hidden
// while nothing is left out.
#pragma once
#include <QWidget>
#include <functional>
#include <vector>

class QHBoxLayout;

namespace calltide::render {
class Theme;
}

namespace calltide::timeline {

struct Sign
{
    QString text; // "2 tracks are hidden"
    QString undo; // what a click does, for the tooltip
    std::function<void()> clicked;
};

class SignBar : public QWidget
{
    Q_OBJECT
public:
    explicit SignBar(QWidget* parent);
    void setTheme(const render::Theme* theme);
    void setSigns(std::vector<Sign> signs);
    QStringList texts() const;
    static constexpr int kHeight = 26;

protected:
    void showEvent(QShowEvent* event) override;

private:
    const render::Theme* m_theme = nullptr;
    std::vector<Sign> m_signs;
    QHBoxLayout* m_row;
};

} // namespace calltide::timeline
