#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""chat.py NETWORK HOST:PORT [OWN-ADDRESS]: what you type goes to everybody, what others say is printed."""
import sys

import gi
gi.require_version('P2p', '1.0')
from gi.repository import Gio, GLib, P2p  # noqa: E402

host, port = sys.argv[2].rsplit(':', 1)
loop, stdin = GLib.MainLoop(), Gio.DataInputStream.new(Gio.UnixInputStream.new(0, False))
node = P2p.MeshSocket.new(P2p.Protocol.new(sys.argv[1], 'Plaintext'), None, None)
node.connect('message', lambda node, message, link: print(f'{message.get_sender()[:8]}: {message.dup_text()}', flush=True))


def typed(stdin, result):
    line, _ = stdin.read_line_finish_utf8(result)
    if line is None:
        return loop.quit()
    node.send_text(line)
    stdin.read_line_async(GLib.PRIORITY_DEFAULT, None, typed)


def connected(node, result):
    try:
        print('In the network by', node.connect_to_finish(result).get_id()[:8], flush=True)
        stdin.read_line_async(GLib.PRIORITY_DEFAULT, None, typed)
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        loop.quit()


node.listen(sys.argv[3] if len(sys.argv) > 3 else None, 0)
node.connect_to_async(host, int(port), None, None, connected)
loop.run()
node.close()
