#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the first start to a network that is there again at the second: no other program takes part."""
from scenario import Scenario, free_port, tap


class FirstRun(Scenario):
    def test_asks_for_a_name(self):
        w = self.start()
        w.wait_text('Welcome to Roundtable')
        w.fill('Your name', 'Ada')
        self.picture('first-run')
        w.press_button('Create a network…')
        w.wait_dialog('Create a network')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.quit()

    def test_a_name_is_needed(self):
        w = self.start()
        w.wait_text('Welcome to Roundtable')
        w.fill('Your name', '   ')
        w.wait_not_sensitive('Create a network…')
        self.desk.press('Return')
        self.desk.settle()
        self.assertIsNone(w.dialog(), 'a dialog came before a name was given')

    def test_validation_while_typing(self):
        w = self.start()
        w.first_run('Ada')
        w.fill_network(host='127.0.0.1', port='70000')
        w.wait_alert('65535')
        w.wait_not_sensitive('Create')
        self.picture('dialog-problem')
        w.fill_network(port='0')
        w.wait_no_alert()
        w.fill_network(host='not an address')
        w.wait_alert('(?i)address')
        w.fill_network(host='127.0.0.1')
        w.wait_no_alert()
        w.fill('Add an address (host:port)', 'nowhere')
        w.wait_alert('(?i)port')
        w.fill('Add an address (host:port)', '')
        w.fill('Network name', '')
        w.wait_not_sensitive('Create')
        w.fill('Network name', 'club')
        w.button('Create')

    def test_remembered_and_left(self):
        port = free_port()
        w = self.start()
        w.first_run('Ada')
        w.create_network(subnet='book-club', host='127.0.0.1', port=port)
        w.wait_network('book-club')
        w.show_peers()
        w.wait_text(f'127.0.0.1:{port}')
        node_id = self.node_id(port)
        self.quit()

        w = self.start()
        w.wait_network('book-club')
        w.show_peers()
        w.wait_text(f'127.0.0.1:{port}')
        self.assertEqual(self.node_id(port), node_id, 'the node has another id than before')

        w.network_menu('book-club', 'Leave…')
        w.press_button('Leave')
        w.wait_no_network('book-club')
        self.quit()

        w = self.start()
        self.assertEqual(w.networks(), [])
        self.quit()

    def node_id(self, port):
        """The id of our node as another sees it."""
        other = self.guest('rt', port, subnet='book-club')
        return next(link['id'] for link in other.table() if link['id'])

    def test_port_taken_is_told(self):
        """Another program has the port: said in words, and not the end."""
        import socket
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            w = self.start()
            w.first_run('Ada')
            w.create_network(subnet='club', host='127.0.0.1', port=taken.getsockname()[1])
            w.wait_text(r'(?i)(address|port).*(in use|taken)')
            self.picture('port-taken')


class Keyboard(Scenario):
    def test_all_by_keyboard(self):
        """Name, network, a message, and out again, without a pointer."""
        w = self.start()
        w.wait_text('Welcome to Roundtable')
        # a row that is typed into does not tell of its focus; it has the text
        self.desk.type('Ada')
        self.assertEqual(w.entry('Your name').text, 'Ada', 'the first field does not have the focus at first')
        w.tab_to('button', 'Create a network…')
        self.desk.press('space')
        w.wait_dialog('Create a network')
        self.desk.type('club')
        self.assertEqual(w.entry('Network name').text, 'club', 'the first field does not have the focus at first')
        w.tab_to('button', 'Create', key='shift+Tab')
        self.desk.press('space')
        w.wait_no_dialog()
        w.wait_network('club')
        self.desk.press('alt+2')
        w.tab_to('button', 'Main menu')
        self.desk.press('alt+1')
        w.tab_to('text box', 'Message')
        self.desk.type('Is anybody there?\n')
        w.message('Is anybody there?')
        # F6 goes from pane to pane and comes back; Tab leaves each of them
        panes = []
        for _ in range(4):
            self.desk.press('F6')
            self.desk.settle()
            panes.append(repr(w.focused()))
        self.assertGreaterEqual(len(set(panes)), 2, panes)
        w.tab_to('text box', 'Message')
        w.tab_to('button', 'Main menu')
        self.quit()


if __name__ == '__main__':
    tap.main()
