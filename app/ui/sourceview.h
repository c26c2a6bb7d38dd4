// SPDX-License-Identifier: GPL-3.0-or-later
// SourceView: the recorded source of the chosen function, scrolled to it. Read only.
#pragma once
#include "render/viewstate.h"
#include "ui/tracecontext.h"
#include <QWidget>

class QLabel;
class QsciScintilla;
class QStackedWidget;

namespace calltide::ui {

class Appearance;
class ElidedLabel;

class SourceView : public QWidget
{
    Q_OBJECT
public:
    SourceView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, QWidget* parent = nullptr);

    void showFunction(store::FunctionId function);
    // A line of a file of the program, as recorded; else as it stands on disk. False: neither is there.
    bool showPlace(const QString& path, int line);
    void setContext(TraceContextPtr context); // the next state of a trace that grows
    int markedLine() const { return m_markedLine; } // 1-based; 0: none
    QString shownText() const;                      // the source, or the sentence that stands in its place

Q_SIGNALS:
    void editorRequested(); // E, or its button

private:
    void refresh(); // follows the selection
    void restyle();
    void showMessage(const QString& title, const QString& text);
    void setSource(const QString& file, const QString& text);
    void markLine(int line);

    const Appearance& m_appearance;
    TraceContextPtr m_context;
    render::ViewState* m_state;
    QStackedWidget* m_pages;
    QsciScintilla* m_editor;
    QLabel* m_note;
    ElidedLabel *m_folder, *m_file;
    QWidget *m_message, *m_bar;
    QLabel *m_messageTitle, *m_messageText;
    store::StringId m_shownFile;
    store::FunctionId m_function;
    int m_markedLine = 0;
};

} // namespace calltide::ui
