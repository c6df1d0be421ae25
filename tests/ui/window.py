# SPDX-License-Identifier: GPL-3.0-or-later
"""Roundtable's window as the scenarios speak of it: the one place that knows what its parts are called."""
import contextlib
import re

from gi.repository import GLib

from accessible import poll


def plain(name):
    """A pattern for a name, whether or not it has a mnemonic in it."""
    return re.compile('^' + ''.join('_?' + re.escape(c) for c in name) + '$')


class Window:
    def __init__(self, desk, app):
        self.desk, self.app = desk, app

    # parts -----------------------------------------------------------------------
    def button(self, name, timeout=8):
        return self.app.wait_for('button', plain(name), states=('showing', 'sensitive'), timeout=timeout)

    def press_button(self, name):
        self.button(name).click()

    def entry(self, name):
        return self.app.wait_for('text box', plain(name), timeout=8)

    def fill(self, name, text):
        """Clicks into a field, and types over what is in it."""
        self.entry(name).click()
        self.desk.press('ctrl+a')
        if text:
            self.desk.type(text)
        else:
            self.desk.press('Delete')

    def alerts(self):
        """What the window complains of right now, in words."""
        found = []
        for n in self.app.find_all('alert'):
            with contextlib.suppress(GLib.Error):
                found += [n.name] if n.name else n.labels()
        return [t for t in found if t]

    def wait_alert(self, pattern, timeout=5):
        return poll(lambda: f'an alert like {pattern!r}, but there is {self.alerts()}',
                    lambda: next((a for a in self.alerts() if re.search(pattern, a)), None), timeout)

    def wait_no_alert(self, timeout=5):
        poll(lambda: f'no alert, but there is {self.alerts()}', lambda: not self.alerts(), timeout)

    def texts(self):
        return self.app.labels()

    def wait_text(self, pattern, timeout=8):
        p = re.compile(pattern)
        return poll(lambda: f'text like {pattern!r} in {self.texts()}',
                    lambda: next((t for t in self.texts() if p.search(t)), None), timeout)

    # first run and the network dialog -----------------------------------------------
    def first_run(self, name):
        """Says who we are and asks for a new network; the dialog is open then."""
        self.fill('Your name', name)
        self.press_button('Create a network…')

    def choose(self, row, value):
        """Picks value in a row that opens a list."""
        self.app.wait_for(name=plain(row), timeout=8).click()
        self.app.wait_for(name=plain(value), timeout=5).click()

    def fill_network(self, subnet=None, encryption=None, host=None, port=None):
        """encryption: 'SSL' or 'Plaintext'; what is not given stays as the dialog has it."""
        if subnet is not None:
            self.fill('Network name', subnet)
        if encryption is not None:
            self.choose('Encryption', {'SSL': 'Encrypted (SSL)', 'Plaintext': 'None (Plaintext)'}[encryption])
        if host is not None or port is not None:
            self.expand('Advanced')
        if host is not None:
            self.fill('Listen on (0.0.0.0: everywhere)', host)
        if port is not None:
            self.fill('Port (0: any free one)', str(port))

    def create_network(self, **fields):
        self.fill_network(**fields)
        self.press_button('Create')
        self.app.wait_gone('dialog')

    # pages ---------------------------------------------------------------------------
    def show_chat(self):
        self.desk.press('alt+1')

    def show_peers(self):
        self.desk.press('alt+2')

    # chat ----------------------------------------------------------------------------
    def messages(self):
        """The rows of the timeline, as a screen reader reads them."""
        timeline = self.app.find('list', 'Messages')
        return [n.name for n in timeline.find_all('list item', states=())] if timeline else []

    def message(self, text, timeout=10):
        """The row that holds this text."""
        def look():
            timeline = self.app.find('list', 'Messages')
            return timeline and next((n for n in timeline.find_all('list item', states=()) if text in n.name), None)
        return poll(lambda: f'a message {text!r} in {self.messages()}', look, timeout)

    def say(self, text):
        self.entry('Message').click()
        self.desk.type(text + '\n')

    def reply_privately(self, to, text):
        """Through the menu of the message."""
        row = self.message(to)
        row.click(button=3)
        self.app.wait_for('menu item', plain('Reply privately')).click()
        self.desk.type(text + '\n')
