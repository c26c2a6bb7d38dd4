// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header uses Qt's lower case keywords and its foreach, which are switched off here.
#pragma once
#include <QObject>
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach(variable, container) for (variable : container)
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach
