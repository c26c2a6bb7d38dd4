// SPDX-License-Identifier: GPL-3.0-or-later
// FlameView: the flame graph of the whole trace, of the shown part or of the selected area (ViewState), with its bar
// (order, measure, scope, filter). Trees are built in a job; the GUI thread never waits.
#pragma once
#include "layout/style.h"
#include "render/viewstate.h"
#include <QImage>
#include <QWidget>
#include <memory>

namespace calltide::render {
class Theme;
}

namespace calltide::flameview {

enum class Order : uint8_t
{
    TopDown, // the longest first: left heavy
    BottomUp,
    Sandwich // callers above, callees below one function
};

class FlameView : public QWidget
{
    Q_OBJECT
public:
    FlameView(render::ViewState* state, const render::Theme* theme, QWidget* parent = nullptr);
    ~FlameView() override;

    void setTheme(const render::Theme* theme);
    void setRowSize(layout::RowSize rows);
    void setOrder(Order order);
    void setReducedMotion(bool reduced); // zooms are not animated
    QByteArray toSvg(); // the same picture
    QImage toImage(double devicePixelRatio = 1); // the frames, without the bar
    // Tests and pictures only: blocks until the tree of the present scope is built. Views that are not seen build none.
    void waitForTree();

public Q_SLOTS:
    void focusFilter();
    void resetZoom();

Q_SIGNALS:
    void functionActivated(calltide::store::FunctionId function); // clicked
    void sourceRequested(calltide::store::FunctionId function);

protected:
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace calltide::flameview
