# SPDX-License-Identifier: GPL-3.0-or-later
"""The library from Python: two nodes on loopback talk to each other."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'support'))
from smoke_base import GLib, P2p, check, identity, wait_for  # noqa: E402


def make(subnet="python", name=b"a"):
    node = P2p.MeshSocket.new(P2p.Protocol.new(subnet, "Plaintext"), identity(name), None)
    node.listen("127.0.0.1", 0)
    return node


a, b, c = make(name=b"a"), make(name=b"b"), make(subnet="elsewhere", name=b"c")
print("1..9")
heard = []
b.connect("message", lambda node, message, link: heard.append((message.dup_text(), link.get_id())))

results = []
a.connect_to_async("127.0.0.1", b.get_port(), None, None, lambda node, result: results.append(node.connect_to_finish(result)))
wait_for(lambda: results)
check("connects", results and results[0].get_id() == b.get_id())
check("routing table", wait_for(lambda: a.get_routing_table().get_n_items() == 1 and b.props.n_connections == 1))
check("sends", a.send_text("hello from Python") == 1)
check("hears", wait_for(lambda: heard) and heard[0] == ("hello from Python", a.get_id()))

message = b.recv()
replies = []
b.reply_async(message, GLib.Variant("av", [GLib.Variant("s", "and back")]), None,
              lambda node, result: replies.append(node.reply_finish(result)))
wait_for(lambda: replies)
answer = []
wait_for(lambda: answer.append(a.recv()) or answer[-1] is not None)
check("reply", replies == [True] and answer[-1].get_packets().unpack() == [2, "and back"])

errors = []


def failed(node, result):
    try:
        node.connect_to_finish(result)
    except GLib.Error as error:
        errors.append(P2p.error_get_code_name(error))


a.connect_to_async("127.0.0.1", c.get_port(), None, None, failed)
wait_for(lambda: errors)
check("another network is told", errors == ["P2P_LINK_ERROR_WRONG_NETWORK"])

kept = []
b.register_handler(lambda node, message, link, *data: kept.append(message.get_packets().unpack()) or True)
a.send_full(0, GLib.Variant("s", "tx_relay"), GLib.Variant("av", [GLib.Variant("x", 7)]))
check("a sub-flag of any type reaches handlers", wait_for(lambda: kept) and kept == [["tx_relay", 7]])

frames = []
b.connect("app-frame", lambda node, frame, message, link: frames.append(frame))
a.send_text_with(b.get_id(), "an answer", [P2p.AppFrame.new_reply(None, message.get_id())])
a.send_app(P2p.AppFrame.new_name("Ada", P2p.AppNameFlags.ASK))
items = [P2p.AppHistoryItem.new(5, message, None)]
page = P2p.AppFrame.new_history(7, P2p.AppHistoryFlags.END, items)
again = P2p.Message.new_from_body(message.dup_body())
check("application frames", wait_for(lambda: len(frames) == 2) and frames[0].get_to().get_data() == message.get_id().get_data()
      and frames[1].get_op() == P2p.AppOp.NAME and frames[1].get_name() == "Ada" and page.get_items()[0].message.dup_text() == "hello from Python"
      and again.get_id().get_data() == message.get_id().get_data())

closed = a.close()
try:
    a.close()
    closed = False
except GLib.Error as error:
    closed = closed and P2p.error_get_code_name(error) == "P2P_LINK_ERROR_SOCKET_CLOSED"
check("a second close is an error", closed)
b.close()
c.close()
