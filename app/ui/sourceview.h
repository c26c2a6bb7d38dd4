// SPDX-License-Identifier: GPL-3.0-or-later
// SourceView: the recorded source of the chosen function, scrolled to it, with time and calls beside the lines. Read only.
#pragma once
#include "render/viewstate.h"
#include "store/statistics.h"
#include "ui/sourceoutline.h"
#include "ui/tracecontext.h"
#include <QWidget>
#include <optional>

class QLabel;
class QsciScintilla;
class QStackedWidget;

namespace calltide::ui {

class Appearance;
class CallFacts;
class ElidedLabel;
class IconButton;
class SourceGutter;

class SourceView : public QWidget
{
    Q_OBJECT
public:
    SourceView(const Appearance& appearance, TraceContextPtr context, render::ViewState* state, CallFacts* facts,
        QWidget* parent = nullptr);

    void showFunction(store::FunctionId function);
    // A line of a file of the program, as recorded; else as it stands on disk. False: neither is there.
    bool showPlace(const QString& path, int line);
    void setContext(TraceContextPtr context); // the next state of a trace that grows
    void setStatistics(std::vector<store::FunctionStatistics> statistics); // of all functions
    SourceGutter* gutter() const { return m_gutter; }
    int markedLine() const { return m_markedLine; } // 1-based; 0: none
    QString shownText() const;                      // the source, or the sentence that stands in its place

Q_SIGNALS:
    void editorRequested(); // E, or its button

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void buildBar();
    void buildEditor();
    void showFacts();
    void showFigures();
    void goToNamed(const QString& name); // the function that is called so
    void refresh(); // follows the selection
    void restyle();
    void showMessage(const QString& title, const QString& text);
    void setSource(const QString& file, const QString& text);
    void outline(const store::Source& source);
    void markLine(int line);

    const Appearance& m_appearance;
    TraceContextPtr m_context;
    render::ViewState* m_state;
    CallFacts* m_facts;
    std::vector<store::FunctionStatistics> m_statistics;
    std::optional<SourceOutline> m_outline; // of the shown file; none: it is not in the recording
    QStackedWidget* m_pages;
    QsciScintilla* m_editor;
    SourceGutter* m_gutter;
    QLabel* m_note;
    ElidedLabel *m_folder, *m_file, *m_which, *m_values;
    IconButton *m_previous, *m_next; // call of the function
    QWidget *m_message, *m_bar;
    QLabel *m_messageTitle, *m_messageText;
    store::StringId m_shownFile;
    store::FunctionId m_function;
    int m_markedLine = 0;
};

} // namespace calltide::ui
