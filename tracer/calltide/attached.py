# SPDX-License-Identifier: Apache-2.0
"""What the application asks of a running process: start and stop a recording, pause it, go on. See _boot.py.

Runs between two lines of the program, in any of its threads. Imports nothing that a program could be importing just now.
"""

from __future__ import annotations

import atexit
import os

from calltide import children, cli, options, process, session
from calltide._load import NotSupported, load

_began: dict = {}  # of a recording that was started here


class Refused(Exception):
    """The message is for people, and goes on from "Process N "."""


def answer(fields: dict[str, str], frame) -> dict[str, str]:
    actions = {"start": _start, "join": _join, "stop": _stop, "pause": _pause, "resume": _resume, "keep": _keep,
               "state": _state}
    try:
        module = load()
        module.ignore(frame.f_code)  # the module above it is known to the recorder
        return actions[fields["do"]](module, fields)
    except NotSupported as error:
        return {"error": "cannot be recorded: %s" % error}
    except options.BadOption as error:
        return {"usage": str(error)}
    except Refused as error:
        return {"error": str(error)}


def _start(module, fields: dict[str, str]) -> dict[str, str]:
    # It has reached its own end, or the one who asked for it is gone.
    if _began and not (module.watching() and (module.active() or module.paused())):
        _end(module)
    if module.active() or module.paused():
        raise Refused("is being recorded already.")
    if not _lives(int(fields["for"])):
        raise Refused("was asked by a process that is gone.")
    given: dict = {}
    words = fields["options"].split("\0") if fields["options"] else []
    while words:
        word = words.pop(0)
        if not options.take(word, words, given):
            raise options.BadOption("there is no option %s" % word)
    values = options.complete(given)
    path = fields["out"]
    try:
        cli.make_way(path)
    except OSError as error:
        raise Refused("cannot be recorded: %s." % error) from None
    follow = values["children"]
    folder = session.child_folder(path) if follow else ""
    name, argv = session.program(process.command_line())
    _began.update(environment={k: os.environ.get(k) for k in (session.VARIABLE, "PYTHONPATH")}, children=follow, path=path)
    try:
        session.begin(module, path, folder, values, session.meta(argv, name, values), whole_process=False, until_exit=True)
    except (RuntimeError, ValueError) as error:
        _began.clear()
        raise Refused("cannot be recorded into %s: %s." % (path, error)) from None
    module.watch(int(fields["for"]))
    _began["handlers"] = {}
    _began["at_exit"] = process.at_exit(module, _began["handlers"])
    try:
        _take_signals(module, process.wanted_signals(values))
    except Refused:
        _end(module)
        raise
    if follow:
        children.follow(module, folder, values)
    return {"path": path}


def _lives(asker: int) -> bool:
    # Killed while its request waited for the program to come to it.
    try:
        if asker:
            os.kill(asker, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _take_signals(module, wanted: dict) -> None:
    """The program's own handlers go on working, behind ours, and are alone again when the recording is over."""
    if not wanted:
        return
    import _signal

    before = {number: _signal.getsignal(number) for number in wanted}
    for number, handler in before.items():
        if handler is None:
            raise Refused("uses signal %d outside of Python; wait for another one." % number)
    over: list = []

    def handle(number, frame):
        handler = before[number]
        if over:  # the recording ended in a thread where nothing could be put back
            _signal.signal(number, handler)
            _signal.raise_signal(number)
            return
        starts = module.waiting() and True in wanted[number]
        if starts or False in wanted[number]:
            module.trigger(starts, "signal:%d" % number)
        if callable(handler):
            handler(number, frame)

    module.ignore(handle.__code__)

    def give_back():
        over.append(True)
        try:
            for number, handler in before.items():
                if _signal.getsignal(number) is handle:
                    _signal.signal(number, handler)
        except ValueError:
            pass  # not the main thread: done by the next signal

    try:
        for number in wanted:
            _signal.signal(number, handle)
    except (OSError, ValueError) as error:
        give_back()
        raise Refused("cannot be told by a signal: %s." % error) from None
    _began["signals"] = give_back
    _began["handlers"].update((number, (handle, False in starts)) for number, starts in wanted.items())


def _join(module, fields: dict[str, str]) -> dict[str, str]:
    """A child of a recorded process that its environment did not reach becomes a part of that recording."""
    if module.active() or module.paused():
        raise Refused("is being recorded already.")
    if not _lives(int(fields["for"])):
        raise Refused("was asked by a process that is gone.")
    values = options.decode(fields["options"])
    values["start_when"] = [text for text in values["start_when"] if not text.startswith("signal:")]
    values["stop_when"] = [text for text in values["stop_when"] if not text.startswith("signal:")]
    as_bytes = {k: fields[k].encode("utf-8", "surrogateescape") for k in ("id", "parent")}
    if process.begin_child(module, fields, values, as_bytes["id"], as_bytes["parent"], whole=False):
        module.note("attached %.2f s after its start, because it was %s" % (_age(), fields["reason"]))
    return {}


def _age() -> float:
    """Seconds since this process was started."""
    import time

    with open("/proc/self/stat", "rb") as file:
        ticks = int(file.read().rpartition(b")")[2].split()[19])
    return time.clock_gettime(7) - ticks / os.sysconf("SC_CLK_TCK")  # 7: CLOCK_BOOTTIME


def _end(module) -> None:
    process.say_taken(module, _began.get("handlers", {}))
    module.stop()
    module.watch(0)
    for function in _began.get("at_exit", ()):
        atexit.unregister(function)
    if "signals" in _began:
        _began["signals"]()
    if _began.get("children"):
        children.leave()
        for name, value in _began["environment"].items():
            if value is not None:
                os.environ[name] = value
    _began.clear()


def _running(module) -> None:
    if not (module.active() or module.paused()):
        raise Refused("is not being recorded.")


def _stop(module, fields: dict[str, str]) -> dict[str, str]:
    if _began:  # also if it has reached its own end
        _end(module)
    else:  # the recording of a whole program
        _running(module)
        module.stop()
        children.leave()
    return {}


def _pause(module, fields: dict[str, str]) -> dict[str, str]:
    _running(module)
    before = _state(module, fields)["state"]
    module.pause()
    return {"before": before}


def _resume(module, fields: dict[str, str]) -> dict[str, str]:
    _running(module)
    module.resume()
    return {}


def _keep(module, fields: dict[str, str]) -> dict[str, str]:
    """Goes on when the one who asked for it is gone."""
    _running(module)
    module.watch(0)
    children.announce()
    return {}


def _state(module, fields: dict[str, str]) -> dict[str, str]:
    return {"state": "paused" if module.paused() else "recording" if module.active() else "none"}
