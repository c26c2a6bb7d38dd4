# SPDX-License-Identifier: Apache-2.0
"""The start of a traced process, called from its sitecustomize: `python -m calltide` and every child of a traced program.

As little as possible is imported here; see session.py.
"""

from __future__ import annotations

import atexit
import errno
import os
import sys

from calltide import children, options, session


def start(text: str) -> None:
    fields = session.decode(text)
    if "out" in fields and fields["pid"] == str(os.getpid()):
        _start_first(fields)
    elif "folder" in fields:
        _start_child(fields)
    else:  # a process that a first one started before its own recording began
        _clean_environment()


def _clean_environment() -> None:
    os.environ.pop(session.VARIABLE, None)
    rest = session.without_hook(os.environ.get("PYTHONPATH"))
    if rest is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = rest


def _start_first(fields: dict[str, str]) -> None:
    values = options.decode(fields["options"])
    follow = values["children"]
    folder = session.child_folder(fields["out"]) if follow else ""
    if not follow:
        _clean_environment()
    try:
        from calltide import _tracer

        session.begin(_tracer, fields["out"], folder, values,
                      session.meta(fields["argv"].split("\0"), fields["name"], values), whole_process=True)
    except BaseException as error:
        _clean_environment()
        sys.stderr.write("calltide: not recorded: cannot write %s: %s\n" % (fields["out"], error))
        return
    at_exit(_tracer, _handlers)
    _watch_signals(_tracer, values)
    if "code" in fields:
        _tracer.keep_source("<string>", fields["code"])
    if follow:
        children.follow(_tracer, folder, values)


def _start_child(fields: dict[str, str]) -> None:
    from calltide import _tracer

    values = options.decode(fields["options"])
    try:
        begun = begin_child(_tracer, fields, values, bytes.fromhex(fields["id"]), bytes.fromhex(fields["parent"]))
    except (OSError, RuntimeError) as error:
        if any(os.strerror(n) in str(error) for n in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)):  # else it is the program's own doing
            sys.stderr.write("calltide: process %d is not recorded: %s (%s)\n" % (os.getpid(), error, fields["folder"]))
        return
    if begun:
        _watch_signals(_tracer, values)


def begin_child(tracer, fields: dict[str, str], values: dict, recording: bytes, parent: bytes, whole: bool = True) -> bool:
    """False: it is left out, but its own children may be wanted. whole: of a process that has not begun with its program yet."""
    command = command_line()
    if not tracer.keeps_child(values, os.fsencode(" ".join(command))):
        return False
    folder = fields["folder"]
    try:
        os.mkdir(folder, 0o700)
        os.chmod(folder, 0o700)  # whatever the program's umask is
    except FileExistsError:
        pass
    name, argv = session.program(command)
    path = os.path.join(folder, "p%d-%s.calltide" % (os.getpid(), os.urandom(4).hex()))
    session.begin(tracer, path, folder, values, session.meta(argv, name, values), recording=recording, parent=parent,
                  whole_process=whole, until_exit=True)
    tracer.watch(int(fields["for"]))
    at_exit(tracer, _handlers)
    children.follow(tracer, folder, values)
    return True


def wanted_signals(values) -> dict:
    """By number: whether it starts (True) or stops (False); one for both starts first and stops the next time."""
    wanted: dict = {}
    for start in (True, False):
        for text in values["start_when" if start else "stop_when"]:
            if text.startswith("signal:"):
                wanted.setdefault(int(text[7:]), []).append(start)
    return wanted


def _watch_signals(tracer, values) -> None:
    """Handlers for the signals that were asked for, and no others."""
    wanted = wanted_signals(values)
    if not wanted:
        return
    import _signal

    def handle(number, frame):
        starts = tracer.waiting() and True in wanted[number]
        if starts or False in wanted[number]:
            tracer.trigger(starts, "signal:%d" % number)

    for number in wanted:
        try:
            _signal.signal(number, handle)
            _handlers[number] = (handle, False in wanted[number])
        except (OSError, ValueError):
            pass  # not in this process: the signal keeps its meaning


_handlers: dict = {}  # by signal: our handler, and whether it may stop the recording


def say_taken(tracer, handlers: dict) -> None:
    """A note for each signal that can do nothing any more, because the program has put its own handler in the place of ours."""
    import _signal

    for number, (handle, stops) in handlers.items():
        if _signal.getsignal(number) is not handle and not tracer.paused() and (stops or tracer.waiting()):
            name = next((n for n in dir(_signal) if n.startswith("SIG") and getattr(_signal, n) == number), str(number))
            tracer.note("%s did not reach the recording: the program has set a handler of its own for it" % name)


def at_exit(tracer, handlers: dict) -> tuple:
    """Ends the recording with the process: after all that the program registers, as what was first runs last. The functions
    for atexit.unregister(). handlers: of signals, also those that are added later."""
    def say():
        try:
            say_taken(tracer, handlers)
        except Exception:
            pass  # the program has taken apart what this needs

    said = tracer.unseen(say)
    atexit.register(tracer.stop, last=True)
    atexit.register(said)
    return tracer.stop, said


def command_line() -> list[str]:
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(a) for a in file.read().split(b"\0")[:-1]]
    except OSError:
        return [sys.executable or "python"]
