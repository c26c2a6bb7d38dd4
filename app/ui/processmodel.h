// SPDX-License-Identifier: GPL-3.0-or-later
// The running Python programs as a tree of parents and children. A refresh changes what has changed and leaves everything
// else, the selection too, where it is. GUI thread; looking at the processes is lookAtProcesses()'s, in a job.
#pragma once
#include "inject/processes.h"
#include <QHash>
#include <QStandardItemModel>

namespace calltide::ui {

class Appearance;

struct ProcessLook
{
    std::vector<inject::Process> processes; // with their problems
    qint64 atNs = 0; // CLOCK_MONOTONIC: processor time is compared with the look before
};
ProcessLook lookAtProcesses(int wanted = 0); // also this process, whatever it is

class ProcessModel : public QStandardItemModel
{
    Q_OBJECT
public:
    enum Column { Program, Process, Python, Cpu, Memory, Running, State, Count };
    enum Role { SortRole = Qt::UserRole, SearchRole, ShareRole, PidRole };

    explicit ProcessModel(const Appearance& appearance, QObject* parent = nullptr);
    void update(const ProcessLook& look);
    const inject::Process* process(int pid) const; // null: not there (any more)
    QModelIndex indexOf(int pid) const;

    // "app.py --port 8080", "-m jobs.nightly": without the interpreter and its options.
    static QString programOf(const inject::Process& process);

private:
    void fill(const QList<QStandardItem*>& cells, const inject::Process& process, qint64 passedNs, qint64 nowNs);
    QStandardItem* item(int pid) const { return m_items.value(pid); }
    void remove(int pid);

    const Appearance& m_appearance;
    ProcessLook m_look;
    QHash<int, QStandardItem*> m_items; // of the first column
    QHash<int, qint64> m_cpu;           // used at the last look
};

} // namespace calltide::ui
