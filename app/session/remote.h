// SPDX-License-Identifier: GPL-3.0-or-later
// Recording a program that runs already, and steering the recording of any running program: also one that was launched
// recording. All functions block until the program has reacted; call them from a job. Requests to one program must follow
// each other.
#pragma once
#include "inject/inject.h"
#include "inject/processes.h"
#include "session/launchoptions.h"
#include <functional>

namespace calltide::session {

using Cancelled = std::function<bool()>;

struct AttachOptions
{
    int processId = 0;
    QString output;      // "" = a new name in the current folder, after the program
    QStringList options; // the recorder's, as on the command line: "--python-only", "--max-depth", "3"
    bool evenIfSwitchedOff = false;
    int timeoutMs = 30'000;
};

struct Attached
{
    QString recording;
    quint64 startTicks = 0; // tells the process from a later one with its number
    const char* how = "";
    qint64 pausedNs = 0;
};

// A Python of a version for which there is no recorder.
inject::Problem recorderProblem(const inject::Process& process);
bool isTooOld(const inject::Process& process);

// The recording ends with stopRecording(), with the program, or soon after this process has ended, however it did.
// ErrorCode::Invalid: an option was wrong; NoPermission with inject::Why::SwitchedOff in `why`: the user may insist.
Result<Attached> attach(const AttachOptions& options, inject::Why* why = nullptr, const Cancelled& cancelled = {});

enum class Remote { Stop, Pause, Resume, Keep }; // Keep: goes on until the program ends, whoever is gone by then
Status control(int processId, Remote what, const Cancelled& cancelled = {});
// Stops it in the program that was attached to, and in the children that it has started since and that still run.
Status endAttached(int processId, const QString& recording, const Cancelled& cancelled = {});
// The recording no longer ends with this process, nor do its children's.
Status keepAttached(int processId, const QString& recording);
// A copy of a running recording as it is now, with its children's. Only a ring is made to pause meanwhile.
Status snapshot(int processId, const QString& recording, const QString& copy, const Cancelled& cancelled = {});

// "shop-142501.calltide" beside shop.calltide: by the time of day.
QString snapshotName(const QString& recording);
// "server.calltide" for "python -m http.server": the first name that is free in `folder`.
QString attachedRecordingName(int processId, const QString& folder);

} // namespace calltide::session
