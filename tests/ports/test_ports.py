# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-ports with the real libraries, at routers on loopback: honest ones, ones that refuse, and ones that mean it badly."""
import os
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap
from gateways import Igd, NatPmp

PROGRAM = os.environ['ROUNDTABLE_PORTS']
with open(PROGRAM, 'rb') as program:
    SANITIZED = b'__asan_init' in program.read()


def ask(*arguments, seconds=20, patience=8000, timeout=60):
    """What it tells, as a dictionary, and its exit status; of a dead one the status alone. Our routers answer at once, when the machine lets them."""
    done = subprocess.run([PROGRAM, f'--seconds={seconds}', f'--patience={patience}', *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, text=True)
    told = dict(line.split(' ', 1) if ' ' in line else (line, '') for line in done.stdout.splitlines())
    return done.returncode, told


class WithGateway(unittest.TestCase):
    def open(self, gateway):
        self.addCleanup(gateway.close)
        return gateway


class NatPmpCase(WithGateway):
    def test_open_and_close(self):
        router = self.open(NatPmp())
        status, told = ask('--gateway', router.address, '--port', 4444)
        self.assertEqual(status, 0)
        self.assertEqual(told, {'method': 'nat-pmp', 'gateway': router.address, 'external-port': '4444', 'lease': '3600', 'external-address': '198.51.101.7', 'end': ''})
        self.assertEqual(router.ports, {4444: 4444})
        status, told = ask('--gateway', router.address, '--port', 4444, '--remove')
        self.assertEqual(status, 0)
        self.assertEqual(router.ports, {})

    def test_another_port(self):
        router = self.open(NatPmp(moved=7, lease=120))
        status, told = ask('--gateway', router.address, '--port', 4444)
        self.assertEqual((status, told['external-port'], told['lease']), (0, '4451', '120'))

    def test_refused(self):
        for code, word in ((2, 'not authorized'), (4, 'no room')):
            router = self.open(NatPmp(result=code))
            status, told = ask('--gateway', router.address, '--port', 4444)
            self.assertEqual((status, told['error']), (1, 'refused'))
            self.assertIn(word, told['words'])

    def test_strange_answers(self):
        def other_port(request):
            return NatPmp.honest(router, request) if request[1] == 0 else struct.pack('>BBHIHHI', 0, 130, 0, 1, 9, 9, 3600)

        def no_port(request):
            return NatPmp.honest(router, request) if request[1] == 0 else struct.pack('>BBHIHHI', 0, 130, 0, 1, 4444, 0, 3600)

        for answer in (other_port, no_port):
            router = self.open(NatPmp(answer=answer))
            status, told = ask('--gateway', router.address, '--port', 4444)
            self.assertEqual((status, told['error']), (1, 'strange'))
        # too short, too long, another version, a flood: it is as if nobody answered, soon
        for answer in (lambda request: b'', lambda request: b'\0', lambda request: os.urandom(1500), lambda request: b'\7' * 16, lambda request: [b'\0\x80'] * 200):
            router = self.open(NatPmp(answer=answer))
            begun = time.monotonic()
            status, told = ask('--gateway', router.address, '--port', 4444, patience=1000)
            self.assertEqual(status, 1)
            self.assertIn(told['error'], ('none', 'strange', 'refused'))
            self.assertLess(time.monotonic() - begun, 30)

    def test_silence(self):
        router = self.open(NatPmp(answer=lambda request: None))
        status, told = ask('--gateway', router.address, '--port', 4444, patience=300)
        self.assertEqual((status, told['error']), (1, 'none'))
        self.assertTrue(router.requests)

    def test_patience(self):
        """One that is slow, or a machine that is, is waited for: asked again after 0.25, 0.75, 1.75 and 3.75 s."""
        router = self.open(NatPmp(answer=lambda request: router.honest(request) if len(router.requests) > 4 else None))
        self.assertEqual(ask('--gateway', router.address, '--port', 4444)[0], 0)

    def test_nobody_there(self):
        router = NatPmp()
        router.close()
        self.assertEqual(ask('--gateway', router.address, '--port', 4444)[1]['error'], 'none')

    def test_not_in_the_world(self):
        """Who has no address of a local network is no router of ours, and is not spoken to."""
        self.assertEqual(ask('--gateway', '192.0.2.1', '--port', 4444)[1]['error'], 'none')


class IgdCase(WithGateway):
    def test_open_and_close(self):
        router = self.open(Igd())
        status, told = ask('--description', router.url, '--port', 4444)
        self.assertEqual(status, 0)
        self.assertEqual(told, {'method': 'upnp', 'gateway': '127.0.0.1', 'external-port': '4444', 'lease': '3600', 'external-address': '198.51.101.7', 'end': ''})
        self.assertEqual(router.ports, {4444: ('127.0.0.1', 4444, 3600)})
        # again, as half of the time is over
        self.assertEqual(ask('--description', router.url, '--port', 4444)[0], 0)
        self.assertEqual(len(router.ports), 1)
        self.assertEqual(ask('--description', router.url, '--port', 4444, '--remove')[0], 0)
        self.assertEqual(router.ports, {})

    def test_port_of_somebody_else(self):
        router = self.open(Igd(taken=[4444]))
        status, told = ask('--description', router.url, '--port', 4444)
        self.assertEqual(status, 0)
        self.assertNotEqual(told['external-port'], '4444')
        self.assertEqual(router.ports[int(told['external-port'])][1], 4444)
        # and that one is left alone
        router.ports[4444] = ('127.0.0.9', 80, 0)
        ask('--description', router.url, '--port', 4444, '--remove')
        self.assertIn(4444, router.ports)

    def test_whose_port(self):
        """Where the router does not say whose a port is, it is left to end by itself."""
        router = self.open(Igd(look=501))
        router.ports[4444] = ('127.0.0.9', 80, 0)
        status, told = ask('--description', router.url, '--port', 4444, '--remove')
        self.assertEqual((status, told['error']), (1, 'refused'))
        self.assertIn('501', told['words'])
        self.assertIn(4444, router.ports)
        self.assertNotIn('DeletePortMapping', [action for action, _ in router.actions])

    def test_no_leases(self):
        router = self.open(Igd(leases=False))
        status, told = ask('--description', router.url, '--port', 4444)
        self.assertEqual((status, told['lease'], router.ports[4444][2]), (0, '0', 0))

    def test_refused(self):
        router = self.open(Igd(refuse=606))
        status, told = ask('--description', router.url, '--port', 4444)
        self.assertEqual((status, told['error']), (1, 'refused'))
        self.assertIn('606', told['words'])
        # what a router says is not repeated
        self.assertNotIn('<b>', told['words'])
        router = self.open(Igd(taken=range(65536)))
        status, told = ask('--description', router.url, '--port', 4444)
        self.assertEqual((status, told['error']), (1, 'refused'))
        self.assertEqual(len([a for a, _ in router.actions if a == 'AddPortMapping']), 5)

    def test_external_addresses(self):
        """Whatever it says, one address is told, or none."""
        for said in ('', 'x' * 5000, '1.2.3.4\nerror none', '&lt;script&gt;', '::1', '1.2.3.4 5'):
            router = self.open(Igd(external=said))
            status, told = ask('--description', router.url, '--port', 4444)
            self.assertEqual((status, told['external-port']), (0, '4444'))
            self.assertNotIn('error', told)
            self.assertNotIn('external-address', told)

    def test_leads_elsewhere(self):
        """A description may name any address: nothing is sent there."""
        other = self.open(Igd())
        for control, base in ((f'http://localhost:{other.port}/control', ''), (f'http://127.0.0.2:{other.port}/control', ''), ('/control', f'<URLBase>http://[::1]:{other.port}/</URLBase>'),
                              ('http://192.0.2.1/control', ''), ('/control', '<URLBase>http://192.0.2.1/</URLBase>')):
            router = self.open(Igd(control=control, base=base))
            status, told = ask('--description', router.url, '--port', 4444)
            self.assertEqual((status, told.get('error')), (1, 'none'), control)
            self.assertEqual(router.ports, {})
        self.assertEqual(other.actions, [])

    def test_no_router(self):
        """A printer has a description, too."""
        router = self.open(Igd(service='urn:schemas-upnp-org:service:PrintBasic:1'))
        self.assertEqual(ask('--description', router.url, '--port', 4444)[1]['error'], 'none')
        self.assertEqual(router.actions, [])

    def test_where_nobody_is_asked(self):
        for url in ('http://192.0.2.1/desc.xml', 'http://example.org/desc.xml', 'ftp://127.0.0.1/', 'http://user@127.0.0.1/', 'http://127.0.0.1:999999/', ''):
            self.assertEqual(ask('--description', url, '--port', 4444)[1]['error'], 'none', url)

    @unittest.skipIf(SANITIZED, 'a sanitizer takes more memory than the program gives itself')
    def test_hostile_descriptions(self):
        def endless():
            yield b'HTTP/1.1 200 OK\r\n\r\n<root>'
            while True:
                yield b'<device>' * 8192

        def huge_length():
            yield b'HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\n<root>'

        def negative():
            yield b'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<root></root>'

        def endless_header():
            while True:
                yield b'X: ' + b'y' * 65536 + b'\r\n'

        def chunks():
            yield b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n<root>'

        def deep():
            yield b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n' + b'<a>' * 100000 + b'<serviceType>' + b'z' * 100000

        for raw in (endless, huge_length, negative, endless_header, chunks, deep):
            with self.subTest(raw.__name__):
                router = self.open(Igd(raw=raw))
                begun = time.monotonic()
                status, told = ask('--description', router.url, '--port', 4444, seconds=8)
                # it says so, or the system ended it: of memory, or of time
                self.assertTrue((status, told.get('error')) == (1, 'none') or status < 0, (status, told))
                self.assertLess(time.monotonic() - begun, 35)
                self.assertLess(router.sent, 512 << 20)

    def test_bad_arguments(self):
        for arguments in ((), ('--port', 0), ('--port', 65536), ('--port', 1, '--lease', 0), ('--port', 1, '--method', 'x'), ('--nonsense',)):
            self.assertEqual(ask(*arguments)[0], 2)


if __name__ == '__main__':
    tap.main()
