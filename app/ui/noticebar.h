// SPDX-License-Identifier: GPL-3.0-or-later
// NoticeBar: state that lasts (a file being read, events lost, an error), one line with one action and ×. The newest
// notice of the shown tab is seen; how many more there are is written beside it.
#pragma once
#include <QPointer>
#include <QWidget>
#include <functional>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;

namespace calltide::ui {

class Appearance;
class ElidedLabel;
class IconLabel;

struct Notice
{
    enum class Kind : uint8_t { Info, Warning, Danger };
    Kind kind = Kind::Info;
    QString icon;
    QString title;                // semibold; plain text
    QString text;                 // plain text
    QString actionText;           // "": no button
    std::function<void()> action; // called by the button; the notice stays until removed
    const void* owner = nullptr;  // the tab it belongs to; null: every tab
    int perMille = -1;            // progress; -1: none
    bool closable = true;
};

class NoticeBar : public QWidget
{
    Q_OBJECT
public:
    explicit NoticeBar(const Appearance& appearance, QWidget* parent = nullptr);

    int add(Notice notice); // returns its id
    void update(int id, const QString& text, int perMille);
    void remove(int id);
    void removeOwned(const void* owner);
    void setOwner(const void* owner); // whose notices are shown, besides those of every tab
    QStringList shownTexts() const;   // newest first

Q_SIGNALS:
    void heightChanged();

private:
    struct Entry
    {
        int id;
        Notice notice;
    };
    const Entry* top() const;
    void refresh();

    const Appearance& m_appearance;
    std::vector<Entry> m_entries;
    const void* m_owner = nullptr;
    int m_nextId = 1, m_shownId = 0;
    IconLabel* m_icon;
    ElidedLabel *m_title, *m_text;
    QProgressBar* m_progress;
    QLabel* m_more;
    QPushButton* m_action;
    QWidget* m_close;
};

} // namespace calltide::ui
