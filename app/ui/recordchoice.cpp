// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recordchoice.h"
#include "ui/appearance.h"
#include "ui/optionsform.h"
#include <QBoxLayout>
#include <QCheckBox>
#include <QCoreApplication>
#include <QGridLayout>
#include <QPainter>
#include <QRadioButton>

namespace calltide::ui {
namespace {
using session::OptionValues;
using session::Preset;

const QString kChildren = QStringLiteral("children"), kArguments = QStringLiteral("log-func-args"),
              kLimit = QStringLiteral("stop-when-full");

// A radio button as a card with a second line.
class ChoiceCard : public QRadioButton
{
public:
    ChoiceCard(const Appearance& appearance, const QString& title, const QString& text)
        : QRadioButton(title)
        , m_appearance(appearance)
        , m_text(text)
    {
        setAccessibleDescription(text);
        setFixedHeight(52);
        setMinimumWidth(120);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setAttribute(Qt::WA_Hover);
    }

protected:
    bool hitButton(const QPoint& at) const override { return rect().contains(at); }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool on = isChecked();
        const QColor accent = m_appearance.color(u"accent.default");
        painter.setPen(QPen(on ? accent : m_appearance.color(hasFocus() ? u"border.focus" : u"border.default"), on ? 2 : 1));
        painter.setBrush(m_appearance.color(on ? u"accent.soft" : underMouse() ? u"bg.hover" : u"bg.panel"));
        const double radius = m_appearance.theme().number(u"radius.card"), inset = on ? 1 : .5;
        painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), radius, radius);
        const QRectF dot(12.5, 11.5, 15, 15);
        painter.setPen(QPen(on ? accent : m_appearance.color(u"border.strong"), 1.5));
        painter.setBrush(on ? accent : m_appearance.color(u"bg.field"));
        painter.drawEllipse(dot);
        if (on) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_appearance.color(u"text.on_accent"));
            painter.drawEllipse(dot.center(), 3, 3);
        }
        painter.setPen(m_appearance.color(u"text.primary"));
        painter.setFont(uiFont(m_appearance, u"body", 500));
        painter.drawText(QRect(38, 8, width() - 44, 20), Qt::AlignVCenter, text());
        painter.setPen(m_appearance.color(on ? u"accent.soft_text" : u"text.muted"));
        painter.setFont(uiFont(m_appearance, u"caption"));
        painter.drawText(QRect(38, 27, width() - 44, 18), Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_text, Qt::ElideRight, width() - 44));
    }

private:
    const Appearance& m_appearance;
    QString m_text;
};
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
