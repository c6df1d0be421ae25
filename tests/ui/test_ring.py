#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ring page in the real window, with roundtable-nodes that store with it; by keyboard."""
import re

from accessible import poll
from scenario import Scenario, free_port, harness, tap
from window import plain


class Ring(Scenario):
    def open_ring(self):
        self.port = free_port()
        w = self.start()
        w.first_run('Ada')
        w.create_network(subnet='club', encryption='Plaintext', host='127.0.0.1', port=self.port, ring=True)
        w.show_ring()
        w.wait_text('^No keys yet$')
        return w

    def join(self, n_peers):
        p = self.peer('rt', '--cls', 'chord', '--encryption', 'Plaintext', subnet='club')
        p.do('connect', addr='127.0.0.1', port=self.port)
        self.window.wait_network(f'club, {n_peers} peer')
        p.do('join')
        return p

    def has(self, peer, key, value):
        def look():
            answer = peer.ask('get', key=key)
            return answer['ok'] and answer['value'] is not None and answer['value']['value'] == value
        harness.until(look, f'{peer!r} to have {key} = {value!r}')

    def page(self, name):
        """Of those below the circle."""
        self.app.wait_for('tab', plain(name)).click()
        self.desk.settle()

    def test_together(self):
        """Made in the dialog, written with the editor, read elsewhere; the five places; storing off and on."""
        w = self.open_ring()
        # alone it stores everything itself
        w.new_key('meeting', 'At eight')
        node = self.join(1)
        w.wait_ring('2 storing nodes')
        self.has(node, 'meeting', 'At eight')
        node.do('set', key='tea', value='green')
        row = w.key('tea: green')
        row.click()
        self.page('Places')
        w.wait_places('the value that counts: said')
        self.picture('ring')
        # by keyboard: on from the list to the circle, round it, and a node is chosen
        w.key('tea:').click()
        self.desk.press('F6')
        poll('the circle to have the focus', lambda: (n := w.focused()) and n.name.startswith('The ring'), 20)
        self.desk.press('Home')
        poll('ourselves to be named', lambda: 'this computer' in w.focused().name, 20)
        self.desk.press('Right')
        poll('the other to be named', lambda: 'this computer' not in w.focused().name, 20)
        self.desk.press('Return')
        self.app.wait_for('list', 'Storing nodes')
        self.picture('ring-nodes')
        # storing off: everything is handed over, and is still to be read
        w.tab_to('switch', 'Store values for the network', key='shift+Tab')
        self.desk.press('space')
        self.app.wait_for('status', re.compile('^Not storing'), timeout=40)
        poll('one storing node', lambda: len(w.nodes()) == 1, 40)
        self.has(node, 'meeting', 'At eight')
        w.key('meeting: At eight')
        self.desk.press('space')
        self.app.wait_for('status', re.compile('^Storing for'), timeout=40)
        poll('two storing nodes', lambda: len(w.nodes()) == 2, 40)
        self.picture('ring-again')
        self.quit()


if __name__ == '__main__':
    tap.main()
