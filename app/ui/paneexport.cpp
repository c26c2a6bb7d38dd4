// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/paneexport.h"
#include "widget/flameview.h"
#include <QAbstractItemView>
#include <QBuffer>
#include <QPainter>
#include <QSvgGenerator>

namespace calltide::ui {
namespace {
QByteArray field(const QVariant& value)
{
    QByteArray text = value.toString().toUtf8();
    if (text.contains('"') || text.contains(',') || text.contains('\n') || text.contains('\r'))
        text = '"' + text.replace("\"", "\"\"") + '"';
    return text;
}

QVariant cell(const QModelIndex& index)
{
    const QVariant value = index.data(kFileRole);
    return value.isValid() ? value : index.data(Qt::DisplayRole);
}
} // namespace

QByteArray csvOf(const QAbstractItemModel& model)
{
    QByteArray out;
    const int columns = model.columnCount();
    for (int c = 0; c < columns; ++c) {
        const QVariant value = model.headerData(c, Qt::Horizontal, kFileRole);
        out += (c ? "," : "") + field(value.isValid() ? value : model.headerData(c, Qt::Horizontal, Qt::DisplayRole));
    }
    out += "\r\n";
    std::vector<QModelIndex> open; // a work list: trees may be deep
    const auto push = [&](const QModelIndex& parent) {
        for (int r = model.rowCount(parent); r-- > 0;)
            open.push_back(model.index(r, 0, parent));
    };
    push({});
    while (!open.empty()) {
        const QModelIndex row = open.back();
        open.pop_back();
        for (int c = 0; c < columns; ++c)
            out += (c ? "," : "") + field(cell(row.siblingAtColumn(c)));
        out += "\r\n";
        push(row);
    }
    return out;
}

QAbstractItemView* tableOf(const QWidget& pane)
{
    for (auto* view : pane.findChildren<QAbstractItemView*>())
        if (view->isVisibleTo(&pane) && view->model() && view->model()->columnCount() > 1)
            return view;
    return nullptr;
}

QImage pictureOf(QWidget& pane)
{
    constexpr double kRatio = 2;
    if (auto* flame = qobject_cast<flameview::FlameView*>(&pane))
        return flame->toImage(kRatio);
    QImage image(pane.size() * kRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kRatio);
    image.fill(pane.palette().color(QPalette::Window));
    pane.render(&image);
    return image;
}

QByteArray svgOf(QWidget& pane)
{
    if (auto* flame = qobject_cast<flameview::FlameView*>(&pane))
        return flame->toSvg();
    QBuffer buffer;
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(pane.size());
    svg.setViewBox(pane.rect());
    {
        QPainter painter(&svg);
        painter.fillRect(pane.rect(), pane.palette().color(QPalette::Window));
        pane.render(&painter);
    }
    return buffer.data();
}

} // namespace calltide::ui
