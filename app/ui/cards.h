// SPDX-License-Identifier: GPL-3.0-or-later
// The start page's painted buttons.
#pragma once
#include "ui/recent.h"
#include <QAbstractButton>

class QAction;

namespace calltide::ui {

// An action as a card: icon, key, name and one line.
class ActionCard : public QAbstractButton
{
    Q_OBJECT
public:
    ActionCard(const Appearance& appearance, QAction* action, const QString& icon, const QString& title,
        const QString& text, const QString& key, bool primary);
    QSize sizeHint() const override { return {230, 126}; }
    QSize minimumSizeHint() const override { return {150, 126}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Appearance& m_appearance;
    QString m_icon, m_text, m_key;
    bool m_primary;
};

// What can be opened or run again from the start page: Return does it, Delete takes it from the list.
class EntryButton : public QAbstractButton
{
    Q_OBJECT
Q_SIGNALS:
    void removeRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

// A recording opened before.
class RecordingCard : public EntryButton
{
    Q_OBJECT
public:
    RecordingCard(const Appearance& appearance, RecentFile file);
    const RecentFile& file() const { return m_file; }
    QSize sizeHint() const override { return {262, 170}; }
    QSize minimumSizeHint() const override { return {180, 170}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    const Appearance& m_appearance;
    RecentFile m_file;
};

} // namespace calltide::ui
