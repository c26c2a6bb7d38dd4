// SPDX-License-Identifier: GPL-3.0-or-later
// RunAgain: what was launched last, one row each: a click runs it at once, its menu edits it first. GUI thread.
#pragma once
#include "session/launchstore.h"
#include "ui/cards.h"

class QVBoxLayout;

namespace calltide::ui {

class Appearance;

class RunAgainRow : public EntryButton
{
    Q_OBJECT
public:
    RunAgainRow(const Appearance& appearance, session::LaunchOptions launch, bool last);
    const session::LaunchOptions& launch() const { return m_launch; }
    QSize sizeHint() const override { return {200, 52}; }

Q_SIGNALS:
    void editRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void openMenu(const QPoint& at);

    const Appearance& m_appearance;
    session::LaunchOptions m_launch;
    bool m_last;
};

class RunAgain : public QWidget
{
    Q_OBJECT
public:
    RunAgain(const Appearance& appearance, session::LaunchStore& store, QWidget* parent = nullptr);
    QList<RunAgainRow*> rows() const { return m_rows; }

Q_SIGNALS:
    void runRequested(const calltide::session::LaunchOptions& launch);
    void editRequested(const calltide::session::LaunchOptions& launch);
    void rowsChanged();

private:
    void refresh();

    const Appearance& m_appearance;
    session::LaunchStore& m_store;
    QVBoxLayout* m_column;
    QList<RunAgainRow*> m_rows;
};

// "app.py --port 8080", "-m jobs.nightly": as it would be typed, without the way to the script.
QString commandText(const session::LaunchOptions& launch);

} // namespace calltide::ui
