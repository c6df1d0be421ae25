/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of ours compare their tables, and end with the same. */
#include "exchange-fixture.h"

#include <string.h>

static guint
count_keys (SyncNode *self)
{
  return p2p_sync_table_get_n_keys (p2p_sync_node_get_table (self->sync));
}

static void
test_joined (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  sync_fill (alice, "a", 500);
  sync_fill (bob, "b", 300);
  sync_set (alice, "both", "'alice'");
  sync_set (alice, "gone", "1");
  sync_delete (alice, "gone");
  sync_run_seconds (self, 1);
  sync_set (bob, "both", "'bob'");
  sync_run_seconds (self, 1);
  sync_connect (alice, bob);
  sync_run_seconds (self, 5);
  g_assert_true (sync_equal (alice, bob));
  g_assert_cmpuint (count_keys (bob), ==, 801);
  g_assert_cmpstr (sync_get (bob, "both"), ==, "'alice'");
  g_assert_cmpuint (mesh_dropped (alice->mesh) + mesh_dropped (bob->mesh), ==, 0);
  g_assert_cmpuint (sync_count (bob, "changed both"), ==, 2);
  /* What came is kept, too. */
  g_assert_cmpuint (g_hash_table_size (bob->records), ==, 802);
}

/* A write that got lost on its way, into a table by the back door: it is there after the next round. */
static void
put (SyncNode *self, const char *key, const char *owner)
{
  g_autoptr (GBytes) value = g_bytes_new_static ("\x07", 1);
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = owner, .clock = { .time = mesh_now (self->fixture->mesh) }, .value = value };
  P2pMerge merge = p2p_sync_table_merge (p2p_sync_node_get_table (self->sync), (const guint8 *) key, strlen (key), &write, write.clock.time, NULL);

  g_assert_cmpint (merge, ==, P2P_MERGE_CHANGED);
}

static void
test_rounds (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice;
  SyncNode *bob;

  self->mesh->limits.table_digest_seconds = 100;
  alice = sync_add (self, "alice");
  bob = sync_add (self, "bob");
  sync_connect (alice, bob);
  sync_run_seconds (self, 30);
  put (alice, "k", "abc");
  put (bob, "k", "abd");
  put (bob, "l", "abd");
  sync_run_seconds (self, 50);
  g_assert_cmpstr (sync_get (bob, "l"), ==, "7");
  g_assert_cmpstr (sync_get (alice, "l"), ==, "");
  sync_run_seconds (self, 70);
  g_assert_cmpstr (sync_get (alice, "l"), ==, "7");
  g_assert_true (sync_equal (alice, bob));
  /* Without a span they compare when they link up, and never again. */
  alice->sync->limits.table_digest_seconds = 0;
}

/* All in one bucket */
static void
fill_bucket (SyncNode *self, const char *prefix, guint n)
{
  for (guint i = 0; n > 0; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%u", prefix, i);

      if (p2p_sync_key_digest ((const guint8 *) key, strlen (key)) >> 56 != 0xff)
        continue;
      g_assert_cmpint (sync_set (self, key, "1"), ==, -1);
      n--;
    }
}

/* A part of many frames, to a node that takes small ones: each says from where and to where it goes. */
static void
test_small_frames (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob;

  self->mesh->limits.frame = 4096;
  bob = sync_add (self, "bob");
  fill_bucket (alice, "a", 1000);
  fill_bucket (bob, "b", 700);
  sync_connect (alice, bob);
  sync_run_seconds (self, 60);
  g_assert_cmpuint (count_keys (alice), ==, 1700);
  g_assert_cmpuint (count_keys (bob), ==, 1700);
  g_assert_true (sync_equal (alice, bob));
  g_assert_cmpuint (mesh_dropped (alice->mesh) + mesh_dropped (bob->mesh), ==, 0);
}

/* Frames that hold no comparison are not made, and nobody is told that they could be. */
static void
test_tiny_frames (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob;

  self->mesh->limits.frame = 2048;
  bob = sync_add (self, "bob");
  sync_fill (alice, "a", 100);
  sync_connect (alice, bob);
  sync_run_seconds (self, 60);
  g_assert_nonnull (mesh_peer (alice->mesh, bob->mesh));
  g_assert_false (p2p_peer_has_cap (mesh_peer (alice->mesh, bob->mesh), P2P_CAP_SYNC_DIGEST));
  g_assert_cmpuint (count_keys (bob), ==, 100);
}

/* A long table is sent in slices, never more than a share of the queue at a time. */
static void
test_paced (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  gsize share;
  gsize most = 0;

  sync_fill (alice, "a", 10000);
  alice->sync->limits.out_queue = 1024 * 1024;
  share = alice->sync->limits.out_queue / 8;
  test_host_set_read_rate (bob->mesh->host, 1000000);
  sync_connect (alice, bob);
  for (guint i = 0; i < 3000 && count_keys (bob) < 10000; i++)
    {
      P2pPeer *peer = mesh_peer (alice->mesh, bob->mesh);

      sync_run (self, 10 * G_TIME_SPAN_MILLISECOND);
      most = MAX (most, p2p_peer_get_queued (peer));
    }
  g_assert_true (sync_equal (alice, bob));
  g_test_message ("at most %" G_GSIZE_FORMAT " bytes of the queue", most);
  g_assert_cmpuint (most, >, 0);
  g_assert_cmpuint (most, <=, share + P2P_SYNC_FRAME_BYTES * 2);
}

/* What one has forgotten already is not brought back by the other, who forgets it a moment later. */
static void
test_forgotten (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob;
  guint kept;

  sync_run_seconds (self, 31);
  bob = sync_add (self, "bob");
  sync_connect (alice, bob);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      sync_set (alice, key, "1");
      sync_run_seconds (self, 3);
      sync_delete (alice, key);
    }
  sync_run_seconds (self, P2P_TOMBSTONE_SECONDS + 130);
  g_assert_cmpuint (p2p_sync_table_get_n_records (p2p_sync_node_get_table (alice->sync)), ==, 0);
  g_assert_cmpuint (p2p_sync_table_get_n_records (p2p_sync_node_get_table (bob->sync)), ==, 0);
  /* Nor are the records that were kept. */
  g_assert_cmpuint (g_hash_table_size (alice->records), ==, 0);
  g_assert_cmpuint (g_hash_table_size (bob->records), ==, 0);
  /* A takeover: two hours later who held the key before is forgotten by both. */
  sync_set (alice, "t", "1");
  sync_run_seconds (self, 3700);
  g_assert_cmpint (sync_set (bob, "t", "2"), ==, -1);
  sync_run_seconds (self, P2P_TOMBSTONE_SECONDS + 200);
  g_assert_true (sync_equal (alice, bob));
  kept = alice->n_kept + bob->n_kept;
  sync_run_seconds (self, 600);
  g_assert_cmpuint (alice->n_kept + bob->n_kept, ==, kept);
}

/* Nor is kept for ever what was over when a node came back. */
static void
test_over_meanwhile (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *again;
  GHashTableIter iter;
  gpointer key, record;

  sync_set (alice, "k", "1");
  sync_set (alice, "d", "1");
  sync_delete (alice, "d");
  g_assert_cmpuint (g_hash_table_size (alice->records), ==, 2);
  sync_end (alice);
  sync_run_seconds (self, P2P_TOMBSTONE_SECONDS + 1000);
  again = sync_add (self, "alice");
  g_hash_table_iter_init (&iter, alice->records);
  while (g_hash_table_iter_next (&iter, &key, &record))
    {
      g_hash_table_replace (again->records, g_bytes_ref (key), g_bytes_ref (record));
      p2p_sync_node_restore (again->sync, record, NULL);
    }
  g_assert_cmpuint (g_hash_table_size (again->records), ==, 1);
  g_assert_cmpstr (sync_get (again, "k"), ==, "1");
}

/* ---- another run ---- */

static void
test_restart (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  P2pSyncState state;

  sync_connect (alice, bob);
  sync_set (alice, "hers", "1");
  sync_set (bob, "his", "2");
  sync_set (bob, "deleted meanwhile", "3");
  sync_run_seconds (self, 2);
  alice = sync_restart (alice);
  sync_delete (bob, "deleted meanwhile");
  sync_set (bob, "new", "4");
  sync_run_seconds (self, 2);

  g_assert_cmpstr (sync_get (alice, "hers"), ==, "1");
  g_assert_cmpstr (sync_get (alice, "his"), ==, "2");
  g_assert_true (sync_lookup (alice, "hers", &state) && state.old);
  g_assert_true (sync_lookup (alice, "his", &state) && state.old);
  g_assert_cmpuint (sync_count (alice, "changed hers"), ==, 1);
  /* Her lease is still hers. */
  g_assert_cmpint (sync_set (bob, "hers", "9"), ==, P2P_TABLE_ERROR_LEASED);
  g_string_truncate (alice->log, 0);
  sync_connect (alice, bob);
  sync_run_seconds (self, 60);
  g_assert_true (sync_lookup (alice, "hers", &state) && !state.old);
  g_assert_true (sync_lookup (alice, "his", &state) && !state.old);
  g_assert_cmpuint (sync_count (alice, "changed hers"), ==, 1);
  g_assert_cmpstr (sync_get (alice, "deleted meanwhile"), ==, "");
  g_assert_cmpstr (sync_get (alice, "new"), ==, "4");
  g_assert_cmpint (sync_set (alice, "hers", "5"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (bob, "hers"), ==, "5");
  g_assert_true (sync_equal (alice, bob));
}

/* Equal tables: one frame each way, and nothing is old any more. */
static void
test_confirmed (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  P2pSyncState state;

  sync_connect (alice, bob);
  sync_fill (alice, "k", 2000);
  sync_run_seconds (self, 2);
  alice = sync_restart (alice);
  g_string_truncate (alice->log, 0);
  sync_connect (alice, bob);
  sync_run_seconds (self, 2);
  g_assert_true (sync_lookup (alice, "k000000", &state) && !state.old);
  g_assert_cmpuint (sync_count (alice, "changed "), ==, 2000);
  g_assert_false (alice->sync->any_old);
}

/* What the earlier run left of others is not spread among originals before it is confirmed; what is ours is. */
static void
test_old_and_originals (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  g_autoptr (RawPeer) writer = raw_dial (self->mesh, "writer", alice->mesh);
  g_autoptr (RawPeer) py = NULL;
  P2pSyncState state;
  gint64 time;

  raw_handshake (writer);
  raw_send (writer, P2P_FLAG_BROADCAST, "[<@x 11>, <'theirs'>, <'value'>]");
  raw_send (writer, P2P_FLAG_BROADCAST, "[<@x 11>, <'other'>, <'value'>]");
  time = mesh_now (self->mesh);
  sync_set (alice, "hers", "1");
  alice = sync_restart (alice);
  sync_run_seconds (self, 2);
  py = raw_dial (self->mesh, "py", alice->mesh);
  raw_handshake_bin (py);
  sync_run_seconds (self, 2);
  g_assert_cmpuint (raw_count (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE), ==, 1);
  /* Its delete is not told either: who knows whether he has it. */
  sync_run_seconds (self, 3700);
  g_assert_cmpint (sync_delete (alice, "other"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpuint (raw_count (py, P2P_FLAG_BROADCAST, P2P_SUBFLAG_STORE), ==, 0);
  /* Who says the same, makes it new. */
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'theirs'>, <'value'>, <'%s'>, <@x %d>]", writer->id, (int) time);
  if (!sync_lookup (alice, "theirs", &state) || state.old)
    raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'theirs'>, <'value'>, <'%s'>, <@x %d>]", writer->id, (int) state.clock.time);
  g_assert_true (sync_lookup (alice, "theirs", &state) && !state.old);
}

/* What an original tells at joining is taken for what is old, if that is over by now. */
static void
test_old_and_told (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  g_autoptr (RawPeer) py = NULL;

  sync_set (alice, "over", "'hers'");
  sync_set (alice, "hers", "'hers'");
  sync_run_seconds (self, 3700);
  sync_set (alice, "hers", "'still hers'");
  alice = sync_restart (alice);
  py = raw_dial (self->mesh, "py", alice->mesh);
  raw_handshake_bin (py);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'over'>, <'his'>, <'%s'>, <@x %d>]", py->id, (int) mesh_now (self->mesh) - 10);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'hers'>, <'his'>, <'%s'>, <@x %d>]", py->id, (int) mesh_now (self->mesh));
  g_assert_cmpstr (sync_get (alice, "over"), ==, "'his'");
  g_assert_cmpstr (sync_get (alice, "hers"), ==, "'still hers'");
}

/* ---- among originals ---- */

/* All that came by one link of the original, which relays, to the other. */
static void
carry (RawPeer *from, RawPeer *to)
{
  for (guint i = 0; i < from->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (from->messages, i);

      if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
        p2p_link_send (to->link, message, P2P_LINK_SEND_PLAIN, NULL);
    }
  g_ptr_array_set_size (from->messages, 0);
  mesh_run (from->fixture, SECOND / 10);
}

/* alice - an original - bob, and carol at bob: what goes through the original are stores, and nothing that only ours know. */
static void
test_behind_an_original (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  SyncNode *carol = sync_add (self, "carol");
  g_autoptr (RawPeer) left = raw_dial (self->mesh, "py", alice->mesh);
  g_autoptr (RawPeer) right = raw_dial (self->mesh, "py", bob->mesh);

  raw_handshake_bin (left);
  raw_handshake_bin (right);
  sync_connect (carol, bob);
  sync_set (alice, "k", "1");
  sync_set (alice, "k", "2");
  sync_set (alice, "m", "{'a': <@x 1>}");
  sync_run_seconds (self, 1);
  sync_delta (alice, "m", "{'b': <@x 2>}");
  sync_set (bob, "b", "3");
  sync_run_seconds (self, 1);
  carry (left, right);
  carry (right, left);
  sync_set (alice, "d", "4");
  sync_delete (alice, "d");
  sync_run_seconds (self, 1);
  carry (left, right);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (carol, "k"), ==, "2");
  g_assert_cmpstr (sync_get (carol, "m"), ==, "{'a': <1>, 'b': <2>}");
  g_assert_cmpstr (sync_get (alice, "b"), ==, "3");
  g_assert_true (sync_equal (alice, bob));
  g_assert_true (sync_equal (alice, carol));
  g_assert_null (left->error);
  g_assert_null (right->error);
}

/* What one of ours tells us, our originals did not hear. */
static void
test_offered (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  g_autoptr (RawPeer) py = raw_dial (self->mesh, "py", bob->mesh);

  raw_handshake_bin (py);
  sync_run_seconds (self, 1);
  sync_fill (alice, "a", 50);
  sync_set (alice, "gone", "1");
  sync_delete (alice, "gone");
  sync_connect (alice, bob);
  sync_run_seconds (self, 5);
  g_assert_true (sync_equal (alice, bob));
  g_assert_cmpuint (raw_count (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE), ==, 50);
}

/* Who says late that it is one of ours is told no more like an original. */
static void
test_late_hello (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  p2p_mesh_node_set_late_hello (alice->mesh->node, TRUE);
  p2p_mesh_node_set_late_hello (bob->mesh->node, TRUE);
  sync_fill (alice, "a", 100);
  sync_connect (alice, bob);
  sync_run_seconds (self, 40);
  g_assert_true (sync_equal (alice, bob));
  g_assert_cmpuint (count_keys (bob), ==, 100);
}

/* A map of thousands of fields that came one by one is one that a joining node gets. */
static void
test_many_fields (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GString) map = g_string_new ("{");

      for (guint j = 0; j < 1000; j++)
        g_string_append_printf (map, "%s'f%u': <1>", j > 0 ? ", " : "", i * 1000 + j);
      g_string_append_c (map, '}');
      g_assert_cmpint (sync_delta (alice, "map", map->str), ==, -1);
    }
  sync_connect (alice, bob);
  sync_run_seconds (self, 5);
  g_assert_true (sync_equal (alice, bob));
  g_assert_cmpuint (mesh_dropped (alice->mesh) + mesh_dropped (bob->mesh), ==, 0);
}

/* Lab mode: what got lost on purpose, and what was written on both sides of a split, is everywhere afterwards. */
static void
test_lab (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (FALSE);
  const char *names[] = { "alice", "bob", "carol", "dave" };
  SyncNode *nodes[G_N_ELEMENTS (names)];
  guint64 lost = 0;

  self->mesh->limits.table_digest_seconds = 30;
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      nodes[i] = sync_add (self, names[i]);
      p2p_mesh_node_set_max_outgoing (nodes[i]->mesh->node, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    sync_connect (nodes[i], nodes[(i + 1) % G_N_ELEMENTS (nodes)]);
  sync_run_seconds (self, 5);

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    p2p_mesh_node_set_lab (nodes[i]->mesh->node, 20, 200, P2P_LAB_ALL_LOST / 5 * 2);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i % 30), *value = g_strdup_printf ("%u", i);

      sync_set (nodes[i % G_N_ELEMENTS (nodes)], key, value);
      sync_run (self, SECOND / 10);
    }
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      lost += sync_drops (nodes[i], P2P_DROP_LAB);
      p2p_mesh_node_set_lab (nodes[i]->mesh->node, 0, 0, 0);
    }
  g_assert_cmpuint (lost, >, 50);
  sync_run_seconds (self, 120);
  for (guint i = 1; i < G_N_ELEMENTS (nodes); i++)
    g_assert_true (sync_equal (nodes[0], nodes[i]));

  /* one alone, then all of them together again */
  p2p_mesh_node_split (nodes[0]->mesh->node, NULL);
  sync_set (nodes[0], "here", "1");
  sync_set (nodes[0], "both", "'alice'");
  sync_run_seconds (self, 3);
  sync_set (nodes[2], "there", "2");
  sync_set (nodes[2], "both", "'carol'");
  sync_run_seconds (self, 60);
  g_assert_cmpstr (sync_get (nodes[1], "there"), ==, "2");
  g_assert_cmpstr (sync_get (nodes[1], "here"), ==, "");
  p2p_mesh_node_end_split (nodes[0]->mesh->node);
  sync_run_seconds (self, 10);
  g_assert_true (sync_equal (nodes[0], nodes[1]));
  /* who is further away has it with the next round */
  sync_run_seconds (self, 60);
  for (guint i = 1; i < G_N_ELEMENTS (nodes); i++)
    g_assert_true (sync_equal (nodes[0], nodes[i]));
  g_assert_cmpstr (sync_get (nodes[3], "here"), ==, "1");
  g_assert_cmpstr (sync_get (nodes[0], "both"), ==, "'carol'");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/exchange/joined", test_joined);
  g_test_add_func ("/sync/exchange/rounds", test_rounds);
  g_test_add_func ("/sync/exchange/small-frames", test_small_frames);
  g_test_add_func ("/sync/exchange/tiny-frames", test_tiny_frames);
  g_test_add_func ("/sync/exchange/paced", test_paced);
  g_test_add_func ("/sync/exchange/forgotten", test_forgotten);
  g_test_add_func ("/sync/exchange/over-meanwhile", test_over_meanwhile);
  g_test_add_func ("/sync/exchange/restart", test_restart);
  g_test_add_func ("/sync/exchange/confirmed", test_confirmed);
  g_test_add_func ("/sync/exchange/old-and-originals", test_old_and_originals);
  g_test_add_func ("/sync/exchange/old-and-told", test_old_and_told);
  g_test_add_func ("/sync/exchange/behind-an-original", test_behind_an_original);
  g_test_add_func ("/sync/exchange/offered", test_offered);
  g_test_add_func ("/sync/exchange/late-hello", test_late_hello);
  g_test_add_func ("/sync/exchange/many-fields", test_many_fields);
  g_test_add_func ("/sync/exchange/lab", test_lab);
  return g_test_run ();
}
