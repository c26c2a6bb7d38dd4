// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/processmodel.h"
#include "inject/inject.h"
#include "session/remote.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <ctime>

namespace calltide::ui {
namespace {

QString fromSystem(const std::string& bytes) { return fromTrace(QFile::decodeName(QByteArray::fromStdString(bytes)).toStdString()); }

QString stateText(const inject::Process& p)
{
    using inject::Why;
    if (!p.recording.empty())
        return ProcessModel::tr("Being recorded");
    switch (p.problem.why) {
    case Why::Fine: return ProcessModel::tr("Ready");
    case Why::NotSupported: return session::isTooOld(p) ? ProcessModel::tr("Too old") : ProcessModel::tr("Not supported");
    case Why::OtherUser: return ProcessModel::tr("Another user");
    case Why::NotPython: return ProcessModel::tr("No Python");
    case Why::Elsewhere: return ProcessModel::tr("In a container");
    case Why::Suspended: return ProcessModel::tr("Suspended");
    case Why::NotPermitted: return ProcessModel::tr("Not permitted");
    case Why::Starting: return ProcessModel::tr("Starting");
    case Why::SwitchedOff: return ProcessModel::tr("Switched off");
    default: return ProcessModel::tr("Not reachable");
    }
}

// "4 min", "2 h 11 min", "3 days"
QString sinceText(qint64 ns)
{
    const qint64 s = ns / 1'000'000'000;
    if (s < 60)
        return ProcessModel::tr("%1 s").arg(s);
    if (s < 3600)
        return ProcessModel::tr("%1 min").arg(s / 60);
    if (s < 86400)
        return ProcessModel::tr("%1 h %2 min").arg(s / 3600).arg(s / 60 % 60);
    return formatCount(uint64_t(s / 86400), ProcessModel::tr("%1 day"), ProcessModel::tr("%1 days"));
}

void setCell(QStandardItem* item, const QString& text, const QVariant& sort)
{
    if (item->text() != text)
        item->setText(text);
    if (item->data(ProcessModel::SortRole) != sort)
        item->setData(sort, ProcessModel::SortRole);
}

} // namespace

ProcessLook lookAtProcesses(int wanted)
{
    ProcessLook look;
    look.processes = inject::pythonProcesses(true);
    const auto listed = [wanted](const inject::Process& p) { return p.pid == wanted; };
    if (wanted > 0 && std::none_of(look.processes.begin(), look.processes.end(), listed))
        if (inject::Process found = inject::describe(wanted); found.pid)
            look.processes.push_back(std::move(found));
    for (inject::Process& p : look.processes) {
        p.problem = inject::check(p.pid);
        if (!p.problem)
            p.problem = session::recorderProblem(p);
    }
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    look.atNs = qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
    return look;
}

QString ProcessModel::programOf(const inject::Process& p)
{
    size_t at = 1;
    while (at < p.command.size()) { // the interpreter's own options
        const std::string& word = p.command[at];
        if (word == "-X" || word == "-W" || word == "--check-hash-based-pycs")
            at += 2;
        else if (word.size() > 1 && word[0] == '-' && word != "-m" && word != "-c")
            at++;
        else
            break;
    }
    if (at >= p.command.size())
        return p.command.empty() ? QString() : QFileInfo(fromSystem(p.command[0])).fileName();
    QStringList words;
    for (size_t i = at; i < p.command.size(); i++)
        words += fromSystem(p.command[i]);
    if (!words.first().startsWith(u'-'))
        words.first() = QFileInfo(words.first()).fileName();
    return words.join(u' ').left(300);
}

ProcessModel::ProcessModel(const Appearance& appearance, QObject* parent)
    : QStandardItemModel(0, Count, parent)
    , m_appearance(appearance)
{
    setHorizontalHeaderLabels({tr("Program"), tr("Process"), tr("Python"), tr("CPU"), tr("Memory"), tr("Running for"), tr("State")});
    for (const int column : {Process, Python, Cpu, Memory, Running})
        horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
}

const inject::Process* ProcessModel::process(int pid) const
{
    for (const inject::Process& p : m_look.processes)
        if (p.pid == pid)
            return &p;
    return nullptr;
}

QModelIndex ProcessModel::indexOf(int pid) const
{
    const QStandardItem* found = item(pid);
    return found ? found->index() : QModelIndex();
}

// Its children become roots until the next look puts them where they belong.
void ProcessModel::remove(int pid)
{
    QStandardItem* gone = m_items.take(pid);
    while (gone->rowCount())
        invisibleRootItem()->appendRow(gone->takeRow(0));
    QStandardItem* above = gone->parent() ? gone->parent() : invisibleRootItem();
    above->removeRow(gone->row());
    m_cpu.remove(pid);
}

void ProcessModel::fill(const QList<QStandardItem*>& cells, const inject::Process& p, qint64 passedNs, qint64 nowNs)
{
    QStandardItem* first = cells.first();
    const auto cell = [&cells](int column) { return cells[column]; };
    const QString program = programOf(p);
    setCell(first, program, program.toLower());
    QStringList words;
    for (const std::string& word : p.command)
        words += fromSystem(word);
    const QString line = words.join(u' '), folder = fromSystem(p.folder);
    const QString tip = line.left(1000).toHtmlEscaped();
    first->setToolTip(QStringLiteral("<p>%1</p>").arg(folder.isEmpty() ? tip : tr("%1<br>in %2").arg(tip, folder.toHtmlEscaped())));
    first->setData(QStringList{QString::number(p.pid), line, QString::fromStdString(p.python), folder}.join(u' '), SearchRole);
    setCell(cell(Process), QString::number(p.pid), p.pid);
    setCell(cell(Python), QString::fromStdString(p.python), QString::fromStdString(p.python).section(u'.', 1, 1).toInt());
    const double share = m_cpu.contains(p.pid) && passedNs > 0 ? double(p.cpuNs - m_cpu.value(p.pid)) / double(passedNs) : 0;
    m_cpu[p.pid] = p.cpuNs;
    setCell(cell(Cpu), tr("%1 %").arg(qRound(share * 100)), share);
    cell(Cpu)->setData(std::min(share, 1.0), ShareRole);
    setCell(cell(Memory), formatBytes(p.memory), qulonglong(p.memory));
    setCell(cell(Running), sinceText(nowNs - p.startedNs), -qlonglong(p.startedNs));
    cell(Running)->setToolTip(tr("since %1").arg(QDateTime::fromMSecsSinceEpoch(p.startedNs / 1'000'000).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))));
    QStandardItem* state = cell(State);
    setCell(state, stateText(p), int(p.problem.why) + (p.recording.empty() ? 0 : 100));
    const bool fine = !p.problem && p.recording.empty();
    const QColor color = m_appearance.color(!p.recording.empty() ? u"state.danger" : fine ? u"state.ok" : u"text.muted");
    state->setForeground(color);
    state->setIcon(m_appearance.theme().icon(!p.recording.empty() ? QStringLiteral("record") : fine ? QStringLiteral("ok") : QStringLiteral("lock"), color));
    for (int column = 0; column < State; column++)
        cell(column)->setForeground(m_appearance.color(p.problem ? u"text.muted" : u"text.primary"));
}

void ProcessModel::update(const ProcessLook& look)
{
    const qint64 passed = m_look.atNs ? look.atNs - m_look.atNs : 0;
    const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1'000'000;
    QHash<int, const inject::Process*> current;
    for (const inject::Process& p : look.processes)
        current.insert(p.pid, &p);
    for (const int pid : m_items.keys()) {
        const inject::Process* before = process(pid);
        if (!current.contains(pid) || (before && before->startedNs != current.value(pid)->startedNs))
            remove(pid);
    }
    m_look = look;
    // Parents first: their numbers are smaller nearly always; else the child moves at the next look.
    for (const inject::Process& p : look.processes) {
        QStandardItem* wanted = m_items.value(p.parent);
        QStandardItem* first = item(p.pid);
        if (first && first->parent() != wanted) {
            QStandardItem* above = first->parent() ? first->parent() : invisibleRootItem();
            (wanted ? wanted : invisibleRootItem())->appendRow(above->takeRow(first->row()));
        } else if (!first) {
            QList<QStandardItem*> row;
            for (int column = 0; column < Count; column++) {
                auto* made = new QStandardItem;
                made->setEditable(false);
                made->setData(p.pid, PidRole);
                if (column >= Process && column <= Running)
                    made->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
                row << made;
            }
            first = row.first();
            fill(row, p, passed, now); // before it is shown: a filter looks at it only once while the order is held
            (wanted ? wanted : invisibleRootItem())->appendRow(row);
            m_items.insert(p.pid, first);
            continue;
        }
        QStandardItem* above = first->parent() ? first->parent() : invisibleRootItem();
        QList<QStandardItem*> cells;
        for (int column = 0; column < Count; column++)
            cells << above->child(first->row(), column);
        fill(cells, p, passed, now);
    }
}

} // namespace calltide::ui
