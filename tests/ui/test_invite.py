#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One person invites another: the link of one Roundtable, read by eye and by camera, opened by a second one with a desktop and a home of its own. Then they talk."""
import re
import shutil
import subprocess

from scenario import PROGRAM, Scenario, free_port, tap
from accessible import poll
from window import Window

SETTINGS = {'G_DEBUG': 'fatal-criticals', 'GSETTINGS_BACKEND': 'keyfile'}


class Invite(Scenario):
    def setUp(self):
        super().setUp()
        from uidrive import Session
        self.far = Session(lang=self.lang)
        self.addCleanup(self.far.stop)

    def launch_far(self, *args):
        """The other computer: nothing of the first is there, its display, its bus and its home are others."""
        w = self.launch_on(self.far, *args)
        self.far_app = w.app
        return w

    def launch_on(self, desk, *args):
        desk.start()
        app = desk.launch([PROGRAM, *args], env=SETTINGS)
        app.wait_active()
        return Window(desk, app)

    def scan(self, name):
        """What a camera in front of the screen reads."""
        # without this it looks for a bus of the system, to tell of what it found
        r = subprocess.run(['zbarimg', '--quiet', '--raw', '--nodbus', self.picture(name)], capture_output=True, text=True, timeout=60)
        return r.stdout.strip()

    def invite(self, w):
        """By keyboard, from the menu of the network: the link that stands there, and the same from the clipboard."""
        w.network_menu('club', 'Invite…')
        dialog = w.wait_dialog('Invite to “club”')
        link = poll('the link', lambda: next((t for t in dialog.labels() if t.startswith('roundtable:invite?')), None), 20)
        self.assertIsNotNone(dialog.find(None, re.compile(r'\(QR code\)$')), f'no picture that says what it is in\n{self.app.dump()}')
        if shutil.which('zbarimg') is not None:
            self.assertEqual(self.scan('invite'), link)
        w.press_button('Copy link')
        w.wait_text('Link copied')
        # libadwaita's toast takes the first one
        self.desk.press('Escape')
        self.desk.settle()
        self.desk.press('Escape')
        w.wait_no_dialog()
        return link

    def test_two_computers(self):
        """Nobody types but two names: a network is made, its link opened elsewhere, looked at, accepted; both are heard."""
        port = free_port()
        ada = self.start()
        ada.first_run('Ada')
        ada.create_network(subnet='club', host='127.0.0.1', port=port)
        link = self.invite(ada)
        self.assertIn(f'to=127.0.0.1:{port}', link)

        ben = self.launch_far(link)
        ben.wait_dialog('Invitation')
        ben.wait_text('Join “club”')
        said = '\n'.join(ben.texts())
        for words in (f'127.0.0.1:{port}', 'Chat', 'Encrypted (SSL)', 'Nobody vouches'):
            self.assertIn(words, said)
        # looking starts nothing
        self.assertEqual(ben.networks(), [])
        self.far.press('Escape')
        ben.wait_no_dialog()
        ben.wait_text('Welcome to Roundtable')
        # once more, and yes
        subprocess.run([PROGRAM, link], env={**self.far.env, **SETTINGS}, stdin=subprocess.DEVNULL, check=True, timeout=60)
        ben.wait_dialog('Invitation')
        ben.wait_not_sensitive('Join')
        ben.fill('Your name', 'Ben')
        ben.press_button('Join')
        ben.wait_no_dialog()
        ben.wait_network('club, 1 peer')
        ada.wait_network('club, 1 peer')

        ada.show_chat()
        self.desk.type('Welcome, Ben\n')
        ben.message('Welcome, Ben')
        ben.show_chat()
        self.far.type('Here I am\n')
        ada.message('Here I am')

        # who opens it again is told that he is there
        subprocess.run([PROGRAM, link], env={**self.far.env, **SETTINGS}, stdin=subprocess.DEVNULL, check=True, timeout=60)
        ben.wait_dialog('Invitation')
        ben.wait_text('You are in “club” already')
        ben.wait_text('nothing new')
        self.far.press('Escape')
        ben.wait_no_dialog()
        self.far.press('ctrl+q')
        self.assertEqual(self.far_app.wait_exit(), 0, self.far_app.output())
        self.quit()
        if shutil.which('zbarimg') is None:
            tap.skip_or_fail('the picture was not read: no zbarimg')

    def test_private(self):
        """Two meet by an invitation to a private network. A third, who knows its name and its address and not its secret, does not: he is told why, and hears nothing."""
        from uidrive import Session
        port = free_port()
        ada = self.start()
        ada.first_run('Ada')
        ada.create_network(subnet='club', host='127.0.0.1', port=port, private=True)
        ada.wait_network('club, Private · Looking for peers')
        link = self.invite(ada)
        self.assertRegex(link, r'^roundtable:invite\?v=2&.*&secret=[a-z2-7-]{20,}')

        ben = self.launch_far(link)
        ben.wait_dialog('Invitation')
        ben.wait_text('Private: only who has the secret gets in')
        # everybody on a computer can read what its programs were called with
        for pid in self.far.pids_below(ben.app.proc.pid):
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                self.assertNotIn(b'secret=', f.read())
        ben.fill('Your name', 'Ben')
        ben.press_button('Join')
        ben.wait_no_dialog()
        ben.wait_network('club, Private · 1 peer')
        ada.wait_network('club, Private · 1 peer')

        third = Session(lang=self.lang)
        self.addCleanup(third.stop)
        eve = self.launch_on(third)
        eve.first_run('Eve')
        eve.create_network(subnet='club', host='127.0.0.1', port=free_port())
        eve.show_peers()
        eve.fill('Address (host:port)', f'127.0.0.1:{port}')
        third.press('Return')
        eve.wait_text('secret', timeout=30)
        eve.wait_network('club, ')

        ada.show_chat()
        self.desk.type('Only for us\n')
        ben.show_chat()
        ben.message('Only for us')
        self.far.type('Nobody else\n')
        ada.message('Nobody else')
        # what was said has come where it was to come, and Eve has no link
        self.assertFalse(any('peer,' in n or n.endswith('peer') for n in eve.networks()), eve.networks())
        eve.show_chat()
        self.assertEqual(eve.messages(), [])
        ada.wait_network('club, Private · 1 peer')
        third.press('ctrl+q')
        self.assertEqual(eve.app.wait_exit(), 0, eve.app.output())
        self.far.press('ctrl+q')
        self.assertEqual(self.far_app.wait_exit(), 0, self.far_app.output())
        self.quit()


if __name__ == '__main__':
    tap.main()
