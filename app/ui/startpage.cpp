// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/startpage.h"
#include "session/launchstore.h"
#include "ui/actions.h"
#include "ui/appearance.h"
#include "ui/cards.h"
#include "ui/controls.h"
#include "ui/headerbar.h"
#include "ui/recent.h"
#include "ui/runagain.h"
#include <QAction>
#include <QBoxLayout>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTimer>

namespace calltide::ui {
namespace {
constexpr int kWidest = 1240, kMostRecent = 12;

QLabel* heading(const Appearance& appearance, const QString& text)
{
    QLabel* label = plainLabel(text);
    label->setFont(uiFont(appearance, u"title", 600));
    return label;
}

QLabel* keyLabel(const Appearance& appearance, const QString& key)
{
    QLabel* label = plainLabel(key, "key");
    label->setFont(monoFont(appearance, u"caption"));
    return label;
}
} // namespace

StartPage::StartPage(const Appearance& appearance, const Actions& actions, RecentFiles& recent, session::LaunchStore& launches,
    QWidget* parent)
    : QScrollArea(parent)
    , m_appearance(appearance)
    , m_actions(actions)
    , m_recent(recent)
    , m_column(new QWidget)
    , m_filter(filterField(appearance, tr("Filter")))
    , m_again(new RunAgain(appearance, launches))
{
    setObjectName(QStringLiteral("startPage"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumSize(200, 120);
    auto* page = new QWidget;
    page->setProperty("panel", true);
    auto* centre = new QHBoxLayout(page);
    centre->setContentsMargins(24, 0, 24, 24);
    centre->addStretch(1);
    centre->addWidget(m_column, 100);
    centre->addStretch(1);
    m_column->setMaximumWidth(kWidest);

    auto* column = new QVBoxLayout(m_column);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head());
    m_cards = new QGridLayout;
    m_cards->setSpacing(16);
    const auto card = [&](ActionId id, const char* icon, const QString& title, const QString& text, bool primary) {
        m_cardWidgets << new ActionCard(
            appearance, actions[id], QString::fromLatin1(icon), title, text, keyText(id), primary);
    };
    card(ActionId::Launch, "launch", tr("Launch a program"), tr("Run a script, a module or a command and record it."), true);
    card(ActionId::Attach, "attach", tr("Attach to a process"), tr("Record a program that runs already."), false);
    card(ActionId::Open, "open", tr("Open a recording"), tr("Calltide, VizTracer, Chrome and Perfetto JSON."), false);
    card(ActionId::Sample, "flame", tr("Try the sample"), tr("A small web shop with threads, tasks and a child."), false);
    column->addLayout(m_cards);
    column->addSpacing(40);

    m_recentPart = new QWidget;
    auto* recentColumn = new QVBoxLayout(m_recentPart);
    recentColumn->setContentsMargins(0, 0, 0, 0);
    recentColumn->setSpacing(10);
    auto* title = new QHBoxLayout;
    QLabel* recentTitle = heading(appearance, tr("Recent recordings"));
    recentTitle->setFixedHeight(28);
    title->addWidget(recentTitle);
    title->addStretch(1);
    title->addWidget(m_filter);
    recentColumn->addLayout(title);
    m_files = new QGridLayout;
    m_files->setSpacing(14);
    recentColumn->addLayout(m_files);
    m_none = plainLabel(tr("Recordings you open stand here."), "muted");
    recentColumn->addWidget(m_none);
    recentColumn->addStretch(1);
    m_side = side();
    m_lower = new QGridLayout;
    m_lower->setHorizontalSpacing(40);
    m_lower->setVerticalSpacing(28);
    column->addLayout(m_lower);
    column->addStretch(1);
    setWidget(page);
    connect(m_filter, &QLineEdit::textChanged, this, &StartPage::refresh);
    const auto watchRows = [this] {
        for (QWidget* row : m_again->rows())
            row->installEventFilter(this);
        m_again->setVisible(!m_again->rows().isEmpty());
        m_againTitle->setVisible(!m_again->rows().isEmpty());
        const int gap = m_again->rows().isEmpty() ? 0 : 12;
        m_aroundTitle->setContentsMargins(0, gap, 0, 0);
        m_aroundTitle->setFixedHeight(28 + gap);
    };
    connect(m_again, &RunAgain::rowsChanged, this, watchRows);
    connect(m_again, &RunAgain::runRequested, this, &StartPage::runRequested);
    connect(m_again, &RunAgain::editRequested, this, &StartPage::editRequested);
    watchRows();
    for (QWidget* card : std::as_const(m_cardWidgets))
        card->installEventFilter(this);
    connect(&appearance, &Appearance::changed, this, &StartPage::refresh);
    refresh();
}

QWidget* StartPage::head()
{
    auto* box = new QWidget;
    box->setObjectName(QStringLiteral("startHead"));
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 72, 0, 36);
    row->setSpacing(16);
    row->addWidget(new Logo(m_appearance, 52));
    auto* texts = new QVBoxLayout;
    texts->setSpacing(0);
    QLabel* name = plainLabel(QStringLiteral("Calltide"));
    name->setFont(uiFont(m_appearance, u"display", 600));
    QLabel* line = plainLabel(tr("See every call your Python program makes."), "secondary");
    line->setFont(uiFont(m_appearance, u"title"));
    texts->addWidget(name);
    texts->addWidget(line);
    row->addLayout(texts);
    row->addStretch(1);
    return box;
}

QWidget* StartPage::side()
{
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    m_againTitle = heading(m_appearance, tr("Run again"));
    m_againTitle->setFixedHeight(28);
    column->addWidget(m_againTitle);
    column->addWidget(m_again);
    m_aroundTitle = heading(m_appearance, tr("Moving around"));
    column->addWidget(m_aroundTitle);
    column->addWidget(movingAround());
    column->addStretch(1);
    side->setMinimumWidth(200);
    return side;
}

QWidget* StartPage::movingAround()
{
    auto* box = new QWidget;
    box->setObjectName(QStringLiteral("card"));
    box->setAttribute(Qt::WA_StyledBackground);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(16, 14, 16, 14);
    grid->setVerticalSpacing(8);
    grid->setColumnMinimumWidth(0, 100);
    grid->setColumnStretch(1, 1);
    const auto line = [&](const QStringList& keys, const QString& words, const QString& text) {
        auto* left = new QHBoxLayout;
        left->setSpacing(4);
        for (const QString& key : keys)
            left->addWidget(keyLabel(m_appearance, key));
        if (!words.isEmpty())
            left->addWidget(plainLabel(words, "secondary"));
        left->addStretch(1);
        const int row = grid->rowCount();
        grid->addLayout(left, row, 0);
        QLabel* what = plainLabel(text, "secondary");
        what->setWordWrap(true);
        grid->addWidget(what, row, 1);
    };
    line({keyText(ActionId::ZoomIn), keyText(ActionId::ZoomOut)}, {}, tr("zoom in and out"));
    line({keyText(ActionId::PanLeft), keyText(ActionId::PanRight)}, {}, tr("move left and right"));
    line({}, tr("drag"), tr("select a part and see its totals"));
    line({keyText(ActionId::FitSelection)}, {}, tr("zoom to the selected call"));
    line({keyText(ActionId::Keys)}, {}, tr("every key"));
    return box;
}

void StartPage::refresh()
{
    qDeleteAll(m_fileWidgets);
    m_fileWidgets.clear();
    const QString filter = m_filter->text().trimmed();
    for (const RecentFile& file : m_recent.list(kMostRecent)) {
        if (!filter.isEmpty() && !file.path.contains(filter, Qt::CaseInsensitive)
            && !file.command.contains(filter, Qt::CaseInsensitive))
            continue;
        auto* card = new RecordingCard(m_appearance, file);
        connect(card, &QAbstractButton::clicked, this, [this, card] {
            if (card->file().exists)
                Q_EMIT openRequested(card->file().path);
        });
        // Not at once: the card is what sends the signal.
        connect(card, &RecordingCard::removeRequested, this, [this, path = file.path] {
            m_recent.remove(path);
            QTimer::singleShot(0, this, &StartPage::refresh);
        });
        card->installEventFilter(this);
        m_fileWidgets << card;
    }
    m_none->setVisible(m_fileWidgets.isEmpty());
    m_none->setText(filter.isEmpty() ? tr("Recordings you open stand here.") : tr("No recording matches."));
    m_filter->setVisible(!m_recent.paths().isEmpty());
    m_columns = 0;
    arrange();
}

// Arrows go to the nearest neighbour of the same part, Enter clicks.
bool StartPage::eventFilter(QObject* object, QEvent* event)
{
    auto* const button = qobject_cast<QAbstractButton*>(object);
    if (event->type() != QEvent::KeyPress || !button)
        return QScrollArea::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        button->click();
        return true;
    }
    const QPoint step = key == Qt::Key_Left ? QPoint(-1, 0)
        : key == Qt::Key_Right             ? QPoint(1, 0)
        : key == Qt::Key_Up                ? QPoint(0, -1)
        : key == Qt::Key_Down              ? QPoint(0, 1)
                                           : QPoint();
    if (step.isNull())
        return QScrollArea::eventFilter(object, event);
    QWidget* nearest = nullptr;
    int least = INT_MAX;
    const QPoint from = button->geometry().center();
    for (QWidget* other : button->parentWidget()->findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
        const QPoint way = other->geometry().center() - from;
        const int ahead = QPoint::dotProduct(way, step), aside = (way - step * ahead).manhattanLength();
        if (other == button || !other->isVisible() || !(other->focusPolicy() & Qt::TabFocus) || !qobject_cast<QAbstractButton*>(other)
            || ahead <= 0 || aside > ahead)
            continue;
        if (ahead + 2 * aside < least) {
            least = ahead + 2 * aside;
            nearest = other;
        }
    }
    if (nearest) {
        nearest->setFocus(Qt::TabFocusReason);
        ensureWidgetVisible(nearest);
    }
    return true;
}

void StartPage::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    arrange();
}

void StartPage::arrange()
{
    const int width = viewport()->width();
    m_column->findChild<QWidget*>(QStringLiteral("startHead"))
        ->layout()
        ->setContentsMargins(0, height() < 756 ? 24 : 72, 0, height() < 756 ? 20 : 36);
    const int columns = width < 760 ? 1 : width < 1100 ? 2 : 3;
    if (columns == m_columns)
        return;
    m_columns = columns;
    for (int i = 0; i < m_cardWidgets.size(); ++i) {
        const int all = int(m_cardWidgets.size()), perRow = columns == 1 ? 1 : columns == 2 && all > 3 ? 2 : all;
        m_cards->addWidget(m_cardWidgets[i], i / perRow, i % perRow);
    }
    for (int i = 0; i < 3; ++i)
        m_files->setColumnStretch(i, i < columns ? 1 : 0);
    for (int i = 0; i < m_fileWidgets.size(); ++i)
        m_files->addWidget(m_fileWidgets[i], i / columns, i % columns);
    const bool below = width < 900;
    m_lower->addWidget(m_recentPart, 0, 0, 1, below ? 2 : 1);
    m_lower->addWidget(m_side, below ? 1 : 0, below ? 0 : 1, 1, below ? 2 : 1);
    m_lower->setColumnStretch(0, 820);
    m_lower->setColumnStretch(1, 380);
}

} // namespace calltide::ui
