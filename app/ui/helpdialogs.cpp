// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/helpdialogs.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/headerbar.h"
#include <QAction>
#include <QBoxLayout>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QScreen>
#include <QScrollArea>
#include <QStyle>

namespace calltide::ui {
namespace {
QDialog* makeDialog(QWidget& window, const QString& title)
{
    auto* dialog = new QDialog(&window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    return dialog;
}
} // namespace

void showKeys(QWidget& window, const Appearance& appearance, const Actions& actions)
{
    QDialog* dialog = makeDialog(window, QCoreApplication::translate("calltide::ui", "Keys and mouse"));
    dialog->setObjectName(QStringLiteral("keysDialog"));
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    grid->setContentsMargins(24, 20, 24, 20);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(5);
    const auto line = [&](int row, int column, const QString& key, const QString& text) {
        QLabel* keys = plainLabel(key, "key");
        keys->setFont(monoFont(appearance, u"caption"));
        grid->addWidget(keys, row, column * 2, Qt::AlignRight | Qt::AlignVCenter);
        grid->addWidget(plainLabel(text, "secondary"), row, column * 2 + 1);
    };
    QList<std::pair<QString, QString>> lines;
    for (const ActionSpec& spec : actionTable())
        if (const QString key = *spec.heldKey ? keyText(spec.id) : actions[spec.id]->shortcut().toString(QKeySequence::NativeText);
            !key.isEmpty())
            lines.append({key, QCoreApplication::translate("calltide::ui::Actions", spec.text).remove(u'…')});
    const auto mouse = [&](const char* what, const char* does) {
        lines.append({QCoreApplication::translate("calltide::ui", what), QCoreApplication::translate("calltide::ui", does)});
    };
    mouse("Ctrl+wheel", "Zoom at the pointer");
    mouse("wheel", "Scroll the tracks");
    mouse("Shift+wheel", "Move in time");
    mouse("click", "Select a call");
    mouse("double click", "Zoom to a call");
    mouse("drag", "Select a part of the time");
    mouse("right drag", "Move in time and over the tracks");
    mouse("middle drag", "Zoom to the box");
    mouse("click on the ruler", "Drop a flag");
    mouse("drag of a track's name", "Move the track");
    mouse("back, forward", "Through the views of before");
    mouse("Space", "Select the call's time");
    mouse("Esc", "End the newest of these");
    mouse("Ctrl+↑, Ctrl+↓", "Other thread");
    mouse("+, −, 0", "Zoom in, out, whole recording");
    constexpr int kColumns = 3;
    const int rows = (int(lines.size()) + kColumns - 1) / kColumns;
    for (int i = 0; i < lines.size(); ++i)
        line(i % rows, i / rows, lines[i].first, lines[i].second);
    auto* scroll = new QScrollArea; // for small screens
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* around = new QVBoxLayout(dialog);
    around->setContentsMargins(0, 0, 0, 0);
    around->addWidget(scroll);
    const QSize room = window.screen()->availableSize() - QSize(16, 48);
    const QSize wanted = page->sizeHint();
    const bool narrow = wanted.width() > room.width(), low = wanted.height() > room.height();
    const int bar = dialog->style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    dialog->resize((wanted + QSize(low ? bar : 0, narrow ? bar : 0)).boundedTo(room));
    dialog->show();
}

void showAbout(QWidget& window, const Appearance& appearance)
{
    QDialog* dialog = makeDialog(window, QCoreApplication::translate("calltide::ui", "About Calltide"));
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(28, 24, 28, 20);
    column->setSpacing(8);
    column->addWidget(new Logo(appearance, 52));
    QLabel* name = plainLabel(QStringLiteral("Calltide %1").arg(QCoreApplication::applicationVersion()));
    name->setFont(uiFont(appearance, u"heading", 600));
    column->addWidget(name);
    column->addWidget(plainLabel(QCoreApplication::translate("calltide::ui", "See every call your Python program makes."), "secondary"));
    column->addWidget(plainLabel(
        QCoreApplication::translate("calltide::ui", "The application is free software under the GNU GPL, version 3 or later.\n"
                                                    "The tracer it loads into programs is under the Apache License 2.0.\n"
                                                    "Made with Qt, QScintilla, QCustomPlot, Inter and JetBrains Mono."),
        "muted"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    column->addWidget(buttons);
    dialog->show();
}

} // namespace calltide::ui
