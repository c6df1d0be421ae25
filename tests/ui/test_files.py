#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes with a message: pasted, dropped and chosen files, those of others; and messages that wait.

With ROUNDTABLE_PICTURES=FOLDER pictures of it go there.
"""
import os
import re
import signal
import sys

from scenario import BUILD, tap
from accessible import poll
from harness import BROADCAST
from seeded import PATIENT, Seeded

OTHER = os.path.join(BUILD, 'tests', 'support', 'other-program')


class Files(Seeded):
    def write(self, name, data):
        path = os.path.join(self.desk.dir, 'home', name)
        with open(path, 'wb') as f:
            f.write(data)
        return path

    def other(self, copied, *files):
        """Some other program, which has copied a text, and has files to be dragged out of it; its window is at the lower right."""
        path = self.write('copied', copied.encode())
        app = self.desk.launch([OTHER, path, *files], attach=False)
        app.wait_mapped()
        window = app.x_windows()[0]
        self.desk.tool('xdotool', 'windowmove', '--sync', str(window), '1060', '860')
        self.desk.tool('xdotool', 'windowactivate', '--sync', str(self.app.x_windows()[0]))
        self.app.wait_active()
        return app

    @staticmethod
    def lies(app):
        """Below its title."""
        x, y, width, height = app.geometry(app.x_windows()[0])
        return x + width // 2, y + 2 * height // 3

    # ---- what is pasted and dropped ----

    def test_paste(self):
        """A text that is too long for a message is offered as a file; both answers."""
        w, guest = self.talk()
        text = ('All work and no play makes a long text. ' * 2000)[:70 * 1024]
        self.other(text)
        w.composer()
        self.desk.press('ctrl+v')
        w.part('label', '^The text that you pasted has 70.0.KiB; a message has 64.0.KiB at most')
        self.picture('pasted')
        self.assertEqual(w.written(), '')
        w.part('button', '^Forget the pasted text$').click()
        w.no_part('label', '^The text that you pasted')
        self.desk.press('ctrl+v')
        w.part('label', '^The text that you pasted')
        w.tab_to('button', 'Send as a file', 'shift+Tab')
        self.desk.press('Return')
        w.part('button', '^Do not send “Pasted text.txt”$')
        self.picture('pasted-file')
        self.desk.type('Here it is\n')
        guest.wait_message([BROADCAST, 'Here it is\nPasted text.txt (71.7 kB)'])
        w.row('Here it is')
        self.quit()

    def test_drop(self):
        """Files are dragged from another program onto the messages; each can be left out again."""
        w, guest = self.talk()
        files = [self.write('notes.txt', b'Some notes\n'), self.write('empty.txt', b'')]
        app = self.other('unused', *files)
        guest.do('send', packets=['Onto this'])
        with self.desk.dragging(*self.lies(app), *w.row('Onto this').still_centre()):
            # where they would go is outlined: @accent_color
            poll('the place to be outlined', lambda: any((b'\xd8\x71\x1c' + pad) * 4 in self.desk.grab() for pad in (b'\0', b'\xff')), PATIENT)
            self.picture('dropping')
            self.desk.settle()
        w.part('button', '^Do not send “notes.txt”$')
        w.part('button', '^Do not send “empty.txt”$').click()
        w.no_part('button', '^Do not send “empty.txt”$')
        self.desk.type('Dropped\n')
        guest.wait_message([BROADCAST, 'Dropped\nnotes.txt (11 bytes)'])
        self.quit()

    # ---- what others send ----

    def test_transfer(self):
        """A file is chosen and sent by keys; the other one cancels its coming, asks again, and saves it; all by keys."""
        ada, eve, _ = self.two()
        ada.show('family')
        ada.network('^family, 1 peer')
        data = os.urandom(3 << 20)
        path = self.write('large.bin', data)
        ada.composer()
        self.desk.press('ctrl+shift+a')
        ada.choose_file(path, False)
        ada.part('button', '^Do not send “large.bin”$')
        ada.composer()
        self.desk.type('A large one\n')
        row = eve.row('A large one')
        self.picture('offered', eve.desk)
        saved = os.path.join(eve.desk.dir, 'home', 'saved.bin')
        # nothing comes as long as the other program stands still
        os.kill(self.app.proc.pid, signal.SIGSTOP)
        try:
            row.click()
            eve.tab_to('button', 'Save as…')
            eve.desk.press('Return')
            eve.choose_file(saved, True)
            poll('it to be fetched', lambda: row.find('button', re.compile('^Cancel$'), states=()), PATIENT)
            self.picture('fetching', eve.desk)
            eve.row('A large one').click()
            eve.tab_to('button', 'Cancel')
            eve.desk.press('Return')
            poll('it to be cancelled', lambda: row.find(None, re.compile('^File large.bin, .*cancelled'), states=()), PATIENT)
            self.picture('cancelled', eve.desk)
        finally:
            os.kill(self.app.proc.pid, signal.SIGCONT)
        self.assertFalse(os.path.exists(saved))
        eve.row('A large one').click()
        eve.tab_to('button', 'Save as…')
        eve.desk.press('Return')
        eve.choose_file(saved, True)

        def came():
            if not os.path.exists(saved):
                return False
            with open(saved, 'rb') as f:
                return f.read() == data
        poll('the file to be saved', came, PATIENT)
        poll('it to be said', lambda: row.find(None, re.compile('^File large.bin, .*saved'), states=()), PATIENT)
        self.quit()

    # ---- what waits ----

    def test_queue(self):
        """A message that waits is taken back, and another one tried again, by keys."""
        w = self.begin()
        w.composer()
        self.desk.type('Not this one\n')
        w.words('^You, .*Queued: .*: Not this one')
        self.desk.type('But this one\n')
        w.words('^You, .*Queued: .*: But this one')
        w.row('Not this one').click()
        w.tab_to('button', 'Take back')
        self.picture('queue')
        self.desk.press('Return')
        w.words('Not this one')
        poll('it to wait no more', lambda: not any('Queued' in words and 'Not this one' in words for _, words in w.on_view()), PATIENT)
        self.picture('taken-back')
        w.row('But this one').click()
        self.desk.press('shift+F10')
        w.part('menu item', 'Send again', ('Messages',)).click()
        w.words('^You, .*Queued: .*: But this one')
        guest = self.guest('rt', self.ports['club'])
        guest.wait_message([BROADCAST, 'But this one'])
        w.words('Handed to 1 peer: But this one')
        self.assertEqual(self.heard(guest, 'Not this one'), 0)
        self.quit()


# A suite of minutes, on a machine that has time for it (make check-deep, with UI_DEEP); of all runs a part.
QUICK = ('Files.test_drop',)

if __name__ == '__main__':
    tap.main(argv=sys.argv if len(sys.argv) > 1 or os.environ.get('UI_DEEP') else ['', *QUICK])
