// SPDX-License-Identifier: GPL-3.0-or-later
// InterpreterBox: the interpreters of this machine, those that cannot be used greyed with the reason.
#pragma once
#include "session/interpreter.h"
#include "session/jobs.h"
#include <QComboBox>
#include <QTimer>

namespace calltide::ui {

class Appearance;

class InterpreterBox : public QComboBox
{
    Q_OBJECT
public:
    explicit InterpreterBox(const Appearance& appearance, QWidget* parent = nullptr);

    void search(const QString& folder, const QStringList& added); // looks again, in a job
    bool isSearching() const { return m_job.running(); }
    QString path() const;
    void choose(const QString& path); // now, or when the search ends
    QString problem() const;          // of the chosen one; empty: it can be used
    QStringList added() const { return m_added; }
    bool canBuild() const; // a recorder for the chosen one
    void build();          // it, in a job; then it is chosen
    bool isBuilding() const { return m_build.running(); }

Q_SIGNALS:
    void chosen();
    void building(int perMille); // below 0: it has ended
    void buildFailed(const QString& sentence);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void fill(const QList<session::Interpreter>& found, const QString& preferred);
    void browse();

    const Appearance& m_appearance;
    session::JobRunner m_job, m_examination, m_build;
    QString m_folder;
    QTimer m_buildClock;
    QString m_wanted;
    QStringList m_added;
    QList<session::Interpreter> m_found;
    int m_last = -1;
};

} // namespace calltide::ui
