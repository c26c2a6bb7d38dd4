# SPDX-License-Identifier: Apache-2.0
"""python -m calltide: checks what it is asked, then becomes the program.

The interpreter is started afresh on the program with a hook in front of its sitecustomize, so the program runs as it does
without us: same sys.argv, sys.path, __main__, tracebacks and exit status, because it is the interpreter's own doing.
"""

from __future__ import annotations

import os
import stat
import sys

from calltide import __version__, config, options, session
from calltide._load import NotSupported, load

USAGE = """usage: python -m calltide [options] SCRIPT|-m MODULE|-c CODE [arguments]

Records every call of a Python program.

  -o FILE, --output FILE   the recording (default: NAME.calltide, after the script, in this folder)
  --version                show the version
  -h, --help               show this text

Options also come from calltide.toml, or [tool.calltide] in pyproject.toml, in this folder or above it; the command
line wins.

"""

# of the command that has called us, see become()
RECORD_USAGE = "usage: calltide record [options] [--] SCRIPT|-m MODULE|-c CODE|PROGRAM [arguments]"


class UsageError(Exception):
    pass


class Request:
    def __init__(self) -> None:
        self.output: str | None = None
        self.options: dict = {}  # as calltide.options names them
        self.file: str | None = None  # the configuration file
        self.from_file: set[str] = set()  # names of options
        self.target: list[str] = []  # as the interpreter wants it: [script, …], ["-m", module, …], ["-c", code, …]


def parse(arguments: list[str]) -> Request:
    request = Request()
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument in ("-o", "--output", "--output_file", "--output-file"):
            if not rest:
                raise UsageError("%s needs a file name" % argument)
            request.output = rest.pop(0)
        elif argument.startswith("--output="):
            request.output = argument[len("--output="):]
        elif options.take(argument, rest, request.options):
            pass
        elif argument in ("-m", "-c", "--module", "--cmd_string"):
            argument = {"--module": "-m", "--cmd_string": "-c"}.get(argument, argument)
            if not rest:
                raise UsageError("%s needs %s" % (argument, "a module" if argument == "-m" else "code"))
            request.target = [argument] + rest
            break
        elif argument == "--":
            request.target = rest
            break
        elif argument.startswith("-") and argument != "-":
            near = options.did_you_mean(argument.lstrip("-").replace("-", "_"), "--")
            raise UsageError("unknown option %s%s" % (argument, near))
        else:
            request.target = [argument] + rest
            break
    if not request.target:
        raise UsageError("nothing to run: give a script, -m MODULE or -c CODE")
    if request.target[0] in ("-m", "-c") and len(request.target) < 2:
        raise UsageError("%s needs a value" % request.target[0])
    return request


def _configure(request: Request) -> None:
    # What the file says stands behind what the command line says.
    try:
        path, given = config.load(os.getcwd())
        request.file = path
    except OSError:  # the folder is gone
        return
    request.output = request.output if request.output is not None else given.pop("output", None)
    given.pop("output", None)
    asked = options.complete(request.options)
    limits = ("ring", "stop_when_full")  # they exclude each other: asked for is only one
    for name, value in given.items():
        if name not in request.options and not (name in limits and any(asked[n] for n in limits)):
            request.options[name] = value
            request.from_file.add(name)
    try:
        options.complete(request.options)
    except options.BadOption as error:
        raise config.Unreadable("%s: %s" % (path, error)) from None


def stem(target: list[str]) -> str:
    if target[0] == "-m":
        return target[1]
    if target[0] == "-c":
        return "python-c"
    name = os.path.basename(os.path.abspath(target[0]))
    return os.path.splitext(name)[0] or name


def unused(name: str) -> str:
    path, n = name + ".calltide", 2
    while os.path.lexists(path) or os.path.lexists(session.child_folder(path)):
        path, n = "%s-%d.calltide" % (name, n), n + 1
    return path


def make_way(path: str) -> None:
    """A recording that stands at the place asked for goes, with its children; anything else stays."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        info = None
    if info is not None:
        if not stat.S_ISREG(info.st_mode):
            raise OSError("%s is not a plain file" % path)
        with open(path, "rb") as file:
            magic = file.read(8)
        if magic and magic != b"\x89CTD\r\n\x1a\n":
            raise OSError("%s exists and is not a recording; it is left as it is" % path)
        os.unlink(path)
    folder = session.child_folder(path)
    if os.path.isdir(folder) and not os.path.islink(folder):
        for name in os.listdir(folder):
            if name.startswith("p") and name.endswith(".calltide"):
                os.unlink(os.path.join(folder, name))


def interpreter_options() -> list[str]:
    original = list(getattr(sys, "orig_argv", []))
    for i in range(1, len(original)):
        if original[i] == "-mcalltide" or original[i:i + 2] == ["-m", "calltide"]:
            return original[1:i]
    import subprocess

    return subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["-h"], ["--help"]):
        sys.stdout.write(USAGE + options.usage())
        return 0
    if arguments[:1] == ["--version"]:
        sys.stdout.write("calltide %s\n" % __version__)
        return 0
    try:
        request = parse(arguments)
        _configure(request)
        options.complete(request.options)
    except config.Unreadable as error:
        sys.stderr.write("calltide: %s\n" % error)
        return 2
    except (UsageError, options.BadOption) as error:
        return refuse(error)
    try:
        tracer = load()
        wrong = tracer.wrong(options.complete(request.options)).decode("utf-8", "replace")
        if wrong:
            said_in = "%s: " % request.file if wrong.partition(":")[0] in request.from_file else ""
            return refuse(said_in + wrong)
        return become(request)
    except (NotSupported, OSError) as error:
        sys.stderr.write("calltide: %s\n" % error)
        return 1


def refuse(sentence) -> int:
    usage = RECORD_USAGE if "CALLTIDE_SAY" in os.environ else USAGE.splitlines()[0]
    sys.stderr.write("calltide: %s\n%s\n" % (sentence, usage))
    return 2


def become(request: Request) -> int:
    flags = sys.flags
    if flags.no_site or flags.ignore_environment or flags.isolated:
        raise NotSupported("a program cannot be recorded under python -I, -E or -S: leave the option out")
    target = request.target
    if target[0] not in ("-m", "-c", "-") and not os.path.exists(target[0]):
        sys.stderr.write("calltide: cannot open '%s': no such file\n" % target[0])
        return 2
    if request.options.get("adaptive") and sys.version_info < (3, 12):
        sys.stderr.write("calltide: --adaptive needs Python 3.12 or newer: all calls are recorded\n")
    output = os.path.abspath(request.output if request.output is not None else unused(stem(target)))
    folder = os.path.dirname(output)
    if not os.path.isdir(folder):
        raise OSError("cannot record into %s: the folder %s does not exist" % (output, folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OSError("cannot record into %s: the folder %s is not writable" % (output, folder))
    make_way(output)

    command = [sys.executable] + interpreter_options() + target
    argv = ["-c"] + target[2:] if target[0] == "-c" else target[1:] if target[0] == "-m" else target
    fields = {
        "out": output,
        "argv": "\0".join(argv),
        "name": target[1] if target[0] == "-m" else "-c" if target[0] == "-c" else os.path.basename(target[0]),
        "options": options.encode(options.complete(request.options)),
        "pid": str(os.getpid()),
    }
    if target[0] == "-c" and len(target[1]) < 50_000:
        fields["code"] = target[1]
    environment = dict(os.environ)
    name = environment.pop("CALLTIDE_SAY", None)  # by calltide record, which chose it
    if name:
        sys.stderr.write("calltide: recording into %s\n" % name)
    environment[session.VARIABLE] = session.encode(fields)
    environment["PYTHONPATH"] = session.with_hook(environment.get("PYTHONPATH"))
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command, environment)
    return 1  # not reached
