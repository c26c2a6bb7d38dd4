// SPDX-License-Identifier: GPL-3.0-or-later
// CallsTable: a table of single calls. A click selects a call, a double click or Enter goes there too. GUI thread.
#pragma once
#include "render/viewstate.h"
#include <QTableView>

namespace calltide::ui {

class Appearance;
class CallsModel;

class CallsTable : public QTableView
{
public:
    CallsTable(const Appearance& appearance, CallsModel* model, render::ViewState* state, QWidget* parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace calltide::ui
