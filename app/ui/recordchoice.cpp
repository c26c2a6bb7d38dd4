// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recordchoice.h"
#include "ui/choicecard.h"
#include "ui/optionsform.h"
#include <QBoxLayout>
#include <QCheckBox>
#include <QCoreApplication>
#include <QGridLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>

namespace calltide::ui {
namespace {
using session::OptionValues;
using session::Preset;

const QString kChildren = QStringLiteral("children"), kArguments = QStringLiteral("log-func-args"),
              kLimit = QStringLiteral("stop-when-full");
} // namespace

RecordChoice::RecordChoice(const Appearance& appearance, QWidget* parent)
    : QWidget(parent)
    , m_children(new QCheckBox(tr("Record child processes")))
    , m_arguments(new QCheckBox(tr("Keep arguments")))
    , m_limit(new QCheckBox(tr("Stop at 2 GB")))
    , m_form(new OptionsForm(appearance))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto* cards = new QGridLayout;
    cards->setSpacing(8);
    for (int i = 0; i <= int(Preset::Own); ++i) {
        const auto words = [](const char* source) {
            return QCoreApplication::translate("calltide::session::RecorderOptions", source);
        };
        auto* card = new ChoiceCard(appearance, words(session::presetLabel(Preset(i))), words(session::presetText(Preset(i))));
        card->setObjectName(QStringLiteral("preset%1").arg(i));
        cards->addWidget(card, i / 2, i % 2);
        m_cards << card;
        connect(card, &QRadioButton::toggled, this, [this, i](bool on) {
            if (on && !m_quiet)
                choose(Preset(i));
        });
    }
    m_cards.first()->setChecked(true);
    column->addLayout(cards);
    auto* checks = new QHBoxLayout;
    checks->setSpacing(22);
    m_children->setObjectName(QStringLiteral("children"));
    m_arguments->setObjectName(QStringLiteral("keepArguments"));
    m_limit->setObjectName(QStringLiteral("limit"));
    m_limit->setToolTip(tr("Recording ends when the file is that large; the program goes on."));
    const std::pair<QCheckBox*, QString> boxes[] = {{m_children, kChildren}, {m_arguments, kArguments}, {m_limit, kLimit}};
    for (const auto& [box, name] : boxes) {
        checks->addWidget(box);
        connect(box, &QCheckBox::toggled, this, [this, name = name](bool on) {
            if (m_quiet)
                return;
            OptionValues values = m_form->values();
            if (name == kChildren)
                on ? void(values.remove(name)) : void(values[name] = QStringLiteral("0"));
            else
                on ? void(values[name] = name == kLimit ? QStringLiteral("2GB") : QStringLiteral("1")) : void(values.remove(name));
            m_form->setValues(values);
        });
    }
    checks->addStretch(1);
    column->addLayout(checks);
    m_form->hide();
    column->addWidget(m_form);
    connect(m_form, &OptionsForm::changed, this, &RecordChoice::valuesChanged);
    valuesChanged();
}

Preset RecordChoice::preset() const
{
    for (int i = 0; i < m_cards.size(); ++i)
        if (m_cards[i]->isChecked())
            return Preset(i);
    return Preset::Own;
}

// A preset says what is recorded; the boxes below the cards stay as they are. My own choice goes on from the last one.
void RecordChoice::choose(Preset preset)
{
    m_form->setVisible(preset == Preset::Own);
    if (preset == Preset::Own) {
        QTimer::singleShot(0, this, &RecordChoice::bringForm); // once it has its place
        Q_EMIT changed();
        return;
    }
    const OptionValues now = m_form->values();
    OptionValues values = session::presetValues(preset);
    for (const QString& name : {kChildren, kArguments, kLimit})
        if (now.contains(name) && !(name == kLimit && preset == Preset::Newest)) // which is no more than its own size
            values[name] = now[name];
    m_form->setValues(values);
}

// Into sight: it opens below the cards, which may be at the foot of the window.
void RecordChoice::bringForm()
{
    for (QWidget* w = parentWidget(); w; w = w->parentWidget()) {
        auto* scroll = qobject_cast<QScrollArea*>(w);
        if (!scroll)
            continue;
        const int top = m_form->mapTo(scroll->widget(), QPoint()).y(), seen = scroll->verticalScrollBar()->value();
        if (m_form->isVisible() && top + m_form->height() > seen + scroll->viewport()->height())
            scroll->verticalScrollBar()->setValue(top - scroll->viewport()->height() / 4);
        return;
    }
}

void RecordChoice::valuesChanged()
{
    const OptionValues values = m_form->values();
    m_quiet = true;
    m_children->setChecked(values.value(kChildren) != u"0");
    m_arguments->setChecked(values.contains(kArguments));
    m_limit->setChecked(values.contains(kLimit));
    m_limit->setEnabled(!values.contains(QStringLiteral("ring")));
    m_limit->setText(tr("Stop at %1").arg(values.value(kLimit, QStringLiteral("2 GB"))));
    m_quiet = false;
    Q_EMIT changed();
}

session::TracerOptions RecordChoice::options() const
{
    return session::fromValues(m_form->values(), m_others);
}

void RecordChoice::setOptions(const session::TracerOptions& options)
{
    m_others.clear();
    const OptionValues values = session::valuesOf(options, &m_others);
    const Preset preset = session::presetOf(values);
    m_quiet = true;
    m_cards[int(preset)]->setChecked(true);
    m_quiet = false;
    m_form->setVisible(preset == Preset::Own);
    m_form->setValues(values);
}

bool RecordChoice::check()
{
    QWidget* const wrong = m_form->check();
    if (!wrong)
        return true;
    m_cards[int(Preset::Own)]->setChecked(true);
    wrong->setFocus();
    return false;
}

} // namespace calltide::ui
