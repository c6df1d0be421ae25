# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios share: a desktop of their own for each case, the program in it, real peers, and pictures when something goes wrong."""
import os
import re
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', d) for d in ('support', 'interop')]

import tap                                                              # noqa: E402

BUILD = os.path.abspath(os.environ.get('ROUNDTABLE_BUILD', os.path.join(HERE, '..', '..', 'build')))
PICTURES = os.path.join(BUILD, 'ui-screenshots')
PROGRAM = os.path.join(BUILD, 'src', 'app', 'roundtable')
# The id of an installed Flatpak: what start() starts is that, in its sandbox (flatpak/build.py).
FLATPAK = os.environ.get('ROUNDTABLE_FLATPAK')
os.environ.setdefault('ROUNDTABLE_NODE', os.path.join(BUILD, 'src', 'node', 'roundtable-node'))
os.environ.setdefault('JS2P_DIR', os.path.join(BUILD, 'peers', 'node_modules', 'js2p'))

import harness                                                          # noqa: E402
from harness import free_port                                           # noqa: E402,F401

TOOLS = ('Xvfb', 'xdotool', 'xprop', 'xwininfo', 'xmodmap', 'import', 'metacity', 'dbus-daemon')


def require_desktop():
    """Skips the case (in CI: fails it) where a virtual desktop cannot be had."""
    missing = [t for t in TOOLS if shutil.which(t) is None]
    if not os.path.exists('/usr/libexec/at-spi-bus-launcher'):
        missing.append('at-spi2-core')
    try:
        import gi                                                       # noqa: F401
    except ImportError:
        missing.append('python3-gi')
    if missing:
        tap.skip_or_fail('no virtual desktop without ' + ', '.join(missing))


def require_js2p():
    why = harness.missing_peers()
    if why:
        tap.skip_or_fail(why)


# GTK 4.8 draws parts of its own widgets (the trough of a scroll bar; once each, at high load, the toast overlay and what is in the side pane of a window that comes back) in the frame in which
# they come, now and then before it gave them a place.
OF_GTK = re.compile(r'.*Gtk-WARNING.*Trying to snapshot (?:GtkGizmo|AdwToastOverlay|AdwHeaderBar|RtSidebar) 0x[0-9a-f]+ without a current allocation\n|'
                    # nor is there a portal here, which a newer one asks for in a sandbox
                    r'.*Gtk-WARNING.*Unable to retrieve the Flatpak portal version.*\n|'
                    # nobody here shows notifications
                    r'.*GLib-GIO-WARNING.*unable to send notifications through org\.freedesktop\.Notifications.*\n')


class Scenario(unittest.TestCase):
    lang = 'C.UTF-8'
    session = {}                         # what is other than usual in the case's desktop

    def setUp(self):
        require_desktop()
        from uidrive import Session
        self.app = None
        self.desk = Session(lang=self.lang, **self.session)
        self.addCleanup(self.clean_up)
        self.desk.start()

    def clean_up(self):
        self.desk.stop()

    def _callTestMethod(self, method):
        try:
            super()._callTestMethod(method)
        except unittest.SkipTest:
            raise
        except BaseException:
            if self.app is not None:
                self.show_trouble()
            raise

    def show_trouble(self):
        """Where it stood when the case failed: picture, accessible tree, what the program printed."""
        name = self.id().rpartition('.')[2]
        try:
            self.picture(f'failed-{name}')
            print(f'{PICTURES}/failed-{name}.png\n{self.app.dump()}', file=sys.stderr)
        except Exception as e:           # the program may be gone, which is what the case will say
            print(f'no picture: {e}', file=sys.stderr)
        print(f'The program printed:\n{self.app.output()}', file=sys.stderr)

    # the program ---------------------------------------------------------------
    def start(self, attach=True, **env):
        """Starts Roundtable as a person does; a warning of GTK or GLib ends it."""
        from window import Window
        env = {'G_DEBUG': 'fatal-criticals', 'GSETTINGS_BACKEND': 'keyfile', **env}
        if FLATPAK is None:
            self.app = self.desk.launch([PROGRAM], env=env, attach=attach)
        else:
            # of the desktop's folders it sees none; it has its own
            mine = os.path.join(self.sandbox_home(), 'config', 'gtk-4.0')
            os.makedirs(mine, exist_ok=True)
            shutil.copy(f'{self.desk.dir}/config/gtk-4.0/settings.ini', mine)
            self.app = self.desk.launch(['flatpak', 'run', '--user', '--die-with-parent', FLATPAK], env=env, attach=attach, sandbox=FLATPAK)
        self.app.wait_active()
        self.window = Window(self.desk, self.app)
        return self.window

    def sandbox_home(self):
        return os.path.join(self.desk.dir, 'home', '.var', 'app', FLATPAK)

    def quit(self):
        """Ctrl+Q, and a clean end with nothing that GLib had to say."""
        self.desk.press('ctrl+q')
        self.assertEqual(self.app.wait_exit(), 0, self.app.output())
        said = OF_GTK.sub('', self.app.output())
        for word in ('CRITICAL', 'WARNING'):
            self.assertNotIn(word, said)

    def picture(self, name):
        os.makedirs(PICTURES, exist_ok=True)
        return self.desk.screenshot(os.path.join(PICTURES, name + '.png'))

    # others ---------------------------------------------------------------------
    def peer(self, kind, *args, **options):
        """A process of js2p ('js') or a roundtable-node ('rt') that speaks JSON with us."""
        if kind == 'js':
            require_js2p()
        p = harness.Peer(kind, *args, **options)
        self.addCleanup(p.kill)
        return p

    def guest(self, kind, port, encryption='SSL', subnet='club'):
        """Such a process that has found our window's network."""
        p = self.peer(kind, '--encryption', encryption, subnet=subnet)
        p.do('connect', addr='127.0.0.1', port=port)
        harness.until(lambda: [link for link in p.table() if link['addr']], f'{p!r} to be connected')
        return p


def arabic_locale(folder):
    """Makes ar_EG.UTF-8 and a catalogue that says that we speak it. What to set in the environment, or None where it cannot be made."""
    if shutil.which('localedef') is None or shutil.which('msgfmt') is None:
        return None
    os.makedirs(folder, exist_ok=True)
    r = subprocess.run(['localedef', '-i', 'ar_EG', '-f', 'UTF-8', os.path.join(folder, 'ar_EG.UTF-8')], capture_output=True)
    if not os.path.isdir(os.path.join(folder, 'ar_EG.UTF-8')):
        print(f'localedef: {r.stderr.decode()}', file=sys.stderr)
        return None
    messages = os.path.join(folder, 'mo', 'ar', 'LC_MESSAGES')
    os.makedirs(messages, exist_ok=True)
    # GLib lets GTK speak, and mirror, only in a language that the program itself has.
    text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: ar\\n"\nmsgid "Chat"\nmsgstr "محادثة"\n'
    subprocess.run(['msgfmt', '-o', os.path.join(messages, 'roundtable.mo'), '-'], input=text, text=True, check=True)
    return {'LANG': 'ar_EG.UTF-8', 'LC_ALL': 'ar_EG.UTF-8', 'LANGUAGE': 'ar', 'LOCPATH': folder,
            'ROUNDTABLE_LOCALE_DIR': os.path.join(folder, 'mo')}
