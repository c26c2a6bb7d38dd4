// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/instantpage.h"
#include "render/instants.h"
#include "ui/appearance.h"
#include "ui/factrows.h"
#include "ui/text.h"
#include <QBoxLayout>

namespace calltide::ui {

InstantPage::InstantPage(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_title(new ElidedLabel)
    , m_message(new QLabel)
    , m_rows(new FactRows(appearance))
{
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 14, 8);
    column->setSpacing(6);
    m_title->setFont(uiFont(appearance, u"title", 600));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setObjectName(QStringLiteral("message"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    m_message->setFont(monoFont(appearance, u"small"));
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_title);
    column->addWidget(m_message);
    column->addWidget(m_rows);
    column->addStretch(1);
}

void InstantPage::show(const TraceContext& context, uint32_t index, store::SliceIndex call)
{
    const store::Trace& trace = *context.trace;
    const store::Instant& instant = trace.instants()[index];
    const QString message = labelText(render::instantMessage(trace, instant).toStdString());
    m_title->setFullText(labelText(trace.string(instant.name)));
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
    m_lines = {m_title->fullText()};
    if (!message.isEmpty())
        m_lines << message;

    m_rows->clear();
    m_rows->add(tr("Time"), formatTime(instant.time - trace.begin()));
    if (instant.track.valid())
        m_rows->add(tr("Thread"), context.threadName(instant.track));
    if (instant.process.valid())
        m_rows->add(tr("Process"), context.processName(instant.process));
    if (call != store::kNoSlice)
        addCall(context, instant, call);
    m_lines << m_rows->lines();
}

void InstantPage::addCall(const TraceContext& context, const store::Instant& instant, store::SliceIndex call)
{
    const store::Trace& trace = *context.trace;
    const store::FunctionId function = trace.functionOf(call);
    LinkLabel* to = m_rows->addLink(!instant.exception ? tr("In")
            : trace.flags(call) & store::kException    ? tr("Left")
                                                       : tr("Raised in"),
        context.name(function));
    to->setObjectName(QStringLiteral("itsCall"));
    connect(to, &LinkLabel::clicked, this, &InstantPage::callRequested, Qt::QueuedConnection); // it goes with the page
    if (const QString place = context.place(function); !place.isEmpty()) {
        LinkLabel* source = m_rows->addLink(tr("Source"), place, Qt::ElideMiddle);
        source->setObjectName(QStringLiteral("itsSource"));
        connect(source, &LinkLabel::clicked, this, [this, function] { Q_EMIT sourceRequested(function); });
    }
}

} // namespace calltide::ui
