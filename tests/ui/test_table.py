#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared table in the real window, with a roundtable-node and the real py2p that edit it too; by keyboard."""
from accessible import poll
from scenario import Scenario, free_port, harness, require_js2p, tap
from window import plain


class Table(Scenario):
    def open_table(self):
        self.port = free_port()
        w = self.start()
        w.first_run('Ada')
        w.create_network(subnet='club', encryption='Plaintext', host='127.0.0.1', port=self.port, table=True)
        w.show_table()
        w.wait_text('^No keys yet$')
        return w

    def join(self, kind, n_peers):
        p = self.peer(kind, '--cls', 'sync', '--encryption', 'Plaintext', subnet='club')
        p.do('connect', addr='127.0.0.1', port=self.port)
        self.window.wait_network(f'club, {n_peers} peer')
        return p

    def has(self, peer, key, value):
        def look():
            answer = peer.ask('get', key=key)
            return answer['ok'] and answer['value'] is not None and answer['value']['value'] == value
        harness.until(look, f'{peer!r} to have {key} = {value!r}')

    def test_together(self):
        """Written here, seen there; written there, seen here and refused here; deleted, and undone."""
        w = self.open_table()
        node = self.join('rt', 1)
        w.new_key('meeting', 'At eight')
        self.has(node, 'meeting', 'At eight')
        # Enter edits, Ctrl+Enter writes, and the list has the focus again
        self.desk.press('ctrl+f')
        self.desk.press('Escape')
        w.tab_to('list item', w.key('meeting:').name)
        self.desk.press('Return')
        self.app.wait_for('text box', plain('New value'))
        self.desk.press('ctrl+a')
        self.desk.type('At nine')
        self.desk.press('ctrl+Return')
        self.has(node, 'meeting', 'At nine')
        self.picture('table')
        # what another writes appears, and who holds it is said
        node.do('set', key='tea', value='green')
        row = w.key('tea: green')
        self.assertIn('Leased by', row.name)
        row.click()
        self.desk.press('Return')
        self.desk.press('ctrl+a')
        self.desk.type('black')
        # live beside what is typed
        node.do('set', key='tea', value='white')
        w.wait_alert('has changed it while you edit it', timeout=20)
        self.picture('table-beside')
        self.desk.press('ctrl+Return')
        w.press_button('Review…')
        w.wait_dialog('Changes to the table')
        self.picture('table-review')
        self.desk.press('Escape')
        w.wait_no_dialog()
        # Delete asks
        w.key('meeting:').click()
        self.desk.press('Delete')
        poll('the question', lambda: w.dialog() is not None, 20)
        self.desk.settle()
        self.picture('table-delete')
        w.press_button('Delete')
        w.no_key('meeting:')
        self.picture('table-deleted')
        w.press_button('Undo')
        w.key('meeting: At nine')
        self.has(node, 'meeting', 'At nine')
        self.quit()

    def test_py2p(self):
        """A script of py2p and we, in one table."""
        require_js2p()
        w = self.open_table()
        script = self.join('py', 1)
        script.do('set', key='from python', value='Hello')
        w.key('from python: Hello')
        w.new_key('from the window', 'Good evening')
        self.has(script, 'from the window', 'Good evening')
        self.picture('table-py2p')
        self.quit()


if __name__ == '__main__':
    tap.main()
