// SPDX-License-Identifier: GPL-3.0-or-later
// Movement of the view over time, as pure values: held keys (W A S D) and the way from one range to another. Time
// comes from the caller, so the same frame times give the same movement.
#pragma once
#include "render/viewstate.h"
#include <QtGlobal>

namespace calltide::timeline {

// Velocity follows the keys with a short settle and grows while they are held.
class KeyMotion
{
public:
    enum Key
    {
        ZoomIn = 1,
        ZoomOut = 2,
        Left = 4,
        Right = 8
    };
    void press(Key key) { m_keys |= key; }
    void release(Key key) { m_keys &= ~key; }
    void stop();
    bool moving() const;

    struct Step
    {
        double pan = 0; // windows, > 0: later
        double zoom = 1; // factor for the window's length
    };
    Step advance(double seconds);

    static constexpr double kSettle = 0.140; // s until the velocity is within 5 % of its aim

private:
    int m_keys = 0;
    double m_held = 0; // s
    double m_pan = 0, m_zoom = 0; // windows per s; ln(factor) per s
};

// From one range to another in kDuration s, OutCubic; the window's length changes by a constant factor per step, so a
// far zoom looks even.
class RangeAnimation
{
public:
    void start(render::TimeRange from, render::TimeRange to);
    void stop() { m_running = false; }
    bool running() const { return m_running; }
    render::TimeRange advance(double seconds); // the last one is exactly the aim
    static bool isTooFar(render::TimeRange from, render::TimeRange to); // further than 50 windows

    static constexpr double kDuration = 0.220;

private:
    render::TimeRange m_from, m_to;
    double m_at = 0;
    bool m_running = false;
};

} // namespace calltide::timeline
