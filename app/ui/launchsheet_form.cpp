// SPDX-License-Identifier: GPL-3.0-or-later
// How the launch sheet is built; what it does is in launchsheet.cpp.
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/interpreterbox.h"
#include "ui/launchsheet.h"
#include <QBoxLayout>
#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QStackedWidget>

namespace calltide::ui {
namespace {
constexpr int kLabelColumn = 108;

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

LaunchSheet::LaunchSheet(const Appearance& appearance, session::Settings& settings, QWidget* window)
    : QWidget(window)
    , m_appearance(appearance)
    , m_settings(settings)
    , m_sheet(new QWidget(this))
{
    setObjectName(QStringLiteral("launchSheet"));
    setAccessibleName(tr("Launch a program"));
    m_sheet->setObjectName(QStringLiteral("sheet"));
    m_sheet->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(m_sheet);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);

    auto* head = new QWidget;
    head->setObjectName(QStringLiteral("sheetHead"));
    head->setAttribute(Qt::WA_StyledBackground);
    head->setFixedHeight(52);
    auto* headRow = new QHBoxLayout(head);
    headRow->setContentsMargins(20, 0, 12, 0);
    QLabel* title = plainLabel(tr("Launch a program"));
    title->setFont(uiFont(appearance, u"title", 600));
    headRow->addWidget(title);
    headRow->addStretch(1);
    auto* close = new IconButton(appearance, QStringLiteral("close"), tr("Close (Esc)"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    headRow->addWidget(close);
    column->addWidget(head);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    auto* scroll = new QScrollArea;
    scroll->setWidget(buildForm());
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    middle->addWidget(scroll, 1);
    m_side = buildSide();
    middle->addWidget(m_side);
    column->addLayout(middle, 1);
    column->addWidget(buildFoot());

    connect(m_kind, &Segments::currentChanged, this, &LaunchSheet::kindChanged);
    for (QLineEdit* edit : {m_script, m_module, m_command, m_arguments, m_folder, m_variables, m_output})
        connect(edit, &QLineEdit::textChanged, this, &LaunchSheet::changed);
    connect(m_code, &QPlainTextEdit::textChanged, this, &LaunchSheet::changed);
    for (QAbstractButton* button : {static_cast<QAbstractButton*>(m_everything), static_cast<QAbstractButton*>(m_children)})
        connect(button, &QAbstractButton::toggled, this, &LaunchSheet::changed);
    connect(m_python, &InterpreterBox::chosen, this, [this] {
        setError(m_pythonRow, m_python->problem());
        changed();
    });
    // A virtual environment beside the program is found when its folder is known.
    connect(m_folder, &QLineEdit::editingFinished, this,
        [this] { m_python->search(m_folder->text(), m_python->added()); });
    window->installEventFilter(this);
    hide();
    kindChanged();
}

LaunchSheet::Row LaunchSheet::addRow(QFormLayout& form, const QString& label, QWidget* field, const QString& name)
{
    Row row;
    row.field = field;
    QLabel* text = plainLabel(label, "secondary");
    text->setAlignment(Qt::AlignRight | Qt::AlignTop);
    text->setContentsMargins(0, 5, 0, 0);
    text->setFixedWidth(kLabelColumn);
    row.label = text;
    row.error = new QWidget;
    row.error->setObjectName(name + QStringLiteral("Error"));
    auto* line = new QHBoxLayout(row.error);
    line->setContentsMargins(0, 2, 0, 0);
    line->setSpacing(5);
    line->addWidget(new IconLabel(m_appearance, QStringLiteral("error"), QStringLiteral("state.danger"), 14), 0, Qt::AlignTop);
    row.errorText = plainLabel(QString(), "danger");
    row.errorText->setFont(uiFont(m_appearance, u"small"));
    row.errorText->setWordWrap(true);
    line->addWidget(row.errorText, 1);
    row.error->hide();
    auto* both = new QWidget;
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(field);
    column->addWidget(row.error);
    form.addRow(text, both);
    return row;
}

QWidget* LaunchSheet::pathField(QLineEdit*& edit, const QString& tip, bool folder)
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    edit = new QLineEdit;
    row->addWidget(edit, 1);
    auto* browse = new IconButton(m_appearance, QStringLiteral("folder"), tip);
    connect(browse, &QToolButton::clicked, this, [this, edit, tip, folder] {
        const QString start = edit->text().isEmpty() ? m_folder->text() : edit->text();
        const QString path = folder ? QFileDialog::getExistingDirectory(window(), tip, start)
                                    : QFileDialog::getOpenFileName(window(), tip, start,
                                        tr("Python files (*.py *.pyw *.pyz);;All files (*)"));
        if (!path.isEmpty())
            edit->setText(path);
    });
    row->addWidget(browse);
    return box;
}

QWidget* LaunchSheet::buildForm()
{
    auto* page = new QWidget;
    page->setProperty("panel", true);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(10, 18, 22, 12);
    auto* form = new QFormLayout;
    column->addLayout(form);
    column->addStretch(1); // else the form spreads its rows
    form->setHorizontalSpacing(10);
    form->setVerticalSpacing(9);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);

    m_kind = new Segments({tr("Script"), tr("Module"), tr("Code"), tr("Command")});
    m_kind->setObjectName(QStringLiteral("kind"));
    QLabel* run = plainLabel(tr("Run"), "secondary");
    run->setAlignment(Qt::AlignRight | Qt::AlignTop);
    run->setContentsMargins(0, 5, 0, 0);
    run->setFixedWidth(kLabelColumn);
    form->addRow(run, m_kind);

    m_targets = new QStackedWidget;
    m_targets->addWidget(pathField(m_script, tr("Choose a script"), false));
    m_module = new QLineEdit;
    m_module->setPlaceholderText(QStringLiteral("package.module"));
    m_targets->addWidget(m_module);
    m_code = new QPlainTextEdit;
    m_code->setProperty("field", true);
    m_code->setTabChangesFocus(true);
    m_targets->addWidget(m_code);
    m_command = new QLineEdit;
    m_command->setPlaceholderText(tr("a program, like flask or python3"));
    m_targets->addWidget(m_command);
    m_targetRow = addRow(*form, tr("Script"), m_targets, QStringLiteral("target"));
    m_arguments = new QLineEdit;
    m_argumentsRow = addRow(*form, tr("Arguments"), m_arguments, QStringLiteral("arguments"));
    m_python = new InterpreterBox(m_appearance);
    m_pythonRow = addRow(*form, tr("Python"), m_python, QStringLiteral("python"));
    m_folderRow = addRow(*form, tr("Folder"), pathField(m_folder, tr("Choose the working folder"), true), QStringLiteral("folder"));
    m_variables = new QLineEdit;
    m_variables->setPlaceholderText(QStringLiteral("NAME=value OTHER=value"));
    m_variablesRow = addRow(*form, tr("Variables"), m_variables, QStringLiteral("variables"));
    m_output = new QLineEdit;
    m_outputRow = addRow(*form, tr("Recording"), m_output, QStringLiteral("output"));
    for (QLineEdit* edit : {m_script, m_module, m_command, m_arguments, m_variables, m_folder, m_output})
        edit->setFont(monoFont(m_appearance, u"small"));
    m_code->setFont(monoFont(m_appearance, u"small"));
    const std::pair<QWidget*, const char*> names[] = {{m_script, "script"}, {m_module, "module"}, {m_code, "code"},
        {m_command, "command"}, {m_arguments, "arguments"}, {m_folder, "folder"}, {m_variables, "variables"},
        {m_output, "output"}};
    for (const auto& [widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));

    auto* hairline = new QWidget;
    hairline->setObjectName(QStringLiteral("hairline"));
    hairline->setAttribute(Qt::WA_StyledBackground);
    hairline->setFixedHeight(1);
    form->addRow(plainLabel(QString()), hairline);
    QLabel* record = plainLabel(tr("Record"), "secondary");
    record->setAlignment(Qt::AlignRight | Qt::AlignTop);
    record->setContentsMargins(0, 5, 0, 0);
    record->setFixedWidth(kLabelColumn);
    form->addRow(record, buildRecord());
    return page;
}

QWidget* LaunchSheet::buildRecord()
{
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(8);
    m_everything = new ChoiceCard(m_appearance, tr("Everything"), tr("Every Python and C call. Exact."));
    m_pythonOnly = new ChoiceCard(m_appearance, tr("Python functions only"), tr("No calls into C. Costs less."));
    cards->addWidget(m_everything);
    cards->addWidget(m_pythonOnly);
    column->addLayout(cards);
    m_everything->setChecked(true);
    auto* checks = new QHBoxLayout;
    checks->setSpacing(22);
    m_children = new QCheckBox(tr("Record child processes"));
    checks->addWidget(m_children);
    checks->addStretch(1);
    column->addLayout(checks);
    return box;
}

QWidget* LaunchSheet::buildSide()
{
    auto* side = new QWidget;
    side->setObjectName(QStringLiteral("sheetSide"));
    side->setAttribute(Qt::WA_StyledBackground);
    side->setFixedWidth(262);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(18, 18, 18, 12);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    QLabel* title = plainLabel(tr("Same on the command line"));
    title->setFont(uiFont(m_appearance, u"body", 600));
    head->addWidget(title);
    head->addStretch(1);
    auto* copy = new IconButton(m_appearance, QStringLiteral("copy"), tr("Copy the command"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_commandLine->text()); });
    head->addWidget(copy);
    column->addLayout(head);
    m_commandLine = plainLabel(QString());
    m_commandLine->setObjectName(QStringLiteral("commandLine"));
    m_commandLine->setFont(monoFont(m_appearance, u"small"));
    m_commandLine->setWordWrap(true);
    m_commandLine->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_commandLine->setMinimumWidth(60);
    column->addWidget(m_commandLine);
    column->addStretch(1);
    return side;
}

QWidget* LaunchSheet::buildFoot()
{
    auto* foot = new QWidget;
    foot->setObjectName(QStringLiteral("sheetFoot"));
    foot->setAttribute(Qt::WA_StyledBackground);
    foot->setFixedHeight(58);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(20, 0, 20, 0);
    row->setSpacing(8);
    m_problem = plainLabel(QString(), "danger");
    m_problem->setObjectName(QStringLiteral("launchProblem"));
    m_problem->setWordWrap(true);
    row->addWidget(m_problem, 1);
    auto* cancel = new QPushButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, [this] {
        m_check.cancel();
        m_launch->setEnabled(true);
        hide();
    });
    m_launch = new QPushButton(u' ' + tr("Launch"));
    m_launch->setObjectName(QStringLiteral("launchButton"));
    m_launch->setProperty("primary", true);
    const auto refreshIcon = [this] {
        m_launch->setIcon(m_appearance.theme().icon(QStringLiteral("launch"), m_appearance.color(u"text.on_accent")));
    };
    connect(&m_appearance, &Appearance::changed, m_launch, refreshIcon);
    refreshIcon();
    connect(m_launch, &QPushButton::clicked, this, &LaunchSheet::launch);
    for (QPushButton* button : {cancel, m_launch}) {
        button->setProperty("large", true);
        row->addWidget(button);
    }
    return foot;
}

} // namespace calltide::ui
