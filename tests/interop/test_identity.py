#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is there? Real processes that lie about it: somebody between two nodes, with a TLS link to each; one who claims the id of a
node that is linked; one who comes under an id whose key is known and leaves the proof out, also after a restart; networks with another
secret, with none, and an original that comes by one."""
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

from harness import BROADCAST, NetworkTest, TIMEOUT, Peer, free_address, main, until
from rawpeer import RawPeer, frame, node_id, protocol_id

CONTROL, HELLO, AUTH = 0x58, 1, 2
IDENTITY, SECRET = 'P2P_LINK_ERROR_IDENTITY', 'P2P_LINK_ERROR_SECRET'
SSL = ('--encryption', 'SSL')


def make_certificate(folder):
    """A key and a certificate of nobody's, as every node has; NULL where there is no openssl."""
    path = os.path.join(folder, 'between.pem')
    tool = shutil.which('openssl')
    if tool is None:
        return None
    subprocess.run([tool, 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=between', '-days', '3',
                    '-keyout', path, '-out', path + '.crt'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(path + '.crt', encoding='ascii') as crt, open(path, 'a', encoding='ascii') as pem:
        pem.write(crt.read())
    return path


def client_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Between:
    """Listens, makes a TLS link to whoever dials and another to the target, and passes the bytes on, unchanged."""

    def __init__(self, target, certificate, tls=True):
        self.target, self.tls = target, tls
        self.host, self.port = free_address()
        self.listener = socket.create_server((self.host, self.port))
        self.passed = 0
        self.sockets = []
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                near.settimeout(TIMEOUT)
                far = socket.create_connection((self.target.host, self.target.port), TIMEOUT)
                if self.tls:
                    near = self.context.wrap_socket(near, server_side=True)
                    far = client_context().wrap_socket(far)
            except OSError:
                if self.listener.fileno() < 0:
                    return
                continue
            self.sockets += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                self.passed += len(data)
                sink.sendall(data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        for s in [self.listener] + self.sockets:
            s.close()


class Thief(RawPeer):
    """Says that it is another: with the id, and perhaps the key, of a node that it has heard of."""

    def claim(self, id):
        self.id = id
        return self

    def hello(self, key=b''):
        return frame(2, self.id, [CONTROL, 1, HELLO, 0x63, key, os.urandom(32), 1 << 20])

    def auth(self):
        return frame(2, self.id, [CONTROL, 1, AUTH, os.urandom(64), b''])


class Identity(NetworkTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.n = 0

    def state(self, name):
        return ('--state', os.path.join(self.folder, name))

    def failed(self, peer, code, words, since=0):
        return peer.wait(lambda e: e['ev'] == 'link-failed' and e.get('code') == code and words in e['error'], words, since=since)

    def link(self, one, other):
        return until(lambda: one.link_to(other), 'the link')

    def key_of(self, peer):
        """The public key that a node shows to everybody."""
        raw = RawPeer(peer.host, peer.port, 'interop', 'curious')
        self.addCleanup(raw.close)
        hello = raw.wait_frames(1)[0]
        body = hello[36:]
        at = body.index(b'\xc4\x20')
        return body[at + 2:at + 34]

    # ---- somebody in between ----

    def between(self, tls, *encryption):
        certificate = make_certificate(self.folder) if tls else None
        if tls and certificate is None:
            self.skipTest('there is no openssl')
        alice = self.start('rt', *self.state('alice'), '--max-outgoing', '0', *encryption)
        bob = self.start('rt', *self.state('bob'), '--max-outgoing', '0', *encryption)
        between = Between(bob, certificate, tls)
        self.addCleanup(between.close)
        return alice, bob, between

    def test_between_tls(self):
        alice, bob, between = self.between(True, *SSL)
        self.assertFalse(alice.ask('connect', addr=between.host, port=between.port)['ok'])
        self.failed(alice, IDENTITY, 'Somebody is between us and node %s' % bob.id)
        self.failed(bob, IDENTITY, 'Somebody is between us and node %s' % alice.id)
        self.assertGreater(between.passed, 0)
        self.assertEqual((alice.do('routing_table')['table'], bob.do('routing_table')['table']), ([], []))
        # and without him
        self.connect(alice, bob)
        self.assertTrue(self.link(alice, bob)['verified'] and self.link(bob, alice)['verified'])

    def test_between_plain(self):
        """Where nothing is encrypted he is a piece of the wire: the proof is good, as it is theirs."""
        alice, bob, between = self.between(False)
        self.assertTrue(alice.ask('connect', addr=between.host, port=between.port)['ok'])
        self.assertTrue(until(lambda: bob.link_to(alice), 'the link')['verified'])

    # ---- stolen ids ----

    def test_stolen(self):
        alice, bob = (self.start('rt', *self.state(name), '--max-outgoing', '0') for name in ('alice', 'bob'))
        self.connect(alice, bob)
        since = self.link(bob, alice)['since']
        key = self.key_of(alice)
        for i in range(40):
            thief = Thief(bob.host, bob.port, 'interop', 'thief').claim(alice.id)
            data = [b'', thief.hello(), thief.hello(key), thief.hello(key) + thief.auth()][i % 4]
            try:
                thief.send(data + thief.handshake() + thief.broadcast('I am alice %d' % i))
                if i % 4 != 2:
                    until(thief.is_closed, 'the end of a thief')
            except OSError:
                pass
            self.assertEqual([link['since'] for link in bob.do('routing_table')['table']], [since])
            thief.close()
        self.failed(bob, IDENTITY, 'does not prove it')
        self.failed(bob, IDENTITY, 'its signature is wrong')
        self.assertGreaterEqual(bob.do('stats')['dropped'].get('bad_signature', 0), 10)
        self.assertEqual([e for e in bob.events if e['ev'] == 'message'], [])
        alice.do('send', packets=['still me'])
        bob.wait_message([BROADCAST, 'still me'])

    def test_downgrade(self):
        """Her key is known: who comes under her id as an original is refused, in the next run, too."""
        alice = self.start('rt', *self.state('alice'), '--max-outgoing', '0')
        bob = self.start('rt', *self.state('bob'), '--max-outgoing', '0')
        alice.dial(bob)
        self.link(bob, alice)
        self.may_lose.update((alice, bob))
        id = alice.id
        alice.kill()
        until(lambda: not bob.do('routing_table')['table'], 'the end of the link')
        for run in range(2):
            since = bob.mark()
            thief = Thief(bob.host, bob.port, 'interop', 'thief').claim(id)
            self.addCleanup(thief.close)
            thief.send(thief.handshake())
            self.failed(bob, IDENTITY, 'does not prove it', since)
            until(thief.is_closed, 'the end of the thief')
            if run == 0:
                bob.kill()
                bob = self.start('rt', *self.state('bob'), '--max-outgoing', '0')
        original = RawPeer(bob.host, bob.port, 'interop', 'an original')
        self.addCleanup(original.close)
        original.send(original.handshake())
        until(lambda: [link['id'] for link in bob.do('routing_table')['table']] == [node_id('an original')], 'the original')
        # and she herself
        again = self.start('rt', *self.state('alice'), '--max-outgoing', '0')
        self.assertEqual(again.id, id)
        self.connect(again, bob)
        self.assertTrue(self.link(bob, again)['verified'])

    # ---- secrets ----

    def secret(self, text):
        self.n += 1
        path = os.path.join(self.folder, 'secret %d' % self.n)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text + '\n')
        return ('--secret-file', path)

    def test_secret(self):
        for kind in ('mesh', 'sync', 'chord'):
            with self.subTest(kind=kind):
                cls = ('--cls', kind, '--max-outgoing', '0') + SSL
                alice = self.start('rt', *cls, *self.secret('correct horse battery'))
                bob = self.start('rt', *cls, '--secret', 'correct horse battery')
                mallory = self.start('rt', *cls, *self.secret('another horse battery'))
                nobody = self.start('rt', *cls, *self.state('nobody ' + kind))
                self.connect(alice, bob)
                self.assertTrue(self.link(alice, bob)['verified'])
                for one, words in ((mallory, 'has another secret'), (nobody, 'it asks for a secret')):
                    self.assertFalse(one.ask('connect', addr=alice.host, port=alice.port)['ok'])
                    self.failed(one, SECRET, words)
                    self.assertFalse(alice.ask('connect', addr=one.host, port=one.port)['ok'])
                self.failed(alice, SECRET, 'has another secret')
                self.failed(alice, SECRET, 'has no secret')
                alice.do('send', packets=['among us'])
                bob.wait_message([BROADCAST, 'among us'])
                for one in (mallory, nobody):
                    self.assertEqual(one.do('routing_table'), {'table': [], 'awaiting': []})
                    self.assertEqual([e for e in one.events if e['ev'] == 'message'], [])

    def test_original_comes_by(self):
        """It hears who is there, and not a word more."""
        alice = self.start('rt', *SSL, *self.secret('correct horse battery'))
        raw = socket.create_connection((alice.host, alice.port), TIMEOUT)
        link = client_context().wrap_socket(raw)
        self.addCleanup(link.close)
        id = node_id('original')
        link.sendall(frame(2, id, [5, id, protocol_id('interop', 'SSL'), ['127.0.0.1', 4000], []]))
        received = b''
        while True:
            try:
                data = link.recv(65536)
            except OSError:
                break
            if not data:
                break
            received += data
        self.failed(alice, SECRET, 'this network is private')
        self.assertEqual(int.from_bytes(received[:4], 'big') + 4, len(received))
        self.assertNotIn(protocol_id('interop', 'SSL').encode(), received)

    def test_options(self):
        for args, words in (
                (('--secret', 'correct horse battery'), 'needs --encryption SSL'),
                (SSL + ('--secret', 'short'), 'too short'),
                (SSL + ('--secret', 'x' * 300), 'too long'),
                (SSL + ('--secret-file', os.path.join(self.folder, 'nowhere')), 'No such file'),
                (SSL + ('--secret-file', '/dev/zero'), 'longer than a secret'),
                (SSL + ('--secret', 'correct horse battery') + self.secret('correct horse battery'), 'exclude each other')):
            node = Peer('rt', *args, check=False)
            self.addCleanup(node.kill)
            self.assertEqual(node.process.wait(TIMEOUT), 2)
            self.assertIn(words, node.errors())


if __name__ == '__main__':
    main()
