# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tree of accessible objects must have: a name for whatever is used or read, and a way through it by the keyboard."""
import contextlib
import re
import time

from gi.repository import Gio, GLib

from accessible import Node, poll

# whatever one uses, reads as one thing, or comes to
NAMED = ('button', 'toggle button', 'text box', 'search box', 'combo box', 'switch', 'checkbox', 'radio', 'slider', 'spin button', 'list', 'list item', 'tree grid', 'row',
         'tab', 'menu item', 'menu item checkbox', 'menu item radio', 'image', 'link', 'progress bar', 'window', 'dialog', 'alert dialog', 'list box', 'option')
# of these a press does something: the keyboard must come there as well
PRESSED = ('button', 'toggle button', 'switch', 'checkbox', 'radio', 'combo box')
# GTK calls what has no name by its type
TYPE_NAME = re.compile('^(?:Gtk|Adw|Rt|Gdk)[A-Z][A-Za-z]+$')
# an id, whole or the beginning of one, and nothing beside it
ID_ALONE = re.compile(r'^(?:\S{4,}…|[0-9A-Za-z+/=]{20,})$')
# in drop-downs, toasts and calendars
OF_GTK = ('GtkToggleButton', 'GtkImage')
PATIENT = 40


def named(name):
    return bool(name.strip()) and not TYPE_NAME.match(name)


class Part:
    """A node as it was read once, with what is below it."""

    def __init__(self, node, up=None):
        self.node, self.up, self.parts = node, up, []
        self.role, self.name = node.role, node.name

    def __repr__(self):
        way, part = [], self
        while part is not None:
            way.append(f'{part.role} {part.name!r}' if named(part.name) or part is self or part.name.startswith(('Rt', 'Adw')) and part.name != 'AdwGizmo' else '')
            part = part.up
        return ' < '.join(w for w in way if w)

    def walk(self):
        yield self
        for part in self.parts:
            yield from part.walk()

    def above(self, n):
        part = self.up
        while part is not None and n > 0:
            yield part
            part, n = part.up, n - 1

    def words(self):
        """Is anything to be read in it?"""
        return any(p.role in ('label', 'status', 'alert') and named(p.name) for p in self.walk())


def read(node, closed=(), up=None):
    """All of it but what is in parts of these names; None for what went meanwhile."""
    try:
        part = Part(node, up)
        kids = [] if part.name in closed else node.children
    except GLib.Error:
        return None
    part.parts = [p for p in (read(n, closed, part) for n in kids) if p is not None]
    return part


def inner(part):
    """Of GTK's own making, inside something that has the name: of a menu button, a drop-down, a table of columns, a row with a field, a group of rows."""
    outer = [p for p in part.above(4) if named(p.name)]
    if part.role in ('button', 'toggle button') and part.up is not None:
        if part.up.role in ('button', 'combo box', 'spin button') and named(part.up.name):
            return True
        # beside a name that stands for all of it
        if any(p.name in ('Date to go to', 'Preferences') for p in part.above(14)) and part.name == 'GtkImage':
            return True
        return any(p.name == 'AdwToastWidget' for p in part.above(3))     # what closes a toast
    if any(p.role in ('combo box', 'document') for p in part.above(20)):       # the list of a drop-down, before it is shown; what is read as text
        return True
    if part.name == 'GtkColumnListView':
        return part.up is not None and named(part.up.name)
    if part.name == 'GtkSearchEntry':            # of a window of preferences
        return any(p.name == 'Preferences' for p in part.above(14))
    if part.role == 'row':                       # the titles of the columns; and the cells of a row are read one by one
        return all(p.role in ('column header', 'grid cell') for p in part.parts) and part.words() or not part.parts
    if part.name == 'GtkListBox':
        return not part.parts or any(p.role == 'group' or p.role == 'list item' for p in outer)
    if part.role == 'image':                     # beside words, or in something that has them
        return bool(outer) or any(p.words() for p in part.above(2))
    return False


def gone_or_spare(part):
    """A row that a list has ready for later, a picture that was not drawn yet, or what is no more."""
    try:
        return part.role in ('list item', 'row', 'option', 'image') and part.node.extents[3] <= 0 or 'visible' not in part.node.states
    except GLib.Error:
        return True


def faults(top):
    """What is wrong with these parts, in words."""
    found = []
    for part in top.walk():
        if part.role in NAMED and not named(part.name) and not inner(part) and not gone_or_spare(part):
            found.append(f'has no name: {part!r}')
        elif part.role in ('list item', 'row', 'option') and ID_ALONE.match(part.name):
            found.append(f'is read as an id alone: {part!r}')
        if part.role in PRESSED and not any(p.role in PRESSED for p in part.above(2)):
            with contextlib.suppress(GLib.Error):
                if not any('focusable' in p.node.states for p in part.walk()) and 'sensitive' in part.node.states:
                    found.append(f'the keyboard cannot come to it: {part!r}')
    return found


class Focus:
    """Where the keyboard is, as the program tells it."""

    def __init__(self, app):
        self.app, self.told = app, []
        bus = app.session.a11y
        bus.signal_subscribe(app.bus, 'org.a11y.atspi.Event.Object', 'StateChanged', None, None, Gio.DBusSignalFlags.NONE, self.heard)
        bus.call_sync('org.a11y.atspi.Registry', '/org/a11y/atspi/registry', 'org.a11y.atspi.Registry', 'RegisterEvent',
                      GLib.Variant('(s)', ('object:state-changed:focused',)), None, Gio.DBusCallFlags.NONE, PATIENT * 1000, None)

    def heard(self, _connection, _sender, path, _interface, _name, args):
        kind, on = args.unpack()[:2]
        if kind == 'focused':
            self.told.append((path, on))

    def after(self, key):
        """Where a key leads: a node, or None for a row with a field, which tells only that it is left."""
        self.listen()
        self.told.clear()
        self.app.session.press(key)
        # from one row with a field to the next nothing is told
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            self.listen()
            if self.told and self.told[-1][1] == 1:
                return Node(self.app, self.app.bus, self.told[-1][0])
            if self.told and self.quiet():
                break
            time.sleep(0.005)
        return None

    def quiet(self):
        """Nothing more is told for a moment after the last one."""
        n = len(self.told)
        time.sleep(0.25)
        self.listen()
        return len(self.told) == n and self.told[-1][1] == 0

    @staticmethod
    def listen():
        while GLib.MainContext.default().iteration(False):
            pass

    def rounds(self, key, most=90):
        """The stops of a key until it is where it was first; faults in words."""
        stops, found = [], []
        for _ in range(most):
            node = self.after(key)
            path = node.path if node is not None else None
            if stops and path == stops[0][0] and (path is not None or len(stops) > 1):
                return stops, found
            what = self.look(node, found, key) if node is not None else 'a row with a field'
            # the first stop may be one to which nothing leads back: of a list the row that was chosen
            if len(stops) == most // 2:
                stops.clear()
            stops.append((path, what))
        found.append(f'{key} does not come round; it came to {[s[1] for s in stops][-12:]}')
        return stops, found

    @staticmethod
    def look(node, found, key):
        try:
            role, name = node.role, node.name
            _, _, width, height = node.extents
        except GLib.Error:
            return 'something that went'
        if width <= 0 or height <= 0:
            found.append(f'{key} comes to something of no size: {role} {name!r}')
        if not named(name) and name not in OF_GTK and role not in ('group', 'widget', 'row'):
            found.append(f'{key} comes to something without a name: {role} {name!r}')
        return f'{role} {name!r}'


def wait_part(root, role, pattern):
    p = re.compile(pattern)
    return poll(lambda: f'{role} {pattern!r} in\n{root.dump()}', lambda: root.find(role, p, states=()), PATIENT)
