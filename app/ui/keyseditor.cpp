// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keyseditor.h"
#include "ui/appearance.h"
#include "ui/controls.h"
#include "ui/keys.h"
#include <QBoxLayout>
#include <QComboBox>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

namespace calltide::ui {
namespace {
QString actionText(ActionId id)
{
    return QCoreApplication::translate("calltide::ui::Actions", actionSpec(id).text).remove(u'…');
}

class KeysEditor : public QDialog
{
public:
    KeysEditor(QWidget& window, const Appearance& appearance, Keys& keys)
        : QDialog(&window)
        , m_keys(keys)
        , m_list(new QTreeWidget)
        , m_edit(new QKeySequenceEdit)
        , m_said(new ElidedLabel)
    {
        setAttribute(Qt::WA_DeleteOnClose);
        setObjectName(QStringLiteral("keysEditor"));
        setWindowTitle(tr("Keys"));
        resize(560, 560);
        auto* preset = new ComboBox;
        preset->setObjectName(QStringLiteral("preset"));
        preset->setAccessibleName(tr("Preset"));
        for (const KeyPreset& p : keyPresets())
            preset->addItem(QCoreApplication::translate("calltide::ui::Keys", p.text));
        preset->setCurrentIndex(keys.preset());
        QLineEdit* filter = filterField(appearance, tr("Find an action or a key"));
        filter->setMaximumWidth(QWIDGETSIZE_MAX);
        m_list->setObjectName(QStringLiteral("keyList"));
        m_list->setHeaderLabels({tr("Action"), tr("Key")});
        m_list->setRootIsDecorated(false);
        m_list->setUniformRowHeights(true);
        m_list->setAlternatingRowColors(true);
        m_list->setAccessibleName(tr("Actions"));
        m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
        m_list->header()->setStretchLastSection(false);
        m_list->header()->resizeSection(1, 150);
        for (const ActionSpec& spec : actionTable()) {
            auto* item = new QTreeWidgetItem(m_list, {actionText(spec.id)});
            item->setData(0, Qt::UserRole, int(spec.id));
            item->setSizeHint(0, {0, appearance.px(u"size.table_row.compact")});
        }
        m_edit->setAccessibleName(tr("Key of the chosen action"));
        auto* none = new QPushButton(tr("No key"));
        auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::Reset);
        m_said->setProperty("muted", true);
        auto* row = new QHBoxLayout;
        row->addWidget(m_edit, 1);
        row->addWidget(none);
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(18, 16, 18, 14);
        column->setSpacing(8);
        column->addWidget(preset);
        column->addWidget(filter);
        column->addWidget(m_list, 1);
        column->addLayout(row);
        column->addWidget(m_said);
        column->addWidget(buttons);
        connect(preset, &QComboBox::activated, this, [this](int i) { m_keys.setPreset(i); });
        connect(filter, &QLineEdit::textChanged, this, [this](const QString& text) {
            for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
                QTreeWidgetItem* item = m_list->topLevelItem(i);
                item->setHidden(!item->text(0).contains(text, Qt::CaseInsensitive)
                    && !item->text(1).contains(text, Qt::CaseInsensitive));
            }
        });
        connect(m_list, &QTreeWidget::currentItemChanged, this, [this] { showKey(); });
        connect(m_list, &QTreeWidget::itemActivated, this, [this] { m_edit->setFocus(); });
        connect(m_edit, &QKeySequenceEdit::editingFinished, this, [this] { take(); });
        connect(none, &QPushButton::clicked, this, [this] {
            m_edit->clear();
            take();
        });
        connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
        connect(buttons->button(QDialogButtonBox::Reset), &QPushButton::clicked, this, [this] { m_keys.reset(); });
        connect(&keys, &Keys::changed, this, [this] { fill(); });
        fill();
        m_list->setCurrentItem(m_list->topLevelItem(0));
    }

private:
    static QString tr(const char* text) { return QCoreApplication::translate("calltide::ui::KeysEditor", text); }
    ActionId current() const
    {
        const QTreeWidgetItem* item = m_list->currentItem();
        return item ? ActionId(item->data(0, Qt::UserRole).toInt()) : ActionId::Count;
    }
    void fill()
    {
        for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
            QTreeWidgetItem* item = m_list->topLevelItem(i);
            const auto id = ActionId(item->data(0, Qt::UserRole).toInt());
            item->setText(1, m_keys.key(id).toString(QKeySequence::NativeText));
            QFont font = m_list->font();
            font.setBold(m_keys.isChanged(id));
            item->setFont(1, font);
        }
        showKey();
    }
    void showKey()
    {
        const QSignalBlocker quiet(m_edit);
        m_edit->setEnabled(current() != ActionId::Count);
        if (current() != ActionId::Count)
            m_edit->setKeySequence(m_keys.key(current()));
    }
    void take()
    {
        if (current() == ActionId::Count || m_edit->keySequence() == m_keys.key(current()))
            return;
        const QKeySequence wanted = m_edit->keySequence();
        const ActionId before = m_keys.owner(wanted);
        m_said->setFullText(before == ActionId::Count
                ? QString()
                : tr("%1 had this key; it has none now.").arg(actionText(before)));
        m_keys.setKey(current(), wanted);
    }

    Keys& m_keys;
    QTreeWidget* m_list;
    QKeySequenceEdit* m_edit;
    ElidedLabel* m_said;
};
} // namespace

void editKeys(QWidget& window, const Appearance& appearance, Keys& keys)
{
    (new KeysEditor(window, appearance, keys))->show();
}

} // namespace calltide::ui
