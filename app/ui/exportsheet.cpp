// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/exportsheet.h"
#include "formats/container.h"
#include "render/viewstate.h"
#include "ui/appearance.h"
#include "ui/choicecard.h"
#include "ui/controls.h"
#include "ui/question.h"
#include "ui/text.h"
#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <algorithm>

namespace calltide::ui {

using formats::ExportFormat;

namespace {

enum Part { Whole, Shown, Selected };
enum Calls { All, Filtered, Hits };

const QString kPackings[] = {QString(), QStringLiteral(".gz"), QStringLiteral(".zst")};

} // namespace

struct ExportSheet::Kind
{
    std::optional<ExportFormat> format;
    const char *title, *text, *ending;
};

const ExportSheet::Kind ExportSheet::kKinds[] = {
    {ExportFormat::PerfettoJson, QT_TR_NOOP("Perfetto JSON"), QT_TR_NOOP("For ui.perfetto.dev, Chrome, VizTracer; everything"), ".json"},
    {ExportFormat::Perfetto, QT_TR_NOOP("Perfetto trace"), QT_TR_NOOP("The same as protobuf: smaller, opens faster"), ".pftrace"},
    {ExportFormat::Speedscope, QT_TR_NOOP("speedscope"), QT_TR_NOOP("For speedscope.app"), ".speedscope.json"},
    {ExportFormat::Firefox, QT_TR_NOOP("Firefox Profiler"), QT_TR_NOOP("For profiler.firefox.com"), ".firefox.json"},
    {ExportFormat::Pstats, QT_TR_NOOP("cProfile statistics"), QT_TR_NOOP("For pstats, SnakeViz, gprof2dot; sums, no timeline"), ".prof"},
    {ExportFormat::Collapsed, QT_TR_NOOP("Collapsed stacks"), QT_TR_NOOP("Lines for flamegraph.pl and its kin; sums"), ".collapsed"},
    {ExportFormat::Csv, QT_TR_NOOP("Table of functions"), QT_TR_NOOP("CSV for a spreadsheet: calls and times"), ".csv"},
    {std::nullopt, QT_TR_NOOP("Recording as one file"), QT_TR_NOOP("All processes and notes, packed; opens in Calltide"), ".packed.calltide"},
};

ExportSheet::ExportSheet(const Appearance& appearance, QWidget* window)
    : Sheet(appearance, tr("Export"), QStringLiteral("size.dialog.export"), window)
{
    setObjectName(QStringLiteral("exportSheet"));
    auto* inside = new QWidget;
    auto* lines = new QVBoxLayout(inside);
    lines->setContentsMargins(20, 16, 20, 12);
    lines->setSpacing(14);
    lines->addWidget(buildKinds());
    lines->addWidget(buildChoices());
    lines->addStretch(1);
    QScrollArea* scroll = scrolled(inside); // for windows that are not high enough
    scroll->setFocusPolicy(Qt::NoFocus);
    column()->addWidget(scroll, 1);
    m_export = addFoot(tr("Export"));
    m_export->setObjectName(QStringLiteral("exportButton"));
    connect(m_packing, &Segments::currentChanged, this, &ExportSheet::rename);
    connect(m_part, &Segments::currentChanged, this, &ExportSheet::kindChanged);
    connect(m_path, &QLineEdit::textChanged, this, &ExportSheet::pathChanged);
}

QWidget* ExportSheet::buildKinds()
{
    auto* box = new QWidget;
    auto* cards = new QGridLayout(box);
    cards->setContentsMargins(0, 0, 0, 0);
    cards->setSpacing(8);
    for (const Kind& k : kKinds) {
        const int i = int(m_kinds.size());
        auto* card = new ChoiceCard(m_appearance, tr(k.title), tr(k.text));
        card->setObjectName(QStringLiteral("format%1").arg(i));
        cards->addWidget(card, i / 2, i % 2);
        m_kinds << card;
        connect(card, &QRadioButton::toggled, this, [this](bool on) {
            if (on && m_export)
                kindChanged();
        });
    }
    m_kinds.first()->setChecked(true);
    return box;
}

QWidget* ExportSheet::buildChoices()
{
    auto* box = new QWidget;
    auto* form = new QGridLayout(box);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(9);
    form->setColumnStretch(1, 1);
    int at = 0;
    const auto row = [&](const QString& label, const QList<QWidget*>& widgets) {
        form->addWidget(plainLabel(label, "secondary"), at, 0);
        auto* line = new QHBoxLayout;
        line->setSpacing(10);
        for (QWidget* w : widgets)
            line->addWidget(w);
        if (!qobject_cast<QLineEdit*>(widgets.first()))
            line->addStretch(1);
        form->addLayout(line, at++, 1);
    };
    m_part = new Segments({tr("Whole recording"), tr("What is shown"), tr("Selected time")});
    m_part->setObjectName(QStringLiteral("exportPart"));
    m_partText = plainLabel(QString(), "muted");
    m_tracks = new ComboBox;
    m_tracks->setObjectName(QStringLiteral("exportTracks"));
    m_tracks->setMinimumWidth(250);
    m_calls = new ComboBox;
    m_calls->setObjectName(QStringLiteral("exportCalls"));
    m_calls->setMinimumWidth(250);
    m_packing = new Segments({tr("None"), tr("gzip"), tr("zstd")});
    m_packing->setObjectName(QStringLiteral("exportPacking"));
    m_sources = new QCheckBox(tr("With source texts"));
    m_sources->setObjectName(QStringLiteral("exportSources"));
    m_sources->setChecked(true);
    m_path = new QLineEdit;
    m_path->setObjectName(QStringLiteral("exportPath"));
    m_path->setAccessibleName(tr("File"));
    auto* choose = new IconButton(m_appearance, QStringLiteral("folder"), tr("Choose the file…"));
    choose->setObjectName(QStringLiteral("exportBrowse"));
    connect(choose, &QToolButton::clicked, this, &ExportSheet::browse);
    m_note = plainLabel(QString(), "muted");
    m_note->setObjectName(QStringLiteral("exportNote"));
    row(tr("Time"), {m_part, m_partText});
    row(tr("Tracks"), {m_tracks});
    row(tr("Calls"), {m_calls});
    row(tr("Compression"), {m_packing, m_sources});
    row(tr("File"), {m_path, choose});
    row(QString(), {m_note});
    return box;
}

void ExportSheet::popUp(const render::ViewState& state, const QString& recording, const QString& folder)
{
    m_state = &state;
    m_recording = recording;
    const store::Trace& trace = *state.trace();
    const bool own = trace.format() == "Calltide recording" && !recording.contains(u'\n');
    const bool native = own && !formats::packedName(toUtf8(recording));
    m_kinds.last()->setEnabled(native);
    m_kinds.last()->setToolTip(native ? QString() : own ? tr("This recording is one file already.") : tr("Only Calltide's own recordings can be packed."));
    if (!native && m_kinds.last()->isChecked())
        m_kinds.first()->setChecked(true);

    m_part->setEnabledAt(Selected, state.area().has_value());
    m_part->setCurrent(state.area() ? Selected : Whole);
    m_tracks->clear();
    m_tracks->addItem(tr("All tracks"));
    if (state.area() && !state.area()->tracks.empty())
        m_tracks->addItem(tr("Tracks of the selected area"), -1);
    if (state.selected() != store::kNoSlice) {
        const store::Track& track = trace.track(trace.trackOf(state.selected()));
        m_tracks->addItem(
            tr("Only %1").arg(labelText(trace.string(track.name))), int(trace.trackOf(state.selected()).v));
    }
    m_tracks->setEnabled(m_tracks->count() > 1);
    m_calls->clear();
    m_calls->addItem(tr("All calls"), All);
    if (state.filter())
        m_calls->addItem(tr("Those that pass the filter"), Filtered);
    if (!state.searchMask().empty())
        m_calls->addItem(tr("Hits of the search for \u201c%1\u201d").arg(state.searchText()), Hits);
    m_calls->setCurrentIndex(state.filter() ? 1 : 0);
    m_calls->setEnabled(m_calls->count() > 1);

    QString name = QFileInfo(recording.section(u'\n', 0, 0)).fileName();
    for (const QString& tail : {QStringLiteral(".gz"), QStringLiteral(".zst"), QStringLiteral(".json"), QStringLiteral(".packed.calltide"), QStringLiteral(".calltide")})
        if (name.endsWith(tail))
            name.chop(tail.size());
    m_path->setText(QDir::toNativeSeparators(QDir(folder).filePath(name + ending())));
    kindChanged();
    appear();
    (m_kinds[kind()])->setFocus();
}

int ExportSheet::kind() const
{
    for (int i = 0; i < m_kinds.size(); ++i)
        if (m_kinds[i]->isChecked())
            return i;
    return 0;
}

QString ExportSheet::ending() const
{
    const Kind& k = kKinds[kind()];
    return QLatin1String(k.ending) + (k.format ? kPackings[m_packing->current()] : QString());
}

void ExportSheet::kindChanged()
{
    const Kind& k = kKinds[kind()];
    const bool converted = k.format.has_value();
    m_part->setEnabled(converted);
    m_packing->setEnabled(converted);
    m_tracks->setEnabled(converted && m_tracks->count() > 1);
    m_calls->setEnabled(converted && m_calls->count() > 1);
    m_sources->setEnabled(k.format == ExportFormat::PerfettoJson);
    QString part;
    if (m_state && m_state->trace()) {
        const int64_t length = m_part->current() == Selected && m_state->area() ? m_state->area()->range.length()
            : m_part->current() == Shown                                        ? m_state->range().length()
                                                                                : m_state->trace()->duration();
        part = converted ? formatDuration(length) : tr("always whole");
    }
    m_partText->setText(part);
    rename();
}

void ExportSheet::rename()
{
    const QFileInfo file(m_path->text().trimmed());
    QString name = file.fileName();
    const auto chop = [&name](const QString& tail) {
        const bool there = !tail.isEmpty() && name.size() > tail.size() && name.endsWith(tail);
        if (there)
            name.chop(tail.size());
        return there;
    };
    for (const QString& packing : kPackings)
        chop(packing);
    QStringList endings;
    for (const Kind& k : kKinds)
        endings << QLatin1String(k.ending);
    std::sort(endings.begin(), endings.end(), [](const QString& a, const QString& b) { return a.size() > b.size(); });
    std::any_of(endings.begin(), endings.end(), chop); // .speedscope.json before .json
    if (!name.isEmpty())
        m_path->setText(QDir::toNativeSeparators(file.dir().filePath(name + ending())));
    pathChanged();
}

void ExportSheet::pathChanged()
{
    const QFileInfo file(m_path->text().trimmed());
    QString note;
    bool ok = false;
    if (m_path->text().trimmed().isEmpty() || file.fileName().isEmpty())
        note = tr("Name a file.");
    else if (file == QFileInfo(m_recording))
        note = tr("%1 is the file that is open. Choose another name.").arg(file.fileName());
    else if (file.isDir())
        note = tr("%1 is a folder. Add a file's name.").arg(file.fileName());
    else if (!file.dir().exists())
        note = tr("There is no folder %1.").arg(shortPath(file.dir().absolutePath()));
    else {
        ok = true;
        if (file.exists())
            note = tr("%1 is there already; you will be asked whether to replace it.").arg(file.fileName());
    }
    m_note->setText(note);
    setStyleProperty(m_note, "danger", !ok);
    m_export->setEnabled(ok);
}

void ExportSheet::browse()
{
    const Kind& k = kKinds[kind()];
    const QString path = QFileDialog::getSaveFileName(this, tr("Export"), m_path->text(),
        tr("%1 (*%2);;All files (*)").arg(tr(k.title), QLatin1String(k.ending)), nullptr, QFileDialog::DontConfirmOverwrite);
    if (!path.isEmpty())
        m_path->setText(QDir::toNativeSeparators(path));
}

ExportRequest ExportSheet::request() const
{
    ExportRequest out;
    out.path = QFileInfo(m_path->text().trimmed()).absoluteFilePath();
    out.format = kKinds[kind()].format;
    out.sources = m_sources->isChecked();
    if (!out.format || !m_state)
        return out;
    const store::TracePtr trace = m_state->trace();
    const bool ofArea = m_tracks->currentData().isValid() && m_tracks->currentData().toInt() < 0;
    if (m_part->current() == Selected && m_state->area()) {
        out.scope.from = m_state->area()->range.from;
        out.scope.to = m_state->area()->range.to;
    } else if (m_part->current() == Shown) {
        out.scope.from = m_state->range().from;
        out.scope.to = m_state->range().to;
    }
    if (ofArea && m_state->area())
        out.scope.tracks = m_state->area()->tracks;
    else if (m_tracks->currentData().isValid())
        out.scope.tracks = store::withLanes(*trace, store::TrackId(size_t(m_tracks->currentData().toInt())));
    switch (m_calls->currentData().toInt()) {
    case Filtered:
        out.scope = m_state->filtered(std::move(out.scope));
        break;
    case Hits:
        out.scope.passes = [trace, hits = m_state->hits()](store::SliceIndex i) { return hits && hits->contains(i); };
        break;
    default:
        break;
    }
    return out;
}

void ExportSheet::confirm()
{
    if (!m_export->isEnabled())
        return;
    const ExportRequest wanted = request();
    const auto go = [this, wanted] {
        hide();
        Q_EMIT exportRequested(wanted);
    };
    const QFileInfo file(wanted.path);
    if (!file.exists())
        return go();
    new Question(m_appearance, tr("Replace the file?"),
        tr("%1 is there already. What it holds now is lost when it is replaced.").arg(file.fileName()), {tr("Cancel"), tr("Replace")}, 0,
        [go](int answer) {
            if (answer)
                go();
        },
        parentWidget());
}

void ExportSheet::hideEvent(QHideEvent* event)
{
    m_state.clear();
    Sheet::hideEvent(event);
}

} // namespace calltide::ui
