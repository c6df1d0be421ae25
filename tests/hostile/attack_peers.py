# SPDX-License-Identifier: GPL-3.0-or-later
"""Lies about who is where, and questions without end."""
import collections
import gzip
import socket
import time
import zlib

from attack_client import GZIP, Swarm, ZLIB, frame, is_over, node_id, tell, wait_go


def poison(options):
    """Peers lists of thousands of addresses: a victim's, private ones, loopback, this very machine's; whispered and broadcast."""
    swarm = Swarm(options)
    attacker = swarm.enter('poisoner')
    wait_go()
    entries = []
    for i in range(options['n']):
        host, port = options['victims'][i % len(options['victims'])]
        entries.append([[host, port], node_id('poison%d' % i)])
    lists = [entries[i:i + 50] for i in range(0, len(entries), 50)]
    i = 0
    while not is_over():
        if attacker.is_open and not attacker.out and i < 20 * len(lists):
            attacker.write(frame(2, attacker.id, [7, lists[i % len(lists)]]))
            attacker.write(frame(0, attacker.id, [7, lists[i % len(lists)]]))
            i += 1
        swarm.run(0.01)
    return {'lists': i, 'entries': min(i, len(lists)) * 50, 'up': attacker.is_open}


def claims(options):
    """Links that say they are one of the victim's neighbours, again and again, with later and earlier times."""
    swarm = Swarm(options)
    wait_go()
    done, answered, n = 0, 0, options['n']
    alive = collections.deque()
    while done < n:
        while len(alive) < 24 and done + len(alive) < n:
            i = done + len(alive)
            client = swarm.add(i % 4000)
            swarm.clients.clear()
            when = int(time.time()) + (-30, 0, 15, 55)[i % 4]
            client.write(swarm.handshake(options['ids'][i % len(options['ids'])], when=when))
            alive.append(client)
        swarm.turn(0.01)
        now = time.monotonic()
        while alive and (alive[0].closed or alive[0].n_in > 100 or now - alive[0].begun > 3):
            client = alive.popleft()
            answered += client.n_in > 0
            # it stays for the moment in which it might be believed
            if client.is_open:
                swarm.turn(0)
            client.end()
            done += 1
    return {'claims': done, 'answered': answered}


def hijack(options):
    """Says to every request for a node that it is here, and waits with an id of its own."""
    swarm = Swarm(options)
    listener = socket.create_server((swarm.source(5000), 0))
    listener.setblocking(False)
    address = list(listener.getsockname()[:2])
    attacker = swarm.enter('hijacker', address=address)
    wait_go()
    answers, dials, stolen = 0, [], b''
    while not is_over():
        swarm.run(0.02)
        for body in attacker.frames():
            at = body.find(b'x1.')
            if at >= 0 and options['wanted'].encode() in body:
                rid = body[at - 1:]
                rid = rid[1:1 + (rid[0] & 0x1f)] if rid[0] & 0xe0 == 0xa0 else body[at:at + 25].split(b'\xa0')[0]
                attacker.write(frame(0, attacker.id, [10, rid.decode(errors='replace'), [address, options['wanted']]]))
                answers += 1
        try:
            s, _ = listener.accept()
            s.setblocking(False)
            dials.append(s)
            s.send(swarm.handshake(node_id('impostor'), address))
            if len(dials) == 1:
                tell('dialled', True)
        except OSError:
            pass
        for s in dials:
            try:
                stolen += s.recv(65536)
            except OSError:
                pass
    secret = options['secret'].encode()
    return {'answers': answers, 'dials': len(dials), 'stolen': secret in stolen or secret in attacker.got, 'received': len(stolen)}


def asks(options):
    """Asks for peers, which are many: one as fast as it goes, one as often as it is answered. What everybody hears is not counted:
    a witness hears it too."""
    swarm = Swarm(options)
    inside = swarm.enter_many(options['inside'])
    greedy, patient, witness = (swarm.enter(name, 50 + i, keep=False) for i, name in enumerate(('greedy', 'patient', 'hearer')))
    wait_go()
    swarm.run(1)
    before = [(c.sent, c.n_in) for c in (greedy, patient, witness)]
    begun, asked, n = time.monotonic(), 0, 0
    while not is_over():
        if greedy.is_open and not greedy.out:
            greedy.write(b''.join(frame(2, greedy.id, [8, b'*'], int(time.time()) + (n + i) % 90 - 45) for i in range(20)))
            n += 20
        if (time.monotonic() - begun) * options['rate'] >= asked:
            asked += 1
            patient.write(frame(2, patient.id, [8, b'*'], int(time.time()) + asked % 50))
        swarm.run(0.01)
    swarm.run(1)
    (greedy_in, greedy_out), (patient_in, patient_out), (_, heard) = [
        (c.sent - sent, c.n_in - n_in) for c, (sent, n_in) in zip((greedy, patient, witness), before)]
    return {'inside': len(inside), 'greedy': [greedy_in, greedy_out - heard], 'patient': [patient_in, patient_out - heard],
            'seconds': time.monotonic() - begun, 'asked': asked, 'up': all(c.is_open for c in (greedy, patient, witness))}


def renegotiate(options):
    """Asks for other compressions and for everything again, as fast as it goes."""
    swarm = Swarm(options)
    attacker = swarm.enter('haggler', methods=[ZLIB])
    wait_go()
    attacker.frames()
    asked, begun = 0, time.monotonic()
    while not is_over() and attacker.is_open:
        if not attacker.out:
            for i in range(20):
                attacker.write(frame(1, attacker.id, [1, [ZLIB] if i % 2 else [ZLIB, GZIP]], int(time.time()) + i))
                attacker.write(frame(1, attacker.id, [9], int(time.time()) + i))
                asked += 2
        swarm.run(0.01)
    answers = 0
    for body in attacker.frames():
        plain = body
        for unpack in (zlib.decompress, gzip.decompress):
            try:
                plain = unpack(body)
                break
            except (zlib.error, OSError, EOFError):
                pass
        # [1, sender, time, 1 or 9 ...: main flag renegotiate
        if plain[32] & 0xf0 == 0x90 and plain[33] == 1:
            answers += 1
    return {'asked': asked, 'answers': answers, 'seconds': time.monotonic() - begun, 'up': attacker.is_open}
