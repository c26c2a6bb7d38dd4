// SPDX-License-Identifier: GPL-3.0-or-later
// The GL painter's two shaders. The fragment shader is pixels.h and raster.h once more: change both together; the pixel
// comparison test fails otherwise.
#pragma once

namespace calltide::render {

inline constexpr const char* kVertexShader = R"(#version 330 core
layout(location = 0) in vec4 quad;
layout(location = 1) in vec4 clip;
layout(location = 2) in vec4 a;
layout(location = 3) in vec4 b;
layout(location = 4) in uvec4 words; // fill, border, pattern, kind
uniform vec2 viewport;
flat out vec4 vQuad;
flat out vec4 vA;
flat out vec4 vB;
flat out uvec4 vWords;
void main()
{
    vec4 cut = vec4(max(quad.xy, clip.xy), min(quad.zw, clip.zw));
    cut.zw = max(cut.zw, cut.xy);
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 p = mix(cut.xy, cut.zw, corner);
    gl_Position = vec4(p.x / viewport.x * 2.0 - 1.0, 1.0 - p.y / viewport.y * 2.0, 0.0, 1.0);
    vQuad = quad;
    vA = a;
    vB = b;
    vWords = words;
}
)";

inline constexpr const char* kFragmentShader = R"(#version 330 core
flat in vec4 vQuad;
flat in vec4 vA;
flat in vec4 vB;
flat in uvec4 vWords;
uniform vec2 viewport;
uniform sampler2D atlas;
out vec4 result;

vec4 color(uint argb)
{
    vec4 c = vec4(uvec4(argb >> 16u, argb >> 8u, argb, argb >> 24u) & 255u) / 255.0;
    return vec4(c.rgb * c.a, c.a);
}
vec4 over(vec4 top, vec4 below) { return top + below * (1.0 - top.a); }

float tooth(float fromEdge, float y, float depth)
{
    float third = (vQuad.w - vQuad.y) / 3.0;
    float phase = (y - vQuad.y) / third;
    float cut = depth * (1.0 - abs(2.0 * (phase - floor(phase)) - 1.0));
    float halfTooth = third / 2.0;
    return (cut - fromEdge) * halfTooth / sqrt(halfTooth * halfTooth + depth * depth);
}

vec4 shape(vec2 p)
{
    vec2 halfSize = (vQuad.zw - vQuad.xy) / 2.0;
    float r = vA.x;
    vec2 q = abs(p - (vQuad.xy + halfSize)) - halfSize + r;
    vec2 o = max(q, 0.0);
    float distance = sqrt(o.x * o.x + o.y * o.y) + min(max(q.x, q.y), 0.0) - r;
    if (vA.z > 0.0)
        distance = max(distance, tooth(p.x - vQuad.x, p.y, vA.z));
    if (vA.w > 0.0)
        distance = max(distance, tooth(vQuad.z - p.x, p.y, vA.w));
    vec4 c = color(vWords.x);
    if (vB.x > 0.0) {
        int period = clamp(int(vB.y), 1, 64);
        int k = int(floor(p.x) - vQuad.x + floor(p.y) - vQuad.y) % period;
        float cover;
        if (vB.x == 2.0)
            cover = 2 * k < period ? 1.0 : 0.0;
        else
            cover = clamp(vB.z + 0.5 - abs(float(k) + 1.0 - float(period) / 2.0) * 0.70710678, 0.0, 1.0);
        c = over(color(vWords.z) * cover, c);
    }
    if (vA.y > 0.0)
        c = over(color(vWords.y) * clamp(distance + vA.y + 0.5, 0.0, 1.0), c);
    return c * clamp(0.5 - distance, 0.0, 1.0);
}

float triangle(vec2 p)
{
    vec2 v[3] = vec2[3](vA.xy, vA.zw, vB.xy);
    float distance = 1e9;
    for (int k = 0; k < 3; ++k) {
        vec2 e = v[(k + 1) % 3] - v[k];
        float len = sqrt(e.x * e.x + e.y * e.y);
        if (len == 0.0)
            return 0.0;
        distance = min(distance, dot(p - v[k], vec2(-e.y, e.x) / len));
    }
    return clamp(distance + 0.5, 0.0, 1.0);
}

float segmentDistance(vec2 p, vec2 a, vec2 b)
{
    vec2 e = b - a, d = p - a;
    float length2 = e.x * e.x + e.y * e.y, along = d.x * e.x + d.y * e.y;
    if (along <= 0.0)
        return sqrt(d.x * d.x + d.y * d.y);
    if (along >= length2) {
        d = p - b;
        return sqrt(d.x * d.x + d.y * d.y);
    }
    return abs(d.x * e.y - d.y * e.x) / sqrt(length2);
}

float segment(vec2 p)
{
    float own = segmentDistance(p, vA.xy, vA.zw);
    if ((vWords.z & 1u) != 0u && segmentDistance(p, vB.xy, vA.xy) <= own)
        return 0.0;
    if ((vWords.z & 2u) != 0u && segmentDistance(p, vA.zw, vB.zw) < own)
        return 0.0;
    return clamp(uintBitsToFloat(vWords.y) + 0.5 - own, 0.0, 1.0);
}

void main()
{
    vec2 p = vec2(gl_FragCoord.x, viewport.y - gl_FragCoord.y);
    switch (vWords.w) {
    case 0u:
        result = color(vWords.x);
        break;
    case 1u:
        result = shape(p);
        break;
    case 2u:
        result = color(vWords.x) * triangle(p);
        break;
    case 3u:
        result = color(vWords.x) * texelFetch(atlas, ivec2(floor(p) - vQuad.xy + vA.xy), 0).r;
        break;
    default:
        result = color(vWords.x) * segment(p);
        break;
    }
}
)";

} // namespace calltide::render
