# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the names of the recorder's options as a C++ list: record_options.py OPTIONS.PY OUT.INC

The table of tracer/calltide/options.py is the one place that knows them; the application only has to tell which word of a
command line is an option, and whether its value is the next word.
"""

import importlib.util
import sys


def main(table, out):
    spec = importlib.util.spec_from_file_location("options", table)
    options = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(options)
    lines = []
    for name, (option, _) in sorted(options.BY_NAME.items()):
        takes_value = "false" if option.kind == options.FLAG else "true"
        lines.append('{"--%s", %s},\n' % (name.replace("_", "-"), takes_value))
    with open(out, "w") as file:
        file.write("".join(lines))


main(*sys.argv[1:])
