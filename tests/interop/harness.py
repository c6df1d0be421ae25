# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes as child processes: roundtable-node ("rt"), the window's network ("model", model-peer.c), the real py2p ("py") and js2p ("js"), driven by
the same JSON lines.

Every node has a loopback address and a port of its own: js2p refuses to dial an address that shares either with a connected
peer. Every wait is for a condition, with a time-out after which the test fails and says what it waited for.
"""
import itertools
import json
import os
import queue
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
NODE = os.environ.get('ROUNDTABLE_NODE', os.path.abspath('build/src/node/roundtable-node'))
JS2P = os.environ.get('JS2P_DIR') or os.path.join(os.environ.get('PEERS_DIR', 'build/peers'), 'node_modules', 'js2p')
JS2P = os.path.abspath(JS2P)
PYTHON = '/usr/bin/python3'
# Two cores may be shared by much else; nothing that works comes near these.
START_TIMEOUT = 90
TIMEOUT = 60
POLL = 0.02

BROADCAST, WHISPER = 0, 2
# With ROUNDTABLE_PASSING=1 (make check-interop) ours have no lasting keys, unless a test gives them some.
PASSING = bool(os.environ.get('ROUNDTABLE_PASSING'))
METHODS = {'bz2': 0x10, 'gzip': 0x11, 'lzma': 0x12, 'zlib': 0x13, 'snappy': 0x20}
# An address where nobody listens: whoever learns it dials in vain. A line of nodes stays a line when its ends announce it.
NOWHERE = '127.0.0.9:9'


def missing_peers():
    """Why there are no originals here, or None."""
    if not os.path.isfile(os.path.join(JS2P, 'js_src', 'js2p.js')):
        return 'no js2p at %s (make test fetches it)' % JS2P
    if shutil.which('node') is None:
        return 'there is no Node.js'
    if subprocess.run([PYTHON, '-c', 'import umsgpack, pyee, cryptography'], capture_output=True).returncode != 0:
        return 'py2p needs python3-u-msgpack, python3-pyee and python3-cryptography'
    return None


def main():
    """Runs the tests of the calling file, or those that the arguments name. Without the originals: skipped (77), or a failure
    in CI."""
    why = missing_peers()
    if why:
        print('No foreign peers: ' + why)
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    unittest.main(verbosity=2)


_address = itertools.count(1)


def free_port(host='127.0.0.1'):
    """Outside of the range that systems take ports from by themselves: nobody has it by chance before it is used, or meanwhile."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(10000, 30000)
        with socket.socket() as s:
            try:
                s.bind((host, port))
            except OSError:
                continue
            return port
    raise AssertionError('no port is free at ' + host)


def free_address():
    """A loopback address and a port, both of them nobody else's."""
    n = next(_address)
    host = '127.%d.%d.%d' % (16 + os.getpid() % 200, n // 250, 1 + n % 250)
    return host, free_port(host)


def until(condition, what, timeout=TIMEOUT):
    """Waits for a true value and returns it."""
    end = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('waited %d s in vain for: %s' % (timeout, what))
        pause.wait(POLL)


def text_of(value):
    """A node id as text, however it was printed."""
    if isinstance(value, dict) and '$b' in value:
        return bytes.fromhex(value['$b']).decode()
    return value


def b(data):
    return {'$b': (data.encode() if isinstance(data, str) else data).hex()}


class Failed(Exception):
    """A command that was answered by an error; code names it (ours only)."""

    def __init__(self, answer):
        super().__init__(answer.get('error'))
        self.code = answer.get('code')


class Peer:
    def __init__(self, kind, *args, subnet='interop', address=None, check=True):
        self.kind = kind
        self.host, self.port = address or free_address()
        self.events = []
        self.results = {}
        self.changed = threading.Condition()
        self.tags = itertools.count(1)
        self.stderr = tempfile.TemporaryFile('w+')
        env = dict(os.environ, JS2P_DIR=JS2P, PY2P_PATH=os.path.join(JS2P, 'build', 'lib'), G_DEBUG='fatal-warnings')
        if kind == 'js':
            env['OPENSSL_CONF'] = os.path.join(HERE, 'peers', 'openssl.cnf')
        if kind in ('py', 'js'):
            # meson sets it; it is about our memory, and makes py2p, which copies much, ten times slower.
            env.pop('MALLOC_PERTURB_', None)
        command = {
            'py': [PYTHON, '-u', os.path.join(HERE, 'peers', 'py2p_peer.py')],
            'js': ['node', os.path.join(HERE, 'peers', 'js2p_peer.js')],
            'rt': [NODE, '--json'],
            'model': [os.environ.get('MODEL_PEER', os.path.abspath('build/tests/interop/model-peer'))],
        }[kind]
        # A lasting key, as the nodes of people have: they sign what they say, and prove who they are.
        self.state = None
        if kind == 'rt' and '--state' not in args and not PASSING:
            self.state = tempfile.TemporaryDirectory()
            args = list(args) + ['--state', self.state.name]
        command = command + ['--addr', self.host, '--port', str(self.port), '--subnet', subnet] + list(args)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr, env=env,
                                        text=True, bufsize=1, encoding='utf-8')
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        if not check:
            return
        try:
            ready = self.wait(lambda e: e['ev'] in ('ready', 'eof'), 'ready of ' + kind, timeout=START_TIMEOUT)
            if ready['ev'] != 'ready':
                raise AssertionError('%s did not start: %s' % (kind, self.errors()[-800:]))
        except AssertionError:
            self.kill()
            raise
        self.ready = ready
        self.id = text_of(ready['id'])

    def __repr__(self):
        return '%s@%s:%d' % (self.kind, self.host, self.port)

    def _read(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                event = {'ev': 'garbage', 'line': line}
            with self.changed:
                tag = event.get('tag')
                if event.get('ev') == 'result' and isinstance(tag, int) and tag in self.results:
                    self.results[tag].put(event)
                else:
                    self.events.append(event)
                self.changed.notify_all()
        with self.changed:
            self.events.append({'ev': 'eof'})
            self.changed.notify_all()

    # ---- commands ----

    def line(self, text):
        self.process.stdin.write(text + '\n')
        self.process.stdin.flush()

    def begin(self, cmd, **args):
        """Sends a command; the function that is returned waits for its answer."""
        tag = next(self.tags)
        answer = self.results[tag] = queue.SimpleQueue()
        self.line(json.dumps(dict(args, cmd=cmd, tag=tag)))

        def finish(timeout=TIMEOUT):
            try:
                return answer.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError('%r did not answer %s in %d s: %s' % (self, cmd, timeout, self.errors()[-800:])) from None
        return finish

    def ask(self, cmd, timeout=TIMEOUT, **args):
        """The answer itself, whether it is an error or not."""
        return self.begin(cmd, **args)(timeout)

    def do(self, cmd, timeout=TIMEOUT, **args):
        """The value of the answer; an error is raised."""
        answer = self.ask(cmd, timeout, **args)
        if not answer['ok']:
            raise Failed(answer)
        return answer.get('value')

    def dial(self, other):
        return self.do('connect', addr=other.host, port=other.port)

    # ---- events ----

    def mark(self):
        """For wait(since=): what has happened so far does not count."""
        with self.changed:
            return len(self.events)

    def wait(self, matches, what, since=0, timeout=TIMEOUT):
        end = time.monotonic() + timeout
        at = since
        with self.changed:
            while True:
                while at < len(self.events):
                    if matches(self.events[at]):
                        return self.events[at]
                    at += 1
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError('%r: waited %d s in vain for: %s; of %d events the last is: %s'
                                         % (self, timeout, what, len(self.events) - since, str(self.events[-1:])[:600]))
                self.changed.wait(left)

    def wait_event(self, name, since=0, timeout=TIMEOUT):
        return self.wait(lambda e: e['ev'] == name, 'event ' + name, since, timeout)

    def wait_message(self, packets, since=0, timeout=TIMEOUT):
        """A message with exactly these packets, sub-flag first."""
        return self.wait(lambda e: e['ev'] == 'message' and e['packets'] == packets,
                         'message ' + str(packets)[:120], since, timeout)

    def count(self, name):
        with self.changed:
            return sum(1 for e in self.events if e['ev'] == name)

    def count_of(self, name, node_id):
        with self.changed:
            return sum(1 for e in self.events if e['ev'] == name and text_of(e['id']) == node_id)

    # ---- links ----

    def table(self):
        return self.do('routing_table')['table']

    def link_to(self, other):
        """Our entry for that node, or None. One that stands for a dial whose other end has not spoken is none."""
        for link in self.table():
            if text_of(link['id']) == other.id and link['addr']:
                return link
        return None

    def wait_link(self, other):
        return until(lambda: self.link_to(other), '%r to have a link to %r' % (self, other))

    # ---- the end ----

    def errors(self):
        if not self.stderr.closed:
            self.stderr.seek(0)
            self.said = self.stderr.read()
        return self.said

    def leave(self, timeout=TIMEOUT):
        """The exit status after the end of input."""
        self.process.stdin.close()
        return self.process.wait(timeout)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.thread.join(5)
        self.errors()
        for stream in (self.process.stdin, self.process.stdout, self.stderr):
            try:
                stream.close()
            except OSError:
                pass
        if self.state is not None:
            self.state.cleanup()

    def went_wrong(self):
        """Where an original keeps what went wrong with a link. Of py2p without what it did to itself: it shut one of two links to a
        node by its own rule, and wrote there."""
        status = self.do('status')
        wrong = [] if status == 'Nominal' else list(status)
        for text in self.do('own-doing') if self.kind == 'py' and wrong else []:
            wrong.remove(text)
        return wrong

    def complaints(self):
        """What an original says when something we did made it stumble."""
        found = [e for e in list(self.events) if e['ev'] in ('uncaught', 'unhandledRejection', 'error', 'garbage')]
        found += [line for line in self.errors().splitlines()
                  if 'Traceback' in line or 'Error' in line or 'CRITICAL' in line or 'WARNING' in line]
        return found


class NetworkTest(unittest.TestCase):
    """A test with nodes. Whatever it did, at its end the links that it made are up at both ends, no node has lost one that the
    test did not end on purpose, and no original has complained: nothing that we do makes a real peer drop us."""

    def setUp(self):
        self.peers = []
        self.links = []
        self.may_lose = set()

    def start(self, kind, *args, **options):
        peer = Peer(kind, *args, **options)
        self.addCleanup(peer.kill)
        self.peers.append(peer)
        return peer

    def connect(self, dialler, other):
        """Dials and waits until both know who the other is."""
        dialler.dial(other)
        self.expect_link(dialler, other)

    def expect_link(self, one, other):
        one.wait_link(other)
        other.wait_link(one)
        self.links.append((one, other))

    def assert_links_up(self):
        for one, other in self.links:
            self.assertIsNotNone(one.link_to(other), '%r has no link to %r any more' % (one, other))
            self.assertIsNotNone(other.link_to(one), '%r has no link to %r any more' % (other, one))

    def assert_calm(self):
        for peer in self.peers:
            if peer not in self.may_lose:
                self.assertEqual(peer.complaints(), [], repr(peer))
                # Where the originals keep what went wrong with a link
                if peer.kind in ('py', 'js') and peer.process.poll() is None:
                    self.assertEqual(peer.went_wrong(), [], '%r: %s' % (peer, [e for e in peer.events if e['ev'] in ('conflict', 'write-failed')]))
                # Two of ours that dial each other settle on one link, which is no loss (rule W).
                lost = [e for e in list(peer.events) if e['ev'] == 'peer-removed' and e.get('code') != 'P2P_LINK_ERROR_DUPLICATE'
                        and not self.was_settled(peer, e)]
                self.assertEqual(lost, [], '%r lost a link: %s' % (peer, peer.events))

    def was_settled(self, peer, removed):
        """A py2p that dials us while we dial it shuts one of the links by a rule of its own, sometimes both: it has one again."""
        for other in self.peers:
            if other.kind == 'py' and other.id == text_of(removed['id']) and removed.get('code') == 'P2P_LINK_ERROR_CLOSED_BY_PEER' \
               and other.count_of('conflict', peer.id) > 0:
                peer.wait_link(other)
                other.wait_link(peer)
                return True
        return False

    def tearDown(self):
        # A test that failed has said enough; its nodes may be in any state.
        if not self.has_failed():
            self.assert_links_up()
            self.assert_calm()

    def has_failed(self):
        result = self._outcome.result
        return any(self in (test, getattr(test, 'test_case', None)) for test, _ in result.failures + result.errors)
