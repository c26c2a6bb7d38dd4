// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/helpdialogs.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/headerbar.h"
#include <QBoxLayout>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>

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
