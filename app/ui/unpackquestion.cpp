// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/unpackquestion.h"
#include "ui/text.h"
#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QTimer>

namespace calltide::ui {

static QString tr(const char* text)
{
    return QCoreApplication::translate("calltide::ui", text);
}

void askToUnpack(QWidget* window, const QString& title, uint64_t unpacked, const UnpackAnswer& answer)
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Calltide"),
        tr("%1 unpacks to far more than a trace would: %2 so far. Go on only if you trust it, it may fill the memory.")
            .arg(title, formatBytes(unpacked)),
        QMessageBox::NoButton, window);
    box->setObjectName(QStringLiteral("unpackQuestion"));
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* goOn = box->addButton(tr("Go on"), QMessageBox::AcceptRole);
    QPushButton* stop = box->addButton(tr("Stop"), QMessageBox::RejectRole);
    box->setDefaultButton(stop);
    box->setEscapeButton(stop);
    QObject::connect(box, &QMessageBox::buttonClicked, box, [goOn, answer](QAbstractButton* b) { *answer = b == goOn ? 1 : 2; });
    auto* look = new QTimer(box); // the reading may have been cancelled elsewhere
    QObject::connect(look, &QTimer::timeout, box, [box, answer] {
        if (answer.use_count() <= 2) // both are this box's
            box->close();
    });
    look->start(200);
    box->open();
}

} // namespace calltide::ui
