# SPDX-License-Identifier: GPL-3.0-or-later
"""Routers that are none: one that speaks NAT-PMP over UDP, one that speaks UPnP over HTTP, both on loopback, both as honest or as strange as a test wants them."""
import http.server
import os
import random
import re
import socket
import struct
import threading

NATPMP_PORT = 5351


class NatPmp:
    """answer(request, port) -> what is sent back: bytes, or a list of them. The port of NAT-PMP is fixed, so each has a loopback address of its own."""

    def __init__(self, external='198.51.101.7', answer=None, result=0, lease=None, moved=0):
        self.external, self.result, self.lease, self.moved = external, result, lease, moved
        self.answer = answer or self.honest
        self.ports = {}                  # of ours: that at the router
        self.requests = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(50):
            self.address = f'127.{random.randrange(1, 255)}.{random.randrange(1, 255)}.{random.randrange(1, 255)}'
            try:
                self.socket.bind((self.address, NATPMP_PORT))
                break
            except OSError:
                continue
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                request, who = self.socket.recvfrom(2048)
            except OSError:
                return
            if not request:
                return
            self.requests.append(request)
            answers = self.answer(request)
            for answer in answers if isinstance(answers, list) else [answers]:
                if answer is not None:
                    self.socket.sendto(answer, who)

    def honest(self, request):
        if request[1] == 0:
            return struct.pack('>BBHI4s', 0, 128, self.result, 1, socket.inet_aton(self.external))
        inner, outer, lease = struct.unpack('>HHI', request[4:12])
        if self.result:
            return struct.pack('>BBHIHHI', 0, 128 + request[1], self.result, 1, inner, 0, 0)
        if lease == 0:
            self.ports.pop(inner, None)
            return struct.pack('>BBHIHHI', 0, 128 + request[1], 0, 1, inner, 0, 0)
        self.ports[inner] = outer + self.moved
        return struct.pack('>BBHIHHI', 0, 128 + request[1], 0, 1, inner, outer + self.moved, self.lease or lease)

    def close(self):
        # wakes who waits
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as poke:
            poke.sendto(b'', (self.address, NATPMP_PORT))
        self.thread.join(10)
        self.socket.close()


DESCRIPTION = '''<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>{base}
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>Fake</friendlyName>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>
<serviceList><service><serviceType>{service}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<SCPDURL>/scpd.xml</SCPDURL><controlURL>{control}</controlURL><eventSubURL>/event</eventSubURL></service></serviceList>
</device></deviceList></device></deviceList></device></root>'''
SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1'


class Igd:
    """A minimal Internet gateway device. taken: ports of others there; leases: False, and it opens ports for good only; look: the code when it is asked whose a port is; raw: bytes that it answers whatever it is asked."""

    def __init__(self, external='198.51.101.7', taken=(), leases=True, refuse=0, control='/control', base='', service=SERVICE, raw=None, hang=False, look=0):
        self.look = look
        self.external, self.taken, self.leases, self.refuse, self.raw = external, set(taken), leases, refuse, raw
        self.ports = {}                  # at the router: (client, port, lease)
        self.actions = []
        self.hang = threading.Event() if hang else None
        self.sent = 0
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def reply(self, status, text):
                body = text.encode()
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.send_header('Content-Type', 'text/xml')
                self.end_headers()
                self.wfile.write(body)

            def strange(self):
                if gateway.hang is not None:
                    gateway.hang.wait(60)
                    return True
                if gateway.raw is not None:
                    try:
                        for piece in gateway.raw():
                            self.wfile.write(piece)
                            gateway.sent += len(piece)
                    except OSError:
                        pass
                    return True
                return False

            def do_GET(self):
                if not self.strange():
                    self.reply(200, DESCRIPTION.format(base=base, control=control, service=service))

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
                action = self.headers.get('SOAPAction', '').strip('"').rpartition('#')[2]
                arguments = dict(re.findall(r'<(New\w+)>([^<]*)</', text))
                gateway.actions.append((action, arguments))
                code, values = gateway.act(action, arguments)
                if code:
                    self.reply(500, '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>'
                                    '<faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0">'
                                    f'<errorCode>{code}</errorCode><errorDescription>Not &lt;b&gt;here</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>')
                else:
                    inside = ''.join(f'<{name}>{value}</{name}>' for name, value in values.items())
                    self.reply(200, '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                                    f'<u:{action}Response xmlns:u="{service}">{inside}</u:{action}Response></s:Body></s:Envelope>')

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f'http://127.0.0.1:{self.port}/desc.xml'
        threading.Thread(target=self.server.serve_forever, daemon=True, kwargs={'poll_interval': 0.05}).start()

    def act(self, action, arguments):
        external = int(arguments.get('NewExternalPort', '0') or 0)
        if action == 'GetExternalIPAddress':
            return 0, {'NewExternalIPAddress': self.external}
        if action == 'GetStatusInfo':
            return 0, {'NewConnectionStatus': 'Connected', 'NewLastConnectionError': 'ERROR_NONE', 'NewUptime': '1'}
        if action == 'AddPortMapping':
            if self.refuse:
                return self.refuse, {}
            if external in self.taken:
                return 718, {}
            if not self.leases and arguments['NewLeaseDuration'] != '0':
                return 725, {}
            self.ports[external] = (arguments['NewInternalClient'], int(arguments['NewInternalPort']), int(arguments['NewLeaseDuration']))
            return 0, {}
        if action == 'GetSpecificPortMappingEntry' and self.look:
            return self.look, {}
        if action == 'GetSpecificPortMappingEntry':
            if external not in self.ports:
                return 714, {}
            client, port, lease = self.ports[external]
            return 0, {'NewInternalPort': port, 'NewInternalClient': client, 'NewEnabled': 1, 'NewPortMappingDescription': 'x', 'NewLeaseDuration': lease}
        if action == 'DeletePortMapping':
            return (0, {}) if self.ports.pop(external, None) else (714, {})
        return 401, {}

    def close(self):
        if self.hang is not None:
            self.hang.set()
        self.server.shutdown()
        self.server.server_close()
