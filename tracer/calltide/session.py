# SPDX-License-Identifier: Apache-2.0
"""What a traced process gets from the one that started it: one environment variable.

Kept free of imports: this runs at the start of every traced program, which must not find modules loaded that it did
not load itself.
"""

from __future__ import annotations

import os
import sys

VARIABLE = "CALLTIDE_SESSION"
PACKAGE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(PACKAGE)
HOOK = os.path.join(PACKAGE, "_hook")


def encode(fields: dict[str, str]) -> str:
    return ";".join(k + "=" + v.encode("utf-8", "surrogateescape").hex() for k, v in sorted(fields.items()))


def decode(text: str) -> dict[str, str]:
    fields = {}
    for part in text.split(";"):
        key, _, value = part.partition("=")
        fields[key] = bytes.fromhex(value).decode("utf-8", "surrogateescape")
    return fields


def with_hook(python_path: str | None) -> str:
    """PYTHONPATH with our hook in front, and without the entry by which this package itself was found."""
    rest = [p for p in (python_path or "").split(os.pathsep) if p and p not in (HOOK, ROOT)]
    return os.pathsep.join([HOOK] + rest)


def without_hook(python_path: str | None) -> str | None:
    rest = [p for p in (python_path or "").split(os.pathsep) if p and p not in (HOOK, ROOT)]
    return os.pathsep.join(rest) or None


def json_string(text: str) -> str:
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif c < " " or "\ud800" <= c <= "\udfff":
            out.append("\\u%04x" % ord(c))
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def _json(value) -> str:
    return json_list(value) if isinstance(value, list) else str(value).lower()


def json_list(items: list[str]) -> str:
    return "[" + ", ".join(json_string(i) for i in items) + "]"


def child_folder(path: str) -> str:
    return (path if path.endswith(".calltide") else path + ".calltide") + ".d"


def meta(argv: list[str], name: str, values: dict) -> list[tuple[str, str]]:
    version = "%d.%d.%d" % sys.version_info[:3]
    if sys.version_info[3] != "final":
        version += sys.version_info[3]
    from calltide import __version__

    uname = os.uname()
    try:
        cwd = os.getcwd()
    except OSError:
        cwd = ""
    return [
        ("argv", json_list(argv)),
        ("command", " ".join(argv)),
        ("process_name", name),
        ("executable", sys.executable or ""),
        ("python", version),
        ("implementation", sys.implementation.name),
        ("platform", "%s %s %s" % (uname.sysname, uname.release, uname.machine)),
        ("cwd", cwd),
        ("options", "{%s}" % ", ".join(json_string(k) + ": " + _json(v) for k, v in values.items())),
        ("calltide", __version__),
    ]


def begin(tracer, path: str, folder: str, values: dict, about: list[tuple[str, str]], *, recording: bytes = b"",
          parent: bytes = b"", whole_process: bool, until_exit: bool | None = None) -> None:
    """Starts the recording. until_exit: the exit status is to be added (default: whole_process). Raises RuntimeError with
    the reason."""
    tracer.start(
        path=os.fsencode(path), recording_id=recording, parent_id=parent, child_folder=os.fsencode(folder),
        options=values, hide_stack=whole_process, until_exit=whole_process if until_exit is None else until_exit,
        ignored=[os.fsencode(PACKAGE + os.sep)], library=[os.fsencode(os.path.dirname(os.__file__))],
        meta=[(k.encode(), v.encode("utf-8", "surrogatepass")) for k, v in about])


def _helper(code: list[str]) -> str:
    """What python -c runs, if multiprocessing has started it."""
    for module, name in (("resource_tracker", "resource tracker"), ("semaphore_tracker", "semaphore tracker"),
                         ("forkserver", "forkserver"), ("spawn", "spawned process")):
        if code and ("from multiprocessing.%s import" % module) in code[0][:80]:  # 3.14 imports sys before
            return name
    return "-c"


def program(command: list[str]) -> tuple[str, list[str]]:
    """What a Python command line runs: the script's name, the module's or "-c", and what is sys.argv then."""
    takes_value = ("-W", "-X", "--check-hash-based-pycs")
    at = 1
    while at < len(command):
        argument = command[at]
        if argument in takes_value:
            at += 1
        elif argument == "-m" and at + 1 < len(command):
            return command[at + 1], command[at + 1:]
        elif argument == "-c" or not argument.startswith("-"):
            name = _helper(command[at + 1:]) if argument == "-c" else os.path.basename(argument)
            return name, command[at:at + 1] + command[at + (2 if argument == "-c" else 1):]
        at += 1
    return "python", command[:1]
