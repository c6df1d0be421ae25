#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench.py BUILD [--reps N] [--quick] [--only W1,W2,...] [--json FILE]

Measures Roundtable's library against js2p and against raw TCP over loopback, interleaved in one run, and prints
ratios: the machine's mood falls out of them. Each figure is the median of N repetitions.

  W1  broadcast throughput A -> B, 64 B, 1 KiB, 64 KiB     W2  latency of a paced 64 B broadcast
  W3  the same through a third node (A-B-C)                 W4  both, signed and verified, beside the same unsigned
  W5  1,000 keys of 64 B set at A, seen at B, and single ones
  W6  a distributed table of 4 nodes (ours also of 16): put at one, get at another, one at a time
  W7  idle: memory and CPU of a node with one link          wire  parse and serialise of one message
  start  window mapped, against an empty window

js2p is measured where JS2P_DIR names its package, redis (W5) where there is a redis-server, or REDIS_SERVER names one. Exit status 1
when a bar is missed.
"""
import argparse
import glob
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time

CLOCK_TICKS = os.sysconf('SC_CLK_TCK')
BARS = []


class Agent:
    def __init__(self, argv):
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)
        self.address = self.read()['addr']

    def read(self):
        for line in self.process.stdout:
            if line.startswith('{'):
                answer = json.loads(line)
                if not answer.get('ok'):
                    raise RuntimeError(f'{self.process.args}: {answer}')
                return answer
        raise RuntimeError(f'{self.process.args} ended')

    def send(self, *words):
        self.process.stdin.write(' '.join(map(str, words)) + '\n')

    def ask(self, *words):
        self.send(*words)
        return self.read()

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def cpu_seconds(pid):
    total = 0
    for path in glob.glob(f'/proc/{pid}/task/*/schedstat'):
        with open(path) as f:
            total += int(f.read().split()[0])
    return total / 1e9


def memory_kib(pid, field='VmRSS'):
    with open(f'/proc/{pid}/status') as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field))


class System:
    """A way to start agents: raw, ours, js2p."""
    run = 0

    def __init__(self, name, argv, most, roles=False, verb='pub'):
        self.name, self.argv, self.most, self.roles, self.verb = name, argv, most, roles, verb

    def start(self, n):
        agents = [Agent(self.argv + (['line'] if self.roles and n > 2 else [])) for _ in range(n)]
        for before, after in zip(agents, agents[1:]):
            after.ask('connect', before.address)
        time.sleep(0.3)
        return agents

    def round(self, agents, count, size, pace=0):
        System.run += 1
        source, sink = agents[0], agents[-1]
        sink.ask('expect', System.run, count)
        before = [cpu_seconds(a.process.pid) for a in agents]
        source.send(self.verb, System.run, count, size, pace)
        sink.send('wait', 40000)
        got, sent = sink.read(), source.read()
        if not got['n']:
            raise RuntimeError(f'{self.name}: nothing arrived')
        cpu = sum(cpu_seconds(a.process.pid) - b for a, b in zip(agents, before))
        return {'rate': got['n'] / ((got['last'] - sent['t0']) / 1e9), 'ms': (got['last'] - sent['t0']) / 1e6, 'loss': 1 - got['n'] / count, 'cpu_us': cpu / got['n'] * 1e6,
                'latency': sorted(got['lat']), 'dup': got['dup']}


def spread(values, digits=0):
    middle, low, high = statistics.median(values), min(values), max(values)
    return f'{middle:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})'


def bar(what, ok, figure):
    BARS.append((what, ok, figure))


def interleave(systems, n_agents, reps, measure):
    """One repetition of each in turn, so that all see the same machine."""
    agents, results = {}, {s.name: [] for s in systems}
    try:
        for s in systems:
            agents[s.name] = s.start(n_agents)
        for rep in range(reps + 1):
            for s in systems:
                try:
                    r = measure(s, agents[s.name])
                except RuntimeError as e:
                    print(f'  {s.name}: {e}; started anew')
                    for a in agents[s.name]:
                        a.stop()
                    agents[s.name] = s.start(n_agents)
                    continue
                if rep:                         # the first one warms up
                    results[s.name].append(r)
    finally:
        for group in agents.values():
            for a in group:
                a.stop()
    return results


def throughput(name, systems, n_agents, size, reps, seconds):
    counts = {}

    def measure(s, agents):
        cap = max(20, min(s.most, (256 << 20) // size))
        n = counts.setdefault(s.name, min(200, cap))
        r = s.round(agents, n, size)
        counts[s.name] = int(max(20, min(cap, r['rate'] * seconds)))
        return r
    results = interleave(systems, n_agents, reps, measure)
    medians = {k: statistics.median(r['rate'] for r in v) for k, v in results.items() if v}
    for k, v in results.items():
        if v:
            print(f'{name} {size:>6} B  {k:<6} {spread([r["rate"] for r in v]):>38} msg/s  cpu {statistics.median(r["cpu_us"] for r in v):8.2f} us/msg'
                  f'  loss {max(r["loss"] for r in v):.2%}  x raw {medians[k] / medians["raw"]:.2f}'
                  + (f'  x js2p {medians[k] / medians["js2p"]:.0f}' if 'js2p' in medians else ''))
    return medians


def latency(name, systems, n_agents, reps, count, pace=4000):
    results = interleave(systems, n_agents, reps, lambda s, agents: s.round(agents, count, 64, pace))
    medians = {}
    for k, v in results.items():
        if v:
            p50 = [r['latency'][len(r['latency']) // 2] for r in v]
            p99 = [r['latency'][int(len(r['latency']) * 0.99)] for r in v]
            medians[k] = statistics.median(p50)
            print(f'{name}            {k:<6} p50 {spread(p50, 1)} us  p99 {spread(p99, 1)} us  x raw {medians[k] / medians["raw"]:.2f}')
    return medians


def signatures(systems, reps, seconds, quick):
    """W4: what it costs that everybody knows who said it; only what is verified counts as heard."""
    raw, plain = systems[:2]
    both = [raw, plain, System('signed', plain.argv + ['signed'], plain.most)]
    for n_agents, size in ((2, 64), (2, 1024), (3, 64)):
        m = throughput(f'W4 {n_agents} nodes', both, n_agents, size, reps, seconds)
        what = f'{size} B broadcasts, {n_agents} nodes, signed'
        bar(what + ': at least half of the rate without', m['signed'] >= m['ours'] / 2, f'{m["signed"] / m["ours"]:.2f}')
        bar(what + ': at least 30,000 a second', m['signed'] >= 30000, f'{m["signed"]:,.0f}')
    for n_agents in (2, 3):
        # one at a time, as people speak: what comes sooner than `sign-milliseconds` after another waits for them
        latency(f'W4 {n_agents} nodes', both, n_agents, reps, 60 if quick else 300, 15000)


class Redis:
    """A server of its own, as long as it is measured."""

    def __init__(self):
        self.process, program = None, os.environ.get('REDIS_SERVER') or shutil.which('redis-server')
        if not program:
            print('redis is not measured: there is no redis-server')
            return
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            self.port = s.getsockname()[1]
        self.process = subprocess.Popen([program, '--port', str(self.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def keys(build, js2p, reps, quick):
    """W5: how long until all keys are there, and how long one takes, by what the bare loopback takes for as many bytes."""
    redis = Redis()
    systems = [System('raw', [f'{build}/tests/bench/raw-agent'], 0, verb='set'), System('ours', [f'{build}/tests/bench/p2p-agent', 'kv'], 0, verb='set')]
    if js2p:
        systems.append(System('js2p', js2p + ['kv'], 0, verb='set'))
    if redis.process:
        systems.append(System('redis', [f'{build}/tests/bench/redis-agent', str(redis.port)], 0, verb='set'))
    try:
        bulk = interleave(systems, 2, reps, lambda s, agents: s.round(agents, 1000, 64))
        single = interleave(systems, 2, reps, lambda s, agents: s.round(agents, 60 if quick else 200, 64, 4000))
    finally:
        redis.stop()
    times = {k: statistics.median(r['ms'] for r in v) for k, v in bulk.items() if v}
    for k, v in bulk.items():
        if v:
            print(f'W5  1,000 keys  {k:<6} {spread([r["ms"] for r in v], 2):>26} ms  cpu {statistics.median(r["cpu_us"] for r in v):8.2f} us/key'
                  f'  loss {max(r["loss"] for r in v):.2%}  x raw {times[k] / times["raw"]:.2f}')
    medians = {}
    for k, v in single.items():
        if v:
            p50 = [r['latency'][len(r['latency']) // 2] for r in v]
            medians[k] = statistics.median(p50)
            print(f'W5  one key     {k:<6} p50 {spread(p50, 1)} us  x raw {medians[k] / medians["raw"]:.2f}')
    bar('1,000 keys at most 3 times the floor\'s time', times['ours'] <= 3 * times['raw'], f'{times["ours"] / times["raw"]:.2f}')
    bar('one key at most 3 times the floor\'s latency', medians['ours'] <= 3 * medians['raw'], f'{medians["ours"] / medians["raw"]:.2f}')
    for other in ('js2p', 'redis'):
        if other in times and other in medians:
            print(f'W5  ours is {times[other] / times["ours"]:.1f} times as fast as {other} with 1,000 keys, {medians[other] / medians["ours"]:.1f} times with one')


class Ring:
    """Nodes of a distributed table, each linked to the one before it and, where there are many, to the fifth before it."""

    def __init__(self, name, argv, n):
        self.name, self.agents, self.run = name, [Agent(argv) for _ in range(n)], 0
        for i, agent in enumerate(self.agents):
            for other in (i - 1, i - 5):
                if other >= 0:
                    agent.ask('connect', self.agents[other].address)
        end = time.monotonic() + 30
        while time.monotonic() < end and any(agent.ask('ring')['n'] < n for agent in self.agents):
            time.sleep(0.2)
        time.sleep(1)

    def measure(self, count):
        self.run += 1
        n = len(self.agents)
        puts, gets, found = [], [], 0
        for i in range(count):
            puts.append(self.agents[i % n].ask('put', f'r{self.run}-k{i}', f'value-{self.run}-{i}')['us'])
        for i in range(count):
            got = self.agents[(i + n // 2 + 1) % n].ask('get', f'r{self.run}-k{i}')
            if got['value'] == f'value-{self.run}-{i}':
                found += 1
                gets.append(got['us'])
        return {'put': statistics.median(puts), 'get': statistics.median(gets) if gets else float('nan'), 'found': found / count}

    def stop(self):
        for agent in self.agents:
            agent.stop()


def ring(build, js2p, systems, reps, quick):
    """W6: what a put and a get take. There is no floor of the same kind: what one message takes stands beside it."""
    count = 40 if quick else 100
    floor = statistics.median(r['latency'][len(r['latency']) // 2] for r in interleave(systems[:1], 2, reps, lambda s, agents: s.round(agents, 60, 64, 4000))['raw'])
    ours = [f'{build}/tests/bench/p2p-agent', 'dht']
    rings = []
    try:
        rings.append(Ring('ours', ours, 4))
        rings.append(Ring('ours 16', ours, 16))
        if js2p:
            rings.append(Ring('js2p', js2p + ['dht'], 4))
        results = {r.name: [] for r in rings}
        for rep in range(reps + 1):
            for r in rings:
                got = r.measure(10 if rep == 0 else count if r.name != 'js2p' else min(count, 20))
                if rep:
                    results[r.name].append(got)
    finally:
        for r in rings:
            r.stop()
    medians = {}
    for k, v in results.items():
        medians[k] = {what: statistics.median(r[what] for r in v) for what in ('put', 'get')}
        found = statistics.mean(r['found'] for r in v)
        print(f'W6  {k:<8} put p50 {spread([r["put"] for r in v]):>24} us  get p50 {spread([r["get"] for r in v]):>24} us  found {found:.1%}'
              f'  get x raw message {medians[k]["get"] / floor:.1f}')
        if k != 'js2p':
            bar(f'every get finds its value ({k})', found == 1, f'{found:.1%}')
    if 'js2p' in medians and medians['js2p']['get'] == medians['js2p']['get']:
        bar('a put at least as fast as js2p\'s, which nobody confirms', medians['ours']['put'] <= medians['js2p']['put'], f'{medians["js2p"]["put"] / medians["ours"]["put"]:.1f} times')
        bar('a get at least as fast as js2p\'s', medians['ours']['get'] <= medians['js2p']['get'], f'{medians["js2p"]["get"] / medians["ours"]["get"]:.1f} times')


def idle(systems, build):
    figures = {}
    bare = subprocess.Popen([f'{build}/tests/bench/bare-gio'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    bare.stdout.readline()
    time.sleep(1)
    figures['bare GIO'] = memory_kib(bare.pid) / 1024
    print(f'W7            bare GIO  rss {figures["bare GIO"]:.1f} MiB')
    bare.communicate('\n')
    for s in systems:
        agents = s.start(2)
        pid = agents[1].process.pid
        s.round(agents, 100, 64, 2000)
        time.sleep(1)
        before, begin = cpu_seconds(pid), time.monotonic()
        time.sleep(3)
        cpu = (cpu_seconds(pid) - before) / (time.monotonic() - begin) * 1e3
        figures[s.name] = memory_kib(pid) / 1024
        print(f'W7            {s.name:<8}  rss {figures[s.name]:.1f} MiB  cpu {cpu:.2f} ms/s')
        for a in agents:
            a.stop()
    return figures


def roundtable_node(build):
    """The headless program idle with one link, as people run it."""
    argv = [f'{build}/src/node/roundtable-node', '--json', '--port', '0', '--addr', '127.0.0.1', '--subnet', 'bench']
    pair = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(2)]
    ready = [json.loads(p.stdout.readline()) for p in pair]
    pair[1].stdin.write(json.dumps({'cmd': 'connect', 'addr': '127.0.0.1', 'port': ready[0]['addr'][1], 'tag': 1}) + '\n')
    while json.loads(pair[1].stdout.readline()).get('tag') != 1:
        pass
    time.sleep(1)
    rss = memory_kib(pair[1].pid) / 1024
    for p in pair:
        p.stdin.close()
        p.wait(5)
    return rss


def window_start(build, reps):
    if not shutil.which('Xvfb') or not os.path.exists(f'{build}/tests/bench/first-map'):
        print('start  not measured: no Xvfb, or built without the window')
        return
    r, w = os.pipe()
    display = subprocess.Popen(['Xvfb', '-displayfd', str(w), '-screen', '0', '1280x1024x24', '-nolisten', 'tcp', '-noreset'],
                               pass_fds=(w,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(w)
    folder = f'{build}/bench-home'
    try:
        number = os.fdopen(r).readline().strip()
        env = dict(os.environ, DISPLAY=f':{number}', GDK_BACKEND='x11', GSK_RENDERER='cairo', GTK_A11Y='none', GSETTINGS_BACKEND='memory',
                   ADW_DISABLE_PORTAL='1', GTK_USE_PORTAL='0', HOME=folder, XDG_DATA_HOME=folder + '/data', XDG_CONFIG_HOME=folder + '/config',
                   XDG_CACHE_HOME=folder + '/cache', ROUNDTABLE_DATA_DIR=folder + '/data/roundtable', DBUS_SESSION_BUS_ADDRESS='disabled:')
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        programs = {'empty': f'{build}/tests/bench/empty-window', 'roundtable': f'{build}/src/app/roundtable'}
        times = {k: [] for k in programs}
        for rep in range(reps * 2 + 1):
            for k, program in programs.items():
                out = subprocess.run([f'{build}/tests/bench/first-map', program], env=env, capture_output=True, text=True, timeout=60).stdout
                if rep:
                    times[k].append(json.loads(out.splitlines()[-1])['map_ms'])
        for k, v in times.items():
            print(f'start         {k:<10} {spread(v)} ms to the mapped window')
        ratio = statistics.median(times['roundtable']) / statistics.median(times['empty'])
        bar('window mapped at most 1.5 times an empty one', ratio <= 1.5, f'{ratio:.2f}')
    finally:
        display.terminate()
        display.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wire(build):
    program = f'{build}/tests/bench/wire-bench'
    if not os.path.exists(program):
        return
    out = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    figures = json.loads(out.splitlines()[-1])
    print(f'wire          a message of {figures["packets"]} packets, {figures["frame_bytes"]} B: serialise {figures["serialise"]} ns, parse {figures["parse"]} ns, '
          f'with its values {figures["make_values_and_serialise"]} and {figures["parse_to_values"]} ns')
    bar('serialising a 3-packet message at most 1 us', figures['serialise'] <= 1000, f'{figures["serialise"]} ns')
    bar('parsing a 3-packet message at most 1 us', figures['parse'] <= 1000, f'{figures["parse"]} ns')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('build')
    p.add_argument('--reps', type=int, default=5)
    p.add_argument('--quick', action='store_true')
    p.add_argument('--only', default='wire,W1,W2,W3,W4,W5,W6,W7,start')
    a = p.parse_args()
    build, only = os.path.abspath(a.build), a.only.split(',')
    reps, seconds = (2, 0.2) if a.quick else (a.reps, 0.7)
    systems = [System('raw', [f'{build}/tests/bench/raw-agent'], 400000), System('ours', [f'{build}/tests/bench/p2p-agent'], 1000000)]
    if os.environ.get('JS2P_DIR') and shutil.which('node'):
        systems.append(System('js2p', ['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'js2p-agent.mjs')], 3000, roles=True))
    else:
        print('js2p is not measured: JS2P_DIR is not set, or there is no node')

    if 'wire' in only:
        wire(build)
    if 'W1' in only:
        for size in (64, 1024, 65536):
            m = throughput('W1', systems, 2, size, reps, seconds)
            if size == 64:
                bar('64 B broadcasts at least as fast as the floor', m['ours'] >= m['raw'], f'{m["ours"] / m["raw"]:.2f}')
                if 'js2p' in m:
                    bar('64 B broadcasts at least 100 times js2p', m['ours'] >= 100 * m['js2p'], f'{m["ours"] / m["js2p"]:.0f}')
    if 'W2' in only:
        m = latency('W2', systems, 2, reps, 60 if a.quick else 300)
        bar('median latency at most twice the floor', m['ours'] <= 2 * m['raw'], f'{m["ours"] / m["raw"]:.2f}')
    if 'W3' in only:
        throughput('W3', systems, 3, 1024, reps, seconds)
        latency('W3', systems, 3, reps, 60 if a.quick else 300)
    if 'W4' in only:
        signatures(systems, reps, seconds, a.quick)
    if 'W5' in only:
        keys(build, next((s.argv for s in systems if s.name == 'js2p'), None), reps, a.quick)
    if 'W6' in only:
        ring(build, next((s.argv for s in systems if s.name == 'js2p'), None), systems, reps, a.quick)
    if 'W7' in only:
        f = idle(systems, build)
        f['node'] = roundtable_node(build)
        print(f'W7            node      rss {f["node"]:.1f} MiB')
        bar('idle node at most 3 MiB over a bare GIO program', f['node'] - f['bare GIO'] <= 3, f'{f["node"] - f["bare GIO"]:.1f} MiB')
    if 'start' in only:
        window_start(build, reps)
    print()
    for what, ok, figure in BARS:
        print(f'{"reached" if ok else "MISSED "}  {what}: {figure}')
    return 0 if all(ok for _, ok, _ in BARS) else 1


sys.exit(main())
