// SPDX-License-Identifier: GPL-3.0-or-later
// MergeSheet: which files to show as one timeline, and how their times are put together. GUI thread.
#pragma once
#include "formats/mergeoptions.h"
#include "ui/sheet.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace calltide::ui {

class Segments;

class MergeSheet : public Sheet
{
    Q_OBJECT
public:
    MergeSheet(const Appearance& appearance, QWidget* window);

    // `paths`: the files that are open already; `folder`: where to look for more.
    void popUp(const QStringList& paths, const QString& folder);
    void add(const QStringList& paths); // those that are not in the list yet
    QStringList paths() const;
    formats::MergeOptions options() const;

Q_SIGNALS:
    void mergeRequested(const QStringList& paths, const calltide::formats::MergeOptions& options);

protected:
    void confirm() override;

private:
    QWidget* buildFiles();
    QWidget* buildAlignment();
    void browse();
    void remove();
    void move(int by);
    void changed();
    int wrongOffset() const; // the first row whose time cannot be read; -1: none

    QString m_folder;
    QTreeWidget* m_files = nullptr;
    Segments* m_align = nullptr;
    QLineEdit* m_marker = nullptr;
    QLabel *m_text = nullptr, *m_note = nullptr;
    QPushButton *m_remove = nullptr, *m_up = nullptr, *m_down = nullptr, *m_open = nullptr;
};

} // namespace calltide::ui
