#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user guide, by keys alone and through accessibility. Pictures go to build/ui-screenshots."""
from scenario import Scenario, free_port, tap
from accessible import poll

PATIENT = 30


class Help(Scenario):
    def help(self):
        return next((n for n in self.app.children if n.find('document frame') or n.find('document')), None)

    def wait_page(self, title):
        """The help shows this page: its window, and the page in it, have its title."""
        return poll(lambda: f'the help to show {title!r} in\n{self.app.dump()}',
                    lambda: next((n for n in self.app.children if n.name == title and n.find_all(name=title)), None), PATIENT)

    def test_by_keys(self):
        w = self.start()
        w.fill('Your name', 'Ada')
        self.desk.press('F1')
        self.wait_page('First steps')
        self.desk.press('Escape')
        poll('the help to go', lambda: len(self.app.children) == 1, PATIENT)
        w.press_button('Create a network…')
        w.wait_dialog('Create a network')
        # in a dialog, which keeps the window behind it from the keyboard, but not the help
        self.desk.press('F1')
        self.wait_page('First steps')
        self.desk.press('Escape')
        w.wait_dialog('Create a network')
        w.create_network(subnet='club', host='127.0.0.1', port=free_port())
        w.show_peers()
        self.desk.press('F1')
        page = self.wait_page('Peers')
        self.picture('help-peers')
        # a link of the text is a row with a name, and Enter follows it
        w.tab_to('list item', 'Why can’t I reach …?')
        self.desk.press('Return')
        self.wait_page('Why can’t I reach …?')
        self.assertTrue(page.find_all('heading'), 'a screen reader finds no headings')
        self.desk.press('alt+Left')
        self.wait_page('Peers')
        self.desk.press('alt+Home')
        page = self.wait_page('Help for Roundtable')
        self.assertGreaterEqual(len(page.find_all('list item')), 3)
        for row in page.find_all('list item', states=()):
            self.assertTrue(row.name and not row.name.startswith('Adw'), row)
        for button in page.find_all('button', states=()) + page.find_all('toggle button', states=()):
            self.assertTrue(button.name, button)
        self.desk.press('ctrl+f')
        self.desk.type('firewall')
        page.wait_for('list', 'Pages found', timeout=PATIENT)
        self.picture('help-found')
        self.desk.press('Return')
        self.wait_page('Why can’t I reach …?')
        self.desk.press('Escape')
        poll('the help to go', lambda: len(self.app.children) == 1, PATIENT)
        self.quit()


if __name__ == '__main__':
    tap.main()
