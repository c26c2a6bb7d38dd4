// SPDX-License-Identifier: GPL-3.0-or-later
// TestPicker: the tests that pytest finds, to be ticked, in a list below their field. GUI thread; collects in a job.
#pragma once
#include "session/jobs.h"
#include "session/launchoptions.h"
#include <QFrame>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace calltide::ui {

class Appearance;

class TestPicker : public QFrame
{
    Q_OBJECT
public:
    TestPicker(const Appearance& appearance, QWidget* parent);

    // Collects in the launch's folder with its interpreter; below `field`, whose words are ticked.
    void popUp(const session::LaunchOptions& launch, QLineEdit* field);

Q_SIGNALS:
    void chosen(const QStringList& ids);

private:
    void fill(const QStringList& ids);
    void filter(const QString& text);

    session::JobRunner m_job;
    QStringList m_ticked;
    QLineEdit* m_filter;
    QListWidget* m_list;
    QLabel* m_state;
    QPushButton* m_use;
};

} // namespace calltide::ui
