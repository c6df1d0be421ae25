#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""with-display.py PROGRAM [ARG...]: runs PROGRAM on a virtual display and in a home of its own; its exit status is ours.

Without an Xvfb it exits with 77, which meson reports as skipped.
"""
import os
import shutil
import subprocess
import sys
import tempfile


def start_display():
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ['Xvfb', '-displayfd', str(writer), '-screen', '0', '1400x1000x24', '-nolisten', 'tcp', '-noreset', '-dpi', '96'],
        pass_fds=(writer,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as f:
        return server, f.readline().strip()


def main():
    if shutil.which('Xvfb') is None:
        print('1..0 # SKIP Xvfb is not installed')
        return 77
    server, number = start_display()
    try:
        if not number:
            print('Bail out! Xvfb did not start')
            return 99
        with tempfile.TemporaryDirectory(prefix='rt-app-') as home:
            env = dict(os.environ)
            for name in ('CONFIG', 'CACHE', 'DATA', 'STATE'):
                env[f'XDG_{name}_HOME'] = os.path.join(home, name.lower())
            runtime = os.path.join(home, 'run')
            os.mkdir(runtime, 0o700)
            env.update(DISPLAY=f':{number}', HOME=home, XDG_RUNTIME_DIR=runtime, XDG_DATA_DIRS='/usr/local/share:/usr/share',
                       GDK_BACKEND='x11', GSK_RENDERER='cairo', LIBGL_ALWAYS_SOFTWARE='1', GTK_A11Y='none',
                       GSETTINGS_BACKEND='memory', GTK_USE_PORTAL='0', ADW_DISABLE_PORTAL='1',
                       DBUS_SESSION_BUS_ADDRESS='disabled:')
            env.setdefault('LC_ALL', 'C.UTF-8')
            env.pop('WAYLAND_DISPLAY', None)
            return subprocess.call(sys.argv[1:], env=env)
    finally:
        server.terminate()
        server.wait()


if __name__ == '__main__':
    status = main()
    # a signal's death must not look like success
    sys.exit(status if status >= 0 else 128 - status)
