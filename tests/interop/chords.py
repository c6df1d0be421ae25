# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes on a ring: started, joined, linked in a chain, and asked for keys."""
import itertools
import threading
import time

from harness import NetworkTest, Peer, text_of, until
from test_sync import decode, text

READ_SECONDS = 5              # what a get may take; py2p takes all of it for what is absent...
AGAIN_SECONDS = 1             # ...and is asked again with less, and more from time to time
AT_ONCE = 25                  # gets at a time
WRITE_PAUSE = 0.02


def begin(peer, cmd, **args):
    """As Peer.begin(); the originals do it beside other things."""
    return peer.begin(cmd, **(args if peer.kind == 'rt' else dict(args, **{'async': True})))


def value_of(answer):
    """Of a get: the value, or None."""
    value = answer.get('value') if answer['ok'] else None
    return decode(value['value']) if value is not None else None


def read(peer, key, seconds=READ_SECONDS):
    return value_of(begin(peer, 'get', key=key, timeout=seconds)())


def read_all(peer, keys, seconds=READ_SECONDS):
    """{key: value} of those that are found."""
    found = {}
    keys = list(keys)
    for i in range(0, len(keys), AT_ONCE):
        asked = [(key, begin(peer, 'get', key=key, timeout=seconds)) for key in keys[i:i + AT_ONCE]]
        for key, finish in asked:
            value = value_of(finish())
            if value is not None:
                found[key] = value
    return found


def names(peer):
    return sorted({text(key) for key in peer.do('keys')})


def is_storing(peer, other):
    """Whether it knows that the other stores."""
    return any(text_of(link['id']) == other.id and link.get('leeching') is False for link in peer.table())


class ChordTest(NetworkTest):
    def start(self, kind, *args, joined=True, **options):
        peer = super().start(kind, '--cls', 'chord', *args, **options)
        if joined:
            # Before its first link: py2p's join disturbs what its other thread is decoding (quirk B7).
            peer.do('join')
        return peer

    def chain(self, *peers):
        """Each dials the one before it."""
        for other, peer in zip(peers, peers[1:]):
            self.connect(peer, other)
            self.wait_storing(peer, other)

    def wait_storing(self, *peers):
        for peer in peers:
            for other in peers:
                if other is not peer:
                    until(lambda: is_storing(peer, other), '%r to know that %r stores' % (peer, other))

    def expect(self, peer, key, value):
        try:
            until(lambda: read(peer, key) == value, '%r to have %r' % (peer, key))
        except AssertionError:
            self.fail('%r reads %r, not %r, at %s' % (peer, read(peer, key), value, key))

    def expect_all(self, peer, data):
        """All of it, each at the first try or a later one."""
        left = dict(data)

        def done():
            for key, value in read_all(peer, left).items():
                if value == left[key]:
                    del left[key]
            return not left
        try:
            until(done, 'all keys')
        except AssertionError:
            self.fail('%r lacks %d of %d: %s' % (peer, len(left), len(data), sorted(left)[:5]))

    def expect_absent(self, peer, key):
        """Ours say so in words, and fast."""
        until(lambda: peer.ask('get', key=key).get('code') == 'P2P_TABLE_ERROR_NOT_FOUND', '%r not to have %r' % (peer, key))


class Ring:
    """Processes of several kinds on a ring, without a test around them."""

    def __init__(self, kinds, subnet='seven', theirs=()):
        """theirs: arguments of the originals."""
        self.peers = []
        try:
            for kind in kinds:
                peer = Peer(kind, '--cls', 'chord', *(theirs if kind != 'rt' else ()), subnet=subnet)
                self.peers.append(peer)
                peer.do('join')
        except BaseException:
            self.end()
            raise

    def write(self, data):
        """By all of them in turn; those that were refused. An original does not tell when it is done, and stumbles over the bursts of
        another (quirk B2)."""
        begun, refused = [], []
        pause = threading.Event()
        for (key, value), peer in zip(data.items(), itertools.cycle(self.peers)):
            finish = peer.begin('set', key=key, value=value)
            begun.append((peer, key, finish))
            if peer.kind != 'rt':
                pause.wait(WRITE_PAUSE)
        for peer, key, finish in begun:
            answer = finish()
            if not answer['ok']:
                refused.append((peer, key, answer))
        return refused

    def read_until_whole(self, data, patience, seconds=READ_SECONDS, stop=False):
        """Seconds until each has read all, or None; how many of the first try were read, of how many; what each lacks. Each has so long for what it lacks at first.
        stop: at the first that lacks some then: nobody is waited for after that."""
        begun = time.monotonic()
        first, asked, whole = 0, len(data) * len(self.peers), True
        lacking = {}
        for peer in self.peers:
            own = time.monotonic()
            found = read_all(peer, data, seconds)
            left = {key: value for key, value in data.items() if found.get(key) != value}
            first += len(data) - len(left)
            again = AGAIN_SECONDS
            while left and time.monotonic() - own < patience:
                for key, value in read_all(peer, left, again).items():
                    if value == left[key]:
                        del left[key]
                again = min(2 * again, READ_SECONDS)
            lacking[peer] = sorted(left)
            whole = whole and not left
            if stop and not whole:
                break
        return time.monotonic() - begun if whole else None, first, asked, lacking

    def count_values(self):
        """What those of ours hold, replicas too."""
        return sum(peer.do('stats')['values'] for peer in self.peers if peer.kind == 'rt')

    def settle(self, span, patience):
        """Until those of ours hold no more than span seconds ago: what has no replica yet is being asked for."""
        begun = since = time.monotonic()
        before = self.count_values()
        while time.monotonic() - since < span and time.monotonic() - begun < patience:
            threading.Event().wait(0.1)
            now = self.count_values()
            if now != before:
                before, since = now, time.monotonic()
        return time.monotonic() - begun

    def kill(self, *victims):
        for victim in victims:
            victim.process.kill()
            self.peers.remove(victim)
        for victim in victims:
            victim.kill()

    def end(self):
        for peer in self.peers:
            peer.kill()
