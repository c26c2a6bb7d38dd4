# SPDX-License-Identifier: Apache-2.0
"""Recording a part of a program from within."""

from __future__ import annotations

import atexit
import os
import sys

from calltide import children, options, session
from calltide._load import load


class Tracer:
    """Records the calls of all threads between start() and stop(), or within a with block.

    output: the recording; by default NAME.calltide after the running script, in the current folder. A file that exists
    is not overwritten unless it is a recording and named here. All other options are those of calltide.options:
    sizes in bytes or as "64MB", durations as "10us" (a number alone: µs), patterns as lists. Only one recording can run
    at a time in a process. Raises ValueError for an option that does not exist, or a value that it cannot have.

    start() raises OSError when the file cannot be written, RuntimeError when a recording runs already or the interpreter
    is not supported.
    """

    def __init__(self, output: str | os.PathLike[str] | None = None, **given: object) -> None:
        self._output = None if output is None else os.fspath(output)
        self._values = options.complete(given)
        self._children = self._values["children"]
        self._module = None
        self.path: str | None = None  # of the newest recording

    def start(self) -> None:
        from calltide import cli

        try:
            module = load()
        except Exception as error:
            raise RuntimeError(str(error)) from None
        if module.active():
            raise RuntimeError("a recording is running already")
        name = os.path.splitext(os.path.basename(sys.argv[0]))[0] if sys.argv and sys.argv[0] else ""
        path = os.path.abspath(cli.unused(name or "python") if self._output is None else self._output)
        cli.make_way(path)
        argv = list(sys.argv)
        meta = session.meta(argv, os.path.basename(argv[0]) if argv and argv[0] else "python", self._values)
        self.path, self._module = path, module
        folder = session.child_folder(path) if self._children else ""
        atexit.register(self.stop)
        try:
            session.begin(module, path, folder, self._values, meta, whole_process=False)
        except RuntimeError as error:
            self._module = None
            atexit.unregister(self.stop)
            raise OSError("cannot record into %s: %s" % (path, error)) from None
        if self._children:
            children.follow(module, folder, self._values)

    def stop(self) -> None:
        if self._module is None:
            return
        self._module.stop()
        self._module = None
        atexit.unregister(self.stop)
        if self._children:
            children.leave()

    def __enter__(self) -> Tracer:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
