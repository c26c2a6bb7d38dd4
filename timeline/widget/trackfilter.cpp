// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/trackfilter.h"
#include "render/theme.h"
#include <QAction>
#include <QKeyEvent>

namespace calltide::timeline {

TrackFilter::TrackFilter(QWidget* parent)
    : QLineEdit(parent)
    , m_icon(addAction(QIcon(), QLineEdit::LeadingPosition))
{
    setObjectName(QStringLiteral("trackFilter"));
    setPlaceholderText(tr("Filter tracks"));
    setAccessibleName(placeholderText());
    setToolTip(tr("Shows the tracks with one of these words in their or their process's name; commas between them"));
    setClearButtonEnabled(true);
    setFixedHeight(kHeight);
    setProperty("small", true);
    setFocusPolicy(Qt::ClickFocus); // Tab goes to the timeline
    setCursor(Qt::IBeamCursor);
    connect(this, &QLineEdit::textChanged, this, &TrackFilter::changed);
}

void TrackFilter::setTheme(const render::Theme& theme)
{
    m_icon->setIcon(theme.icon(QStringLiteral("filter")));
    setFont(render::Theme::uiFont(11));
}

bool TrackFilter::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept(); // also an action of the window
        return true;
    }
    return QLineEdit::event(event);
}

void TrackFilter::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
    } else if (event->key() == Qt::Key_Escape || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        parentWidget()->setFocus();
    } else {
        QLineEdit::keyPressEvent(event);
    }
}

} // namespace calltide::timeline
