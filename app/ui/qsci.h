// SPDX-License-Identifier: GPL-3.0-or-later
// QScintilla's headers use Qt's lower case keywords, which are switched off here.
#pragma once
#include <QObject>
#define signals Q_SIGNALS
#define slots Q_SLOTS
#include <Qsci/qscilexerpython.h>
#include <Qsci/qsciscintilla.h>
#undef signals
#undef slots
