# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of our own: a user and network namespace whose loopback interface has whole ranges of addresses, so that attackers come
from anywhere, every port is free, and nothing leaves the machine. Needs neither root nor a program; where the kernel refuses
(or HOSTILE_LOOPBACK is set), loopback addresses have to do."""
import ctypes
import fcntl
import os
import resource
import socket
import struct

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK, IFF_UP = 0x8913, 0x8914, 0x8916, 0x891c, 1
# Of these, whole networks are addresses of this machine.
RANGES = [('45.0.0.1', '255.0.0.0'), ('10.0.0.1', '255.0.0.0'), ('192.168.0.1', '255.255.0.0'), ('169.254.0.1', '255.255.0.0')]


def _set_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        def request(name, code, data):
            return fcntl.ioctl(s, code, struct.pack('16s', name.encode()) + data.ljust(24, b'\0'))
        flags = struct.unpack('16xh', request('lo', SIOCGIFFLAGS, b'')[:18])[0]
        request('lo', SIOCSIFFLAGS, struct.pack('h', flags | IFF_UP))
        for i, (address, mask) in enumerate(RANGES):
            for code, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, mask)):
                request('lo:%d' % (i + 1), code, struct.pack('HH4s', socket.AF_INET, 0, socket.inet_aton(value)))


def enter():
    """To be called once, before any thread. False: there is no namespace to be had."""
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))     # the attackers'; nodes get the usual number
    if os.environ.get('HOSTILE_LOOPBACK') or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    for name, text in (('setgroups', 'deny'), ('uid_map', '0 %d 1' % uid), ('gid_map', '0 %d 1' % gid)):
        with open('/proc/self/' + name, 'w', encoding='ascii') as f:
            f.write(text)
    _set_up()
    return True


class World:
    def __init__(self):
        self.own = enter()

    def node_address(self, n):
        """Where the n-th node listens. Each is in another /16."""
        return ('45.%d.0.1' if self.own else '127.%d.0.1') % (n + 1)

    def attacker_address(self, n):
        """The n-th of 60,000 addresses, 250 of them a /24; all of them in other /16s than the nodes'."""
        return '%d.%d.%d.%d' % (45 if self.own else 127, 100 + n // 25000, n // 250 % 100, 1 + n % 250)
