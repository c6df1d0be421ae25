#!/usr/bin/env -S gjs -m
// SPDX-License-Identifier: GPL-3.0-or-later
// chat.js NETWORK HOST:PORT [OWN-ADDRESS]: what you type goes to everybody, what others say is printed.
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import P2p from 'gi://P2p?version=1.0';
import System from 'system';

Gio._promisify(P2p.MeshSocket.prototype, 'connect_to_async');
Gio._promisify(Gio.DataInputStream.prototype, 'read_line_async', 'read_line_finish_utf8');

const [network, address, own = null] = System.programArgs;
const loop = new GLib.MainLoop(null, false);
const stdin = Gio.DataInputStream.new(Gio.UnixInputStream.new(0, false));
const node = P2p.MeshSocket.new(P2p.Protocol.new(network, 'Plaintext'), null, null);
node.connect('message', (_node, message) => print(`${message.get_sender().slice(0, 8)}: ${message.dup_text()}`));

async function chat() {
    const at = address.lastIndexOf(':');
    const link = await node.connect_to_async(address.slice(0, at), Number(address.slice(at + 1)), null, null);
    print(`In the network by ${link.get_id().slice(0, 8)}`);
    for (let line; ([line] = await stdin.read_line_async(GLib.PRIORITY_DEFAULT, null))[0] !== null;)
        node.send_text(line);
}

node.listen(own, 0);
chat().catch(error => printerr(error.message)).finally(() => loop.quit());
loop.run();
node.close();
