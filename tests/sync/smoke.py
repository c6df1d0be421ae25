# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared table from Python: two nodes on loopback."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'support'))
from smoke_base import Gio, GLib, P2p, check, code_of, identity, wait_for  # noqa: E402


def make(name):
    return P2p.SyncSocket.new(P2p.Protocol.new("python", "Plaintext"), identity(name), None, True)


print("1..16")
a, b = make(b"a"), make(b"b")
a.listen("127.0.0.1", 0)
b.listen("127.0.0.1", 0)
told, records = [], {}
b.connect("update", lambda node, key, value, entry: told.append((key.get_data(), value.unpack(), entry.get_owner())))
b.connect("delete", lambda node, key: told.append(key.get_data()))
b.connect("record", lambda node, key, record: records.update({key.get_data(): record}))
results = []
a.connect_to_async("127.0.0.1", b.get_port(), None, None, lambda node, result: results.append(node.connect_to_finish(result)))
wait_for(lambda: results and b.props.n_connections == 1)

check("it is a mesh socket", isinstance(a, P2p.MeshSocket) and a.send_text("hello") == 1)
check("sets", a.set_text("name", GLib.Variant("s", "Ada")) and a.get_text("name").unpack() == "Ada")
check("is told", wait_for(lambda: told) and told == [(b"name", "Ada", a.get_id())])
key = GLib.Bytes.new(b"\xff\x00")
check("keys are bytes", a.set(key, GLib.Variant("x", 5)) and a.get(key).unpack() == 5)
wait_for(lambda: b.contains(key))
check("an absent key", code_of(b.get_text, "nobody") == "P2P_TABLE_ERROR_NOT_FOUND")
check("a fallback", b.get_with_fallback(GLib.Bytes.new(b"nobody"), GLib.Variant("s", "else")).unpack() == "else"
      and b.get_with_fallback(GLib.Bytes.new(b"nobody"), None) is None)
check("another's lease", code_of(b.set_text, "name", GLib.Variant("s", "Bob")) == "P2P_TABLE_ERROR_LEASED")
check("nil is no value", code_of(a.set_text, "nil", GLib.Variant("()", ())) == "P2P_TABLE_ERROR_VALUE")

taken, each = b.update(GLib.Variant("a{sv}", {"one": GLib.Variant("x", 1), "name": GLib.Variant("x", 2)}))
codes = {result.get_key().get_data(): result.get_error() and P2p.error_get_code_name(result.get_error()) for result in each}
check("update tells of each", taken == 1 and codes == {b"one": None, b"name": "P2P_TABLE_ERROR_LEASED"})
wait_for(lambda: a.contains_text("one"))

entries = a.get_entries()
check("the list", isinstance(entries, Gio.ListModel) and [entry.props.text for entry in entries] == ["name", "one", None]
      and a.props.n_keys == len(entries) == 3)
entry = a.get_entry(GLib.Bytes.new(b"one"))
check("a row", entry.props.value.unpack() == 1 and not entry.props.mine and entry.props.owner == b.get_id()
      and 3500 < entry.props.lease_left <= 3601 and entry.props.value_size == 1)
changes = []
entry.connect("notify::value", lambda row, pspec: changes.append(row.props.value.unpack()))
b.set_text("one", GLib.Variant("as", ["x", "y"]))
check("a row follows", wait_for(lambda: changes) and changes == [["x", "y"]])

merged = a.apply_delta_text("map", GLib.Variant("a{sv}", {"x": GLib.Variant("x", 1)}))
check("delta", merged.unpack() == {"x": 1} and a.apply_delta_text("map", GLib.Variant("a{sv}", {"y": GLib.Variant("x", 2)})).unpack() == {"x": 1, "y": 2})
check("the whole", [bytes(k) for k, v in a.get_items().unpack()] == [k.get_data() for k in a.get_keys()] == [b"map", b"name", b"one", b"\xff\x00"])
ok, popped, value = a.popitem()
check("pops", ok and popped.get_data() == b"map" and value.unpack() == {"x": 1, "y": 2} and a.pop_text("name").unpack() == "Ada")
wait_for(lambda: b"name" in told)

a.close()
b.close()
again = make(b"b")
for record in records.values():
    if record is not None:
        again.restore(record)
old = again.get_entry(GLib.Bytes.new(b"one"))
check("restores", old.props.value.unpack() == ["x", "y"] and old.props.mine and old.props.old and not again.contains_text("name"))
