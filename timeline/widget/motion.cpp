// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/motion.h"
#include <algorithm>
#include <cmath>

namespace calltide::timeline {

namespace {

constexpr double kPanStart = 0.8, kPanFull = 2.2; // windows per s
constexpr double kZoomStart = 2.2, kZoomFull = 5.0; // ln(factor) per s
constexpr double kGrowth = 1.2; // s until full speed
constexpr double kStill = 1e-3;

double speed(double start, double full, double held)
{
    return start + (full - start) * std::min(1.0, held / kGrowth);
}

} // namespace

void KeyMotion::stop()
{
    m_keys = 0;
    m_held = m_pan = m_zoom = 0;
}

bool KeyMotion::moving() const
{
    return m_keys || std::fabs(m_pan) > kStill || std::fabs(m_zoom) > kStill;
}

KeyMotion::Step KeyMotion::advance(double seconds)
{
    seconds = std::clamp(seconds, 0.0, 0.1); // a frame that hung must not jump
    m_held = m_keys ? m_held + seconds : 0;
    const double pan = double((m_keys & Right) != 0) - double((m_keys & Left) != 0);
    const double zoom = double((m_keys & ZoomOut) != 0) - double((m_keys & ZoomIn) != 0);
    const double panAim = pan * speed(kPanStart, kPanFull, m_held),
                 zoomAim = zoom * speed(kZoomStart, kZoomFull, m_held);
    // Exact integral of the exponential approach, so that the way does not depend on the frame rate.
    const double tau = kSettle / 3, decay = std::exp(-seconds / tau);
    Step step;
    step.pan = panAim * seconds + (m_pan - panAim) * tau * (1 - decay);
    step.zoom = std::exp(zoomAim * seconds + (m_zoom - zoomAim) * tau * (1 - decay));
    m_pan = panAim + (m_pan - panAim) * decay;
    m_zoom = zoomAim + (m_zoom - zoomAim) * decay;
    if (!moving())
        m_pan = m_zoom = 0;
    return step;
}

void RangeAnimation::start(render::TimeRange from, render::TimeRange to)
{
    m_from = from;
    m_to = to;
    m_at = 0;
    m_running = !(from == to);
}

bool RangeAnimation::isTooFar(render::TimeRange from, render::TimeRange to)
{
    const double distance
        = std::fabs(double(from.from) / 2 + double(from.to) / 2 - double(to.from) / 2 - double(to.to) / 2);
    return distance > 50.0 * double(std::max(from.length(), to.length()));
}

render::TimeRange RangeAnimation::advance(double seconds)
{
    m_at += std::max(seconds, 0.0) / kDuration;
    if (m_at >= 1) {
        m_running = false;
        return m_to;
    }
    const double left = 1 - m_at, t = 1 - left * left * left;
    const double a = double(m_from.length()), b = double(m_to.length());
    const double length = a * std::pow(b / a, t);
    // The edges move as the length does; a plain pan moves evenly.
    const double share = std::fabs(b - a) < 0.001 * a ? t : (length - a) / (b - a);
    const auto from = m_from.from + std::llround(double(m_to.from - m_from.from) * share);
    return {from, from + std::max<int64_t>(1, std::llround(length))};
}

} // namespace calltide::timeline
