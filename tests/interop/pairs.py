# SPDX-License-Identifier: GPL-3.0-or-later
"""What any two nodes, one of them ours and one an original, must be able to do. test_js2p.py and test_py2p.py run it."""
import itertools
import random
import tempfile

from harness import BROADCAST, METHODS, WHISPER, Peer, b, until

# Values that every implementation has in common, as both sides print them.
COMMON_VALUES = [
    None, True, False, 0, 1, 127, 128, 255, 256, 65535, 65536, 2147483647, -1, -32, -33, -128, -129, -32768, -32769, -2147483648,
    1.5, -2.25, 3.141592653589793, 5e-324, 1.0e-300,
    '', 'a', 'a' * 31, 'a' * 32, 'a' * 255, 'a' * 256, 'a' * 60000, 'Zwölf Boxkämpfer', '日本語', '😀👩‍👩‍👧', 'line\nline\t"quote" \\',
    {'$b': ''}, b('abc'), {'$b': ''.join('%02x' % i for i in range(256))}, {'$b': 'ff' * 60000},
    [], [1, 'x', b('x'), None, [True, [1.5, []]]], list(range(100)),
    {'$m': []}, {'$m': [['key', 'value']]}, {'$m': [['a', {'$m': [['b', [b('deep'), 5]]]}], ['n', None]]},
]
# A message that unpacks to more than 64 KiB may not unpack to more than 256 times itself (security.md R2), so what is longer
# has to be less regular.
def noise(length, seed):
    """Text that no compression makes much smaller."""
    return ''.join(random.Random(seed).choices('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', k=length))


LONG_VALUES = [noise(65536, 1), b(noise(65536, 2)), [noise(100, i) for i in range(1000)]]
# A str and a bin with the same bytes are two things.
SUBFLAGS = ['custom', b('custom'), 0x31, 0x70, 255, 65536, -7, 1.5, ['list', 1], {'$m': [['a', 'map']]}]


class Conversation:
    """One of ours and one original, linked once for all the tests of a class. we_dial says who dialled."""
    kind = None
    encryption = 'Plaintext'
    we_dial = True
    limits = ()
    # What becomes of a value at the original, or on its way back, where it is not the same.
    there = {}
    back = {}

    @classmethod
    def setUpClass(cls):
        args = ('--encryption', cls.encryption)
        cls.ours, cls.theirs = Peer('rt', *args, *('--limit=' + limit for limit in cls.limits)), None
        cls.addClassCleanup(cls.ours.kill)
        cls.theirs = Peer(cls.kind, *args)
        cls.addClassCleanup(cls.theirs.kill)
        dialler, other = (cls.ours, cls.theirs) if cls.we_dial else (cls.theirs, cls.ours)
        cls.dialled = dialler.dial(other)
        cls.ours.wait_link(cls.theirs)
        cls.theirs.wait_link(cls.ours)

    def setUp(self):
        super().setUp()
        self.peers += [self.ours, self.theirs]
        self.links.append((self.ours, self.theirs))
        self.assert_links_up()
        self.since_ours, self.since_theirs = self.ours.mark(), self.theirs.mark()

    def at_theirs(self, packets):
        return self.theirs.wait_message(packets, self.since_theirs)

    def at_ours(self, packets):
        return self.ours.wait_message(packets, self.since_ours)

    def test_both_know_the_link(self):
        link = self.ours.link_to(self.theirs)
        self.assertEqual(link['outgoing'], self.we_dial)
        self.assertEqual(link['encryption'], self.encryption)
        self.assertEqual(link['addr'], [self.theirs.host, self.theirs.port])
        self.assertEqual(link['compression'], self.theirs.ready['compression'])
        link = self.theirs.link_to(self.ours)
        self.assertEqual(link['outgoing'], not self.we_dial)
        self.assertEqual(link['addr'], [self.ours.host, self.ours.port])
        if self.we_dial:
            self.assertIs(self.dialled, True)
        # One entry each, however many handshakes there were: js2p sends two (wire-protocol.md 3.3), and files an id that
        # comes as bytes anew each time (quirk J1), which is why ours goes out as a str.
        self.assertEqual(len(self.ours.table()), 1)
        self.assertEqual(len(self.theirs.table()), 1)
        self.assertEqual(self.ours.do('routing_table')['awaiting'], [])
        self.assertEqual(self.theirs.do('routing_table')['awaiting'], [])

    def test_broadcast_both_ways(self):
        self.assertEqual(self.ours.do('send', packets=['hello from ours']), 1)
        self.assertEqual(self.at_theirs([BROADCAST, 'hello from ours'])['sender'], self.ours.id)
        self.theirs.do('send', packets=['hello from theirs'])
        message = self.at_ours([BROADCAST, 'hello from theirs'])
        self.assertEqual(message['sender'], self.theirs.id)

    def test_large_messages_both_ways(self):
        for size in (70000, 300000):
            text = noise(size, size)
            self.ours.do('send', packets=[text])
            self.at_theirs([BROADCAST, text])
            self.theirs.do('send', packets=[text + '.'])
            self.at_ours([BROADCAST, text + '.'])

    def test_many_messages_both_ways_in_order(self):
        # py2p loses a link when four bytes of the next frame are all that is in its buffer (quirk B2), js2p hangs over a plain
        # body that begins like zlib data: what we send must not come to that, however many messages come at once, of whatever
        # length. (Not more, for the originals' list of what they have seen makes them slower with each.)
        for turn, size in enumerate((64, 77, 1000)):
            start = 2000 * turn
            self.ours.do('burst', n=400, size=size, start=start)
            self.at_theirs([BROADCAST, '%08d' % (start + 399) + 'x' * (size - 8)])
            got = [int(e['packets'][1][:8]) for e in self.theirs.events[self.since_theirs:] if e['ev'] == 'message']
            self.assertEqual(got[-400:], list(range(start, start + 400)))
        self.theirs.do('burst', n=400, size=64, start=50000)
        self.at_ours([BROADCAST, '%08d' % 50399 + 'x' * 56])
        got = [int(e['packets'][1][:8]) for e in self.ours.events[self.since_ours:] if e['ev'] == 'message']
        self.assertEqual(got, list(range(50000, 50400)))

    def test_every_value_both_ways(self):
        for i, value in enumerate(self.values()):
            if self.has_failed():
                break           # one that broke the link has broken it for all that follow
            with self.subTest(value=str(value)[:60]):
                since_theirs, since_ours = self.theirs.mark(), self.ours.mark()
                self.ours.do('send', packets=['out %d' % i, value])
                got = self.theirs.wait(lambda e: e['ev'] == 'message' and e['packets'][:2] == [BROADCAST, 'out %d' % i],
                                       'message out %d' % i, since_theirs)
                self.assertTyped(got['packets'][2], self.there.get(str(value), value))
                self.theirs.do('send', packets=['back %d' % i, value])
                got = self.ours.wait(lambda e: e['ev'] == 'message' and e['packets'][:2] == [BROADCAST, 'back %d' % i],
                                     'message back %d' % i, since_ours)
                self.assertTyped(got['packets'][2], self.back.get(str(value), value))

    def values(self):
        return COMMON_VALUES + LONG_VALUES

    def assertTyped(self, got, wanted):
        """Equal, and 1 is not True and not 1.0."""
        self.assertEqual(got, wanted)
        self.assertEqual(repr(got), repr(wanted))

    def test_messages_of_several_packets(self):
        packets = ['one', b('two'), 3, None, ['four'], {'$m': [['five', 5]]}, True]
        self.ours.do('send', packets=packets)
        self.at_theirs([BROADCAST] + packets)
        self.theirs.do('send', packets=packets + ['back'])
        self.at_ours([BROADCAST] + packets + ['back'])
        self.ours.do('send', packets=[])
        self.at_theirs([BROADCAST])
        self.theirs.do('send', packets=[])
        self.at_ours([BROADCAST])
        many = ['%d' % i for i in range(300)]
        self.ours.do('send', packets=many)
        self.at_theirs([BROADCAST] + many)
        self.theirs.do('send', packets=many + ['back'])
        self.at_ours([BROADCAST] + many + ['back'])

    def test_whisper_both_ways(self):
        self.assertIs(self.ours.do('whisper', id=self.theirs.id, packets=['psst', 1]), True)
        self.assertEqual(self.at_theirs([WHISPER, 'psst', 1])['sender'], self.ours.id)
        self.theirs.do('whisper', id=self.ours.id, packets=['psst back', 2])
        self.assertEqual(self.at_ours([WHISPER, 'psst back', 2])['sender'], self.theirs.id)

    def test_reply_both_ways(self):
        self.ours.do('send', packets=['question'])
        self.at_theirs([BROADCAST, 'question'])
        self.theirs.do('reply-last', packets=['answer', 42])
        self.assertEqual(self.at_ours([WHISPER, 'answer', 42])['sender'], self.theirs.id)
        self.theirs.do('send', packets=['other question'])
        self.at_ours([BROADCAST, 'other question'])
        self.assertIs(self.ours.do('reply-last', packets=['other answer', 43]), True)
        self.assertEqual(self.at_theirs([WHISPER, 'other answer', 43])['sender'], self.ours.id)
        # and back and forth
        self.theirs.do('reply-last', packets=['to an answer'])
        self.at_ours([WHISPER, 'to an answer'])
        self.ours.do('reply-last', packets=['and so on'])
        self.at_theirs([WHISPER, 'and so on'])

    def test_subflags_of_their_own_reach_us(self):
        for i, subflag in enumerate(SUBFLAGS):
            with self.subTest(subflag=str(subflag)):
                self.theirs.do('send', packets=['own %d' % i], type=subflag)
                self.assertTyped(self.at_ours([subflag, 'own %d' % i])['packets'][0], subflag)

    def test_subflags_of_our_own_do_them_no_harm(self):
        # They have no handler for them; that they live on shows in the broadcast that follows.
        for i, subflag in enumerate(SUBFLAGS):
            self.ours.do('send', packets=['own %d' % i], type=subflag)
            self.ours.do('send', packets=['own %d' % i], type=subflag, flag=WHISPER)
        self.ours.do('send', packets=['still there?'])
        self.at_theirs([BROADCAST, 'still there?'])


class Compressions:
    """Each method that both have, and none. ways: the methods' names, or 'none'."""
    kind = None
    methods = ()

    def check(self, ours, theirs, out, back):
        one = self.start('rt', '--compression', ours)
        other = self.start(self.kind, '--compression', theirs)
        self.connect(one, other)
        self.assertEqual(one.link_to(other)['sending'], METHODS.get(out, 0))
        text = noise(500, 1) * 20
        one.do('send', packets=[text])
        other.wait_message([BROADCAST, text])
        other.do('send', packets=[text + '.'])
        one.wait_message([BROADCAST, text + '.'])
        one.do('whisper', id=other.id, packets=['short'])
        other.wait_message([WHISPER, 'short'])
        # Each direction with its own choice shows in what crossed the wire: 10 000 characters of twenty equal pieces.
        link = one.link_to(other)
        for way, count in ((out, link['bytes_out']), (back, link['bytes_in'])):
            if way == 'none':
                self.assertGreater(count, 10000)
            elif way in ('zlib', 'gzip', 'bz2', 'lzma'):
                self.assertLess(count, 6000, way)

    def test_each_method(self):
        for method in self.methods:
            with self.subTest(method=method):
                self.check(method, method, method, method)

    def test_none(self):
        self.check('none', 'none', 'none', 'none')

    def test_nothing_in_common(self):
        self.check('gzip', 'zlib', 'none', 'none')

    def test_one_understands_nothing(self):
        self.check('zlib,gzip', 'none', 'none', 'none')
        self.check('none', 'zlib,gzip', 'none', 'none')

    def test_each_sends_with_the_first_of_its_own(self):
        self.check('zlib,gzip', 'gzip,zlib', 'zlib', 'gzip')
        self.check('gzip,zlib', 'zlib,gzip', 'gzip', 'zlib')


class Beginnings:
    """Dials that end well and badly, and nodes that come back."""
    kind = None

    def test_wrong_subnet_we_dial(self):
        one, other = self.start('rt'), self.start(self.kind, subnet='elsewhere')
        got = one.ask('connect', addr=other.host, port=other.port)
        self.assertFalse(got['ok'])
        self.assertEqual(got['code'], 'P2P_LINK_ERROR_WRONG_NETWORK')
        self.assertEqual(one.wait_event('link-failed')['addr'], [other.host, other.port])
        self.assertEqual(one.table(), [])
        self.assertEqual(other.table(), [])

    def test_wrong_subnet_they_dial(self):
        one, other = self.start('rt'), self.start(self.kind, subnet='elsewhere')
        other.dial(one)
        self.assertEqual(one.wait_event('link-failed')['code'], 'P2P_LINK_ERROR_WRONG_NETWORK')
        self.assertEqual(one.table(), [])
        self.assertEqual(one.do('routing_table')['awaiting'], [])

    def test_wrong_encryption(self):
        one, other = self.start('rt', '--encryption', 'SSL'), self.start(self.kind)
        got = one.ask('connect', addr=other.host, port=other.port)
        self.assertFalse(got['ok'])
        self.assertIn(got['code'], ('P2P_LINK_ERROR_TLS', 'P2P_LINK_ERROR_CLOSED_BY_PEER'))
        self.may_lose.add(other)        # what arrives is no frame, and it says so

    def test_dialled_with_the_right_and_a_wrong_id(self):
        one, other = self.start('rt'), self.start(self.kind)
        self.assertIs(one.do('connect', addr=other.host, port=other.port, id=other.id), True)
        self.expect_link(one, other)
        third = self.start('rt')
        got = third.ask('connect', addr=other.host, port=other.port, id=one.id)
        self.assertEqual(got['code'], 'P2P_LINK_ERROR_WRONG_ID')

    def test_restart_with_the_same_id(self):
        other = self.start(self.kind)
        with tempfile.TemporaryDirectory() as state:
            first = self.start('rt', '--state', state)
            self.connect(other, first)
            self.links.clear()
            address = (first.host, first.port)
            self.assertEqual(first.leave(), 0)
            self.peers.remove(first)
            second = self.start('rt', '--state', state, address=address)
            self.assertEqual(second.id, first.id)
            self.connect(second, other)
            second.do('send', packets=['back again'])
            self.assertEqual(other.wait_message([BROADCAST, 'back again'])['sender'], first.id)
            other.do('reply-last', packets=['welcome'])
            second.wait_message([WHISPER, 'welcome'])

    def test_they_leave_and_come_back(self):
        one, other = self.start('rt'), self.start(self.kind)
        one.dial(other)
        one.wait_link(other)
        other.kill()
        self.peers.remove(other)
        gone = one.wait_event('peer-removed')
        self.assertEqual(gone['id'], other.id)
        self.assertTrue(gone['reason'])
        self.may_lose.add(one)
        again = self.start(self.kind)
        self.connect(again, one)
        again.do('send', packets=['here again'])
        one.wait_message([BROADCAST, 'here again'])
        self.assertEqual(one.count('connect'), 2)

    def test_both_dial(self):
        # js2p keeps both links (J4); py2p ends one, and in the course of that now and then the other too (B7), and needs a moment
        # to notice. Whatever it does, we end up with one link at most, and a new dial does where there is none.
        one, other = self.start('rt'), self.start(self.kind)
        dial = one.begin('connect', addr=other.host, port=other.port)
        other.ask('connect', addr=one.host, port=one.port)
        dial()
        self.may_lose.update((one, other))
        tries = itertools.count()

        def talk():
            if one.link_to(other) is None:
                one.ask('connect', addr=other.host, port=other.port)
            words = 'try %d' % next(tries)
            one.do('send', packets=[words, 'there'])
            other.do('send', packets=[words, 'back'])
            try:
                other.wait_message([BROADCAST, words, 'there'], timeout=2)
                one.wait_message([BROADCAST, words, 'back'], timeout=2)
            except AssertionError:
                return False
            return True
        until(talk, 'a word each way')
        self.assertLessEqual(len(one.table()), 1)
