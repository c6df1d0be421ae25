#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""fake_secrets.py: a Secret Service (org.freedesktop.secrets) on the session bus of $DBUS_SESSION_BUS_ADDRESS: one collection, plain sessions, nothing on any disk.

Commands come as lines on standard input, each is answered by a line on standard output: `ready` at the start, then for
  lock | unlock         the collection is locked, or not            -> ok
  deny | allow          what the person answers to a prompt         -> ok
  die N                 ends, without an answer, at the Nth call from now that stores or reads a secret -> ok
  mangle                keeps something else than it is given       -> ok
  bare                  has no default collection                   -> ok
  volatile              its default is the one of the session       -> ok
  mute                  answers nothing                             -> ok
  forget                has no items                                -> ok
  items                 how many                                    -> a number
  prompts               how many were shown                         -> a number
  labels                what a person would see in a list           -> the labels, with | between them
"""
import os
import sys

from gi.repository import Gio, GLib

ROOT = '/org/freedesktop/secrets'
COLLECTION = ROOT + '/collection/one'
SESSION = ROOT + '/collection/session'
S = 'org.freedesktop.Secret.'
XML = """<node>
<interface name='org.freedesktop.Secret.Service'>
 <method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/><arg type='v' direction='out'/><arg type='o' direction='out'/></method>
 <method name='CreateCollection'><arg type='a{sv}' direction='in'/><arg type='s' direction='in'/><arg type='o' direction='out'/><arg type='o' direction='out'/></method>
 <method name='SearchItems'><arg type='a{ss}' direction='in'/><arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>
 <method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/><arg type='o' direction='out'/></method>
 <method name='Lock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/><arg type='o' direction='out'/></method>
 <method name='GetSecrets'><arg type='ao' direction='in'/><arg type='o' direction='in'/><arg type='a{o(oayays)}' direction='out'/></method>
 <method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>
 <method name='SetAlias'><arg type='s' direction='in'/><arg type='o' direction='in'/></method>
 <property name='Collections' type='ao' access='read'/>
</interface>
<interface name='org.freedesktop.Secret.Collection'>
 <method name='Delete'><arg type='o' direction='out'/></method>
 <method name='SearchItems'><arg type='a{ss}' direction='in'/><arg type='ao' direction='out'/></method>
 <method name='CreateItem'><arg type='a{sv}' direction='in'/><arg type='(oayays)' direction='in'/><arg type='b' direction='in'/><arg type='o' direction='out'/><arg type='o' direction='out'/></method>
 <property name='Items' type='ao' access='read'/>
 <property name='Label' type='s' access='readwrite'/>
 <property name='Locked' type='b' access='read'/>
 <property name='Created' type='t' access='read'/>
 <property name='Modified' type='t' access='read'/>
</interface>
<interface name='org.freedesktop.Secret.Item'>
 <method name='Delete'><arg type='o' direction='out'/></method>
 <method name='GetSecret'><arg type='o' direction='in'/><arg type='(oayays)' direction='out'/></method>
 <method name='SetSecret'><arg type='(oayays)' direction='in'/></method>
 <property name='Locked' type='b' access='read'/>
 <property name='Attributes' type='a{ss}' access='readwrite'/>
 <property name='Label' type='s' access='readwrite'/>
 <property name='Type' type='s' access='read'/>
 <property name='Created' type='t' access='read'/>
 <property name='Modified' type='t' access='read'/>
</interface>
<interface name='org.freedesktop.Secret.Session'><method name='Close'/></interface>
<interface name='org.freedesktop.Secret.Prompt'>
 <method name='Prompt'><arg type='s' direction='in'/></method>
 <method name='Dismiss'/>
 <signal name='Completed'><arg type='b'/><arg type='v'/></signal>
</interface>
</node>"""


class Refused(Exception):
    def __init__(self, name, words):
        super().__init__(words)
        self.name = name


class Item:
    def __init__(self, path, properties, secret):
        self.path = path
        self.attributes = properties.get(S + 'Item.Attributes', {})
        self.label = properties.get(S + 'Item.Label', '')
        self.secret = secret


class Service:
    def __init__(self, bus):
        self.bus = bus
        self.interfaces = {i.name: i for i in Gio.DBusNodeInfo.new_for_xml(XML).interfaces}
        self.items, self.sessions, self.registered = [], set(), {}
        self.locked = self.denies = self.mangles = self.bare = self.mute = self.volatile = False
        self.n_made = self.n_prompts = self.die_in = 0
        self.register(ROOT, 'Service')
        self.register(COLLECTION, 'Collection')
        self.register(SESSION, 'Collection')
        self.register(ROOT + '/aliases/default', 'Collection')

    def register(self, path, interface):
        self.registered[path] = self.bus.register_object(path, self.interfaces[S + interface], self.called, self.asked, None)

    def item(self, path):
        for item in self.items:
            if item.path == path:
                return item
        raise Refused(S + 'Error.NoSuchObject', 'no such item')

    def find(self, attributes):
        return [i for i in self.items if all(i.attributes.get(k) == v for k, v in attributes.items())]

    def touch_secret(self):
        """One of the calls that somebody counts who wants us dead."""
        if self.die_in > 0:
            self.die_in -= 1
            if self.die_in == 0:
                os._exit(0)

    def called(self, bus, sender, path, interface, method, parameters, invocation):
        if self.mute:
            return
        try:
            answer = getattr(self, interface.rpartition('.')[2] + '_' + method)(path, *parameters.unpack())
            invocation.return_value(answer)
        except Refused as e:
            invocation.return_dbus_error(e.name, str(e))

    def asked(self, bus, sender, path, interface, name):
        if interface == S + 'Service':
            return GLib.Variant('ao', [COLLECTION])
        if name == 'Items':
            return GLib.Variant('ao', [i.path for i in self.items])
        if name == 'Locked':
            return GLib.Variant('b', self.locked)
        if name in ('Created', 'Modified'):
            return GLib.Variant('t', 1)
        if interface == S + 'Collection':
            return GLib.Variant('s', 'Login')
        item = self.item(path)
        return {'Attributes': GLib.Variant('a{ss}', item.attributes), 'Label': GLib.Variant('s', item.label), 'Type': GLib.Variant('s', '')}[name]

    # ---- service ----

    def Service_OpenSession(self, path, algorithm, data):
        if algorithm != 'plain':
            raise Refused('org.freedesktop.DBus.Error.NotSupported', 'only plain')
        self.n_made += 1
        session = f'{ROOT}/session/s{self.n_made}'
        self.sessions.add(session)
        self.register(session, 'Session')
        return GLib.Variant('(vo)', (GLib.Variant('s', ''), session))

    def Service_CreateCollection(self, path, properties, alias):
        return GLib.Variant('(oo)', ('/', self.prompt(lambda: GLib.Variant('o', COLLECTION))))

    def Service_SearchItems(self, path, attributes):
        found = [i.path for i in self.find(attributes)]
        return GLib.Variant('(aoao)', ([], found) if self.locked else (found, []))

    def Service_Unlock(self, path, objects):
        if not self.locked:
            return GLib.Variant('(aoo)', (objects, '/'))

        def unlock():
            self.locked = False
            return GLib.Variant('ao', objects)
        return GLib.Variant('(aoo)', ([], self.prompt(unlock)))

    def Service_Lock(self, path, objects):
        self.locked = True
        return GLib.Variant('(aoo)', (objects, '/'))

    def Service_GetSecrets(self, path, items, session):
        return GLib.Variant('(a{o(oayays)})', ({} if self.locked else {i: self.secret(self.item(i), session) for i in items},))

    def Service_ReadAlias(self, path, alias):
        return GLib.Variant('(o)', ('/' if self.bare or alias != 'default' else SESSION if self.volatile else COLLECTION,))

    def Service_SetAlias(self, path, alias, collection):
        return None

    # ---- collection and items ----

    def secret(self, item, session):
        self.touch_secret()
        if session not in self.sessions:
            raise Refused(S + 'Error.NoSession', 'no such session')
        return (session, b'', item.secret, 'text/plain')

    def Collection_SearchItems(self, path, attributes):
        return GLib.Variant('(ao)', ([i.path for i in self.find(attributes)],))

    def Collection_Delete(self, path):
        return GLib.Variant('(o)', ('/',))

    def Collection_CreateItem(self, path, properties, secret, replace):
        self.touch_secret()
        if self.locked:
            raise Refused(S + 'Error.IsLocked', 'the collection is locked')
        if secret[0] not in self.sessions:
            raise Refused(S + 'Error.NoSession', 'no such session')
        value = bytes(secret[2])
        if self.mangles:
            value = b'AAAA' + value[4:]
        attributes = properties.get(S + 'Item.Attributes', {})
        if replace:
            self.items = [i for i in self.items if i.attributes != attributes]
        self.n_made += 1
        item = Item(f'{COLLECTION}/i{self.n_made}', properties, value)
        self.items.append(item)
        self.register(item.path, 'Item')
        return GLib.Variant('(oo)', (item.path, '/'))

    def Item_Delete(self, path):
        if self.locked:
            raise Refused(S + 'Error.IsLocked', 'the item is locked')
        self.items.remove(self.item(path))
        return GLib.Variant('(o)', ('/',))

    def Item_GetSecret(self, path, session):
        if self.locked:
            raise Refused(S + 'Error.IsLocked', 'the item is locked')
        return GLib.Variant('((oayays))', (self.secret(self.item(path), session),))

    def Item_SetSecret(self, path, secret):
        self.item(path).secret = bytes(secret[2])

    def Session_Close(self, path):
        self.sessions.discard(path)

    # ---- prompts ----

    def prompt(self, done):
        self.n_made += 1
        path = f'{ROOT}/prompt/p{self.n_made}'
        self.register(path, 'Prompt')
        self.registered[path] = done
        return path

    def Prompt_Prompt(self, path, window):
        self.n_prompts += 1
        if self.denies:
            result = (True, GLib.Variant('ao', []))
        else:
            result = (False, self.registered[path]())
        GLib.idle_add(self.completed, path, result)

    def completed(self, path, result):
        # once: what gives back True is called again, for ever
        self.bus.emit_signal(None, path, S + 'Prompt', 'Completed', GLib.Variant('(bv)', result))
        return False

    def Prompt_Dismiss(self, path):
        self.bus.emit_signal(None, path, S + 'Prompt', 'Completed', GLib.Variant('(bv)', (True, GLib.Variant('ao', []))))

    # ---- what the test says ----

    def say(self, words):
        what = words[0]
        flags = {'lock': ('locked', True), 'unlock': ('locked', False), 'deny': ('denies', True), 'allow': ('denies', False), 'mangle': ('mangles', True),
                 'bare': ('bare', True), 'volatile': ('volatile', True), 'mute': ('mute', True)}
        if what in flags:
            setattr(self, *flags[what])
        elif what == 'die':
            self.die_in = int(words[1])
        elif what == 'forget':
            self.items = []
        elif what == 'items':
            return len(self.items)
        elif what == 'prompts':
            return self.n_prompts
        elif what == 'labels':
            return '|'.join(sorted(i.label for i in self.items))
        else:
            return 'what?'
        return 'ok'


def main():
    loop = GLib.MainLoop()
    bus = Gio.DBusConnection.new_for_address_sync(os.environ['DBUS_SESSION_BUS_ADDRESS'],
                                                  Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    service = Service(bus)

    def heard(channel, condition):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        print(service.say(line.split()), flush=True)
        return True

    def named(*unused):
        print('ready', flush=True)
    bus.connect('closed', lambda *unused: loop.quit())
    Gio.bus_own_name_on_connection(bus, 'org.freedesktop.secrets', Gio.BusNameOwnerFlags.NONE, named, None)
    GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, heard)
    loop.run()


if __name__ == '__main__':
    main()
