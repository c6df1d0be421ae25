#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""soak.py --build DIR --minutes N: nodes that chat for N minutes while others come and go, watched for leaks and losses.

Three of our nodes in a line, and a js2p one on its end when there is one. Every second each says something; every few seconds a
visitor connects, speaks and leaves, by turns politely and with a last word, or killed. Sampled: resident memory and open files of our nodes. After a
warm-up (caches of seen messages live for a minute) memory must not grow faster than --slope and open files not at all, and every
message must have reached every node that was there all the time. Leaves soak.csv in DIR/soak.
"""
import argparse
import csv
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'interop'))

WARM_UP = 120                # seconds: message ids are remembered for 60
SAMPLE = 5
VISIT = 7
ALLOWED_GROWTH = 512         # KiB: below this a slope is noise of the allocator


def rss_kib(pid):
    with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as f:
        for line in f:
            if line.startswith('VmRSS:'):
                return int(line.split()[1])
    return 0


def open_files(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def slope_per_minute(samples):
    """Least squares over (seconds, value)."""
    n = len(samples)
    mx = sum(t for t, _ in samples) / n
    my = sum(v for _, v in samples) / n
    down = sum((t - mx) ** 2 for t, _ in samples)
    return 60 * sum((t - mx) * (v - my) for t, v in samples) / down if down else 0.0


class Soak:
    def __init__(self, harness, minutes):
        self.h, self.end = harness, minutes * 60
        self.nodes, self.samples, self.sent = [], {}, 0
        self.running, self.said = [], 0         # said: by each of the nodes that stay
        self.visits = 0

    def start(self):
        first = self.node('rt')
        second = self.node('rt', first)
        third = self.node('rt', second)
        self.ours = [first, second, third]
        self.nodes = list(self.ours)
        if not self.h.missing_peers():
            self.nodes.append(self.node('js', third))
        else:
            print('No js2p: our own nodes only.')
        self.samples = {n: [] for n in self.ours}

    def node(self, kind, friend=None):
        """A node linked to friend. Each announces an address where nobody listens, so that the line stays a line."""
        n = self.h.Peer(kind, '--quiet', '--out-addr', self.h.NOWHERE, subnet='soak')
        self.running.append(n)
        if friend:
            n.dial(friend)
            friend.wait_link(n)
        return n

    def say(self, n):
        """Each node says something once in this second."""
        for i, node in enumerate(self.nodes):
            node.do('send', packets=[f'{n}:{i} ' + 'x' * (n * 37 % 600)])
            self.sent += 1
        self.said += 1

    def visit(self):
        self.visits += 1
        host = self.ours[self.visits % 3]
        visitor = self.node('rt', host)
        if self.visits % 2:
            visitor.do('send', packets=[f'visit {self.visits}'])
            self.sent += 1
            visitor.leave()
        visitor.kill()
        self.running.remove(visitor)
        self.h.until(lambda: not host.link_to(visitor), 'a visitor to be missed')

    def run(self):
        begin = time.monotonic()
        n, next_sample, next_visit = 0, 0, VISIT
        while (now := time.monotonic() - begin) < self.end:
            self.say(n)
            n += 1
            if now >= next_visit:
                self.visit()
                next_visit += VISIT
            if now >= next_sample:
                next_sample += SAMPLE
                for node in self.ours:
                    while len(node.do('recv', n=500) or []) == 500:
                        pass
                    self.samples[node].append((now, rss_kib(node.process.pid), open_files(node.process.pid)))
                    node.events.clear()
            time.sleep(max(0.0, n - (time.monotonic() - begin)))

    def judge(self, limit):
        failed = passed = 0
        for i, node in enumerate(self.ours):
            late = [s for s in self.samples[node] if s[0] >= WARM_UP]
            growth = slope_per_minute([(t, rss) for t, rss, _ in late])
            whole = late[-1][1] - late[0][1]
            files = late[-1][2] - late[0][2]
            counted = node.do('counter')['n']
            expected = self.sent - self.said
            checks = {
                f'memory grows {growth:.1f} KiB a minute, {whole} KiB in all': growth <= limit or whole <= ALLOWED_GROWTH,
                f'{late[0][2]} open files at first, {late[-1][2]} at last': files <= 0,
                f'{counted} of {expected} messages heard': counted == expected,
            }
            for what, ok in checks.items():
                print(f'{"ok    " if ok else "FAILED"} node {i + 1}: {what}')
                passed, failed = passed + ok, failed + (not ok)
        print(f'{self.visits} visitors came and went, {self.sent} messages were said.')
        print(f'{passed} passed, {failed} failed, 0 skipped')
        return failed == 0

    def write(self, path):
        with open(path, 'w', newline='', encoding='utf-8') as f:
            out = csv.writer(f)
            out.writerow(['node', 'seconds', 'rss_kib', 'open_files'])
            for i, node in enumerate(self.ours):
                out.writerows([i + 1, round(t, 1), rss, files] for t, rss, files in self.samples[node])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--build', default='build')
    p.add_argument('--minutes', type=float, default=30)
    p.add_argument('--slope', type=float, default=16.0, help='KiB a minute that memory may grow by')
    args = p.parse_args()
    if args.minutes * 60 < 2 * WARM_UP:
        p.error(f'the first {WARM_UP} seconds are warm-up: ask for {2 * WARM_UP // 60} minutes or more')
    os.environ.setdefault('ROUNDTABLE_NODE', os.path.abspath(os.path.join(args.build, 'src', 'node', 'roundtable-node')))
    import harness
    out = os.path.join(args.build, 'soak')
    os.makedirs(out, exist_ok=True)
    soak = Soak(harness, args.minutes)
    try:
        soak.start()
        soak.run()
        ok = soak.judge(args.slope)
        soak.write(os.path.join(out, 'soak.csv'))
    finally:
        for n in soak.running:
            n.kill()
    return 0 if ok else 1


if __name__ == '__main__':
    sys.exit(main())
