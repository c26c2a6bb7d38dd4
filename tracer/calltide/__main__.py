# SPDX-License-Identifier: Apache-2.0
import sys

if sys.version_info < (3, 9):  # this file must parse on every Python, to be able to say so
    sys.stderr.write("calltide: Python %d.%d at %s is not supported; supported are CPython 3.9 to 3.15\n"
                     % (sys.version_info[0], sys.version_info[1], sys.executable))
    sys.exit(1)

if __name__ == "__main__":
    from calltide.cli import main

    sys.exit(main(sys.argv[1:]))
