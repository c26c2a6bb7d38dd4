// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conditionedit.h"
#include "ui/controls.h"
#include "ui/appearance.h"
#include <QBoxLayout>
#include <QComboBox>
#include <QLineEdit>

namespace calltide::ui {
namespace {
enum Kind { None, Enter, Longer, Raise, After, Signal, Several };
constexpr const char* kWords[] = {"", "enter", "longer", "raise", "after", "signal", ""};
} // namespace

ConditionEdit::ConditionEdit(const Appearance& appearance, const QString& none, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_kind(new ComboBox)
    , m_value(new QLineEdit)
    , m_pattern(new QLineEdit)
{
    m_kind->addItems({none, tr("a function is entered"), tr("a call lasts longer than"), tr("an exception is raised"),
        tr("some time has passed"), tr("a signal comes"), tr("one of several happens")});
    m_kind->setObjectName(name + QStringLiteral("Kind"));
    m_value->setObjectName(name);
    m_pattern->setObjectName(name + QStringLiteral("Pattern"));
    m_pattern->setPlaceholderText(tr("of any function"));
    m_value->setFont(monoFont(appearance, u"small"));
    m_pattern->setFont(monoFont(appearance, u"small"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_kind);
    row->addWidget(m_value, 2);
    row->addWidget(m_pattern, 3);
    setFocusProxy(m_kind);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        showFields();
        Q_EMIT changed();
    });
    for (QLineEdit* edit : {m_value, m_pattern})
        connect(edit, &QLineEdit::textChanged, this, &ConditionEdit::changed);
    showFields();
}

void ConditionEdit::showFields()
{
    const int kind = m_kind->currentIndex();
    const QString hints[] = {QString(), QStringLiteral("Shop.order, handle_*"), QStringLiteral("20ms"), QStringLiteral("ValueError"),
        QStringLiteral("5s"), QStringLiteral("USR1"), QStringLiteral("enter:Shop.order; after:5s")};
    m_value->setPlaceholderText(hints[kind]);
    m_value->setAccessibleName(m_kind->currentText());
    m_value->setVisible(kind != None);
    m_pattern->setVisible(kind == Longer);
}

QString ConditionEdit::text() const
{
    const int kind = m_kind->currentIndex();
    const QString value = m_value->text().trimmed();
    if (kind == None)
        return {};
    if (kind == Several)
        return value;
    const QString pattern = kind == Longer ? m_pattern->text().trimmed() : QString();
    return QString::fromLatin1(kWords[kind]) + u':' + value + (pattern.isEmpty() ? QString() : u':' + pattern);
}

void ConditionEdit::setText(const QString& text)
{
    if (text == this->text())
        return;
    const QString word = text.section(u':', 0, 0).trimmed();
    QString value = text.section(u':', 1).trimmed();
    int kind = text.isEmpty() ? None : Several;
    for (int i = Enter; i <= Signal && !text.contains(u';'); ++i)
        if (word == QLatin1String(kWords[i]))
            kind = i;
    m_pattern->setText(kind == Longer ? value.section(u':', 1) : QString());
    m_kind->setCurrentIndex(kind);
    m_value->setText(kind == Several ? text : kind == Longer ? value.section(u':', 0, 0) : value);
}

} // namespace calltide::ui
