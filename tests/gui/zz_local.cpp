#include "render/theme.h"
#include "render/viewstate.h"
#include "widget/timelineview.h"
#include "shop_trace.h"
#include <QApplication>
#include <QMouseEvent>
#include <QScreen>
#include <QTimer>
using namespace calltide;
int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const bool light = app.arguments().contains(QStringLiteral("light"));
    render::Theme theme(light ? render::ThemeKind::Light : render::ThemeKind::Dark);
    render::ViewState state;
    timeline::TimelineView view(&state, &theme, app.arguments().contains(QStringLiteral("gpu")) ? timeline::Renderer::Gpu : timeline::Renderer::Raster);
    state.setTrace(shopTrace());
    view.resize(1420, 730); view.show();
    view.window()->setMinimumWidth(1420);
    state.setRange({20'000'000, 72'000'000});
    for (store::SliceIndex i = 0; i < state.trace()->sliceCount(); ++i)
        if (state.trace()->functionName(state.trace()->functionOf(i)) == "UserHandler.get" && state.trace()->start(i) > 30'000'000) { state.select(i); break; }
    if (app.arguments().contains(QStringLiteral("area"))) state.setArea(render::Area{{35'000'000, 52'000'000}, {store::TrackId(1u), store::TrackId(2u)}});
    if (app.arguments().contains(QStringLiteral("search"))) state.setSearchText(QStringLiteral("render"));
    if (app.arguments().contains(QStringLiteral("near"))) state.setRange({40'000'000, 40'400'000});
    if (app.arguments().contains(QStringLiteral("all"))) state.fitAll();
    if (app.arguments().contains(QStringLiteral("collapse"))) view.collapseAll();
    if (app.arguments().contains(QStringLiteral("large"))) view.setRowSize(layout::RowSize::Large);
    if (app.arguments().contains(QStringLiteral("compact"))) view.setRowSize(layout::RowSize::Compact);
    QTimer::singleShot(500, [&] {
        QMouseEvent e(QEvent::MouseMove, QPointF(320, 218), view.mapToGlobal(QPointF(320, 218)), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(&view, &e);
    });
    QTimer::singleShot(1000, [&] {
        view.screen()->grabWindow(0, view.x(), view.y(), view.width(), view.height()).save(QString::fromLocal8Bit(argv[1]));
        fprintf(stderr, "frame %.2f ms, tip: %s gpu %d\n", view.lastFrameMs(), qPrintable(view.tipText()), view.usesGpu());
        app.quit();
    });
    return app.exec();
}
