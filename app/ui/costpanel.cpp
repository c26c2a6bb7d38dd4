// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/costpanel.h"
#include "session/probe.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QProgressBar>
#include <QPushButton>

namespace calltide::ui {
namespace {
const QString kUnknown = QStringLiteral("–");

QLabel* number(const Appearance& appearance, const char* name)
{
    QLabel* label = plainLabel(kUnknown);
    label->setFont(uiFont(appearance, u"heading", 600));
    label->setObjectName(QString::fromLatin1(name));
    return label;
}

QLabel* caption(const Appearance& appearance, const QString& text)
{
    QLabel* label = plainLabel(text, "secondary");
    label->setFont(uiFont(appearance, u"small"));
    label->setWordWrap(true);
    return label;
}
} // namespace

CostPanel::CostPanel(const Appearance& appearance, std::function<session::LaunchOptions()> current, QWidget* parent)
    : QWidget(parent)
    , m_current(std::move(current))
    , m_slower(number(appearance, "costSlower"))
    , m_grows(number(appearance, "costGrows"))
    , m_note(caption(appearance, QString()))
    , m_bar(new QProgressBar)
    , m_button(new QPushButton)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    QLabel* title = plainLabel(tr("What it will cost"));
    title->setFont(uiFont(appearance, u"body", 600));
    column->addWidget(title);
    column->addSpacing(6);
    column->addWidget(caption(appearance, tr("Slower by about")));
    column->addWidget(m_slower);
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    column->addWidget(m_bar);
    column->addSpacing(4);
    column->addWidget(caption(appearance, tr("File grows by about")));
    column->addWidget(m_grows);
    m_note->setObjectName(QStringLiteral("costNote"));
    column->addWidget(m_note);
    column->addSpacing(4);
    m_button->setObjectName(QStringLiteral("measure"));
    m_button->setToolTip(tr("Runs the program for 2 seconds, recorded, and ends it"));
    const auto icon = [this, &appearance] { m_button->setIcon(appearance.icon(QStringLiteral("bolt"))); };
    connect(&appearance, &Appearance::changed, m_button, icon);
    icon();
    auto* row = new QHBoxLayout;
    row->addWidget(m_button);
    row->addStretch(1);
    column->addLayout(row);
    connect(m_button, &QPushButton::clicked, this, [this] { m_job.running() ? stop() : measure(); });
    m_clock.setInterval(50);
    connect(&m_clock, &QTimer::timeout, this, [this] { m_bar->setValue(m_job.perMille()); });
    reset();
}

CostPanel::~CostPanel() = default;

void CostPanel::reset()
{
    if (m_job.running())
        return;
    m_slower->setText(kUnknown);
    m_grows->setText(kUnknown);
    m_bar->setValue(0);
    m_note->setText(tr("Measured when you ask for it: the program runs for 2 seconds."));
    m_button->setText(u' ' + tr("Measure"));
}

void CostPanel::stop()
{
    m_job.cancel();
    m_clock.stop();
    reset();
}

void CostPanel::measure()
{
    const session::LaunchOptions options = m_current();
    m_slower->setText(kUnknown);
    m_grows->setText(kUnknown);
    m_note->setText(tr("Measuring…"));
    m_button->setText(u' ' + tr("Stop"));
    m_clock.start();
    m_job.start([options](store::Progress& progress) { return session::probe(options, progress); },
        [this](const Result<session::ProbeResult>& result) {
            m_clock.stop();
            m_bar->setValue(0);
            m_button->setText(u' ' + tr("Measure again"));
            if (!result) {
                m_note->setText(QString::fromStdString(result.error().message));
                return;
            }
            const session::ProbeResult& cost = result.value();
            m_slower->setText(cost.slowdown < 1.05 ? tr("hardly at all") : tr("%1×").arg(cost.slowdown, 0, 'f', 1));
            m_grows->setText(tr("%1 a second").arg(formatBytes(uint64_t(cost.bytesPerSecond))));
            m_bar->setValue(int(std::min(1., (cost.slowdown - 1) / 4) * 1000)); // full at five times
            if (!cost.ended)
                m_note->setText(tr("Measured on the first 2 seconds of your program with these options."));
            else if (cost.exitStatus)
                m_note->setText(tr("Measured on %1; the program ended with status %2.")
                                    .arg(formatDuration(int64_t(cost.seconds * 1e9)))
                                    .arg(cost.exitStatus));
            else
                m_note->setText(tr("Measured on the whole program, %1.").arg(formatDuration(int64_t(cost.seconds * 1e9))));
        });
}

} // namespace calltide::ui
