#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo.py [--build DIR] [--out DIR]: Roundtable's window in a virtual display talks with two programs.

One is a js2p node where npm brought it, the other a roundtable-node; with no js2p both are ours. Keys are typed and buttons clicked as a
person would. What is written with nobody there goes out when the first one comes; one is answered, a picture is sent, words are searched for. Then it makes a network with a shared table, which it edits together with a roundtable-node and, where it is, a script of py2p;
and one with a distributed table, whose values are at the window, two roundtable-nodes and, where they are, scripts of py2p and js2p.
Leaves in DIR: chat.png, peers.png, table.png and ring.png, -dark and -narrow variants, queued.png, search.png, table-editor.png, ring-nodes.png, and transcript.txt:
who said what, and who heard it.
"""
import argparse
import os
import re
import shutil
import sys
import time

OWN_NAME = 'Ada'
SUBNET = 'round-table'
TABLE = 'facts'
RING = 'atlas'
EARLY = 'Nobody here yet? Then this waits for you.'
TALK = (
    (1, 'Good evening! This is a js2p program. Is anybody there?'),
    (0, 'Hello js2p, Roundtable here. I can read you well.'),
    (2, 'And a roundtable-node without a window. The tea is ready.'),
    (1, 'No server, no account, and we still found each other.'),
    (0, 'So we did. Tea at eight, then?'),
    (2, 'At eight.'),
)


class Demo:
    def __init__(self, scenario, out):
        self.scenario, self.out = scenario, out
        self.peers, self.lines = [], []

    def note(self, line):
        stamp = time.strftime('%H:%M:%S')
        self.lines.append(f'{stamp}  {line}')
        print(line, flush=True)

    def name(self, i):
        return f'{OWN_NAME} (Roundtable)' if i == 0 else f'{self.peers[i - 1].id[:8]}… ({self.kinds[i - 1]})'

    def start(self, desk):
        from chat import Chat
        import harness
        self.desk = desk
        self.app = desk.launch([self.scenario.PROGRAM], env={'GSETTINGS_BACKEND': 'keyfile'})
        self.app.wait_active()
        self.window = Chat(desk, self.app, (SUBNET, TABLE, RING))
        self.port = self.scenario.free_port()
        self.window.first_run(OWN_NAME)
        self.window.create_network(subnet=SUBNET, host='127.0.0.1', port=self.port)
        self.note(f'Roundtable made the network “{SUBNET}”, encrypted, and listens on 127.0.0.1:{self.port}.')

        self.window.say(EARLY)
        self.window.words('Queued: nobody is here; goes out when somebody comes')
        self.desk.picture(self.app, os.path.join(self.out, 'queued.png'))
        self.note(f'{OWN_NAME} (Roundtable), with nobody there: {EARLY}    [queued]')

        js2p = shutil.which('node') and os.path.isdir(os.environ['JS2P_DIR'])
        if not js2p:
            self.note('There is no js2p here: a second roundtable-node takes its part.')
        self.kinds = ['js2p' if js2p else 'roundtable-node', 'roundtable-node']
        for i, kind in enumerate(('js' if js2p else 'rt', 'rt')):
            p = harness.Peer(kind, '--encryption', 'SSL', subnet=SUBNET)
            self.peers.append(p)
            p.do('connect', addr='127.0.0.1', port=self.port)
            harness.until(lambda: [link for link in p.table() if link['addr']], f'{p!r} to be connected')
            # it knows us; now until we know it, for only then is what others say handed on to it
            self.window.wait_network(f'{SUBNET}, {"1 peer" if i == 0 else "2 peers"}')
            self.note(f'{self.name(i + 1)} connected from {p.host}:{p.port}.')
            if i == 0:
                p.wait_message([0, EARLY])
                self.window.words('Handed to 1 peer: ' + re.escape(EARLY))
                self.note(f'What had waited went out.    [heard by {kind if kind == "rt" else "js2p"}]')

    def talk(self):
        for who, text in TALK:
            if who and self.kinds[who - 1] != 'js2p':
                text = text.replace('This is a js2p program', 'This is a roundtable-node')
            text = text if 'js2p' in self.kinds else text.replace('Hello js2p', 'Hello')
            marks = [p.mark() for p in self.peers]
            if who == 0:
                self.window.say(text)
            else:
                self.peers[who - 1].do('send', packets=[text])
            self.window.message(text)
            heard = ['the window']
            for i, p in enumerate(self.peers):
                if i + 1 != who:
                    p.wait_message([0, text], marks[i])
                    heard.append(self.kinds[i])
            self.note(f'{self.name(who)}: {text}    [shown or heard by {", ".join(heard)}]')

    def whisper(self):
        self.window.reply_privately(TALK[0][1] if self.kinds[0] == 'js2p' else 'Is anybody there?', 'Just between us: bring biscuits.')
        self.peers[0].wait_message([2, 'Just between us: bring biscuits.'])
        self.note(f'{self.name(0)}, privately to {self.kinds[0]}: Just between us: bring biscuits.')
        self.peers[0].do('reply-last', packets=['I will.'])
        self.window.message('I will.')
        self.note(f'{self.name(1)}, privately: I will.')

    def answer(self):
        """In programs that know nothing of answers it is a plain message."""
        text = 'Then I put the kettle on.'
        self.window.answer('The tea is ready', text)
        for p in self.peers:
            p.wait_message([0, text])
        self.window.words('Answers .*The tea is ready.*: ' + re.escape(text))
        self.note(f'{self.name(0)}, answering: {text}')

    def send_picture(self):
        """Other programs read its name and size."""
        path = os.path.join(self.desk.dir, 'home', 'table.png')
        self.desk.tool('convert', '-size', '240x150', 'gradient:#8ff0a4-#1a5fb4', path)
        self.window.composer()
        self.desk.press('ctrl+shift+a')
        self.window.choose_file(path, False)
        self.window.part('button', '^Do not send “table.png”$')
        self.window.composer()
        self.desk.type('Where we sit\n')
        self.window.row('Where we sit')
        heard = self.peers[0].wait(lambda e: e['ev'] == 'message' and str(e['packets'][1]).startswith('Where we sit'), 'the picture')
        self.note(f'{self.name(0)} sent a picture.    [{self.kinds[0]} reads: {heard["packets"][1]!r}]')

    def search(self):
        self.desk.press('ctrl+shift+f')
        self.window.wait_dialog('Search messages')
        self.desk.type('tea')
        self.window.part('label', '^Searched ')
        self.desk.picture(self.app, os.path.join(self.out, 'search.png'))
        self.desk.press('Escape')
        self.window.wait_no_dialog()
        self.note('Searched for “tea”.')

    def table(self):
        """Three programs edit one table; who holds a key is told to the one who would change it."""
        import harness
        port = self.scenario.free_port()
        self.desk.press('ctrl+n')
        self.window.create_network(subnet=TABLE, encryption='Plaintext', host='127.0.0.1', port=port, table=True)
        self.window.show_table()
        self.note(f'Roundtable made the network “{TABLE}”, with a shared table, on 127.0.0.1:{port}.')
        kinds = ['rt', 'py'] if harness.missing_peers() is None else ['rt', 'rt']
        editors = []
        for i, kind in enumerate(kinds):
            p = harness.Peer(kind, '--cls', 'sync', '--encryption', 'Plaintext', subnet=TABLE)
            self.peers.append(p)
            editors.append(p)
            p.do('connect', addr='127.0.0.1', port=port)
            self.window.wait_network(f'{TABLE}, {"1 peer" if i == 0 else "2 peers"}')
        names = {'rt': 'roundtable-node', 'py': 'py2p'}
        for who, key, value in ((0, 'meeting/place', 'The old mill'), (1, 'lab/temperature', 21.5), (1, 'lab/python', 'Hello from a script'),
                                (0, 'lab/samples', [3, 'red', True])):
            editors[who].do('set', key=key, value=value)
            self.window.key(f'{key}: ')
            self.note(f'{names[kinds[who]]} wrote {key} = {value!r}    [shown in the window]')
        for key, value in (('meeting/time', 'At eight'), ('meeting/bring', 'biscuits')):
            self.window.new_key(key, value)
            for p in editors:
                harness.until(lambda p=p, key=key: (a := p.ask('get', key=key))['ok'] and a['value'] is not None, f'{p!r} to have {key}')
            self.note(f'{OWN_NAME} (Roundtable) wrote {key} = {value!r}    [read by {", ".join(names[k] for k in kinds)}]')
        self.window.key('meeting/place: ').click()
        self.desk.settle()
        self.desk.picture(self.app, os.path.join(self.out, 'table.png'))
        self.desk.press('Return')
        self.desk.settle()
        self.desk.press('ctrl+a')
        self.desk.type('Under the bridge')
        editors[0].do('set', key='meeting/place', value='The new mill')
        self.window.wait_alert('has changed it while you edit it', timeout=20)
        self.desk.picture(self.app, os.path.join(self.out, 'table-editor.png'))
        self.note('roundtable-node changed meeting/place while Ada was typing another: both stand side by side, nothing is overwritten.')
        self.desk.press('Escape')
        self.desk.settle()
        self.desk.set_dark(True)
        self.desk.picture(self.app, os.path.join(self.out, 'table-dark.png'))
        self.desk.set_dark(False)
        width, height = self.window.size()
        self.desk.resize(self.app, 360, 640)
        self.desk.picture(self.app, os.path.join(self.out, 'table-narrow.png'))
        self.desk.resize(self.app, width, height)

    def ring(self):
        """Each value is at five places, on whatever program stores there; what one wrote all read."""
        import harness
        port = self.scenario.free_port()
        # the narrow window may still be at the table, where Ctrl+N is a new key
        self.window.show_peers()
        self.desk.press('ctrl+n')
        self.window.create_network(subnet=RING, encryption='Plaintext', host='127.0.0.1', port=port, ring=True)
        self.window.show_ring()
        self.note(f'Roundtable made the network “{RING}”, with a distributed table, on 127.0.0.1:{port}.')
        kinds = ['rt', 'rt'] + (['py', 'js'] if harness.missing_peers() is None else [])
        names = {'rt': 'roundtable-node', 'py': 'py2p', 'js': 'js2p'}
        storing = []
        for i, kind in enumerate(kinds):
            p = harness.Peer(kind, '--cls', 'chord', '--encryption', 'Plaintext', subnet=RING)
            self.peers.append(p)
            storing.append(p)
            # before its first link: py2p's join disturbs what its other thread is decoding
            p.do('join')
            p.do('connect', addr='127.0.0.1', port=port)
            self.window.wait_network(f'{RING}, {i + 1} peer')
            self.window.wait_ring(f'{i + 2} storing nodes')
            self.note(f'{names[kind]} joined the ring.')
        for i, kind in enumerate(kinds):
            key = f'{names[kind]}/{i}'
            self.set_and_read(storing[i], names[kind], key, f'stored by {names[kind]}', storing, names, kinds)
        self.window.new_key('library', 'Third shelf')
        self.read_by_all('library', 'Third shelf', storing, names, kinds, f'{OWN_NAME} (Roundtable)')
        self.window.key('library: ').click()
        self.app.wait_for('tab', re.compile('Places')).click()
        self.window.wait_places('the value that counts', n=3)
        self.desk.picture(self.app, os.path.join(self.out, 'ring.png'))
        self.note('The five places of “library”: ' + '; '.join(self.window.places()))
        self.app.wait_for('tab', re.compile('Nodes')).click()
        self.desk.settle()
        self.desk.picture(self.app, os.path.join(self.out, 'ring-nodes.png'))
        self.note('The ring: ' + '; '.join(self.window.nodes()))
        self.app.wait_for('tab', re.compile('Places')).click()
        self.desk.set_dark(True)
        self.desk.picture(self.app, os.path.join(self.out, 'ring-dark.png'))
        self.desk.set_dark(False)
        self.desk.resize(self.app, 360, 640)
        self.desk.press('F6')
        self.desk.settle()
        self.desk.picture(self.app, os.path.join(self.out, 'ring-narrow.png'))

    def set_and_read(self, writer, name, key, value, storing, names, kinds):
        writer.do('set', key=key, value=value)
        self.window.key(f'{key}: {value}', timeout=40)
        self.read_by_all(key, value, storing, names, kinds, name)

    def read_by_all(self, key, value, storing, names, kinds, who):
        import chords
        import harness
        readers, others = [], []
        for p, kind in zip(storing, kinds):
            try:
                harness.until(lambda p=p: chords.read(p, key) == value, f'{p!r} to have {key}')
                readers.append(names[kind])
            except AssertionError:
                # Of the originals each takes places for its own that belong to a node of which it never heard.
                if kind == 'rt':
                    raise
                others.append(names[kind])
        found = f'[read by {", ".join(readers)}' + (f'; not found by {", ".join(others)}' if others else '') + ']'
        self.note(f'{who} wrote {key} = {value!r}    {found}')

    def pictures(self):
        def both(suffix):
            self.window.show_chat()
            self.desk.picture(self.app, os.path.join(self.out, f'chat{suffix}.png'))
            self.window.show_peers()
            self.desk.picture(self.app, os.path.join(self.out, f'peers{suffix}.png'))
        both('')
        self.desk.set_dark(True)
        both('-dark')
        self.desk.set_dark(False)
        width, height = self.window.size()
        self.desk.resize(self.app, 360, 640)
        both('-narrow')
        self.desk.resize(self.app, width, height)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--build', default='build')
    p.add_argument('--out', default='build/demo')
    args = p.parse_args()
    os.environ['ROUNDTABLE_BUILD'] = os.path.abspath(args.build)
    out = os.path.abspath(args.out)
    os.makedirs(out, exist_ok=True)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import scenario
    from uidrive import Session
    scenario.require_desktop()
    demo = Demo(scenario, out)
    try:
        with Session() as desk:
            demo.start(desk)
            demo.talk()
            demo.whisper()
            demo.answer()
            demo.send_picture()
            demo.search()
            demo.pictures()
            demo.table()
            demo.ring()
            desk.press('ctrl+q')
            if demo.app.wait_exit() != 0:
                raise AssertionError(f'Roundtable did not end well:\n{demo.app.output()}')
    finally:
        for peer in demo.peers:
            peer.kill()
    with open(os.path.join(out, 'transcript.txt'), 'w', encoding='utf-8') as f:
        f.write('\n'.join(demo.lines) + '\n')
    print(f'\nPictures and the transcript are in {args.out}:')
    for name in sorted(os.listdir(out)):
        print(f'  {os.path.join(args.out, name)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
