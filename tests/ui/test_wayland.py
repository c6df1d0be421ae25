#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roundtable as a client of a Wayland compositor, with no X to fall back on: Weston, once on our virtual display, where it has a keyboard, and once with neither screen nor keyboard.

What the window does is the same as under X, and tried there; here it opens, is used and goes.
"""
import os
import re
import shutil

from gi.repository import Gio, GLib

from scenario import OF_GTK, PROGRAM, Scenario, tap
from accessible import poll

PATIENT = 60
SOCKET = 'roundtable-wayland'


class Wayland(Scenario):
    session = {'wm': ()}

    def setUp(self):
        if shutil.which('weston') is None:
            tap.skip_or_fail('no Wayland without weston')
        super().setUp()

    def weston(self, backend):
        """A compositor; when it listens."""
        self.desk.spawn('weston', ['weston', f'--backend={backend}-backend.so', '--use-pixman', '--width=1200', '--height=800', f'--socket={SOCKET}',
                                   '--no-config', '--idle-time=0'])
        poll(lambda: 'weston to listen; it says\n' + self.desk.log_text('weston'), lambda: os.path.exists(f'{self.desk.dir}/run/{SOCKET}'), PATIENT)

    def launch(self):
        """The program, which knows of no X display, so that a window can only be one of the compositor's."""
        from window import Window
        env = {'G_DEBUG': 'fatal-criticals', 'WAYLAND_DISPLAY': SOCKET, 'GDK_BACKEND': 'wayland', 'DISPLAY': '', 'WAYLAND_DEBUG': '1'}
        self.app = self.desk.launch([PROGRAM], env=env)
        self.window = Window(self.desk, self.app)
        self.window.wait_text('Welcome to Roundtable')
        return self.window

    def told(self, pattern):
        """What passed between the program and the compositor."""
        return poll(f'{pattern} between program and compositor', lambda: re.search(pattern, self.app.output()), PATIENT)

    def wait_end(self):
        self.assertEqual(self.app.wait_exit(), 0, self.app.output())
        said = ''.join(line for line in OF_GTK.sub('', self.app.output()).splitlines(True) if not re.match(r'\[ *[0-9.]+\] ', line))
        for word in ('CRITICAL', 'WARNING', 'Error '):
            self.assertNotIn(word, said)

    def test_by_keyboard(self):
        """The window is active, what is typed arrives in it, a dialog opens, a network is made, and Ctrl+Q ends it."""
        self.weston('x11')
        screen = poll('the window of weston', lambda: self.desk.tool('xdotool', 'search', '--onlyvisible', '--class', 'Weston Compositor', check=False).split(), PATIENT)
        self.desk.tool('xdotool', 'windowfocus', '--sync', screen[0])
        w = self.launch()
        self.told(r'wl_keyboard@\d+\.enter\(')
        poll('the window to be active', lambda: 'active' in self.app.children[0].states, PATIENT)
        self.desk.settle()
        self.desk.type('Ada')
        poll('the name in the field', lambda: w.entry('Your name').text == 'Ada', PATIENT)
        self.picture('wayland')
        w.tab_to('button', 'Create a network…')
        self.desk.press('space')
        w.wait_dialog('Create a network')
        self.desk.type('club')
        poll('the network in the field', lambda: w.entry('Network name').text == 'club', PATIENT)
        self.desk.press('Return')
        w.wait_no_dialog()
        w.wait_network('club')
        self.desk.press('alt+1')
        w.tab_to('text box', 'Message')
        self.desk.type('Is anybody there?\n')
        w.message('Is anybody there?')
        self.picture('wayland-chat')
        self.desk.press('ctrl+q')
        self.wait_end()

    def test_without_keyboard(self):
        """No seat at all, as on a screen that only shows: the window is there, and ends when it is told to on the bus."""
        self.weston('headless')
        self.launch()
        # what it drew was taken
        self.told(r'wl_buffer@\d+\.release\(|wl_callback@\d+\.done\(')
        self.assertNotIn('wl_seat', self.app.output())
        self.desk.bus.call_sync('org.roundtable.Roundtable', '/org/roundtable/Roundtable', 'org.gtk.Actions', 'Activate',
                                GLib.Variant('(sava{sv})', ('quit', [], {})), None, Gio.DBusCallFlags.NONE, PATIENT * 1000, None)
        self.wait_end()


if __name__ == '__main__':
    tap.main()
