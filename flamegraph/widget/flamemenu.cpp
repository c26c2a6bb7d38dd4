// SPDX-License-Identifier: GPL-3.0-or-later
// A frame's menu and the transforms in it, with their keys: those of the Firefox Profiler, while the flame graph has the
// focus and a frame is selected.
#include "render/theme.h"
#include "widget/flamecanvas.h"
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QNativeGestureEvent>

namespace calltide::flameview {
namespace {
using flame::TransformKind;

struct Choice
{
    TransformKind kind;
    int key;
    bool shift;
    const char* text;
};
#define T(text) QT_TRANSLATE_NOOP("FlameCanvas", text)
// The first of a kind stands in the menu.
constexpr Choice kChoices[] = {
    {TransformKind::FocusFunction, Qt::Key_F, false, T("Only its calls")},
    {TransformKind::FocusSubtree, Qt::Key_F, true, T("Only its calls on this path")},
    {TransformKind::FocusSubtree, Qt::Key_S, true, nullptr},
    {TransformKind::FocusModule, Qt::Key_G, false, T("Only calls of its module")},
    {TransformKind::MergeFunction, Qt::Key_M, false, T("Merge it into its callers")},
    {TransformKind::MergeNode, Qt::Key_M, true, T("Merge it on this path only")},
    {TransformKind::MergeModule, Qt::Key_C, true, T("Merge its module into its callers")},
    {TransformKind::CollapseFunction, Qt::Key_C, false, T("Merge what it calls into it")},
    {TransformKind::CollapseRecursion, Qt::Key_R, false, T("Merge its recursion")},
    {TransformKind::CollapseDirectRecursion, Qt::Key_R, true, T("Merge its direct recursion")},
    {TransformKind::DropFunction, Qt::Key_D, false, T("Leave its calls out")},
};
#undef T
} // namespace

void FlameCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    if (!tree())
        return;
    if (event->reason() == QContextMenuEvent::Keyboard) {
        if (m_options.selectedNode)
            showMenu(m_options.selectedNode, mapToGlobal(frameRect(m_options.selectedNode).bottomLeft()));
        return;
    }
    const flame::Frame* frame = frameAt(event->pos());
    if (frame && !frame->more && frame->node)
        showMenu(frame->node, event->globalPos());
}

void FlameCanvas::showMenu(uint32_t node, const QPoint& global)
{
    setSelected(node, true);
    const flame::Node entry = tree()->node(node);
    const std::string_view utf8 = entry.function.valid() ? m_scene.trace()->functionName(entry.function) : std::string_view();
    const QString name = QString::fromUtf8(utf8.data(), qsizetype(utf8.size())); // all of it, however long
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_theme->icon(QStringLiteral("zoom_in")), tr("Zoom to it"), this, [this, node] { zoomTo(node); });
    QAction* slowest
        = menu->addAction(m_theme->icon(QStringLiteral("go_to")), tr("Go to the slowest call"), this, [this, entry] {
              m_state->selectAndReveal(entry.slowest);
          });
    slowest->setEnabled(entry.slowest != store::kNoSlice);
    menu->addAction(m_theme->icon(QStringLiteral("source")), tr("Show the source"), this, [this, entry] {
        Q_EMIT sourceRequested(entry.function);
    });
    menu->addAction(m_theme->icon(QStringLiteral("copy")), tr("Copy the name"), this, [name] {
        QGuiApplication::clipboard()->setText(name);
    });
    menu->addSeparator();
    addTransforms(menu, node);
    menu->popup(global);
}

std::optional<flame::Transform> FlameCanvas::transformOf(int key, bool shift) const
{
    if (!tree() || !m_options.selectedNode)
        return std::nullopt;
    for (const Choice& choice : kChoices) {
        if (choice.key != key || choice.shift != shift)
            continue;
        const bool onPath = choice.kind == TransformKind::FocusSubtree || choice.kind == TransformKind::MergeNode;
        if (onPath && (tree()->direction() != flame::Direction::TopDown || m_options.firstRow))
            return std::nullopt; // the frame's path is not one from the top
        const store::FunctionId function = tree()->node(m_options.selectedNode).function;
        flame::Transform out{choice.kind, function, onPath ? pathOf(*tree(), m_options.selectedNode) : FlamePath(), {}};
        if (choice.kind == TransformKind::FocusModule || choice.kind == TransformKind::MergeModule) {
            const store::Trace& trace = *m_scene.trace();
            const store::StringId module = moduleOf(trace, function);
            const bool named = !trace.string(module).empty();
            for (uint32_t f = 0; f < trace.functions().size(); ++f)
                out.functions.push_back(f == function.v || (named && moduleOf(trace, store::FunctionId(f)) == module));
        }
        return out;
    }
    return std::nullopt;
}

void FlameCanvas::addTransforms(QMenu* menu, uint32_t node)
{
    const store::FunctionId function = tree()->node(node).function;
    menu->addAction(m_theme->icon(QStringLiteral("sandwich")), tr("Its callers and callees"), this, [this, function] {
        Q_EMIT sandwichRequested(function);
    });
    for (const Choice& choice : kChoices) {
        if (!choice.text)
            continue;
        const auto transform = transformOf(choice.key, choice.shift);
        QAction* action = menu->addAction(QCoreApplication::translate("FlameCanvas", choice.text), this, [this, transform] {
            Q_EMIT transformRequested(*transform);
        });
        action->setEnabled(transform.has_value());
        action->setShortcut(QKeySequence(choice.key | (choice.shift ? int(Qt::SHIFT) : 0)));
        action->setShortcutContext(Qt::WidgetShortcut); // shown only: the key comes to keyPressEvent
    }
}

bool FlameCanvas::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) { // these letters mean other things in the window
        auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = !(key->modifiers() & ~Qt::ShiftModifier);
        const bool undoes = key->key() == Qt::Key_Escape
            && (m_undoable || !m_zooms.empty() || m_options.window != flame::Window());
        if (plain && (undoes || transformOf(key->key(), key->modifiers() & Qt::ShiftModifier))) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::NativeGesture && pinch(static_cast<QNativeGestureEvent*>(event)))
        return true;
    return QWidget::event(event);
}

} // namespace calltide::flameview
