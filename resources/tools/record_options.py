# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the names of the recorder's options as a C++ list, and their help as a string: record_options.py OPTIONS.PY OUT.INC HELP.INC

The table of tracer/calltide/options.py is the one place that knows them; the application only has to tell which word of a
command line is an option, whether its value is the next word, and what to say about all of them.
"""

import importlib.util
import sys


def main(table, out, help_out):
    spec = importlib.util.spec_from_file_location("options", table)
    options = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(options)
    names = [(name, option.kind != options.FLAG) for name, (option, _) in options.BY_NAME.items()]
    lines = []
    for name, takes_value in sorted(names + list(options.WITHOUT_EFFECT.items())):
        lines.append('{"--%s", %s},\n' % (name.replace("_", "-"), "true" if takes_value else "false"))
    with open(out, "w") as file:
        file.write("".join(lines))
    with open(help_out, "w") as file:
        file.write('R"(%s)"\n' % options.usage(whole_names=True))


main(*sys.argv[1:])
