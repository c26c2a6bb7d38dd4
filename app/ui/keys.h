// SPDX-License-Identifier: GPL-3.0-or-later
// Which keys the actions have: those of the action table, changed by a preset and then by the user. GUI thread.
#pragma once
#include "ui/actions.h"
#include "widget/timelineview.h"
#include <QKeySequence>
#include <QObject>

namespace calltide::session {
class Settings;
}

namespace calltide::ui {

struct KeyPreset
{
    const char* name; // in the settings
    const char* text; // for people, translated by Keys
    timeline::Gestures gestures;
    std::vector<std::pair<ActionId, const char*>> keys; // what differs from the table
};
const std::vector<KeyPreset>& keyPresets();

class Keys : public QObject
{
    Q_OBJECT
public:
    Keys(Actions& actions, session::Settings& settings, QObject* parent = nullptr);

    int preset() const { return m_preset; }
    void setPreset(int preset);
    const timeline::Gestures& gestures() const { return keyPresets()[size_t(m_preset)].gestures; }
    QKeySequence key(ActionId id) const;
    // Empty: none. Taken away from the action that has it now.
    void setKey(ActionId id, const QKeySequence& key);
    ActionId owner(const QKeySequence& key) const; // Count: nobody
    bool isChanged(ActionId id) const; // by the user
    void reset(); // to the preset

Q_SIGNALS:
    void changed();

private:
    QKeySequence presetKey(ActionId id) const;
    void apply();
    void save();

    Actions& m_actions;
    session::Settings& m_settings;
    int m_preset = 0;
    QHash<int, QKeySequence> m_own;
};

} // namespace calltide::ui
