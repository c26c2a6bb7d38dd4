// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/attachsheet.h"
#include "session/recorderoptions.h"
#include "ui/appearance.h"
#include "ui/conditionedit.h"
#include "ui/controls.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDateTime>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>

namespace calltide::ui {
namespace {
constexpr int kRefreshMs = 1000, kWaitMs = 100;
}

void AttachSheet::popUp()
{
    m_source->setCurrent(0);
    m_search->clear();
    m_insistText.clear();
    appear();
    sourceChanged();
    m_search->setFocus();
    look();
    m_refresh.start(kRefreshMs);
}

void AttachSheet::hideEvent(QHideEvent* event)
{
    m_refresh.stop();
    m_job.cancel();
    m_isWaiting = false;
    Sheet::hideEvent(event);
}

void AttachSheet::look()
{
    if (!m_job.running())
        m_job.start([wanted = wantedPid()](store::Progress&) { return lookAtProcesses(wanted); },
            [this](const ProcessLook& found) { looked(found); });
}

int AttachSheet::wantedPid() const { return std::max(0, m_search->text().trimmed().toInt()); }

// Why nothing is listed.
void AttachSheet::showNone()
{
    m_none->setVisible(!m_shown->rowCount());
    if (const int wanted = wantedPid())
        m_none->setText(tr("There is no process %1.").arg(wanted));
    else if (!m_search->text().trimmed().isEmpty())
        m_none->setText(tr("No Python program that runs has “%1” in its command line.").arg(m_search->text().trimmed()));
    else
        m_none->setText(tr("No Python program of yours is running. Start one, or launch it from here."));
}

void AttachSheet::looked(const ProcessLook& look)
{
    const int before = chosen();
    // A row must not move away from under the pointer.
    m_shown->setDynamicSortFilter(!m_tree->viewport()->underMouse());
    m_model->update(look);
    m_tree->expandAll();
    if (before && before != chosen())
        choose(before);
    if (!chosen() && !m_isWaiting)
        chooseFirst();
    showNone();
    chosenChanged();
    if (!m_isWaiting)
        return;
    const QString wanted = m_pattern->text().trimmed();
    for (const inject::Process& p : look.processes) {
        const QString program = ProcessModel::programOf(p);
        if (p.startedNs + 1'500'000'000 < m_waitingSinceNs || p.problem || !p.recording.empty() || !program.contains(wanted, Qt::CaseInsensitive))
            continue;
        session::AttachOptions found = options();
        found.processId = p.pid;
        const int duration = durationMs();
        hide();
        Q_EMIT attachRequested(found, duration, program);
        return;
    }
}

// The first that can be attached, else the first.
void AttachSheet::chooseFirst()
{
    QModelIndex best = m_shown->index(0, 0);
    for (QModelIndex at = best; at.isValid(); at = m_tree->indexBelow(at)) {
        const inject::Process* p = m_model->process(at.data(ProcessModel::PidRole).toInt());
        if (p && !p->problem && p->recording.empty()) {
            best = at;
            break;
        }
    }
    m_tree->setCurrentIndex(best);
}

int AttachSheet::chosen() const
{
    const QModelIndex current = m_tree->currentIndex();
    return current.isValid() ? current.siblingAtColumn(0).data(ProcessModel::PidRole).toInt() : 0;
}

void AttachSheet::choose(int pid)
{
    const QModelIndex index = m_shown->mapFromSource(m_model->indexOf(pid));
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
}

session::AttachOptions AttachSheet::options() const
{
    session::AttachOptions out;
    out.processId = chosen();
    out.options = m_record->currentData().toStringList()
        + session::fromValues({{QStringLiteral("start-when"), m_startWhen->text()}, {QStringLiteral("stop-when"), m_stopWhen->text()}}).extra;
    if (!m_children->isChecked())
        out.options << QStringLiteral("--no-children");
    return out;
}

int AttachSheet::durationMs() const
{
    switch (m_duration->current()) {
    case 1: return 10'000;
    case 2: return 60'000;
    case 3: return std::max(1, qRound(m_seconds->text().toDouble() * 1000));
    default: return 0;
    }
}

QString AttachSheet::name() const
{
    const inject::Process* p = m_model->process(chosen());
    const QString program = p ? ProcessModel::programOf(*p) : QString();
    if (program.startsWith(u"-c"))
        return tr("process %1").arg(p->pid);
    return program.section(u' ', 0, program.startsWith(u"-m ") ? 1 : 0);
}

QString AttachSheet::commandLine() const
{
    QStringList words{QStringLiteral("calltide"), QStringLiteral("attach"), QString::number(chosen())};
    if (const int ms = durationMs())
        words << QStringLiteral("-t") << QString::number(ms / 1000.0);
    return session::joinArguments(words + options().options);
}

void AttachSheet::setCommandLine(const QString& text)
{
    m_commandLine->setText(text);
    m_copy->setVisible(!text.isEmpty());
}

void AttachSheet::chosenChanged()
{
    const inject::Process* p = m_model->process(chosen());
    const bool recorded = p && !p->recording.empty();
    const bool waits = m_source->current() == 1;
    m_seconds->setVisible(m_duration->current() == 3);
    m_stop->setVisible(recorded && !waits);
    m_stop->setEnabled(!m_stopping.running());
    if (waits) {
        m_infoText->setText(tr("The program is attached as soon as it starts."));
        m_infoMore->setText(tr("Its first tenths of a second are missing; launch it from here to see those too."));
        m_attach->setText(u' ' + (m_isWaiting ? tr("Stop waiting") : tr("Wait")));
        m_attach->setEnabled(m_isWaiting || !m_pattern->text().trimmed().isEmpty());
        m_waiting->setText(m_isWaiting ? tr("Waiting for %1…").arg(m_pattern->text().trimmed()) : QString());
        setCommandLine({});
        return;
    }
    setCommandLine(p && !recorded && (!p->problem || p->problem.why == inject::Why::SwitchedOff) ? commandLine() : QString());
    const bool insists = p && !m_insistText.isEmpty() && m_insistOn.processId == p->pid;
    if (!p) {
        m_infoText->setText(tr("Choose the program to record."));
        m_infoMore->clear();
    } else if (recorded) {
        m_infoText->setText(tr("%1 is being recorded already.").arg(name()));
        m_infoMore->setText(QString::fromStdString(p->recording));
    } else if (insists || p->problem.why == inject::Why::SwitchedOff) {
        m_infoText->setText(insists ? m_insistText : QString::fromStdString(p->problem.sentence));
        m_infoMore->setText(tr("Somebody wanted it so. Attach anyway?"));
    } else if (p->problem) {
        m_infoText->setText(QString::fromStdString(p->problem.sentence));
        m_infoMore->clear();
    } else {
        const bool remote = QString::fromStdString(p->python).section(u'.', 1, 1).toInt() >= 14;
        m_infoText->setText(remote ? tr("%1 is recorded from its next line on, and runs on as before when the recording ends.").arg(name())
                                   : tr("%1 pauses for about 0.2 ms when the recording starts, and runs on as before when it ends.").arg(name()));
        m_infoMore->setText(tr("Calls that already run are shown with an open left edge."));
    }
    m_infoMore->setVisible(!m_infoMore->text().isEmpty());
    const bool anyway = insists || (p && p->problem.why == inject::Why::SwitchedOff);
    m_attach->setText(u' ' + (recorded ? tr("Open") : anyway ? tr("Attach anyway") : name().isEmpty() ? tr("Attach") : tr("Attach to %1").arg(name().left(24))));
    const bool timed = m_duration->current() != 3 || m_seconds->text().toDouble() > 0;
    using session::OptionKind;
    const QString wrong = session::valueProblem(OptionKind::Condition, m_startWhen->text()) + session::valueProblem(OptionKind::Condition, m_stopWhen->text());
    if (!wrong.isEmpty())
        m_infoMore->setText(wrong);
    m_infoMore->setVisible(!m_infoMore->text().isEmpty());
    m_attach->setEnabled(p && timed && wrong.isEmpty() && (recorded || anyway || !p->problem));
}

void AttachSheet::stopRecording()
{
    const inject::Process* p = m_model->process(chosen());
    if (!p || p->recording.empty() || m_stopping.running())
        return;
    m_stopping.start(
        [pid = p->pid, recording = QString::fromStdString(p->recording)](store::Progress&) { return session::endAttached(pid, recording); },
        [this](const Status& stopped) {
            look();
            chosenChanged();
            if (!stopped)
                m_infoMore->setText(QString::fromStdString(stopped.error().message));
        });
    chosenChanged();
}

void AttachSheet::sourceChanged()
{
    m_pages->setCurrentIndex(m_source->current());
    m_isWaiting = false;
    m_refresh.setInterval(kRefreshMs);
    (m_source->current() ? m_pattern : m_search)->setFocus();
    chosenChanged();
}

void AttachSheet::waitForOne(bool wait)
{
    m_isWaiting = wait;
    m_waitingSinceNs = QDateTime::currentMSecsSinceEpoch() * 1'000'000;
    m_refresh.setInterval(wait ? kWaitMs : kRefreshMs);
    chosenChanged();
}

void AttachSheet::askToInsist(const session::AttachOptions& options, const QString& sentence)
{
    popUp();
    m_insistOn = options;
    m_insistText = sentence;
    choose(options.processId);
    chosenChanged();
}

void AttachSheet::confirm()
{
    if (!m_attach->isEnabled())
        return;
    if (m_source->current() == 1) {
        waitForOne(!m_isWaiting);
        return;
    }
    const inject::Process* p = m_model->process(chosen());
    if (!p)
        return;
    if (!p->recording.empty()) {
        const QString recording = QString::fromStdString(p->recording);
        hide();
        Q_EMIT openRequested(recording);
        return;
    }
    session::AttachOptions wanted = options();
    wanted.evenIfSwitchedOff = p->problem.why == inject::Why::SwitchedOff || (!m_insistText.isEmpty() && m_insistOn.processId == p->pid);
    const int duration = durationMs();
    const QString program = name();
    hide();
    Q_EMIT attachRequested(wanted, duration, program);
}

} // namespace calltide::ui
