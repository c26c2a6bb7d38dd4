// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/headerbar.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/searchbox.h"
#include <QAction>
#include <QBoxLayout>
#include <QFile>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QSvgRenderer>

namespace calltide::ui {
namespace {
constexpr int kFoldBelow = 1000; // px of window width

QToolButton* actionButton(QAction* action)
{
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text());
    return button;
}
} // namespace

Logo::Logo(const Appearance& appearance, int px, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
{
    setFixedSize(px, px);
    connect(&appearance, &Appearance::changed, this, qOverload<>(&QWidget::update));
}

void Logo::draw(QPainter& painter, const QRectF& rect, const Appearance& appearance)
{
    QFile file(QStringLiteral(":/calltide/icons/calltide.svg"));
    if (!file.open(QIODevice::ReadOnly))
        return;
    QByteArray svg = file.readAll(); // drawn for the light theme: its two colours are the accent's
    svg.replace("#0B7285", appearance.color(u"accent.default").name().toLatin1());
    svg.replace("#FFFFFF", appearance.color(u"text.on_accent").name().toLatin1());
    QSvgRenderer(svg).render(&painter, rect);
}

void Logo::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    draw(painter, rect(), m_appearance);
}

HeaderBar::HeaderBar(const Appearance& appearance, const Actions& actions, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_actions(actions)
    , m_menus(new QMenuBar)
    , m_menuButton(new QToolButton)
    , m_search(new SearchBox(appearance))
    , m_attach(new QPushButton)
    , m_launch(new QPushButton)
    , m_pause(new QPushButton)
    , m_stop(new QPushButton)
    , m_chip(plainLabel(QString(), "recording"))
{
    setObjectName(QStringLiteral("headerBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(appearance.px(u"size.header_bar"));
    m_menus->setNativeMenuBar(false); // it stands in this row
    m_menus->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    m_menuButton->setText(QStringLiteral("☰"));
    m_menuButton->setAccessibleName(tr("Menu"));
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    m_menuButton->hide();
    m_launch->setProperty("primary", true);
    m_stop->setProperty("danger", true);
    m_stop->hide();
    m_pause->hide();
    // They come and go: a click on one leaves the keyboard where it is.
    for (QPushButton* button : {m_attach, m_launch, m_pause, m_stop})
        button->setFocusPolicy(Qt::TabFocus);
    m_chip->hide();
    connect(m_attach, &QPushButton::clicked, actions[ActionId::Attach], &QAction::trigger);
    connect(m_launch, &QPushButton::clicked, actions[ActionId::Launch], &QAction::trigger);
    connect(m_pause, &QPushButton::clicked, actions[ActionId::Pause], &QAction::trigger);
    connect(actions[ActionId::Pause], &QAction::changed, this, &HeaderBar::fold);
    connect(m_stop, &QPushButton::clicked, actions[ActionId::Stop], &QAction::trigger);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 10, 0);
    row->setSpacing(6);
    row->addWidget(new Logo(appearance, 22));
    row->addSpacing(4);
    row->addWidget(m_menuButton);
    row->addWidget(m_menus, 0, Qt::AlignVCenter);
    row->addStretch(1);
    row->addWidget(m_search, 4);
    row->addStretch(1);
    row->addWidget(actionButton(actions[ActionId::Back]));
    row->addWidget(actionButton(actions[ActionId::Forward]));
    row->addSpacing(4);
    row->addWidget(m_chip, 0, Qt::AlignVCenter);
    row->addWidget(m_pause);
    row->addWidget(m_stop);
    row->addWidget(m_attach);
    row->addWidget(m_launch);
    connect(&appearance, &Appearance::changed, this, &HeaderBar::refresh);
    refresh();
}

void HeaderBar::setRunning(bool running, const QString& chip, const QString& stopText)
{
    m_chip->setText(QStringLiteral("● ") + chip);
    m_running = running;
    m_stopText = stopText;
    fold();
}

void HeaderBar::refresh()
{
    m_launch->setIcon(m_appearance.theme().icon(QStringLiteral("launch"), m_appearance.color(u"text.on_accent")));
    m_attach->setIcon(m_appearance.icon(QStringLiteral("attach")));
    m_stop->setIcon(m_appearance.theme().icon(QStringLiteral("stop"), m_appearance.color(u"state.danger")));
    fold();
}

void HeaderBar::fold()
{
    const bool narrow = width() < kFoldBelow;
    m_launch->setText(narrow ? QString() : u' ' + m_actions[ActionId::Launch]->text()); // room beside the icon
    m_launch->setToolTip(QStringLiteral("%1 (%2)").arg(m_actions[ActionId::Launch]->text(), keyText(ActionId::Launch)));
    m_launch->setAccessibleName(m_actions[ActionId::Launch]->text());
    m_attach->setText(narrow ? QString() : u' ' + m_actions[ActionId::Attach]->text());
    m_attach->setToolTip(QStringLiteral("%1 (%2)").arg(m_actions[ActionId::Attach]->text(), keyText(ActionId::Attach)));
    m_attach->setAccessibleName(m_actions[ActionId::Attach]->text());
    m_attach->setVisible(!m_running);
    const QAction* pause = m_actions[ActionId::Pause];
    const bool goesOn = pause->property("goesOn").toBool();
    m_pause->setText(narrow ? QString() : u' ' + (goesOn ? tr("Go on") : tr("Pause")));
    m_pause->setIcon(m_appearance.icon(goesOn ? QStringLiteral("record") : QStringLiteral("pause")));
    m_pause->setToolTip(pause->text());
    m_pause->setAccessibleName(pause->text());
    m_pause->setEnabled(pause->isEnabled());
    m_pause->setVisible(m_running);
    m_stop->setText(u' ' + m_stopText);
    m_stop->setVisible(m_running);
    m_chip->setVisible(m_running && width() >= 700);
    m_launch->setVisible(!m_running);
    if (narrow && !m_menuButton->menu()) {
        auto* all = new QMenu(m_menuButton);
        for (QAction* menu : m_menus->actions())
            all->addAction(menu); // the same menus, one level deeper
        m_menuButton->setMenu(all);
    }
    m_menuButton->setVisible(narrow);
    m_menus->setVisible(!narrow);
}

QSize HeaderBar::minimumSizeHint() const
{
    return {320, m_appearance.px(u"size.header_bar")}; // its parts must not set the window's least width
}

void HeaderBar::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fold();
}

} // namespace calltide::ui
