# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program sees of itself, as JSON: sys.argv, __name__, whether __main__ is this file, and the import path's head."""
import json
import os
import sys

import __main__

print(json.dumps({
    "argv": sys.argv[1:],
    "script": os.path.basename(sys.argv[0]),
    "name": __name__,
    "main_is_me": getattr(__main__, "__file__", None) == __file__,
    "path0": os.path.basename(sys.path[0]) if sys.path[0] else "",
}))
