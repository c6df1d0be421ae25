#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's own network (model-peer.c) beside the real originals, and beside roundtable-node: what it says besides the text (names, what a message
answers, receipts, histories) goes through them unseen and disturbs nobody."""
import base64
import os
import time
import unittest

from harness import BROADCAST, NOWHERE, WHISPER, NetworkTest, b, main, until
from rawpeer import frame

SENDING, HANDED, QUEUED = 1, 2, 5
APPLICATION, HISTORY_ASK = 0x5a, 4


class Beside(NetworkTest):
    def model(self, name, subnet):
        return self.start('model', '--name', name, subnet=subnet)

    def rows(self, model, text):
        return [row for row in model.do('rows') if row['text'] == text]

    def wait_row(self, model, text, matches=lambda row: True):
        """The row of the text, which is there once."""
        def found():
            rows = self.rows(model, text)
            self.assertLessEqual(len(rows), 1, rows)
            return rows[0] if rows and matches(rows[0]) else None
        return until(found, 'a row %r of %r' % (text, model))

    def heard(self, peer):
        with peer.changed:
            return [e['packets'] for e in peer.events if e['ev'] == 'message']


class Originals(Beside):
    """Ada and Bob, with an original between them through which all they hear of each other comes."""

    def between(self, kind):
        ada, bob = self.model('Ada', kind), self.model('Bob', kind)
        theirs = self.start(kind, *(['--out-addr', NOWHERE] if kind == 'py' else []), subnet=kind)
        # with nobody there it waits, and goes out once, when there is only an original
        ada.do('send', text='written alone')
        self.assertEqual(self.wait_row(ada, 'written alone')['delivery'], QUEUED)
        self.connect(ada, theirs)
        theirs.wait_message([BROADCAST, 'written alone'])
        row = self.wait_row(ada, 'written alone', lambda row: row['delivery'] == HANDED)
        self.assertEqual((row['links'], row['receipts']), (1, 0))
        self.connect(bob, theirs)

        # heard once, at both; an answer links there, by way of theirs
        theirs.do('send', packets=['hello'])
        hello = self.wait_row(ada, 'hello')
        self.assertEqual((hello['sender'], hello['own'], hello['private']), (theirs.id, False, False))
        self.wait_row(bob, 'hello')
        ada.do('send', text='an answer', reply=hello['id'])
        theirs.wait_message([BROADCAST, 'an answer'])
        answer = self.wait_row(bob, 'an answer', lambda row: row['preview'] is not None and row['name'] == 'Ada')
        self.assertEqual((answer['reply_to'], answer['preview'], answer['sender']), (hello['id'], 'hello', ada.id))
        # names and receipts find their way through an original, too
        until(lambda: ada.do('people').get(bob.id) == 'Bob', 'the name of Bob')
        self.wait_row(ada, 'an answer', lambda row: row['receipts'] == 1)

        # for one alone, there and back
        ada.do('send', text='for you alone', to=theirs.id)
        theirs.wait_message([WHISPER, 'for you alone'])
        self.wait_row(ada, 'for you alone', lambda row: row['delivery'] == HANDED)
        theirs.do('whisper', id=ada.id, packets=['and for you'])
        row = self.wait_row(ada, 'and for you')
        self.assertEqual((row['private'], row['sender'], row['receipts']), (True, theirs.id, 0))
        self.assertEqual(self.rows(bob, 'for you alone') + self.rows(bob, 'and for you'), [])

        bob.do('send', text='the last')
        theirs.wait_message([BROADCAST, 'the last'])
        self.wait_row(ada, 'the last')
        self.assertEqual(self.heard(theirs), [[BROADCAST, 'written alone'], [BROADCAST, 'an answer'], [WHISPER, 'for you alone'], [BROADCAST, 'the last']])
        for model in (ada, bob):
            texts = [row['text'] for row in model.do('rows')]
            self.assertEqual(len(texts), len(set(texts)), texts)
            self.assertNotIn('', texts)

    def test_py2p(self):
        self.between('py')

    def test_js2p(self):
        self.between('js')


class NoHistory(Beside):
    """roundtable-node is one of ours and tells no history: it is not asked, and nobody waits for it."""

    def test_roundtable_node(self):
        ada, bob, node = self.model('Ada', 'node'), self.model('Bob', 'node'), self.start('rt', subnet='node')
        node.do('watch', on=True)
        for i in range(5):
            bob.do('keep', text='said %d' % i, age=1800 - i)
        ada.do('away', seconds=3600)
        self.connect(ada, node)
        self.connect(ada, bob)
        self.assertEqual(ada.wait_event('caught-up')['messages'], 5)
        self.assertEqual([row['text'] for row in ada.do('rows') if row['told']], ['said %d' % i for i in range(5)])
        frames = [e['message']['packets'] for e in list(node.events) if e['ev'] == 'frame' and not e['outgoing'] and e['message']]
        said = [packets[2] for packets in frames if packets[0] == APPLICATION]
        self.assertNotEqual(said, [])
        self.assertNotIn(HISTORY_ASK, said)


class Private(Beside):
    """A network with a secret: who knows it is in, be it without a window; who does not, and every original, is kept out in words, and hears nothing."""

    SECRET = 'right-horse-battery'

    def private(self, name):
        return self.start('model', '--name', name, '--secret', self.SECRET, subnet='private')

    def outside(self, ada, other):
        """Whoever dials. Who comes in does so from a port where he does not listen, and from another of our addresses."""
        answer = ada.ask('connect', addr=other.host, port=other.port)
        self.assertFalse(answer['ok'])
        self.assertIn('The network at %s:%d has another secret' % (other.host, other.port), answer['error'])
        other.ask('connect', addr=ada.host, port=ada.port)
        until(lambda: other.do('routing_table')['table'] == [], 'nobody at %r' % other)
        self.assertIn('has another secret', ada.do('status'))

    def test_roundtable_node(self):
        ada = self.private('Ada')
        node = self.start('rt', '--encryption', 'SSL', '--secret', self.SECRET, subnet='private')
        wrong = self.start('rt', '--encryption', 'SSL', '--secret', 'wrong-horse-battery', subnet='private')
        none = self.start('rt', '--encryption', 'SSL', subnet='private')
        self.connect(ada, node)
        for other in (wrong, none):
            self.outside(ada, other)
        ada.do('send', text='among us')
        node.wait_message([BROADCAST, 'among us'])
        node.do('send', packets=['and back'])
        self.wait_row(ada, 'and back')
        for other in (wrong, none):
            self.assertEqual(self.heard(other), [])
        self.assertEqual([peer['id'] for peer in ada.do('routing_table')['table']], [node.id])

    def original(self, kind):
        ada, bob = self.private('Ada'), self.private('Bob')
        other = self.start(kind, '--encryption', 'SSL', *(['--out-addr', NOWHERE] if kind == 'py' else []), subnet='private')
        self.connect(bob, ada)
        self.outside(ada, other)
        ada.do('send', text='among us')
        self.wait_row(bob, 'among us')
        self.assertEqual(self.heard(other), [])
        self.assertEqual([peer['id'] for peer in ada.do('routing_table')['table']], [bob.id])

    def test_js2p(self):
        self.original('js')

    def test_py2p(self):
        self.original('py')


@unittest.skipUnless(os.environ.get('MODEL_DEEP') == '1', 'takes 70 s (MODEL_DEEP=1)')
class Asking(Beside):
    """A neighbour asks for every range in a loop, nearly as often as a link may whisper: the window says less than ten times what it hears."""

    def test_loop(self):
        ada, node = self.model('Ada', 'node'), self.start('rt', '--allow-raw', subnet='node')
        for i in range(100):
            ada.do('keep', text=base64.b64encode(os.urandom(30000)).decode(), age=1800 - i)
        self.connect(node, ada)
        began = time.monotonic()
        n = 0
        while time.monotonic() - began < 70:
            now = int(time.time())
            node.do('raw', id=ada.id, frame=b(frame(WHISPER, node.id, [APPLICATION, 1, HISTORY_ASK, n, now - 86400 + n % 3600, now, 1024, b''])))
            n += 1
            time.sleep(max(0, began + n / 200 - time.monotonic()))
        link = node.link_to(ada)
        heard, said = link['bytes_out'], link['bytes_in']
        print('%d questions in 70 s: %d bytes for %d, out/in %.2f' % (n, said, heard, said / heard))
        self.assertLess(said, 10 * heard)


if __name__ == '__main__':
    main()
