# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, what they say to each other, and attackers: processes, with what they cost."""
import collections
import itertools
import json
import os
import queue
import re
import resource
import selectors
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ('interop', 'support'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))

import harness  # noqa: E402
from harness import NODE, text_of  # noqa: E402,F401

DEEP = os.environ.get('HOSTILE_DEEP') == '1'
SUBNET = 'hostile'
RATE = 100                    # honest messages a second
TIMEOUT = 60                  # for what happens in no time; nothing that works comes near it
NODE_FILES = 1024             # descriptors of a node, as most systems give
TICK = os.sysconf('SC_CLK_TCK')
MIB = 1024 * 1024
TRAFFIC = re.compile(r'"packets":\[0,"t(\d+)"\]')
NOBODY = '45.250.0.9:9'       # an address that nobody listens at


def is_sanitized(path):
    with open(path, 'rb') as f:
        return b'__asan_init' in f.read()


def until(condition, what, timeout=TIMEOUT):
    return harness.until(condition, what, timeout)


def timed(func, *args):
    """How long it took."""
    begun = time.monotonic()
    func(*args)
    return time.monotonic() - begun


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


class Hub(threading.Thread):
    """One thread that reads what all nodes print, and says what they are to say, in time."""

    def __init__(self):
        super().__init__(daemon=True)
        self.selector = selectors.DefaultSelector()
        self.changed = threading.Condition()
        self.traffics = []
        self.wishes = queue.SimpleQueue()
        self.wake_read, self.wake_write = os.pipe()
        self.selector.register(self.wake_read, selectors.EVENT_READ, self._woken)
        self.running = True

    def call(self, func):
        """Runs it in the thread."""
        done = threading.Event()
        self.wishes.put((func, done))
        os.write(self.wake_write, b'!')
        done.wait(TIMEOUT)

    def watch(self, fd, func):
        self.call(lambda: self.selector.register(fd, selectors.EVENT_READ, func))

    def unwatch(self, fd):
        def remove():
            if fd in self.selector.get_map():
                self.selector.unregister(fd)
        self.call(remove)

    def _woken(self):
        os.read(self.wake_read, 1)
        func, done = self.wishes.get()
        func()
        done.set()

    def run(self):
        while self.running:
            for key, _ in self.selector.select(self.send_due()):
                if key.fd in self.selector.get_map():       # else it was unwatched in this turn
                    key.data()
                self.send_due()

    def send_due(self):
        return min([traffic.send_due() for traffic in self.traffics], default=0.5)

    def stop(self):
        self.running = False
        self.call(lambda: None)
        self.join(5)
        for fd in (self.wake_read, self.wake_write):
            os.close(fd)
        self.selector.close()


class Node:
    """A roundtable-node."""

    def __init__(self, hub, name, host, *args, port=0, encryption='Plaintext', limits=(), read=True):
        self.hub, self.name, self.host = hub, name, host
        self.events, self.results, self.tags = [], {}, itertools.count(1)
        self.heard = collections.Counter()
        self.rest = b''
        self.traffic = None           # what is said in its network
        self.stderr = tempfile.TemporaryFile('w+')
        command = [NODE, '--json', '--addr', host, '--port', str(port), '--subnet', SUBNET, '--encryption', encryption] + list(args)
        # With ROUNDTABLE_KEYS=1 (make check-deep) a lasting key, as the nodes of people have: what is said is signed then, and looked at.
        self.state = None
        if '--state' not in args and os.environ.get('ROUNDTABLE_KEYS'):
            self.state = tempfile.TemporaryDirectory()
            command += ['--state', self.state.name]
        for limit in limits:
            command += ['--limit', limit]
        env = dict(os.environ, G_DEBUG='fatal-warnings')
        env.pop('MALLOC_PERTURB_', None)      # meson's; it writes to memory that nobody else would
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr, bufsize=0, env=env)
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (NODE_FILES, NODE_FILES))
        os.set_blocking(self.process.stdout.fileno(), False)
        self.pid = self.process.pid
        if read:
            self.read()
            ready = self.wait(lambda e: e['ev'] in ('ready', 'eof'), 'ready', timeout=TIMEOUT)
            if ready['ev'] == 'eof':
                raise AssertionError('%s did not start: %s' % (name, self.errors()))
            self.port, self.id = ready['addr'][1], text_of(ready['id'])

    def __repr__(self):
        return self.name

    @property
    def address(self):
        return '%s:%d' % (self.host, self.port)

    # ---- what it prints ----

    def read(self):
        self.hub.watch(self.process.stdout.fileno(), self._readable)

    def stop_reading(self):
        self.hub.unwatch(self.process.stdout.fileno())

    def _readable(self):
        try:
            data = self.process.stdout.read(1 << 18)
        except OSError:
            data = b''
        if data is None:
            return
        now = time.monotonic()
        lines = (self.rest + data).split(b'\n')
        self.rest = lines.pop()
        with self.hub.changed:
            for line in lines:
                self._take(line.decode(errors='replace'), now)
            if not data:
                self.hub.selector.unregister(self.process.stdout.fileno())
                self.events.append({'ev': 'eof'})
            self.hub.changed.notify_all()

    def _take(self, line, now):
        match = TRAFFIC.search(line)
        if match:
            self._hear(int(match[1]), now)
            return
        event = json.loads(line)
        if event['ev'] == 'result':
            if event.get('tag') in self.results:
                self.results[event['tag']].put(event)
        else:
            self.events.append(event)

    def _hear(self, n, now):
        self.heard[n] += 1
        if self.heard[n] == 1 and self.traffic is not None:
            self.traffic.note_arrival(n, now)

    # ---- commands and events ----

    def write(self, data):
        self.process.stdin.write(data)

    def say(self, n):
        try:
            self.write(b'{"cmd":"send","packets":["t%d"]}\n' % n)
        except (OSError, ValueError):
            pass                      # it was killed

    def ask(self, cmd, timeout=TIMEOUT, **args):
        tag = next(self.tags)
        answer = self.results[tag] = queue.SimpleQueue()
        self.write(json.dumps(dict(args, cmd=cmd, tag=tag)).encode() + b'\n')
        try:
            return answer.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError('%s did not answer %s in %d s: %s' % (self, cmd, timeout, self.errors())) from None

    def do(self, cmd, timeout=TIMEOUT, **args):
        answer = self.ask(cmd, timeout, **args)
        if not answer['ok']:
            raise AssertionError('%s: %s: %s' % (self, cmd, answer))
        return answer.get('value')

    def dial(self, other, timeout=TIMEOUT):
        return self.do('connect', timeout, addr=other.host, port=other.port)

    def stats(self):
        return self.do('stats')

    def linked_ids(self):
        return [text_of(link['id']) for link in self.do('routing_table')['table']]

    def wait(self, matches, what, since=0, timeout=TIMEOUT):
        end, at = time.monotonic() + timeout, since
        with self.hub.changed:
            while True:
                while at < len(self.events):
                    if matches(self.events[at]):
                        return self.events[at]
                    at += 1
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError('%s: waited %d s in vain for: %s; the last of its events: %s'
                                         % (self, timeout, what, self.events[-2:]))
                self.hub.changed.wait(left)

    def count(self, matches):
        with self.hub.changed:
            return sum(1 for e in self.events if matches(e))

    # ---- what it costs ----

    def rss(self):
        return self._status('VmRSS') * 1024

    def peak_rss(self):
        """The most since begin_peak()."""
        return self._status('VmHWM') * 1024

    def begin_peak(self):
        with open('/proc/%d/clear_refs' % self.pid, 'w', encoding='ascii') as f:
            f.write('5')

    def _status(self, key):
        with open('/proc/%d/status' % self.pid, encoding='ascii', errors='replace') as f:
            for line in f:
                if line.startswith(key + ':'):
                    return int(line.split()[1])
        return 0

    def cpu(self):
        """Seconds, of all its threads there ever were."""
        with open('/proc/%d/stat' % self.pid, encoding='ascii', errors='replace') as f:
            fields = f.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def schedule(self):
        """Nanoseconds that its first thread ran, and that it was ready to and others ran; where the kernel tells."""
        try:
            with open('/proc/%d/schedstat' % self.pid, encoding='ascii') as f:
                return [int(n) for n in f.read().split()[:2]]
        except (OSError, ValueError):
            return [0, 0]

    def fds(self):
        return len(os.listdir('/proc/%d/fd' % self.pid))

    # ---- the end ----

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read()[-3000:]

    def terminate(self, timeout):
        """The exit status after SIGTERM, and how long it took."""
        begun = time.monotonic()
        self.process.terminate()
        status = self.process.wait(timeout)
        return status, time.monotonic() - begun

    def kill(self):
        if self.process.stdout.closed:
            return
        self.stop_reading()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.stderr):
            try:
                stream.close()
            except OSError:
                pass
        if self.state is not None:
            self.state.cleanup()


class Traffic:
    """What the honest say: message n is said by one of them, and belongs to the phase it was said in."""

    def __init__(self, hub, speakers, listeners, rate=RATE):
        self.hub, self.speakers, self.listeners = hub, speakers, listeners
        self.interval = 1 / rate
        self.sent = []
        for listener in listeners:
            listener.traffic = self
        self.latencies = collections.defaultdict(list)
        self.phase = 'quiet'
        self.next = None

    def start(self):
        self.next = time.monotonic()
        self.hub.call(lambda: self.hub.traffics.append(self))

    def send_due(self):
        """Says what is due; how long nothing is."""
        now = time.monotonic()
        while self.next is not None and self.next <= now:
            n = len(self.sent)
            self.sent.append((time.monotonic(), self.speakers[n % len(self.speakers)], self.phase))
            self.sent[-1][1].say(n)
            self.next += self.interval
            now = time.monotonic()
        return max(0, self.next - now) if self.next is not None else 0.5

    def note_arrival(self, n, now):
        if n < len(self.sent):
            self.latencies[self.sent[n][2]].append(now - self.sent[n][0])

    def missing(self):
        return [(n, listener) for n, (_, speaker, _) in enumerate(self.sent) for listener in self.listeners
                if listener is not speaker and listener.heard[n] == 0]

    def duplicates(self):
        return sum(count - 1 for listener in self.listeners for count in listener.heard.values() if count > 1)

    def finish(self):
        """No more of it; waits until all has arrived, or will not."""
        def stop():
            self.next = None
        self.hub.call(stop)
        try:
            until(lambda: not self.missing(), 'all that was said')
        except AssertionError:
            pass

    def p99(self, phase):
        return percentile(self.latencies[phase], 0.99) * 1000

    def p50(self, phase):
        return percentile(self.latencies[phase], 0.5) * 1000


class Attack:
    """A process that attacks: prepared while it is started, let loose by go()."""

    def __init__(self, name, **options):
        self.name = name
        self.stderr = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, 'attackers.py'), name, json.dumps(options)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr, text=True, bufsize=1)
        self.lines, self.taken, self.ended = [], collections.Counter(), False
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.told('ready')

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(json.loads(line))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def said(self, what):
        """What it told under that name, that nobody took yet."""
        return self.said_all(what)[self.taken[what]:]

    def said_all(self, what):
        return [line[what] for line in self.lines if what in line]

    def told(self, what, timeout=2 * TIMEOUT):
        """The next thing it tells under that name."""
        with self.changed:
            self.changed.wait_for(lambda: self.said(what) or self.ended, timeout)
            if self.said(what):
                self.taken[what] += 1
                return self.said_all(what)[self.taken[what] - 1]
        self.stderr.seek(0)
        raise AssertionError('the attacker %s told %s, not “%s”: %s' % (self.name, self.lines[-3:], what, self.stderr.read()[-2000:]))

    def go(self):
        self.process.stdin.write('go\n')

    def finish(self, timeout=2 * TIMEOUT):
        """What came of it. It stops when it sees the end of its input, or earlier."""
        self.process.stdin.close()
        return self.told('result', timeout)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.stderr):
            try:
                stream.close()
            except OSError:
                pass
