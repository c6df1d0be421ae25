/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that sign what they write, and everybody who speaks in their names. */
#include "exchange-fixture.h"

#include <string.h>

#include "p2p/sync/p2p-sync-proof.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-message-private.h"
#include "p2p/wire/p2p-value.h"
#include "p2p/x1/p2p-x1.h"

static SyncFixture *
make (void)
{
  SyncFixture *self = sync_fixture_new (TRUE);

  self->signs = TRUE;
  self->mesh->limits.ping_seconds = 100000;
  return self;
}

static const char *
id_of (SyncNode *node)
{
  return p2p_mesh_node_get_id (node->mesh->node);
}

static gboolean
is_signed (SyncNode *node, const char *key)
{
  P2pSyncState state;

  return sync_lookup (node, key, &state) && state.is_signed;
}

static P2pIdentity *
identity_of (const char *name)
{
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  g_autoptr (GBytes) bytes = NULL;

  p2p_sha256 ((const guint8 *) name, strlen (name), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  return p2p_identity_new_from_seed (bytes, NULL);
}

/* What goes out in somebody's name from a link that is not his. */
static P2pMessage *
forge (SyncNode *owner, gint64 offset, P2pWriteKind kind, const char *key, const char *text)
{
  g_autoptr (GVariant) value = text != NULL ? g_variant_ref_sink (g_variant_new_parsed (text)) : NULL;
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  P2pWriteClock clock = { .time = mesh_now (owner->fixture->mesh) + offset };

  if (value != NULL)
    {
      g_assert_true (p2p_value_pack (value, packed, NULL));
      bytes = g_bytes_new (packed->data, packed->len);
    }
  return p2p_sync_spell (id_of (owner), &clock, kind, (const guint8 *) key, strlen (key), bytes, FALSE);
}

static void
give (RawPeer *raw, P2pMessage *taken)
{
  g_autoptr (P2pMessage) message = taken;

  p2p_link_send (raw->link, message, P2P_LINK_SEND_PLAIN, NULL);
  mesh_run (raw->fixture, SECOND);
}

/* What one writes is proved at the others, whether they heard it, or were told it by a third. */
static void
test_told_on (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b"), *c;
  P2pSyncState state;

  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "1"), ==, -1);
  g_assert_cmpint (sync_set (a, "map", "{'x': <1>}"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpint (sync_delta (a, "map", "{'y': <2>, 'z': <3>}"), ==, -1);
  g_assert_cmpint (sync_delta (a, "map", "{'z': <4>}"), ==, -1);
  g_assert_cmpint (sync_set (a, "gone", "1"), ==, -1);
  g_assert_cmpint (sync_delete (a, "gone"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_true (is_signed (a, "k"));
  g_assert_true (is_signed (b, "k"));
  g_assert_true (is_signed (b, "map"));
  g_assert_true (sync_equal (a, b));

  /* The writer is gone; and who is told checks. */
  sync_end (a);
  sync_run_seconds (self, 2);
  c = sync_add (self, "c");
  sync_connect (c, b);
  sync_run_seconds (self, 40);
  g_assert_true (sync_equal (b, c));
  g_assert_true (is_signed (c, "k"));
  g_assert_true (is_signed (c, "map"));
  g_assert_cmpstr (sync_get (c, "map"), ==, "{'x': <1>, 'y': <2>, 'z': <4>}");
  g_assert_true (sync_lookup (c, "gone", &state));
  g_assert_null (state.value);
  g_assert_true (state.is_signed);
  g_assert_cmpuint (sync_drops (c, P2P_DROP_REFUSED), ==, 0);
}

/* A store, a delete, a delta in another's name, by who has no key of his: none is taken, each is counted and told. */
static void
test_forged (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b");
  RawPeer *raw;

  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "{'x': <1>}"), ==, -1);
  sync_run_seconds (self, 1);
  raw = raw_dial (self->mesh, "raw", b->mesh);
  raw_handshake (raw);
  give (raw, forge (a, 1, P2P_WRITE_STORE, "k", "'stolen'"));
  give (raw, forge (a, 1, P2P_WRITE_DELETE, "k", NULL));
  give (raw, forge (a, 1, P2P_WRITE_DELTA, "k", "{'x': <2>}"));
  give (raw, forge (a, 0, P2P_WRITE_STORE, "new", "'made up'"));
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (b, "k"), ==, "{'x': <1>}");
  g_assert_cmpstr (sync_get (b, "new"), ==, "");
  g_assert_cmpstr (sync_get (a, "k"), ==, "{'x': <1>}");
  g_assert_cmpstr (sync_get (a, "new"), ==, "");
  g_assert_cmpuint (sync_count (b, "refused k UNSIGNED"), ==, 3);
  g_assert_cmpuint (sync_count (b, "refused new UNSIGNED"), ==, 1);
  g_assert_cmpuint (sync_drops (b, P2P_DROP_REFUSED), >=, 4);
  raw_free (raw);
}

/* As nodes tell each other at joining: owner and time, and nothing that proves it. */
static void
test_forged_owner (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b");
  RawPeer *raw;
  GVariant *packets[5];
  g_autoptr (GVariant) all = NULL;
  gint64 now;

  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "1"), ==, -1);
  sync_run_seconds (self, 1);
  raw = raw_dial (self->mesh, "raw", b->mesh);
  raw_handshake (raw);
  now = mesh_now (self->mesh);
  packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_STORE));
  packets[1] = g_variant_new_variant (g_variant_new_bytestring ("fresh"));
  packets[2] = g_variant_new_variant (g_variant_new_string ("x"));
  packets[3] = g_variant_new_variant (g_variant_new_string (id_of (a)));
  packets[4] = g_variant_new_variant (g_variant_new_int64 (now));
  all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 5));
  give (raw, p2p_message_new (P2P_FLAG_WHISPER, raw->id, now, all, NULL));
  g_assert_cmpuint (p2p_sync_table_get_n_keys (p2p_sync_node_get_table (b->sync)), ==, 1);
  g_assert_cmpuint (sync_drops (b, P2P_DROP_REFUSED), ==, 1);
  raw_free (raw);
}

/* An old write of his, said again with all that proves it, changes nothing. */
static void
test_replayed (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b");
  g_autoptr (GVariant) record = NULL;
  g_autoptr (P2pMessage) store = NULL;
  RawPeer *raw = exchange_dial (b, "raw");
  GVariant *list;

  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "1"), ==, -1);
  sync_run_seconds (self, 2);
  p2p_sync_table_prove_ours (p2p_sync_node_get_table (a->sync));
  record = g_variant_ref_sink (p2p_sync_table_pack_record (p2p_sync_node_get_table (a->sync), (const guint8 *) "k", 1));
  g_assert_cmpint (sync_set (a, "k", "2"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpint (sync_delete (a, "k"), ==, -1);
  sync_run_seconds (self, 12);
  exchange_send_digest (raw, 1);
  exchange_send_keys (raw, 0, "", 0);
  {
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
    g_variant_builder_add (&builder, "v", record);
    list = g_variant_builder_end (&builder);
  }
  exchange_send (raw, P2P_CONTROL_RECORDS, &list, 1);
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (b, "k"), ==, "");
  g_assert_true (sync_equal (a, b));
  raw_free (raw);
}

/* Whoever loses the signatures on the way: what he brings is not taken, and comes when tables are compared. */
static void
test_stripped (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b");
  RawPeer *raw;

  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "1"), ==, -1);
  sync_run_seconds (self, 2);
  raw = raw_dial (self->mesh, "raw", b->mesh);
  raw_handshake (raw);
  test_host_set_group (a->mesh->host, 1);
  sync_run_seconds (self, 1);
  g_assert_cmpint (sync_set (a, "k", "2"), ==, -1);
  give (raw, forge (a, -1, P2P_WRITE_STORE, "k", "2"));
  g_assert_cmpstr (sync_get (b, "k"), ==, "1");
  g_assert_cmpuint (sync_count (b, "refused k UNSIGNED"), ==, 1);
  test_host_set_group (a->mesh->host, 0);
  sync_run_seconds (self, 40);
  g_assert_cmpstr (sync_get (b, "k"), ==, "2");
  g_assert_true (is_signed (b, "k"));
  raw_free (raw);
}

/* Whose key nobody knew is believed as the originals are, until it is known. */
static void
test_purged (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *b = sync_add (self, "b"), *a;
  g_autoptr (P2pIdentity) identity = identity_of ("a");
  g_autofree char *id = p2p_identity_get_node_id (identity, self->mesh->protocol);
  RawPeer *raw = raw_dial (self->mesh, "raw", b->mesh);
  P2pWriteClock clock = { .time = mesh_now (self->mesh) };
  g_autoptr (GBytes) one = g_bytes_new_static ("\x01", 1);

  raw_handshake (raw);
  give (raw, p2p_sync_spell (id, &clock, P2P_WRITE_STORE, (const guint8 *) "k", 1, one, FALSE));
  g_assert_cmpstr (sync_get (b, "k"), ==, "1");
  g_assert_false (is_signed (b, "k"));
  a = sync_add (self, "a");
  g_assert_cmpstr (id_of (a), ==, id);
  sync_connect (a, b);
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (b, "k"), ==, "");
  g_assert_cmpuint (sync_count (b, "changed k"), ==, 2);
  g_assert_true (sync_equal (a, b));
  raw_free (raw);
}

/* One knows whose key it is, another does not and holds what was made up: it is told. */
static void
test_key (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b"), *c = sync_add (self, "c");
  P2pWriteClock clock = { .time = mesh_now (self->mesh) };
  g_autoptr (GBytes) one = g_bytes_new_static ("\x01", 1);
  RawPeer *raw;

  sync_connect (a, b);
  sync_run_seconds (self, 1);
  p2p_mesh_node_disconnect (b->mesh->node, mesh_peer (b->mesh, a->mesh));
  raw = raw_dial (self->mesh, "raw", c->mesh);
  raw_handshake (raw);
  give (raw, p2p_sync_spell (id_of (a), &clock, P2P_WRITE_STORE, (const guint8 *) "k", 1, one, FALSE));
  g_assert_cmpstr (sync_get (c, "k"), ==, "1");
  sync_connect (b, c);
  sync_run_seconds (self, 40);
  g_assert_cmpstr (sync_get (b, "k"), ==, "");
  g_assert_cmpstr (sync_get (c, "k"), ==, "");
  g_assert_true (sync_equal (b, c));
  raw_free (raw);
}

/* After a restart all is proved as it was, also what nobody was told in time. */
static void
test_restart (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b"), *c;

  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "1"), ==, -1);
  g_assert_cmpint (sync_set (b, "l", "{'x': <1>}"), ==, -1);
  g_assert_cmpint (sync_delta (b, "l", "{'x': <2>, 'y': <3>}"), ==, -1);
  sync_run_seconds (self, 2);
  sync_end (a);
  sync_run_seconds (self, 1);
  b = sync_restart (b);
  g_assert_true (is_signed (b, "k"));
  g_assert_true (is_signed (b, "l"));
  c = sync_add (self, "c");
  sync_connect (c, b);
  sync_run_seconds (self, 40);
  g_assert_true (sync_equal (b, c));
  g_assert_true (is_signed (c, "k"));
  g_assert_true (is_signed (c, "l"));
  g_assert_cmpuint (sync_drops (c, P2P_DROP_REFUSED), ==, 0);
}

/* Who has no key hears no signatures: he is told them, and tells them on. */
static void
test_keyless (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b, *c;

  self->signs = FALSE;
  b = sync_add (self, "b");
  self->signs = TRUE;
  c = sync_add (self, "c");
  sync_connect (a, b);
  g_assert_cmpint (sync_set (a, "k", "1"), ==, -1);
  g_assert_cmpint (sync_set (a, "k", "{'x': <1>}"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (b, "k"), ==, "{'x': <1>}");
  sync_run_seconds (self, 70);
  g_assert_true (is_signed (b, "k"));
  g_assert_true (sync_equal (a, b));
  g_assert_cmpuint (sync_drops (a, P2P_DROP_REFUSED), ==, 0);
  g_assert_cmpint (sync_delta (a, "k", "{'y': <2>}"), ==, -1);
  sync_run_seconds (self, 70);
  g_assert_true (sync_equal (a, b));
  sync_end (a);
  sync_connect (b, c);
  sync_run_seconds (self, 70);
  g_assert_true (sync_equal (b, c));
  g_assert_true (is_signed (c, "k"));
}

/* A hundred keys at once are of a few signatures. */
static void
test_batch (void)
{
  g_autoptr (SyncFixture) self = make ();
  SyncNode *a = sync_add (self, "a"), *b = sync_add (self, "b");
  P2pX1Stats stats;

  sync_connect (a, b);
  sync_fill (a, "k", 100);
  sync_run_seconds (self, 2);
  p2p_x1_get_stats (p2p_x1_of (a->mesh->node), &stats);
  g_assert_cmpuint (stats.side_cars_out, <=, 4);
  g_assert_true (sync_equal (a, b));
  g_assert_true (is_signed (b, "k000042"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/signed-node/told-on", test_told_on);
  g_test_add_func ("/sync/signed-node/forged", test_forged);
  g_test_add_func ("/sync/signed-node/forged-owner", test_forged_owner);
  g_test_add_func ("/sync/signed-node/replayed", test_replayed);
  g_test_add_func ("/sync/signed-node/stripped", test_stripped);
  g_test_add_func ("/sync/signed-node/purged", test_purged);
  g_test_add_func ("/sync/signed-node/key", test_key);
  g_test_add_func ("/sync/signed-node/restart", test_restart);
  g_test_add_func ("/sync/signed-node/keyless", test_keyless);
  g_test_add_func ("/sync/signed-node/batch", test_batch);
  return g_test_run ();
}
