# SPDX-License-Identifier: GPL-3.0-or-later
"""uidrive: start a private desktop session and drive GTK 4 programs in it as a person would.

    with Session() as s:
        app = s.launch(['build/src/lines'], env={...})
        app.wait_for('text box', 'New line').click()
        s.type('hello\\n')
        assert app.wait_for('tree grid', 'Received lines').rows()
        s.screenshot('out.png')

Two channels are used, and kept apart on purpose:
  * reading (roles, names, states, text) goes over the AT-SPI bus, by plain
    D-Bus calls through Gio: nothing is cached, so nothing is stale;
  * acting (clicks, keys) goes through real X events by xdotool, so focus,
    grabs, accelerators and hit areas are exercised.  `Node.activate()` uses the
    accessible action instead, for what is off screen.

Everything the session starts is a child of this process, in its own process
group, and is ended by pid.  Needs: Xvfb xdotool dbus-daemon at-spi2-core
xmodmap python3-gi imagemagick (import), and a window manager that composites
(default metacity; with openbox give compositor=('xcompmgr',), or popovers have
black edges).
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from gi.repository import Gio, GLib

from accessible import Node, ROOT_PATH, TOPLEVELS, poll

BUS_CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={dir}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{dir}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class App(Node):
    """A started program; as a Node, the root of its accessible tree."""

    def __init__(self, session, argv, env, log, sandbox=None):
        self.session = session
        self.sandbox = sandbox           # its id, where it runs in one: numbers of processes tell nothing then
        self.log = log
        self._old_states = None
        self.started = time.monotonic()
        self.proc = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        super().__init__(self, None, ROOT_PATH)

    def attach(self, timeout=15):
        """Wait until the program is on the accessibility bus."""
        def look():
            if self.proc.poll() is not None:
                raise AssertionError(f'{self.proc.args} ended with {self.proc.returncode}:\n{self.output()}')
            for n in Node(self, 'org.a11y.atspi.Registry', ROOT_PATH).children:
                if n.name in (self.sandbox, 'Roundtable') if self.sandbox else self.session.bus_pid(n.bus) in self.session.pids_below(self.proc.pid):
                    self.bus, self.path = n.bus, n.path
                    return True
            return False
        poll(f'{self.proc.args} on the accessibility bus', look, timeout)
        return self

    @property
    def old_states(self):
        if self._old_states is None:
            self._old_states = not any('showing' in n.states for w in self.children for n in w.children)
        return self._old_states

    def output(self):
        with open(self.log.name, encoding='utf-8', errors='replace') as f:
            return f.read()

    def x_windows(self):
        """X window ids of this program's mapped top-level windows, oldest first."""
        by = ('--class', '^' + re.escape(self.sandbox) + '$') if self.sandbox else ('--pid', str(self.proc.pid))
        r = self.session.tool('xdotool', 'search', '--onlyvisible', *by, check=False)
        return [int(i) for i in r.split()]

    def wait_mapped(self, timeout=15):
        poll(f'a mapped window of {self.proc.args}', self.x_windows, timeout, 0.01)
        return self

    def wait_active(self, timeout=15):
        """Wait until one of the program's windows has the keyboard focus and its first picture."""
        def active():
            w = self.session.tool('xdotool', 'getactivewindow', check=False).strip()
            return w and int(w) in self.x_windows()
        poll(f'an active window of {self.proc.args}', active, timeout)
        self.session.settle()
        return self

    def geometry(self, window):
        """Where on the screen, and how large. (xdotool adds a window's place in its frame, which only some have, twice.)"""
        out = self.session.tool('xwininfo', '-id', str(window))
        return tuple(int(re.search(rf'{what}: +(-?[0-9]+)', out)[1]) for what in ('Absolute upper-left X', 'Absolute upper-left Y', 'Width', 'Height'))

    def window_origin(self, node):
        """What to add to the node's extents for a position on the screen.

        GTK 4 reports extents relative to the toplevel widget's content, which lies
        inside the client-side shadow (_GTK_FRAME_EXTENTS, where the window manager
        knows it) and inside the border that the style draws where it does not.  A
        popover is an X window of its own, of exactly the popover widget's size,
        and its widgets' extents do not know where it was put.
        """
        windows = {w: self.geometry(w) for w in self.x_windows()}
        kinds = {w: self.session.tool('xprop', '-id', str(w), '_NET_WM_WINDOW_TYPE', 'WM_NAME',
                                      '_GTK_FRAME_EXTENTS', check=False) for w in windows}
        popups = {windows[w][2:]: windows[w][:2] for w in windows if '_TYPE_NORMAL' not in kinds[w]
                  and '_TYPE_DIALOG' not in kinds[w]}
        frame = node
        while frame.parent != self and frame.role not in TOPLEVELS:
            if popups and 'Component' in frame.interfaces:
                x, y, w, h = frame.extents
                if (w, h) in popups:
                    px, py = popups[w, h]
                    return px - x, py - y
            frame = frame.parent
        _, _, w, h = frame.extents
        same = [i for i in windows if windows[i][2:] not in popups and f'= "{frame.name}"' in kinds[i]]
        best = (same or [int(self.session.tool('xdotool', 'getactivewindow'))])[-1]
        x, y, width, height = windows[best]
        m = re.search(r'EXTENTS.*= (\d+), (\d+), (\d+), (\d+)', kinds[best])
        left, right, top, bottom = map(int, m.groups()) if m else (0, 0, 0, 0)
        left += max(0, width - left - right - w) // 2         # the style's own border,
        top += max(0, height - top - bottom - h) // 2         # the same on every side
        return x + left, y + top

    def rss_kib(self):
        """(RSS, PSS, private) of the program, KiB."""
        want = {'Rss': 0, 'Pss': 0, 'Private_Clean': 0, 'Private_Dirty': 0}
        with open(f'/proc/{self.proc.pid}/smaps_rollup') as f:
            for line in f:
                k, _, v = line.partition(':')
                if k in want:
                    want[k] = int(v.split()[0])
        return want['Rss'], want['Pss'], want['Private_Clean'] + want['Private_Dirty']

    def quit(self, timeout=40):
        """Ask with SIGTERM, insist with SIGKILL; return the exit status."""
        if self.proc.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.proc.pid, signal.SIGTERM)
        return self.wait_exit(timeout)

    def wait_exit(self, timeout=40):
        try:
            return self.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self.proc.pid, signal.SIGKILL)
            return self.proc.wait(timeout)


class Session:
    """A private X display, session bus, accessibility bus, window manager and home."""

    def __init__(self, screen='1280x1024x24', wm=('metacity', '--sm-disable', '--composite'),
                 compositor=(), keep=False,
                 services=(), lang='C.UTF-8', env=None):
        self.screen, self.wm, self.compositor, self.keep = screen, wm, compositor, keep
        self.service_files = list(services)
        self.more = dict(env or {})          # of programs, and of what the bus starts; not of the window manager, which would write its settings over theirs
        self.lang = lang
        self.children, self.apps = [], []
        self.a11y = None

    # starting and stopping ---------------------------------------------------
    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *exc):
        self.stop()

    def start(self):
        self.dir = tempfile.mkdtemp(prefix='uidrive-')
        for d in ('home', 'run', 'config', 'cache', 'data', 'state', 'tmp', 'services', 'log', 'fb'):
            os.mkdir(f'{self.dir}/{d}', 0o700)
        keep = ('PATH', 'LD_LIBRARY_PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'FLATPAK_USER_DIR')
        self.env = {k: os.environ[k] for k in keep if k in os.environ}
        self.env.update(
            HOME=f'{self.dir}/home', XDG_RUNTIME_DIR=f'{self.dir}/run', TMPDIR=f'{self.dir}/tmp',
            XDG_CONFIG_HOME=f'{self.dir}/config', XDG_CACHE_HOME=f'{self.dir}/cache',
            XDG_DATA_HOME=f'{self.dir}/data', XDG_STATE_HOME=f'{self.dir}/state',
            XDG_DATA_DIRS='/usr/local/share:/usr/share', XDG_CURRENT_DESKTOP='GNOME',
            LANG=self.lang, GDK_BACKEND='x11', GSK_RENDERER='cairo', LIBGL_ALWAYS_SOFTWARE='1',
            GSETTINGS_BACKEND='memory', GTK_USE_PORTAL='0', ADW_DISABLE_PORTAL='1',
            GTK_A11Y='atspi', NO_AT_BRIDGE='0', GTK_THEME='')
        del self.env['GTK_THEME']
        self.write_settings()
        r, w = os.pipe()
        self.spawn('Xvfb', ['Xvfb', '-displayfd', str(w), '-screen', '0', self.screen, '-nolisten',
                            'tcp', '-noreset', '-dpi', '96', '-fbdir', f'{self.dir}/fb'], pass_fds=(w,))
        os.close(w)
        with os.fdopen(r) as f:
            number = f.readline().strip()
        if not number:
            raise RuntimeError('Xvfb did not start: ' + self.log_text('Xvfb'))
        self.env['DISPLAY'] = f':{number}'
        for path in self.service_files:
            shutil.copy(path, f'{self.dir}/services/')
        with open(f'{self.dir}/bus.conf', 'w') as f:
            f.write(BUS_CONF.format(dir=self.dir))
        self.env['DBUS_SESSION_BUS_ADDRESS'] = f'unix:path={self.dir}/bus'
        self.spawn('dbus', ['dbus-daemon', f'--config-file={self.dir}/bus.conf', '--nofork', '--nopidfile', '--nosyslog'])
        # its socket is there a moment before anybody listens at it
        self.bus = poll('the session bus', lambda: self.connect(self.env['DBUS_SESSION_BUS_ADDRESS']), 5)
        self.spawn('at-spi', ['/usr/libexec/at-spi-bus-launcher', '--launch-immediately'])

        def a11y_address():
            return self.bus.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None,
                                      Gio.DBusCallFlags.NONE, 2000, None).unpack()[0]
        address = poll('the accessibility bus', a11y_address, 5)
        self.a11y = self.connect(address)
        self.a11y.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                            'StartServiceByName', GLib.Variant('(su)', ('org.a11y.atspi.Registry', 0)),
                            None, Gio.DBusCallFlags.NONE, 40000, None)
        if self.wm:
            self.spawn('wm', list(self.wm))
            poll('the window manager', lambda: 'window id' in self.tool(
                'xprop', '-root', '_NET_SUPPORTING_WM_CHECK', check=False), 10)
        if self.compositor:
            self.spawn('compositor', list(self.compositor))
        self.mapped, self.spare_keys = {}, self.find_spare_keys()
        return self

    def write_settings(self, **more):
        """What a desktop's settings daemon would say; read by GTK when a program starts."""
        ini = {'gtk-font-name': 'Cantarell 11', 'gtk-enable-animations': 'false', 'gtk-cursor-blink': 'false',
               'gtk-icon-theme-name': 'Adwaita', 'gtk-hint-font-metrics': 'true', **more}
        os.makedirs(f'{self.dir}/config/gtk-4.0', exist_ok=True)
        with open(f'{self.dir}/config/gtk-4.0/settings.ini', 'w') as f:
            f.write('[Settings]\n' + ''.join(f'{k}={v}\n' for k, v in ini.items()))

    @staticmethod
    def connect(address):
        flags = Gio.DBusConnectionFlags
        return Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)

    def spawn(self, name, argv, **kw):
        with open(f'{self.dir}/log/{name}', 'wb') as log:
            p = subprocess.Popen(argv, env={**self.env, **self.more} if name == 'dbus' else self.env, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.STDOUT, start_new_session=True, **kw)
        self.children.append((name, p))
        return p

    def log_text(self, name):
        with open(f'{self.dir}/log/{name}', encoding='utf-8', errors='replace') as f:
            return f.read()

    def stop(self):
        for app in self.apps:
            app.quit()
        for conn in (self.a11y, getattr(self, 'bus', None)):
            if conn is not None:
                with contextlib.suppress(GLib.Error):
                    conn.close_sync(None)
        for name, p in reversed(self.children):      # display last
            for sig in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(p.pid, sig)             # its own group: our own children only
                try:
                    p.wait(3)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self.children = []
        if not self.keep and hasattr(self, 'dir'):
            shutil.rmtree(self.dir, ignore_errors=True)

    # programs ----------------------------------------------------------------
    def launch(self, argv, env=None, attach=True, sandbox=None):
        log = open(f'{self.dir}/log/app-{len(self.apps)}', 'wb')
        app = App(self, argv, {**self.env, **self.more, **(env or {})}, log, sandbox)
        self.apps.append(app)
        return app.attach() if attach else app

    def tool(self, *argv, check=True, timeout=40):
        r = subprocess.run(argv, env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
                           text=True, timeout=timeout)
        if check and r.returncode:
            raise RuntimeError(f'{argv}: {r.stderr.strip() or r.returncode}')
        return r.stdout

    def bus_pid(self, name):
        return self.a11y.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                   'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)), None,
                                   Gio.DBusCallFlags.NONE, 40000, None).unpack()[0]

    @staticmethod
    def pids_below(pid):
        """The process and its descendants (a program may be started by a wrapper)."""
        parents = {}
        for d in filter(str.isdigit, os.listdir('/proc')):
            with contextlib.suppress(OSError):
                with open(f'/proc/{d}/stat') as f:
                    parents[int(d)] = int(f.read().rpartition(')')[2].split()[1])
        found = {pid}
        while more := {c for c, p in parents.items() if p in found} - found:
            found |= more
        return found

    # pointer, keys, pictures ----------------------------------------------------
    def click(self, x, y, button=1, count=1):
        self.tool('xdotool', 'mousemove', str(int(x)), str(int(y)))
        time.sleep(0.05)                     # let enter/motion arrive before the press
        for _ in range(count):
            # nobody lets go of a button in no time: GTK, busy with moving the focus, would miss one click in four
            self.tool('xdotool', 'mousedown', str(button))
            time.sleep(0.06)
            self.tool('xdotool', 'mouseup', str(button))

    @contextlib.contextmanager
    def dragging(self, x, y, to_x, to_y):
        """Presses, moves there as a hand does, and lets go when what is done meanwhile is over."""
        self.tool('xdotool', 'mousemove', str(int(x)), str(int(y)))
        time.sleep(0.05)
        self.tool('xdotool', 'mousedown', '1')
        try:
            for i in range(1, 11):
                self.tool('xdotool', 'mousemove', str(int(x + (to_x - x) * i / 10)), str(int(y + (to_y - y) * i / 10)))
                time.sleep(0.02)
            self.settle()
            yield
        finally:
            self.tool('xdotool', 'mouseup', '1')

    def drag(self, x, y, to_x, to_y):
        with self.dragging(x, y, to_x, to_y):
            pass

    def listen(self, signal, kind):
        """What programs tell assistive technology from now on, as a function that returns what was told so far."""
        told = []

        def heard(connection, sender, path, interface, name, args):
            if args[0] == kind:
                told.append(str(args[3]))
        self.a11y.signal_subscribe(None, 'org.a11y.atspi.Event.Object', signal, None, None, Gio.DBusSignalFlags.NONE,
                                   lambda c, sender, path, interface, name, args, *_: heard(c, sender, path, interface, name, args.unpack()))
        self.a11y.call_sync('org.a11y.atspi.Registry', '/org/a11y/atspi/registry', 'org.a11y.atspi.Registry', 'RegisterEvent',
                            GLib.Variant('(s)', (f'object:{signal}:{kind}',)), None, Gio.DBusCallFlags.NONE, 40000, None)

        def look():
            while GLib.MainContext.default().iteration(False):
                pass
            return told
        return look

    def scroll(self, x, y, clicks):
        self.tool('xdotool', 'mousemove', str(int(x)), str(int(y)), 'click', '--repeat', str(abs(clicks)),
                  '--delay', '10', '5' if clicks > 0 else '4')

    def type(self, text, delay_ms=12):
        self.map_keys(text)
        lines = text.split('\n')         # a newline is the Return key
        for i, line in enumerate(lines):
            if line:
                self.tool('xdotool', 'type', '--delay', str(delay_ms), '--', line, timeout=60)
            if i < len(lines) - 1:
                self.press('Return')

    def map_keys(self, text):
        """Give each character the keyboard lacks a spare key of its own, once.

        Left to itself xdotool remaps one key back and forth while it types, and
        programs then read some of the presses with the wrong map.
        """
        new = sorted({c for c in text if ord(c) > 126} - self.mapped.keys())
        if not new:
            return
        for c in new:
            self.mapped[c] = self.spare_keys.pop()
        script = ''.join(f'keycode {self.mapped[c]} = U{ord(c):04X} U{ord(c):04X}\n' for c in new)
        subprocess.run(['xmodmap', '-'], env=self.env, input=script, text=True, check=True, timeout=40)
        time.sleep(0.3)                  # every client re-reads the keyboard map

    def find_spare_keys(self):
        """Keycodes without a symbol, which map_keys may use."""
        out = self.tool('xmodmap', '-pke')
        return [int(m[1]) for m in re.finditer(r'^keycode +(\d+) =\s*$', out, re.M)]

    def press(self, *keys):
        """Key names as xdotool knows them: 'ctrl+q', 'F10', 'Tab', 'Escape'."""
        for k in keys:
            self.tool('xdotool', 'key', '--clearmodifiers', k)

    def grab(self):
        """What is on the screen, as bytes: Xvfb has it in a file."""
        with open(f'{self.dir}/fb/Xvfb_screen0', 'rb') as f:
            return f.read()

    def settle(self, timeout=3, still=0.15):
        """Wait until two pictures of the screen in a row are equal (animations are over)."""
        end, old = time.monotonic() + timeout, self.grab()
        while time.monotonic() < end:
            time.sleep(still)
            new = self.grab()
            if new == old:
                return True
            old = new
        return False

    def screenshot(self, path, window='root', settle=True):
        if settle:
            self.settle()
        self.tool('import', '-silent', '-window', str(window), path)
        return path

    def frame_extents(self, window):
        """Left, right, top, bottom: what the window's own shadow takes."""
        m = re.search(r'= (\d+), (\d+), (\d+), (\d+)', self.tool('xprop', '-id', str(window), '_GTK_FRAME_EXTENTS', check=False))
        return tuple(map(int, m.groups())) if m else (0, 0, 0, 0)

    def picture(self, app, path, radius=12, window=None):
        """The program's newest window, or this one, without its shadow; outside its round corners the picture is transparent."""
        self.settle()
        window = window or app.x_windows()[-1]
        left, right, top, bottom = self.frame_extents(window)
        x, y, w, h = app.geometry(window)
        w, h = w - left - right, h - top - bottom
        self.tool('import', '-silent', '-window', 'root', '-crop', f'{w}x{h}{x + left:+d}{y + top:+d}', '+repage', path)
        self.tool('convert', path, '-alpha', 'off', '(', '+clone', '-fill', 'black', '-colorize', '100', '-fill', 'white', '-draw',
                  f'roundrectangle 0,0 {w - 1},{h - 1} {radius},{radius}', ')', '-compose', 'CopyOpacity', '-composite', path)
        return path

    def resize(self, app, width, height):
        """The program's newest window, without its shadow."""
        window = app.x_windows()[-1]
        left, right, top, bottom = self.frame_extents(window)
        self.tool('xdotool', 'windowsize', '--sync', str(window), str(width + left + right), str(height + top + bottom))
        self.settle()

    def set_dark(self, dark):
        """What the switch in the desktop's settings does; the program must have been started with GSETTINGS_BACKEND=keyfile."""
        folder = f'{self.dir}/config/glib-2.0/settings'
        os.makedirs(folder, exist_ok=True)
        with open(f'{folder}/keyfile.new', 'w') as f:
            f.write(f"[org/gnome/desktop/interface]\ncolor-scheme='{'prefer-dark' if dark else 'default'}'\n")
        before = self.grab()
        os.replace(f'{folder}/keyfile.new', f'{folder}/keyfile')
        poll('the colours to change', lambda: self.grab() != before, 5, 0.1)
        self.settle()

