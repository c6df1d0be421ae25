#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""screenshots.py [--build DIR] [--out DIR]: the pictures of docs/screenshots, which README.md and the AppStream metainfo show, from the program itself.

The window, 1200 by 675, in a virtual display; of the person's past only the words are made up, everybody in the pictures is a program that takes part. They are named in
PICTURES, one a page; tests/data/test_desktop.py compares them with the metainfo.
"""
import argparse
import os
import re
import sys

SIZE = 1200, 675
PICTURES = ('chat', 'table', 'ring', 'peers', 'invite', 'traffic')

ADA, BEN, CLEO, DAN = 'Ada', 'Ben', 'Cleo', 'Dan'
# What was said last, from long ago to now: who, what, and how many before it is what is answered; private?
TALK = (
    (BEN, 'The boat is out of the water. Who has time on Saturday to look at the hull?', 0, False),
    (CLEO, 'I have. I bring the sanding blocks and the long ladder.', 0, False),
    (ADA, 'Me too, from ten on.', 2, False),
    (DAN, 'Then I make soup for four.', 0, False),
    (CLEO, 'For you alone: it is Ben’s birthday. I bake something.', 0, True),
    (BEN, 'What paint we have is in the table of the lab now.', 0, False),
    (CLEO, 'Is there any of the red one left?', 1, False),
    (ADA, 'Two tins, on the shelf behind the door.', 1, False),
    (DAN, 'Good. See you on Saturday!', 0, False),
)
KEYS = (('boat/paint', 'red, two tins'), ('boat/hull', 'sanded on Saturday'), ('meeting/place', 'The old boathouse'), ('lab/temperature', 21.5), ('lab/samples', [3, 'red', True]))
OWN_KEY = 'meeting/time', 'Saturday at ten'
# Kept as numbers by the store: RT_STORE_MESSAGE_OWN, _PRIVATE; RT_DELIVERY_HANDED
OWN, PRIVATE, HANDED = 1, 2, 2


def remember(home):
    """Puts the talk in the place of the newest messages of the club, and says that all of it was read."""
    db = home.open('rw')
    with db:
        chat, = db.execute("SELECT c.id FROM chats c JOIN networks n ON n.uuid = c.network WHERE n.subnet = 'club'").fetchone()
        people = dict(db.execute('SELECT name, id FROM people WHERE chat = ?', (chat,)))
        rows = db.execute('SELECT row, time, id FROM messages WHERE chat = ? ORDER BY time DESC, row DESC LIMIT ?', (chat, len(TALK))).fetchall()[::-1]
        for (row, _, _), (who, text, back, private), i in zip(rows, TALK, range(len(TALK))):
            own = who == ADA
            db.execute('UPDATE messages SET text = ?, sender = ?, sender_name = ?, flags = ?, delivery = ?, n_links = ?, reply_to = ?, recipient = NULL WHERE row = ?',
                       (text, 'You' if own else people[who], None if own else who, (OWN if own else 0) | (PRIVATE if private else 0), HANDED if own else 0, 3 if own else 0,
                        rows[i - back][2] if back else None, row))
            if own:
                db.executemany('INSERT OR REPLACE INTO receipts VALUES (?, ?, 0)', [(row, people[n]) for n in (BEN, CLEO, DAN)])
        # an address that others could have, so that none is missed
        db.execute("UPDATE networks SET encryption = 'SSL', out_address = '203.0.113.7:4444'")
        db.execute('UPDATE chats SET read_time = ?, read_row = ?, n_unread = 0, n_important = 0 WHERE id = ?', (rows[-1][1], rows[-1][0], chat))
    db.close()


class Pictures:
    def __init__(self, out):
        import harness
        from scenario import PROGRAM, free_port
        self.harness, self.program, self.free_port = harness, PROGRAM, free_port
        self.out, self.peers = out, []

    def guest(self, subnet, port, cls='mesh', n=1):
        found = []
        for _ in range(n):
            p = self.harness.Peer('rt', '--encryption', 'SSL', '--cls', cls, subnet=subnet)
            self.peers.append(p)
            found.append(p)
            p.do('connect', addr='127.0.0.1', port=port)
            self.harness.until(lambda p=p: [link for link in p.table() if link['addr']], f'{p!r} to be connected')
        return found

    def picture(self, name):
        """Of the main window, with what is in front of it."""
        self.desk.picture(self.app, os.path.join(self.out, name + '.png'), window=self.app.x_windows()[0])

    def take(self, desk, kept):
        from chat import Chat
        from seeded import Home
        self.desk = desk
        ports = {s: self.free_port() for s in ('club', 'lab', 'family')}
        remember(Home(desk, kept, **{s: (p, '') for s, p in ports.items()}))
        self.app = desk.launch([self.program], env={'GSETTINGS_BACKEND': 'keyfile'})
        self.app.wait_active()
        self.desk.resize(self.app, *SIZE)
        self.window = w = Chat(desk, self.app, ['club', 'lab', 'family', 'atlas'])
        w.network('^club, Looking')
        club = self.guest('club', ports['club'], n=3)
        lab = self.guest('lab', ports['lab'], 'sync', 2)
        self.guest('family', ports['family'])
        for name, peers in (('club', '3 peers'), ('lab', '2 peers'), ('family', '1 peer')):
            w.network(f'^{name}, {peers}')
        w.row(TALK[-1][1])
        # what was unread elsewhere is not what this is about
        w.show('lab')
        w.show('club')
        self.desk.settle()
        self.picture('chat')
        w.show_peers()
        self.picture('peers')
        w.press_button('Invite…')
        w.wait_dialog('Invite to “club”')
        self.picture('invite')
        self.desk.press('Escape')
        w.wait_no_dialog()
        self.traffic(club)
        self.table(lab)
        self.ring()

    def traffic(self, guests):
        w = self.window
        w.show_traffic()
        self.app.wait_for('search box', 'Filter frames', timeout=20)
        for i, text in enumerate(('Is the slipway free?', 'It is. Come with the high water.', 'On our way.')):
            guests[i].do('send', packets=[text])
        frames = self.app.wait_for('list', 'Frames')
        from accessible import poll
        # the last that comes by itself, and moves the others
        poll('the frames', lambda: len([n for n in frames.find_all('list item', states=()) if 'received' in n.name.lower()]) >= 3, 40)
        self.desk.settle()
        next(n for n in frames.find_all('list item') if n.name.startswith('In') and 'broadcast' in n.name.lower() and 'delivered' in n.name).click()
        self.picture('traffic')
        w.show_page('chat')

    def table(self, guests):
        w = self.window
        w.show('lab')
        w.pages = ['chat', 'table', 'peers', 'traffic']
        w.show_table()
        for i, (key, value) in enumerate(KEYS):
            guests[i % 2].do('set', key=key, value=value)
            w.key(key + ':')
        w.new_key(*OWN_KEY)
        w.key('boat/paint:').click()
        # what says that it is written goes by itself
        self.desk.press('alt+1')
        self.desk.settle()
        w.no_part('button', '^Undo$')
        w.show_table()
        self.picture('table')

    def ring(self):
        w = self.window
        port = self.free_port()
        w.show_peers()
        self.desk.press('ctrl+n')
        w.create_network(subnet='atlas', encryption='SSL', host='127.0.0.1', port=port, ring=True)
        w.show_ring()
        storing = self.guest('atlas', port, 'chord', 5)
        for p in storing:
            p.do('join')
        w.wait_ring('6 storing nodes')
        for i, (key, value) in enumerate((('library', 'Third shelf'), ('harbour', 'Berth 14'), ('tide', 5.2), ('lamps', 7))):
            storing[i].do('set', key=key, value=value)
            w.key(key + ': ')
        w.key('library: ').click()
        self.app.wait_for('tab', re.compile('Places')).click()
        w.wait_places('the value that counts', n=3)
        self.picture('ring')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--build', default='build')
    p.add_argument('--out', default='docs/screenshots')
    args = p.parse_args()
    os.environ['ROUNDTABLE_BUILD'] = os.path.abspath(args.build)
    out = os.path.abspath(args.out)
    os.makedirs(out, exist_ok=True)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import subprocess
    import tempfile
    import scenario
    from seeded import SEED
    from uidrive import Session
    scenario.require_desktop()
    pictures = Pictures(out)
    try:
        with tempfile.TemporaryDirectory() as kept, Session() as desk:
            # so many that a few minutes lie between two
            subprocess.run([SEED, kept, ADA, '4000'], check=True, stdout=subprocess.DEVNULL)
            pictures.take(desk, kept)
            desk.press('ctrl+q')
            if pictures.app.wait_exit() != 0:
                raise AssertionError(f'Roundtable did not end well:\n{pictures.app.output()}')
    finally:
        for peer in pictures.peers:
            peer.kill()
    for name in PICTURES:
        path = os.path.join(out, name + '.png')
        subprocess.run(['convert', path, '-strip', '-define', 'png:compression-level=9', path], check=True)
        print(os.path.relpath(path))
    return 0


if __name__ == '__main__':
    sys.exit(main())
