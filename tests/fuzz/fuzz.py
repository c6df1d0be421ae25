#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the fuzzers. The corpus of a target is corpus/TARGET.hex, an input a line.

  fuzz.py run TARGET PROGRAM       corpus, then FUZZ_SECONDS (5) of new inputs. TAP. Which lines the corpus ran is kept in FUZZ_PROFILES
  fuzz.py cover TARGET=PROGRAM...  what all corpora together cover, against the bars. TAP. Of a corpus that was not run since it is run now
  fuzz.py planted TARGET PROGRAM   the program with a bug planted: it has to be found in PLANTED_RUNS, seconds on an idle machine. TAP
  fuzz.py grow TARGET PROGRAM S    S seconds of fuzzing from corpus and seeds; what adds coverage becomes the corpus
"""
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = pathlib.Path(os.environ.get('FUZZ_CORPUS', HERE / 'corpus'))
PROFILES = pathlib.Path(os.environ.get('FUZZ_PROFILES', tempfile.gettempdir() + f'/fuzz-profiles-{os.getuid()}'))
MAX_RSS = 1024                    # MiB, the sanitizers' shadow of it included
PLANTED_RUNS = 20000
SLOW_UNIT = 10                    # seconds under the sanitizers on a busy machine; replay.c measures the plain build

# The least share of lines that all corpora together run, in percent: of the folder, and of each file that handles what others say.
FOLDERS = {'p2p/wire': 90, 'p2p/chat': 75, 'p2p/mesh': 75, 'p2p/sync': 75, 'p2p/chord': 75, 'p2p/x1': 75}
HANDLERS = 75
# The rest of wire/ reads nothing that others say: numbers of the ring, tables of names; nor does what makes a fingerprint, a secret or what AUTH signs.
NOT_READ = r'p2p/(wire/p2p-(chord|enum-types|limits|protocol|types)|chat/p2p-chat-enum-types|x1/p2p-(fingerprint(-words)?|secret|x1-transcript))\.c'
# Nor do mesh/p2p-mesh-block and -lab: they are told by the program whom to refuse and what to lose.
HANDLER_FILES = r'p2p/(x1/.*|mesh/p2p-mesh-(?!node|events|enum-types|block|lab).*|chat/.*|sync/.*|chord/.*|link/p2p-link-in|wire/.*)\.c'


def tool(name):
    for suffix in ('-14', ''):
        path = subprocess.run(['which', name + suffix], capture_output=True, text=True).stdout.strip()
        if path:
            return path
    sys.exit(f'{name} is missing (package llvm-14)')


def unpack(target, folder):
    lines = [line for line in (CORPUS / f'{target}.hex').read_text().split('\n') if line and not line.startswith('#')]
    for i, line in enumerate(lines):
        (folder / f'{i:05}').write_bytes(bytes.fromhex(line))
    return len(lines)


def environment(**more):
    env = dict(os.environ, **more)
    env.setdefault('ASAN_OPTIONS', 'detect_leaks=1:allocator_may_return_null=1')
    env.setdefault('UBSAN_OPTIONS', 'print_stacktrace=1:halt_on_error=1')
    return env


def fuzz(program, folders, *options, artifacts='.', profile=os.devnull):
    return subprocess.run([program, *map(str, folders), *options, f'-rss_limit_mb={MAX_RSS}', f'-timeout={SLOW_UNIT}',
                           f'-artifact_prefix={artifacts}/', '-entropic=0', '-print_final_stats=1', '-verbosity=1'],
                          env=environment(LLVM_PROFILE_FILE=profile), capture_output=True, text=True, errors='replace', check=False)


def figure(text, name):
    found = re.search(name + r':\s+(\d+)', text)
    return int(found[1]) if found else 0


def run_corpus(target, program, corpus, artifacts):
    """The result, and the profile of what it ran."""
    PROFILES.mkdir(exist_ok=True)
    profile = PROFILES / f'{target}.raw'
    profile.unlink(missing_ok=True)
    return fuzz(program, [corpus], '-runs=0', artifacts=artifacts, profile=profile), profile


def profile_of(target, program, folder):
    """That of the last run, unless program or corpus are newer."""
    profile = PROFILES / f'{target}.raw'
    if profile.exists() and profile.stat().st_mtime > max(os.path.getmtime(program), os.path.getmtime(CORPUS / f'{target}.hex')):
        return profile
    corpus = folder / target
    corpus.mkdir()
    unpack(target, corpus)
    result, profile = run_corpus(target, program, corpus, folder)
    result.check_returncode()
    return profile


def lines_run(programs, folder):
    """{file: (lines, lines that the corpora run)}, of each file under src/; programs: {target: program}."""
    data = folder / 'data'
    raws = [str(profile_of(target, program, folder)) for target, program in programs.items()]
    subprocess.run([tool('llvm-profdata'), 'merge', '-sparse', *raws, '-o', str(data)], check=True)
    objects = list(programs.values())
    out = subprocess.run([tool('llvm-cov'), 'export', '-summary-only', f'-instr-profile={data}', objects[0],
                          *(f'-object={p}' for p in objects[1:])], capture_output=True, text=True, check=True)
    return {re.sub(r'.*/src/', '', f['filename']): (f['summary']['lines']['count'], f['summary']['lines']['covered'])
            for f in json.loads(out.stdout)['data'][0]['files'] if '/src/' in f['filename']}


def cover(programs):
    with tempfile.TemporaryDirectory() as name:
        lines = lines_run(programs, pathlib.Path(name))
    results = []
    for folder, least in FOLDERS.items():
        counts = [n for file, n in lines.items() if file.startswith(folder + '/') and file.endswith('.c') and not re.fullmatch(NOT_READ, file)]
        percent = 100 * sum(n[1] for n in counts) / max(1, sum(n[0] for n in counts))
        results.append((folder, percent, least))
    for file, (count, covered) in sorted(lines.items()):
        if re.fullmatch(HANDLER_FILES, file) and not re.fullmatch(NOT_READ, file):
            results.append((file, 100 * covered / max(1, count), HANDLERS))
    print(f'1..{len(results)}')
    for i, (what, percent, least) in enumerate(results):
        print(f'{"ok" if percent >= least else "not ok"} {i + 1} - {what}: {percent:.1f} % of lines from the corpora (bar {least} %)')
    return 0 if all(percent >= least for _, percent, least in results) else 1


def run(target, program):
    seconds = int(os.environ.get('FUZZ_SECONDS', '5'))
    print('1..1')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        known, new = folder / 'known', folder / 'new'
        known.mkdir()
        new.mkdir()
        n = unpack(target, known)
        begun = time.monotonic()
        result, _ = run_corpus(target, program, known, name)
        took = time.monotonic() - begun
        if result.returncode == 0:
            # From so many of the corpus that running them again takes no longer than the new inputs: they count as time, too.
            every = max(1, math.ceil(took / max(1, seconds)))
            for i, p in enumerate(sorted(known.iterdir())):
                if i % every:
                    p.unlink()
            result = fuzz(program, [new, known], f'-max_total_time={seconds + math.ceil(took / every)}', artifacts=name)
        found = [p for p in folder.iterdir() if re.match(r'(crash|leak|timeout|oom)-', p.name)]
        failed = result.returncode != 0 or bool(found)
        if failed:
            print('\n'.join('# ' + line for line in result.stderr.split('\n')[-80:]))
            for p in found:
                print(f'# {p.name}: {p.read_bytes().hex()}')
        print(f'{"not ok" if failed else "ok"} 1 - {target}: {n} inputs and {seconds} s of new ones')
        print(f'# {figure(result.stderr, "stat::number_of_executed_units")} executions, {figure(result.stderr, "stat::average_exec_per_sec")} a second, '
              f'{figure(result.stderr, "stat::peak_rss_mb")} MiB, {len(list(new.iterdir()))} new inputs')
    return 1 if failed else 0


def planted(target, program):
    print('1..1')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / 'corpus'
        folder.mkdir()
        unpack(target, folder)
        result = fuzz(program, [folder], '-seed=1', f'-runs={PLANTED_RUNS}', artifacts=name)
    found = 'AddressSanitizer: heap-buffer-overflow' in result.stderr and 'planted' in result.stderr
    print(f'{"ok" if found else "not ok"} 1 - {target}: the planted bug is found within {PLANTED_RUNS} runs')
    if not found:
        print('\n'.join('# ' + line for line in result.stderr.split('\n')[-20:]))
    return 0 if found else 1


def grow(target, program, seconds):
    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name)
        old, new = base / 'old', base / 'new'
        old.mkdir()
        new.mkdir()
        subprocess.run([sys.executable, str(HERE / 'make-seeds.py'), name], check=True)
        if (CORPUS / f'{target}.hex').exists():
            unpack(target, old)
        for p in (base / target).iterdir():
            p.rename(old / p.name)
        if seconds > 0:
            result = fuzz(program, [old], f'-max_total_time={seconds}', artifacts=name)
            print('\n'.join(result.stderr.split('\n')[-12:]))
            for p in base.iterdir():
                if re.match(r'(crash|leak|timeout|oom)-', p.name):
                    print(p.name, p.read_bytes().hex())
        # What is in the corpus counts again after each change of the code: the smallest set that covers all.
        subprocess.run([program, '-merge=1', '-use_value_profile=0', str(new), str(old)], env=environment(LLVM_PROFILE_FILE=os.devnull),
                       capture_output=True, check=True)
        inputs = sorted((p.read_bytes() for p in new.iterdir()), key=lambda b: (len(b), b))
        CORPUS.mkdir(exist_ok=True)
        (CORPUS / f'{target}.hex').write_text('# grown by fuzz.py; an input a line, in hex\n' + ''.join(b.hex() + '\n' for b in inputs if b))
        print(f'{target}: {len(inputs)} inputs, {sum(map(len, inputs))} bytes')
    return 0


if __name__ == '__main__':
    if len(sys.argv) >= 4 and sys.argv[1] in ('run', 'planted'):
        sys.exit({'run': run, 'planted': planted}[sys.argv[1]](*sys.argv[2:4]))
    if len(sys.argv) >= 3 and sys.argv[1] == 'cover':
        sys.exit(cover(dict(word.split('=', 1) for word in sys.argv[2:])))
    if len(sys.argv) == 5 and sys.argv[1] == 'grow':
        sys.exit(grow(sys.argv[2], sys.argv[3], int(sys.argv[4])))
    sys.exit(__doc__)
