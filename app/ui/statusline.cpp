// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statusline.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/document.h"
#include "ui/text.h"
#include <QMenu>
#include <QStatusBar>
#include <algorithm>

namespace calltide::ui {

StatusLine::StatusLine(QStatusBar& bar, const Appearance& appearance, const Actions& actions)
    : QObject(&bar)
    , m_appearance(appearance)
    , m_icon(new IconLabel(appearance, QStringLiteral("ok"), QStringLiteral("state.ok")))
    , m_summary(new ElidedLabel)
    , m_size(plainLabel(QString()))
    , m_frame(plainLabel(QString()))
    , m_problems(new QToolButton)
    , m_rows(new QToolButton)
    , m_colors(new QToolButton)
{
    bar.setSizeGripEnabled(false);
    bar.setFixedHeight(appearance.px(u"size.status_bar"));
    bar.setContentsMargins(6, 0, 6, 0);
    for (QWidget* w : {static_cast<QWidget*>(m_summary), static_cast<QWidget*>(m_size), static_cast<QWidget*>(m_problems),
             static_cast<QWidget*>(m_rows), static_cast<QWidget*>(m_colors)})
        w->setFont(uiFont(appearance, u"small"));
    m_frame->setFont(monoFont(appearance, u"caption"));
    m_summary->setMinimumWidth(40);
    auto* menu = new QMenu(m_rows);
    for (ActionId id : {ActionId::RowsCompact, ActionId::RowsNormal, ActionId::RowsLarge})
        menu->addAction(actions[id]);
    m_rows->setMenu(menu);
    m_rows->setPopupMode(QToolButton::InstantPopup);
    m_rows->setToolTip(tr("Height of the rows"));
    auto* colors = new QMenu(m_colors);
    for (ActionId id : {ActionId::ColorFunction, ActionId::ColorModule, ActionId::ColorMyCode, ActionId::ColorDuration})
        colors->addAction(actions[id]);
    colors->addSeparator();
    colors->addAction(actions[ActionId::ColorBlind]);
    m_colors->setMenu(colors);
    m_colors->setPopupMode(QToolButton::InstantPopup);
    m_colors->setToolTip(tr("What the colours stand for"));
    connect(m_problems, &QToolButton::clicked, this, &StatusLine::problemsClicked);
    bar.addWidget(m_icon);
    bar.addWidget(m_summary);
    bar.addWidget(m_size);
    bar.addWidget(m_problems);
    bar.addPermanentWidget(m_colors);
    bar.addPermanentWidget(m_rows);
    bar.addPermanentWidget(m_frame);
    m_frame->hide();
    showDocument(nullptr);
}

void StatusLine::showDocument(const Document* document)
{
    m_icon->setVisible(document);
    m_size->setVisible(document);
    m_rows->setVisible(document);
    m_colors->setVisible(document);
    m_problems->hide();
    if (!document) {
        m_summary->setFullText(tr("Drop a file anywhere in this window to open it"));
        return;
    }
    const store::Trace& trace = document->trace();
    m_summary->setFullText(document->summary());
    m_size->setText(formatBytes(trace.fileSize()));
    const auto& problems = trace.problems();
    const int kinds = int(std::count_if(problems.begin(), problems.end(),
        [](const store::Problem& p) { return p.severity != store::Severity::Info; }));
    const bool good = kinds == 0 && trace.lost() == 0;
    m_icon->setIcon(good ? QStringLiteral("ok") : QStringLiteral("exception"),
        good ? QStringLiteral("state.ok") : QStringLiteral("state.warn"));
    if (kinds) {
        m_problems->setText(formatCount(uint64_t(kinds), tr("%1 kind of problem"), tr("%1 kinds of problem")));
        m_problems->setToolTip(tr("Say what they are"));
        m_problems->show();
    }
}

void StatusLine::setFrameTimeShown(bool shown)
{
    m_frame->setVisible(shown);
}

void StatusLine::setFrameTime(double ms)
{
    if (!m_frame->isHidden())
        m_frame->setText(tr("%1 ms / frame").arg(ms, 0, 'f', 1));
}

void StatusLine::setColors(const QString& name)
{
    m_colors->setText(tr("Colours: %1").arg(name));
}

void StatusLine::setRows(const QString& name)
{
    m_rows->setText(tr("Rows: %1").arg(name));
}

QString StatusLine::text() const
{
    return m_summary->fullText();
}

} // namespace calltide::ui
