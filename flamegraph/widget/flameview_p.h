// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of FlameView share. The GUI's thread.
#pragma once
#include "widget/breadcrumb.h"
#include "widget/flamebar.h"
#include "widget/flamecanvas.h"
#include "widget/flameview.h"
#include "widget/treejob.h"
#include <QTimer>

namespace calltide::flameview {

struct FlameView::Private
{
    render::ViewState* state;
    FlameBar* bar;
    Breadcrumb* crumbs;
    FlameCanvas *canvas, *callers; // `callers` is the upper half of the sandwich
    std::shared_ptr<PathStore> paths = std::make_shared<PathStore>();
    TreeJob job{paths}, callersJob{paths};
    std::vector<flame::Transform> transforms;
    store::FunctionId center; // of the sandwich
    store::TrackId track; // of the scopes Thread, Process and Task: it stays while calls of others are selected
    std::vector<store::Scope> taskRuns; // of `track`, when it is a task's
    QTimer follow, note;
    bool stale = false; // hidden when the tree had to be built
    ScopeKind beforeSelection = ScopeKind::Shown;

    store::Scope scope() const;
    std::vector<store::Scope> scopes() const; // the same, in pieces where it is in pieces
    void offerScopes();
    void takeTrack();
    static bool isOfTrack(ScopeKind kind) { return kind >= ScopeKind::Thread; }
    bool hasSelection() const { return state->area() || state->selected() != store::kNoSlice; }
    void rebuild(bool evenIfHidden = false);
    void scopeMayHaveChanged(ScopeKind kind);
    void areaChanged();
    void traceChanged();
    void showScope();
    void showSearch();
    void showCrumbs();
    void showNote();
    void showLayout();
    flame::TreeOptions options() const;
    store::FunctionId heaviest() const;
    void setCenter(store::FunctionId function);
    void centerMayHaveChanged();
    void addTransform(const flame::Transform& transform);
    void keepSteps(size_t count); // of transforms and zooms together
    bool sandwich() const { return bar->order() == Order::Sandwich; }
};

} // namespace calltide::flameview
