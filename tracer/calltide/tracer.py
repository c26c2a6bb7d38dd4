# SPDX-License-Identifier: Apache-2.0
"""Recording a part of a program from within."""

from __future__ import annotations

import atexit
import functools
import os
import sys

from calltide import children, events, options, session
from calltide._load import load

# Arguments of VizTracer() that change nothing here: all calls are kept, sources too, and nothing is printed.
_WITHOUT_EFFECT = ("tracer_entries", "verbose", "file_info", "register_global", "minimize_memory", "pid_suffix", "dump_raw",
                   "sanitize_function_name", "trace_self", "report_endpoint")

_current: Tracer | None = None  # the one that was started last


class Tracer:
    """Records the calls of all threads between start() and stop(), or within a with block; also a decorator.

    output: the recording; by default NAME.calltide after the running script, in the current folder. A file that exists
    is not overwritten unless it is a recording and named here. process_name: as it is to be called on the timeline (default:
    the script's). All other options are those of calltide.options:
    sizes in bytes or as "64MB", durations as "10us" (a number alone: µs), patterns as lists. Only one recording can run
    at a time in a process. Raises ValueError for an option that does not exist, or a value that it cannot have.

    start() raises OSError when the file cannot be written, RuntimeError when a recording runs already or the interpreter
    is not supported.
    """

    def __init__(self, output: str | os.PathLike[str] | None = None, *, output_file: str | None = None,
                 **given: object) -> None:
        output = output_file if output is None else output
        for name in _WITHOUT_EFFECT:
            given.pop(name, None)
        self._process = given.pop("process_name", None)
        self._output = None if output is None else os.fspath(output)
        self._json = None  # what save() makes of it
        if self._output is not None and self._output.endswith((".json", ".json.gz")):
            self._json, self._output = self._output, self._output[:self._output.rindex(".json")] + ".calltide"
        self._values = options.complete(given)
        self._children = self._values["children"]
        self._module = None
        self.path: str | None = None  # of the newest recording
        self._saved: set[str] = set()  # recordings that are not ours to throw away any more

    def start(self) -> None:
        """Begins a recording; the calls that run now are part of it, marked as already running."""
        global _current
        from calltide import cli

        try:
            module = load()
        except Exception as error:
            raise RuntimeError(str(error)) from None
        if module.active() or module.paused():
            raise RuntimeError("a recording is running already")
        name = os.path.splitext(os.path.basename(sys.argv[0]))[0] if sys.argv and sys.argv[0] else ""
        path = os.path.abspath(cli.unused(name or "python") if self._output is None else self._output)
        if path in self._saved:
            path = os.path.abspath(cli.unused(path[:-len(".calltide")] if path.endswith(".calltide") else path))
        cli.make_way(path)
        argv = list(sys.argv)
        process = str(self._process or (os.path.basename(argv[0]) if argv and argv[0] else "python"))
        meta = session.meta(argv, process, self._values)
        self.path, self._module = path, module
        folder = session.child_folder(path) if self._children else ""
        atexit.register(self.stop)
        try:
            session.begin(module, path, folder, self._values, meta, whole_process=False)
        except RuntimeError as error:
            self._module = None
            atexit.unregister(self.stop)
            raise OSError("cannot record into %s: %s" % (path, error)) from None
        _current = self
        if self._children:
            children.follow(module, folder, self._values)

    def stop(self, stop_option: str | None = None) -> None:
        """Ends the recording; its file is complete then. Nothing happens if none runs. stop_option is VizTracer's, and
        has no effect: calls that still run are shown as running."""
        global _current
        if self._module is None:
            return
        self._module.stop()
        self._module = None
        if _current is self:
            _current = None
        atexit.unregister(self.stop)
        if self._children:
            children.leave()

    def pause(self) -> None:
        """Stops taking calls until resume(); the recording shows that part as paused. Other processes go on."""
        if self._module is not None:
            self._module.pause()

    def resume(self) -> None:
        if self._module is not None:
            self._module.resume()

    def clear(self) -> None:
        """Throws away what was recorded so far and not saved; goes on recording if it does."""
        running = self._module is not None
        self.stop()
        if self.path in self._saved:
            self.path = None
        elif self.path is not None:
            from calltide import cli

            cli.make_way(self.path)
        if running:
            self.start()

    def save(self, output_file: str | os.PathLike[str] | None = None) -> str:
        """Ends the recording and gives its path; with output_file, moves it there first. A name that ends in .json or
        .json.gz is exported for Perfetto, which needs the application. Raises RuntimeError if there is no recording,
        or no application; OSError if it cannot be written."""
        self.stop()
        if self.path is None or not os.path.exists(self.path):
            raise RuntimeError("there is no recording to save: start() first")
        target = os.fspath(output_file) if output_file is not None else self._json
        if target is None:
            self._saved.add(self.path)
            return self.path
        if target.endswith((".json", ".json.gz")):
            return self._export(target)
        target = os.path.abspath(target)
        if target != self.path:
            from calltide import cli

            cli.make_way(target)
            import shutil  # here and below late: both are dear to load, and most programs need neither

            shutil.move(self.path, target)
            if os.path.isdir(session.child_folder(self.path)):
                shutil.move(session.child_folder(self.path), session.child_folder(target))
            self.path = target
        self._saved.add(target)
        return target

    def _export(self, target: str) -> str:
        import shutil
        import subprocess

        beside = os.path.normpath(os.path.join(session.ROOT, "..", "..", "..", "bin", "calltide"))
        program = beside if os.access(beside, os.X_OK) else shutil.which("calltide")
        if program is None:
            raise RuntimeError("%s: exporting JSON needs the application, and calltide is not in PATH; the recording is %s"
                               % (target, self.path))
        done = subprocess.run([program, "export", self.path, "-o", target], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        if done.returncode:
            raise OSError(done.stderr.decode(errors="replace").strip())
        return target

    @property
    def enable(self) -> bool:
        """Whether calls are being recorded now."""
        return self._module is not None and self._module.active()

    def log_instant(self, name: str, args: object = None, scope: str = "t", cond: bool = True) -> None:
        events.log_instant(name, args, scope, cond)

    def log_var(self, name: str, var: object, cond: bool = True) -> None:
        events.log_var(name, var, cond)

    def log_counter(self, name: str, value: object, cond: bool = True) -> None:
        events.log_counter(name, value, cond)

    def log_event(self, name: str) -> events.log_event:
        return events.log_event(name)

    add_instant = log_instant  # VizTracer's older names
    add_counter = log_counter

    def __enter__(self) -> Tracer:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        if self._json is not None:
            self.save()

    def __call__(self, function):
        @functools.wraps(function)
        def traced(*args, **kwargs):
            with self:
                return events._visibly(function, args, kwargs)

        return traced


class _Whole(Tracer):
    """The recording of a whole program, begun by the command line: it ends with the program."""

    def __init__(self, module) -> None:
        super().__init__()
        self._whole = module

    def start(self) -> None:
        self._whole.resume()

    def stop(self, stop_option: str | None = None) -> None:
        self._whole.pause()

    def pause(self) -> None:
        self._whole.pause()

    def resume(self) -> None:
        self._whole.resume()

    def clear(self) -> None:
        raise RuntimeError("the recording of a whole program cannot be cleared")

    def save(self, output_file=None) -> str:
        raise RuntimeError("the recording of a whole program is saved when it ends")

    @property
    def enable(self) -> bool:
        return self._whole.active()


def get_tracer() -> Tracer | None:
    """The recording that runs in this process, or None. Of one that the command line has begun, stop() and start() are
    pause() and resume()."""
    if _current is not None:
        return _current
    module = events._tracer
    return _Whole(module) if module is not None and (module.active() or module.paused()) else None
