#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed Flatpak of ROUNDTABLE_FLATPAK in its sandbox, as far as it can be seen from outside of any: by keys, pictures, sockets and files. (flatpak/build.py runs it.)"""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile

from scenario import BUILD, FLATPAK, Scenario, free_port, tap
from accessible import poll
from seeded import Home, SEED

PICTURES = os.environ.get('ROUNDTABLE_PICTURES', os.path.join(BUILD, 'ui-screenshots'))
PATIENT = 60


class Sandbox(Scenario):
    @classmethod
    def setUpClass(cls):
        if FLATPAK is None:
            raise AssertionError('ROUNDTABLE_FLATPAK names no Flatpak')
        cls.kept = tempfile.mkdtemp(prefix='sandbox-')
        cls.addClassCleanup(shutil.rmtree, cls.kept, ignore_errors=True)
        cls.week = json.loads(subprocess.run([SEED, cls.kept, 'Ada', '400'], check=True, capture_output=True, text=True).stdout)

    def picture(self, name):
        os.makedirs(PICTURES, exist_ok=True)
        return self.desk.picture(self.app, os.path.join(PICTURES, name + '.png'))

    def seed(self):
        """A week of messages, where the sandbox has its data; a port for each network."""
        ports = {s: free_port() for s in ('club', 'lab', 'family')}
        home = Home.__new__(Home)
        home.folder = os.path.join(self.sandbox_home(), 'data', 'roundtable')
        shutil.copytree(self.kept, home.folder)
        for subnet, port in ports.items():
            home.tell('UPDATE networks SET listen_port = ?, peers = ? WHERE subnet = ?', port, '', subnet)
        return ports

    @staticmethod
    def listens(port):
        with socket.socket() as s:
            return s.connect_ex(('127.0.0.1', port)) == 0

    def test_week(self):
        """History, networks and the other pages are there; somebody outside of the sandbox talks with us through a real socket."""
        ports = self.seed()
        self.start(attach=False)
        for port in ports.values():
            poll(f'a node at {port}', lambda port=port: self.listens(port), PATIENT)
        self.desk.settle()
        seen = {}
        for keys, name in (('alt+1', 'sandbox-start'), ('alt+2', 'sandbox-second'), ('alt+3', 'sandbox-third')):
            self.desk.press(keys)
            self.desk.settle()
            seen[name] = self.desk.grab()
            self.picture(name)
        self.assertEqual(len(set(seen.values())), 3, 'two of the pages look the same')
        self.desk.press('alt+1')
        guest = self.guest('rt', ports['club'], 'Plaintext')
        before = self.desk.grab()
        guest.do('send', packets=['Hello into the sandbox'])
        poll('something new in the window', lambda: self.desk.grab() != before, PATIENT)
        poll('the message in the store', lambda: self.said('Hello into the sandbox'), PATIENT)
        # the keyboard is in the composer
        self.desk.type('And out of it\n')
        guest.wait_message([0, 'And out of it'])
        self.desk.settle()
        self.picture('sandbox')
        # with somebody in them, these pages have more to draw
        for keys, name in (('alt+2', 'sandbox-peers'), ('alt+3', 'sandbox-traffic')):
            self.desk.press(keys)
            self.desk.settle()
            self.picture(name)
        self.quit()

    def said(self, text):
        home = Home.__new__(Home)
        home.folder = os.path.join(self.sandbox_home(), 'data', 'roundtable')
        return home.ask('SELECT count(*) FROM messages WHERE instr(text, ?)', text)

    def test_what_it_sees(self):
        """Of the person's home it has its own folder and nothing else; the network it has."""
        mine = os.path.join(self.desk.dir, 'home', 'private.txt')
        with open(mine, 'w', encoding='utf-8') as f:
            f.write('nobody but me')
        script = f'cat {mine} 2>&1; head -n 1 /proc/net/tcp; cat /.flatpak-info'
        r = subprocess.run(['flatpak', 'run', '--user', '--command=sh', FLATPAK, '-c', script], env=self.desk.env,
                           stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENT)
        self.assertNotIn('nobody but me', r.stdout)
        self.assertIn('local_address', r.stdout)
        shared = re.search(r'^shared=(.*)$', r.stdout, re.M)[1]
        self.assertEqual(set(filter(None, shared.split(';'))), {'network', 'ipc'})
        self.assertNotIn('filesystems=', r.stdout)

    def test_node(self):
        """The program without a window is in it, too."""
        r = subprocess.run(['flatpak', 'run', '--user', '--command=roundtable-node', FLATPAK, '--version'], env=self.desk.env, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=PATIENT)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn('roundtable-node', r.stdout)


if __name__ == '__main__':
    tap.main()
