# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenarios of somebody who has had the program for a while: networks are there when it starts, with a history or without one."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile

from scenario import BUILD, PICTURES, PROGRAM, Scenario, free_port, harness

SEED = os.path.join(BUILD, 'tests', 'support', 'seed-history')
FOLDER = os.environ.get('ROUNDTABLE_PICTURES')
PATIENT = 60


class Home:
    """What a person's program keeps, in the home of a desk; ports are the case's own."""

    def __init__(self, desk, template, **ports):
        self.folder = f'{desk.dir}/data/roundtable'
        shutil.copytree(template, self.folder)
        for subnet, (port, peers) in ports.items():
            self.tell('UPDATE networks SET listen_port = ?, peers = ? WHERE subnet = ?', port, peers, subnet)

    def open(self, mode):
        return sqlite3.connect(f'file:{self.folder}/roundtable.db?mode={mode}', uri=True, timeout=PATIENT)

    def tell(self, sql, *values):
        """While the program is not there."""
        db = self.open('rw')
        with db:
            db.execute(sql, values)
        db.close()

    def ask(self, sql, *values):
        db = self.open('ro')
        try:
            return db.execute(sql, values).fetchone()[0]
        finally:
            db.close()


class Seeded(Scenario):
    """Ada's home, with so many messages, and Eve's, who is new; both in the networks club, lab (which has a shared table) and family."""
    messages = 0

    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.mkdtemp(prefix='week-')
        cls.addClassCleanup(shutil.rmtree, cls.kept, ignore_errors=True)
        cls.week = cls.seed('Ada', cls.messages)
        cls.seed('Eve', 0)

    @classmethod
    def seed(cls, name, n):
        folder = os.path.join(cls.kept, name)
        os.mkdir(folder)
        return json.loads(subprocess.run([SEED, folder, name, str(n)], check=True, capture_output=True, text=True).stdout)

    def setUp(self):
        super().setUp()
        self.ports = {subnet: free_port() for subnet in ('club', 'lab', 'family')}
        self.home = Home(self.desk, os.path.join(self.kept, 'Ada'), **{s: (p, '') for s, p in self.ports.items()})

    def begin(self, desk=None, **env):
        """Starts the program, in the case's own desk or another one."""
        from chat import Chat
        app = (desk or self.desk).launch([PROGRAM], env={'G_DEBUG': 'fatal-criticals', 'GSETTINGS_BACKEND': 'keyfile', **env})
        app.wait_active()
        window = Chat(desk or self.desk, app)
        if desk is None:
            self.app, self.window = app, window
        return window

    def second(self):
        """Somebody else, with a desk, buses and a home of his own, and no history."""
        from uidrive import Session
        desk = Session(lang=self.lang)
        self.addCleanup(desk.stop)
        desk.start()
        return desk

    def kill(self):
        """As when the power goes: nothing is written any more."""
        os.killpg(self.app.proc.pid, signal.SIGKILL)
        self.app.proc.wait(PATIENT)

    def guest(self, kind, port, encryption='Plaintext', subnet='club', cls='mesh'):
        p = self.peer(kind, '--encryption', encryption, '--cls', cls, subnet=subnet)
        p.do('connect', addr='127.0.0.1', port=port)
        harness.until(lambda: [link for link in p.table() if link['addr']], f'{p!r} to be connected')
        return p

    def talk(self, subnet='club', cls='mesh'):
        """The window, with somebody who talks to it."""
        w = self.begin()
        if subnet != 'club':
            w.show(subnet)
        # it listens by then
        w.network(f'^{subnet}, Looking')
        guest = self.guest('rt', self.ports[subnet], subnet=subnet, cls=cls)
        w.network(f'^{subnet}, 1 peer')
        return w, guest

    def picture(self, name, desk=None):
        if FOLDER is None and not name.startswith('failed-'):
            return None
        folder = FOLDER or PICTURES
        os.makedirs(folder, exist_ok=True)
        return (desk or self.desk).screenshot(os.path.join(folder, name + '.png'))

    @staticmethod
    def heard(peer, text):
        """How often."""
        with peer.changed:
            return sum(1 for e in peer.events if e['ev'] == 'message' and e['packets'][1:] == [text])

    def two(self):
        """Ada with her week, and Eve who is new, in one network of which each knows where the other is."""
        desk = self.second()
        eve_port = free_port()
        ada = self.begin()
        Home(desk, os.path.join(self.kept, 'Eve'), family=(eve_port, f'127.0.0.1:{self.ports["family"]}'))
        eve = self.begin(desk)
        eve.show('family')
        eve.network('^family, 1 peer')
        return ada, eve, eve_port
