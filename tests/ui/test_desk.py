#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as a part of a desktop: started by its name on the bus, clicked at where it had been, without a window, and back as it was. By the service file and the schema of the build tree."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

from scenario import BUILD, PROGRAM, Scenario, free_port, harness, require_desktop
from accessible import poll

APP_ID = 'org.roundtable.Roundtable'
SEED = os.path.join(BUILD, 'tests', 'support', 'seed-history')
PATIENT = 60


class Started:
    """A program that the bus started: found by its name."""

    def __init__(self, pid, log):
        self.pid, self.args, self.log = pid, APP_ID, log

    def poll(self):
        try:
            with open(f'/proc/{self.pid}/stat') as f:
                return 0 if f.read().rpartition(')')[2].split()[0] == 'Z' else None
        except OSError:
            return 0

    def wait(self, timeout):
        poll(f'the program {self.pid} to end', lambda: self.poll() is not None, timeout)
        return 0


class Desk(Scenario):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.mkdtemp(prefix='desk-')
        cls.addClassCleanup(shutil.rmtree, cls.kept, ignore_errors=True)
        cls.week = json.loads(subprocess.run([SEED, cls.kept, 'Ada', '2000'], check=True, capture_output=True, text=True).stdout)

    def setUp(self):
        require_desktop()
        from uidrive import Session
        self.app = None
        with open(os.path.join(BUILD, 'data', APP_ID + '.service'), encoding='utf-8') as f:
            service = f.read()
        installed = re.search(r'^Exec=(\S*/roundtable) ', service, re.M)
        self.assertIsNotNone(installed, 'the service file starts no program')
        path = os.path.join(tempfile.mkdtemp(prefix='services-', dir=self.kept), APP_ID + '.service')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(service.replace(installed[1], PROGRAM))
        self.desk = Session(lang=self.lang, services=[path], env={
            'G_DEBUG': 'fatal-criticals', 'GSETTINGS_BACKEND': 'keyfile', 'GSETTINGS_SCHEMA_DIR': os.path.join(BUILD, 'data')})
        self.addCleanup(self.clean_up)
        self.desk.start()
        self.home = f'{self.desk.dir}/data/roundtable'
        shutil.copytree(self.kept, self.home, ignore=shutil.ignore_patterns('services-*'))
        self.ports = {}
        import sqlite3
        db = sqlite3.connect(f'{self.home}/roundtable.db', timeout=PATIENT)
        with db:
            for subnet in ('club', 'lab', 'family'):
                self.ports[subnet] = free_port()
                db.execute('UPDATE networks SET listen_port = ?, peers = ? WHERE subnet = ?', (self.ports[subnet], '', subnet))
        db.close()

    def clean_up(self):
        """What the bus started is nobody's child: it ends by its number."""
        try:
            pid = self.owner()
            if pid:
                os.kill(pid, signal.SIGTERM)
                poll('the program to end', lambda: Started(pid, None).poll() is not None, PATIENT)
        finally:
            super().clean_up()

    # ---- the bus ----

    def ask_bus(self, method, *args):
        from gi.repository import Gio, GLib
        return self.desk.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method, GLib.Variant(f'({"s" * len(args)})', args), None,
                                       Gio.DBusCallFlags.NONE, PATIENT * 1000, None).unpack()[0]

    def owner(self):
        return self.ask_bus('GetConnectionUnixProcessID', APP_ID) if self.ask_bus('NameHasOwner', APP_ID) else None

    def call(self, method, args):
        """As a desktop does: it starts the program if it is not there."""
        from gi.repository import Gio
        self.desk.bus.call_sync(APP_ID, '/org/roundtable/Roundtable', 'org.freedesktop.Application', method, args, None, Gio.DBusCallFlags.NONE, PATIENT * 1000, None)

    def show_message(self):
        from gi.repository import GLib
        target = GLib.Variant('(sxx)', (self.week['uuid'], self.week['time'], self.week['row']))
        self.call('ActivateAction', GLib.Variant('(sava{sv})', ('show-message', [target], {})))

    def take(self):
        """The program that the bus started, as one that we did."""
        from chat import Chat
        from uidrive import App
        pid = poll('the program on the bus', self.owner, PATIENT)
        log = open(f'{self.desk.dir}/log/dbus', 'rb')
        self.addCleanup(log.close)
        app = App.__new__(App)
        app.session, app.sandbox, app.log, app._old_states, app.started = self.desk, None, log, None, 0
        app.proc = Started(pid, log)
        from accessible import Node, ROOT_PATH
        Node.__init__(app, app, None, ROOT_PATH)
        app.attach()
        app.wait_active()
        self.app, self.window = app, Chat(self.desk, app)
        return self.window

    def begin(self):
        from chat import Chat
        self.app = self.desk.launch([PROGRAM])
        self.app.wait_active()
        self.window = Chat(self.desk, self.app)
        return self.window

    def tell(self, *args):
        """Another start of the program: status, and what it printed."""
        r = subprocess.run([PROGRAM, *args], env={**self.desk.env, **self.desk.more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENT)
        return r.returncode, r.stdout, r.stderr

    def guest(self, subnet):
        p = self.peer('rt', '--encryption', 'Plaintext', '--cls', 'sync' if subnet == 'lab' else 'mesh', subnet=subnet)
        # a window is there before its networks are
        harness.until(lambda: p.ask('connect', addr='127.0.0.1', port=self.ports[subnet])['ok'], f'somebody to listen in {subnet}')
        harness.until(lambda: [link for link in p.table() if link['addr']], f'{p!r} to be connected')
        return p

    def n_windows(self):
        """Tooltips are windows, too."""
        return sum('_TYPE_NORMAL' in self.desk.tool('xprop', '-id', str(i), '_NET_WM_WINDOW_TYPE', check=False) for i in self.app.x_windows())

    # ---- cases ----

    def test_started_by_name(self):
        """A click starts the program at the message; whoever starts it again finds the one that runs."""
        self.assertIsNone(self.owner())
        self.show_message()
        w = self.take()
        pid = self.app.proc.pid
        w.row(self.week['original'])
        self.picture('desk-activated')
        # a second one: it is the first that does what is asked
        self.assertEqual(self.tell()[0], 0)
        self.assertEqual(self.owner(), pid)
        self.assertEqual(self.n_windows(), 1)
        self.assertEqual(self.tell('--search')[0], 0)
        w.wait_dialog('Search messages')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.assertEqual(self.tell('--new-window')[0], 0)
        poll('a second window', lambda: self.n_windows() == 2, PATIENT)
        self.desk.settle()
        self.desk.press('ctrl+w')
        poll('one window', lambda: self.n_windows() == 1, PATIENT)
        # links: what cannot be is said where it was asked
        status, _, words = self.tell('roundtable:juggle?balls=3')
        self.assertEqual(status, 1)
        self.assertIn('“juggle”', words)
        status, _, words = self.tell('shopping-list.txt')
        self.assertEqual(status, 1)
        self.assertIn('“shopping-list.txt” is no link of Roundtable', words)
        self.assertEqual(self.tell('roundtable:', 'roundtable:')[0], 1)
        self.assertEqual(self.tell('roundtable:')[0], 0)
        status, _, words = self.tell('roundtable:invite?v=3')
        self.assertEqual(status, 1)
        self.assertIn('newer form (3)', words)
        # an invitation is shown, and nothing done before the person says so
        self.assertEqual(self.tell('roundtable:invite?v=1&name=walkers&encryption=SSL&kind=mesh&to=127.0.0.1:9')[0], 0)
        w.wait_dialog('Invitation')
        self.picture('desk-invitation')
        self.desk.press('Escape')
        w.wait_no_dialog()
        from gi.repository import GLib
        self.call('Open', GLib.Variant('(asa{sv})', (['roundtable:juggle'], {})))
        w.wait_dialog('The link cannot be opened')
        self.picture('desk-link')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.desk.press('ctrl+q')
        self.app.wait_exit(PATIENT)
        self.assertIsNone(self.owner())

    def test_asked_nothing(self):
        """Version and help need neither a display nor a bus."""
        env = {k: v for k, v in self.desk.env.items() if k not in ('DISPLAY', 'DBUS_SESSION_BUS_ADDRESS')}
        env['DBUS_SESSION_BUS_ADDRESS'] = 'disabled:'
        for argument, words in (('--version', r'^Roundtable \d'), ('--help', '--new-window')):
            r = subprocess.run([PROGRAM, argument], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENT)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertRegex(r.stdout, words)
        self.assertNotEqual(self.tell('--juggle')[0], 0)
        self.assertIsNone(self.owner())

    def test_clicked_after_the_end(self):
        """What a desktop still shows of a program that has ended leads to the place it is about."""
        from notifications import GtkNotifications
        shown = GtkNotifications(self.desk.env['DBUS_SESSION_BUS_ADDRESS'])
        self.addCleanup(shown.stop)
        self.begin().show('club')
        guest = self.guest('family')
        self.window.network('^family, 1 peer')
        guest.do('send', packets=['Dinner at eight?'])
        first = shown.wait('Dinner at eight?')
        self.assertEqual(first['title'], 'family')
        self.quit()
        self.assertIsNone(self.owner())
        self.assertIsNotNone(shown.find('Dinner at eight?'), 'it went with the program')
        shown.click(first['id'])
        w = self.take()
        w.visit('family')
        w.shown_title('family')
        w.row('Dinner at eight?')
        self.desk.press('ctrl+q')
        self.app.wait_exit(PATIENT)

    def test_background(self):
        """The window goes, the program stays and says so; what comes is told of without its words; a click brings the window back, as it was; Quit ends it."""
        from notifications import GtkNotifications
        shown = GtkNotifications(self.desk.env['DBUS_SESSION_BUS_ADDRESS'])
        self.addCleanup(shown.stop)
        w = self.begin()
        self.desk.resize(self.app, 900, 640)
        w.show('lab')
        pid = self.app.proc.pid
        self.desk.press('ctrl+comma')
        w.wait_dialog('Preferences')
        self.picture('desk-preferences')
        w.reveal(w.in_front(None, re.compile('^Show what was written'))).click()
        w.reveal(w.in_front(None, re.compile('^Keep running when the window is closed'))).click()
        self.desk.settle()
        self.picture('desk-preferences-set')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.desk.press('ctrl+w')
        poll('no window', lambda: self.n_windows() == 0, PATIENT)
        shown.wait('“Quit” in the main menu ends it')
        self.assertEqual(self.owner(), pid)
        guest = self.guest('family')
        guest.do('send', packets=['Is anybody there?'])
        told = shown.wait('1 new message')
        self.assertEqual(shown.ever('Is anybody there?'), [])
        shown.click(told['id'])
        poll('a window', lambda: self.n_windows() == 1, PATIENT)
        self.assertEqual(self.owner(), pid)
        self.app.wait_active()
        from chat import Chat
        w = self.window = Chat(self.desk, self.app)
        w.visit('family')
        w.shown_title('family')
        poll('the size it had', lambda: w.size() == (900, 640), PATIENT)
        self.picture('desk-back')
        self.quit()
        # once is enough; and what was chosen and shown is so the next time, too
        w = self.begin()
        w.shown_title('family')
        poll('the size it had', lambda: w.size() == (900, 640), PATIENT)
        self.desk.press('ctrl+w')
        poll('no window', lambda: self.n_windows() == 0, PATIENT)
        self.assertEqual(len(shown.ever('ends it')), 1)
        os.kill(self.app.proc.pid, signal.SIGTERM)
        self.assertEqual(self.app.wait_exit(), 0, self.app.output())


if __name__ == '__main__':
    import tap
    tap.main()
