# SPDX-License-Identifier: Apache-2.0
"""Calltide's recorder: every call of a Python program, with its time, in a recording that survives a crash.

    python -m calltide script.py arguments

or, for a part of a program::

    with calltide.Tracer("part.calltide"):
        work()

A program may add to its recording: log_event(), log_instant(), log_counter(), log_var(); and leave itself out:
@ignore_function. They cost next to nothing when nothing is recorded.
"""

__version__ = "0.1.0"
_EVENTS = ("ignore_function", "log_counter", "log_event", "log_instant", "log_sparse", "log_var", "trace_and_save")
_TRACER = ("Tracer", "get_tracer")
__all__ = [*_TRACER, *_EVENTS, "__version__"]


def __getattr__(name):  # the traced program pays only for what it uses
    if name in _EVENTS or name in _TRACER:
        import importlib

        value = getattr(importlib.import_module("calltide.events" if name in _EVENTS else "calltide.tracer"), name)
        globals()[name] = value
        return value
    raise AttributeError("module 'calltide' has no attribute %r" % (name,))
