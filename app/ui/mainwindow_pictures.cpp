// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the views and tables of the panels, to files and the clipboard.
#include "session/settings.h"
#include "ui/document.h"
#include "ui/mainwindow.h"
#include "ui/paneexport.h"
#include "ui/panels.h"
#include "ui/text.h"
#include "widget/flameview.h"
#include <QAbstractItemView>
#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QPointer>
#include <QSaveFile>

namespace calltide::ui {
namespace {
bool writeFile(const QString& path, const QByteArray& bytes)
{
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
}
} // namespace

void MainWindow::connectPictures()
{
    using enum ActionId;
    on(SavePicture, [this] { choosePicture(false); });
    on(SaveFlame, [this] { choosePicture(true); });
    on(CopyPicture, [this] {
        if (Document* shown = document())
            QGuiApplication::clipboard()->setImage(shown->timeline()->toImage(2));
    });
    on(CopyFlame, [this] {
        if (Document* shown = document())
            QGuiApplication::clipboard()->setImage(shown->flame()->toImage(2));
    });
    const auto withPane = [this](auto what) {
        return [this, what] {
            if (QWidget* pane = m_panels->currentPane())
                what(*pane);
        };
    };
    const auto copyTable = [](QWidget& pane) {
        if (const QAbstractItemView* table = tableOf(pane))
            QGuiApplication::clipboard()->setText(QString::fromUtf8(csvOf(*table->model())));
    };
    const auto copyPicture = [](QWidget& pane) { QGuiApplication::clipboard()->setImage(pictureOf(pane)); };
    on(SavePanel, withPane([this](QWidget& pane) { savePane(pane, false); }));
    on(CopyPanel, withPane(copyPicture));
    on(SaveTable, withPane([this](QWidget& pane) { savePane(pane, true); }));
    on(CopyTable, withPane(copyTable));
    for (Panel* panel : m_panels->all()) {
        connect(panel, &Panel::savePictureRequested, this, [this](QWidget* pane) { savePane(*pane, false); });
        connect(panel, &Panel::copyPictureRequested, this, [copyPicture](QWidget* pane) { copyPicture(*pane); });
        connect(panel, &Panel::saveTableRequested, this, [this](QWidget* pane) { savePane(*pane, true); });
        connect(panel, &Panel::copyTableRequested, this, [copyTable](QWidget* pane) { copyTable(*pane); });
    }
}

void MainWindow::choosePicture(bool flame)
{
    const Document* shown = document();
    if (!shown)
        return;
    const QString name = QFileInfo(shown->title()).completeBaseName() + QStringLiteral(".png");
    const QString path = QFileDialog::getSaveFileName(this,
        flame ? tr("Save a picture of the flame graph") : tr("Save a picture of the timeline"),
        QDir(folderFor(m_settings.exportFolder())).filePath(name), tr("PNG (*.png);;SVG (*.svg)"));
    if (!path.isEmpty())
        savePicture(path, flame);
}

void MainWindow::savePicture(const QString& path, bool flame)
{
    Document* shown = document();
    if (!shown)
        return;
    bool written = false;
    if (path.endsWith(QStringLiteral(".svg"), Qt::CaseInsensitive)) {
        written = writeFile(path, flame ? shown->flame()->toSvg() : shown->timeline()->toSvg());
    } else {
        written = (flame ? shown->flame()->toImage(2) : shown->timeline()->toImage(2)).save(path);
    }
    if (!written)
        say(tr("%1 cannot be written. Choose another folder, or a name that ends in .png or .svg.").arg(shortPath(path)));
}

void MainWindow::savePane(QWidget& pane, bool table)
{
    const Document* shown = document();
    const QPointer<QWidget> still = &pane;
    const QString name = (shown ? QFileInfo(shown->title()).completeBaseName() : QStringLiteral("calltide"))
        + (table ? QStringLiteral(".csv") : QStringLiteral(".png"));
    const QString path = QFileDialog::getSaveFileName(this,
        table ? tr("Save the table") : tr("Save a picture of the panel"),
        QDir(folderFor(m_settings.exportFolder())).filePath(name),
        table ? tr("CSV (*.csv)") : tr("PNG (*.png);;SVG (*.svg)"));
    if (!path.isEmpty() && still) // the dialog has an event loop, in which a reload may replace the panel's views
        savePane(pane, path);
}

void MainWindow::savePane(QWidget& pane, const QString& path)
{
    bool written = false;
    if (path.endsWith(QStringLiteral(".csv"), Qt::CaseInsensitive)) {
        const QAbstractItemView* table = tableOf(pane);
        written = table && writeFile(path, csvOf(*table->model()));
    } else if (path.endsWith(QStringLiteral(".svg"), Qt::CaseInsensitive)) {
        written = writeFile(path, svgOf(pane));
    } else {
        written = pictureOf(pane).save(path);
    }
    if (!written)
        say(tr("%1 cannot be written. Choose another folder, or a name that ends in .png, .svg or .csv.")
                .arg(shortPath(path)));
}

} // namespace calltide::ui
