// SPDX-License-Identifier: GPL-3.0-or-later
#include "widget/canvas.h"
#include "render/glpainter.h"
#include "render/rasterpainter.h"
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLoggingCategory>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLWidget>
#include <QPainter>
#include <QTimer>

namespace calltide::timeline {

namespace {

Q_LOGGING_CATEGORY(lcTimeline, "calltide.timeline")

QSurfaceFormat coreFormat()
{
    QSurfaceFormat format;
    format.setVersion(3, 3);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setSwapInterval(1);
    return format;
}

bool platformHasNoGl()
{
    const QString platform = QGuiApplication::platformName();
    return platform == QLatin1String("offscreen") || platform == QLatin1String("minimal")
        || platform == QLatin1String("vnc");
}

void prepare(QWidget* canvas)
{
    canvas->setAttribute(Qt::WA_TransparentForMouseEvents);
    canvas->setFocusPolicy(Qt::NoFocus);
    canvas->setObjectName(QStringLiteral("canvas"));
}

class RasterCanvas : public QWidget
{
public:
    RasterCanvas(CanvasClient* client, QWidget* parent)
        : QWidget(parent)
        , m_client(client)
    {
        prepare(this);
        setAttribute(Qt::WA_OpaquePaintEvent); // every pixel is drawn
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QElapsedTimer timer;
        timer.start();
        const QImage& image = m_painter.paint(m_client->frame(), m_client->fonts());
        QPainter painter(this);
        painter.setCompositionMode(QPainter::CompositionMode_Source);
        painter.drawImage(QPointF(0, 0), image);
        painter.end();
        m_client->frameDone(double(timer.nsecsElapsed()) / 1e6);
    }

private:
    CanvasClient* m_client;
    render::RasterPainter m_painter;
};

class GpuCanvas : public QOpenGLWidget
{
public:
    GpuCanvas(CanvasClient* client, QWidget* parent)
        : QOpenGLWidget(parent)
        , m_client(client)
    {
        prepare(this);
        setFormat(coreFormat());
    }
    ~GpuCanvas() override
    {
        disconnect(m_contextGone); // ~QOpenGLWidget destroys the context, when the painter is gone already
        release();
    }

protected:
    void initializeGL() override
    {
        disconnect(m_contextGone); // this comes again with each new context
        m_contextGone = connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { release(); });
        QString reason;
        if (!m_painter.initialize(&reason)) {
            qCWarning(lcTimeline).noquote() << "no GPU drawing:" << reason;
            QTimer::singleShot(0, this, [client = m_client] { client->gpuFailed(); });
        }
    }
    void paintGL() override
    {
        if (!m_painter.isInitialized())
            return;
        QElapsedTimer timer;
        timer.start();
        m_painter.paint(m_client->frame(), m_client->fonts());
        m_client->frameDone(double(timer.nsecsElapsed()) / 1e6);
    }

private:
    void release()
    {
        if (!m_painter.isInitialized() || !context())
            return;
        makeCurrent();
        m_painter.release();
        doneCurrent();
    }

    CanvasClient* m_client;
    render::GlPainter m_painter;
    QMetaObject::Connection m_contextGone;
};

} // namespace

bool gpuAvailable()
{
    static const bool available = [] {
        if (platformHasNoGl())
            return false;
        QOpenGLContext context;
        context.setFormat(coreFormat());
        if (!context.create())
            return false;
        QOffscreenSurface surface;
        surface.setFormat(context.format());
        surface.create();
        if (!surface.isValid() || !context.makeCurrent(&surface))
            return false;
        const bool good = context.format().version() >= qMakePair(3, 3) && !render::GlPainter::rendererIsSoftware();
        context.doneCurrent();
        return good;
    }();
    return available;
}

QWidget* makeRasterCanvas(CanvasClient* client, QWidget* parent)
{
    return new RasterCanvas(client, parent);
}

QWidget* makeGpuCanvas(CanvasClient* client, QWidget* parent)
{
    if (platformHasNoGl())
        return makeRasterCanvas(client, parent);
    return new GpuCanvas(client, parent);
}

} // namespace calltide::timeline
