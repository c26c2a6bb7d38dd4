// SPDX-License-Identifier: GPL-3.0-or-later
// Measures of the drawn parts that have no token of their own (px), in one place.
#pragma once

namespace calltide::layout::metrics {

inline constexpr float kSliceFrom = 1.6f; // narrower slices become density columns
inline constexpr float kRoundFrom = 5; // slices from this width on have rounded corners
inline constexpr float kDurationRoom = 16; // left over beside name and duration before the duration is drawn
inline constexpr float kLeastDuration = 12; // narrower than any
inline constexpr float kDurationGap = 6; // between name and duration
inline constexpr float kDensityAlpha = 0.25f; // of a column that is hardly busy; a full one has 1
inline constexpr float kDensityGap = 3; // below the row that stands for deeper ones
inline constexpr float kOutline = 1.5f; // hover, same function
inline constexpr float kSelection = 2, kHalo = 1;
inline constexpr float kHitLine = 2, kHitMin = 3;
inline constexpr float kExceptionEdge = 3, kExceptionCorner = 11;
inline constexpr float kHoverTint = 0.14f;
inline constexpr float kParentLine = 2;

inline constexpr float kTwoLines = 36; // tracks from this height on have a second line in their header
inline constexpr float kHeaderPad = 12, kHeaderIcon = 14, kHeaderText = 32;
inline constexpr float kFirstLine = 13, kSecondLine = 29; // middles of a track header's lines
inline constexpr float kTool = 20, kToolsRight = 6, kToolsFrom = 120; // pin, hide, menu of a hovered header
inline constexpr float kMostPinned = 0.6f; // of the room for tracks
inline constexpr float kNoteFlag = 10, kNoteFill = 0.22f, kNoteLine = 0.7f;
inline constexpr float kAllFlowsAlpha = 0.35f;
inline constexpr float kCounterInset = 3, kCounterLine = 1.5f, kCounterFill = 0.16f, kCounterEnvelope = 0.30f;
inline constexpr float kDiamond = 10, kInstantText = 9;
inline constexpr float kLane = 26; // least height of event and garbage lanes
inline constexpr float kGcEdge = 2, kGcMin = 3, kGcPad = 6;

inline constexpr float kGripWidth = 5, kGripHeight = 16, kWindowMin = 7, kMinimapAlpha = 0.85f, kMinimapTick = 2;
inline constexpr float kTickMajor = 8, kTickMinor = 4, kTickText = 5;
inline constexpr float kPillHeight = 19, kPillPad = 6, kPillRadius = 4;
inline constexpr float kCursorAlpha = 0.55f;
inline constexpr float kChipHeight = 22, kChipPad = 12, kChipTop = 6;
inline constexpr float kScrollWidth = 5, kScrollMargin = 3, kScrollMin = 28, kScrollAlpha = 0.35f;
inline constexpr float kFlowWidth = 1.6f, kFlowUnder = 4, kFlowArrow = 7, kFlowDot = 2.6f, kFlowBend = 28;
inline constexpr float kGrab = 5; // each side of an edge that can be dragged
inline constexpr float kSnap = 15; // an area's edge snaps to slices within this
inline constexpr float kFocusRing = 2;

} // namespace calltide::layout::metrics
