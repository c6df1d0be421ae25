# SPDX-License-Identifier: GPL-3.0-or-later
"""Too many application frames, and such as are none."""
import os
import time

from attack_client import MIB, Swarm, frame, is_over, pack, tell, wait_go
from attack_tables import enter_as_own

APPLICATION = 0x5a
NAME, REPLY, RECEIPT, HISTORY_ASK, HISTORY, FILE, FETCH, CHUNK = range(1, 9)


def whispered(client, *packets):
    return frame(2, client.id, [APPLICATION, 1] + list(packets))


def whispers(options):
    """Floods by one of ours, over and over: it comes again as soon as it is shut out. Each kind in turn; what answers nothing is large."""
    swarm = Swarm(options)
    client = enter_as_own(swarm, 'whisperer 0')
    body = pack([0, client.id, 1500000000, 0, 'x' * 400])
    page = [[1500000000 + i, body, b''] for i in range(130)]
    kinds = {
        'names': lambda: [whispered(client, NAME, 'n%d' % i, 1) for i in range(2000)],
        'questions': lambda: [whispered(client, HISTORY_ASK, i, 0, 2 ** 33, 1024, b'') for i in range(2000)],
        'fetches': lambda: [whispered(client, FETCH, i, os.urandom(32), 0, 128) for i in range(2000)],
        'receipts': lambda: [whispered(client, RECEIPT, os.urandom(64 * 32)) for i in range(1000)],
        'malformed': lambda: [whispered(client, 1 + i % 8, 5, [1], None) for i in range(2000)],
        'huge name': lambda: [whispered(client, NAME, 'n' * MIB, 0)] * 20,
        'pages nobody asked for': lambda: [whispered(client, HISTORY, i, 1, page) for i in range(200)],
        'pieces nobody asked for': lambda: [whispered(client, CHUNK, i, os.urandom(32), 0, os.urandom(49152)) for i in range(200)],
        'later': lambda: [whispered(client, 99, 'later')] * 2000,
    }
    wait_go()
    told, links, n = {}, 1, 0
    for name, make in kinds.items():
        if not client.is_open:
            links += 1
            client = enter_as_own(swarm, 'whisperer %d' % links)
        data = make()
        for i in range(0, len(data), 50):
            if client.is_open:
                client.write(b''.join(data[i:i + 50]))
                swarm.run(30, lambda: client.closed or not client.out)
        n += len(data)
        # Until it is shut out, or what was sent has been dealt with.
        swarm.run(1 if name.endswith('asked for') else 30, lambda: client.closed)
        told[name] = not client.is_open
    tell('said', n)
    swarm.run(3600, is_over)
    return {'sent': n, 'links': links, 'shut_out': told}


def strangers(options):
    """The same by one that did not say that it is one of ours."""
    swarm = Swarm(options)
    client = swarm.enter('stranger')
    wait_go()
    for i in range(options['n'] // 100):
        client.write(b''.join(whispered(client, NAME, 'n%d' % (100 * i + j), 1) for j in range(100)))
        swarm.run(30, lambda: client.closed or not client.out)
    tell('said', True)
    swarm.run(3600, is_over)
    return {'sent': options['n'], 'up': client.is_open}


def shouts(options):
    """Broadcasts of all kinds, good ones and bad ones, as fast as they are taken."""
    swarm = Swarm(options)
    client = swarm.enter('shouter', keep=False)
    now = int(time.time())

    def shouted(i, *packets):
        return frame(0, client.id, [APPLICATION, 1] + list(packets), now + i % 40)
    data = []
    for i in range(options['n'] // 5):
        data += [shouted(i, NAME, 'n%d' % i, 1), shouted(i, REPLY, os.urandom(32), os.urandom(32)), shouted(i, RECEIPT, os.urandom(64)),
                 shouted(i, HISTORY_ASK, i, 0, 2 ** 33, 1024, b''), shouted(i, NAME, i)]
    data += [shouted(i, NAME, '%d' % i + 'n' * MIB, 1) for i in range(3)]
    chunks = [b''.join(data[i:i + 50]) for i in range(0, len(data), 50)]
    wait_go()
    begun = time.monotonic()
    for chunk in chunks:
        client.write(chunk)
        swarm.run(60, lambda: client.closed or not client.out)
    seconds = time.monotonic() - begun
    tell('said', True)
    swarm.run(3600, is_over)
    return {'sent': len(data), 'seconds': seconds, 'up': client.is_open}
