#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A week of use: the real window with 20,000 messages of three networks, restarted and killed, flooded, searched, away and back. By keyboard, where a person would.

With ROUNDTABLE_PICTURES=FOLDER pictures of it go there.
"""
import datetime
import os
import re
import time

from scenario import PROGRAM, free_port, tap
from accessible import poll
from harness import BROADCAST, WHISPER
from seeded import PATIENT, Home, Seeded

MESSAGES = 20000
FLOOD = 2000


class Week(Seeded):
    messages = MESSAGES

    # ---- reading ----

    def test_monday(self):
        """What is unread begins where it was left; one goes there and back; after that it is read, also after a restart."""
        w = self.begin()
        unread, other, none = self.week['unread']
        w.row(self.week['newest'])
        w.part('label', f'^{unread} unread messages$')
        w.network(f'^lab, .*, {other} unread messages$')
        self.assertNotIn('unread', w.network('^family, '))
        self.picture('monday')
        self.desk.press('alt+Home')
        w.row(self.week['first_unread'])
        seen = [words for _, words in w.on_view()]
        first = next(i for i, words in enumerate(seen) if self.week['first_unread'] in words)
        self.assertEqual(seen[first - 1], 'New messages', seen)
        poll('the keyboard to be there', lambda: 'focused' in w.row(self.week['first_unread']).states, PATIENT)
        self.picture('monday-unread')
        self.desk.press('alt+End')
        w.row(self.week['newest'])
        w.words('Dan.*Private.*: ' + self.week['secret'])
        # what was seen is read: elsewhere, too
        w.show('lab')
        poll('nothing unread', lambda: not any('unread' in n for n in w.networks()), PATIENT)
        self.quit()
        w = self.begin()
        w.row(self.week['newest'])
        self.assertIsNone(w.look('label', 'unread message'))
        self.assertFalse(any('unread' in n for n in w.networks()), w.networks())
        self.quit()

    def test_search(self):
        """Words find a message of last week, which is shown where it was said; the date leads elsewhere, and the end is where it was."""
        w = self.begin()
        w.row(self.week['newest'])
        self.desk.press('ctrl+shift+f')
        w.wait_dialog('Search messages')
        self.desk.type('"heron nests"')
        w.part('label', f'^Searched {MESSAGES} messages in 3 networks, from ')
        found = w.part('list', '^Messages found$')
        hits = poll('what was found', lambda: [n.name for n in found.find_all('list item')], PATIENT)
        self.assertEqual(len(hits), 1, hits)
        self.assertRegex(hits[0], f'Ben, Not verified: .*{self.week["original"]}.*club')
        self.picture('search')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.desk.press('ctrl+shift+f')
        w.wait_dialog('Search messages')
        self.desk.type('heron')
        found = w.part('list', '^Messages found$')
        poll('what was found', lambda: len(found.find_all('list item')) == 1, PATIENT)
        self.desk.press('Return')
        w.wait_no_dialog()
        w.row(self.week['original'])
        said = datetime.datetime.fromtimestamp(self.week['time'] / 1e6)
        w.day(f'{said:%A}, {said.day} {said:%B}|{said.day} {said:%B} {said:%Y}')
        self.picture('search-found')
        # the calendar begins with the day in view: a day to the left
        self.desk.press('ctrl+d')
        w.part(None, '^Date to go to$')
        self.desk.settle()
        self.picture('date')
        self.desk.press('Left', 'Return')
        before = said - datetime.timedelta(days=1)
        w.day(f'({before:%A}, {before.day} {before:%B}|{before.day} {before:%B} {before:%Y}|{before - datetime.timedelta(days=1):%A}, )')
        self.desk.press('alt+End')
        w.row(self.week['newest'])
        self.quit()

    # ---- replies ----

    def test_replies(self):
        """Public and private; each says what it answers, and leads there."""
        w = self.begin()
        # of days ago, to which the newest one leads
        w.row(self.week['newest']).find('button', re.compile('^Answers Ben: ' + self.week['original']), states=()).click()
        w.row(self.week['original'])
        self.picture('original')
        guest = self.guest('rt', self.ports['club'])
        w.network('^club, 1 peer')
        self.desk.press('alt+End')
        w.row(self.week['newest'])
        guest.do('send', packets=['Who has the key of the boathouse?'])
        w.answer('Who has the key', 'I have, come at six')
        guest.wait_message([BROADCAST, 'I have, come at six'])
        w.words('^You, .*Answers .*: Who has the key of the boathouse\\?.*Handed to 1 peer: I have, come at six')
        w.answer('Who has the key', 'And bring no cake', private=True)
        guest.wait_message([WHISPER, 'And bring no cake'])
        w.words('^You, .*Private to .*Answers .*: Who has the key.*: And bring no cake')
        guest.do('reply-last', packets=['None at all'])
        w.words('Private.*: None at all')
        self.picture('replies')
        self.quit()

    # ---- writing ----

    def draft(self):
        return self.home.ask('SELECT draft FROM chats JOIN networks ON network = uuid WHERE subnet = ?', 'club')

    def test_kill(self):
        """What was written with nobody there, and what was being written, is there after a kill; when somebody comes it goes out, once."""
        w = self.begin()
        w.row(self.week['newest'])
        w.say('Is anybody there?')
        w.words('^You, .*Queued: nobody is here; goes out when somebody comes: Is anybody there')
        self.desk.type('And half a thought')
        poll('the draft to be kept', lambda: self.draft() == 'And half a thought', PATIENT)
        self.picture('queued')
        self.kill()

        w = self.begin()
        w.words('Queued: nobody is here; goes out when somebody comes: Is anybody there')
        self.assertEqual(w.written(), 'And half a thought')
        guest = self.guest('rt', self.ports['club'])
        guest.wait_message([BROADCAST, 'Is anybody there?'])
        w.words('Handed to 1 peer: Is anybody there')
        # goes on where it was, and what comes behind it says that nothing came twice
        self.desk.press('ctrl+End')
        self.desk.type(' more\n')
        guest.wait_message([BROADCAST, 'And half a thought more'])
        poll('no draft to be kept', lambda: self.draft() is None, PATIENT)
        self.assertEqual(self.heard(guest, 'Is anybody there?'), 1)
        self.kill()

        w = self.begin()
        w.words('Handed to 1 peer: Is anybody there')
        # it may have found the way back by itself
        guest.ask('connect', addr='127.0.0.1', port=self.ports['club'])
        w.network('^club, 1 peer')
        w.say('Still here')
        guest.wait_message([BROADCAST, 'Still here'])
        self.assertEqual([self.heard(guest, t) for t in ('Is anybody there?', 'And half a thought more')], [1, 1])
        self.quit()

    def test_flood(self):
        """Thousands of messages at once: one writes on meanwhile, and nothing is lost."""
        w = self.begin()
        guest = self.guest('rt', self.ports['club'])
        w.network('^club, 1 peer')
        answers = [guest.begin('send', packets=[f'flood {i} of many']) for i in range(FLOOD // 2)]
        began = time.monotonic()
        w.say('I write on')
        guest.wait_message([BROADCAST, 'I write on'])
        print(f'a message written in the flood was with the other after {time.monotonic() - began:.2f} s')
        answers += [guest.begin('send', packets=[f'flood {i} of many']) for i in range(FLOOD // 2, FLOOD)]
        for answer in answers:
            self.assertTrue(answer()['ok'])
        w.row(f'flood {FLOOD - 1} of many')
        w.row(f'flood {FLOOD - 2} of many')
        self.picture('flood')
        self.quit()
        kept = "FROM messages JOIN chats ON chat = chats.id JOIN networks ON network = uuid WHERE subnet = 'club' AND text LIKE 'flood %'"
        self.assertEqual(self.home.ask(f'SELECT count(*) {kept}'), FLOOD)
        self.assertEqual(self.home.ask(f'SELECT count(DISTINCT text) {kept}'), FLOOD)

    # ---- notifications ----

    def notifications(self):
        from notifications import Notifications
        shown = Notifications(self.desk.env['DBUS_SESSION_BUS_ADDRESS'])
        self.addCleanup(shown.stop)
        return shown

    def test_notifications(self):
        """One for each network that is not before the eyes; a click shows the message; what was read, and what is muted, is not shown."""
        shown = self.notifications()
        w = self.begin()
        family = self.guest('rt', self.ports['family'], subnet='family')
        lab = self.guest('rt', self.ports['lab'], subnet='lab', cls='sync')
        club = self.guest('rt', self.ports['club'])
        for subnet in w.order:
            w.network(f'^{subnet}, 1 peer')
        # what is before the eyes needs none
        club.do('send', packets=['Seen as it comes'])
        w.row('Seen as it comes')
        family.do('send', packets=['Dinner at eight?'])
        first = shown.wait('Dinner at eight?')
        self.assertEqual(first['title'], 'family')
        family.do('send', packets=['Or at nine?'])
        both = shown.wait('Or at nine?')
        self.assertEqual(both['id'], first['id'], 'a network has one notification, which grows')
        self.assertIn('Dinner at eight?', both['body'])
        w.visit('family')
        shown.click(both['id'])
        w.shown_title('family')
        w.row('Dinner at eight?')
        shown.wait_withdrawn(both['id'])
        self.picture('notified')
        w.show('club')
        w.menu('family', 'Mute notifications')
        w.network('^family, .*muted$')
        family.do('send', packets=['Nobody hears of this'])
        w.network('^family, .*, 1 unread message, muted$')
        # a later one of another network comes behind it
        lab.do('send', packets=['The sample is done'])
        shown.wait('The sample is done')
        self.assertEqual(shown.ever('Nobody hears of this'), [])
        self.assertEqual(shown.ever('Seen as it comes'), [])
        self.picture('muted')
        self.quit()
        poll(f'nothing to be shown of a program that is gone, but {shown.open}', lambda: not shown.open, PATIENT)

    def test_click_when_closed(self):
        """A click at what the desktop still showed starts the program, at the message."""
        from gi.repository import Gio, GLib
        from chat import Chat
        self.app = self.desk.launch([PROGRAM, '--gapplication-service'], env={'G_DEBUG': 'fatal-criticals', 'GSETTINGS_BACKEND': 'keyfile'}, attach=False)

        def call(path, interface, method, args):
            return self.desk.bus.call_sync('org.freedesktop.DBus' if path is None else 'org.roundtable.Roundtable', path or '/org/freedesktop/DBus', interface, method,
                                           args, None, Gio.DBusCallFlags.NONE, PATIENT * 1000, None).unpack()
        poll('the program on the bus', lambda: call(None, 'org.freedesktop.DBus', 'NameHasOwner', GLib.Variant('(s)', ('org.roundtable.Roundtable',)))[0], PATIENT)
        target = GLib.Variant('(sxx)', (self.week['uuid'], self.week['time'], self.week['row']))
        call('/org/roundtable/Roundtable', 'org.freedesktop.Application', 'ActivateAction', GLib.Variant('(sava{sv})', ('show-message', [target], {})))
        self.app.attach()
        self.app.wait_active()
        w = self.window = Chat(self.desk, self.app)
        w.row(self.week['original'])
        self.quit()

    # ---- two of ours ----

    def test_away(self):
        """What was said while one was away is there afterwards: once, in its place, with a line that says so, and one notification."""
        shown = self.notifications()
        ada, eve, eve_port = self.two()
        ada.show('family')
        ada.say('Before I go')
        eve.words('^Ada, .*: Before I go')
        # somebody else, whom only Eve knows: what is said has to be heard by somebody
        guest = self.guest('rt', eve_port, subnet='family')
        eve.network('^family, 2 peers')
        self.quit()
        eve.network('^family, 1 peer')
        said = ['The soup is ready', 'It is getting cold', 'We begin without you']
        for text in said:
            eve.say(text)
            guest.wait_message([BROADCAST, text])
        guest.do('send', packets=['I have seen no soup'])
        eve.row('I have seen no soup')
        guest.kill()
        eve.network('^family, Looking')
        # what a node itself remembers it would hand on as news: it begins anew
        eve.desk.press('ctrl+q')
        self.assertEqual(eve.app.wait_exit(), 0, eve.app.output())
        eve = self.begin(eve.desk)
        eve.show('family')
        eve.row('I have seen no soup')
        # as if it had been longer: a minute is nothing to speak of
        self.home.tell('UPDATE chats SET last_seen = last_seen - 120 WHERE last_seen > 0')
        self.home.tell('UPDATE networks SET peers = ? WHERE subnet = ?', f'127.0.0.1:{eve_port}', 'family')

        ada = self.begin()
        ada.row(self.week['newest'])
        told = shown.wait('4 messages were said while you were away')
        self.assertEqual(len(shown.ever('while you were away')), 1)
        ada.network('^family, 1 peer, 4 unread messages$')
        ada.visit('family')
        shown.click(told['id'])
        ada.shown_title('family')
        ada.words('^You were away from .*: 4 messages were caught up$')
        ada.row('I have seen no soup')
        seen = [words for _, words in ada.on_view()]
        places = [next(i for i, words in enumerate(seen) if text in words) for text in ['You were away', *said, 'I have seen no soup']]
        self.assertEqual(places, sorted(places), seen)
        for text in ('Before I go', *said, 'I have seen no soup'):
            self.assertEqual(ada.count(text), 1, text)
        ada.words('^Eve.*told by .*: The soup is ready')
        shown.wait_withdrawn(told['id'])
        self.picture('caught-up')
        # and on it goes, with an answer that the other one's window shows as one
        ada.answer('The soup is ready', 'I had bread')
        eve.words('^Ada, .*Answers .*The soup is ready.*: I had bread')
        ada.words('Received by Eve: I had bread')
        self.picture('caught-up-eve', eve.desk)
        self.quit()

    def test_file(self):
        """A picture goes with a message, is shown there, and saved when asked for."""
        ada, eve, _ = self.two()
        ada.show('family')
        ada.network('^family, 1 peer')
        path = os.path.join(self.desk.dir, 'home', 'sketch.png')
        self.desk.tool('convert', '-size', '320x200', 'xc:#b05ac8', path)
        ada.composer()
        self.desk.press('ctrl+shift+a')
        ada.choose_file(path, False)
        ada.part('button', '^Do not send “sketch.png”$')
        ada.composer()
        self.desk.type('So it looks\n')
        row = eve.row('So it looks')
        poll('the file to be there', lambda: row.find(None, re.compile('^File sketch.png, '), states=()), PATIENT)
        # its colour is on the other one's screen, but not before he says so: he never answered who sent it
        colour = bytes((0xc8, 0x5a, 0xb0))
        poll('the picture to be offered', lambda: row.find('button', re.compile('^Show picture'), states=()), PATIENT).click()
        poll('the picture to be shown', lambda: any((colour + pad) * 100 in eve.desk.grab() for pad in (b'\0', b'\xff')), PATIENT)
        self.picture('file', eve.desk)
        self.picture('file-own')
        saved = os.path.join(eve.desk.dir, 'home', 'saved.png')
        row.find('button', re.compile('^Save as…$'), states=()).click()
        eve.choose_file(saved, True)

        def read(name):
            with open(name, 'rb') as f:
                return f.read()
        poll('the file to be saved', lambda: os.path.exists(saved) and read(saved) == read(path), PATIENT)
        self.quit()

    # ---- keys of the table ----

    def test_key(self):
        """A key that a message cites shows its value as it is now, and leads to the key, which knows of the message."""
        w = self.begin()
        guest = self.guest('rt', self.ports['lab'], subnet='lab', cls='sync')
        w.show('lab')
        w.pages = ['chat', 'table', 'peers', 'traffic']
        w.network('^lab, 1 peer')
        guest.do('set', key='meeting/place', value='The old mill')
        w.show_page('table')
        w.key('meeting/place: The old mill')
        w.composer()
        self.desk.type('Come to #meet')
        w.part('list', '^Keys of the table$')
        self.desk.press('Return')
        self.desk.type('and bring tea\n')
        guest.wait_message([BROADCAST, 'Come to #meeting/place and bring tea'])
        row = w.row('Come to #meeting/place')
        poll('the value', lambda: row.find('button', re.compile('^meeting/place: The old mill$'), states=()), PATIENT)
        guest.do('set', key='meeting/place', value='The new mill')
        chip = poll('the new value', lambda: row.find('button', re.compile('^meeting/place: The new mill$'), states=()), PATIENT)
        self.picture('key')
        chip.click()
        w.key('meeting/place: The new mill')
        w.part(None, 'Messages that cite it', ('RtTablePage',))
        self.picture('key-cited')
        self.quit()


if __name__ == '__main__':
    tap.main()
