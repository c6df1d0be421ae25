# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages that kill or confuse, and too many of them."""
import collections
import math
import time

from attack_client import NOBODY, Swarm, frame, headed, is_over, node_id, pack, tell, wait_go, wrap


def killers(options):
    """Each of the frames that kill a network of the originals. Which must not be passed on, and which once, is told with it; a
    second link of ours counts what does arrive."""
    swarm = Swarm(options)
    attacker = swarm.enter('killer')
    witness = swarm.enter('witness', 1)
    other = node_id('somebody')
    now = int(time.time())

    def timed(when):
        """A user's message with this for its time, in any type."""
        body = pack([0, attacker.id, when, 0, 'time %r' % (when,)])
        return wrap(body)

    def said(packets, sender=attacker.id, when=None):
        return frame(0, sender, packets, when)

    invalid = {
        'A2a empty payload': said([]),
        'A2b handshake of another network': said([5, other, 'nope', ['127.0.0.1', 5], []]),
        'A2c request without arguments': said([8]),
        'A2d time is text': timed('x'),
        'A2e peers is a number': said([7, 5]),
        'A2g delta is no map': said([17, b'key', 5]),
        'A3 time is NaN': timed(math.nan),
        'time is infinite': timed(math.inf),
        'time is a fraction': timed(now + 0.5),
        'time is nil': timed(None),
        'time is true': timed(True),
        'time is bytes': timed(b'5'),
        'time is an array': timed([now]),
        'time is 2^40': timed(2 ** 40),
        'time is 2^63': timed(2 ** 63),
        'time is negative': timed(-now),
        'time is 61 s ago': timed(now - 62),
        'time is 120 s ahead': timed(now + 120),
        'A4 handshake that is right': said([5, attacker.id, swarm.protocol(), NOBODY, []]),
        'A4 handshake in another name': said([5, other, swarm.protocol(), NOBODY, []], sender=other),
        'A5 peers that names a victim': said([7, [[NOBODY, other]]]),
        'compression': said([1, []]), 'resend': said([9]), 'ping': said([3]), 'pong': said([4]),
        'retrieve': said([12, 'sha1', 'a']), 'retrieved': said([13, 'sha1', 'a', 'b']), 'forward': said([14, other, 0]),
        'new paths': said([15, {}]), 'revoke paths': said([16, {}]),
        'request of a number': said([8, 'rid', 5]),
        'response without an address': said([10, 'rid', 5]),
        'response in short': said([10]),
        'store without a key': said([11]),
        'store of a number': said([11, 5, 5]),
        'sender is a number': wrap(pack([0, 5, now, 0, 'x'])),
        'sender is nil': wrap(pack([0, None, now, 0, 'x'])),
        'sender is empty': said([0, 'x'], sender=''),
        'sender is no base58': said([0, 'x'], sender='0OIl'),
        'sender is long': said([0, 'x'], sender='2' * 4000),
        'no array': wrap(pack('text')), 'an empty array': wrap(b'\x90'), 'nothing': wrap(b''),
        'two elements': wrap(pack([0, attacker.id])),
    }
    def make_valid():
        now = int(time.time())
        return {
            'A2f delete of an absent key': said([11, b'key', None]),
            'time is 50 s ago': timed(now - 50),
            'time is 50 s ahead': timed(now + 50),
            'time is a float, integral': wrap(pack([0, attacker.id, float(now), 0, 'float'])),
            'an application’s own': said([0x70, {'a': 1}]),
            'an application’s own, by name': said([b'tx_relay', 5]),
            'a user’s': said([0, 'hello']),
        }

    wait_go()
    passed = collections.Counter()
    echoed = collections.Counter()
    links, accepted = 1, {}

    def listen(seconds):
        swarm.run(seconds)
        for client, counter in ((witness, passed), (attacker, echoed)):
            for body in client.frames():
                counter[body[:32]] += 1

    entered = attacker.id

    def say(frames):
        nonlocal attacker, links
        for name, data in frames.items():
            if not attacker.is_open:
                links += 1
                attacker = swarm.enter(entered)
            for _ in range(options['times']):
                if attacker.is_open:
                    attacker.write(data)
            listen(0.02)
            accepted[name] = attacker.is_open

    say(invalid)
    valid = make_valid()
    say(valid)
    # What came before the last of the valid ones has been dealt with.
    end = time.monotonic() + 60
    while time.monotonic() < end and not all(passed[data[4:36]] for data in valid.values()):
        listen(0.1)
    listen(1.0)

    def of(frames, counter):
        return {name: counter[data[4:36]] for name, data in frames.items() if counter[data[4:36]]}
    return {'n_invalid': len(invalid), 'n_valid': len(valid), 'invalid_passed': of(invalid, passed), 'valid_passed': of(valid, passed),
            'echoed': of(dict(invalid, **valid), echoed), 'links': links,
            'closed_for': [name for name, up in accepted.items() if not up], 'witness_up': witness.is_open}


def replays(options):
    """What a witness heard of the honest is said again, as it was and with other flags, within and after the time that ids are
    remembered. Nothing of it must come to anybody."""
    swarm = Swarm(options)
    attacker = swarm.enter('replayer')
    witness = swarm.enter('witness', 1)
    wait_go()
    passed = collections.Counter()

    def listen(seconds):
        swarm.run(seconds)
        attacker.frames()
        for body in witness.frames():
            passed[body] += 1

    listen(options['collect'])
    heard = [body for body in passed if body[33] == 0][-options['n']:]
    before = sum(passed[body] for body in heard)
    rounds = 0
    for pause in options['pauses']:
        for body in heard:
            attacker.write(headed(body))
        rounds += 1
        listen(pause)
    again = sum(passed[body] for body in heard) - before
    return {'heard': len(heard), 'rounds': rounds, 'again': again, 'once': before, 'up': attacker.is_open}


def flood(options):
    """A neighbour that says something new and valid as fast as it goes."""
    swarm = Swarm(options)
    attacker = swarm.enter('talker', keep=False)
    # Requests for nodes that nobody knows: passed on by all, and told to no program.
    now = int(time.time())
    data = [frame(0, attacker.id, [8, 'flood%d' % i, node_id('nobody')], now + 5 + i % 40) for i in range(options['n'])]
    chunks = [b''.join(data[i:i + 64]) for i in range(0, len(data), 64)]
    wait_go()
    i, begun = 0, time.monotonic()
    while not is_over() and attacker.is_open and i < len(chunks):
        if not attacker.out:
            attacker.write(chunks[i])
            i += 1
        swarm.turn(0.005)
    swarm.run(600, lambda: attacker.closed or not attacker.out)
    seconds = time.monotonic() - begun
    tell('said', True)
    swarm.run(3600, is_over)
    return {'sent': i * 64, 'seconds': seconds, 'up': attacker.is_open}
