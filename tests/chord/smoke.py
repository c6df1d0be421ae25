# SPDX-License-Identifier: GPL-3.0-or-later
"""The distributed table from Python: three nodes on loopback."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'support'))
from smoke_base import Gio, GLib, P2p, check, code_of, identity, run, wait_for  # noqa: E402


def make(name, k=0):
    return P2p.ChordSocket.new(P2p.Protocol.new("python", "Plaintext"), identity(name), None, k)


def key(text):
    return GLib.Bytes.new(text if isinstance(text, bytes) else text.encode())


print("1..16")
nodes = a, b, c = make(b"a"), make(b"b"), make(b"c")
told, records = [], {}
b.connect("add", lambda node, key: told.append(key.get_data()))
b.connect("delete", lambda node, key: told.append(b"-" + key.get_data()))
b.connect("record", lambda node, id, record: records.update({id.get_data(): record}))
for node in nodes:
    node.listen("127.0.0.1", 0)
for node in (b, c):
    run(node, "connect_to", "127.0.0.1", a.get_port(), None)

check("k has its range", code_of(make, b"x", 11) == "P2P_TABLE_ERROR_K" and make(b"x", 6).get_k() == 6)
check("nobody stores", code_of(run, a, "get", key("name"), 2000) == "P2P_TABLE_ERROR_NOBODY")
check("joins", all([run(node, "join") for node in nodes]) and a.props.seeding and a.get_seed_state() == P2p.ChordSeedState.JOINED)
check("the ring", wait_for(lambda: all(len(node.get_ring()) == 3 for node in nodes)))
check("sets", run(a, "set_text", "name", GLib.Variant("s", "Ada"), 0)[0])
check("is told", wait_for(lambda: told) and told[0] == b"name" and wait_for(lambda: c.contains_text("name")))
check("gets", run(c, "get_text", "name", 0).unpack() == "Ada" and run(b, "get", key("name"), 0).unpack() == "Ada")
check("an absent key", code_of(run, b, "get_text", "nobody", 0) == "P2P_TABLE_ERROR_NOT_FOUND")

results = run(b, "update", GLib.Variant("a{sv}", {"one": GLib.Variant("x", 1), "nil": GLib.Variant("()", ())}), 0)
codes = {result.get_key().get_data(): result.get_error() and P2p.error_get_code_name(result.get_error()) for result in results}
check("update tells of each", codes == {b"one": None, b"nil": "P2P_TABLE_ERROR_VALUE"})
merged = run(a, "apply_delta", key("map"), GLib.Variant("a{sv}", {"x": GLib.Variant("x", 1)}), 0)
check("delta", merged.unpack() == {"x": 1})
wait_for(lambda: all(node.contains_text("map") and node.contains_text("one") for node in nodes))

wait_for(lambda: len(c.get_key_list()) == 3)
check("the list", isinstance(c.get_key_list(), Gio.ListModel) and [row.props.text for row in c.props.keys] == ["map", "name", "one"])
items, failed = run(c, "get_items", 0)
check("the whole", [bytes(k) for k, v in items.unpack()] == [k.get_data() for k in c.get_keys()] and failed == [])

lookup = run(c, "look_up", key("one"), 0)
check("five places", lookup.get_outcome() == P2p.ChordLookOutcome.VALUE and lookup.props.value.unpack() == 1 and lookup.get_n_places() == 5
      and [place.props.hash for place in lookup.get_places()] == ["sha1", "sha224", "sha256", "sha384", "sha512"]
      and all(place.props.words == "said 1" and place.props.agrees for place in lookup.get_places()))
check("what it stores", wait_for(lambda: b.props.n_values > 0) and sum(len(pairs) for pairs in b.dump_data(None, None).unpack().values()) == b.get_n_values()
      and any(id[:1] == b"v" for id in records))
ok, popped, value = run(a, "popitem", 0)
check("pops", ok and popped.get_data() == b"map" and value.unpack() == {"x": 1} and wait_for(lambda: b"-map" in told))

left = run(b, "unjoin", 0)
check("leaves", left and not b.props.seeding and run(b, "get_text", "name", 0).unpack() == "Ada")
for node in nodes:
    node.close()
