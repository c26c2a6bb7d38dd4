// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/instantpage.h"
#include "render/instants.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QBoxLayout>

namespace calltide::ui {

InstantPage::InstantPage(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_title(new ElidedLabel)
    , m_message(new QLabel)
    , m_rows(new QWidget)
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

void InstantPage::addRow(const QString& key, ElidedLabel* value, const QString& text)
{
    QLabel* name = plainLabel(key, "muted");
    name->setFont(uiFont(m_appearance, u"small"));
    value->setFullText(text);
    const int row = m_grid->rowCount();
    m_grid->addWidget(name, row, 0, Qt::AlignLeft | Qt::AlignTop);
    m_grid->addWidget(value, row, 1);
    m_lines << key + u'\t' + text;
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

    delete m_grid;
    qDeleteAll(m_rows->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    m_grid = new QGridLayout(m_rows);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnMinimumWidth(0, 76);
    const auto value = [this] {
        auto* label = new ElidedLabel;
        label->setFont(monoFont(m_appearance, u"small"));
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return label;
    };
    const auto link = [this](const char* name, Qt::TextElideMode elide) {
        auto* label = new LinkLabel(elide);
        label->setObjectName(QLatin1String(name));
        label->setFont(uiFont(m_appearance, u"small"));
        return label;
    };
    addRow(tr("Time"), value(), formatTime(instant.time - trace.begin()));
    if (instant.track.valid())
        addRow(tr("Thread"), value(), context.threadName(instant.track));
    if (instant.process.valid())
        addRow(tr("Process"), value(), context.processName(instant.process));
    if (call == store::kNoSlice)
        return;
    const store::FunctionId function = trace.functionOf(call);
    LinkLabel* to = link("itsCall", Qt::ElideRight);
    connect(to, &LinkLabel::clicked, this, &InstantPage::callRequested, Qt::QueuedConnection); // it goes with the page
    addRow(!instant.exception                           ? tr("In")
            : trace.flags(call) & store::kException ? tr("Left")
                                                    : tr("Raised in"),
        to, context.name(function));
    if (const QString place = context.place(function); !place.isEmpty()) {
        LinkLabel* source = link("itsSource", Qt::ElideMiddle);
        connect(source, &LinkLabel::clicked, this, [this, function] { Q_EMIT sourceRequested(function); });
        addRow(tr("Source"), source, place);
    }
}

} // namespace calltide::ui
