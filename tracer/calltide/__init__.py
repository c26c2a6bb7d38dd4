# SPDX-License-Identifier: Apache-2.0
"""Calltide's recorder: every call of a Python program, with its time, in a recording that survives a crash.

    python -m calltide script.py arguments

or, for a part of a program::

    with calltide.Tracer("part.calltide"):
        work()
"""

__version__ = "0.1.0"
__all__ = ["Tracer", "__version__"]


def __getattr__(name):  # the traced program pays only for what it uses
    if name == "Tracer":
        from calltide.tracer import Tracer

        return Tracer
    raise AttributeError("module 'calltide' has no attribute %r" % (name,))
