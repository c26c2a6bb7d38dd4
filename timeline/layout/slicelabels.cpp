// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/slicelabels.h"
#include "layout/text.h"
#include <algorithm>

namespace calltide::layout {

void SliceLabels::clear(size_t functions)
{
    m_labels.clear();
    m_labels.resize(functions);
    m_ellipsis = -1;
}

const SliceLabels::Label&
SliceLabels::of(const store::Trace& trace, store::FunctionId function, const TextMeasure& measure)
{
    auto& label = m_labels[function.v];
    if (label)
        return *label;
    label = std::make_unique<Label>();
    label->name = plainLine(trace.functionName(function));
    const std::string_view name = label->name;
    label->whole = measure.width(name, FontRole::Slice);
    label->last = lastPart(name);
    const std::string_view last = name.substr(label->last);
    const size_t points = countPoints(last);
    label->ends.reserve(points);
    for (size_t n = 1; n <= points; ++n)
        label->ends.push_back(measure.width(last.substr(0, prefixOfPoints(last, n)), FontRole::Slice));
    return *label;
}

SliceLabels::Fitted SliceLabels::fit(const Label& label, float room, const TextMeasure& measure)
{
    constexpr size_t kLeastLetters = 3;
    if (label.whole <= room)
        return {label.name, label.whole};
    if (isPath(label.name)) { // few are
        m_cut = fitName(label.name, room, measure, FontRole::Slice);
        return {m_cut, measure.width(m_cut, FontRole::Slice)};
    }
    const std::string_view last = std::string_view(label.name).substr(label.last);
    if (label.ends.size() <= kLeastLetters)
        return label.last && !label.ends.empty() && label.ends.back() <= room ? Fitted{last, label.ends.back()} : Fitted{};
    if (label.last && label.ends.back() <= room)
        return {last, label.ends.back()};
    if (m_ellipsis < 0)
        m_ellipsis = measure.width(kEllipsis, FontRole::Slice);
    const auto after = std::upper_bound(label.ends.begin(), label.ends.end() - 1, room - m_ellipsis);
    const auto letters = size_t(after - label.ends.begin());
    if (letters < kLeastLetters)
        return {};
    m_cut.assign(last.substr(0, prefixOfPoints(last, letters)));
    m_cut += kEllipsis;
    return {m_cut, label.ends[letters - 1] + m_ellipsis};
}

} // namespace calltide::layout
