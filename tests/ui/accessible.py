# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a program through the accessibility bus, by plain D-Bus calls through Gio: nothing is cached, so nothing is stale."""
import contextlib
import re
import time

from gi.repository import Gio, GLib

A11Y = 'org.a11y.atspi.'
ROOT_PATH = '/org/a11y/atspi/accessible/root'

# AtspiStateType, by bit
STATES = ('invalid active armed busy checked collapsed defunct editable enabled expandable expanded '
          'focusable focused has-tooltip horizontal iconified modal multi-line multiselectable '
          'opaque pressed resizable selectable selected sensitive showing single-line stale '
          'transient vertical visible manages-descendants indeterminate required truncated animated '
          'invalid-entry supports-autocompletion selectable-text is-default visited checkable '
          'has-popup read-only').split()

# the toolkit's own names for them: GTK 4 gives ARIA-like ones
TOPLEVELS = ('window', 'frame', 'dialog', 'application')     # an alert may be a part of one


# Seconds: for a machine that is slow. What is waited for ends the waiting; this is only spent where it never comes.
PATIENCE = 40


class Timeout(AssertionError):
    """What was waited for did not come about."""


def poll(what, check, timeout, interval=0.03):
    """Call check() until it returns something true; say what was missing otherwise."""
    timeout = max(timeout, PATIENCE)
    end = time.monotonic() + timeout
    last = None
    while True:
        try:
            value = check()
            if value:
                return value
            last = None
        except GLib.Error as e:          # objects come and go while one looks
            last = e
        if time.monotonic() > end:
            text = what() if callable(what) else what
            raise Timeout(f'waited {timeout} s for {text}' + (f' (last error: {last})' if last else ''))
        # who is asked all the time has no time for anything else
        time.sleep(interval)
        interval = min(1.3 * interval, 0.25)


class Node:
    """One accessible object: a bus name and an object path."""

    def __init__(self, app, bus, path, up=None):
        self.app, self.bus, self.path = app, bus, path
        self.up = up                     # the node it was reached from

    def __eq__(self, other):
        return isinstance(other, Node) and (self.bus, self.path) == (other.bus, other.path)

    def __hash__(self):
        return hash((self.bus, self.path))

    def __repr__(self):
        try:
            return f'<{self.role} {self.name!r}>'
        except GLib.Error:
            return f'<gone {self.path}>'

    # reading ---------------------------------------------------------------
    def _call(self, iface, method, args=None, timeout=PATIENCE * 1000):
        return self.app.session.a11y.call_sync(
            self.bus, self.path, A11Y + iface, method, args, None,
            Gio.DBusCallFlags.NONE, timeout, None).unpack()

    def _get(self, iface, prop):
        return self.app.session.a11y.call_sync(
            self.bus, self.path, 'org.freedesktop.DBus.Properties', 'Get',
            GLib.Variant('(ss)', (A11Y + iface, prop)), None,
            Gio.DBusCallFlags.NONE, PATIENCE * 1000, None).unpack()[0]

    @property
    def role(self):
        return self._call('Accessible', 'GetRoleName')[0]

    @property
    def name(self):
        return self._get('Accessible', 'Name')

    @property
    def description(self):
        return self._get('Accessible', 'Description')

    @property
    def interfaces(self):
        return [i.removeprefix(A11Y) for i in self._call('Accessible', 'GetInterfaces')[0]]

    @property
    def states(self):
        lo, hi = self._call('Accessible', 'GetState')[0]
        bits = lo | hi << 32
        return {n for i, n in enumerate(STATES) if bits >> i & 1}

    @property
    def attributes(self):
        return self._call('Accessible', 'GetAttributes')[0]

    @property
    def children(self):
        kids = self._call('Accessible', 'GetChildren')[0]
        return [Node(self.app, b, p, self) for b, p in kids if not p.endswith('/null')]

    @property
    def parent(self):
        if self.up is not None:          # GTK 4.8 answers wrongly for pages of a stack
            return self.up
        b, p = self._get('Accessible', 'Parent')
        return None if p.endswith('/null') else Node(self.app, b, p)

    @property
    def text(self):
        n = self._get('Text', 'CharacterCount')      # GTK 4.8 gives '' for an end of -1
        return self._call('Text', 'GetText', GLib.Variant('(ii)', (0, n)))[0]

    @property
    def value(self):
        return self._get('Value', 'CurrentValue')

    @property
    def actions(self):
        return [a[0] for a in self._call('Action', 'GetActions')[0]]

    @property
    def extents(self):
        """x, y, width, height relative to the window (GTK 4 knows no screen position)."""
        return self._call('Component', 'GetExtents', GLib.Variant('(u)', (1,)))[0]

    def walk(self, showing=False):
        stack = [self]
        while stack:
            n = stack.pop()
            try:
                if showing and n is not self and not n.on_screen:
                    continue
                kids = n.children
            except GLib.Error:
                continue
            yield n
            stack.extend(reversed(kids))

    @property
    def on_screen(self):
        """Is it drawn?  GTK before 4.10 tells 'showing' of toplevels only: then go by size."""
        st = self.states
        if 'showing' in st:
            return True
        if 'visible' not in st or not self.app.old_states:
            return False
        _, _, w, h = self.extents
        return w > 0 and h > 0

    def matches(self, role=None, name=None, states=()):
        if role is not None and self.role != role:
            return False
        if name is not None:
            mine = self.name
            if not (name.search(mine) if isinstance(name, re.Pattern) else name == mine):
                return False
        if 'showing' in states and not self.on_screen:
            return False
        return set(states) - {'showing'} <= self.states

    def find_all(self, role=None, name=None, states=('showing',)):
        found = []
        for n in self.walk():
            with contextlib.suppress(GLib.Error):
                if n.matches(role, name, states):
                    found.append(n)
        return found

    def find(self, role=None, name=None, states=('showing',)):
        for n in self.walk():
            with contextlib.suppress(GLib.Error):
                if n.matches(role, name, states):
                    return n
        return None

    def wait_for(self, role=None, name=None, states=('showing',), timeout=5):
        return poll(lambda: f'{role} {name!r} {states or ""} in\n{self.dump()}',
                    lambda: self.find(role, name, states), timeout)

    def wait_gone(self, role=None, name=None, timeout=5):
        poll(lambda: f'{role} {name!r} to go away', lambda: self.find(role, name) is None, timeout)

    def labels(self):
        """Every visible piece of text below this node, in order."""
        out = []
        for n in self.walk(showing=True):
            with contextlib.suppress(GLib.Error):
                if n.role in ('label', 'text', 'static') and n.name:
                    out.append(n.name)
        return out

    def rows(self):
        """A list or table as a list of rows, each the list of its cells' texts."""
        out = []
        for n in self.find_all(states=()):
            if n.role in ('list item', 'table row', 'row'):
                texts = n.labels() or ([n.name] if n.name else [])
                if texts:
                    out.append(texts)
        return out

    def dump(self, depth=0, max_depth=60):
        """The accessible tree below this node, one line a node."""
        try:
            st = sorted(self.states - {'enabled', 'sensitive', 'visible'})
            extra = ''
            ifs = self.interfaces
            if 'Text' in ifs and self.role != 'label':
                extra += f' text={self.text!r}'
            if 'Action' in ifs:
                a = self.actions if self.role not in ('label', 'text') else []
                extra += f' actions={a}' if a else ''
            line = '  ' * depth + f'{self.role} {self.name!r}{extra} [{" ".join(st)}]\n'
            kids = self.children if depth < max_depth else []
        except GLib.Error as e:
            return '  ' * depth + f'(gone: {e.message})\n'
        return line + ''.join(k.dump(depth + 1, max_depth) for k in kids)

    # acting ----------------------------------------------------------------
    def centre(self):
        x, y, w, h = self.extents
        wx, wy = self.app.window_origin(self)
        return wx + x + w // 2, wy + y + h // 2

    def click(self, button=1, count=1):
        """A real pointer click in the middle of the widget."""
        x, y = self.still_centre()
        self.app.session.click(x, y, button, count)
        return self

    def still_centre(self, timeout=3):
        """Where it is once it has stopped moving: two readings in a row agree."""
        seen = [None]

        def still():
            old, seen[0] = seen[0], self.centre()
            return old == seen[0]
        poll(lambda: f'{self!r} to stand still', still, timeout, 0.05)
        return seen[0]

    def activate(self, action=0):
        """The accessible action (by index or name); no pointer involved."""
        if isinstance(action, str):
            action = self.actions.index(action)
        ok = self._call('Action', 'DoAction', GLib.Variant('(i)', (action,)))[0]
        assert ok, f'{self!r} refused action {action}'
        return self

    def set_text(self, text):
        assert self._call('EditableText', 'SetTextContents', GLib.Variant('(s)', (text,)))[0]
        return self
