# SPDX-License-Identifier: Apache-2.0
"""Finds the module that was built for this interpreter, or says why there is none."""

from __future__ import annotations

import os
import sys


class NotSupported(Exception):
    """No recorder for this interpreter; the message is for people."""


def built_versions() -> list[str]:
    versions = set()
    for name in os.listdir(os.path.dirname(os.path.abspath(__file__))):
        parts = name.split("-")
        if name.startswith("_tracer.cpython-") and len(parts) > 1 and parts[1][:1] == "3":
            versions.add((3, int("".join(c for c in parts[1][1:] if c.isdigit()) or 0)))
    return ["%d.%d" % v for v in sorted(versions)]


def load():
    """The calltide._tracer module. Raises NotSupported."""
    try:
        from calltide import _tracer

        return _tracer
    except ImportError as error:
        flavour = " (free-threaded)" if "t" in getattr(sys, "abiflags", "") else ""
        here = "%s %d.%d%s at %s" % (
            "Python" if sys.implementation.name == "cpython" else sys.implementation.name,
            sys.version_info[0], sys.version_info[1], flavour, sys.executable)
        built = built_versions()
        name = "%d.%d" % sys.version_info[:2]
        if name in built and not flavour and sys.implementation.name == "cpython":
            raise NotSupported("the recorder for %s could not be loaded: %s" % (here, error)) from None
        raise NotSupported("%s is not supported; supported are %s"
                           % (here, ", ".join(built) or "none: no recorder was built")) from None
