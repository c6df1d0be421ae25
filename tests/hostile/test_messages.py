#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages that kill networks of the originals, that were heard before, that lie, or that ask for too much."""
import math
import socket
import time

from hostile import DEEP, HostileTest, until
import tap


class Killers(HostileTest):
    def test_killers(self):
        times = 20
        attack = self.attack('killers', times=times)
        before = self.victim.stats()
        self.begin(attack)
        result = attack.finish()
        self.measure()
        stats = self.victim.stats()
        self.tell('invalid passed on: %s' % result['invalid_passed'])
        self.tell('valid passed on: %s' % result['valid_passed'])
        self.tell('links closed for: %s' % result['closed_for'])
        self.figure('invalid messages', result['n_invalid'], 35, at_least=True)
        self.figure('passed on of them', sum(result['invalid_passed'].values()), 0)
        self.figure('valid messages', result['n_valid'])
        self.figure('passed on of them', len(result['valid_passed']), result['n_valid'], at_least=True)
        self.figure('passed on at most', max(result['valid_passed'].values(), default=0), 1, unit='times')
        self.figure('sent back to where they came from', sum(result['echoed'].values()), 0)
        dropped = sum(stats['dropped'].values()) - sum(before['dropped'].values())
        self.figure('dropped and counted', dropped, 30, at_least=True)
        self.figure('the link of who heard it all is up', result['witness_up'], 1, at_least=True)
        self.assert_honest_unharmed()


class Replays(HostileTest):
    # Ids are remembered for 3 to 6 s, and messages are good for 3 s.
    limits = ['seen-seconds=3', 'message-age-seconds=3']

    def test_replays(self):
        pauses = [0.3, 0.5, 1.0, 2.0, 2.0, 1.5, 0.5] + ([2.0] * 20 if DEEP else [])
        attack = self.attack('replays', collect=1.0, n=50, pauses=pauses)
        self.begin(attack)
        result = attack.finish()
        self.measure()
        self.strength('messages replayed', result['heard'], 30)
        self.figure('times each', result['rounds'])
        self.figure('accepted', result['again'], 0)
        self.assert_honest_unharmed()


class Peers(HostileTest):
    def test_poison(self):
        """10,000 addresses: where a victim listens, of this very machine and wire, and where nobody may be sent."""
        host = self.world.attacker_address(30000)
        allowed = [socket.create_server((self.world.attacker_address(30000 + 250 * i), 0)) for i in range(20)]
        hidden_hosts = ['127.0.0.1', '127.3.4.5', '169.254.1.1'] if self.world.own else ['169.254.1.1']
        hidden = [socket.create_server((h, 0)) for h in hidden_hosts] if self.world.own else []
        for s in allowed + hidden:
            s.setblocking(False)
            self.addCleanup(s.close)
        victims = [s.getsockname()[:2] for s in allowed + hidden]
        victims += [('0.0.0.0', 80), ('255.255.255.255', 80), ('224.0.0.1', 80), ('::1', 80), ('localhost', 80),
                    ('127.1', 80), ('2130706433', 80), ('::ffff:127.0.0.1', 80), (host, 22), (host, 25)]
        privileged = []
        if self.world.own:
            privileged = [socket.create_server((host, port)) for port in (22, 25)]
        for s in privileged:
            s.setblocking(False)
            self.addCleanup(s.close)
        attack = self.attack('poison', n=10000, victims=victims)
        self.begin(attack)
        seconds = 8 if not DEEP else 130
        dialled = {s: 0 for s in allowed + hidden + privileged}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for s in dialled:
                try:
                    s.accept()[0].close()
                    dialled[s] += 1
                except OSError:
                    pass
            self.most_fds = max(self.most_fds, self.victim.fds())
            time.sleep(0.02)
        seconds = time.monotonic() - self.begun
        self.measure()
        result = attack.finish()
        # The bucket is full at the beginning: what it holds, and a minute's worth a minute.
        bar = 16 + 16 * (seconds / 60)
        self.strength('addresses told', result['entries'], 10000)
        self.figure('lists told', result['lists'])
        self.figure('dials', sum(dialled[s] for s in allowed), bar)
        self.figure('dials in a minute', sum(dialled[s] for s in allowed) * 60 / max(60, seconds), 16 if seconds <= 60 else bar)
        self.figure('dials to where it may not lead', sum(dialled[s] for s in hidden), 0)
        self.figure('dials to ports below 1024', sum(dialled[s] for s in privileged), 0)
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.figure('growth of memory', self.rss_growth, 8, 'MiB', soft=True)
        self.figure('descriptors more', self.most_fds - self.fds_before, 16)
        self.assert_honest_unharmed()


class Claims(HostileTest):
    limits = ['accepts-per-second=5000', 'links-per-address=128']

    def test_claims(self):
        """Somebody says that he is a neighbour of the victim's, who keeps the neighbour."""
        n = 1000 if not DEEP else 10000
        attack = self.attack('claims', n=n, ids=[node.id for node in self.honest])
        self.begin(attack)
        result = attack.finish(timeout=900)
        self.measure()
        self.figure('claims', result['claims'], n, at_least=True)
        ids = [node.id for node in self.honest]
        self.figure('neighbours displaced', self.victim.count(lambda e: e['ev'] == 'peer-removed' and e['id'] in ids), 0)
        self.assert_honest_unharmed()


class Answers(HostileTest):
    def test_hijacked_request(self):
        """Somebody answers to a search for a node with an address of his own."""
        wanted = self.start('X', '--max-outgoing', '0').id
        secret = 'for X alone'
        attack = self.attack('hijack', wanted=wanted, secret=secret)
        self.begin(attack)
        self.victim.write(b'{"cmd":"sendto","id":"%s","packets":["%s"],"async":true}\n' % (wanted.encode(), secret.encode()))
        self.last(1, lambda: attack.said('dialled'))
        self.last(2)
        self.measure()
        result = attack.finish()
        self.figure('false answers', result['answers'], 1, at_least=True)
        self.figure('dials of the liar', result['dials'], 1, at_least=True)
        self.figure('private words told to a wrong id', int(result['stolen']), 0)
        self.assert_honest_unharmed()

    def test_asks(self):
        """A list of peers is many times as long as the question for it, so few are to be had."""
        attack = self.attack('asks', inside=40, rate=1)
        self.begin(attack)
        self.last(3 if not DEEP else 40)
        self.measure()
        result = attack.finish()
        seconds = result['seconds']
        for name in ('greedy', 'patient'):
            n_in, n_out = result[name]
            self.tell('%s: %d bytes of questions, %d of answers in %.1f s' % (name, n_in, n_out, seconds))
        self.figure('out/in, asked as fast as it goes', result['greedy'][1] / max(1, result['greedy'][0]), 10)
        self.figure('out/in, asked as often as it is answered', result['patient'][1] / max(1, result['patient'][0]))
        self.figure('links up', int(result['up']), 1, at_least=True)
        self.figure('answers to that', result['patient'][1] / seconds / 1024, 4, 'KiB/s')
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.assert_honest_unharmed()

    def test_renegotiate(self):
        attack = self.attack('renegotiate')
        self.begin(attack)
        self.last(3 if not DEEP else 40)
        self.measure()
        result = attack.finish()
        self.strength('asked', result['asked'], 1000)
        # Three, and what the windows let pass that were begun since.
        self.figure('answers', result['answers'], 3 * math.ceil(result['seconds'] / 10) + 1)
        self.figure('seconds', result['seconds'])
        self.cpu_figure('CPU', self.cpu_share, 100, soft=False)
        self.assert_honest_unharmed()


if __name__ == '__main__':
    tap.main()
