// SPDX-License-Identifier: GPL-3.0-or-later
// NotesView: the list of notes. Double click or Enter goes there, F2 edits the text, Delete deletes. GUI thread.
#pragma once
#include "render/viewstate.h"
#include <QWidget>

class QStackedWidget;
class QTreeWidget;
class QTreeWidgetItem;

namespace calltide::ui {

class Appearance;

class NotesView : public QWidget
{
    Q_OBJECT
public:
    NotesView(const Appearance& appearance, render::ViewState* state, QWidget* parent = nullptr);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void fill();
    void goTo(size_t note);

    const Appearance& m_appearance;
    render::ViewState* m_state;
    QStackedWidget* m_pages;
    QTreeWidget* m_list;
    bool m_filling = false;
};

} // namespace calltide::ui
