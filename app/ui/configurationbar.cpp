// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/configurationbar.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>

namespace calltide::ui {

ConfigurationBar::ConfigurationBar(const Appearance& appearance, session::LaunchStore& store,
    std::function<session::LaunchOptions()> current, QWidget* parent)
    : QWidget(parent)
    , m_appearance(appearance)
    , m_store(store)
    , m_current(std::move(current))
    , m_box(new ComboBox)
    , m_name(new QLineEdit)
    , m_more(new IconButton(appearance, QStringLiteral("more"), tr("Save, rename, export and more")))
    , m_menu(new QMenu(m_more))
{
    m_box->setObjectName(QStringLiteral("configuration"));
    m_box->setAccessibleName(tr("Launch configuration"));
    m_box->setMinimumContentsLength(16);
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_name->setObjectName(QStringLiteral("configurationName"));
    m_name->setAccessibleName(tr("Name of the configuration"));
    m_name->setPlaceholderText(tr("Name it, then Enter"));
    m_name->setMinimumWidth(180);
    m_name->hide();
    m_name->installEventFilter(this);
    m_more->setObjectName(QStringLiteral("configurationMore"));
    m_more->setMenu(m_menu);
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_box);
    row->addWidget(m_name);
    row->addWidget(m_more);
    connect(&m_store, &session::LaunchStore::changed, this, &ConfigurationBar::fill);
    connect(m_menu, &QMenu::aboutToShow, this, &ConfigurationBar::fillMenu);
    connect(m_box, &QComboBox::currentIndexChanged, this, [this] {
        if (m_filling)
            return;
        if (const session::LaunchOptions* options = m_store.find(chosenName()))
            Q_EMIT chosen(*options);
    });
    fill();
    fillMenu();
}

QString ConfigurationBar::chosenName() const
{
    return m_box->currentData().toString();
}

void ConfigurationBar::choose(const QString& name)
{
    m_filling = true;
    m_box->setCurrentIndex(std::max(0, m_box->findData(name)));
    m_filling = false;
}

void ConfigurationBar::fill()
{
    const QString name = chosenName();
    m_filling = true;
    m_box->clear();
    m_box->addItem(m_appearance.icon(QStringLiteral("rerun")),
        tr("No configuration"), QString());
    for (const session::LaunchConfiguration& one : m_store.configurations())
        m_box->addItem(m_appearance.icon(QStringLiteral("launch")), one.name, one.name);
    m_filling = false;
    choose(name);
}

void ConfigurationBar::fillMenu()
{
    m_menu->clear();
    const QString name = chosenName();
    const auto add = [this](const char* object, const char* icon, const QString& text, bool enabled, auto what) {
        QAction* action = m_menu->addAction(m_appearance.icon(QString::fromLatin1(icon)), text, this, what);
        action->setObjectName(QString::fromLatin1(object));
        action->setEnabled(enabled);
    };
    const bool some = !name.isEmpty();
    add("configurationSave", "save", some ? tr("Save %1").arg(name) : tr("Save"), some, [this, name] { m_store.save(name, m_current()); });
    add("configurationSaveAs", "save", tr("Save as…"), true, [this] { saveAs(); });
    add("configurationDuplicate", "copy", tr("Duplicate"), some, [this, name] { choose(m_store.duplicate(name)); });
    add("configurationRename", "editor", tr("Rename…"), some, [this, name] {
        askName(name, [this, name](const QString& to) {
            if (!m_store.rename(name, to))
                Q_EMIT problem(tr("There is a configuration %1 already. Choose another name.").arg(to));
            else
                choose(to);
        });
    });
    add("configurationDelete", "trash", tr("Delete"), some, [this, name] { m_store.remove(name); });
    m_menu->addSeparator();
    const QString filter = tr("Launch configurations (*.json)");
    add("configurationExport", "export", some ? tr("Export %1…").arg(name) : tr("Export all…"), !m_store.configurations().isEmpty(),
        [this, name, filter] {
            const QString path = QFileDialog::getSaveFileName(window(), tr("Export launch configurations"),
                QDir::home().filePath((name.isEmpty() ? QStringLiteral("launches") : name) + QStringLiteral(".json")), filter);
            if (!path.isEmpty())
                exportTo(path);
        });
    add("configurationImport", "open", tr("Import…"), true, [this, filter] {
        const QString path = QFileDialog::getOpenFileName(window(), tr("Import launch configurations"), QDir::homePath(), filter);
        if (!path.isEmpty())
            importFrom(path);
    });
}

void ConfigurationBar::exportTo(const QString& path)
{
    QStringList names;
    for (const session::LaunchConfiguration& one : m_store.configurations())
        names << one.name;
    if (const QString name = chosenName(); !name.isEmpty())
        names = {name};
    if (const Status done = m_store.exportTo(path, names); !done)
        Q_EMIT problem(QString::fromStdString(done.error().message));
}

void ConfigurationBar::importFrom(const QString& path)
{
    const Result<QStringList> names = m_store.importFrom(path);
    if (!names) {
        Q_EMIT problem(QString::fromStdString(names.error().message));
        return;
    }
    m_box->setCurrentIndex(m_box->findData(names.value().first()));
}

void ConfigurationBar::saveAs()
{
    const QString name = chosenName();
    askName(name.isEmpty() ? QString() : m_store.freeName(name), [this](const QString& to) {
        m_store.save(to, m_current());
        choose(to);
    });
}

void ConfigurationBar::askName(const QString& proposal, std::function<void(const QString&)> then)
{
    m_then = std::move(then);
    m_name->setText(proposal);
    m_box->hide();
    m_name->show();
    m_name->setFocus();
    m_name->selectAll();
}

void ConfigurationBar::endName(bool good)
{
    if (m_name->isHidden())
        return;
    const auto then = std::exchange(m_then, nullptr);
    const QString name = m_name->text().trimmed();
    m_box->show();
    m_box->setFocus();
    m_name->hide();
    if (good && then && !name.isEmpty())
        then(name);
}

// Enter and Esc are the name's while it is asked for, not the sheet's.
bool ConfigurationBar::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_name && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape) {
            endName(key != Qt::Key_Escape);
            return true;
        }
    }
    if (object == m_name && event->type() == QEvent::FocusOut && static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason
        && static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason)
        endName(false);
    return QWidget::eventFilter(object, event);
}

} // namespace calltide::ui
