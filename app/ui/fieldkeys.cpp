// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fieldkeys.h"
#include <QKeyEvent>
#include <QLineEdit>
#include <algorithm>
#include <iterator>

namespace calltide::ui {
namespace {

constexpr QKeySequence::StandardKey kEditing[]
    = {QKeySequence::Copy, QKeySequence::Cut, QKeySequence::Paste, QKeySequence::Undo, QKeySequence::Redo, QKeySequence::SelectAll};

class FieldKeys : public QObject
{
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* field, QEvent* event) override
    {
        if (event->type() != QEvent::ShortcutOverride)
            return QObject::eventFilter(field, event);
        auto* key = static_cast<QKeyEvent*>(event);
        const bool letter = key->key() >= Qt::Key_A && key->key() <= Qt::Key_Z && key->modifiers() & Qt::ControlModifier;
        if (!letter || std::any_of(std::begin(kEditing), std::end(kEditing), [key](auto edit) { return key->matches(edit); }))
            return false;
        event->ignore(); // those around the field may still want it
        return true;
    }
};

} // namespace

void leaveWindowKeys(QLineEdit& field)
{
    field.installEventFilter(new FieldKeys(&field));
}

} // namespace calltide::ui
