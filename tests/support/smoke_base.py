# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the library from Python share. Run by meson with GI_TYPELIB_PATH and LD_LIBRARY_PATH set."""
import sys

try:
    import gi
    gi.require_version('P2p', '1.0')
    from gi.repository import Gio, GLib, P2p  # noqa: F401
except (ImportError, ValueError) as error:
    print('1..0 # SKIP no introspection for Python: %s' % error)
    sys.exit(0)

TIMEOUT = 60
context = GLib.MainContext.default()
_number = 0


def check(name, good):
    global _number
    _number += 1
    print('%s %d %s' % ('ok' if good else 'not ok', _number, name), flush=True)
    return good


def wait_for(condition):
    done = []
    timer = GLib.timeout_add_seconds(TIMEOUT, lambda: done.append(1) or False)
    good = condition()
    while not good and not done:
        context.iteration(True)
        good = condition()
    if not done:
        GLib.source_remove(timer)
    return bool(good)


def identity(name):
    return P2p.Identity.new_from_seed(GLib.Bytes.new(name.ljust(32, b'.')))


def code_of(call, *arguments):
    """The code of the error that a call ends with, or None."""
    try:
        call(*arguments)
    except GLib.Error as error:
        return P2p.error_get_code_name(error)
    return None


def run(node, name, *arguments):
    """An operation, from its beginning to its end: what its finish function returns."""
    results = []
    getattr(node, name + '_async')(*arguments, None, lambda node, result: results.append(result))
    wait_for(lambda: results)
    return getattr(node, name.removesuffix('_text') + '_finish')(results[0])
