// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/callstable.h"
#include "ui/appearance.h"
#include "ui/callsmodel.h"
#include <QHeaderView>
#include <QKeyEvent>

namespace calltide::ui {

CallsTable::CallsTable(const Appearance& appearance, CallsModel* model, render::ViewState* state, QWidget* parent)
    : QTableView(parent)
{
    setModel(model);
    setSortingEnabled(true);
    setShowGrid(false);
    setWordWrap(false);
    setAlternatingRowColors(true);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setTabKeyNavigation(false);
    setMinimumSize(80, 40);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(appearance.px(u"size.table_row.normal"));
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setSortIndicatorShown(false); // in the title, as in the other tables
    header->setStretchLastSection(true);
    header->resizeSection(CallsModel::Took, 90);
    header->resizeSection(CallsModel::Start, 130);
    header->resizeSection(CallsModel::CalledBy, 220);
    connect(this, &QTableView::clicked, this,
        [model, state](const QModelIndex& index) { state->select(model->callAt(index.row())); });
    for (const auto chosen : {&QTableView::activated, &QTableView::doubleClicked})
        connect(this, chosen, this,
            [model, state](const QModelIndex& index) { state->selectAndReveal(model->callAt(index.row())); });
}

// A view's search by typing would take "/", which the window sends to the search box.
void CallsTable::keyPressEvent(QKeyEvent* event)
{
    if (event->text() == u"/")
        event->ignore();
    else
        QTableView::keyPressEvent(event);
}

} // namespace calltide::ui
