/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The node: meta, who stores, what is told, and what is kept over a restart. */
#include "chord-fixture.h"

#include <string.h>

/* Two of ours, of which one stores: both read and write. */
static void
test_one_stores (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");

  chord_connect (bob, alice);
  g_assert_cmpint (chord_set (bob, "k", "'v'"), ==, -1);
  g_assert_cmpstr (chord_get (bob, "k"), ==, "'v'");
  g_assert_cmpstr (chord_get (alice, "k"), ==, "'v'");
  g_assert_cmpuint (chord_stored (alice), ==, 5);
  g_assert_cmpuint (chord_stored (bob), ==, 0);
  g_assert_cmpuint (chord_count (bob, "added k mine"), ==, 1);
  g_assert_cmpuint (chord_count (alice, "added k"), ==, 1);
  g_assert_cmpuint (chord_count (alice, "added k mine"), ==, 0);
  g_assert_cmpint (chord_delete (alice, "k"), ==, -1);
  g_assert_cmpstr (chord_get (bob, "k"), ==, "");
  chord_run (fixture, SECOND);
  g_assert_cmpuint (chord_count (bob, "deleted k"), ==, 1);
  g_assert_cmpuint (mesh_dropped (alice->mesh), ==, 0);
  g_assert_cmpuint (mesh_dropped (bob->mesh), ==, 0);
}

/* All by itself, and of every kind of value; nil is none. */
static void
test_values (void)
{
  static const char * const values[] = { "0", "''", "false", "@av []", "@a{sv} {}", "@ay []", "1.5", "-7", "{'a': <1>}", "[<'x'>, <2>]", "uint64 18446744073709551615" };
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      g_auto (ChordResult) result = { 0 };
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_parse (NULL, values[i], NULL, NULL, NULL));
      g_autoptr (GBytes) expected = p2p_chord_get_essence (value);
      g_autoptr (GBytes) found = NULL;

      g_assert_cmpint (chord_set (alice, key, values[i]), ==, -1);
      g_assert_cmpint (chord_look (alice, key, &result), ==, P2P_CHORD_LOOK_VALUE);
      found = p2p_chord_get_essence (result.look->value);
      g_assert_true (g_bytes_equal (expected, found));
      g_assert_cmpuint (result.look->n_equal, ==, 5);
    }
  g_assert_cmpint (chord_set (alice, "nil", "()"), ==, P2P_TABLE_ERROR_VALUE);
  g_assert_cmpint (chord_set (alice, "", "1"), ==, P2P_TABLE_ERROR_KEY);
  g_assert_cmpint (chord_delete (alice, "nil"), ==, P2P_TABLE_ERROR_NOT_FOUND);
  g_assert_cmpint (chord_delta (alice, "k0", "{'a': <1>}"), ==, P2P_TABLE_ERROR_NOT_A_MAP);
  g_assert_cmpint (chord_delta (alice, "k0", "1"), ==, P2P_TABLE_ERROR_NOT_A_MAP);
  g_assert_cmpint (chord_delta (alice, "k8", "{'b': <2>}"), ==, -1);
  g_assert_cmpstr (chord_get (alice, "k8"), ==, "{'a': <1>, 'b': <2>}");
  g_assert_cmpint (chord_delta (alice, "new", "{'b': <2>}"), ==, -1);
  g_assert_cmpstr (chord_get (alice, "new"), ==, "{'b': <2>}");
}

/* Nobody stores: said at once, and nothing is kept anywhere. */
static void
test_nobody (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  chord_connect (alice, bob);
  g_assert_cmpint (chord_look (alice, "k", &result), ==, P2P_CHORD_LOOK_NOBODY);
  g_assert_cmpint (result.look->took, <, SECOND / 10);
  error = p2p_chord_look_to_error (result.look);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY);
  g_assert_cmpint (chord_set (alice, "k", "1"), ==, P2P_TABLE_ERROR_NOBODY);
  g_assert_cmpint (chord_delete (alice, "k"), ==, P2P_TABLE_ERROR_NOBODY);
  g_assert_cmpuint (chord_stored (alice) + chord_stored (bob), ==, 0);
  g_assert_cmpuint (p2p_chord_names_get_n (p2p_chord_node_get_names (alice->chord)), ==, 0);
}

static guint
count_meta (RawPeer *raw, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < raw->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, i);
      g_autoptr (GVariant) packet = p2p_message_get_packet (message, 1);

      n += p2p_message_get_subflag (message) == P2P_SUBFLAG_HANDSHAKE && p2p_message_get_n_packets (message) == 2 && g_str_equal (g_variant_get_string (packet, NULL), text);
    }
  return n;
}

/* The acceptor says it always, each of us when it is news; to what is none of both nobody answers. */
static void
test_meta (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) raw = raw_dial (fixture->mesh, "py", alice->mesh);
  g_autofree char *hex = NULL;
  P2pMessage *message;

  raw_handshake_bin (raw);
  g_assert_cmpuint (count_meta (raw, "1"), ==, 1);
  message = raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE);
  hex = chord_hex (message);
  g_assert_cmpstr (hex, ==, "05a131");
  /* as recorded: no answer */
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'1'>]");
  g_assert_cmpuint (count_meta (raw, "1"), ==, 1);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <@x 0>]");
  g_assert_cmpuint (count_meta (raw, "1"), ==, 2);
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (alice->chord->ring), ==, 1);
  chord_join (alice);
  g_assert_cmpuint (count_meta (raw, "0"), ==, 1);
  g_assert_cmpuint (chord_count (alice, "seed 2"), ==, 1);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <b'1'>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <@ay [byte 0x31]>]");
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (alice->chord->ring), ==, 0);
  g_assert_cmpuint (count_meta (raw, "0"), ==, 2);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'2'>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <@x 7>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'0'>, <'0'>]");
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (alice->chord->ring), ==, 0);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_UNEXPECTED), >=, 3);
  g_assert_null (raw->error);
}

static int
compare_seen (ChordNode *self, gsize n)
{
  g_autoptr (GArray) seen = p2p_chord_node_get_seen (self->chord);

  for (guint i = 1; i < seen->len; i++)
    g_assert_cmpint (p2p_chord_place_compare (&g_array_index (seen, P2pChordSeen, i - 1).member->place, &g_array_index (seen, P2pChordSeen, i).member->place), <, 0);
  return seen->len == n;
}

static void
test_seen (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add_joined (fixture, "bob");
  ChordNode *carol = chord_add_joined (fixture, "carol");
  guint before;

  g_assert_true (compare_seen (alice, 0));
  g_assert_true (compare_seen (bob, 1));
  before = alice->n_ring;
  chord_connect (alice, bob);
  chord_connect (alice, carol);
  chord_run (fixture, SECOND);
  g_assert_cmpuint (alice->n_ring, >, before);
  g_assert_true (compare_seen (alice, 2));
  chord_join (alice);
  g_assert_true (compare_seen (alice, 3));
  chord_end (carol);
  chord_run (fixture, SECOND);
  g_assert_true (compare_seen (alice, 2));
}

/* What was kept is there again. */
static void
test_restore (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  ChordNode *again;
  GHashTableIter iter;
  gpointer id, record;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) junk = g_bytes_new_static ("x", 1);

  g_assert_cmpint (chord_set (alice, "k", "'v'"), ==, -1);
  g_assert_cmpint (chord_set (alice, "gone", "'v'"), ==, -1);
  g_assert_cmpint (chord_delete (alice, "gone"), ==, -1);
  g_assert_cmpuint (g_hash_table_size (alice->records), ==, 12);
  chord_end (alice);
  chord_run (fixture, SECOND);
  again = chord_add (fixture, "alice");
  g_hash_table_iter_init (&iter, alice->records);
  while (g_hash_table_iter_next (&iter, &id, &record))
    {
      p2p_chord_node_restore (again->chord, id, record, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (chord_stored (again), ==, 5);
  g_assert_cmpuint (p2p_chord_store_get_n_spots (again->chord->store), ==, 10);
  chord_join (again);
  g_assert_cmpstr (chord_get (again, "k"), ==, "'v'");
  g_assert_cmpstr (chord_get (again, "gone"), ==, "");
  g_assert_cmpuint (p2p_chord_names_get_n (again->chord->names), ==, 1);
  g_assert_false (p2p_chord_node_restore (again->chord, junk, junk, &error));
  g_assert_nonnull (error);
}

/* What is remembered of deletes for a while is kept no longer than that. */
static void
test_forgets (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice;

  fixture->mesh->limits.chord_tombstone_seconds = 120;
  alice = chord_add_joined (fixture, "alice");
  g_assert_cmpint (chord_set (alice, "k", "'v'"), ==, -1);
  g_assert_cmpint (chord_delete (alice, "k"), ==, -1);
  g_assert_cmpuint (g_hash_table_size (alice->records), ==, 6);
  chord_run (fixture, 300 * SECOND);
  g_assert_cmpuint (g_hash_table_size (alice->records), ==, 0);
}

static void
free_act (gpointer data)
{
  chord_end (data);
}

/* In the middle of everything: of a function that was told, of questions without an answer. */
static void
test_close (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add_joined (fixture, "bob");
  g_autoptr (RawPeer) raw = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_auto (ChordResult) one = { 0 };
  g_auto (ChordResult) two = { 0 };
  g_auto (ChordResult) write = { 0 };
  g_auto (ChordResult) cancelled = { 0 };
  g_auto (ChordResult) result = { .act_on = bob };
  guint64 handle;

  p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &one);
  p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &two);
  p2p_chord_node_delete (alice->chord, key, 0, chord_write_cb, &write, NULL);
  handle = p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &cancelled);
  /* the same asked thrice at once is asked once */
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      chord_run (fixture, SECOND / 10);
      g_assert_cmpuint (chord_asked (raw, "k", i), ==, 1);
    }
  p2p_chord_node_cancel (alice->chord, handle);
  p2p_mesh_node_close (alice->mesh->node);
  g_assert_cmpuint (one.calls + two.calls + write.calls, ==, 3);
  g_assert_cmpint (one.look->outcome, ==, P2P_CHORD_LOOK_ENDED);
  g_assert_error (write.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
  g_assert_cmpint (chord_set (alice, "k", "1"), ==, P2P_LINK_ERROR_SOCKET_CLOSED);
  g_assert_cmpuint (cancelled.calls, ==, 0);
  bob->act = free_act;
  p2p_chord_node_look (bob->chord, key, 0, chord_look_cb, &result);
  chord_run (fixture, SECOND);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_null (bob->chord);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/node/one-stores", test_one_stores);
  g_test_add_func ("/chord/node/values", test_values);
  g_test_add_func ("/chord/node/nobody", test_nobody);
  g_test_add_func ("/chord/node/meta", test_meta);
  g_test_add_func ("/chord/node/seen", test_seen);
  g_test_add_func ("/chord/node/restore", test_restore);
  g_test_add_func ("/chord/node/forgets", test_forgets);
  g_test_add_func ("/chord/node/close", test_close);
  return g_test_run ();
}
