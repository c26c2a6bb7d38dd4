// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/unpackquestion.h"
#include "ui/question.h"
#include "ui/text.h"
#include <QCoreApplication>
#include <QTimer>

namespace calltide::ui {

static QString tr(const char* text)
{
    return QCoreApplication::translate("calltide::ui", text);
}

void askToUnpack(const Appearance& appearance, const QString& title, uint64_t unpacked, const UnpackAnswer& answer, QWidget* window)
{
    auto* question = new Question(appearance, tr("Go on unpacking?"),
        tr("%1 unpacks to far more than a trace would: %2 so far. Go on only if you trust it: it may fill the memory.")
            .arg(title, formatBytes(unpacked)),
        {tr("Stop"), tr("Go on")}, 0, [answer](int given) { *answer = given ? 1 : 2; }, window);
    auto* look = new QTimer(question); // the reading may have been cancelled elsewhere
    QObject::connect(look, &QTimer::timeout, question, [question, answer] {
        if (answer.use_count() <= 2) // both are this question's
            question->hide();
    });
    look->start(200);
}

} // namespace calltide::ui
