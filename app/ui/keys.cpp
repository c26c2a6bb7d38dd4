// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys.h"
#include "session/settings.h"
#include <QAction>

namespace calltide::ui {

const std::vector<KeyPreset>& keyPresets()
{
    static const std::vector<KeyPreset> presets{
        {"perfetto", QT_TRANSLATE_NOOP("calltide::ui::Keys", "Calltide and Perfetto"), {}, {}},
        {"tracy", QT_TRANSLATE_NOOP("calltide::ui::Keys", "Tracy: the wheel zooms"), {.wheelZooms = true}, {}},
        {"speedscope", QT_TRANSLATE_NOOP("calltide::ui::Keys", "speedscope: dragging moves, W A S D move"),
            {.dragPans = true, .keysPan = true}, {}},
    };
    return presets;
}

Keys::Keys(Actions& actions, session::Settings& settings, QObject* parent)
    : QObject(parent)
    , m_actions(actions)
    , m_settings(settings)
{
    for (size_t i = 0; i < keyPresets().size(); ++i)
        if (settings.keyPreset() == QLatin1String(keyPresets()[i].name))
            m_preset = int(i);
    for (const QString& entry : settings.ownKeys()) {
        const qsizetype at = entry.indexOf(u'=');
        for (const ActionSpec& spec : actionTable())
            if (at > 0 && entry.left(at) == QLatin1String(spec.name))
                m_own.insert(int(spec.id), QKeySequence(entry.mid(at + 1), QKeySequence::PortableText));
    }
    apply();
}

QKeySequence Keys::presetKey(ActionId id) const
{
    for (const auto& [changed, key] : keyPresets()[size_t(m_preset)].keys)
        if (changed == id)
            return QKeySequence(QString::fromLatin1(key));
    return QKeySequence(QString::fromUtf8(actionSpec(id).shortcut));
}

QKeySequence Keys::key(ActionId id) const
{
    const auto own = m_own.find(int(id));
    return own == m_own.end() ? presetKey(id) : *own;
}

ActionId Keys::owner(const QKeySequence& wanted) const
{
    if (!wanted.isEmpty())
        for (const ActionSpec& spec : actionTable())
            if (key(spec.id) == wanted)
                return spec.id;
    return ActionId::Count;
}

bool Keys::isChanged(ActionId id) const
{
    return m_own.contains(int(id));
}

void Keys::setPreset(int preset)
{
    m_preset = std::clamp(preset, 0, int(keyPresets().size()) - 1);
    save();
}

void Keys::setKey(ActionId id, const QKeySequence& key)
{
    if (const ActionId before = owner(key); before != ActionId::Count && before != id)
        m_own.insert(int(before), QKeySequence());
    if (key == presetKey(id))
        m_own.remove(int(id));
    else
        m_own.insert(int(id), key);
    save();
}

void Keys::reset()
{
    m_own.clear();
    save();
}

void Keys::save()
{
    m_settings.setKeyPreset(QLatin1String(keyPresets()[size_t(m_preset)].name));
    QStringList own;
    for (auto it = m_own.begin(); it != m_own.end(); ++it)
        own << QLatin1String(actionSpec(ActionId(it.key())).name) + u'=' + it->toString(QKeySequence::PortableText);
    own.sort();
    m_settings.setOwnKeys(own);
    apply();
    Q_EMIT changed();
}

void Keys::apply()
{
    for (const ActionSpec& spec : actionTable())
        m_actions[spec.id]->setShortcut(key(spec.id));
}

} // namespace calltide::ui
