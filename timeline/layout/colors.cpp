// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout/colors.h"
#include "store/mappedfile.h"
#include "store/owncode.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace calltide::layout {

namespace {

constexpr uint64_t kSamples = 1'000'000;

// Its module, else its file, else what stands before the last dot of its name.
std::string_view moduleOf(const store::Trace& trace, const store::Function& function)
{
    if (const auto module = trace.string(function.module); !module.empty())
        return module;
    if (const auto file = trace.string(function.file); !file.empty())
        return file;
    const auto name = trace.string(function.name);
    return name.substr(0, std::min(name.rfind('.'), name.size()));
}

double luminance(Argb color)
{
    static const std::array<double, 256> linear = [] {
        std::array<double, 256> out{};
        for (size_t i = 0; i < out.size(); ++i) {
            const double v = double(i) / 255;
            out[i] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
        }
        return out;
    }();
    return 0.2126 * linear[color >> 16 & 255] + 0.7152 * linear[color >> 8 & 255] + 0.0722 * linear[color & 255];
}

} // namespace

double contrast(Argb a, Argb b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

Argb readableOn(Argb fill, Argb first, Argb second)
{
    constexpr double kEnough = 4.5;
    constexpr Argb kBlack = 0xFF000000, kWhite = 0xFFFFFFFF; // one of them can be read on anything
    for (const Argb color : {first, second})
        if (contrast(fill, color) >= kEnough)
            return color;
    return contrast(fill, kBlack) >= contrast(fill, kWhite) ? kBlack : kWhite;
}

uint32_t fnv1a(std::string_view text)
{
    uint32_t hash = 2166136261u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

FunctionColors::FunctionColors(const store::Trace& trace)
{
    const auto& functions = trace.functions();
    if (trace.isGrowing()) { // by name alone, so that colours stay while calls come
        m_greys = true;
        for (const store::Function& f : functions) {
            const uint32_t hash = fnv1a(trace.string(f.name));
            m_slots.push_back(uint8_t(isOwn(f) ? hash % kFunctions : kFunctions + hash % kLibrary));
        }
        return;
    }
    std::vector<uint64_t> total(functions.size(), 0);
    const uint64_t count = trace.sliceCount();
    const uint64_t step = std::max<uint64_t>(1, (count + kSamples - 1) / kSamples);
    uint64_t own = 0, seen = 0;
    uint64_t skip = 0; // of the next row
    store::Passing passing;
    for (const store::Row& row : trace.rows()) {
        uint64_t at = skip;
        for (; at < row.count; at += step, passing.by(std::min<uint64_t>(step, 1 << 12))) {
            const auto id = trace.functionOf(row.first + at);
            if (id.v >= total.size())
                continue;
            total[id.v] += uint64_t(std::max<int64_t>(trace.duration(row.first + at), 0));
            own += isOwn(functions[id.v]);
            seen++;
        }
        skip = at - row.count;
    }
    m_greys = own * 10 >= seen;

    m_slots.resize(functions.size());
    m_modules.resize(functions.size());
    m_own.resize(functions.size());
    std::vector<uint32_t> hottest;
    for (uint32_t i = 0; i < functions.size(); ++i) {
        const uint32_t hash = fnv1a(trace.string(functions[i].name));
        const bool grey = m_greys && !isOwn(functions[i]);
        m_own[i] = isOwn(functions[i]);
        m_modules[i] = uint8_t(
            grey ? kFunctions + fnv1a(moduleOf(trace, functions[i])) % kLibrary
                 : fnv1a(moduleOf(trace, functions[i])) % kFunctions);
        m_slots[i] = uint8_t(grey ? kFunctions + hash % kLibrary : hash % kFunctions);
        if (!grey && total[i] > 0)
            hottest.push_back(i);
    }
    const size_t first = std::min<size_t>(kFunctions, hottest.size());
    std::partial_sort(
        hottest.begin(), hottest.begin() + std::ptrdiff_t(first), hottest.end(),
        [&](uint32_t a, uint32_t b) { return total[a] != total[b] ? total[a] > total[b] : a < b; });
    std::array<bool, kFunctions> used{};
    for (size_t i = 0; i < first; ++i) {
        unsigned slot = m_slots[hottest[i]];
        while (used[slot]) // 7 and 24 have no common divisor: every slot is tried
            slot = (slot + 7) % kFunctions;
        used[slot] = true;
        m_slots[hottest[i]] = uint8_t(slot);
    }
}

SliceColor FunctionColors::of(store::FunctionId function, const Style& style) const
{
    return ofSlot(slot(function, style.colorMode), style);
}

SliceColor FunctionColors::ofSlot(unsigned slot, const Style& style)
{
    if (slot < kFunctions)
        return style.functions.empty() ? SliceColor{} : style.functions[slot % style.functions.size()];
    return slot - kFunctions < style.library.size() ? style.library[slot - kFunctions] : SliceColor{};
}

SliceColor FunctionColors::ofDuration(int64_t ns, const Style& style)
{
    size_t step = 0;
    for (int64_t limit = 100; step + 1 < style.durations.size() && ns >= limit; limit *= 10)
        step++;
    return step < style.durations.size() ? style.durations[step] : SliceColor{};
}

Argb blended(Argb over, Argb under, double alpha)
{
    const double a = std::clamp(alpha * double(over >> 24) / 255.0, 0.0, 1.0);
    const auto channel = [&](int shift) {
        const double o = double(over >> shift & 255), u = double(under >> shift & 255);
        return uint32_t(u + (o - u) * a + 0.5) << shift;
    };
    return 0xFF000000u | channel(16) | channel(8) | channel(0);
}

} // namespace calltide::layout
