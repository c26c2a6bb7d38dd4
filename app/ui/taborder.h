// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are opened together stand in the order in which they were named, whichever is read first.
#pragma once
#include <QHash>
#include <QStringList>

namespace calltide::ui {

class TabOrder
{
public:
    struct Place
    {
        int number = 0; // 0: nobody asked for it; later ones have greater ones
        int first = 0;  // of those that were asked for with it
        // Whether it is shown at once while the tab with `shown` is: the first of several stays.
        bool comesBefore(int shown) const { return !number || shown < first || shown > number; }
    };
    void ask(const QStringList& paths);
    Place take(const QString& path); // when it is there

private:
    QHash<QString, Place> m_asked; // by absolute path
    int m_last = 0;
};

} // namespace calltide::ui
