// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/taborder.h"
#include <QFileInfo>

namespace calltide::ui {

void TabOrder::ask(const QStringList& paths)
{
    const int first = m_last + 1;
    for (const QString& path : paths)
        m_asked[QFileInfo(path).absoluteFilePath()] = {++m_last, first};
}

TabOrder::Place TabOrder::take(const QString& path)
{
    return m_asked.take(QFileInfo(path).absoluteFilePath());
}

} // namespace calltide::ui
