#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page and dialog as assistive technology finds it: all that is used or read has a name, Tab goes through it and comes round, F6 goes from pane to pane.

With ROUNDTABLE_PICTURES=FOLDER pictures of it go there.
"""
import os
import re
import subprocess
import sys
import time

from scenario import PROGRAM, Scenario, free_port, tap
from accessible import poll
from seeded import PATIENT, Seeded
from tree import Focus, faults, read, wait_part
from window import plain


class Tree:
    """For a case that has started the program."""

    def begin_to_look(self):
        self.wrong, self.focus = [], Focus(self.app)
        self.addCleanup(lambda: [print('# ' + line, flush=True) for line in dict.fromkeys(self.wrong)])

    def show_trouble(self):
        """Not the whole tree: it takes minutes by now."""
        self.picture(f'failed-{self.id().rpartition(".")[2]}')
        print(self.app.output())

    def look(self, where, within=None, tab=True, panes=False, back=False):
        """Examines the window in front, or a part of it; what is wrong is said at the end. back: Tab the other way round, too."""
        self.desk.settle()
        self.picture(f'tree-{where}')
        front = self.window.dialog() or self.app.children[0]
        top = read(front if within is None else wait_part(front, None, f'^{within}$'))
        self.assertIsNotNone(top, where)
        self.wrong += [f'{where}: {f}' for f in faults(top)]
        for key, wanted in (('Tab', tab), ('shift+Tab', back), ('F6', panes)):
            if wanted:
                title = self.app.children[0].name
                stops, found = self.focus.rounds(key)
                self.wrong += [f'{where}: {f}' for f in found]
                if len(stops) < 2 and panes:
                    self.wrong.append(f'{where}: {key} comes to {stops} alone')
                if self.app.children[0].name != title:
                    self.wrong.append(f'{where}: {key} leads to another network')
        return top

    def dialog(self, where, opener, title=None, **options):
        """Opens it, examines it, and leaves it by Escape."""
        before = len(self.app.children)
        if callable(opener):
            opener()
        else:
            self.desk.press(opener)
        poll(f'{where} to come', lambda: len(self.app.children) > before, PATIENT)
        if title is not None:
            self.window.wait_dialog(title)
        self.look(where, **options)
        self.leave(before)

    def leave(self, before=1):
        """Escape may be needed for what is in it first."""
        def gone():
            if len(self.app.children) <= before:
                return True
            self.desk.press('Escape')
            self.desk.settle()
            return False
        poll('the dialog to go', gone, PATIENT)
        self.desk.settle()

    def menu(self, where, opener):
        """What comes up beside something."""
        opener()
        self.desk.settle()
        self.picture(f'tree-{where}')
        self.wrong += [f'{where}: {f}' for f in faults(read(self.app.children[0]))]
        self.desk.press('Escape')
        self.desk.settle()

    def all_well(self):
        self.assertEqual(self.wrong, [], f'{len(set(self.wrong))} faults')


class Begin(Tree, Scenario):
    picture = Seeded.picture

    def test_begin(self):
        """Before there is a network, and one with nothing in it."""
        w = self.start()
        self.begin_to_look()
        w.wait_text('Welcome to Roundtable')
        w.fill('Your name', 'Ada')
        self.look('first-run')
        w.press_button('Create a network…')
        w.wait_dialog('Create a network')
        w.fill_network(subnet='atlas', encryption='Plaintext', host='127.0.0.1', port=free_port(), ring=True)
        self.look('network-dialog')
        w.reveal(w.in_front('switch', plain('Private network'))).click()
        w.wait_text('A network with a secret has to be encrypted')
        self.look('network-dialog-private', back=True)
        w.reveal(w.in_front('button', re.compile('^Encrypt it'))).click()
        w.wait_alert('Made up: nobody guesses it')
        w.reveal(w.in_front('switch', plain('Private network'))).click()
        w.press_button('Create')
        w.wait_no_dialog()
        w.wait_network('atlas')
        self.look('chat-empty', panes=True)
        w.show_ring()
        self.look('ring-empty', 'RtRingPage', panes=True)
        w.new_key('meeting', 'At eight')
        w.key('meeting:').click()
        self.look('ring', 'RtRingPage', panes=True)
        w.show_peers()
        self.look('peers-empty', 'RtPeersPage', panes=True)
        w.show_traffic()
        self.look('traffic-empty', 'RtTrafficPage', panes=True)
        self.all_well()
        self.quit()


class Pages(Tree, Seeded):
    messages = 200

    def action(self, node, name):
        """As assistive technology does it."""
        return lambda: node.activate(name)

    def network(self, name):
        return next(n for n in self.app.find('list', 'Networks', states=()).children if n.name.startswith(name))

    def test_all(self):
        # the page of a network is made when it is shown first: here of one only
        self.home.tell("UPDATE networks SET position = -1 WHERE subnet = 'lab'")
        w = self.begin()
        w.order, w.visited, w.current = ['lab', 'club', 'family'], ['lab'], 'lab'
        w.pages = ['chat', 'table', 'peers', 'traffic']
        w.network('^lab, Looking')
        guest = self.guest('rt', self.ports['lab'], subnet='lab', cls='sync')
        w.network('^lab, 1 peer')
        self.begin_to_look()
        self.chat(w, guest)
        self.windows(w)
        self.table(w, guest)
        self.peers(w)
        self.traffic(w, guest)
        # once more all of it
        self.look('everything', tab=False)
        self.all_well()
        self.quit()

    def chat(self, w, guest):
        guest.do('set', key='tea/green', value='yes')
        guest.do('send', packets=['Bring #tea/green, see https://example.org/tea'])
        guest.do('send', packets=['A list', 17, 2.5, None, True, {'$b': '00ff10'}, ['a', 'b']])
        row = w.row('Bring #tea/green')
        self.look('chat', panes=True)
        self.dialog('message-details', self.action(row, 'message.details'))
        row.click()
        self.menu('message-menu', lambda: self.desk.press('Menu'))
        self.menu('people', lambda: w.part('button', '^[0-9]+ (?:people|person)$').click())
        self.menu('date', lambda: self.desk.press('ctrl+d'))
        self.desk.press('alt+1')
        self.desk.press('ctrl+r')
        self.desk.settle()
        self.look('reply', 'RtChatPage', tab=False)
        self.desk.press('Escape')

    def windows(self, w):
        self.dialog('preferences', 'ctrl+comma')
        self.dialog('help', 'F1')

        def search():
            self.desk.press('ctrl+shift+f')
            w.wait_dialog('Search messages')
            self.desk.type('boat')
            w.part('list', '^Messages found$')
        self.dialog('search', search)
        row = self.network('lab')
        for name in ('edit', 'rename', 'leave', 'export'):
            self.dialog(f'network-{name}', self.action(row, f'network.{name}'), tab=name != 'leave')
        self.dialog('new-network', self.action(self.app.children[0], 'win.new-network'))
        self.dialog('join-network', self.action(self.app.children[0], 'win.join-network'))
        self.dialog('invite', self.action(row, 'network.invite'))
        self.dialog('announce', self.action(row, 'network.announce'))
        self.dialog('nearby', self.action(self.app.children[0], 'win.nearby'))
        self.menu('network-menu', lambda: w.part('button', '^Menu of lab$').click())
        self.menu('main-menu', lambda: self.desk.press('F10'))

    def table(self, w, guest):
        w.show_table()
        w.new_key('meeting', 'At eight')
        guest.do('set', key='tea/black', value='no')
        w.key('tea/black:').click()
        self.look('table', 'RtTablePage', panes=True)
        self.desk.press('Return')
        self.desk.press('ctrl+a')
        self.desk.type('perhaps')
        self.look('table-editor', 'RtTablePage', tab=False)
        guest.do('set', key='tea/black', value='never')
        w.wait_alert('has changed it while you edit it', timeout=PATIENT)
        self.look('table-beside', 'RtTablePage')
        w.key('tea/black:').click()
        self.desk.press('Return')
        self.desk.press('ctrl+Return')
        self.dialog('table-review', lambda: w.press_button('Review…'))
        w.key('meeting:').click()
        self.dialog('table-delete', 'Delete', tab=False)

    def peers(self, w):
        w.show_page('peers')
        wait_part(self.app, 'list', '^Your own addresses$')
        w.fill('Address (host:port)', f'127.0.0.1:{free_port()}')
        self.desk.press('Return')
        wait_part(self.app, 'list', '^Known, but not connected$')
        self.look('peers', 'RtPeersPage', panes=True)
        w.part(None, '^Graph$', ('RtPeersPage',)).click()
        self.look('graph', 'RtPeersPage', tab=False)
        w.part(None, '^List$', ('RtPeersPage',)).click()
        self.menu('peer-menu', lambda: w.press_button('Menu of this peer'))
        self.dialog('why', lambda: w.press_button('Why can’t I reach …?'))

    def traffic(self, w, guest):
        w.show_page('traffic')
        self.desk.settle()
        guest.do('send', packets=['the tea is ready'])
        frames = wait_part(self.app, 'list', '^Frames$')
        row = poll('a frame', lambda: next((n for n in frames.children if n.role == 'list item' and n.extents[3] > 0), None), PATIENT)
        row.click()
        self.desk.press('Return')
        self.desk.press('ctrl+f')
        self.look('traffic', 'RtTrafficPage', tab=False, panes=True)


class Dialogs(Tree, Seeded):
    """What opens only when it is asked for."""
    messages = 20

    def begin_with_guest(self):
        self.home.tell("UPDATE networks SET position = -1 WHERE subnet = 'lab'")
        w = self.begin()
        w.order, w.visited, w.current = ['lab', 'club', 'family'], ['lab'], 'lab'
        w.pages = ['chat', 'table', 'peers', 'traffic']
        w.network('^lab, Looking')
        guest = self.guest('rt', self.ports['lab'], subnet='lab', cls='sync')
        w.network('^lab, 1 peer')
        self.begin_to_look()
        return w, guest

    def row_of(self, name):
        return next(n for n in self.app.find('list', 'Networks', states=()).children if n.name.startswith(name))

    def choose(self, w, opener, item):
        """From a menu, by its words."""
        opener()
        w.part('menu item', '^_?' + '_?'.join(map(re.escape, item)), ('RtPeersPage',)).click()

    def test_program(self):
        """About the program, an invitation that was clicked at, the lab mode."""
        w, _ = self.begin_with_guest()
        self.dialog('about', lambda: self.choose(w, lambda: self.desk.press('F10'), 'About Roundtable'), back=True)
        self.dialog('lab', lambda: self.row_of('lab').activate('network.lab'), back=True)
        link = f'roundtable:invite?v=1&name=wharf&encryption=Plaintext&kind=mesh&to=127.0.0.1:{free_port()}'
        self.dialog('invitation', lambda: self.open(link), title='Invitation', back=True)
        link = f'roundtable:invite?v=2&name=wharf&encryption=SSL&kind=mesh&secret=right%20horse%20battery&to=127.0.0.1:{free_port()}'
        self.dialog('invitation-private', lambda: self.open(link), title='Invitation', back=True)
        self.all_well()
        self.quit()

    def open(self, link):
        subprocess.run([PROGRAM, link], env={**self.desk.env, 'GSETTINGS_BACKEND': 'keyfile'}, stdin=subprocess.DEVNULL, check=True, timeout=PATIENT)

    def test_archive(self):
        """A history that was written to a file, as it was and with a word changed."""
        w, _ = self.begin_with_guest()
        path = os.path.join(self.desk.dir, 'home', 'lab.json')
        self.row_of('lab').activate('network.export')
        w.press_button('Export…')
        self.choose_file(path, 'Export history of', 2)
        w.wait_text('^Exported$')
        self.look('exported', back=True)
        self.leave()
        self.archive(w, path, 'archive')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        at = text.rindex('"text":"') + len('"text":"')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text[:at] + 'x' + text[at:])
        self.archive(w, path, 'archive-changed')
        self.all_well()
        self.quit()

    def archive(self, w, path, where):
        def opener():
            self.app.children[0].activate('win.open-archive')
            self.choose_file(path, 'Archive', 1)
            w.part('list', '^Messages$')
        self.dialog(where, opener, back=True)

    def choose_file(self, path, title, before):
        """In the dialog for files, which comes in front of so many windows; then this one is in front."""
        poll('the dialog for files', lambda: len(self.app.children) > before, PATIENT)
        self.desk.settle()
        self.desk.press('ctrl+a' if before > 1 else 'ctrl+l')
        self.desk.settle()
        self.desk.type(path)

        def there():
            # a name that is offered to be completed takes the first one
            self.desk.press('Return')
            end = time.monotonic() + 5
            while time.monotonic() < end:
                if self.window.dialog().name.startswith(title):
                    return True
                time.sleep(0.1)
            return False
        poll(f'{title} in front', there, PATIENT)
        self.desk.settle()

    def test_peers(self):
        """All of a peer, whether one is reached, and blocking."""
        w, _ = self.begin_with_guest()
        w.show_page('peers')
        wait_part(self.app, 'list', '^Your own addresses$')

        def menu():
            w.part('button', '^Menu of this peer$', ('RtPeersPage',)).click()
        self.dialog('peer', lambda: self.choose(w, menu, 'Details'), title='Details of a peer', back=True)
        self.dialog('block', lambda: self.choose(w, menu, 'Block…'), back=True)
        self.dialog('ports', lambda: w.reveal(w.part('list item', '^(?:Can others reach you|Nobody has come in)', ('RtPeersPage',))).click(), back=True)
        self.all_well()
        self.quit()

    def test_details(self):
        """What a key was before, and what is in a frame."""
        w, guest = self.begin_with_guest()
        w.show_table()
        for value in ('green', 'black', 'none'):
            guest.do('set', key='tea', value=value)
            w.key(f'tea: {value}').click()
        w.reveal(w.part(None, '^History$', ('RtTablePage',))).click()
        history = w.part('list', '^History of the key$', ('RtTablePage',))
        poll('what it was', lambda: len(history.children) >= 2, PATIENT)
        self.look('key-history', 'RtTablePage', back=True, panes=True)
        w.show_traffic()
        guest.do('send', packets=['the tea is ready'])
        self.desk.press('ctrl+f')
        self.desk.type('tea is ready')
        frames = wait_part(self.app, 'list', '^Frames$')
        poll('the frame alone', lambda: len(frames.find_all('list item')) == 1, PATIENT)
        frames.find('list item').click()
        self.desk.press('Return')
        w.part('text box', '^Packets$', ('RtTrafficPage',))
        self.look('frame', 'RtTrafficPage', back=True, panes=True)
        self.all_well()
        self.quit()


class Moving(Dialogs):
    """The same with animations, which the other cases do without."""

    def setUp(self):
        super().setUp()
        self.desk.write_settings(**{'gtk-enable-animations': 'true'})


# A suite of minutes, on a machine that has time for it (make check-deep, with UI_DEEP); of all runs a part.
QUICK = ('Begin.test_begin',)

if __name__ == '__main__':
    tap.main(argv=sys.argv if len(sys.argv) > 1 or os.environ.get('UI_DEEP') else ['', *QUICK])
