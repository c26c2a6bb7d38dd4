// SPDX-License-Identifier: GPL-3.0-or-later
// The chip at the right end of the ruler while a recording goes on: says that its end is followed, or goes back to it.
#pragma once
#include <QAbstractButton>

namespace calltide::render {
class Theme;
}

namespace calltide::timeline {

class FollowChip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit FollowChip(QWidget* parent);
    void setTheme(const render::Theme* theme);
    void setFollowing(bool following);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    const render::Theme* m_theme = nullptr;
    bool m_following = true;
};

} // namespace calltide::timeline
