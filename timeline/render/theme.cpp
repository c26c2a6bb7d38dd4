// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/theme.h"
#include "resources/resources.h"
#include <QFile>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QSvgRenderer>
#include <functional>

namespace calltide::render {
namespace {
QJsonObject tokens()
{
    initResources();
    QFile file(QStringLiteral(":/calltide/tokens.json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

// Tokens put alpha last, "#RRGGBBAA"; QColor wants it first.
QColor parseColor(const QString& text)
{
    QColor color(text.left(7));
    if (text.size() == 9)
        color.setAlpha(text.mid(7).toInt(nullptr, 16));
    return color;
}

layout::Argb argb(const QColor& color)
{
    return color.rgba();
}

const char* name(ThemeKind kind)
{
    switch (kind) {
    case ThemeKind::Light:
        return "light";
    case ThemeKind::Dark:
        return "dark";
    case ThemeKind::HighContrast:
        return "high_contrast";
    }
    return "dark";
}

// Calls `leaf` with "a.b.c" for everything that is neither an object nor an array. The tokens are a fixed, shallow
// document of ours, but a work list costs nothing.
void flatten(const QJsonObject& root, const std::function<void(const QString&, const QJsonValue&)>& leaf)
{
    std::vector<std::pair<QString, QJsonValue>> open;
    for (auto it = root.begin(); it != root.end(); ++it)
        open.emplace_back(it.key(), it.value());
    while (!open.empty()) {
        const auto [path, value] = std::move(open.back());
        open.pop_back();
        if (value.isObject()) {
            const QJsonObject object = value.toObject();
            for (auto it = object.begin(); it != object.end(); ++it)
                open.emplace_back(path + u'.' + it.key(), it.value());
        } else if (value.isArray()) {
            const QJsonArray array = value.toArray();
            for (qsizetype i = 0; i < array.size(); ++i)
                open.emplace_back(path + u'.' + QString::number(i), array[i]);
        } else {
            leaf(path, value);
        }
    }
}

constexpr const char* kRowSizes[] = {"compact", "normal", "large"};
} // namespace

struct Theme::Private
{
    ThemeKind kind;
    bool colorBlind = false;
    QHash<QString, QColor> colors;
    QHash<QString, double> numbers;
    layout::Style style;

    void fillStyle();
    void fillSizes(layout::Style& to, layout::RowSize rows) const;
    layout::Argb get(const char* token) const;
    float size(const QString& token) const { return float(numbers.value(token, -1)); }
    std::vector<layout::SliceColor> pairs(const char* palette) const;
};

layout::Argb Theme::Private::get(const char* token) const
{
    return argb(colors.value(QLatin1String(token), QColor(Qt::magenta)));
}

std::vector<layout::SliceColor> Theme::Private::pairs(const char* palette) const
{
    std::vector<layout::SliceColor> out;
    for (int i = 0;; ++i) {
        const QString path = QStringLiteral("%1.%2.").arg(QLatin1String(palette)).arg(i);
        const auto fill = colors.find(path + QStringLiteral("fill"));
        if (fill == colors.end())
            return out;
        out.push_back({argb(*fill), argb(colors.value(path + QStringLiteral("text")))});
    }
}

void Theme::Private::fillStyle()
{
    layout::Style& s = style;
    s.dark = kind != ThemeKind::Light;
    const std::pair<layout::Argb*, const char*> table[] = {
        {&s.window, "bg.window"},
        {&s.panel, "bg.panel"},
        {&s.canvas, "bg.canvas"},
        {&s.header, "bg.header"},
        {&s.group, "bg.group"},
        {&s.sunken, "bg.sunken"},
        {&s.hover, "bg.hover"},
        {&s.tooltip, "bg.tooltip"},
        {&s.borderSubtle, "border.subtle"},
        {&s.borderDefault, "border.default"},
        {&s.borderStrong, "border.strong"},
        {&s.textPrimary, "text.primary"},
        {&s.textSecondary, "text.secondary"},
        {&s.textMuted, "text.muted"},
        {&s.textDisabled, "text.disabled"},
        {&s.textTooltip, "text.tooltip"},
        {&s.accent, "accent.default"},
        {&s.accentSoft, "accent.soft"},
        {&s.areaFill, "selection.area_fill"},
        {&s.areaEdge, "selection.area_edge"},
        {&s.sliceOutline, "selection.slice_outline"},
        {&s.sliceHalo, "selection.slice_halo"},
        {&s.sameFunction, "selection.same_function"},
        {&s.hoverOutline, "selection.hover_outline"},
        {&s.dim, "selection.dim"},
        {&s.grid, "timeline.grid"},
        {&s.gridMajor, "timeline.grid_major"},
        {&s.rowLine, "timeline.row_line"},
        {&s.cursor, "timeline.cursor"},
        {&s.minimapFill, "timeline.minimap_fill"},
        {&s.minimapOutside, "timeline.minimap_outside"},
        {&s.hit, "timeline.hit"},
        {&s.density, "timeline.density"},
        {&s.flow, "timeline.flow"},
        {&s.now, "timeline.now"},
        {&s.exception, "timeline.exception"},
        {&s.exceptionText, "timeline.exception_text"},
        {&s.gc, "timeline.gc"},
        {&s.gcFill, "timeline.gc_fill"},
        {&s.openEdge, "timeline.open_edge"},
        {&s.awaitFill, "timeline.await_fill"},
        {&s.awaitHatch, "timeline.await_hatch"},
        {&s.awaitText, "timeline.await_text"},
    };
    for (const auto& [to, token] : table)
        *to = get(token);
    for (int i = 0; colors.contains(QStringLiteral("timeline.counter.%1").arg(i)); ++i)
        s.counter.push_back(argb(colors.value(QStringLiteral("timeline.counter.%1").arg(i))));
    for (int i = 0; colors.contains(QStringLiteral("timeline.note.%1").arg(i)); ++i)
        s.note.push_back(argb(colors.value(QStringLiteral("timeline.note.%1").arg(i))));
    s.functions = pairs(colorBlind ? "slices.colour_blind" : "slices.function");
    s.library = pairs("slices.library");
    s.durations = pairs("duration");
    fillSizes(s, layout::RowSize::Normal);
}

void Theme::Private::fillSizes(layout::Style& s, layout::RowSize rows) const
{
    s.rows = rows;
    const std::pair<float*, const char*> table[] = {
        {&s.minimap, "size.minimap"},
        {&s.searchStrip, "size.search_strip"},
        {&s.notesLane, "size.notes_lane"},
        {&s.ruler, "size.ruler"},
        {&s.groupHeader, "size.group_header"},
        {&s.headerColumn, "size.header_column.default"},
        {&s.sliceGapX, "size.slice_gap_x"},
        {&s.sliceGapY, "size.slice_gap_y"},
        {&s.sliceRadius, "radius.slice"},
        {&s.sliceLabelMinWidth, "size.slice_label_min_width"},
        {&s.sliceLabelPad, "size.slice_label_pad"},
        {&s.densityRow, "size.density_row"},
        {&s.trackPadding, "size.track_padding"},
        {&s.instantLane, "size.instant_lane"},
        {&s.gcLane, "size.gc_lane"},
        {&s.iconSmall, "size.icon_small"},
        {&s.treeIndent, "size.tree_indent"},
        {&s.flameMinWidth, "size.flame_min_width"},
    };
    for (const auto& [to, token] : table)
        *to = size(QLatin1String(token));
    const QString row = QLatin1String(kRowSizes[int(rows)]);
    s.sliceRow = size(QStringLiteral("size.slice_row.") + row);
    s.counterTrack = size(QStringLiteral("size.counter_track.") + row);
    s.flameRow = size(QStringLiteral("size.flame_row.") + row);
}

Theme::Theme(ThemeKind kind, layout::ColorMode colors, bool colorBlind)
    : d(std::make_unique<Private>())
{
    d->kind = kind;
    d->colorBlind = colorBlind;
    d->style.colorMode = colors;
    QJsonObject all = tokens();
    flatten(
        all[QLatin1String("themes")].toObject()[QLatin1String(name(kind))].toObject(),
        [this](const QString& path, const QJsonValue& value) {
            if (value.isString())
                d->colors.insert(path, parseColor(value.toString()));
        });
    for (const char* skip : {"themes", "checks"})
        all.remove(QLatin1String(skip));
    flatten(all, [this](const QString& path, const QJsonValue& value) {
        if (value.isDouble())
            d->numbers.insert(path, value.toDouble());
    });
    d->fillStyle();
}

Theme::~Theme() = default;

ThemeKind Theme::kind() const
{
    return d->kind;
}

QColor Theme::color(QStringView token) const
{
    return d->colors.value(token.toString(), QColor(Qt::magenta));
}

double Theme::number(QStringView token) const
{
    return d->numbers.value(token.toString(), -1);
}

const layout::Style& Theme::style() const
{
    return d->style;
}

layout::Style Theme::style(layout::RowSize rows) const
{
    layout::Style out = d->style;
    d->fillSizes(out, rows);
    return out;
}

QPalette Theme::palette() const
{
    using P = QPalette;
    const std::pair<P::ColorRole, const char*> table[]
        = { {P::Window, "bg.window"},
            {P::WindowText, "text.primary"},
            {P::Base, "bg.panel"},
            {P::AlternateBase, "bg.stripe"},
            {P::Text, "text.primary"},
            {P::PlaceholderText, "text.muted"},
            {P::Button, "bg.raised"},
            {P::ButtonText, "text.primary"},
            {P::BrightText, "state.danger"},
            {P::Highlight, "selection.row"},
            {P::HighlightedText, "selection.text"},
            {P::Link, "text.link"},
            {P::LinkVisited, "text.link"},
            {P::ToolTipBase, "bg.tooltip"},
            {P::ToolTipText, "text.tooltip"},
            // Fusion derives bevels and outlines from these; left alone they come out grey in dark mode.
            {P::Light, "bg.raised"},
            {P::Midlight, "border.subtle"},
            {P::Mid, "border.default"},
            {P::Dark, "border.strong"},
            {P::Shadow, "bg.overlay"},
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
            {P::Accent, "accent.default"},
#endif
          };
    QPalette out;
    for (const auto& [role, token] : table)
        out.setColor(role, color(QString::fromLatin1(token)));
    for (const auto role : {P::WindowText, P::Text, P::ButtonText, P::HighlightedText})
        out.setColor(P::Disabled, role, color(u"text.disabled"));
    out.setColor(P::Inactive, P::Highlight, color(u"selection.row_inactive"));
    out.setColor(P::Inactive, P::HighlightedText, color(u"text.primary"));
    return out;
}

QPixmap Theme::iconPixmap(const QString& name, const QColor& color, int px, double devicePixelRatio) const
{
    QFile file(QStringLiteral(":/calltide/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray svg = file.readAll();
    svg.replace("currentColor", color.name().toLatin1()); // Qt Svg does not resolve it
    QSvgRenderer renderer(svg);
    const int size = qRound(px * devicePixelRatio);
    QPixmap out(size, size);
    out.fill(Qt::transparent);
    {
        QPainter painter(&out);
        painter.setOpacity(color.alphaF());
        renderer.render(&painter, QRectF(0, 0, size, size));
    }
    out.setDevicePixelRatio(devicePixelRatio);
    return out;
}

namespace {
// QIcon picks the nearest size itself; these cover 16, 20, 24 and 32 px at 1, 1.5 and 2 device pixels.
constexpr int kIconPixels[] = {16, 20, 24, 30, 32, 36, 40, 48, 64};

void addPixmaps(QIcon& to, const Theme& theme, const QString& name, const QColor& color, QIcon::Mode mode)
{
    for (const int px : kIconPixels)
        to.addPixmap(theme.iconPixmap(name, color, px, 1), mode);
}
} // namespace

QIcon Theme::icon(const QString& name) const
{
    QIcon out;
    addPixmaps(out, *this, name, color(u"text.secondary"), QIcon::Normal);
    addPixmaps(out, *this, name, color(u"text.primary"), QIcon::Active);
    addPixmaps(out, *this, name, color(u"text.primary"), QIcon::Selected);
    addPixmaps(out, *this, name, color(u"text.disabled"), QIcon::Disabled);
    return out;
}

QIcon Theme::icon(const QString& name, const QColor& color) const
{
    QIcon out;
    addPixmaps(out, *this, name, color, QIcon::Normal);
    addPixmaps(out, *this, name, color, QIcon::Active);
    addPixmaps(out, *this, name, this->color(u"text.disabled"), QIcon::Disabled);
    return out;
}

} // namespace calltide::render
