// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/testpicker.h"
#include "session/tools.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QDir>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

namespace calltide::ui {
namespace {
constexpr int kRowHeight = 24;
}

TestPicker::TestPicker(const Appearance& appearance, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_filter(filterField(appearance, tr("Filter")))
    , m_list(new QListWidget)
    , m_state(plainLabel(QString(), "secondary"))
    , m_use(new QPushButton(tr("Use these")))
{
    setObjectName(QStringLiteral("testPicker"));
    setProperty("panel", true);
    setFrameShape(QFrame::Box);
    m_filter->setMaximumWidth(QWIDGETSIZE_MAX);
    m_list->setObjectName(QStringLiteral("testList"));
    m_list->setFont(monoFont(appearance, u"small"));
    m_list->setUniformItemSizes(true);
    m_state->setWordWrap(true);
    m_use->setObjectName(QStringLiteral("useTests"));
    m_use->setProperty("primary", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(m_filter);
    column->addWidget(m_list, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_state, 1);
    foot->addWidget(m_use);
    column->addLayout(foot);
    connect(m_filter, &QLineEdit::textChanged, this, &TestPicker::filter);
    connect(m_list, &QListWidget::itemActivated, this, [](QListWidgetItem* item) {
        item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(m_use, &QPushButton::clicked, this, [this] {
        QStringList ids;
        for (int i = 0; i < m_list->count(); ++i)
            if (m_list->item(i)->checkState() == Qt::Checked)
                ids << m_list->item(i)->text();
        hide();
        Q_EMIT chosen(ids);
    });
}

void TestPicker::popUp(const session::LaunchOptions& launch, QLineEdit* field)
{
    m_ticked = session::splitArguments(field->text());
    m_list->clear();
    m_filter->clear();
    m_use->setEnabled(false);
    m_state->setText(tr("Collecting the tests…"));
    resize(std::max(420, field->width()), 300);
    move(field->mapToGlobal(QPoint(0, field->height() + 2)));
    show();
    m_filter->setFocus();
    const QString folder = launch.workingDirectory.isEmpty() ? QDir::currentPath() : launch.workingDirectory;
    m_job.start(
        [launch, folder](store::Progress&) {
            const QString python = launch.interpreter.isEmpty() ? session::defaultInterpreter(folder) : launch.interpreter;
            return session::collectTests(python, folder, launch.environment);
        },
        [this](const Result<QStringList>& ids) {
            if (ids)
                fill(ids.value());
            else
                m_state->setText(QString::fromStdString(ids.error().message));
        });
}

void TestPicker::fill(const QStringList& ids)
{
    for (const QString& id : ids) {
        auto* item = new QListWidgetItem(id, m_list);
        item->setSizeHint({0, kRowHeight});
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(m_ticked.contains(id) ? Qt::Checked : Qt::Unchecked);
    }
    m_state->setText(formatCount(uint64_t(ids.size()), tr("%1 test; none ticked means all"), tr("%1 tests; none ticked means all")));
    m_use->setEnabled(true);
}

void TestPicker::filter(const QString& text)
{
    for (int i = 0; i < m_list->count(); ++i)
        m_list->item(i)->setHidden(!m_list->item(i)->text().contains(text.trimmed(), Qt::CaseInsensitive));
}

} // namespace calltide::ui
