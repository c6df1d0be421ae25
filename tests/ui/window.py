# SPDX-License-Identifier: GPL-3.0-or-later
"""Roundtable's window as the scenarios speak of it: the one place that knows what its parts are called."""
import contextlib
import re

from gi.repository import GLib

from accessible import poll


HEADER_BAR = 47                # px: what is above it is behind the header bar of a dialog


def plain(name):
    """A pattern for a name. Of a button with a mnemonic GTK 4.8 reads out label and child: "_Create Create"."""
    with_mnemonic = ''.join('_?' + re.escape(c) for c in name)
    return re.compile(f'^(?:{with_mnemonic} )?{with_mnemonic}$')


class Window:
    def __init__(self, desk, app):
        self.desk, self.app = desk, app
        self.pages = ['chat', 'peers', 'traffic']
        self.key_list = 'Keys'

    # parts -----------------------------------------------------------------------
    def in_front(self, role, name, states=('showing',), timeout=8):
        """As wait_for() of the program, but in the dialog alone while one is open: what is behind it is many objects, and cannot be reached."""
        return poll(lambda: f'{role} {name!r} {states} in\n{self.app.dump()}',
                    lambda: (self.dialog() or self.app).find(role, name, states), timeout)

    def button(self, name, timeout=8):
        return self.in_front('button', plain(name), ('showing', 'sensitive'), timeout)

    def press_button(self, name):
        self.button(name).click()

    def entry(self, name):
        return self.in_front('text box', plain(name))

    def reveal(self, node):
        """Turns the wheel until it can be clicked at."""
        top = node
        while top.parent != self.app:
            top = top.parent
        _, _, width, height = top.extents
        x, y = self.app.window_origin(top)
        for _ in range(30):
            _, at, _, h = node.extents
            if at >= HEADER_BAR and at + h <= height:
                return node
            self.desk.scroll(x + width // 2, y + height // 2, -1 if at < HEADER_BAR else 1)
            self.desk.settle()
        raise AssertionError(f'{node!r} does not come into view')

    def fill(self, name, text):
        """Clicks into a field, and types over what is in it."""
        self.reveal(self.entry(name)).click()
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
                found += n.labels() or [n.name]
        return [t for t in found if t and t != 'GtkLabel']

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

    def dialog(self):
        """The window in front of the main one, or None."""
        windows = self.app.children
        return windows[-1] if len(windows) > 1 else None

    def wait_dialog(self, title):
        d = poll(f'the dialog {title!r}', lambda: (d := self.dialog()) and plain(title).match(d.name) and d, 8)
        self.desk.settle()
        return d

    def wait_no_dialog(self):
        poll('the dialog to go', lambda: self.dialog() is None, 8)
        self.desk.settle()

    def wait_not_sensitive(self, button):
        def look():
            found = self.app.find_all('button', plain(button))
            return found and all('sensitive' not in n.states for n in found)
        poll(f'{button!r} to be insensitive', look, 5)

    def expand(self, row, field):
        """Opens a row that hides a field, unless it is open."""
        if (self.dialog() or self.app).find('text box', plain(field)) is None:
            self.reveal(self.in_front(None, plain(row))).click()
            self.entry(field)
            self.desk.settle()

    def choose(self, row, value):
        """Picks value in a row that opens a list."""
        self.in_front(None, plain(row)).click()
        self.in_front(None, plain(value)).click()

    def fill_network(self, subnet=None, encryption=None, host=None, port=None, table=False, ring=False, private=False):
        """encryption: 'SSL' or 'Plaintext'; table: with a shared one; ring: with a distributed one; what is not given stays as the dialog has it."""
        if subnet is not None:
            self.fill('Network name', subnet)
        if encryption is not None:
            self.choose('Encryption', {'SSL': 'Encrypted (SSL)', 'Plaintext': 'Plaintext'}[encryption])
        if table:
            self.choose('Kind', 'Chat and shared table')
            self.pages = ['chat', 'table', 'peers', 'traffic']
            self.key_list = 'Keys'
        if ring:
            self.choose('Kind', 'Chat and distributed table')
            self.pages = ['chat', 'ring', 'peers', 'traffic']
            self.key_list = 'Keys of the ring'
        if private:
            self.reveal(self.in_front('switch', plain('Private network'))).click()
            self.wait_alert('Made up: nobody guesses it')
        if host is not None or port is not None:
            self.expand('Advanced', 'Port (0: any free one)')
        if host is not None:
            self.fill('Listen on (0.0.0.0: everywhere)', host)
        if port is not None:
            self.fill('Port (0: any free one)', str(port))

    def create_network(self, **fields):
        self.fill_network(**fields)
        self.press_button('Create')
        self.wait_no_dialog()
        self.wait_network(fields['subnet'])

    # pages ---------------------------------------------------------------------------
    def show_page(self, name):
        self.desk.press(f'alt+{self.pages.index(name) + 1}')

    def show_chat(self):
        self.show_page('chat')
        self.entry('Message')
        self.desk.settle()

    def show_peers(self):
        self.show_page('peers')
        self.app.wait_for('list', 'Your own addresses')
        self.desk.settle()

    def show_traffic(self):
        self.show_page('traffic')
        self.desk.settle()

    def show_table(self):
        self.show_page('table')
        self.app.wait_for('search box', 'Filter keys', timeout=20)
        self.desk.settle()

    def show_ring(self):
        self.show_page('ring')
        self.app.wait_for('search box', 'Filter keys', timeout=20)
        self.desk.settle()

    def size(self):
        """Of the main window, without its shadow."""
        return tuple(self.app.children[0].extents[2:])

    # the table -----------------------------------------------------------------------
    def keys(self):
        """The rows in view, as a screen reader reads them: "key: value (type). How it stands"."""
        found = self.app.find('list', self.key_list)
        return [n.name for n in found.find_all('list item', states=())] if found else []

    def key(self, text, timeout=15):
        """The row whose words begin so."""
        def look():
            found = self.app.find('list', self.key_list)
            return found and next((n for n in found.find_all('list item', states=()) if n.name.startswith(text)), None)
        return poll(lambda: f'a key {text!r} in {self.keys()}', look, timeout)

    def no_key(self, text, timeout=15):
        poll(lambda: f'no key {text!r} in {self.keys()}', lambda: not any(k.startswith(text) for k in self.keys()), timeout)

    def new_key(self, key, value):
        """By keyboard alone."""
        self.desk.press('ctrl+n')
        self.entry('Key')
        self.desk.settle()
        self.desk.type(key + '\n')
        self.desk.type(value)
        self.desk.press('ctrl+Return')
        self.key(key + ':')

    # the ring ------------------------------------------------------------------------
    def places(self):
        """The five places of the chosen key, as a screen reader reads them."""
        found = self.app.find('list', 'The five places of the key')
        return [n.name for n in found.find_all('list item', states=())] if found else []

    def wait_places(self, pattern, n=5, timeout=20):
        """Until so many of the places read like this."""
        p = re.compile(pattern)
        poll(lambda: f'{n} places like {pattern!r} in {self.places()}', lambda: len([t for t in self.places() if p.search(t)]) >= n, timeout)

    def wait_ring(self, words):
        """Until the circle says this of itself."""
        poll(f'a ring with {words}', lambda: any(n.name.startswith('The ring') and words in n.name for n in self.app.walk()), 20)

    def nodes(self):
        found = self.app.find('list', 'Storing nodes')
        return [n.name for n in found.find_all('list item', states=())] if found else []

    # the keyboard --------------------------------------------------------------------
    def focused(self):
        """Where the keyboard is: what is deepest in the tree."""
        found = [n for n in self.app.walk() if 'focused' in n.states]
        return found[-1] if found else None

    def tab_to(self, role, name, key='Tab', most=40):
        """Presses Tab until this has the focus; a trap on the way would be found here."""
        seen = []
        for _ in range(most):
            n = self.focused()
            if n is not None:
                seen.append(repr(n))
                if n.role == role and plain(name).match(n.name):
                    return n
            self.desk.press(key)
            self.desk.settle()
        raise AssertionError(f'{key} does not come to {role} {name!r}; it came to {seen}')

    # networks ------------------------------------------------------------------------
    def networks(self):
        """Of each, name and state as a screen reader reads them."""
        found = self.app.find('list', 'Networks', states=())
        return [n.name for n in found.children] if found else []

    def wait_network(self, name):
        return poll(lambda: f'the network {name!r} in {self.networks()}',
                    lambda: next((n for n in self.networks() if n.startswith(name)), None), 10)

    def wait_no_network(self, name):
        poll(lambda: f'no network {name!r} in {self.networks()}', lambda: not any(n.startswith(name) for n in self.networks()), 10)

    def select_network(self, name):
        found = self.app.find('list', 'Networks', states=())
        next(n for n in found.children if n.name.startswith(name)).click()

    def network_menu(self, name, item):
        self.press_button(f'Menu of {name}')
        self.app.wait_for('menu item', plain(item)).click()

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
        """By the keyboard, in the row of the message; what is typed then goes to its sender alone."""
        self.message(to).click()
        self.desk.press('ctrl+shift+r')
        self.wait_text('Private reply to')
        self.desk.type(text + '\n')
