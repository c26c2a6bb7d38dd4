# SPDX-License-Identifier: Apache-2.0
"""Children of a traced program: forks go on by themselves; other Pythons are reached through the environment."""

from __future__ import annotations

import os

from calltide import options, session

_state: dict = {}


def follow(tracer, folder: str, values: dict) -> None:
    first = not _state
    wrapped = _state.get("on", False)
    _state.update(tracer=tracer, folder=folder, values=values, on=True)
    announce()
    if first:
        os.register_at_fork(after_in_child=tracer.unseen(announce, in_child=True))
    if not wrapped:
        _wrap_starters()


def leave() -> None:
    """Processes started from now on are not recorded."""
    if _state:
        _state["on"] = False
        _state["tracer"].follower(b"", [])
        _unwrap_starters()
    os.environ.pop(session.VARIABLE, None)
    rest = session.without_hook(os.environ.get("PYTHONPATH"))
    if rest is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = rest


def announce() -> None:
    """To the processes that are started from now on."""
    if not _state.get("on"):
        return
    tracer = _state["tracer"]
    _state["text"] = session.encode({
        "folder": _state["folder"],
        "id": tracer.recording_id().hex(),
        "parent": tracer.process_id().hex(),
        "options": options.encode(_state["values"]),
        "for": str(tracer.asked_by()),
    })
    os.environ[session.VARIABLE] = _state["text"]
    os.environ["PYTHONPATH"] = session.with_hook(os.environ.get("PYTHONPATH"))
    if _state["values"]["attach_children"]:
        _follow_others(tracer)


def _follow_others(tracer) -> None:
    """Children that the environment does not reach, see bindings/follower.h."""
    program = os.path.join(session.PACKAGE, "calltide-follow")
    folder, chosen = _state["folder"], options.encode(_state["values"])
    tracer.follower(os.fsencode(program) if os.access(program, os.X_OK) else b"", [
        tracer.recording_id().hex().encode(), os.fsencode(folder[:-len(".d")]), os.fsencode(folder), os.fsencode(session.PACKAGE),
        chosen.encode("utf-8", "surrogateescape").hex().encode(), str(tracer.asked_by()).encode()])


def _repaired(env):
    """A copy of an environment that the program built itself, with our two variables in it."""
    if env is None or not _state.get("on"):
        return env
    name, path, text = session.VARIABLE, "PYTHONPATH", _state["text"]
    if isinstance(env, (list, tuple)):  # of b"K=V", as _posixsubprocess wants it
        out, seen = [], None
        for entry in env:
            if entry.startswith(b"PYTHONPATH="):
                seen = os.fsdecode(entry[11:])
            elif not entry.startswith(os.fsencode(name) + b"="):
                out.append(entry)
        out.append(os.fsencode(path + "=" + session.with_hook(seen)))
        out.append(os.fsencode(name + "=" + text))
        return out
    copy = dict(env)
    if any(isinstance(k, bytes) for k in copy):
        before = copy.get(os.fsencode(path))
        copy[os.fsencode(path)] = os.fsencode(session.with_hook(None if before is None else os.fsdecode(before)))
        copy[os.fsencode(name)] = os.fsencode(text)
    else:
        copy[path] = session.with_hook(copy.get(path))
        copy[name] = text
    return copy


_PROCESS, _WAIT, _BECOMES, _SHELL = 1, 2, 3, 4  # what a stand-in looks at


def _wrap(module, name: str, index: int, starts: int = 0, command: int = -1) -> None:
    """index: the argument that is the environment; -1: it has none. command: the one that is the command line."""
    original = getattr(module, name, None)
    if original is None:
        return
    if index < 0:
        _replace(module, name, original, _state["tracer"].starter(original, None, starts, command))
        return

    def mend(arguments, keywords):
        if len(arguments) > index:
            arguments = arguments[:index] + (_repaired(arguments[index]),) + arguments[index + 1:]
        elif keywords and "env" in keywords:
            keywords = dict(keywords, env=_repaired(keywords["env"]))
        return arguments, keywords

    _replace(module, name, original, _state["tracer"].starter(original, mend, starts, command))


def _replace(module, name: str, original, ours) -> None:
    setattr(module, name, ours)
    _state.setdefault("wrapped", []).append((module, name, original, ours))


def _unwrap_starters() -> None:
    for module, name, original, ours in reversed(_state.pop("wrapped", ())):
        if getattr(module, name, None) is ours:  # else somebody has put his own in front
            setattr(module, name, original)


def _wrap_starters() -> None:
    import sys

    _wrap(os, "execve", 2, _BECOMES, 1)
    _wrap(os, "execv", -1, _BECOMES, 1)
    _wrap(os, "system", -1, _SHELL, 0)
    _wrap(os, "posix_spawn", 2, _PROCESS, 1)
    _wrap(os, "posix_spawnp", 2, _PROCESS, 1)
    for name in ("fork", "forkpty"):
        _wrap(os, name, -1, _PROCESS)
    for name in ("waitpid", "wait", "wait3", "wait4"):
        _wrap(os, name, -1, _WAIT)
    try:
        import _posixsubprocess
    except ImportError:
        return
    _wrap(_posixsubprocess, "fork_exec", 5, _PROCESS, 0)
    subprocess = sys.modules.get("subprocess")
    if subprocess is not None and hasattr(subprocess, "_fork_exec"):
        original, subprocess._fork_exec = subprocess._fork_exec, _posixsubprocess.fork_exec
        _state["wrapped"].append((subprocess, "_fork_exec", original, _posixsubprocess.fork_exec))
