// SPDX-License-Identifier: GPL-3.0-or-later
// AttachSheet: chooses a running Python program to record, or waits until one starts. GUI thread; processes are looked at
// in jobs, once a second while it is open.
#pragma once
#include "session/jobs.h"
#include "session/remote.h"
#include "ui/processmodel.h"
#include "ui/sheet.h"
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace calltide::ui {

class ConditionEdit;
class Segments;

class AttachSheet : public Sheet
{
    Q_OBJECT
public:
    AttachSheet(const Appearance& appearance, QWidget* window);

    void popUp();
    int chosen() const; // the process; 0: none
    void choose(int pid);
    session::AttachOptions options() const;
    int durationMs() const; // 0: until it is stopped
    // After an attempt: the program has switched attaching off, the user may insist.
    void askToInsist(const session::AttachOptions& options, const QString& sentence);

Q_SIGNALS:
    void attachRequested(const calltide::session::AttachOptions& options, int durationMs, const QString& program);
    void openRequested(const QString& recording); // of one that is being recorded already

protected:
    void confirm() override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildTop();
    QWidget* buildTree();
    QWidget* buildInfo();
    QWidget* buildOptions();
    void buildFoot();
    void chooseFirst();
    void look();
    void looked(const ProcessLook& look);
    void showNone();
    int wantedPid() const; // a number that is searched for; 0: none
    void setCommandLine(const QString& text);
    void stopRecording(); // of the chosen one, whoever began it
    void chosenChanged();
    void sourceChanged(); // running now, or when one starts
    void waitForOne(bool wait);
    QString commandLine() const;
    QString name() const;

    session::JobRunner m_job, m_stopping;
    QTimer m_refresh;
    ProcessModel* m_model;
    QSortFilterProxyModel* m_shown;
    QLineEdit *m_search = nullptr, *m_pattern = nullptr;
    Segments *m_source = nullptr, *m_duration = nullptr;
    QStackedWidget* m_pages = nullptr;
    QTreeView* m_tree = nullptr;
    QWidget* m_info = nullptr;
    QLabel *m_infoText = nullptr, *m_infoMore = nullptr, *m_commandLine = nullptr, *m_waiting = nullptr, *m_none = nullptr;
    QComboBox* m_record = nullptr;
    QLineEdit* m_seconds = nullptr;
    QCheckBox* m_children = nullptr;
    ConditionEdit *m_startWhen = nullptr, *m_stopWhen = nullptr;
    QPushButton *m_attach = nullptr, *m_stop = nullptr;
    QToolButton* m_copy = nullptr;
    session::AttachOptions m_insistOn;
    QString m_insistText;
    bool m_isWaiting = false;
    qint64 m_waitingSinceNs = 0;
};

} // namespace calltide::ui
