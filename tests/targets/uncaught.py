# SPDX-License-Identifier: GPL-3.0-or-later
"""An exception nobody catches: traceback on stderr, exit status 1."""


def fails():
    raise RuntimeError("the expected end of this program")


fails()
