// SPDX-License-Identifier: GPL-3.0-or-later
// How the launch sheet is built; what it does is in launchsheet.cpp.
#include "session/launchstore.h"
#include "session/settings.h"
#include "ui/appearance.h"
#include "ui/configurationbar.h"
#include "ui/controls.h"
#include "ui/costpanel.h"
#include "ui/interpreterbox.h"
#include "ui/launchsheet.h"
#include "ui/recordchoice.h"
#include "ui/targetfield.h"
#include "ui/variablesedit.h"
#include <QBoxLayout>
#include <QClipboard>
#include <QFileDialog>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>

namespace calltide::ui {
namespace {
constexpr int kLabelColumn = 108;
} // namespace

LaunchSheet::LaunchSheet(
    const Appearance& appearance, session::Settings& settings, session::LaunchStore& store, QWidget* window)
    : Sheet(appearance, tr("Launch a program"), QStringLiteral("size.dialog.launch"), window)
    , m_settings(settings)
    , m_store(store)
{
    setObjectName(QStringLiteral("launchSheet"));
    m_configurations = new ConfigurationBar(appearance, store, [this] { return options(); });
    addToHead(m_configurations);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    QScrollArea* scroll = scrolled(buildForm());
    scroll->setFocusPolicy(Qt::NoFocus);
    middle->addWidget(scroll, 1);
    m_side = buildSide();
    middle->addWidget(m_side);
    column()->addLayout(middle, 1);
    buildFoot();

    connect(m_kind, &Segments::currentChanged, this, &LaunchSheet::kindChanged);
    for (QLineEdit* edit : {m_arguments, m_folder, m_output})
        connect(edit, &QLineEdit::textChanged, this, &LaunchSheet::changed);
    connect(m_target, &TargetField::changed, this, &LaunchSheet::changed);
    connect(m_variables, &VariablesEdit::changed, this, &LaunchSheet::changed);
    connect(m_record, &RecordChoice::changed, this, &LaunchSheet::changed);
    connect(m_python, &InterpreterBox::chosen, this, [this] {
        setError(m_pythonRow, m_python->problem());
        m_build->setVisible(m_python->canBuild());
        m_target->setInterpreter(m_python->path());
        changed();
    });
    connect(m_target, &TargetField::scriptChosen, this, &LaunchSheet::projectChanged);
    connect(m_folder, &QLineEdit::editingFinished, this, &LaunchSheet::projectChanged);
    connect(m_configurations, &ConfigurationBar::chosen, this, [this](const session::LaunchOptions& options) {
        m_problem->clear();
        setOptions(options);
    });
    connect(m_configurations, &ConfigurationBar::problem, m_problem, &QLabel::setText);
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
    line->addWidget(new IconLabel(m_appearance, QStringLiteral("error"), QStringLiteral("state.danger"), 14), 0, Qt::AlignVCenter);
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

QWidget* LaunchSheet::folderField()
{
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_folder = new QLineEdit;
    row->addWidget(m_folder, 1);
    const QString tip = tr("Choose the working folder");
    auto* browse = new IconButton(m_appearance, QStringLiteral("folder"), tip);
    connect(browse, &QToolButton::clicked, this, [this, tip] {
        const QString path = QFileDialog::getExistingDirectory(window(), tip, folder());
        if (!path.isEmpty()) {
            m_folder->setText(path);
            projectChanged();
        }
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

    QStringList kinds;
    for (session::LaunchKind kind : TargetField::kinds())
        kinds << TargetField::kindName(kind);
    m_kind = new Segments(kinds);
    m_kind->setObjectName(QStringLiteral("kind"));
    QLabel* run = plainLabel(tr("Run"), "secondary");
    run->setAlignment(Qt::AlignRight | Qt::AlignTop);
    run->setContentsMargins(0, 5, 0, 0);
    run->setFixedWidth(kLabelColumn);
    auto* kindRow = new QHBoxLayout;
    kindRow->setSpacing(6);
    kindRow->addWidget(m_kind);
    auto* recipes = new IconButton(m_appearance, QStringLiteral("more"), tr("Fill in what a server or a test run usually needs"));
    recipes->setObjectName(QStringLiteral("recipes"));
    recipes->setPopupMode(QToolButton::InstantPopup);
    recipes->setMenu(new QMenu(recipes));
    connect(recipes->menu(), &QMenu::aboutToShow, this, [this, recipes] { fillRecipes(*recipes->menu()); });
    kindRow->addWidget(recipes);
    kindRow->addStretch(1);
    form->addRow(run, kindRow);

    m_target = new TargetField(m_appearance);
    m_target->setFolder([this] { return options(); });
    m_targetRow = addRow(*form, tr("Script"), m_target, QStringLiteral("target"));
    m_arguments = new QLineEdit;
    m_argumentsRow = addRow(*form, tr("Arguments"), m_arguments, QStringLiteral("arguments"));
    m_python = new InterpreterBox(m_appearance);
    m_pythonRow = addRow(*form, tr("Python"), m_python, QStringLiteral("python"));
    m_build = new QPushButton(tr("Build it now"));
    m_build->setObjectName(QStringLiteral("buildTracer"));
    m_build->hide();
    m_pythonRow.error->layout()->addWidget(m_build);
    connect(m_build, &QPushButton::clicked, m_python, &InterpreterBox::build);
    connect(m_python, &InterpreterBox::building, this, [this](int perMille) {
        m_build->setEnabled(perMille < 0);
        m_build->setText(perMille < 0 ? tr("Build it now") : tr("Building… %1 %").arg(perMille / 10));
    });
    connect(m_python, &InterpreterBox::buildFailed, this, [this](const QString& sentence) { setError(m_pythonRow, sentence); });
    m_folderRow = addRow(*form, tr("Folder"), folderField(), QStringLiteral("folder"));
    m_variables = new VariablesEdit(m_appearance);
    m_variablesRow = addRow(*form, tr("Variables"), m_variables, QStringLiteral("variables"));
    m_output = new QLineEdit;
    m_outputRow = addRow(*form, tr("Recording"), m_output, QStringLiteral("output"));
    const std::pair<QLineEdit*, const char*> names[] = {{m_arguments, "arguments"}, {m_folder, "folder"}, {m_output, "output"}};
    for (const auto& [edit, name] : names) {
        edit->setObjectName(QString::fromLatin1(name));
        edit->setFont(monoFont(m_appearance, u"small"));
    }

    auto* hairline = new QWidget;
    hairline->setObjectName(QStringLiteral("hairline"));
    hairline->setAttribute(Qt::WA_StyledBackground);
    hairline->setFixedHeight(1);
    form->addRow(plainLabel(QString()), hairline);
    QLabel* record = plainLabel(tr("Record"), "secondary");
    record->setAlignment(Qt::AlignRight | Qt::AlignTop);
    record->setContentsMargins(0, 5, 0, 0);
    record->setFixedWidth(kLabelColumn);
    m_record = new RecordChoice(m_appearance);
    form->addRow(record, m_record);
    return page;
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
    m_cost = new CostPanel(m_appearance, [this] { return options(); });
    column->addWidget(m_cost);
    auto* line = new QWidget;
    line->setObjectName(QStringLiteral("hairline"));
    line->setAttribute(Qt::WA_StyledBackground);
    line->setFixedHeight(1);
    column->addSpacing(6);
    column->addWidget(line);
    column->addSpacing(6);
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

void LaunchSheet::buildFoot()
{
    auto* row = new QHBoxLayout(addFoot());
    row->setContentsMargins(20, 0, 20, 0);
    row->setSpacing(8);
    m_problem = plainLabel(QString(), "danger");
    m_problem->setObjectName(QStringLiteral("launchProblem"));
    m_problem->setWordWrap(true);
    row->addWidget(m_problem, 1);
    auto* cancel = new QPushButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
    auto* saveAs = new QPushButton(tr("Save as…"));
    saveAs->setObjectName(QStringLiteral("saveAs"));
    connect(saveAs, &QPushButton::clicked, m_configurations, &ConfigurationBar::saveAs);
    m_launch = new QPushButton(u' ' + tr("Launch"));
    m_launch->setObjectName(QStringLiteral("launchButton"));
    m_launch->setProperty("primary", true);
    const auto refreshIcon = [this] {
        m_launch->setIcon(m_appearance.theme().icon(QStringLiteral("launch"), m_appearance.color(u"text.on_accent")));
    };
    connect(&m_appearance, &Appearance::changed, m_launch, refreshIcon);
    refreshIcon();
    connect(m_launch, &QPushButton::clicked, this, &LaunchSheet::launch);
    for (QPushButton* button : {cancel, saveAs, m_launch}) {
        button->setProperty("large", true);
        row->addWidget(button);
    }
}

} // namespace calltide::ui
