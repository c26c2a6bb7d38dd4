// SPDX-License-Identifier: GPL-3.0-or-later
// FilterBar: one line above the timeline that narrows all views to some calls; what does not pass is dimmed or left out.
// Shown by Ctrl+Shift+F; Esc closes it and ends the filter. GUI thread.
#pragma once
#include "session/jobs.h"
#include "ui/filterterms.h"
#include <QPointer>
#include <QWidget>

class QCompleter;
class QLineEdit;

namespace calltide::render {
class ViewState;
}

namespace calltide::ui {

class Appearance;
class ElidedLabel;
class FilterChip;
class Segments;

class FilterBar : public QWidget
{
    Q_OBJECT
public:
    explicit FilterBar(const Appearance& appearance, QWidget* parent = nullptr);
    // Each recording has its own filter; null: nothing is open.
    void setState(render::ViewState* state);
    void popUp();
    QLineEdit* field() const { return m_field; } // what is being typed; Enter makes chips of it
    QStringList chips() const; // their terms

Q_SIGNALS:
    void left(); // the keyboard belongs to the timeline again

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void apply();
    void complete();
    void close();
    void addChip(const QString& term, bool on);
    void makeChips(); // of what is in the field
    QString text() const; // of all terms that are on
    void keep(); // in the state
    void show(const layout::CallFilter& filter, const store::Trace& trace);

    const Appearance& m_appearance;
    QLineEdit* m_field;
    QCompleter* m_completer = nullptr;
    QWidget* m_chipRow;
    QList<FilterChip*> m_chips;
    ElidedLabel* m_said;
    Segments* m_how;
    QPointer<render::ViewState> m_state;
    session::JobRunner m_job;
};

} // namespace calltide::ui
