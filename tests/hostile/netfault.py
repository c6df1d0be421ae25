# SPDX-License-Identifier: GPL-3.0-or-later
"""netfault, the TCP proxy with faults, from Python."""
import os
import subprocess

NETFAULT = os.environ.get('NETFAULT', os.path.abspath('build/tests/hostile/netfault'))


class Netfault:
    def __init__(self, host, port, seed=1):
        self.process = subprocess.Popen([NETFAULT, '%s:%d' % (host, port), str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.host, self.port = '127.0.0.1', int(self.process.stdout.readline().split()[1])

    def do(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split(None, 1)
        if answer[0] != 'ok':
            raise ValueError('%s: %s' % (command, answer))
        return answer[1].split() if len(answer) > 1 else []

    def stats(self):
        """Open connections, bytes passed towards the target, and from it."""
        return [int(n) for n in self.do('stats')]

    def close(self):
        """The exit status."""
        self.process.stdin.close()
        status = self.process.wait(10)
        self.process.stdout.close()
        return status
