// SPDX-License-Identifier: GPL-3.0-or-later
// ConfigurationBar: which named launch configuration the sheet shows, and what can be done with it: save, copy, rename,
// delete, export, import. GUI thread.
#pragma once
#include "session/launchstore.h"
#include <QWidget>
#include <functional>

class QComboBox;
class QLineEdit;
class QMenu;

namespace calltide::ui {

class Appearance;
class IconButton;

class ConfigurationBar : public QWidget
{
    Q_OBJECT
public:
    // `current`: what the sheet holds.
    ConfigurationBar(const Appearance& appearance, session::LaunchStore& store, std::function<session::LaunchOptions()> current,
        QWidget* parent = nullptr);

    QString chosenName() const; // "" while none is
    void choose(const QString& name); // "": none; does not send chosen()
    void saveAs(); // asks for a name in place
    void exportTo(const QString& path); // the chosen one, or all
    void importFrom(const QString& path);

Q_SIGNALS:
    void chosen(const calltide::session::LaunchOptions& options);
    void problem(const QString& sentence);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void fill();
    void fillMenu();
    void askName(const QString& proposal, std::function<void(const QString&)> then);
    void endName(bool good);

    const Appearance& m_appearance;
    session::LaunchStore& m_store;
    std::function<session::LaunchOptions()> m_current;
    std::function<void(const QString&)> m_then;
    QComboBox* m_box;
    QLineEdit* m_name;
    IconButton* m_more;
    QMenu* m_menu;
    bool m_filling = false;
};

} // namespace calltide::ui
