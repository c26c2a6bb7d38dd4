// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/appearance.h"
#include "ui/calltidestyle.h"
#include "ui/stylesheet.h"
#include <QApplication>
#include <QToolTip>
#include <cmath>

namespace calltide::ui {
namespace {
render::ThemeKind kindOf(Appearance::Choice choice)
{
    switch (choice) {
    case Appearance::Choice::Light:
        return render::ThemeKind::Light;
    case Appearance::Choice::Dark:
        return render::ThemeKind::Dark;
    case Appearance::Choice::HighContrast:
        return render::ThemeKind::HighContrast;
    case Appearance::Choice::System:
        break;
    }
    return render::Theme::systemKind();
}

constexpr std::pair<Appearance::Choice, const char*> kNames[] = {
    {Appearance::Choice::System, "system"},
    {Appearance::Choice::Light, "light"},
    {Appearance::Choice::Dark, "dark"},
    {Appearance::Choice::HighContrast, "contrast"},
};
} // namespace

Appearance::Appearance(Choice choice, QObject* parent)
    : QObject(parent)
    , m_choice(choice)
    , m_theme(std::make_unique<render::Theme>(kindOf(choice)))
{
    apply();
}

Appearance::~Appearance() = default;

void Appearance::setChoice(Choice choice)
{
    m_choice = choice;
    if (kindOf(choice) == m_theme->kind())
        return;
    remake(true);
}

void Appearance::setColors(layout::ColorMode mode, bool colorBlind)
{
    if (mode == m_mode && colorBlind == m_colorBlind)
        return;
    m_mode = mode;
    m_colorBlind = colorBlind;
    remake(false);
}

void Appearance::remake(bool restyle)
{
    const std::unique_ptr<render::Theme> old = std::move(m_theme); // views may still point to it
    m_theme = std::make_unique<render::Theme>(kindOf(m_choice), m_mode, m_colorBlind);
    if (restyle)
        apply();
    Q_EMIT changed();
}

int Appearance::px(QStringView token) const
{
    return int(std::lround(m_theme->number(token)));
}

// The order matters: the style polishes the palette, and the style sheet wraps the style.
void Appearance::apply()
{
    qApp->setStyleSheet(QString());
    QApplication::setStyle(new CalltideStyle(*m_theme));
    QApplication::setPalette(m_theme->palette());
    QApplication::setFont(uiFont(*this, u"body"));
    QToolTip::setPalette(m_theme->palette());
    QToolTip::setFont(uiFont(*this, u"small"));
    qApp->setStyleSheet(styleSheet(*m_theme));
}

QString Appearance::name(Choice choice)
{
    for (const auto& [c, text] : kNames)
        if (c == choice)
            return QLatin1String(text);
    return {};
}

Appearance::Choice Appearance::fromName(const QString& name)
{
    for (const auto& [c, text] : kNames)
        if (name == QLatin1String(text))
            return c;
    return Choice::System;
}

QFont uiFont(const Appearance& appearance, QStringView size, int weight)
{
    return render::Theme::uiFont(appearance.theme().number(QStringLiteral("font.size.") + size.toString()), weight);
}

QFont monoFont(const Appearance& appearance, QStringView size, int weight)
{
    return render::Theme::monoFont(appearance.theme().number(QStringLiteral("font.size.") + size.toString()), weight);
}

} // namespace calltide::ui
