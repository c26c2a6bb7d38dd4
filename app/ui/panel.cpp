// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panel.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/paneexport.h"
#include "ui/popupmenu.h"
#include <QAbstractItemView>
#include <QBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPointer>
#include <QStackedWidget>

namespace calltide::ui {
namespace {
// A border rule on the label takes its space but is not drawn, so the accent line is painted.
class PanelTitle : public QWidget
{
public:
    PanelTitle(const Appearance& appearance, QLabel* text)
        : m_appearance(appearance)
        , m_text(text)
    {
        connect(&appearance, &Appearance::changed, this, qOverload<>(&QWidget::update));
    }
    // The dock asks for the hint, whatever the fixed height is.
    QSize sizeHint() const override { return {QWidget::sizeHint().width(), m_appearance.px(u"size.dock_title")}; }
    QSize minimumSizeHint() const override { return {60, m_appearance.px(u"size.dock_title")}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), m_appearance.color(u"bg.window"));
        painter.fillRect(0, height() - 1, width(), 1, m_appearance.color(u"border.default"));
        painter.fillRect(0, height() - 2, m_text->geometry().right() + 12, 2, m_appearance.color(u"accent.default"));
    }

private:
    const Appearance& m_appearance;
    QLabel* m_text;
};

// Nothing: QDockWidget shows its own title unless it is given a widget.
class NoTitle : public QWidget
{
public:
    QSize sizeHint() const override { return {0, 0}; }
    QSize minimumSizeHint() const override { return {0, 0}; }
};
} // namespace

Panel::Panel(
    const Appearance& appearance, const QString& name, const QString& title, const QString& icon, QWidget* parent)
    : QDockWidget(title, parent)
    , m_appearance(appearance)
    , m_icon(icon)
    , m_pages(new QStackedWidget)
    , m_noTitle(new NoTitle)
{
    setObjectName(name);
    setFeatures(DockWidgetMovable | DockWidgetFloatable | DockWidgetClosable);
    setMinimumSize(60, 60);
    auto* empty = new QWidget;
    empty->setProperty("panel", true);
    empty->setAttribute(Qt::WA_StyledBackground);
    m_pages->addWidget(empty);
    setWidget(m_pages);

    QLabel* text = plainLabel(title);
    text->setFont(uiFont(appearance, u"body", 600));
    auto* bar = new PanelTitle(appearance, text);
    bar->setFixedHeight(appearance.px(u"size.dock_title"));
    auto* more = new IconButton(appearance, QStringLiteral("more"), tr("Panel menu"));
    auto* close = new IconButton(appearance, QStringLiteral("close"), tr("Close %1").arg(title));
    more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(more);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        fillMenu(*menu);
    });
    more->setMenu(menu);
    connect(close, &QToolButton::clicked, this, &QDockWidget::close);
    for (QToolButton* button : {static_cast<QToolButton*>(more), static_cast<QToolButton*>(close)})
        setStyleProperty(button, "small", true);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 6, 0);
    row->setSpacing(6);
    row->addWidget(new IconLabel(appearance, icon, QStringLiteral("text.secondary")));
    row->addWidget(text);
    row->addStretch();
    row->addWidget(more);
    row->addWidget(close);
    m_title = bar;
    m_noTitle->hide();
    m_noTitle->setParent(this);
    setTitleBarWidget(m_title);
}

void Panel::fillMenu(QMenu& menu)
{
    menu.addAction(tr("Float"), this, [this] { setFloating(!isFloating()); });
    menu.addAction(tr("Close"), this, &QDockWidget::close);
    if (!currentPage())
        return;
    menu.addSeparator();
    fillExportMenu(menu);
}

void Panel::fillExportMenu(QMenu& menu)
{
    const QPointer<QWidget> page = currentPage();
    if (!page)
        return;
    const auto add = [&](const QString& text, void (Panel::*wanted)(QWidget*)) {
        menu.addAction(text, this, [this, page, wanted] {
            if (page) // a reload may have replaced it while the menu was open
                Q_EMIT (this->*wanted)(page);
        });
    };
    add(tr("Copy picture"), &Panel::copyPictureRequested);
    add(tr("Save picture…"), &Panel::savePictureRequested);
    if (tableOf(*page)) {
        add(tr("Copy table as CSV"), &Panel::copyTableRequested);
        add(tr("Save table as CSV…"), &Panel::saveTableRequested);
    }
}

QWidget* Panel::currentPage() const
{
    return m_pages->currentIndex() > 0 ? m_pages->currentWidget() : nullptr;
}

void Panel::addPage(QWidget* page)
{
    m_pages->addWidget(page);
    for (auto* view : page->findChildren<QAbstractItemView*>()) // those that have no menu of their own
        if (view->contextMenuPolicy() == Qt::DefaultContextMenu) {
            view->setContextMenuPolicy(Qt::CustomContextMenu);
            connect(view, &QWidget::customContextMenuRequested, this, [this, view](const QPoint& at) {
                QMenu* menu = makePopupMenu(view);
                fillExportMenu(*menu);
                menu->popup(view->viewport()->mapToGlobal(at));
            });
        }
}

void Panel::removePage(QWidget* page)
{
    m_pages->removeWidget(page);
}

void Panel::showPage(QWidget* page)
{
    m_pages->setCurrentWidget(page ? page : m_pages->widget(0));
}

void Panel::setTitleShown(bool shown)
{
    QWidget* wanted = shown ? m_title : m_noTitle;
    if (titleBarWidget() == wanted)
        return;
    setTitleBarWidget(wanted);
    m_title->setVisible(shown);
    m_noTitle->setVisible(!shown);
}

} // namespace calltide::ui
