// SPDX-License-Identifier: GPL-3.0-or-later
// What the status bar says about the shown recording.
#pragma once
#include <QObject>

class QLabel;
class QStatusBar;
class QToolButton;

namespace calltide::ui {

class Actions;
class Appearance;
class Document;
class ElidedLabel;
class IconLabel;

class StatusLine : public QObject
{
    Q_OBJECT
public:
    StatusLine(QStatusBar& bar, const Appearance& appearance, const Actions& actions);
    void showDocument(const Document* document);
    void setFrameTimeShown(bool shown);
    void setFrameTime(double ms);
    void setColors(const QString& name);
    void setRows(const QString& name);
    QString text() const;

Q_SIGNALS:
    void problemsClicked();

private:
    const Appearance& m_appearance;
    IconLabel* m_icon;
    ElidedLabel* m_summary;
    QLabel *m_size, *m_frame;
    QToolButton *m_problems, *m_rows, *m_colors;
};

} // namespace calltide::ui
