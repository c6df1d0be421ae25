# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's unittest cases and tells of each in TAP, so that meson counts cases, and shows why one was skipped.

    if __name__ == '__main__':
        tap.main()

A case's output and its traceback go to standard error.
"""
import os
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.out = os.fdopen(os.dup(1), 'w', buffering=1)
        os.dup2(2, 1)                    # what a case or its children print is no TAP
        self.n = 0

    def tell(self, test, ok, note='', error=None):
        self.n += 1
        name = test.id().replace('__main__.', '')
        if error is not None:
            traceback.print_exception(*error)
        self.out.write(f'{"ok" if ok else "not ok"} {self.n} - {name}{note}\n')

    def note(self, text):
        """A line of diagnostics between the cases, for figures."""
        self.out.write(f'# {text}\n')

    def startTest(self, test):
        super().startTest(test)
        print(f'== {test.id()}', file=sys.stderr, flush=True)

    def addSuccess(self, test):
        self.tell(test, True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell(test, True, f' # SKIP {reason}')

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test, False, error=err)

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test, False, error=err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.tell(subtest, False, error=err)

    def addExpectedFailure(self, test, err):
        self.tell(test, False, ' # TODO expected')

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.tell(test, False)


def main(module='__main__', argv=None):
    """Arguments are names of cases (Class or Class.test_x); without any, all of them. Does not return."""
    names = (sys.argv if argv is None else argv)[1:]
    loader = unittest.defaultTestLoader
    mod = sys.modules[module]
    suite = loader.loadTestsFromNames(names, mod) if names else loader.loadTestsFromModule(mod)
    result = TapResult()
    suite.run(result)
    result.out.write(f'1..{result.n}\n')
    result.out.flush()
    sys.exit(0 if result.wasSuccessful() and result.n else 1)


def skip_or_fail(reason):
    """What the tests need is not there: on a person's machine a skip, in CI a failure."""
    if os.environ.get('CI') == 'true':
        raise AssertionError(reason)
    raise unittest.SkipTest(reason)
