# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop does with notifications: remembers what is shown, and lets a test click on it. A thread of its own answers, for the test itself waits."""
import threading

from gi.repository import Gio, GLib

from accessible import poll

NAME = 'org.freedesktop.Notifications'
PATH = '/org/freedesktop/Notifications'
INTERFACE = Gio.DBusNodeInfo.new_for_xml("""<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method>
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>""").interfaces[0]


class Notifications:
    """Start it before the program: GLib looks once for who shows notifications."""

    def __init__(self, address):
        self.lock = threading.Lock()
        self.open, self.shown, self.last = {}, [], 0
        self.ready = threading.Event()
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.thread = threading.Thread(target=self.run, args=(address,), daemon=True)
        self.thread.start()
        if not self.ready.wait(40):
            raise AssertionError('nobody shows notifications')

    def run(self, address):
        self.context.push_thread_default()
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.register_object(PATH, INTERFACE, self.call, None, None)
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant('(su)', (NAME, 0)), None, Gio.DBusCallFlags.NONE, 40000, None)
        self.ready.set()
        self.loop.run()
        self.bus.close_sync(None)
        self.context.pop_thread_default()

    def call(self, _bus, _sender, _path, _interface, method, args, invocation):
        if method == 'Notify':
            _, replaces, _, title, body, actions, hints, _ = args.unpack()
            with self.lock:
                self.last += 0 if replaces in self.open else 1
                ident = replaces if replaces in self.open else self.last
                self.open[ident] = {'id': ident, 'title': title, 'body': body, 'actions': actions, 'urgency': hints.get('urgency')}
                self.shown.append(self.open[ident])
            invocation.return_value(GLib.Variant('(u)', (ident,)))
        elif method == 'CloseNotification':
            ident, = args.unpack()
            with self.lock:
                known = self.open.pop(ident, None)
            invocation.return_value(None)
            if known is not None:
                self.bus.emit_signal(None, PATH, NAME, 'NotificationClosed', GLib.Variant('(uu)', (ident, 3)))
        elif method == 'GetCapabilities':
            invocation.return_value(GLib.Variant('(as)', (['actions', 'body', 'persistence'],)))
        else:
            invocation.return_value(GLib.Variant('(ssss)', ('test', 'Roundtable', '1', '1.2')))

    def stop(self):
        self.context.invoke_full(GLib.PRIORITY_DEFAULT, self.end)
        self.thread.join(40)

    def end(self, *_):
        self.loop.quit()
        return GLib.SOURCE_REMOVE

    # ---- for the test ----

    def find(self, words):
        with self.lock:
            return next((n for n in self.open.values() if words in n['body']), None)

    def wait(self, words, timeout=60):
        """The one that is shown now and says this."""
        return poll(lambda: f'a notification with {words!r}; shown were {self.shown}', lambda: self.find(words), timeout)

    def wait_withdrawn(self, ident, timeout=60):
        poll(f'notification {ident} to be withdrawn', lambda: ident not in self.open, timeout)

    def ever(self, words):
        """All that were shown with this, also those that are gone."""
        with self.lock:
            return [n for n in self.shown if words in n['body']]

    def click(self, ident):
        """What is behind the notification itself, as a desktop does when it is clicked at."""
        self.bus.emit_signal(None, PATH, NAME, 'ActionInvoked', GLib.Variant('(us)', (ident, 'default')))


GTK_NAME = 'org.gtk.Notifications'
GTK_PATH = '/org/gtk/Notifications'
GTK_INTERFACE = Gio.DBusNodeInfo.new_for_xml("""<node><interface name="org.gtk.Notifications">
  <method name="AddNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
</interface></node>""").interfaces[0]


class GtkNotifications(Notifications):
    """What GNOME does: it keeps what is shown also when the program is gone, and a click starts the program by its name."""

    def run(self, address):
        self.context.push_thread_default()
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.register_object(GTK_PATH, GTK_INTERFACE, self.call, None, None)
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant('(su)', (GTK_NAME, 0)), None, Gio.DBusCallFlags.NONE, 40000, None)
        self.ready.set()
        self.loop.run()
        self.bus.close_sync(None)
        self.context.pop_thread_default()

    def call(self, _bus, _sender, _path, _interface, method, args, invocation):
        app, ident = args.get_child_value(0).get_string(), args.get_child_value(1).get_string()
        with self.lock:
            if method == 'AddNotification':
                what = {k: args.get_child_value(2).lookup_value(k, None) for k in ('title', 'body', 'default-action', 'default-action-target')}
                self.open[ident] = {'id': ident, 'app': app, 'title': what['title'].get_string(), 'body': what['body'].get_string() if what['body'] else '',
                                    'action': what['default-action'] and what['default-action'].get_string(), 'target': what['default-action-target']}
                self.shown.append(self.open[ident])
            else:
                self.open.pop(ident, None)
        invocation.return_value(None)

    def click(self, ident):
        with self.lock:
            one = self.open.pop(ident)
        action = one['action'].removeprefix('app.')
        self.bus.call(one['app'], '/' + one['app'].replace('.', '/'), 'org.freedesktop.Application', 'ActivateAction',
                      GLib.Variant('(sava{sv})', (action, [one['target']] if one['target'] else [], {})), None, Gio.DBusCallFlags.NONE, 60000, None, None)
