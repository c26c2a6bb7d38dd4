// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/question.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include <QBoxLayout>
#include <QHideEvent>
#include <QPushButton>
#include <algorithm>
#include <utility>

namespace calltide::ui {
namespace {
constexpr int kWidth = 480;
}

Question::Question(const Appearance& appearance, const QString& title, const QString& text, const QStringList& answers,
    int preferred, std::function<void(int)> answered, QWidget* window)
    : Sheet(appearance, title, QString(), window)
    , m_text(plainLabel(text))
    , m_answered(std::move(answered))
{
    setObjectName(QStringLiteral("question"));
    setAccessibleDescription(text);
    m_text->setWordWrap(true);
    m_text->setContentsMargins(20, 18, 20, 20);
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column()->addWidget(m_text, 1);
    auto* row = new QHBoxLayout(addFoot());
    row->setContentsMargins(20, 0, 20, 0);
    row->setSpacing(8);
    row->addStretch(1);
    for (int i = 0; i < answers.size(); ++i) {
        auto* button = new QPushButton(answers[i]);
        button->setProperty("large", true);
        button->setProperty("primary", i == preferred);
        connect(button, &QPushButton::clicked, this, [this, i] { give(i); });
        row->addWidget(button);
        m_buttons << button;
    }
    appear();
    m_buttons[preferred]->setFocus();
}

QString Question::text() const
{
    return m_text->text();
}

QSize Question::greatest() const
{
    const int width = std::min(kWidth, parentWidget()->width() - 24); // the text needs more lines in a narrow window
    return {width, column()->totalHeightForWidth(width)};
}

void Question::confirm()
{
    for (QPushButton* button : m_buttons)
        if (button->hasFocus())
            return button->click();
}

void Question::give(int answer)
{
    const auto answered = std::exchange(m_answered, nullptr);
    hide();
    deleteLater();
    if (answered)
        answered(answer);
}

void Question::hideEvent(QHideEvent* event)
{
    Sheet::hideEvent(event);
    if (isHidden()) // not with its window
        give(0);
}

} // namespace calltide::ui
