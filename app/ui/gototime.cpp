// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gototime.h"
#include "render/viewstate.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/timeinput.h"
#include <QBoxLayout>
#include <QCoreApplication>
#include <QDateTime>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>

namespace calltide::ui {
namespace {
QString tr(const char* text)
{
    return QCoreApplication::translate("calltide::ui::GoToTime", text);
}
} // namespace

void askForTime(QWidget& window, const Appearance& appearance, render::ViewState& state)
{
    auto* dialog = new QDialog(&window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("goToTime"));
    dialog->setWindowTitle(tr("Go to a time"));
    auto* field = new QLineEdit;
    field->setPlaceholderText(QStringLiteral("250 ms"));
    field->setAccessibleName(dialog->windowTitle());
    field->setFont(monoFont(appearance, u"body"));
    field->setMinimumWidth(320);
    const bool clock = state.trace() && state.trace()->wallClockOffset();
    QLabel* hint = plainLabel(
        clock ? tr("From the start: 250 ms, 1.5 s, 2:30. By the clock: 14:03:22.5. From here: +10 ms, -1 s.")
              : tr("From the start: 250 ms, 1.5 s, 2:30. From here: +10 ms, -1 s."),
        "muted");
    hint->setFont(uiFont(appearance, u"small"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* go = buttons->addButton(tr("Go"), QDialogButtonBox::AcceptRole);
    go->setProperty("primary", true);
    go->setEnabled(false);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(20, 18, 20, 16);
    column->setSpacing(8);
    column->addWidget(field);
    column->addWidget(hint);
    column->addWidget(buttons);
    QPointer<render::ViewState> safe(&state);
    const auto wanted = [safe, field]() -> std::optional<int64_t> {
        if (!safe || !safe->trace())
            return {};
        const auto range = safe->range();
        const auto& trace = *safe->trace();
        const int64_t begin = (trace.begin() + trace.wallClockOffset().value_or(0)) / 1'000'000'000;
        const int64_t zone = int64_t(QDateTime::fromSecsSinceEpoch(begin).offsetFromUtc()) * 1'000'000'000;
        return parseTime(field->text(), trace, (range.from + range.to) / 2, zone);
    };
    QObject::connect(field, &QLineEdit::textChanged, go, [go, field, wanted] {
        go->setEnabled(wanted().has_value());
        setStyleProperty(field, "wrong", !field->text().isEmpty() && !wanted());
    });
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, [dialog, safe, wanted] {
        if (const auto time = wanted()) {
            const int64_t length = safe->range().length();
            safe->setRange({*time - length / 2, *time - length / 2 + length});
            dialog->accept();
        }
    });
    dialog->show();
    field->setFocus();
}

} // namespace calltide::ui
