# SPDX-License-Identifier: Apache-2.0
import sys

if sys.version_info < (3, 9):  # this file must parse on every Python, to be able to say so
    sys.stderr.write("calltide: Python %d.%d at %s is not supported; supported are CPython 3.9 to 3.15\n"
                     % (sys.version_info[0], sys.version_info[1], sys.executable))
    sys.exit(1)

if __name__ == "__main__":
    # -m has put the current folder in front: its files are the program's, and none of ours to run.
    if sys.path and not getattr(sys.flags, "safe_path", sys.flags.isolated):
        del sys.path[0]
    from calltide.cli import main

    sys.exit(main(sys.argv[1:]))
