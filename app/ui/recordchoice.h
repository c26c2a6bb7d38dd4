// SPDX-License-Identifier: GPL-3.0-or-later
// RecordChoice: how to record, as cards with one plain line each; "My own choice…" unfolds every option below. GUI thread.
#pragma once
#include "session/launchoptions.h"
#include "session/recorderoptions.h"
#include <QWidget>

class QCheckBox;
class QRadioButton;

namespace calltide::ui {

class Appearance;
class OptionsForm;

class RecordChoice : public QWidget
{
    Q_OBJECT
public:
    explicit RecordChoice(const Appearance& appearance, QWidget* parent = nullptr);

    session::TracerOptions options() const;
    void setOptions(const session::TracerOptions& options);
    session::Preset preset() const;
    bool check(); // false: a field is wrong; it says so, is shown and has the focus

Q_SIGNALS:
    void changed();

private:
    void choose(session::Preset preset);
    void bringForm();
    void valuesChanged();

    QList<QRadioButton*> m_cards;
    QCheckBox *m_children, *m_arguments, *m_limit;
    OptionsForm* m_form;
    QStringList m_others; // words that are no option we know
    bool m_quiet = false;
};

} // namespace calltide::ui
