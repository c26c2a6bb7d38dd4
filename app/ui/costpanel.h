// SPDX-License-Identifier: GPL-3.0-or-later
// CostPanel: what recording will cost, measured when asked for. GUI thread; measures in a job.
#pragma once
#include "session/jobs.h"
#include "session/launchoptions.h"
#include <QTimer>
#include <QWidget>
#include <functional>

class QLabel;
class QProgressBar;
class QPushButton;

namespace calltide::ui {

class Appearance;

class CostPanel : public QWidget
{
    Q_OBJECT
public:
    // `current`: what the sheet holds.
    CostPanel(const Appearance& appearance, std::function<session::LaunchOptions()> current, QWidget* parent = nullptr);
    ~CostPanel() override;

    void measure();
    void stop();
    void reset(); // something else is going to be launched: what was measured does not hold

private:

    std::function<session::LaunchOptions()> m_current;
    session::JobRunner m_job;
    QTimer m_clock;
    QLabel *m_slower, *m_grows, *m_note;
    QProgressBar* m_bar;
    QPushButton* m_button;
};

} // namespace calltide::ui
