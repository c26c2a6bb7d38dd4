// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stylesheet.h"
#include <QRegularExpression>

namespace calltide::ui {
namespace {
// Names between @…@ are tokens: a colour, or with a "#" in front a size in px. No ::indicator or ::branch rule: one rule
// switches the whole primitive of the style off.
const char* const kSheet = R"(
#headerBar, #tabRow { background: @bg.window@; border-bottom: 1px solid @border.default@; }
QMenuBar { background: transparent; border: 0; padding: 0; spacing: 0; }
QMenuBar::item { padding: 5px 9px; border-radius: @#radius.control@px; color: @text.secondary@; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @bg.hover@; color: @text.primary@; }
QMenu { background: @bg.raised@; border: 1px solid @border.default@; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; margin: 0 1px; }
QMenu::item:selected { background: @selection.row@; color: @selection.text@; }
QMenu::item:disabled { color: @text.disabled@; }
QMenu::separator { height: 1px; background: @border.subtle@; margin: 4px 6px; }
QMenu::icon { padding-left: 8px; }

QLineEdit, QComboBox, QPlainTextEdit[field="true"] { background: @bg.field@; border: 1px solid @border.default@;
  border-bottom-color: @border.strong@; border-radius: @#radius.control@px; padding: 0 7px;
  selection-background-color: @accent.default@; selection-color: @text.on_accent@; }
QLineEdit, QComboBox { min-height: 26px; max-height: 26px; }
QLineEdit[small="true"] { min-height: 20px; max-height: 20px; padding: 0 4px; }
QLineEdit:focus, QComboBox:focus, QPlainTextEdit[field="true"]:focus { border: 1px solid @border.focus@; }
QLineEdit[wrong="true"], QComboBox[wrong="true"], QPlainTextEdit[wrong="true"] { border: 1px solid @state.danger@; }
QLineEdit:disabled, QComboBox:disabled { background: @bg.window@; color: @text.disabled@; }
QLineEdit#search[wrong="true"] { border: 1px solid @state.danger@; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox QAbstractItemView { background: @bg.raised@; border: 1px solid @border.default@; padding: 4px; outline: 0;
  selection-background-color: @selection.row@; selection-color: @selection.text@; }

QPushButton { background: @bg.raised@; border: 1px solid @border.default@; border-bottom-color: @border.strong@;
  border-radius: @#radius.control@px; padding: 0 12px; min-height: 26px; font-weight: 500; }
QPushButton:hover { background: @bg.hover@; }
QPushButton:pressed { background: @bg.pressed@; }
QPushButton:focus { border: 1px solid @border.focus@; }
QPushButton:disabled { color: @text.disabled@; border-color: @border.subtle@; }
QPushButton:checked { background: @accent.soft@; border-color: @accent.soft@; color: @accent.soft_text@; }
QPushButton[primary="true"] { background: @accent.default@; border-color: @accent.default@; color: @text.on_accent@;
  font-weight: 600; }
QPushButton[primary="true"]:hover { background: @accent.hover@; }
QPushButton[primary="true"]:pressed { background: @accent.pressed@; }
QPushButton[primary="true"]:focus { border: 1px solid @text.primary@; }
QPushButton[primary="true"]:disabled { background: @bg.sunken@; border-color: @border.default@; color: @text.disabled@; }
QPushButton[danger="true"] { color: @state.danger@; }
QPushButton[large="true"] { min-height: 32px; padding: 0 16px; }
QToolButton { background: transparent; border: 0; border-radius: @#radius.control@px; padding: 4px; }
QToolButton:hover { background: @bg.hover@; }
QToolButton:pressed, QToolButton:checked { background: @accent.soft@; color: @accent.soft_text@; }
QToolButton::menu-indicator { image: none; }
QToolButton[small="true"] { padding: 2px; }
QToolButton[segment="true"] { border: 1px solid @border.default@; border-radius: 0; padding: 3px 10px;
  margin-left: -1px; color: @text.secondary@; font-weight: 500; }
QToolButton[end="left"] { border-top-left-radius: @#radius.control@px; border-bottom-left-radius: @#radius.control@px; }
QToolButton[end="right"] { border-top-right-radius: @#radius.control@px; border-bottom-right-radius: @#radius.control@px; }
QToolButton#scope { background: @accent.soft@; color: @accent.soft_text@; border-radius: 10px; padding: 3px 10px; }
QToolButton[choice="true"] { border: 1px solid @border.default@; padding: 3px 8px; color: @text.secondary@; font-weight: 500; }
QToolButton[sign="true"] { background: @accent.soft@; color: @accent.soft_text@; border-radius: 9px; padding: 1px 8px; }
QToolButton[sign="true"]:hover { background: @bg.hover@; }
#signBar { background: @bg.header@; border-top: 1px solid @border.default@; }
QToolButton[segment="true"]:checked { background: @accent.soft@; color: @accent.soft_text@; }
QToolButton[segment="true"]:disabled { color: @text.disabled@; }
QToolButton[link="true"] { padding: 0; color: @text.link@; }
QToolButton[link="true"]:hover { background: transparent; text-decoration: underline; }

QTabBar { background: @bg.window@; border: 0; }
QTabBar::tab { background: transparent; color: @text.secondary@; border: 0; padding: 0 12px; min-height: 28px;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text.primary@; background: @bg.hover@; }
QTabBar::tab:selected { color: @text.primary@; border-bottom: 2px solid @accent.default@; }
QTabBar#files::tab { border: 1px solid transparent; border-top: 2px solid transparent; border-bottom: 0; margin: 0;
  padding: 0 8px 0 12px; min-height: 29px; }
QTabBar#files::tab:selected { background: @bg.panel@; border-top: 2px solid @accent.default@;
  border-left: 1px solid @border.default@; border-right: 1px solid @border.default@; }

QHeaderView { background: @bg.header@; border: 0; }
QHeaderView::section { background: @bg.header@; color: @text.secondary@; border: 0; border-bottom: 1px solid @border.default@;
  padding: 0 10px; min-height: 27px; }
QHeaderView::section:hover { background: @bg.hover@; }
QHeaderView::down-arrow, QHeaderView::up-arrow { width: 0; height: 0; }
QTableView, QTreeView, QListView { background: @bg.panel@; border: 0; outline: 0; alternate-background-color: @bg.stripe@; }
QListView[popup="true"], #testPicker { background: @bg.raised@; border: 1px solid @border.default@; padding: 4px; }
QPlainTextEdit { background: @bg.panel@; border: 0; selection-background-color: @selection.row@;
  selection-color: @selection.text@; }
QTableView::item { padding: 0 8px; border: 0; }
#mergeFiles::item { padding: 0 7px; border: 0; }
#keyList QHeaderView::section { padding: 0 3px; }
QTreeView::item:hover, QTableView::item:hover { background: @bg.hover@; }
QTreeView::item:selected, QTableView::item:selected { background: @selection.row@; color: @selection.text@; }

QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 11px; } QScrollBar:horizontal { height: 11px; }
QScrollBar::handle { background: @border.strong@; border-radius: 3px; border: 3px solid @bg.panel@; min-height: 28px;
  min-width: 28px; }
QScrollBar::handle:hover { background: @text.muted@; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: @bg.panel@; border: 0; }
QScrollArea, QScrollArea > QWidget > QWidget[panel="true"] { background: @bg.panel@; border: 0; }
QWidget[panel="true"] { background: @bg.panel@; }

QStatusBar { background: @bg.window@; border-top: 1px solid @border.default@; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: @text.secondary@; }
QStatusBar QToolButton { color: @text.secondary@; padding: 0 5px; border-radius: 0; }
QToolTip { background: @bg.tooltip@; color: @text.tooltip@; border: 1px solid @bg.tooltip@; padding: 5px 8px; }
QWidget[bar="true"] { background: @bg.panel@; border-bottom: 1px solid @border.subtle@; }
QWidget[codeBar="true"] { background: @bg.header@; border-bottom: 1px solid @border.subtle@; }
QLabel[muted="true"] { color: @text.muted@; }
QLabel[secondary="true"] { color: @text.secondary@; }
QLabel[link="true"] { color: @text.link@; }
QLabel[danger="true"] { color: @state.danger@; }
QLabel[recording="true"] { color: @state.danger@; background: @state.danger_soft@; border-radius: 12px; padding: 4px 10px; }
QLabel[warn="true"] { color: @state.warn@; }

QWidget[notice="info"] { background: @state.info_soft@; border-bottom: 1px solid @border.default@; }
QWidget[notice="warn"] { background: @state.warn_soft@; border-bottom: 1px solid @border.default@; }
QWidget[notice="danger"] { background: @state.danger_soft@; border-bottom: 1px solid @border.default@; }
QProgressBar { background: @bg.panel@; border: 0; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: @accent.default@; border-radius: 3px; }

#palette { background: @bg.raised@; border: 1px solid @border.strong@; border-radius: @#radius.dialog@px; }
#palette QListView { background: @bg.raised@; }
#sheet { background: @bg.panel@; border: 1px solid @border.default@; border-radius: @#radius.dialog@px; }
#sheetHead { border-bottom: 1px solid @border.subtle@; }
#sheetFoot { border-top: 1px solid @border.subtle@; background: @bg.window@;
  border-bottom-left-radius: @#radius.dialog@px; border-bottom-right-radius: @#radius.dialog@px; }
#sheetSide { border-left: 1px solid @border.subtle@; background: @bg.header@; }
#commandLine { background: @bg.sunken@; border-radius: @#radius.control@px; padding: 8px 10px; }
#sheetInfo { background: @accent.soft@; border-radius: @#radius.card@px; }
#sheetInfo QLabel { color: @accent.soft_text@; }
#hairline { background: @border.subtle@; max-height: 1px; min-height: 1px; border: 0; }
#card { background: @bg.panel@; border: 1px solid @border.default@; border-radius: @#radius.card@px; }
QLabel[key="true"] { border: 1px solid @border.default@; border-bottom-color: @border.strong@; border-radius: 3px;
  padding: 1px 5px; background: @bg.header@; color: @text.secondary@; }
)";

QString valueOf(const render::Theme& theme, const QString& token)
{
    if (token.startsWith(u'#'))
        return QString::number(theme.number(QStringView(token).mid(1)));
    const QColor c = theme.color(token);
    return c.name(c.alpha() < 255 ? QColor::HexArgb : QColor::HexRgb);
}
} // namespace

QString styleSheet(const render::Theme& theme)
{
    static const QRegularExpression token(QStringLiteral("@(#?[a-z_.]+)@"));
    const QString sheet = QString::fromUtf8(kSheet);
    QString out;
    qsizetype at = 0;
    for (auto it = token.globalMatch(sheet); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += QStringView(sheet).mid(at, match.capturedStart() - at);
        out += valueOf(theme, match.captured(1));
        at = match.capturedEnd();
    }
    out += QStringView(sheet).mid(at);
    return out;
}

} // namespace calltide::ui
