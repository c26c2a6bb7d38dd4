# SPDX-License-Identifier: GPL-3.0-or-later
"""one.py OUT NAME: runs one of CPython's own test files (test.test_x), one line of OUT for every test.

Run by run.py, with and without the recorder. Lines: the test's id, a tab, how it ended. The last one is "done".
"""

import os
import random
import sys
import unittest


class Lines(unittest.TextTestResult):
    out = None

    def startTest(self, test):
        super().startTest(test)
        self.status = "ok"
        self.say(test, "begins")

    def stopTest(self, test):
        super().stopTest(test)
        self.say(test, self.status)

    def say(self, test, what):
        os.write(self.out, ("%s\t%s\n" % (test.id().split("\n")[0], what)).encode("utf-8", "backslashreplace"))

    def ended(self, test, what):
        # Also called outside of any test, for a class or a module that cannot be set up.
        if isinstance(test, unittest.TestCase):
            self.status = what
        else:
            self.say(test, what)

    def addError(self, test, err):
        super().addError(test, err)
        self.ended(test, "error")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.ended(test, "failure")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.ended(test, "skipped")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.ended(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.ended(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.status = "failure" if issubclass(err[0], test.failureException) else "error"


def main():
    # Not the number that open() gives: many tests count on theirs.
    fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    Lines.out = os.dup2(fd, 150, inheritable=False)
    os.close(fd)
    name = sys.argv[2]
    sys.argv[1:] = []
    sys.path[0] = os.getcwd()
    from test import support

    support.use_resources = []  # none of those that need a network, a display, much time or space
    random.seed(1)
    try:
        tests = unittest.defaultTestLoader.loadTestsFromName(name)
    except unittest.SkipTest:
        os.write(Lines.out, ("%s\tskipped\n" % name).encode())
    else:
        unittest.TextTestRunner(verbosity=0, resultclass=Lines).run(tests)
    os.write(Lines.out, b"done\n")


if __name__ == "__main__":
    main()
