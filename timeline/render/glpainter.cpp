// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/glpainter.h"
#include "render/devicelist.h"
#include "render/glshaders.h"
#include "render/glyphatlas.h"
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QOpenGLFunctions_3_3_Core>
#include <QOpenGLVersionFunctionsFactory>
#include <cstddef>

namespace calltide::render {

struct GlPainter::Private
{
    QOpenGLFunctions_3_3_Core* gl = nullptr;
    GLuint program = 0, vertexArray = 0, buffer = 0, texture = 0;
    GLint viewportUniform = -1;
    uint64_t generation = 0; // of the atlas that is in the texture
    int textureHeight = 0;
    DeviceList device;

    GLuint compile(GLenum kind, const char* source, QString* reason);
    bool link(QString* reason);
    void makeBuffers();
    void upload(const GlyphAtlas& atlas);
};

GLuint GlPainter::Private::compile(GLenum kind, const char* source, QString* reason)
{
    const GLuint shader = gl->glCreateShader(kind);
    gl->glShaderSource(shader, 1, &source, nullptr);
    gl->glCompileShader(shader);
    GLint ok = 0;
    gl->glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
    if (ok)
        return shader;
    char log[1024] = {};
    gl->glGetShaderInfoLog(shader, sizeof log, nullptr, log);
    if (reason)
        *reason = QStringLiteral("shader: ") + QString::fromLatin1(log);
    gl->glDeleteShader(shader);
    return 0;
}

bool GlPainter::Private::link(QString* reason)
{
    const GLuint vertex = compile(GL_VERTEX_SHADER, kVertexShader, reason);
    const GLuint fragment = vertex ? compile(GL_FRAGMENT_SHADER, kFragmentShader, reason) : 0;
    GLint ok = 0;
    if (fragment) {
        program = gl->glCreateProgram();
        gl->glAttachShader(program, vertex);
        gl->glAttachShader(program, fragment);
        gl->glLinkProgram(program);
        gl->glGetProgramiv(program, GL_LINK_STATUS, &ok);
        if (!ok && reason)
            *reason = QStringLiteral("the shader program does not link");
    }
    gl->glDeleteShader(vertex); // 0 is ignored; a program keeps its shaders
    gl->glDeleteShader(fragment);
    return ok != 0;
}

void GlPainter::Private::makeBuffers()
{
    gl->glGenVertexArrays(1, &vertexArray);
    gl->glGenBuffers(1, &buffer);
    gl->glBindVertexArray(vertexArray);
    gl->glBindBuffer(GL_ARRAY_BUFFER, buffer);
    const size_t floats[]
        = {offsetof(Instance, x0), offsetof(Instance, clipX0), offsetof(Instance, a), offsetof(Instance, b)};
    for (GLuint k = 0; k < 4; ++k) {
        gl->glEnableVertexAttribArray(k);
        gl->glVertexAttribPointer(k, 4, GL_FLOAT, GL_FALSE, sizeof(Instance), reinterpret_cast<void*>(floats[k]));
        gl->glVertexAttribDivisor(k, 1);
    }
    gl->glEnableVertexAttribArray(4);
    gl->glVertexAttribIPointer(
        4, 4, GL_UNSIGNED_INT, sizeof(Instance), reinterpret_cast<void*>(offsetof(Instance, fill)));
    gl->glVertexAttribDivisor(4, 1);
    gl->glBindVertexArray(0);
    gl->glBindBuffer(GL_ARRAY_BUFFER, 0);

    gl->glGenTextures(1, &texture);
    gl->glBindTexture(GL_TEXTURE_2D, texture);
    gl->glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    gl->glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    gl->glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    gl->glBindTexture(GL_TEXTURE_2D, 0);
}

void GlPainter::Private::upload(const GlyphAtlas& atlas)
{
    if (atlas.generation() == generation || atlas.height() == 0)
        return;
    generation = atlas.generation();
    gl->glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    if (atlas.height() != textureHeight) {
        textureHeight = atlas.height();
        gl->glTexImage2D(
            GL_TEXTURE_2D, 0, GL_R8, GlyphAtlas::kWidth, textureHeight, 0, GL_RED, GL_UNSIGNED_BYTE, atlas.pixels());
    } else {
        gl->glTexSubImage2D(
            GL_TEXTURE_2D, 0, 0, 0, GlyphAtlas::kWidth, textureHeight, GL_RED, GL_UNSIGNED_BYTE, atlas.pixels());
    }
    gl->glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
}

GlPainter::GlPainter()
    : d(std::make_unique<Private>())
{
}

GlPainter::~GlPainter() = default;

bool GlPainter::initialize(QString* reason)
{
    QOpenGLContext* context = QOpenGLContext::currentContext();
    d->gl = context ? QOpenGLVersionFunctionsFactory::get<QOpenGLFunctions_3_3_Core>(context) : nullptr;
    if (!d->gl || !d->gl->initializeOpenGLFunctions()) {
        d->gl = nullptr;
        if (reason)
            *reason = QStringLiteral("OpenGL 3.3 core is not available");
        return false;
    }
    if (!d->link(reason)) {
        release();
        return false;
    }
    d->viewportUniform = d->gl->glGetUniformLocation(d->program, "viewport");
    d->makeBuffers();
    return true;
}

bool GlPainter::isInitialized() const
{
    return d->gl != nullptr;
}

void GlPainter::release()
{
    if (!d->gl)
        return;
    d->gl->glDeleteProgram(d->program);
    d->gl->glDeleteVertexArrays(1, &d->vertexArray);
    d->gl->glDeleteBuffers(1, &d->buffer);
    d->gl->glDeleteTextures(1, &d->texture);
    d = std::make_unique<Private>();
}

void GlPainter::paint(const layout::DrawList& list, const FontMetrics& fonts)
{
    if (!d->gl)
        return;
    d->device.build(list, fonts);
    const std::vector<Instance>& instances = d->device.instances;
    auto* gl = d->gl;
    gl->glViewport(0, 0, d->device.width, d->device.height);
    gl->glDisable(GL_DEPTH_TEST);
    gl->glDisable(GL_SCISSOR_TEST);
    gl->glDisable(GL_CULL_FACE);
    gl->glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
    const layout::Argb back = list.background;
    const float alpha = float(back >> 24) / 255;
    gl->glClearColor(
        float(back >> 16 & 255) / 255 * alpha, float(back >> 8 & 255) / 255 * alpha, float(back & 255) / 255 * alpha,
        alpha);
    gl->glClear(GL_COLOR_BUFFER_BIT);
    if (instances.empty())
        return;

    gl->glActiveTexture(GL_TEXTURE0);
    gl->glBindTexture(GL_TEXTURE_2D, d->texture);
    d->upload(fonts.atlas(list.devicePixelRatio));
    gl->glEnable(GL_BLEND);
    gl->glBlendEquation(GL_FUNC_ADD);
    gl->glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    gl->glUseProgram(d->program);
    gl->glUniform2f(d->viewportUniform, float(d->device.width), float(d->device.height));
    gl->glBindVertexArray(d->vertexArray);
    gl->glBindBuffer(GL_ARRAY_BUFFER, d->buffer);
    const auto bytes = GLsizeiptr(instances.size() * sizeof(Instance));
    gl->glBufferData(
        GL_ARRAY_BUFFER, bytes, instances.data(), GL_STREAM_DRAW); // a new store: no wait for the last frame
    gl->glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, GLsizei(instances.size()));

    gl->glBindBuffer(GL_ARRAY_BUFFER, 0);
    gl->glBindVertexArray(0);
    gl->glUseProgram(0);
    gl->glBindTexture(GL_TEXTURE_2D, 0);
    gl->glDisable(GL_BLEND);
}

bool GlPainter::rendererIsSoftware()
{
    QOpenGLContext* context = QOpenGLContext::currentContext();
    if (!context)
        return true;
    const auto* text = reinterpret_cast<const char*>(context->functions()->glGetString(GL_RENDERER));
    const QString renderer = QString::fromLatin1(text).toLower();
    for (const char* name : {"llvmpipe", "softpipe", "swiftshader", "software", "swrast", "gdi generic"})
        if (renderer.contains(QLatin1String(name)))
            return true;
    return renderer.isEmpty();
}

} // namespace calltide::render
