// SPDX-License-Identifier: GPL-3.0-or-later
// The command palette (Ctrl+Shift+P, F1): actions, functions, threads, notes and recordings found by some letters of
// their names. What there is to find is asked for each time it opens. GUI thread.
#pragma once
#include <QFrame>
#include <QPointer>
#include <functional>
#include <vector>

class QLineEdit;
class QListView;
class QStandardItemModel;

namespace calltide::session {
class Settings;
}

namespace calltide::ui {

class Appearance;

struct PaletteEntry
{
    QString group; // "Actions"
    QString text, detail, key;
    QString id; // stable, to remember it; empty: is not remembered
    QIcon icon;
    std::function<void()> run;
};

class Palette : public QFrame
{
    Q_OBJECT
public:
    using Source = std::function<std::vector<PaletteEntry>()>;
    Palette(const Appearance& appearance, session::Settings& settings, Source source, QWidget* window);
    void popUp();

protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void place();
    void find(const QString& wanted);
    void addGroup(const QString& name);
    void addEntry(size_t index, const QList<int>& letters);
    void step(int by);
    void runCurrent();

    const Appearance& m_appearance;
    session::Settings& m_settings;
    Source m_source;
    std::vector<PaletteEntry> m_entries;
    QLineEdit* m_field;
    QListView* m_list;
    QStandardItemModel* m_model;
    QPointer<QWidget> m_focusBefore;
};

} // namespace calltide::ui
