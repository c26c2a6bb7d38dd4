// SPDX-License-Identifier: GPL-3.0-or-later
// Small widgets used everywhere: icon buttons, segments, links, elided labels.
#pragma once
#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QToolButton>
#include <functional>

class QLineEdit;
class QScrollArea;

namespace calltide::ui {

class Appearance;

// A button that shows an icon only; `tip` is its tooltip and accessible name. Follows the theme.
class IconButton : public QToolButton
{
    Q_OBJECT
public:
    IconButton(const Appearance& appearance, const QString& icon, const QString& tip, QWidget* parent = nullptr);
    void setIconName(const QString& icon);

private:
    void refresh();
    const Appearance& m_appearance;
    QString m_icon;
};

// An icon as a picture, in one of the theme's colours.
class IconLabel : public QLabel
{
    Q_OBJECT
public:
    IconLabel(const Appearance& appearance, const QString& icon, const QString& token, int px = 16, QWidget* parent = nullptr);
    void setIcon(const QString& icon, const QString& token);

private:
    void refresh();
    const Appearance& m_appearance;
    QString m_icon, m_token;
    int m_px;
};

// One line of plain text, cut in the middle or at the end when there is no room; never sets a least width. The whole
// text is its tooltip while it is cut, and what is copied.
class ElidedLabel : public QLabel
{
    Q_OBJECT
public:
    explicit ElidedLabel(Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    const QString& fullText() const { return m_full; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void elide();
    Qt::TextElideMode m_mode;
    QString m_full;
};

// Plain text that can be clicked like a link, and reached by Tab.
class LinkLabel : public ElidedLabel
{
    Q_OBJECT
public:
    explicit LinkLabel(Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr);
    void setActive(bool active); // a link that leads nowhere looks like text

Q_SIGNALS:
    void clicked();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
};

// A combo box with its arrow: style sheets know only pictures, which do not follow the theme.
class ComboBox : public QComboBox
{
    Q_OBJECT
public:
    using QComboBox::QComboBox;

protected:
    void paintEvent(QPaintEvent* event) override;
};

// Buttons of which one is chosen.
class Segments : public QWidget
{
    Q_OBJECT
public:
    explicit Segments(const QStringList& names, QWidget* parent = nullptr);
    int current() const;
    void setCurrent(int index);
    void setEnabledAt(int index, bool enabled); // what is chosen stays chosen

Q_SIGNALS:
    void currentChanged(int index);

private:
    QList<QToolButton*> m_buttons;
};

// Whether any of it can be seen. A dock behind another one in its tab row counts as visible for Qt, and is not.
bool isSeen(const QWidget* widget);
// A search field with an icon in it.
QLineEdit* filterField(const Appearance& appearance, const QString& placeholder, QWidget* parent = nullptr);
// Sets a style property and has the style sheet looked at again.
void setStyleProperty(QWidget* widget, const char* name, const QVariant& value);
QLabel* plainLabel(const QString& text, const char* property = nullptr, QWidget* parent = nullptr);
// A large number with its name above it, and perhaps a small one beside it.
QWidget* figureBox(const Appearance& appearance, const QString& caption, QLabel*& value, QLabel** beside = nullptr);
// The page, which is as wide as there is room and can be scrolled up and down.
QScrollArea* scrolled(QWidget* page);
// Icon, a line and a second line in the middle of an empty panel.
QWidget* emptyState(const Appearance& appearance, const QString& icon, const QString& title, const QString& text);

} // namespace calltide::ui
