# SPDX-License-Identifier: GPL-3.0-or-later
"""A victim under attack, and what honest nodes notice of it.

Real processes: a victim V, five honest nodes linked to it and to nobody else, and a far one behind the fifth. All the time each of the
five says twenty things a second, and everything must reach everybody once. Attackers are processes of their own (attackers.py). What
an attack costs is read from /proc. Every figure is printed beside its bar, and with HOSTILE_REPORT=FILE appended there as a line of JSON.

The bars are for a machine that has nothing else to do. What is counted (losses, links, descriptors, memory) must keep to them
anywhere. What is a time must not exceed the bar, or what a machine that is slow now lets pass, if that is more: some times what the
same costs without the attack. That is measured in the same run, before the attack, and during it by nodes that know nothing of V,
three in a line that talk too. Where a wait is by design (for a place, for a turn), it is added. And a test where nothing but times
was beyond is done again: what the machine did to it that once, does not come three times; what the attack does, comes every time.
"""
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
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ('interop', 'support'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))

import harness  # noqa: E402
from harness import NODE, text_of  # noqa: E402
import world  # noqa: E402

DEEP = os.environ.get('HOSTILE_DEEP') == '1'
SUBNET = 'hostile'
RATE = 100                    # honest messages a second
QUIET = 1.5                   # seconds without attack, to compare with
TIMEOUT = 60                  # for what happens in no time; nothing that works comes near it
TIMES = 3                     # as long as elsewhere at the same time may be what takes long on a machine that is slow
QUIET_P99 = 10                # ms: what messages take without attack on a machine that is not slow...
QUIET_CPU = 0.06              # ...and the share of a core that the victim needs for them
ATTEMPTS = 3
STRENGTH = 0.25               # of the attack that is planned, the least that is one
NODE_FILES = 1024             # descriptors of a node, as most systems give
PAGE = os.sysconf('SC_PAGESIZE')
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

    def __init__(self, hub, name, host, *args, encryption='Plaintext', limits=(), read=True):
        self.hub, self.name, self.host = hub, name, host
        self.events, self.results, self.tags = [], {}, itertools.count(1)
        self.heard = collections.Counter()
        self.rest = b''
        self.traffic = None           # what is said in its network
        self.stderr = tempfile.TemporaryFile('w+')
        command = [NODE, '--json', '--addr', host, '--port', '0', '--subnet', SUBNET, '--encryption', encryption] + list(args)
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
        self.stop_reading()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.stderr):
            try:
                stream.close()
            except OSError:
                pass


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
            self.sent[-1][1].write(b'{"cmd":"send","packets":["t%d"]}\n' % n)
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


class Late(AssertionError):
    """Nothing but times was beyond the bars."""


class HostileTest(unittest.TestCase):
    limits = ()
    encryption = 'Plaintext'
    victim_args = ()
    n_honest = 5
    world = None

    @classmethod
    def setUpClass(cls):
        if HostileTest.world is None:
            HostileTest.world = world.World()

    def setUp(self):
        self.sanitized = is_sanitized(NODE)
        self.hub = Hub()
        self.hub.start()
        self.addCleanup(self.hub.stop)
        self.n_nodes = 0
        self.samples = []
        self.over, self.late = [], []
        limits = list(self.limits) + ([] if self.world.own else ['count-loopback=1'])
        self.victim = self.start('V', *self.victim_args, limits=limits)
        self.honest = [self.start('H%d' % (i + 1), '--max-outgoing', '0') for i in range(self.n_honest)]
        # V hears of F, and dials it in vain: it stays behind H5.
        self.far = self.start('F', '--max-outgoing', '0', '--out-addr', NOBODY)
        for node in self.honest:
            node.dial(self.victim)
        self.far.dial(self.honest[-1])
        until(lambda: len(self.victim.linked_ids()) == self.n_honest, 'the links of V')
        self.traffic = Traffic(self.hub, self.honest, [self.victim] + self.honest + [self.far])
        others = [self.start_elsewhere('C%d' % (i + 1)) for i in range(3)]
        others[0].dial(others[1])
        others[2].dial(others[1])
        until(lambda: len(others[1].linked_ids()) == 2, 'the links of C2')
        self.unharmed = others[1]
        self.control = Traffic(self.hub, others, others, rate=RATE / 2)
        self.addCleanup(lambda: self.hub.call(self.hub.traffics.clear))

    def _callTestMethod(self, method):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return method()
            except Late as error:
                if attempt == ATTEMPTS:
                    raise
                self.tell('once more, for it was late: %s' % error)
            self.tearDown()
            self.doCleanups()
            self.setUp()

    def start(self, name, *args, **options):
        self.n_nodes += 1
        node = Node(self.hub, name, self.world.node_address(self.n_nodes), *args, encryption=self.encryption, **options)
        self.addCleanup(node.kill)
        return node

    def start_elsewhere(self, name):
        return self.start(name, '--max-outgoing', '0', '--subnet', 'elsewhere')

    def attack(self, name, **options):
        attack = Attack(name, host=self.victim.host, port=self.victim.port, subnet=SUBNET, encryption=self.encryption,
                        own_world=self.world.own, deep=DEEP, **options)
        self.addCleanup(attack.kill)
        return attack

    # ---- figures ----

    def tell(self, text):
        result = self._outcome.result
        if hasattr(result, 'note'):
            result.note(text)
        else:
            print('# ' + text, flush=True)

    def figure(self, name, value, bar=None, unit='', at_least=False, soft=False, may=None):
        """Tells a figure and its bar. Beyond it the test fails in the end, unless here and now it may be so much; where it is soft,
        not in a sanitized build, which has other costs."""
        def keeps_to(limit):
            return limit is None or (value >= limit if at_least else value <= limit)
        good = keeps_to(bar)
        passes = good or (may is not None and keeps_to(may))
        text = '%s %.4g%s' % (name, value, unit and ' ' + unit)
        if bar is not None:
            text += ' (bar: at %s %.4g%s)%s' % ('least' if at_least else 'most', bar, '' if may is None else ', here %.4g' % may,
                                               '' if good else ' BEYOND')
        self.tell(text)
        path = os.environ.get('HOSTILE_REPORT')
        if path:
            with open(path, 'a', encoding='utf-8') as f:
                f.write(json.dumps({'test': self.id().partition('.')[2], 'figure': name, 'value': value, 'bar': bar, 'unit': unit,
                                    'at_least': at_least, 'may': may, 'good': good}) + '\n')
        if not passes and not (soft and self.sanitized):
            (self.over if may is None else self.late).append(text)

    def strength(self, name, value, planned):
        """How much of an attack it was: a machine that is slow may make it weaker, but not nothing."""
        self.figure(name, value, planned, at_least=True, may=planned * STRENGTH)

    def cpu_figure(self, name, value, bar, unit='%', soft=True):
        """CPU that is used, on a machine that may need more for everything."""
        self.figure(name, value, bar, unit, soft=soft, may=bar * max(1, self.quiet_cpu / QUIET_CPU))

    def lag(self):
        """The longest that anything took elsewhere during the attack, in seconds."""
        return max(self.control.latencies['attack'], default=0)

    # ---- an attack, from the quiet before to the count after ----

    def begin(self, *attacks):
        """Honest traffic alone for a moment, then the attacks beside it."""
        self.traffic.start()
        self.control.start()
        begun = self.victim.cpu()
        time.sleep(QUIET)
        self.quiet_cpu = (self.victim.cpu() - begun) / QUIET
        self.rss_before = self.victim.rss()
        self.victim.begin_peak()
        self.fds_before, self.most_fds = self.victim.fds(), 0
        self.cpu_before, self.begun = self.victim.cpu(), time.monotonic()
        self.traffic.phase = self.control.phase = 'attack'
        for attack in attacks:
            attack.go()

    def last(self, seconds, enough=lambda: True):
        """Lets the attack last at least so long, and on until it was enough; looks at descriptors."""
        end = time.monotonic() + seconds
        while time.monotonic() < end or not (enough() or time.monotonic() > end + 2 * TIMEOUT):
            self.most_fds = max(self.most_fds, self.victim.fds())
            time.sleep(0.05)

    def measure(self):
        """The attack is over, or goes on: what it cost so far."""
        elapsed = time.monotonic() - self.begun
        self.cpu_used = max(0.0, self.victim.cpu() - self.cpu_before - self.quiet_cpu * elapsed)
        self.cpu_share = 100 * self.cpu_used / elapsed
        self.rss_growth = (self.victim.peak_rss() - self.rss_before) / MIB
        self.traffic.phase = self.control.phase = 'after'

    def dial_figures(self):
        """A dial of the victim's own, and one of a node that is not attacked."""
        here, there = self.start('N', '--max-outgoing', '0'), self.start_elsewhere('O')
        took, usual = timed(self.victim.dial, here), timed(self.unharmed.dial, there)
        self.figure('own dial elsewhere', usual, unit='s')
        self.figure('own dial', took, 1, 's', soft=True, may=1 + TIMES * usual + self.lag())

    def assert_honest_unharmed(self, **bars):
        self.check_honest(**bars)
        self.assert_bars()

    def check_honest(self, bar_ms=50, bar_lost=0, waits_ms=0):
        """Everything that was said reached everybody once, in time, and no link was lost. waits_ms: what is by design."""
        self.traffic.finish()
        self.control.finish()
        missing = self.traffic.missing()
        quiet, elsewhere = self.traffic.p99('quiet'), self.control.p99('attack')
        self.figure('honest messages', len(self.traffic.sent))
        self.figure('quiet p50', self.traffic.p50('quiet'), unit='ms')
        self.figure('quiet p99', quiet, unit='ms')
        self.figure('quiet CPU', 100 * self.quiet_cpu, unit='%')
        self.figure('elsewhere p99', elsewhere, unit='ms')
        self.figure('attack p50', self.traffic.p50('attack'), unit='ms')
        self.figure('attack p99', self.traffic.p99('attack'), bar_ms, 'ms', soft=True,
                    may=max(bar_ms, TIMES * elsewhere, 1000 * self.lag(), bar_ms * quiet / QUIET_P99) + waits_ms)
        self.figure('honest messages lost', len(missing), bar_lost)
        self.figure('honest duplicates', self.traffic.duplicates(), 0)
        honest = [self.victim] + self.honest + [self.far]
        known = {node.id for node in honest}
        lost = sum(node.count(lambda e: e['ev'] == 'peer-removed' and text_of(e['id']) in known) for node in honest)
        self.figure('honest links lost', lost, 0)
        ids = self.victim.linked_ids()
        self.figure('honest links up', sum(1 for node in self.honest if node.id in ids), self.n_honest, at_least=True)

    def assert_bars(self):
        if self.over:
            self.fail('beyond the bar: %s; lost: %s; V says: %s' % (self.over, self.traffic.missing()[:5], self.victim.errors()[-500:]))
        if self.late:
            raise Late('; '.join(self.late))

    def tearDown(self):
        if self.victim.process.poll() is None:
            status, seconds = self.victim.terminate(TIMEOUT)
            self.assertEqual(status, 0, self.victim.errors())
        self.assertNotIn('Sanitizer', self.victim.errors())
