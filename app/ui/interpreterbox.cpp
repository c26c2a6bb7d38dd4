// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/interpreterbox.h"
#include "session/tracerbuild.h"
#include "ui/appearance.h"
#include "ui/text.h"
#include <algorithm>
#include <QAbstractItemView>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPainter>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QStylePainter>

namespace calltide::ui {
namespace {
enum Role { PathRole = Qt::UserRole, ProblemRole, LabelRole, PlaceRole, BuildRole };

class InterpreterDelegate : public QStyledItemDelegate
{
public:
    InterpreterDelegate(const Appearance& appearance, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_appearance(appearance)
    {
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        return {200, index.data(ProblemRole).toString().isEmpty() ? 28 : 44};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const QString problem = index.data(ProblemRole).toString();
        const bool usable = problem.isEmpty(), buildable = index.data(BuildRole).toBool();
        painter->save();
        if ((usable || buildable) && option.state & (QStyle::State_Selected | QStyle::State_MouseOver))
            painter->fillRect(option.rect, m_appearance.color(u"selection.row"));
        QRect r = option.rect.adjusted(8, 0, -8, 0);
        if (!usable)
            r.setHeight(24);
        painter->setFont(uiFont(m_appearance, u"body", 500));
        painter->setPen(m_appearance.color(usable || buildable ? u"text.primary" : u"text.muted"));
        const QString label = index.data(LabelRole).toString();
        painter->drawText(r, Qt::AlignVCenter, label);
        r.setLeft(r.left() + painter->fontMetrics().horizontalAdvance(label) + 10);
        painter->setFont(uiFont(m_appearance, u"small"));
        painter->setPen(m_appearance.color(u"text.muted"));
        const QString place = index.data(PlaceRole).toString();
        painter->drawText(r, Qt::AlignVCenter, painter->fontMetrics().elidedText(place, Qt::ElideMiddle, r.width()));
        if (!usable) {
            const QRect below = option.rect.adjusted(8, 22, -8, -2);
            painter->drawText(below, Qt::AlignVCenter,
                painter->fontMetrics().elidedText(problem, Qt::ElideRight, below.width()));
        }
        painter->restore();
    }

private:
    const Appearance& m_appearance;
};
} // namespace

namespace {
// pyenv's python3 is a script that starts one of the others: that one is meant.
QString amongThem(const QString& preferred, const QList<session::Interpreter>& found)
{
    const QString file = QFileInfo(preferred).canonicalFilePath();
    if (preferred.isEmpty() || std::any_of(found.cbegin(), found.cend(), [&](const session::Interpreter& python) {
            return QFileInfo(python.path).canonicalFilePath() == file;
        }))
        return preferred;
    auto asked = session::examine(preferred, 3000);
    for (const session::Interpreter& python : found)
        if (asked && python.prefix == asked->prefix && python.version == asked->version)
            return python.path;
    return preferred;
}
} // namespace

InterpreterBox::InterpreterBox(const Appearance& appearance, QWidget* parent)
    : QComboBox(parent)
    , m_appearance(appearance)
{
    setObjectName(QStringLiteral("python"));
    setAccessibleName(tr("Python"));
    setItemDelegate(new InterpreterDelegate(appearance, this));
    setMinimumContentsLength(10);
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    view()->setMouseTracking(true);
    connect(&m_buildClock, &QTimer::timeout, this, [this] { Q_EMIT building(m_build.perMille()); });
    connect(this, &QComboBox::activated, this, [this](int row) {
        if (itemData(row, PathRole).toString().isEmpty()) {
            setCurrentIndex(m_last);
            browse();
            return;
        }
        m_last = row;
        m_wanted = path();
        Q_EMIT chosen();
    });
}

// Closed, it says what the list says; with the style sheet's frame around.
void InterpreterBox::paintEvent(QPaintEvent*)
{
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    option.currentText.clear();
    option.currentIcon = QIcon();
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    QStyleOption arrow;
    arrow.initFrom(this);
    arrow.rect = QRect(width() - 24, (height() - 16) / 2, 16, 16);
    painter.drawPrimitive(QStyle::PE_IndicatorArrowDown, arrow);

    QRect r = rect().adjusted(9, 0, -30, 0);
    const QString label = currentData(LabelRole).toString();
    const bool known = !label.isEmpty(), usable = currentData(ProblemRole).toString().isEmpty();
    painter.drawPixmap(r.left(), (height() - 16) / 2,
        m_appearance.theme().iconPixmap(QStringLiteral("interpreter"), m_appearance.color(u"text.secondary"), 16, devicePixelRatioF()));
    r.setLeft(r.left() + 24);
    if (known) {
        const bool buildable = currentData(BuildRole).toBool();
        const QString chip = usable ? tr("ready") : isBuilding() ? tr("being built") : buildable ? tr("no recorder") : tr("cannot be used");
        painter.setFont(uiFont(m_appearance, u"caption"));
        const int w = painter.fontMetrics().horizontalAdvance(chip) + 16;
        const QRectF box(r.right() - w, (height() - 18) / 2.0, w, 18);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_appearance.color(usable ? u"state.ok_soft" : buildable ? u"state.warn_soft" : u"state.danger_soft"));
        painter.drawRoundedRect(box, 9, 9);
        painter.setPen(m_appearance.color(usable ? u"state.ok" : buildable ? u"state.warn" : u"state.danger"));
        painter.drawText(box, Qt::AlignCenter, chip);
        r.setRight(int(box.left()) - 8);
    }
    painter.setFont(uiFont(m_appearance, u"body", known ? 500 : 400));
    painter.setPen(m_appearance.color(known ? u"text.primary" : u"text.muted"));
    const QString text = known ? label : currentIndex() < 0 ? tr("Choose a Python") : currentText();
    painter.drawText(r, Qt::AlignVCenter, text);
    r.setLeft(r.left() + painter.fontMetrics().horizontalAdvance(text) + 10);
    if (known && r.width() > 20) {
        painter.setFont(uiFont(m_appearance, u"small"));
        painter.setPen(m_appearance.color(u"text.muted"));
        painter.drawText(r, Qt::AlignVCenter,
            painter.fontMetrics().elidedText(currentData(PlaceRole).toString(), Qt::ElideMiddle, r.width()));
    }
}

void InterpreterBox::search(const QString& folder, const QStringList& added)
{
    m_added = added;
    m_folder = folder;
    if (count() == 0) {
        addItem(tr("Looking for Python…"));
        setEnabled(false);
    }
    using Found = std::pair<QList<session::Interpreter>, QString>;
    m_job.start(
        [folder, added](store::Progress&) -> Found {
            QList<session::Interpreter> found = session::findInterpreters(folder);
            for (const QString& path : added)
                if (Result<session::Interpreter> one = session::examine(path))
                    found.prepend(*one);
            return {found, amongThem(session::defaultInterpreter(folder), found)};
        },
        [this](const Found& result) { fill(result.first, result.second); });
}

void InterpreterBox::fill(const QList<session::Interpreter>& all, const QString& preferred)
{
    QList<session::Interpreter> found = all;
    const auto isWanted = [this](const session::Interpreter& python) { return python.path == m_wanted; };
    if (!m_wanted.isEmpty() && std::none_of(found.cbegin(), found.cend(), isWanted)) {
        session::Interpreter gone; // chosen once, or typed on a command line: said rather than silently replaced
        gone.path = m_wanted;
        const Result<session::Interpreter> one = QFileInfo(m_wanted).isExecutable() ? session::examine(m_wanted, 2000)
                                                                                      : Result<session::Interpreter>(Error{});
        if (one)
            gone = *one;
        else
            gone.problem = tr("There is no Python at %1 any more. Choose another.").arg(m_wanted);
        found.prepend(gone);
    }
    m_found = found;
    QSignalBlocker quiet(this);
    clear();
    setEnabled(true);
    auto* items = qobject_cast<QStandardItemModel*>(model());
    for (const session::Interpreter& python : found) {
        addItem(m_appearance.icon(QStringLiteral("interpreter")),
            QStringLiteral("%1   %2").arg(python.label(), shortPath(python.path)));
        const int row = count() - 1;
        setItemData(row, python.path, PathRole);
        setItemData(row, python.problem, ProblemRole);
        setItemData(row, python.implementation.isEmpty() ? tr("Python") : python.label(), LabelRole);
        setItemData(row, python.canBuild, BuildRole);
        const QString place = shortPath(python.path);
        setItemData(row, python.origin.isEmpty() ? place : QStringLiteral("%1 · %2").arg(python.origin, place), PlaceRole);
        setItemData(row, (python.usable() ? python.path : python.problem).toHtmlEscaped(), Qt::ToolTipRole);
        items->item(row)->setEnabled(python.usable() || python.canBuild);
    }
    addItem(m_appearance.icon(QStringLiteral("folder")), tr("Choose another…"));
    setItemData(count() - 1, tr("Choose another…"), LabelRole);
    const auto usableAt = [&](const QString& path) {
        const int row = findData(path, PathRole);
        return row >= 0 && row < found.size() && found[row].usable() ? row : -1;
    };
    int row = m_wanted.isEmpty() ? -1 : findData(m_wanted, PathRole);
    if (row < 0)
        row = usableAt(preferred);
    // python3 and python3.12 of one folder are one; an environment with a link to it is another.
    const QFileInfo wanted(preferred);
    for (const bool sameFolder : {true, false})
        for (int i = 0; row < 0 && i < found.size(); ++i)
            if (const QFileInfo info(found[i].path); found[i].usable() && info.canonicalFilePath() == wanted.canonicalFilePath()
                && (sameFolder ? info.absolutePath() == wanted.absolutePath()
                               : !info.absoluteDir().exists(QStringLiteral("../pyvenv.cfg"))
                            && !wanted.absoluteDir().exists(QStringLiteral("../pyvenv.cfg"))))
                row = i;
    for (int i = 0; row < 0 && i < found.size(); ++i)
        row = found[i].usable() ? i : -1;
    m_last = row;
    setCurrentIndex(row);
    quiet.unblock();
    Q_EMIT chosen();
}

QString InterpreterBox::path() const
{
    const QString shown = currentData(PathRole).toString();
    // While it looks again, what can be seen there is what is meant.
    return isSearching() && (shown.isEmpty() || !m_wanted.isEmpty()) ? m_wanted : shown;
}

void InterpreterBox::choose(const QString& path)
{
    m_wanted = path;
    if (const int row = findData(path, PathRole); row >= 0 && !path.isEmpty()) {
        m_last = row;
        setCurrentIndex(row);
        Q_EMIT chosen();
    }
}

QString InterpreterBox::problem() const
{
    if (isSearching())
        return {};
    if (currentIndex() < 0)
        return m_found.isEmpty() ? tr("No Python was found on this machine. Install one, or choose its program.")
                                 : tr("None of the Pythons on this machine can be recorded. Choose another.");
    return currentData(ProblemRole).toString();
}

bool InterpreterBox::canBuild() const
{
    return !isSearching() && currentData(BuildRole).toBool();
}

void InterpreterBox::build()
{
    const int row = currentIndex();
    if (!canBuild() || isBuilding() || row >= m_found.size())
        return;
    const session::Interpreter python = m_found[row];
    m_wanted = python.path;
    m_build.start([python](store::Progress& progress) { return session::buildTracer(python, progress); },
        [this](const Result<QString>& module) {
            m_buildClock.stop();
            Q_EMIT building(-1);
            if (module)
                search(m_folder, m_added);
            else if (module.error().code != ErrorCode::Cancelled)
                Q_EMIT buildFailed(QString::fromStdString(module.error().message));
            update();
        });
    m_buildClock.start(300);
    Q_EMIT building(0);
    update();
}

void InterpreterBox::browse()
{
    const QString path = QFileDialog::getOpenFileName(window(), tr("Choose a Python program"), QStringLiteral("/usr/bin"));
    if (path.isEmpty())
        return;
    m_examination.start([path](store::Progress&) { return session::examine(path); },
        [this, path](const Result<session::Interpreter>& python) {
            session::Interpreter entry;
            if (python) {
                entry = *python;
            } else {
                entry.path = path;
                entry.problem = QString::fromStdString(python.error().message);
            }
            if (entry.usable() && !m_added.contains(path))
                m_added << path;
            m_wanted = path;
            QList<session::Interpreter> found = m_found;
            found.prepend(entry);
            fill(found, path);
            if (!entry.usable()) { // shown as chosen, with its reason below the field
                setCurrentIndex(0);
                m_last = 0;
                Q_EMIT chosen();
            }
        });
}

} // namespace calltide::ui
