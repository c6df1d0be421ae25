#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""build.py [--runtime auto|flathub|bookworm|trixie] [--development] [--out FOLDER] [--no-run]: builds the Flatpak, installs it and runs it.

Everything, the installation too, is in FOLDER (build/flatpak): nothing of the person's own Flatpaks is touched. With `flathub` the runtime
that the manifest names comes from there. Where that cannot be reached (auto looks), a stand-in of that name is made of Debian 12, or 13
(trixie: a newer GTK), and what the manifest names as sources comes from Debian, too, where it must. Ends with pictures from inside the
sandbox, FOLDER/RUNTIME.png first.
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
FLATHUB = 'https://dl.flathub.org/repo/flathub.flatpakrepo'
STANDINS = ('bookworm', 'trixie')
TOOLS = ('flatpak', 'flatpak-builder', 'eu-strip', 'bwrap')


def fail(words):
    sys.exit(f'make flatpak: {words}')


def say(words):
    print(f'== {words}', flush=True)


def run(*argv, log=None, **options):
    """Runs it; with a log, all that it says is also kept there."""
    if log is None:
        return subprocess.run(argv, check=True, **options)
    with open(log, 'w', encoding='utf-8') as f:
        p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', **options)
        for line in p.stdout:
            f.write(line)
            print(line, end='', flush=True)
        if p.wait() != 0:
            fail(f'{argv[0]} ended with {p.returncode}; all that it said is in {log}')


class Build:
    def __init__(self, args):
        self.development = args.development
        self.out = os.path.abspath(args.out)
        self.name = 'org.roundtable.Roundtable' + ('.Devel' if args.development else '')
        with open(os.path.join(HERE, self.name + '.json'), encoding='utf-8') as f:
            self.manifest = json.load(f)
        self.branch = self.manifest['runtime-version']
        self.runtime = args.runtime

    def look_around(self):
        missing = [t for t in TOOLS if shutil.which(t) is None]
        if missing:
            fail('there is no ' + ', no '.join(missing))
        r = subprocess.run(['bwrap', '--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true'], capture_output=True, text=True)
        if r.returncode != 0:
            fail(f'no sandbox can be made here (bubblewrap says: {r.stderr.strip()}). Flatpak needs one to build and to run.')

    # ---- the runtime ----

    def choose_runtime(self):
        if self.runtime == 'auto':
            self.runtime = 'flathub' if self.add_flathub() else 'bookworm'
            if self.runtime != 'flathub':
                say('Flathub cannot be reached: a stand-in of its runtime is made of Debian packages')
        elif self.runtime == 'flathub' and not self.add_flathub():
            fail('Flathub cannot be reached')
        self.folder = os.path.join(self.out, self.runtime)
        os.makedirs(self.folder, exist_ok=True)
        os.environ['FLATPAK_USER_DIR'] = os.path.join(self.folder, 'user')

    def add_flathub(self):
        os.environ['FLATPAK_USER_DIR'] = os.path.join(self.out, 'flathub', 'user')
        try:
            return subprocess.run(['flatpak', '--user', 'remote-add', '--if-not-exists', 'flathub', FLATHUB], timeout=30).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def get_runtime(self):
        say(f'The runtime {self.branch} ({self.runtime})')
        if self.runtime == 'flathub':
            run('flatpak', '--user', 'install', '-y', '--noninteractive', '--or-update', 'flathub',
                f'org.gnome.Platform//{self.branch}', f'org.gnome.Sdk//{self.branch}')
        else:
            run(os.path.join(HERE, 'make-standin-runtime.sh'), self.folder, self.runtime, self.branch)

    # ---- the sources ----

    def export(self):
        """The tree as git has it, with what is not committed yet, and without what was built: a folder that the manifest can name."""
        source = os.path.join(self.folder, 'source')
        shutil.rmtree(source, ignore_errors=True)
        listed = subprocess.run(['git', '-C', TOP, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], capture_output=True)
        if listed.returncode != 0:
            fail('this is no clone: ' + listed.stderr.decode(errors='replace').strip())
        for name in filter(None, os.fsdecode(listed.stdout).split('\0')):
            path = os.path.join(TOP, name)
            if not os.path.lexists(path):
                continue
            os.makedirs(os.path.dirname(os.path.join(source, name)), exist_ok=True)
            shutil.copy2(path, os.path.join(source, name), follow_symlinks=False)
        return os.path.join(source, 'flatpak', self.name + '.json')

    def stand_in(self, path):
        """Takes from Debian's archive what the manifest would fetch from elsewhere. The copied manifest says so; the hashes are Debian's."""
        mirror = subprocess.run(['apt-get', 'indextargets', '--format', '$(SITE) $(CODENAME)', 'Created-By: Packages'], capture_output=True, text=True, check=True).stdout
        mirror = next(line.split()[0] for line in mirror.splitlines() if line.split()[1:] in (['bookworm'], ['trixie']))
        with open(os.path.join(HERE, 'standin-sources'), encoding='utf-8') as f:
            debian = {w[0]: w[1:] for w in (line.split() for line in f if line.strip() and not line.startswith('#'))}
        archives = os.path.join(self.out, 'archives')
        os.makedirs(archives, exist_ok=True)
        for module in self.manifest['modules']:
            for source in module['sources']:
                if source['type'] != 'archive':
                    continue
                where, sha256 = debian[module['name']]
                kept = os.path.join(archives, os.path.basename(where))
                if not os.path.exists(kept):
                    run('/usr/lib/apt/apt-helper', 'download-file', f'{mirror}/pool/main/{where}', kept, f'SHA256:{sha256}')
                with open(kept, 'rb') as f:
                    if hashlib.sha256(f.read()).hexdigest() != sha256:
                        fail(f'{kept} is not what it should be')
                same = sha256 == source['sha256']
                say(f'{module["name"]}: {os.path.basename(where)} of Debian, ' + ('the file that the manifest names' if same else f'in place of {source["url"]}'))
                for key in ('url', 'dest-filename'):
                    source.pop(key, None)
                source.update(path=kept, sha256=sha256)
        with open(path, 'w', encoding='utf-8') as f:
            json.dump(self.manifest, f, indent=4)

    # ---- the program ----

    def build(self):
        path = self.export()
        if self.runtime in STANDINS:
            self.stand_in(path)
        say(f'{self.name} is built')
        log = os.path.join(self.folder, 'build.log')
        wrapper = ['dbus-run-session', '--'] if shutil.which('dbus-run-session') else []
        run(*wrapper, 'flatpak-builder', '--user', '--install', '--force-clean', '--disable-rofiles-fuse', '--disable-cache', f'--jobs={os.environ.get("JOBS", os.cpu_count())}',
            '--state-dir', os.path.join(self.folder, 'state'), os.path.join(self.folder, 'app'), path, log=log, cwd=self.folder)
        with open(log, encoding='utf-8') as f:
            said = [line for line in f if re.search(r'deprecat', line, re.I) and ('warning' in line or 'error' in line) and 'cmake' not in line.lower()]
        if said:
            fail('something deprecated is used:\n' + ''.join(said))

    def show(self):
        """Its window in a virtual display: what a person does with it, as far as it can be done from outside of the sandbox."""
        say(f'{self.name} runs in its sandbox')
        env = {**os.environ, 'ROUNDTABLE_FLATPAK': self.name, 'ROUNDTABLE_PICTURES': self.folder}
        tests = [['test_sandbox.py']]
        # The accessibility tree of what newer GTKs draw is not to be seen from outside without a portal.
        if self.runtime == 'bookworm':
            tests += [['test_first_run.py'], ['test_chat.py']]
        for test in tests:
            if subprocess.run(['/usr/bin/python3', os.path.join(TOP, 'tests', 'ui', test[0]), *test[1:]], env=env).returncode != 0:
                fail(f'{test[0]} failed in the sandbox')
        shutil.copy2(os.path.join(self.folder, 'sandbox.png'), os.path.join(self.out, self.runtime + '.png'))
        say(f'From inside the sandbox: {os.path.relpath(os.path.join(self.out, self.runtime + ".png"))}')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--runtime', default='auto', choices=('auto', 'flathub', *STANDINS))
    p.add_argument('--development', action='store_true', help='the development version, which has an id of its own')
    p.add_argument('--out', default=os.path.join(TOP, 'build', 'flatpak'))
    p.add_argument('--no-run', action='store_true', help='build and install only')
    args = p.parse_args()
    b = Build(args)
    b.look_around()
    os.makedirs(b.out, exist_ok=True)
    b.choose_runtime()
    b.get_runtime()
    b.build()
    if not args.no_run:
        b.show()


if __name__ == '__main__':
    main()
