/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node that shares a table, and up to four others who tell it writes, tables of theirs, and what tables are compared by, with the digests
 * that it holds put into what they say. Whatever comes, it keeps its limits, and leaves nothing behind when it is closed.
 */
#include "fuzz-peer.h"

#include "p2p/sync/p2p-sync-node-private.h"
#include "p2p/wire/p2p-value.h"

#define MAX_OPERATIONS 96
#define MAX_KEY 20
#define CAPS 0xff

typedef struct {
  Scene base;
  P2pSyncNode *sync;
  P2pSyncTable *other;          /* what another of ours knows */
  gboolean leasing;
} SyncScene;

/* Few keys, so that they meet; now and then one that is long, or one that js2p stumbles over. */
static GBytes *
take_key (FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  static const char * const odd[] = { "", "__proto__", "constructor", "a key longer than the limit of this table is" };

  if (choice >= 0xfc)
    return g_bytes_new_static (odd[choice & 3], strlen (odd[choice & 3]));
  choice &= 15;
  return g_bytes_new (&choice, 1);
}

static GVariant *
new_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

static GVariant *
take_value (FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  GVariantDict map;

  switch (choice & 7)
    {
    case 0:
      return g_variant_new_tuple (NULL, 0);
    case 1:
      return g_variant_new_string ((choice & 8) != 0 ? "" : "text");
    case 2:
    case 3:
    case 4:
      g_variant_dict_init (&map, NULL);
      if ((choice & 8) != 0)
        g_variant_dict_insert (&map, "a", "x", (gint64) choice);
      if ((choice & 16) != 0)
        g_variant_dict_insert (&map, "b", "s", "field");
      if ((choice & 32) != 0)
        g_variant_dict_insert (&map, "c", "d", 1.5);
      return g_variant_dict_end (&map);
    case 5:
      return new_bytes ("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", choice & 63);
    default:
      return g_variant_new_int64 (choice >> 3);
    }
}

static GVariant *
key_value (GBytes *key, gboolean text)
{
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);

  if (text && length > 0 && g_utf8_validate_len (bytes, length, NULL))
    {
      g_autofree char *copy = g_strndup (bytes, length);

      return g_variant_new_string (copy);
    }
  return new_bytes (bytes, length);
}

/* ---- our own program ---- */

static void
act (SyncScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = take_key (input);
  g_autoptr (GError) error = NULL;
  gboolean done;

  switch (choice & 3)
    {
    case 0:
      done = p2p_sync_node_delete (scene->sync, key, NULL, &error);
      break;
    case 1:
      done = p2p_sync_node_delta (scene->sync, key, take_value (input), NULL, &error);
      break;
    default:
      done = p2p_sync_node_set (scene->sync, key, take_value (input), NULL, &error);
      break;
    }
  g_assert_true (done == (error == NULL));
}

/* A record of an earlier run: a real one, or bytes. */
static void
restore (SyncScene *scene, FuzzInput *input)
{
  gsize length = fuzz_take_byte (input);
  const guint8 *bytes = fuzz_take_bytes (input, &length);
  g_autoptr (GBytes) record = NULL;

  if (length == 0)
    {
      g_autoptr (GBytes) key = take_key (input);
      gsize key_length;
      const guint8 *data = g_bytes_get_data (key, &key_length);
      GVariant *packed = p2p_sync_table_pack_record (scene->other, data, key_length);
      g_autoptr (GVariant) held = packed != NULL ? g_variant_ref_sink (packed) : NULL;
      g_autoptr (GByteArray) into = g_byte_array_new ();

      if (held == NULL || !p2p_value_pack (held, into, NULL))
        return;
      record = g_byte_array_free_to_bytes (g_steal_pointer (&into));
    }
  else
    record = g_bytes_new (bytes, length);
  p2p_sync_node_restore (scene->sync, record, NULL);
}

/* ---- the others ---- */

/* A write by one of the peers: told to all, as each kind of node would. */
static void
say_write (SyncScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = take_key (input);
  GVariant *values[4] = {
    g_variant_new_int64 ((choice & 1) != 0 ? P2P_SUBFLAG_DELTA : P2P_SUBFLAG_STORE), key_value (key, (choice & 2) != 0), take_value (input),
    g_variant_new_int64 (choice >> 5),
  };

  fuzz_peer_say_values (peer, (choice & 16) != 0 ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, (choice & 4) != 0 ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR, 0,
                        values, (choice & 8) != 0 ? 4 : 3);
  if ((choice & 8) == 0)
    g_variant_unref (g_variant_ref_sink (values[3]));
}

/* What is told at joining: of any of us, at any time. */
static void
say_told (SyncScene *scene, Peer *peer, FuzzInput *input)
{
  static const int shifts[] = { 0, -1, -100, -3601, -8000, 59, 61, 1 << 30 };
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = take_key (input);
  gint64 time = fuzz_now (&scene->base) + shifts[choice & 7];
  const char *owner = (choice & 64) != 0 ? p2p_mesh_node_get_id (scene->base.node) : scene->base.peers[(choice >> 3) & 3].id;
  GVariant *values[5] = {
    g_variant_new_int64 (P2P_SUBFLAG_STORE), key_value (key, (choice & 32) != 0), take_value (input),
    g_variant_new_string ((choice & 128) != 0 && (choice & 7) == 3 ? "0OIl" : owner), g_variant_new_int64 (time),
  };

  fuzz_peer_say_values (peer, (choice & 128) != 0 && (choice & 7) == 4 ? P2P_FLAG_BROADCAST : P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, 5);
}

/* A write into the table of the other, which the node hears of only by comparing. */
static void
write_other (SyncScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = take_key (input);
  g_autoptr (GVariant) value = g_variant_ref_sink (take_value (input));
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gint64 now = fuzz_now (&scene->base);
  P2pWrite write = { .kind = choice % 3, .owner = scene->base.peers[(choice >> 3) & 3].id, .clock = { .time = now - (choice >> 5) * 1300, .sequence = choice & 1 } };
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);

  p2p_value_pack (value, packed, NULL);
  bytes = g_bytes_new (packed->data, packed->len);
  write.value = write.kind == P2P_WRITE_DELETE ? NULL : bytes;
  p2p_sync_table_merge (scene->other, data, length, &write, now, NULL);
}

static void
say_control (Peer *peer, P2pControlOp op, GVariant **rest, gsize n)
{
  GVariant *values[P2P_CONTROL_REST + 4] = {
    g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (op),
  };

  memcpy (values + P2P_CONTROL_REST, rest, n * sizeof *rest);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, P2P_CONTROL_REST + n);
}

static void
say_digest (SyncScene *scene, Peer *peer, guint8 choice)
{
  guint8 root[32] = { choice };
  GVariant *rest[2];

  if ((choice & 3) != 0)
    p2p_sync_table_get_root ((choice & 1) != 0 ? scene->other : p2p_sync_node_get_table (scene->sync), root);
  rest[0] = new_bytes (root, (choice & 0xf0) == 0xf0 ? 31 : 32);
  rest[1] = g_variant_new_int64 (choice);
  say_control (peer, P2P_CONTROL_DIGEST, rest, 2);
}

static void
say_buckets (SyncScene *scene, Peer *peer, guint8 choice)
{
  guint64 sums[P2P_TABLE_BUCKETS];
  GVariant *rest;

  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    sums[i] = (choice & 1) != 0 ? 0 : GUINT64_TO_BE (p2p_sync_table_get_bucket (scene->other, i));
  rest = new_bytes (sums, sizeof sums - (choice >= 0xf0));
  say_control (peer, P2P_CONTROL_BUCKETS, &rest, 1);
}

/* Of the bucket of a key: what the other knows, nothing, or something wrong. */
static void
say_keys (SyncScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = take_key (input);
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);
  guint bucket = (guint) (p2p_sync_key_digest (data, length) >> 56);
  guint64 from = (guint64) bucket << 56;
  guint64 to = from | G_GUINT64_CONSTANT (0x00ffffffffffffff);
  g_autoptr (GByteArray) list = g_byte_array_new ();
  GVariant *rest[4];

  if ((choice & 1) != 0)
    p2p_sync_table_list_bucket ((choice & 2) != 0 ? scene->other : p2p_sync_node_get_table (scene->sync), bucket, list);
  if ((choice & 4) != 0 && list->len > 0)
    list->data[list->len - 1 - (choice >> 4)] ^= choice;
  if ((choice & 8) != 0 && list->len >= 16)
    memcpy (&to, list->data, sizeof to);
  else
    to = GUINT64_TO_BE (to);
  if (choice >= 0xe0)
    from = choice;
  from = GUINT64_TO_BE (from);
  rest[0] = g_variant_new_int64 (choice == 0xf0 ? -1 : (gint64) bucket);
  rest[1] = new_bytes (list->data, list->len - (choice == 0xf1 && list->len > 0));
  rest[2] = new_bytes (&from, sizeof from);
  rest[3] = new_bytes (&to, sizeof to);
  say_control (peer, P2P_CONTROL_KEYS, rest, 4);
}

static void
say_want (SyncScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GByteArray) digests = g_byte_array_new ();
  GVariant *rest;

  for (guint i = 0; i <= (choice & 15); i++)
    {
      g_autoptr (GBytes) key = take_key (input);
      gsize length;
      const guint8 *data = g_bytes_get_data (key, &length);
      guint64 digest = GUINT64_TO_BE (p2p_sync_key_digest (data, length));

      for (guint times = 0; times <= (choice >> 4) * 4u; times++)
        g_byte_array_append (digests, (const guint8 *) &digest, sizeof digest);
    }
  rest = new_bytes (digests->data, digests->len);
  say_control (peer, P2P_CONTROL_WANT, &rest, 1);
}

/* Records of the other, and among them whatever MessagePack the input has. */
static void
say_records (SyncScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  GVariantBuilder builder;
  GVariant *rest;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice & 7); i++)
    {
      g_autoptr (GBytes) key = take_key (input);
      gsize length;
      const guint8 *data = g_bytes_get_data (key, &length);
      GVariant *record = p2p_sync_table_pack_record (scene->other, data, length);

      if (record != NULL)
        g_variant_builder_add (&builder, "v", record);
    }
  if ((choice & 8) != 0)
    {
      gsize length = fuzz_take_byte (input);
      const guint8 *bytes = fuzz_take_bytes (input, &length);
      GVariant *value = p2p_value_unpack (bytes, length, NULL, NULL);

      if (value != NULL)
        g_variant_builder_add (&builder, "v", value);
    }
  rest = g_variant_builder_end (&builder);
  say_control (peer, P2P_CONTROL_RECORDS, &rest, 1);
}

static void
say_hello (Peer *peer, guint8 choice)
{
  static const guint8 noise[P2P_HELLO_NONCE_LENGTH] = { 7 };
  GVariant *rest[] = { g_variant_new_int64 ((choice & 1) != 0 ? CAPS & ~P2P_CAP_SYNC_DIGEST : CAPS), new_bytes (noise, 0), new_bytes (noise, sizeof noise),
                       g_variant_new_int64 ((choice & 2) != 0 ? 2048 : (choice & 4) != 0 ? 4096 : 1 << 20) };

  say_control (peer, P2P_CONTROL_HELLO, rest, G_N_ELEMENTS (rest));
}

/* All at once, as one of ours. */
static void
meet (Peer *peer, guint8 choice)
{
  fuzz_peer_dial (peer);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
  say_hello (peer, choice);
  fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
}

/* As an original. */
static void
meet_original (Peer *peer, guint8 choice)
{
  GVariant *values[2] = { g_variant_new_int64 (P2P_SUBFLAG_PEERS), g_variant_new_array (G_VARIANT_TYPE_VARIANT, NULL, 0) };
  P2pIdForm form = (choice & 1) != 0 ? P2P_ID_FORM_STR : P2P_ID_FORM_BIN;

  fuzz_peer_dial (peer);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
  fuzz_peer_say_handshake (peer, form);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, form, 0, values, 2);
}

/* ---- the scene ---- */

static void
changed_cb (GBytes *key, gboolean mine, gpointer data)
{
  g_assert_nonnull (key);
}

static void
keep_cb (GBytes *key, GBytes *record, gpointer data)
{
  if (record != NULL)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (record, &length);
      GVariant *value = p2p_value_unpack (bytes, length, NULL, NULL);

      /* What we pack we can read. */
      g_assert_nonnull (value);
      g_variant_unref (g_variant_ref_sink (value));
    }
}

static void
refused_cb (GBytes *key, const char *owner, const GError *error, gpointer data)
{
  g_assert_true (key != NULL && owner != NULL && error != NULL);
}

static const P2pSyncEvents events = { .changed = changed_cb, .keep = keep_cb, .refused = refused_cb };

static void
check (SyncScene *scene)
{
  P2pSyncTable *table = p2p_sync_node_get_table (scene->sync);

  g_assert_cmpuint (p2p_sync_table_get_n_records (table), <=, scene->base.limits.table_keys);
  g_assert_cmpuint (p2p_sync_table_get_n_keys (table), <=, p2p_sync_table_get_n_records (table));
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), <=, 2 * scene->base.limits.table_bytes);
  g_assert_cmpuint (scene->sync->links->len, ==, p2p_mesh_node_get_n_peers (scene->base.node));
  for (guint i = 0; i < scene->sync->links->len; i++)
    {
      P2pSyncLink *link = g_ptr_array_index (scene->sync->links, i);

      g_assert_cmpint (link->credit, >=, 0);
      g_assert_cmpuint (link->serve->len, <=, scene->base.limits.table_keys + 512);
    }
}

/* Every key once, in order. */
static void
walk (SyncScene *scene)
{
  P2pSyncTable *table = p2p_sync_node_get_table (scene->sync);
  g_autoptr (GBytes) last = NULL;
  P2pSyncState state;
  guint n = 0;

  while (p2p_sync_table_next (table, last, &state))
    {
      g_assert_true (last == NULL || g_bytes_compare (last, state.key) < 0);
      g_assert_true (g_bytes_get_size (state.key) <= MAX_KEY);
      g_clear_pointer (&last, g_bytes_unref);
      last = g_bytes_ref (state.key);
      n++;
    }
  g_assert_cmpuint (n, ==, p2p_sync_table_get_n_records (table));
}

static void
step (SyncScene *scene, FuzzInput *input)
{
  guint8 op = fuzz_take_byte (input);
  Peer *peer = &scene->base.peers[op & 3];

  switch (op >> 2 & 15)
    {
    case 0:
      meet (peer, fuzz_take_byte (input));
      break;
    case 1:
      meet_original (peer, fuzz_take_byte (input));
      break;
    case 2:
      fuzz_peer_hang_up (peer);
      break;
    case 3:
      act (scene, input);
      break;
    case 4:
      say_write (scene, peer, input);
      break;
    case 5:
      say_told (scene, peer, input);
      break;
    case 6:
      write_other (scene, input);
      break;
    case 7:
      say_digest (scene, peer, fuzz_take_byte (input));
      break;
    case 8:
      say_buckets (scene, peer, fuzz_take_byte (input));
      break;
    case 9:
      say_keys (scene, peer, input);
      break;
    case 10:
      say_want (scene, peer, input);
      break;
    case 11:
      say_records (scene, peer, input);
      break;
    case 12:
      fuzz_peer_say_message (peer, input);
      break;
    case 13:
      restore (scene, input);
      break;
    case 14:
      test_world_advance (scene->base.world, (gint64) 1000 << (fuzz_take_byte (input) & 15));
      break;
    default:
      /* what only hours bring, and a hello that comes late */
      if ((fuzz_take_byte (input) & 1) != 0)
        test_world_advance (scene->base.world, 2500 * G_TIME_SPAN_SECOND);
      else
        say_hello (peer, 0);
      break;
    }
  if (op & 64)
    test_world_advance (scene->base.world, 5 * G_TIME_SPAN_MILLISECOND);
}

static void
set_limits (P2pLimits *limits)
{
  p2p_limits_init (limits);
  limits->seen_ids = 256;
  limits->links = 6;
  limits->discover_seconds = 0;
  limits->ping_seconds = limits->idle_seconds = 100000;
  limits->penalty = 1000;
  limits->table_keys = 12;
  limits->table_owner_keys = 8;
  limits->table_bytes = 6000;
  limits->table_key = MAX_KEY;
  limits->table_value = 60;
  limits->table_contenders = 3;
  limits->table_dump_seconds = 20;
}

static void
run (SyncScene *scene, FuzzInput *input)
{
  for (guint i = 0; i < MAX_OPERATIONS && !fuzz_is_empty (input); i++)
    {
      step (scene, input);
      check (scene);
    }
  test_world_advance (scene->base.world, 3 * G_TIME_SPAN_SECOND);
  check (scene);
  walk (scene);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static const char * const names[N_PEERS] = { "ann", "ben", "cleo", "dan" };
  FuzzInput input = { bytes, length };
  SyncScene scene = { 0 };
  Scene *base = &scene.base;

  if (length > 8 * 1024)
    return 0;
  scene.leasing = (fuzz_take_byte (&input) & 1) == 0;
  base->world = test_world_new (1);
  base->protocol = p2p_protocol_new ("fuzz1", P2P_ENCRYPTION_PLAINTEXT);
  base->host = test_world_add_host (base->world, "node");
  set_limits (&base->limits);
  base->node = p2p_mesh_node_new (test_host_get_env (base->host), base->protocol, NULL, &base->limits, NULL);
  g_assert_nonnull (base->node);
  scene.sync = p2p_sync_node_new (base->node, scene.leasing);
  p2p_sync_node_set_events (scene.sync, &events, &scene);
  scene.other = p2p_sync_table_new (&base->limits, scene.leasing);
  if (!p2p_mesh_node_listen (base->node, test_host_get_address (base->host), PORT, NULL))
    g_error ("cannot listen in a world of our own");
  for (guint i = 0; i < N_PEERS; i++)
    fuzz_peer_init (&base->peers[i], base, names[i]);

  run (&scene, &input);

  p2p_mesh_node_close (base->node);
  for (guint i = 0; i < N_PEERS; i++)
    fuzz_peer_clear (&base->peers[i]);
  test_world_advance (base->world, G_TIME_SPAN_SECOND);
  p2p_sync_node_free (scene.sync);
  p2p_sync_table_free (scene.other);
  p2p_mesh_node_unref (base->node);
  p2p_protocol_unref (base->protocol);
  test_world_free (base->world);
  return 0;
}
