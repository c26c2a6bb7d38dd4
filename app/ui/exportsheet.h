// SPDX-License-Identifier: GPL-3.0-or-later
// ExportSheet: into which format, how much of the recording, and where to. GUI thread.
#pragma once
#include "formats/exporter.h"
#include "ui/sheet.h"
#include <QPointer>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace calltide::render {
class ViewState;
}

namespace calltide::ui {

class ChoiceCard;
class Segments;

struct ExportRequest
{
    QString path;
    std::optional<formats::ExportFormat> format; // none: the recording itself, packed into one file
    store::Scope scope; // holds the trace where it needs it
    bool sources = true;
};

class ExportSheet : public Sheet
{
    Q_OBJECT
public:
    ExportSheet(const Appearance& appearance, QWidget* window);

    // Asks about the trace that `state` shows, opened from `recording`.
    void popUp(const render::ViewState& state, const QString& recording, const QString& folder);
    ExportRequest request() const;

Q_SIGNALS:
    void exportRequested(const calltide::ui::ExportRequest& request);

protected:
    void confirm() override;
    void hideEvent(QHideEvent* event) override;

private:
    struct Kind;
    static const Kind kKinds[];

    QWidget* buildKinds();
    QWidget* buildChoices();
    int kind() const;
    void kindChanged();
    void rename(); // gives the file's name the ending of the format
    void pathChanged();
    void browse();
    QString ending() const;

    QPointer<const render::ViewState> m_state;
    QString m_recording;
    QList<ChoiceCard*> m_kinds;
    Segments *m_part = nullptr, *m_packing = nullptr;
    QComboBox *m_tracks = nullptr, *m_calls = nullptr;
    QCheckBox* m_sources = nullptr;
    QLineEdit* m_path = nullptr;
    QLabel *m_partText = nullptr, *m_note = nullptr;
    QPushButton* m_export = nullptr;
};

} // namespace calltide::ui
