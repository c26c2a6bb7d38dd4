// SPDX-License-Identifier: GPL-3.0-or-later
// How the attach sheet is built; what it does is in attachsheet.cpp.
#include "ui/appearance.h"
#include "ui/attachsheet.h"
#include "ui/conditionedit.h"
#include "ui/controls.h"
#include <QBoxLayout>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleValidator>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTreeView>

namespace calltide::ui {
namespace {
constexpr int kRowHeight = 30;

// Rows of the mock's height, and the processor's share as a bar.
class ProcessDelegate : public QStyledItemDelegate
{
public:
    ProcessDelegate(const Appearance& appearance, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_appearance(appearance)
    {
    }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width() + 12, kRowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const double share = index.data(ProcessModel::ShareRole).toDouble();
        if (share <= 0)
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        QColor bar = m_appearance.color(u"accent.default");
        bar.setAlphaF(.16f);
        painter->setBrush(bar);
        const QRectF r = QRectF(option.rect).adjusted(4, 5, -2, -5);
        painter->drawRoundedRect(QRectF(r.right() - r.width() * share, r.top(), r.width() * share, r.height()), 2, 2);
        painter->restore();
    }

private:
    const Appearance& m_appearance;
};

// Where there is little room the program's name is worth more than what else is known of it.
class ProcessTree : public QTreeView
{
protected:
    void resizeEvent(QResizeEvent* event) override
    {
        const std::pair<int, int> leasts[] = {{ProcessModel::Memory, 780}, {ProcessModel::Running, 700}, {ProcessModel::State, 640}};
        for (const auto& [section, least] : leasts)
            header()->setSectionHidden(section, width() < least);
        QTreeView::resizeEvent(event);
    }
};

// Its first row is two where it would be too long.
class OptionsBar : public QWidget
{
public:
    QBoxLayout* first = new QBoxLayout(QBoxLayout::LeftToRight);

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        first->setDirection(width() < 720 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
        QWidget::resizeEvent(event);
    }
};
} // namespace

AttachSheet::AttachSheet(const Appearance& appearance, QWidget* window)
    : Sheet(appearance, tr("Attach to a running program"), QStringLiteral("size.dialog.attach"), window)
    , m_model(new ProcessModel(appearance, this))
    , m_shown(new QSortFilterProxyModel(this))
{
    setObjectName(QStringLiteral("attachSheet"));
    m_shown->setSourceModel(m_model);
    m_shown->setRecursiveFilteringEnabled(true);
    m_shown->setAutoAcceptChildRows(true);
    m_shown->setFilterRole(ProcessModel::SearchRole);
    m_shown->setFilterKeyColumn(0);
    m_shown->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_shown->setSortRole(ProcessModel::SortRole);
    column()->addWidget(buildTop());
    m_pages = new QStackedWidget;
    column()->addWidget(m_pages, 1);
    m_pages->addWidget(buildTree());
    auto* waiting = new QWidget;
    auto* lines = new QVBoxLayout(waiting);
    lines->setContentsMargins(20, 8, 20, 0);
    m_pattern = new QLineEdit;
    m_pattern->setObjectName(QStringLiteral("pattern"));
    m_pattern->setPlaceholderText(tr("a part of its command line, like app.py"));
    m_waiting = plainLabel(QString(), "secondary");
    m_waiting->setObjectName(QStringLiteral("waiting"));
    lines->addWidget(m_pattern);
    lines->addWidget(m_waiting);
    lines->addStretch(1);
    m_pages->addWidget(waiting);
    column()->addWidget(buildInfo());
    column()->addWidget(buildOptions());
    buildFoot();

    connect(&m_refresh, &QTimer::timeout, this, &AttachSheet::look);
    connect(m_source, &Segments::currentChanged, this, &AttachSheet::sourceChanged);
    connect(m_duration, &Segments::currentChanged, this, &AttachSheet::chosenChanged);
    connect(m_seconds, &QLineEdit::textChanged, this, &AttachSheet::chosenChanged);
    connect(m_pattern, &QLineEdit::textChanged, this, [this] { waitForOne(false); });
    connect(m_children, &QCheckBox::toggled, this, &AttachSheet::chosenChanged);
    connect(m_record, &QComboBox::currentIndexChanged, this, &AttachSheet::chosenChanged);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &AttachSheet::chosenChanged);
    connect(m_tree, &QTreeView::doubleClicked, this, &AttachSheet::confirm);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_shown->setFilterFixedString(text.trimmed());
        m_tree->expandAll();
        if (!m_tree->currentIndex().isValid())
            chooseFirst();
        showNone();
        chosenChanged();
        if (wantedPid()) // it may be none of the programs that are listed
            look();
    });
}

QWidget* AttachSheet::buildTop()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(20, 14, 20, 10);
    row->setSpacing(10);
    m_search = filterField(m_appearance, tr("Name, folder or process number"));
    m_search->setObjectName(QStringLiteral("processSearch"));
    m_search->setMaximumWidth(QWIDGETSIZE_MAX);
    row->addWidget(m_search, 1);
    m_source = new Segments({tr("Running now"), tr("When one starts…")});
    m_source->setObjectName(QStringLiteral("source"));
    row->addWidget(m_source);
    auto* refresh = new IconButton(m_appearance, QStringLiteral("reload"), tr("Look again"));
    connect(refresh, &QToolButton::clicked, this, &AttachSheet::look);
    row->addWidget(refresh);
    return bar;
}

QWidget* AttachSheet::buildTree()
{
    auto* page = new QWidget;
    auto* box = new QVBoxLayout(page);
    box->setContentsMargins(0, 0, 0, 0);
    m_tree = new ProcessTree;
    m_tree->setObjectName(QStringLiteral("processes"));
    m_tree->setAccessibleName(tr("Running Python programs"));
    m_tree->setModel(m_shown);
    m_tree->setItemDelegate(new ProcessDelegate(m_appearance, m_tree));
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setSortingEnabled(true);
    m_tree->setIndentation(16);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->setTabKeyNavigation(false);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->sortByColumn(ProcessModel::Cpu, Qt::DescendingOrder);
    QHeaderView* head = m_tree->header();
    head->setStretchLastSection(false);
    head->setSectionResizeMode(ProcessModel::Program, QHeaderView::Stretch);
    const std::pair<int, int> widths[] = {{ProcessModel::Process, 78}, {ProcessModel::Python, 78}, {ProcessModel::Cpu, 74},
        {ProcessModel::Memory, 84}, {ProcessModel::Running, 96}, {ProcessModel::State, 140}};
    for (const auto& [section, width] : widths) {
        head->setSectionResizeMode(section, QHeaderView::Fixed);
        head->resizeSection(section, width);
    }
    box->addWidget(m_tree, 1);
    m_none = plainLabel(QString(), "muted");
    m_none->setObjectName(QStringLiteral("attachNone"));
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setWordWrap(true);
    m_none->hide();
    auto* over = new QVBoxLayout(m_tree->viewport()); // in the middle of the empty list
    over->setContentsMargins(40, 0, 40, 0);
    over->addWidget(m_none);
    return page;
}

QWidget* AttachSheet::buildInfo()
{
    auto* around = new QWidget;
    auto* margin = new QHBoxLayout(around);
    margin->setContentsMargins(20, 10, 20, 10);
    m_info = new QWidget;
    m_info->setObjectName(QStringLiteral("sheetInfo"));
    m_info->setAttribute(Qt::WA_StyledBackground);
    m_info->setMinimumHeight(56);
    margin->addWidget(m_info);
    auto* lines = new QGridLayout(m_info);
    lines->setContentsMargins(14, 8, 14, 8);
    lines->setHorizontalSpacing(10);
    lines->setVerticalSpacing(2);
    m_infoText = plainLabel(QString());
    m_infoText->setObjectName(QStringLiteral("attachInfo"));
    m_infoText->setFont(uiFont(m_appearance, u"body", 500));
    m_infoText->setWordWrap(true);
    m_infoMore = plainLabel(QString());
    m_infoMore->setFont(uiFont(m_appearance, u"small"));
    m_infoMore->setWordWrap(true);
    // The icon belongs to the first line, wherever that is; the lines stand in the middle.
    auto* icon = new IconLabel(m_appearance, QStringLiteral("details"), QStringLiteral("accent.soft_text"));
    icon->setFixedHeight(QFontMetrics(m_infoText->font()).height());
    lines->setRowStretch(0, 1);
    lines->addWidget(icon, 1, 0, Qt::AlignTop);
    lines->addWidget(m_infoText, 1, 1);
    lines->addWidget(m_infoMore, 2, 1);
    lines->setRowStretch(3, 1);
    lines->setColumnStretch(1, 1);
    return around;
}

QWidget* AttachSheet::buildOptions()
{
    auto* bar = new OptionsBar;
    auto* rows = new QVBoxLayout(bar);
    rows->setContentsMargins(20, 4, 20, 14);
    rows->setSpacing(8);
    bar->first->setSpacing(8);
    rows->addLayout(bar->first);
    auto* row = new QHBoxLayout;
    bar->first->addLayout(row);
    row->setSpacing(10);
    row->addWidget(plainLabel(tr("Record"), "secondary"));
    m_record = new ComboBox;
    m_record->setObjectName(QStringLiteral("record"));
    m_record->addItem(tr("Everything"), QStringList());
    m_record->addItem(tr("Python functions only"), QStringList{QStringLiteral("--python-only")});
    m_record->addItem(tr("My code only"), QStringList{QStringLiteral("--my-code-only")});
    m_record->addItem(tr("Low overhead"), QStringList{QStringLiteral("--adaptive")});
    m_record->addItem(tr("The last moments"), QStringList{QStringLiteral("--ring=64MB")});
    m_record->setMinimumWidth(180);
    row->addWidget(m_record);
    row->addStretch(0);
    row = new QHBoxLayout;
    bar->first->addLayout(row, 1);
    row->setSpacing(10);
    row->addWidget(plainLabel(tr("for"), "secondary"));
    m_duration = new Segments({tr("Until I stop"), tr("10 s"), tr("60 s"), tr("Other…")});
    m_duration->setObjectName(QStringLiteral("duration"));
    row->addWidget(m_duration);
    m_seconds = new QLineEdit(QStringLiteral("30"));
    m_seconds->setObjectName(QStringLiteral("seconds"));
    m_seconds->setFixedWidth(64);
    auto* number = new QDoubleValidator(0.1, 1e6, 1, m_seconds);
    number->setLocale(QLocale::c());
    m_seconds->setValidator(number);
    m_seconds->setAccessibleName(tr("Seconds"));
    m_seconds->setToolTip(tr("Seconds"));
    m_seconds->hide();
    row->addWidget(m_seconds);
    row->addStretch(1);
    m_children = new QCheckBox(tr("Children too"));
    m_children->setObjectName(QStringLiteral("attachChildren"));
    m_children->setToolTip(tr("Processes that the program starts from now on"));
    m_children->setChecked(true);
    row->addWidget(m_children);
    auto* when = new QHBoxLayout;
    rows->addLayout(when);
    when->setSpacing(10);
    m_startWhen = new ConditionEdit(m_appearance, tr("I attach"), QStringLiteral("startWhen"));
    m_stopWhen = new ConditionEdit(m_appearance, tr("when I say so"), QStringLiteral("stopWhen"));
    when->addWidget(plainLabel(tr("Begin when"), "secondary"));
    when->addWidget(m_startWhen, 1);
    when->addSpacing(8);
    when->addWidget(plainLabel(tr("Stop"), "secondary"));
    when->addWidget(m_stopWhen, 1);
    connect(m_startWhen, &ConditionEdit::changed, this, &AttachSheet::chosenChanged);
    connect(m_stopWhen, &ConditionEdit::changed, this, &AttachSheet::chosenChanged);
    return bar;
}

void AttachSheet::buildFoot()
{
    auto* row = new QHBoxLayout(addFoot());
    row->setContentsMargins(20, 0, 20, 0);
    row->setSpacing(8);

    m_commandLine = plainLabel(QString(), "secondary");
    m_commandLine->setObjectName(QStringLiteral("attachCommand"));
    m_commandLine->setFont(monoFont(m_appearance, u"small"));
    m_commandLine->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_commandLine->setMinimumWidth(20);
    row->addWidget(m_commandLine);
    m_copy = new IconButton(m_appearance, QStringLiteral("copy"), tr("Copy the command"));
    m_copy->setObjectName(QStringLiteral("attachCopy"));
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_commandLine->text()); });
    row->addWidget(m_copy);
    row->addStretch(1);
    m_stop = new QPushButton(tr("Stop recording"));
    m_stop->setObjectName(QStringLiteral("attachStop"));
    connect(m_stop, &QPushButton::clicked, this, &AttachSheet::stopRecording);
    auto* cancel = new QPushButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
    m_attach = new QPushButton;
    m_attach->setObjectName(QStringLiteral("attachButton"));
    m_attach->setProperty("primary", true);
    const auto refreshIcon = [this] {
        m_attach->setIcon(m_appearance.theme().icon(QStringLiteral("attach"), m_appearance.color(u"text.on_accent")));
    };
    connect(&m_appearance, &Appearance::changed, m_attach, refreshIcon);
    refreshIcon();
    connect(m_attach, &QPushButton::clicked, this, &AttachSheet::confirm);
    for (QPushButton* button : {m_stop, cancel, m_attach}) {
        button->setProperty("large", true);
        row->addWidget(button);
    }
}

} // namespace calltide::ui
