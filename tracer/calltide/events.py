# SPDX-License-Identifier: Apache-2.0
"""What a program adds to its own recording. When nothing is recorded, all of it costs next to nothing."""

from __future__ import annotations

import functools
import os
import sys
import time

try:
    from calltide import _tracer
except ImportError:  # no recorder for this interpreter: a program that uses these still runs
    _tracer = None


def _never() -> bool:
    return False


_on = _never if _tracer is None else _tracer.active  # asked at each event: no call of ours in between


def _visibly(function, args, kwargs):
    # What our own functions call is not recorded; this is the way out.
    return function(*args, **kwargs) if _tracer is None else _tracer.call(function, args, kwargs)


def log_instant(name: str, args: object = None, scope: str = "t", cond: bool = True) -> None:
    """A mark in the recording, now, in this thread. args: a dictionary, or any value; shown without running its code.
    scope is there for VizTracer's sake: every mark belongs to its thread. Nothing if cond is false."""
    if cond and _on():
        _tracer.instant(str(name), args)


def log_counter(name: str, value: object, cond: bool = True) -> None:
    """A number that changes over time, shown as a curve; or a dictionary of several, shown together.
    Raises TypeError for anything else."""
    if not cond or not _on():
        return
    for series, number in value.items() if isinstance(value, dict) else (("", value),):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise TypeError("log_counter(%r): %r is not a number" % (name, number))
        _tracer.counter(str(name), str(series), float(number))


def log_var(name: str, var: object, cond: bool = True) -> None:
    """The value of a variable, now: a counter if it is a number, else an instant that shows it."""
    if not cond or not _on():
        return
    if isinstance(var, (int, float)) and not isinstance(var, bool):
        _tracer.counter(str(name), "", float(var))
    else:
        _tracer.instant(str(name), {"value": var})


class log_event:
    """with log_event("load"): … is a slice of its own on the timeline, inside the call that runs. Also a decorator."""

    __slots__ = ("_name", "_on")

    def __init__(self, name: str) -> None:
        self._name = str(name)
        self._on = False

    def __enter__(self) -> log_event:
        if _on():
            self._on = True
            frame = sys._getframe(1)
            _tracer.enter(self._name, frame.f_code.co_filename, frame.f_lineno or 0)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._on:
            self._on = False
            _tracer.leave()

    def __call__(self, function):
        name, code = self._name, getattr(function, "__code__", None)
        if code is not None:
            place = code.co_filename, code.co_firstlineno
        else:
            frame = sys._getframe(1)
            place = frame.f_code.co_filename, frame.f_lineno or 0

        @functools.wraps(function)
        def inside(*args, **kwargs):
            if not _on():
                return _visibly(function, args, kwargs)
            _tracer.enter(name, *place)
            try:
                return _visibly(function, args, kwargs)
            finally:
                _tracer.leave()

        return inside


def ignore_function(function=None, tracer=None):
    """Decorator: neither this function nor what it calls is recorded. The function itself is returned: no cost."""
    if function is None:
        return lambda f: ignore_function(f, tracer)
    code = getattr(function, "__code__", None)
    if code is None:
        raise TypeError("ignore_function: %r is not a function" % (function,))
    if _tracer is not None:
        _tracer.ignore(code)
    return function


def log_sparse(function=None, **_):
    """Decorator: with the option log_sparse only functions with it are recorded. The function itself is returned."""
    if function is None:
        return log_sparse
    code = getattr(function, "__code__", None)
    if code is None:
        raise TypeError("log_sparse: %r is not a function" % (function,))
    if _tracer is not None:
        _tracer.mark_sparse(code)
    return function


def trace_and_save(method=None, output_dir: str = "./", **options: object):
    """Decorator: each call of the function makes a recording of its own, result_NAME_TIME.calltide in output_dir. A call
    within a recording that runs already is only part of that one."""

    def decorate(function):
        from calltide.tracer import Tracer

        @functools.wraps(function)
        def traced(*args, **kwargs):
            if _on():
                return _visibly(function, args, kwargs)
            os.makedirs(output_dir, exist_ok=True)
            name = "result_%s_%d.calltide" % (function.__name__, int(time.time() * 100000))
            with Tracer(os.path.join(output_dir, name), **options):
                return _visibly(function, args, kwargs)

        return traced

    return decorate if method is None else decorate(method)
