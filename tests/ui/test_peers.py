#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of peers and "Why can't I reach …?" with real peers, an address at which nobody listens, and real keys."""
import re

from scenario import Scenario, free_port, require_js2p, tap
from accessible import poll
from window import plain


class Peers(Scenario):
    def open_network(self):
        self.port = free_port()
        w = self.start()
        w.first_run('Ada')
        w.create_network(subnet='club', encryption='Plaintext', host='127.0.0.1', port=self.port)
        return w

    def connect_to(self, w, address):
        """By the field of the page."""
        w.show_peers()
        w.fill('Address (host:port)', address)
        self.desk.press('Return')

    def known(self, w):
        """The rows without a link, as text."""
        found = self.app.find('list', 'Known, but not connected')
        return [' | '.join(n.labels()) for n in found.find_all('list item', states=())] if found else []

    def wait_known(self, w, pattern, timeout=30):
        return poll(lambda: f'a row like {pattern!r} in {self.known(w)}',
                    lambda: next((r for r in self.known(w) if re.search(pattern, r)), None), timeout)

    def paste(self, w):
        """What is in the clipboard, by way of the composer."""
        w.show_chat()
        w.entry('Message').click()
        self.desk.press('ctrl+a', 'ctrl+v')
        return poll('the text to be pasted', lambda: w.entry('Message').text, 20)

    def menu_item(self, name):
        """The item by its name, with the arrow keys."""
        self.desk.press('shift+F10')
        self.app.wait_for('menu item', plain(name), timeout=20)
        self.desk.settle()
        for _ in range(12):
            n = self.window.focused()
            if n is not None and plain(name).match(n.name):
                self.desk.press('Return')
                self.desk.settle()
                return
            self.desk.press('Down')
            self.desk.settle()
        raise AssertionError(f'the arrow keys do not come to {name!r}')

    def test_link(self):
        """A roundtable-node comes: all there is to know of it, and why it is gone."""
        w = self.open_network()
        peer = self.guest('rt', self.port, 'Plaintext')
        w.show_peers()
        w.wait_text(re.escape(f'{peer.host}:{peer.port}'), timeout=30)
        w.wait_text('^Connected$')
        w.wait_text('^Incoming$')
        # the node greets us as one of ours, and answers our pings
        w.wait_text('^Roundtable( ·|$)', timeout=60)
        self.picture('peers-link')

        w.tab_to('button', 'Menu of this peer')
        self.desk.press('space')
        self.app.wait_for('menu item', plain('Details'), timeout=20).click()
        w.wait_dialog('Details of a peer')
        w.wait_text(re.escape(peer.id[:40]))
        labels = w.texts()
        for title in ('State', 'Address', 'Program', 'Encryption', 'Wire version', 'Received', 'Sent', 'Dropped'):
            self.assertIn(title, labels)
        self.picture('peer-details')
        peer.kill()
        w.wait_text('^Closed: ', timeout=30)
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.wait_known(w, re.escape(f'{peer.host}:{peer.port}'))
        self.quit()

    def test_dead_address(self):
        """Nobody listens there: the cause in words, how often it was tried, and by keyboard again and forgotten."""
        w = self.open_network()
        dead = f'127.0.0.1:{free_port()}'
        self.connect_to(w, dead)
        self.wait_known(w, f'{re.escape(dead)}.*Nobody listens at.*tried ')
        before = self.tries(w, dead)
        w.tab_to('button', f'Try {dead} now')
        self.desk.press('space')
        poll(lambda: f'one more try than {before} in {self.known(w)}', lambda: self.tries(w, dead) > before, 30)
        self.picture('peers-dead')
        w.tab_to('button', f'Menu of {dead}')
        self.menu_item('Forget')
        poll(lambda: f'no row in {self.known(w)}', lambda: not self.known(w), 20)
        self.quit()

    def tries(self, w, address):
        for row in self.known(w):
            m = re.search(rf'{re.escape(address)}.*tried (\d+) time', row)
            if m:
                return int(m[1])
        return 0

    def test_countdown(self):
        """An address that belongs to the network is tried again, and one sees when."""
        w = self.open_network()
        dead = f'127.0.0.1:{free_port()}'
        w.press_button('Menu of this network')
        self.app.wait_for('menu item', plain('Edit…'), timeout=20).click()
        w.wait_dialog('Edit network')
        w.fill('Add an address (host:port)', dead)
        self.desk.press('Return')
        w.press_button('Save')
        w.wait_no_dialog()
        w.show_peers()
        first = self.wait_known(w, f'{re.escape(dead)}.*tries again in \\d+ second')
        poll(lambda: f'another countdown than {first!r} in {self.known(w)}',
             lambda: any('tries again in' in r and r != first for r in self.known(w)), 60)
        # somebody is there at last: found without anybody's doing
        peer = self.peer('rt', subnet='club', address=('127.0.0.1', int(dead.rpartition(':')[2])))
        w.wait_text('^Connected$', timeout=90)
        poll(lambda: f'no row in {self.known(w)}', lambda: not self.known(w), 30)
        peer.kill()
        self.quit()

    def try_again(self, w):
        """Pressed, or no more needed: a network that knows of an address tries it by itself now and then."""
        button = self.app.find('button', plain('Try again'), states=('showing', 'sensitive'))
        if button:
            button.click()
        return button or 'There is a connection now' in w.texts()

    def escape(self, w):
        self.desk.press('Escape')
        self.desk.settle()
        return w.dialog() is None

    def test_why(self):
        """The page that explains: cause, steps, attempts, the one fix, and the text for a bug report."""
        w = self.open_network()
        # with somebody there the network does not try by itself what the person tried once
        self.guest('rt', self.port, 'Plaintext')
        port = free_port()
        dead = f'127.0.0.1:{port}'
        self.connect_to(w, dead)
        self.wait_known(w, f'{dead}.*Nobody listens at')
        w.press_button(f'Menu of {dead}')
        self.app.wait_for('menu item', plain('Why can’t I reach it?'), timeout=20).click()
        w.wait_dialog('Why can’t I reach …?')
        w.wait_text('^Nobody listens there$')
        w.wait_text('Ask whether the program is running there')
        self.picture('why-dead')
        # the button that checks has the focus
        self.desk.press('space')
        w.wait_text('^Not tried$', timeout=30)              # the steps after the port
        w.press_button('Copy as text, for a bug report')
        # the program is started there, and the fix is pressed
        peer = self.peer('rt', subnet='club', address=('127.0.0.1', port))
        poll('the button that tries again', lambda: self.try_again(w), 30)
        w.wait_text('^There is a connection now$', timeout=30)
        self.picture('why-fixed')
        # "Copied" takes the first Escape for itself, if it is still there
        poll('the dialog to go', lambda: self.escape(w), 30)
        report = self.paste(w)
        for part in (f"Why can't I reach {dead}?", 'P2P_LINK_ERROR_REFUSED', '  port: failed', 'encryption Plaintext'):
            self.assertIn(part, report)
        self.assertNotIn('club', report, 'the name of the network is what keeps others out')
        peer.kill()
        self.desk.press('ctrl+a', 'Delete')
        self.quit()

    def test_clock(self):
        """The only neighbour has another time: said on every page, until the neighbour is gone or one dismisses it."""
        require_js2p()
        w = self.open_network()
        peer = self.peer('js', '--encryption', 'Plaintext', '--clock-offset', '600', subnet='club')
        peer.do('connect', addr='127.0.0.1', port=self.port)
        told = w.wait_alert('clock of this computer seems to be .* behind', timeout=60)
        self.assertRegex(told, '(9|10) minutes behind')
        self.picture('clock')
        w.show_peers()
        w.wait_alert('clock of this computer')
        w.wait_text('its clock is (9|10) minutes ahead', timeout=30)
        w.tab_to('button', 'Dismiss')
        self.desk.press('space')
        w.wait_no_alert(timeout=20)
        peer.kill()
        self.quit()

    def test_shortcuts_window(self):
        """The window of the keyboard shortcuts prints no warning."""
        w = self.open_network()
        self.desk.press('ctrl+question')
        poll('the window of the shortcuts', lambda: w.dialog() is not None, 20)
        self.desk.settle()
        self.picture('shortcuts')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.quit()


if __name__ == '__main__':
    tap.main()
