/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames by which tables are compared, one by one, and what hostile ones cost. */
#include "exchange-fixture.h"

#include <string.h>

typedef struct {
  SyncFixture *sync;
  SyncNode *ours;
  RawPeer *raw;
} Fixture;

static Fixture *
fixture_new (guint n_keys)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->sync = sync_fixture_new (TRUE);
  /* It answers no pings. */
  self->sync->mesh->limits.ping_seconds = 100000;
  self->ours = sync_add (self->sync, "ours");
  sync_fill (self->ours, "k", n_keys);
  self->raw = exchange_dial (self->ours, "raw");
  sync_run_seconds (self->sync, 12);
  exchange_forget (self->raw);
  return self;
}

static void
fixture_free (Fixture *self)
{
  raw_free (self->raw);
  sync_fixture_free (self->sync);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static P2pSyncTable *
table_of (Fixture *self)
{
  return p2p_sync_node_get_table (self->ours->sync);
}

/* The places of the bucket's digests. */
static GByteArray *
list_bucket (Fixture *self, guint bucket)
{
  GByteArray *list = g_byte_array_new ();

  p2p_sync_table_list_bucket (table_of (self), bucket, list);
  return list;
}

static guint
find_full_bucket (Fixture *self)
{
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    {
      g_autoptr (GByteArray) list = list_bucket (self, i);

      if (list->len >= 32)
        return i;
    }
  g_assert_not_reached ();
}

static void
test_digest (void)
{
  g_autoptr (Fixture) self = fixture_new (10);
  g_autoptr (GVariant) root = NULL;
  g_autoptr (GVariant) n_keys = NULL;
  guint8 expected[32];

  sync_run_seconds (self->sync, 40);
  root = exchange_last (self->raw, P2P_CONTROL_DIGEST, 0);
  n_keys = exchange_last (self->raw, P2P_CONTROL_DIGEST, 1);
  p2p_sync_table_get_root (table_of (self), expected);
  g_assert_cmpmem (g_variant_get_data (root), g_variant_get_size (root), expected, 32);
  g_assert_cmpint (g_variant_get_int64 (n_keys), ==, 10);
  g_assert_cmpuint (own_count (self->raw, P2P_CONTROL_DIGEST), <=, 2);

  /* Another: by parts, once in ten seconds. */
  exchange_send_digest (self->raw, 1);
  exchange_send_digest (self->raw, 2);
  g_assert_cmpuint (own_count (self->raw, P2P_CONTROL_BUCKETS), ==, 1);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_RATE), ==, 1);
  sync_run_seconds (self->sync, 11);
  exchange_send_digest (self->raw, 3);
  g_assert_cmpuint (own_count (self->raw, P2P_CONTROL_BUCKETS), ==, 2);
  /* The same: the same, once in ten seconds. */
  sync_run_seconds (self->sync, 11);
  exchange_forget (self->raw);
  {
    GVariant *rest[] = { g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, expected, 32, 1), g_variant_new_int64 (10) };
    GVariant *again[] = { g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, expected, 32, 1), g_variant_new_int64 (10) };

    exchange_send (self->raw, P2P_CONTROL_DIGEST, rest, 2);
    exchange_send (self->raw, P2P_CONTROL_DIGEST, again, 2);
  }
  g_assert_cmpuint (own_count (self->raw, P2P_CONTROL_BUCKETS), ==, 0);
  g_assert_cmpuint (own_count (self->raw, P2P_CONTROL_DIGEST), <=, 1);
}

static void
test_buckets (void)
{
  g_autoptr (Fixture) self = fixture_new (10);
  g_autoptr (GVariant) value = NULL;
  guint64 sums[P2P_TABLE_BUCKETS] = { 0 };
  guint full = 0;

  exchange_send_digest (self->raw, 1);
  value = exchange_last (self->raw, P2P_CONTROL_BUCKETS, 0);
  g_assert_cmpuint (g_variant_get_size (value), ==, sizeof sums);
  memcpy (sums, g_variant_get_data (value), sizeof sums);
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    {
      g_assert_cmpuint (GUINT64_FROM_BE (sums[i]), ==, p2p_sync_table_get_bucket (table_of (self), i));
      full += sums[i] != 0;
    }
  /* We asked: what differs is told. */
  sync_run_seconds (self->sync, 40);
  exchange_forget (self->raw);
  memset (sums, 0, sizeof sums);
  exchange_send_bytes (self->raw, P2P_CONTROL_BUCKETS, sums, sizeof sums);
  sync_run_seconds (self->sync, 1);
  g_assert_cmpuint (own_count (self->raw, P2P_CONTROL_KEYS), ==, full);
  /* Nobody asked again. */
  exchange_send_bytes (self->raw, P2P_CONTROL_BUCKETS, sums, sizeof sums);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_UNEXPECTED), ==, 1);
}

static void
test_keys (void)
{
  g_autoptr (Fixture) self = fixture_new (1000);
  guint bucket = find_full_bucket (self);
  g_autoptr (GByteArray) list = list_bucket (self, bucket);
  g_autoptr (GVariant) want = NULL;
  guint n = list->len / 16;
  guint8 unknown[16] = { (guint8) bucket };

  exchange_send_keys (self->raw, bucket, NULL, 0);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_UNEXPECTED), ==, 1);
  exchange_send_digest (self->raw, 1);
  /* one that differs, one that we do not know, all others are missing */
  unknown[15] = 1;
  list->data[15] ^= 1;
  exchange_forget (self->raw);
  {
    guint8 both[32];

    memcpy (both, unknown, 16);
    memcpy (both + 16, list->data, 16);
    exchange_send_keys (self->raw, bucket, both, sizeof both);
  }
  sync_run_seconds (self->sync, 1);
  g_assert_cmpuint (exchange_count_records (self->raw), ==, n);
  want = exchange_last (self->raw, P2P_CONTROL_WANT, 0);
  g_assert_cmpuint (g_variant_get_size (want), ==, 16);
  g_assert_cmpmem ((const guint8 *) g_variant_get_data (want) + 8, 8, list->data, 8);
  /* once in a round */
  exchange_send_keys (self->raw, bucket, NULL, 0);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_UNEXPECTED), ==, 2);
}

static void
test_want (void)
{
  g_autoptr (Fixture) self = fixture_new (1000);
  g_autoptr (GByteArray) list = list_bucket (self, find_full_bucket (self));
  guint8 digests[16] = { 0 };
  guint8 many[513 * 8] = { 0 };

  memcpy (digests, list->data, 8);
  exchange_send_bytes (self->raw, P2P_CONTROL_WANT, digests, sizeof digests);
  sync_run_seconds (self->sync, 1);
  g_assert_cmpuint (exchange_count_records (self->raw), ==, 1);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_NOT_HELD), ==, 1);
  exchange_send_bytes (self->raw, P2P_CONTROL_WANT, many, sizeof many);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_SHAPE), ==, 1);
  /* More than there is. */
  for (guint i = 0; i < 512; i++)
    memcpy (many + i * 8, list->data, 8);
  for (guint i = 0; i < 4; i++)
    {
      GVariant *rest = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, many, 512 * 8, 1);
      GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (88)), g_variant_new_variant (g_variant_new_int64 (1)),
                              g_variant_new_variant (g_variant_new_int64 (14)), g_variant_new_variant (rest) };
      g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 4));
      g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, self->raw->id, mesh_now (self->sync->mesh), all, NULL);

      p2p_link_send (self->raw->link, message, P2P_LINK_SEND_PLAIN, NULL);
    }
  sync_run_seconds (self->sync, 1);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_TOO_MANY), >=, 1);
  g_assert_null (self->raw->error);
}

/* A record as another table would pack it. */
static GVariant *
make_record (SyncFixture *sync, const char *key, const char *value, gint64 time)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, sync->leasing);
  g_autoptr (GBytes) bytes = g_bytes_new (value, strlen (value));
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "abc", .clock = { .time = time }, .value = bytes };

  g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) key, strlen (key), &write, time, NULL), ==, P2P_MERGE_CHANGED);
  return p2p_sync_table_pack_record (table, (const guint8 *) key, strlen (key));
}

static void
test_records (void)
{
  g_autoptr (Fixture) self = fixture_new (10);
  gint64 now = mesh_now (self->sync->mesh);
  GVariantBuilder builder;
  GVariant *rest;

  rest = g_variant_new_array (G_VARIANT_TYPE_VARIANT, (GVariant *[]) { g_variant_new_variant (make_record (self->sync, "r", "\x01", now)) }, 1);
  exchange_send (self->raw, P2P_CONTROL_RECORDS, &rest, 1);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_UNEXPECTED), ==, 1);
  g_assert_cmpstr (sync_get (self->ours, "r"), ==, "");

  p2p_sync_find_link (self->ours->sync, own_peer_at (self->ours->mesh, self->raw))->asked = TRUE;
  rest = g_variant_new_array (G_VARIANT_TYPE_VARIANT, (GVariant *[]) { g_variant_new_variant (make_record (self->sync, "r", "\x01", now)) }, 1);
  exchange_send (self->raw, P2P_CONTROL_RECORDS, &rest, 1);
  g_assert_cmpstr (sync_get (self->ours, "r"), ==, "1");

  /* Bad ones: all counted, some told, none taken, and those between them are. */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < 20; i++)
    g_variant_builder_add (&builder, "v", make_record (self->sync, "f", "\x01", now + 100000));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (3));
  g_variant_builder_add (&builder, "v", make_record (self->sync, "g", "\x02", now));
  rest = g_variant_builder_end (&builder);
  exchange_send (self->raw, P2P_CONTROL_RECORDS, &rest, 1);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_REFUSED), ==, 21);
  g_assert_cmpuint (sync_count (self->ours, "refused f TIME"), ==, 8);
  g_assert_cmpstr (sync_get (self->ours, "f"), ==, "");
  g_assert_cmpstr (sync_get (self->ours, "g"), ==, "2");
  g_assert_null (self->raw->error);
}

static void
test_shapes (void)
{
  static const guint8 zeros[2049] = { 0 };
  static const guint8 unordered[32] = { 5, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 8 };
  g_autoptr (Fixture) self = fixture_new (10);
  GVariant *rest[4];

  self->ours->mesh->node->limits.penalty = 0;
  for (guint op = P2P_CONTROL_DIGEST; op <= P2P_CONTROL_RECORDS; op++)
    {
      exchange_send (self->raw, op, NULL, 0);
      rest[0] = g_variant_new_string ("x");
      exchange_send (self->raw, op, rest, 1);
      exchange_send_bytes (self->raw, op, zeros, sizeof zeros);
    }
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_SHAPE), ==, 15);
  exchange_send_keys (self->raw, 5, unordered, sizeof unordered);
  exchange_send_keys (self->raw, 6, unordered, 16);
  exchange_send_keys (self->raw, 5, unordered, 15);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_SHAPE), ==, 18);
  for (gint bucket = -1; bucket <= 256; bucket += 257)
    {
      rest[0] = g_variant_new_int64 (bucket);
      for (guint i = 1; i < 4; i++)
        rest[i] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, zeros, i == 1 ? 0 : 8, 1);
      exchange_send (self->raw, P2P_CONTROL_KEYS, rest, 4);
    }
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_SHAPE), ==, 20);
  g_assert_null (self->raw->error);
}

/* ---- what it costs ---- */

/* As much as can be had: the whole round, again and again, all of it asked for at once. */
static void
pull (Fixture *self)
{
  static const guint8 zeros[P2P_TABLE_BUCKETS * 8] = { 0 };
  g_autoptr (GByteArray) digests = g_byte_array_new ();

  exchange_send_digest (self->raw, 1);
  exchange_send_bytes (self->raw, P2P_CONTROL_BUCKETS, zeros, sizeof zeros);
  for (guint bucket = 0; bucket < P2P_TABLE_BUCKETS; bucket++)
    {
      g_autoptr (GByteArray) list = list_bucket (self, bucket);

      exchange_send_keys (self->raw, bucket, NULL, 0);
      for (guint at = 0; at < list->len && digests->len < 512 * 8; at += 16)
        g_byte_array_append (digests, list->data + at, 8);
    }
  exchange_send_bytes (self->raw, P2P_CONTROL_WANT, digests->data, digests->len);
  exchange_send_bytes (self->raw, P2P_CONTROL_WANT, digests->data, digests->len);
  exchange_forget (self->raw);
}

static void
test_amplification (void)
{
  g_autoptr (Fixture) self = fixture_new (0);
  g_autofree char *big = g_strnfill (4000, 'x');
  g_autofree char *value = g_strdup_printf ("'%s'", big);
  P2pLinkStats before, after;
  P2pPeer *peer;
  double ratio;

  raw_free (self->raw);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      sync_set (self->ours, key, value);
    }
  self->raw = exchange_dial (self->ours, "other");
  peer = own_peer_at (self->ours->mesh, self->raw);
  pull (self);
  sync_run_seconds (self->sync, 30);
  p2p_peer_get_stats (peer, &before);
  g_test_message ("at first %" G_GUINT64_FORMAT " bytes for %" G_GUINT64_FORMAT, before.bytes_out, before.bytes_in);
  /* All of it can be had once... */
  g_assert_cmpuint (before.bytes_out, >, 300 * 4000);
  for (guint i = 0; i < 24; i++)
    pull (self);
  g_assert_null (self->raw->error);
  p2p_peer_get_stats (peer, &after);
  ratio = (double) (after.bytes_out - before.bytes_out) / (double) (after.bytes_in - before.bytes_in);
  g_test_message ("then %.2f bytes for each, %" G_GUINT64_FORMAT " in all, in ten minutes", ratio, after.bytes_out - before.bytes_out);
  g_test_minimized_result (ratio, "bytes said for one heard: %.2f", ratio);
  g_assert_cmpfloat (ratio, <=, 10);
  g_assert_cmpuint (sync_drops (self->ours, P2P_DROP_RATE), >, 0);
}

/* Coming again brings no new credit. */
static void
test_credit_stays (void)
{
  g_autoptr (Fixture) self = fixture_new (3000);
  gint64 left;

  pull (self);
  sync_run_seconds (self->sync, 5);
  left = p2p_sync_find_link (self->ours->sync, own_peer_at (self->ours->mesh, self->raw))->credit;
  raw_free (self->raw);
  sync_run_seconds (self->sync, 1);
  self->raw = exchange_dial (self->ours, "raw");
  g_assert_cmpint (p2p_sync_find_link (self->ours->sync, own_peer_at (self->ours->mesh, self->raw))->credit, <=, left);
  raw_free (self->raw);
  sync_run_seconds (self->sync, 70);
  self->raw = exchange_dial (self->ours, "raw");
  g_assert_cmpint (p2p_sync_find_link (self->ours->sync, own_peer_at (self->ours->mesh, self->raw))->credit, >, left);
}

/* A table that is full refuses, says so, and costs nobody a link. */
static P2pSyncLink *
find_link (SyncNode *ours, RawPeer *raw)
{
  return p2p_sync_find_link (ours->sync, own_peer_at (ours->mesh, raw));
}

/* A node of ours that comes as another each time, too, gets the table no more often than all together may. */
static void
test_dumps (void)
{
  g_autoptr (SyncFixture) sync = sync_fixture_new (TRUE);
  g_autofree char *text = g_strnfill (4000, 'x');
  g_autofree char *value = g_strdup_printf ("'%s'", text);
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) other = NULL;
  SyncNode *ours;

  sync->mesh->limits.ping_seconds = 100000;
  sync->mesh->limits.table_dumps = 1;
  ours = sync_add (sync, "ours");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      sync_set (ours, key, value);
    }
  one = exchange_dial (ours, "one");
  other = exchange_dial (ours, "other");
  g_assert_cmpint (find_link (ours, one)->credit, >, 20 * 4000);
  g_assert_cmpint (find_link (ours, other)->credit, <, 20 * 4000 / 4);
  sync_run_seconds (sync, 61 + 30);
  g_assert_cmpint (find_link (ours, other)->credit, >, 20 * 4000);
}

static void
test_full (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob;
  g_autofree char *words = NULL;

  self->mesh->limits.table_keys = 10;
  bob = sync_add (self, "bob");
  sync_fill (alice, "a", 50);
  sync_connect (alice, bob);
  sync_run_seconds (self, 100);
  g_assert_cmpuint (p2p_sync_table_get_n_records (p2p_sync_node_get_table (bob->sync)), ==, 10);
  g_assert_cmpuint (sync_drops (bob, P2P_DROP_REFUSED), >=, 40);
  g_assert_cmpuint (sync_count (bob, "refused a"), >, 0);
  g_assert_nonnull (mesh_peer (alice->mesh, bob->mesh));
  g_assert_cmpint (sync_set_full (bob, "more", "1", NULL, &words), ==, P2P_TABLE_ERROR_FULL);
  g_assert_nonnull (strstr (words, "10"));
  sync_set (alice, "b", "1");
  sync_run_seconds (self, 1);
  g_assert_cmpuint (sync_count (bob, "refused b FULL"), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/serve/digest", test_digest);
  g_test_add_func ("/sync/serve/buckets", test_buckets);
  g_test_add_func ("/sync/serve/keys", test_keys);
  g_test_add_func ("/sync/serve/want", test_want);
  g_test_add_func ("/sync/serve/records", test_records);
  g_test_add_func ("/sync/serve/shapes", test_shapes);
  g_test_add_func ("/sync/serve/amplification", test_amplification);
  g_test_add_func ("/sync/serve/credit-stays", test_credit_stays);
  g_test_add_func ("/sync/serve/dumps", test_dumps);
  g_test_add_func ("/sync/serve/full", test_full);
  return g_test_run ();
}
