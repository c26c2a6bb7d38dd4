// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/opener.h"
#include "formats/live.h"
#include "formats/reader.h"
#include "session/jobs.h"
#include "session/livefollower.h"
#include "ui/noticebar.h"
#include "ui/text.h"
#include "ui/unpackquestion.h"
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QTimer>
#include <QWidget>
#include <thread>

namespace calltide::ui {
namespace {
constexpr int kShowAfterMs = 150; // shorter jobs show no progress: it would only flicker
constexpr int kStepMs = 100;

QString progressText(uint64_t size, int perMille, qint64 elapsedMs)
{
    const uint64_t done = uint64_t(double(size) * perMille / 1000);
    QString text = Opener::tr("%1 of %2").arg(formatBytes(done), formatBytes(size));
    if (elapsedMs > 800 && done > 0) {
        const double perSecond = double(done) * 1000 / double(elapsedMs);
        const double left = double(size - done) / perSecond;
        text += Opener::tr(" · %1/s · %2 left").arg(formatBytes(uint64_t(perSecond)), formatDuration(int64_t(left * 1e9)));
    }
    return text;
}
} // namespace

struct Opener::Job
{
    session::JobRunner runner;
    std::shared_ptr<char> alive = std::make_shared<char>();
    QTimer timer;
    QElapsedTimer clock;
    NoticeBar& notices;
    int notice = 0;

    explicit Job(NoticeBar& bar)
        : notices(bar)
    {
        clock.start();
    }
    ~Job()
    {
        if (notice)
            notices.remove(notice);
    }
};

Opener::Opener(const Appearance& appearance, NoticeBar& notices, QObject* parent)
    : QObject(parent)
    , m_appearance(appearance)
    , m_notices(notices)
{
}

Opener::~Opener()
{
    qDeleteAll(m_jobs);
}

void Opener::open(const QString& path)
{
    open(path.split(u'\n'), m_merges.value(path));
}

void Opener::open(const QStringList& paths, const formats::MergeOptions& merge)
{
    QStringList all;
    std::vector<std::string> names;
    uint64_t size = 0;
    for (const QString& path : paths) {
        const QFileInfo file(path);
        all << file.absoluteFilePath();
        names.push_back(toUtf8(all.last()));
        size += uint64_t(std::max<qint64>(0, file.size()));
    }
    if (all.isEmpty())
        return;
    const QString absolute = all.join(u'\n');
    QString title = QFileInfo(all.first()).fileName();
    if (all.size() > 1)
        title = tr("%1 and %2 more").arg(title).arg(all.size() - 1);
    if (m_jobs.contains(absolute))
        return;
    if (all.size() > 1)
        m_merges[absolute] = merge;
    auto* job = new Job(m_notices);
    m_jobs.insert(absolute, job);

    job->timer.setInterval(kStepMs);
    connect(&job->timer, &QTimer::timeout, this, [this, job, absolute, title, size] {
        if (job->clock.elapsed() < kShowAfterMs)
            return;
        const QString text = progressText(size, job->runner.perMille(), job->clock.elapsed());
        if (job->notice) {
            m_notices.update(job->notice, text, job->runner.perMille());
            return;
        }
        Notice notice;
        notice.icon = QStringLiteral("clock");
        notice.title = tr("Reading %1").arg(title);
        notice.text = text;
        notice.perMille = job->runner.perMille();
        notice.closable = false;
        notice.actionText = tr("Cancel");
        notice.action = [this, absolute] {
            finish(absolute);
            Q_EMIT cancelled(absolute);
        };
        job->notice = m_notices.add(std::move(notice));
    });
    job->timer.start();

    // Run in this thread, perhaps after the job or this object is gone.
    const auto show = [this, absolute, weak = std::weak_ptr<char>(job->alive)](const TraceContextPtr& context) {
        if (!weak.expired() && m_jobs.contains(absolute))
            Q_EMIT partOpened(context, absolute);
    };
    const auto ask = [this, title, weak = std::weak_ptr<char>(job->alive)](uint64_t unpacked, const UnpackAnswer& answer) {
        if (!weak.expired())
            askToUnpack(m_appearance, title, unpacked, answer, m_notices.window());
    };
    using Outcome = Result<TraceContextPtr>; // null: it is still being written
    job->runner.start(
        [names, all, sidecar = m_sidecar, show, ask, merge](store::Progress& progress) -> Outcome {
            const bool one = names.size() == 1;
            if (one && formats::isLive(names.front()))
                return TraceContextPtr();
            formats::OpenOptions options;
            options.progress = &progress;
            options.merge = merge;
            options.goOn = [&](uint64_t unpacked) {
                const auto answer = std::make_shared<std::atomic<int>>(0);
                QMetaObject::invokeMethod(
                    qApp, [ask, unpacked, answer] { ask(unpacked, answer); }, Qt::QueuedConnection);
                while (!*answer && !progress.cancelled())
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                return *answer == 1;
            };
            options.preview = [&](const store::TracePtr& part) {
                auto context = std::make_shared<TraceContext>();
                context->colors = layout::FunctionColors(*part);
                context->trace = part;
                QMetaObject::invokeMethod(
                    qApp, [show, context] { show(context); }, Qt::QueuedConnection);
            };
            const store::TracePtr kept = one ? formats::openSidecar(names.front(), sidecar) : nullptr;
            Result<store::TracePtr> trace = kept ? Result<store::TracePtr>(kept) : formats::open(names, options);
            if (!trace)
                return trace.error();
            auto context = std::make_shared<TraceContext>();
            context->colors = layout::FunctionColors(**trace);
            context->trace = std::move(*trace);
            context->paths = all.size() > 1 ? all.join(u'\n') : QString();
            context->kept = kept != nullptr;
            return TraceContextPtr(std::move(context));
        },
        [this, absolute](Outcome outcome) {
            finish(absolute);
            if (outcome && !*outcome)
                follow(absolute);
            else if (outcome) {
                if (!(*outcome)->kept && !m_sidecar.folder.empty() && !absolute.contains(u'\n'))
                    m_keeper.start(
                        [trace = (*outcome)->trace, name = toUtf8(absolute), sidecar = m_sidecar](store::Progress& progress) {
                            return bool(formats::keepSidecar(*trace, name, sidecar, &progress)); // not worth a notice
                        },
                        [](bool) { });
                Q_EMIT opened(*outcome, absolute);
            } else if (outcome.error().code != ErrorCode::Cancelled)
                Q_EMIT failed(absolute, QString::fromStdString(outcome.error().message));
        });
}

void Opener::follow(const QString& path, int64_t notBefore)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    if (m_followers.contains(absolute))
        return;
    auto follower = std::make_shared<session::LiveFollower>();
    m_followers.insert(absolute, follower);
    connect(follower.get(), &session::LiveFollower::grown, this, [this, absolute](const formats::LiveState& state) {
        if (state.calls)
            takeLive(absolute, state.trace);
    });
    connect(follower.get(), &session::LiveFollower::ended, this,
        [this, absolute](const store::TracePtr& trace) { takeLive(absolute, trace); });
    connect(follower.get(), &session::LiveFollower::failed, this, [this, absolute](const QString& sentence) {
        const auto gone = m_followers.take(absolute);
        QTimer::singleShot(0, this, [gone] { }); // it is what calls
        if (!sentence.isEmpty())
            Q_EMIT failed(absolute, sentence);
    });
    follower->start(absolute, notBefore);
}

bool Opener::programEnded(const QString& path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    const auto follower = m_followers.value(absolute);
    if (follower)
        follower->programEnded();
    return m_followed.remove(absolute) || follower;
}

void Opener::takeLive(const QString& path, const store::TracePtr& trace)
{
    const auto follower = m_followers.take(path);
    if (!follower)
        return;
    follower->disconnect(this);
    m_followed.insert(path);
    auto context = std::make_shared<TraceContext>();
    context->colors = layout::FunctionColors(*trace);
    context->trace = trace;
    if (trace->isGrowing())
        Q_EMIT openedLive(context, path, follower);
    else
        Q_EMIT opened(context, path);
    // It may be what calls us: its last owner lets go of it later.
    QTimer::singleShot(0, this, [follower] { });
}

void Opener::finish(const QString& path)
{
    Job* job = m_jobs.take(path);
    if (!job)
        return;
    job->timer.stop();
    job->runner.cancel();
    if (job->notice)
        m_notices.remove(std::exchange(job->notice, 0));
    // It may be what calls us; its members are still on the stack.
    QTimer::singleShot(0, this, [job] { delete job; });
}

} // namespace calltide::ui
