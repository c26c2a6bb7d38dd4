// SPDX-License-Identifier: GPL-3.0-or-later
// TrackFilter: the field in the timeline's corner that filters the tracks by name. Esc clears it, a second Esc gives the
// keyboard back. Inner header of ct_timeline.
#pragma once
#include <QLineEdit>

namespace calltide::render {
class Theme;
}

namespace calltide::timeline {

class TrackFilter : public QLineEdit
{
    Q_OBJECT
public:
    explicit TrackFilter(QWidget* parent);
    void setTheme(const render::Theme& theme);

    static constexpr int kHeight = 22;

Q_SIGNALS:
    void changed();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QAction* m_icon;
};

} // namespace calltide::timeline
