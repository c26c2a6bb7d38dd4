// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runagain.h"
#include "session/recorderoptions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/popupmenu.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QContextMenuEvent>
#include <QCoreApplication>
#include <QFileInfo>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>

namespace calltide::ui {
namespace {
using session::LaunchKind;
constexpr int kMostRows = 5;
} // namespace

QString commandText(const session::LaunchOptions& launch)
{
    QString begin;
    switch (launch.kind) {
    case LaunchKind::Script:
    case LaunchKind::Command:
        begin = session::joinArguments({QFileInfo(launch.target).fileName()});
        break;
    case LaunchKind::Tool:
        begin = launch.target;
        break;
    case LaunchKind::Module:
        begin = QStringLiteral("-m ") + launch.target;
        break;
    case LaunchKind::Tests:
        begin = launch.target.isEmpty() ? QStringLiteral("pytest") : QStringLiteral("pytest ") + launch.target;
        break;
    case LaunchKind::Code:
        begin = QStringLiteral("-c ") + launch.target.simplified().left(80);
        break;
    }
    return launch.arguments.isEmpty() ? begin : begin + u' ' + session::joinArguments(launch.arguments);
}

RunAgainRow::RunAgainRow(const Appearance& appearance, session::LaunchOptions launch, bool last)
    : m_appearance(appearance)
    , m_launch(std::move(launch))
    , m_last(last)
{
    setText(commandText(m_launch));
    setAccessibleName(tr("Run %1 again").arg(text()));
    setToolTip(session::shellLine(m_launch).left(500).toHtmlEscaped());
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setFixedHeight(52);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 10, 0);
    row->addStretch(1);
    auto* more = new IconButton(appearance, QStringLiteral("more"), tr("Edit or remove %1").arg(text()));
    connect(more, &QToolButton::clicked, this, [this, more] { openMenu(more->mapToGlobal(QPoint(0, more->height()))); });
    row->addWidget(more);
}

void RunAgainRow::openMenu(const QPoint& at)
{
    QMenu* menu = makePopupMenu(this);
    menu->addAction(m_appearance.icon(QStringLiteral("rerun")), tr("Run"), this, [this] { click(); });
    menu->addAction(m_appearance.icon(QStringLiteral("editor")), tr("Edit…"), this, &RunAgainRow::editRequested);
    menu->addAction(m_appearance.icon(QStringLiteral("trash")), tr("Remove from this list"), this, &RunAgainRow::removeRequested);
    menu->popup(at);
}

void RunAgainRow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isDown() || underMouse())
        painter.fillRect(rect().adjusted(2, 1, -2, -1), m_appearance.color(isDown() ? u"bg.pressed" : u"bg.hover"));
    if (!m_last)
        painter.fillRect(QRect(1, height() - 1, width() - 2, 1), m_appearance.color(u"border.subtle"));
    painter.drawPixmap(16, (height() - 16) / 2,
        m_appearance.theme().iconPixmap(QStringLiteral("rerun"), m_appearance.color(u"accent.default"), 16, devicePixelRatioF()));
    const int left = 44, w = width() - left - 44;
    painter.setPen(m_appearance.color(u"text.primary"));
    painter.setFont(monoFont(m_appearance, u"small"));
    painter.drawText(QRect(left, 8, w, 18), Qt::AlignVCenter, painter.fontMetrics().elidedText(text(), Qt::ElideRight, w));
    const auto preset = session::presetOf(session::valuesOf(m_launch.tracer));
    QString how = QCoreApplication::translate("calltide::session::RecorderOptions", session::presetLabel(preset));
    if (preset == session::Preset::Own)
        how = tr("My own choice");
    if (!m_launch.workingDirectory.isEmpty())
        how += QStringLiteral(" · ") + shortPath(m_launch.workingDirectory);
    painter.setPen(m_appearance.color(u"text.muted"));
    painter.setFont(uiFont(m_appearance, u"caption"));
    painter.drawText(QRect(left, 26, w, 18), Qt::AlignVCenter, painter.fontMetrics().elidedText(how, Qt::ElideMiddle, w));
    if (hasFocus()) {
        painter.setPen(QPen(m_appearance.color(u"border.focus"), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(2, 2, -2, -2), 5, 5);
    }
}

void RunAgainRow::contextMenuEvent(QContextMenuEvent* event)
{
    openMenu(event->globalPos());
}

RunAgain::RunAgain(const Appearance& appearance, session::LaunchStore& store, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_store(store)
    , m_column(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("card"));
    setAttribute(Qt::WA_StyledBackground);
    m_column->setContentsMargins(1, 1, 1, 1);
    m_column->setSpacing(0);
    // Not at once: a row's own click may be what changes the list.
    connect(&store, &session::LaunchStore::changed, this, [this] { QTimer::singleShot(0, this, &RunAgain::refresh); });
    refresh();
}

void RunAgain::refresh()
{
    qsizetype focused = -1;
    for (qsizetype i = 0; i < m_rows.size(); ++i)
        focused = m_rows[i]->hasFocus() ? i : focused;
    qDeleteAll(m_rows);
    m_rows.clear();
    const auto recent = m_store.recent().mid(0, kMostRows);
    for (qsizetype i = 0; i < recent.size(); ++i) {
        auto* row = new RunAgainRow(m_appearance, recent[i].options, i + 1 == recent.size());
        const session::LaunchOptions launch = recent[i].options;
        connect(row, &QAbstractButton::clicked, this, [this, launch] { Q_EMIT runRequested(launch); });
        connect(row, &RunAgainRow::editRequested, this, [this, launch] { Q_EMIT editRequested(launch); });
        connect(row, &RunAgainRow::removeRequested, this, [this, launch] { m_store.removeRecent(launch); });
        m_column->addWidget(row);
        m_rows << row;
    }
    if (focused >= 0 && !m_rows.isEmpty())
        m_rows[std::min(focused, m_rows.size() - 1)]->setFocus();
    Q_EMIT rowsChanged();
}

} // namespace calltide::ui
