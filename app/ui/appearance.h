// SPDX-License-Identifier: GPL-3.0-or-later
// Appearance: the theme of the running application. Applies style, palette, font and style sheet, and tells everyone
// when the theme changes. Widgets ask it while painting and keep no colours. GUI thread.
#pragma once
#include "render/theme.h"
#include <QObject>
#include <memory>

namespace calltide::ui {

class Appearance : public QObject
{
    Q_OBJECT
public:
    enum class Choice : uint8_t { System, Light, Dark, HighContrast };

    explicit Appearance(Choice choice, QObject* parent = nullptr);
    ~Appearance() override;

    Choice choice() const { return m_choice; }
    void setChoice(Choice choice);
    layout::ColorMode colorMode() const { return m_mode; }
    bool colorBlind() const { return m_colorBlind; }
    void setColors(layout::ColorMode mode, bool colorBlind); // of the slices
    const render::Theme& theme() const { return *m_theme; }

    QColor color(QStringView token) const { return m_theme->color(token); }
    int px(QStringView token) const; // a size of the tokens, rounded
    QIcon icon(const QString& name) const { return m_theme->icon(name); }

    static QString name(Choice choice); // as written in settings and on the command line
    static Choice fromName(const QString& name);

Q_SIGNALS:
    void changed(); // the old theme still lives while this is sent

private:
    void apply();
    void remake(bool restyle);

    Choice m_choice;
    layout::ColorMode m_mode = layout::ColorMode::Function;
    bool m_colorBlind = false;
    std::unique_ptr<render::Theme> m_theme;
};

// The widget's font at one of the type sizes ("caption", "small", "body", "title", "heading", "display", "code").
QFont uiFont(const Appearance& appearance, QStringView size, int weight = 400);
QFont monoFont(const Appearance& appearance, QStringView size, int weight = 400);

} // namespace calltide::ui
