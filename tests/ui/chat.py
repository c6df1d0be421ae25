# SPDX-License-Identifier: GPL-3.0-or-later
"""The chat page of a long history as the scenarios speak of it. Hundreds of parts stand in it: they are looked through no further than needed."""
import contextlib
import re

from gi.repository import GLib

from accessible import poll
from window import Window, plain

PATIENT = 60
# what has parts without number: looked into only where it is said
CLOSED = ('Messages', 'Messages found', 'RtPeersPage', 'RtTrafficPage', 'RtTablePage', 'RtRingPage', 'RtFirstRunPage')


class Chat(Window):
    def __init__(self, desk, app, networks=('club', 'lab', 'family')):
        super().__init__(desk, app)
        self.order, self.visited, self.current = networks, [networks[0]], networks[0]
        self.known = {}

    # parts -----------------------------------------------------------------------
    def outside(self, root=None, within=()):
        """All parts with role and name, but those in a list of messages or results, and in pages other than the chat; unless they are named."""
        stack = [root or self.app]
        while stack:
            n = stack.pop()
            try:
                role, name = n.role, n.name
                closed = name in CLOSED and name not in within
                kids = [] if closed else n.children
            except GLib.Error:
                continue
            yield n, role, name
            stack.extend(reversed(kids))

    def look(self, role, name, within=()):
        """In the window in front."""
        p = re.compile(name)
        root = self.dialog()
        for n, its_role, its_name in self.outside(root, within):
            with contextlib.suppress(GLib.Error):
                if (role is None or role == its_role) and p.search(its_name) and n.on_screen:
                    return n
        return None

    def part(self, role, name, within=()):
        return poll(lambda: f'{role} {name!r} in\n{self.app.dump()}', lambda: self.look(role, name, within), PATIENT)

    def no_part(self, role, name):
        poll(lambda: f'no {role} {name!r} in\n{self.app.dump()}', lambda: self.look(role, name) is None, PATIENT)

    # networks ------------------------------------------------------------------------
    def show(self, name):
        """By keyboard: down or up the list."""
        step = self.order.index(name) - self.order.index(self.current)
        for _ in range(abs(step)):
            self.current = self.order[self.order.index(self.current) + (1 if step > 0 else -1)]
            self.visit(self.current)
            self.desk.press('alt+Down' if step > 0 else 'alt+Up')
        self.shown_title(name)

    def visit(self, name):
        """The page of a network is made when it is shown first, behind those that are there."""
        self.current = name
        if name not in self.visited:
            self.visited.append(name)

    def shown_title(self, name):
        poll(f'the window to be about {name}', lambda: self.app.children[0].name.startswith(f'{name} '), PATIENT)

    def network(self, pattern):
        p = re.compile(pattern)
        return poll(lambda: f'a network like {pattern!r} in {self.networks()}', lambda: next((n for n in self.networks() if p.search(n)), None), PATIENT)

    def menu(self, name, item):
        row = self.network(f'^{name}, ')
        next(n for n in self.known['networks'].children if n.name == row).find('button', plain(f'Menu of {name}')).click()
        self.part('menu item', plain(item).pattern).click()

    def networks(self):
        if 'networks' not in self.known:
            found = self.look('list', '^Networks$')
            if found is None:
                return []
            self.known['networks'] = found
        return [n.name for n in self.known['networks'].children]

    # the timeline --------------------------------------------------------------------
    def timeline(self):
        if self.current not in self.known:
            lists = [n for n, role, name in self.outside() if (role, name) == ('list', 'Messages')]
            at = self.visited.index(self.current)
            if at >= len(lists):
                return None
            self.known[self.current] = lists[at]
        return self.known[self.current]

    def on_view(self):
        """What is before the eyes, from top to bottom: node and words, of rows and of what is between them."""
        timeline = self.timeline()
        if timeline is None:
            return []
        _, top, _, height = timeline.extents
        found = []
        for n in timeline.children:
            with contextlib.suppress(GLib.Error):
                _, y, _, h = n.extents
                if h > 0 and y + h > top and y < top + height:
                    found.append((y, n.name if n.role == 'list item' else ' '.join(n.labels()), n))
        return [(n, words) for _, words, n in sorted(found, key=lambda f: f[0])]

    def row(self, text):
        """The row that has this and is before the eyes."""
        return poll(lambda: f'{text!r} in view, where there is {[w for _, w in self.on_view()]}',
                    lambda: next((n for n, words in self.on_view() if text in words), None), PATIENT)

    def words(self, pattern):
        """What is said of the row in view that reads so."""
        p = re.compile(pattern)
        return poll(lambda: f'{pattern!r} in view, where there is {[w for _, w in self.on_view()]}',
                    lambda: next((words for _, words in self.on_view() if p.search(words)), None), PATIENT)

    def count(self, text):
        """How many rows have it."""
        return sum(text in n.name for n in self.timeline().children if n.role == 'list item')

    def day(self, pattern):
        return self.part('button', f'In view: {pattern}')

    # writing -------------------------------------------------------------------------
    def composer(self):
        """Where one writes has the focus then."""
        self.desk.press('alt+1')
        return self

    def say(self, text):
        self.composer()
        self.desk.type(text + '\n')

    def answer(self, to, text, private=False):
        """By the keyboard, from the row of the message."""
        self.row(to).click()
        self.desk.press('ctrl+shift+r' if private else 'ctrl+r')
        self.part('label', '^Private reply to ' if private else '^Reply to everybody$')
        self.desk.type(text + '\n')

    def written(self):
        """In the network that is shown: pages that are not stay in the tree."""
        found = [n for n, role, name in self.outside() if (role, name) == ('text box', 'Message')]
        return found[self.visited.index(self.current)].text

    # keys of the table ------------------------------------------------------------------
    def key_rows(self):
        return self.look('list', f'^{self.key_list}$', ('RtTablePage', 'RtRingPage'))

    def keys(self):
        found = self.key_rows()
        return [n.name for n in found.find_all('list item', states=())] if found else []

    def key(self, text, timeout=PATIENT):
        def look():
            found = self.key_rows()
            return found and next((n for n in found.find_all('list item', states=()) if n.name.startswith(text)), None)
        return poll(lambda: f'a key {text!r} in {self.keys()}', look, timeout)

    # files ---------------------------------------------------------------------------
    def choose_file(self, path, save):
        """In the dialog for files that comes: by its path."""
        poll('the dialog for files', lambda: self.dialog() is not None, PATIENT)
        self.desk.settle()
        # where a file is opened, this shows the field for a path
        self.desk.press('ctrl+a' if save else 'ctrl+l')
        self.desk.settle()
        self.desk.type(path + '\n')
        poll('the dialog for files to go', lambda: self.dialog() is None, PATIENT)
