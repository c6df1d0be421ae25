/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records and writes of who lies about what others, or he, signed: at nodes that look at signatures themselves. */
#include "exchange-fixture.h"
#include "liar-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-message-private.h"
#include "p2p/x1/p2p-x1.h"

/* Two nodes that sign, linked, and a liar who is linked to the second; and keys that he has. */
typedef struct {
  SyncFixture *self;
  SyncNode *a, *b;
  RawPeer *raw;
  P2pIdentity *key;
  char *id;                     /* the key's */
  char *original;               /* one of whom nobody knows a key */
} Scene;

static P2pIdentity *
make_key (const char *name)
{
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  g_autoptr (GBytes) bytes = NULL;

  p2p_sha256 ((const guint8 *) name, strlen (name), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  return p2p_identity_new_from_seed (bytes, NULL);
}

/* Of the nodes that are set up; 0: as many as usual */
static guint known_keys;

static void
set_up (Scene *scene, gboolean leasing)
{
  g_autoptr (P2pIdentity) other = make_key ("o");

  scene->self = sync_fixture_new (leasing);
  scene->self->signs = TRUE;
  scene->self->mesh->limits.ping_seconds = 100000;
  if (known_keys > 0)
    scene->self->mesh->limits.known_keys = known_keys;
  scene->a = sync_add (scene->self, "a");
  scene->b = sync_add (scene->self, "b");
  scene->key = make_key ("z");
  scene->id = p2p_identity_get_node_id (scene->key, scene->self->mesh->protocol);
  scene->original = p2p_identity_get_node_id (other, scene->self->mesh->protocol);
  sync_connect (scene->a, scene->b);
  sync_run_seconds (scene->self, 12);
  scene->raw = exchange_dial (scene->b, "raw");
  exchange_send_digest (scene->raw, 1);
  /* A key of which it is asked for the record, so that any are heard. */
  exchange_send_keys (scene->raw, 0, "\0something!!!!!!", 16);
}

static void
tear_down (Scene *scene)
{
  raw_free (scene->raw);
  p2p_identity_unref (scene->key);
  g_free (scene->id);
  g_free (scene->original);
  sync_fixture_free (scene->self);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, tear_down)

static P2pSyncTable *
table_of (SyncNode *node)
{
  return p2p_sync_node_get_table (node->sync);
}

static const char *
id_of (SyncNode *node)
{
  return p2p_mesh_node_get_id (node->mesh->node);
}

static gint64
now_of (Scene *scene)
{
  return mesh_now (scene->self->mesh);
}

static P2pLeaf
make_leaf (const P2pWrite *write, GBytes *note)
{
  P2pLeaf leaf = { 0 };

  memcpy (leaf.id, write->clock.id, sizeof leaf.id);
  if (note != NULL)
    leaf.note = g_bytes_get_data (note, &leaf.note_length);
  return leaf;
}

/* By the liar's key */
static GBytes *
sign (Scene *scene, const P2pWrite *write, GBytes *note)
{
  P2pLeaf leaf = make_leaf (write, note);
  GBytes *proof = NULL;

  g_assert_true (p2p_proof_sign (scene->key, P2P_PROOF_DOMAIN_MESSAGE, p2p_protocol_get_id (scene->self->mesh->protocol), &leaf, 1, &proof));
  return proof;
}

static void
tell (Scene *scene, GVariant *record)
{
  GVariant *list = liar_list (record, NULL);

  exchange_send (scene->raw, P2P_CONTROL_RECORDS, &list, 1);
  sync_run_seconds (scene->self, 2);
}

static GBytes *
text_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* Nobody of the two has anything of the key, and what was told is counted. */
static void
assert_forged (Scene *scene, const char *key)
{
  P2pSyncState state;

  g_assert_cmpuint (sync_drops (scene->b, P2P_DROP_FORGED_SIGNATURE), ==, 1);
  g_assert_false (sync_lookup (scene->b, key, &state));
  sync_run_seconds (scene->self, 40);
  g_assert_false (sync_lookup (scene->a, key, &state));
  g_assert_true (sync_equal (scene->a, scene->b));
}

/* ---- what one signed is another's ---- */

/* Of the liar's delta of two fields one in another's name, by the same clock and id. */
static GVariant *
make_two_owners (Scene *scene, const char *first, const char *second, const char *newest)
{
  g_autoptr (GBytes) map = g_bytes_new_static ("\x82\xa1""a\x01\xa1""g\x02", 7);
  g_autoptr (GBytes) a = text_of ("\xa1""a");
  g_autoptr (GBytes) g = text_of ("\xa1""g");
  g_autoptr (GBytes) one = text_of ("\x01");
  g_autoptr (GBytes) two = text_of ("\x02");
  g_autoptr (GBytes) proof = NULL;
  P2pWrite write = { .kind = P2P_WRITE_DELTA, .owner = scene->id, .clock = { .time = now_of (scene) }, .value = map };
  P2pWrite nobody = { .kind = P2P_WRITE_DELTA, .owner = newest, .clock = { .time = write.clock.time } };
  P2pWrite one_write, other_write;

  liar_spell (&write, "k");
  proof = sign (scene, &write, NULL);
  one_write = other_write = write;
  one_write.owner = first;
  other_write.owner = second;
  if (strcmp (newest, first) == 0 || strcmp (newest, second) == 0)
    nobody.clock = write.clock;
  return liar_record ("k", liar_contender (&nobody, NULL, liar_list (liar_field (&one_write, a, one), liar_field (&other_write, g, two), NULL)),
                      liar_list (liar_proof (&write, proof, map), NULL));
}

/* Without leases a map is of many: what the liar signed is nobody else's, of whom a key is known or not, and in whichever order it is told. */
static void
test_owner (gconstpointer data)
{
  gboolean reversed = GPOINTER_TO_INT (data);

  for (guint known = 0; known < 2; known++)
    {
      g_auto (Scene) scene = { 0 };
      const char *victim;

      set_up (&scene, FALSE);
      victim = known ? id_of (scene.a) : scene.original;
      tell (&scene, make_two_owners (&scene, reversed ? victim : scene.id, reversed ? scene.id : victim, victim));
      assert_forged (&scene, "k");
    }
}

/* What an original says, from a link of ours to it, or through one. */
static void
say_as_original (Scene *scene, const char *key, const char *value)
{
  g_autofree char *packets = g_strdup_printf ("[<@x 11>, <'%s'>, <'%s'>]", key, value);

  raw_send_full (scene->raw, P2P_FLAG_BROADCAST, scene->original, P2P_ID_FORM_STR, now_of (scene), packets);
  sync_run_seconds (scene->self, 1);
}

/* An original whose key would be "known" could write nothing any more. */
static void
test_certify (gconstpointer data)
{
  gboolean leasing = GPOINTER_TO_INT (data);
  g_auto (Scene) scene = { 0 };

  set_up (&scene, leasing);
  say_as_original (&scene, "his", "first");
  g_assert_cmpstr (sync_get (scene.b, "his"), ==, "'first'");
  tell (&scene, make_two_owners (&scene, scene.id, scene.original, "unheard of"));
  g_assert_cmpuint (sync_drops (scene.b, P2P_DROP_FORGED_SIGNATURE) + sync_drops (scene.b, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (sync_count (scene.b, "refused k"), ==, 1);
  say_as_original (&scene, "his", "second");
  g_assert_cmpstr (sync_get (scene.b, "his"), ==, "'second'");
  g_assert_cmpstr (sync_get (scene.b, "k"), ==, "");
  g_assert_cmpuint (sync_count (scene.b, "refused his"), ==, 0);
}

/* Where there is no room for his key, too, who signed one thing has nothing unsigned. */
static void
test_no_room (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) value = text_of ("\x07");
  g_autoptr (GBytes) proof = NULL;
  P2pWrite write;

  known_keys = 1;
  set_up (&scene, TRUE);
  known_keys = 0;
  raw_send_full (scene.raw, P2P_FLAG_BROADCAST, scene.id, P2P_ID_FORM_STR, now_of (&scene), "[<@x 11>, <'his'>, <'made up'>]");
  sync_run_seconds (scene.self, 1);
  g_assert_cmpstr (sync_get (scene.b, "his"), ==, "'made up'");
  write = (P2pWrite) { .kind = P2P_WRITE_STORE, .owner = scene.id, .clock = { .time = now_of (&scene) }, .value = value };
  liar_spell (&write, "k");
  proof = sign (&scene, &write, NULL);
  tell (&scene, liar_record ("k", liar_contender (&write, &write, NULL), liar_list (liar_proof (&write, proof, NULL), NULL)));
  g_assert_cmpstr (sync_get (scene.b, "k"), ==, "7");
  g_assert_cmpstr (sync_get (scene.b, "his"), ==, "");
}

/* ---- maps ---- */

/* What node has of the key, with a map behind its first proof. */
static GVariant *
add_map (SyncNode *node, const char *key, GBytes *map)
{
  g_autoptr (GVariant) record = NULL;
  g_autoptr (GVariant) proofs = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) contender = NULL;
  g_autoptr (GVariant) id = NULL;
  g_autoptr (GVariant) proof = NULL;

  p2p_sync_table_prove_ours (table_of (node));
  record = g_variant_ref_sink (p2p_sync_table_pack_record (table_of (node), (const guint8 *) key, strlen (key)));
  contender = liar_child (record, 1);
  proofs = liar_child (record, 2);
  first = liar_child (proofs, 0);
  id = liar_child (first, 0);
  proof = liar_child (first, 1);
  return liar_record (key, contender, liar_list (liar_list (id, proof, liar_bytes (g_bytes_get_data (map, NULL), g_bytes_get_size (map)), NULL), NULL));
}

#define BLOB (200u * 1024)

/* { 'blob': so many bytes } */
static GBytes *
make_blob (const char *head, gsize head_length)
{
  GByteArray *map = g_byte_array_new ();
  guint8 length[] = { 0xc6, 0, BLOB >> 16, (BLOB >> 8) & 0xff, BLOB & 0xff };

  g_byte_array_append (map, (const guint8 *) head, (guint) head_length);
  g_byte_array_append (map, (const guint8 *) "\xa4""blob", 5);
  g_byte_array_append (map, length, sizeof length);
  g_byte_array_set_size (map, map->len + BLOB);
  memset (map->data + map->len - BLOB, 7, BLOB);
  return g_byte_array_free_to_bytes (map);
}

/* Nobody signed the map: with a store, a delete, a delta of one field, and beside the right one of a delta. */
static void
test_map (void)
{
  static const struct {
    const char *key;
    const char *value;          /* NULL: deleted again */
    const char *delta;
  } cases[] = {
    { "store", "{'x': <1>}", NULL },
    { "gone", NULL, NULL },
    { "field", "{'x': <1>}", "{'x': <2>}" },
    { "fields", "{'x': <1>}", "{'y': <2>, 'z': <3>}" },
  };
  g_autoptr (GBytes) blob = make_blob ("\x82\xa1""j\x01", 4);
  g_auto (Scene) scene = { 0 };

  set_up (&scene, TRUE);
  test_host_set_group (scene.a->mesh->host, 1);
  sync_run_seconds (scene.self, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      P2pSyncState state;

      g_assert_cmpint (sync_set (scene.a, cases[i].key, cases[i].value != NULL ? cases[i].value : "1"), ==, -1);
      sync_run_seconds (scene.self, 1);
      if (cases[i].value == NULL)
        g_assert_cmpint (sync_delete (scene.a, cases[i].key), ==, -1);
      if (cases[i].delta != NULL)
        g_assert_cmpint (sync_delta (scene.a, cases[i].key, cases[i].delta), ==, -1);
      tell (&scene, add_map (scene.a, cases[i].key, blob));
      g_assert_cmpuint (sync_drops (scene.b, P2P_DROP_FORGED_SIGNATURE) + sync_drops (scene.b, P2P_DROP_REFUSED), ==, i + 1);
      g_assert_false (sync_lookup (scene.b, cases[i].key, &state));
      g_assert_cmpuint (p2p_sync_table_get_bytes (table_of (scene.b)), <, BLOB);
    }
  test_host_set_group (scene.a->mesh->host, 0);
  sync_run_seconds (scene.self, 60);
  g_assert_true (sync_equal (scene.a, scene.b));
  g_assert_cmpuint (p2p_sync_table_get_bytes (table_of (scene.b)), <, BLOB / 10);
}

/* A map that was signed is kept once, and counted once to who wrote it, whoever tells each of its fields by itself. */
static void
test_field_by_field (void)
{
  static const guint n = 40;
  g_auto (Scene) scene = { 0 };
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (GBytes) map = NULL;
  g_autoptr (GBytes) proof = NULL;
  P2pWrite write;

  set_up (&scene, TRUE);
  p2p_map_append_head (head, n + 1);
  for (guint i = 0; i < n; i++)
    {
      guint8 pair[] = { 0xa2, 'f', (guint8) ('0' + i), (guint8) i };

      g_byte_array_append (head, pair, sizeof pair);
    }
  map = make_blob ((const char *) head->data, head->len);
  write = (P2pWrite) { .kind = P2P_WRITE_DELTA, .owner = scene.id, .clock = { .time = now_of (&scene) }, .value = map };
  liar_spell (&write, "k");
  proof = sign (&scene, &write, NULL);
  for (guint i = 0; i < n; i++)
    {
      guint8 name[] = { 0xa2, 'f', (guint8) ('0' + i) };
      guint8 number = (guint8) i;
      g_autoptr (GBytes) field = g_bytes_new (name, sizeof name);
      g_autoptr (GBytes) value = g_bytes_new (&number, 1);

      tell (&scene, liar_record ("k", liar_contender (&write, NULL, liar_list (liar_field (&write, field, value), NULL)),
                                 liar_list (liar_proof (&write, proof, map), NULL)));
    }
  g_assert_cmpuint (sync_drops (scene.b, P2P_DROP_FORGED_SIGNATURE), ==, 0);
  g_assert_cmpuint (sync_count (scene.b, "changed k"), ==, n);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table_of (scene.b)), <, 2 * BLOB);
}

/* Two values of a field whose SHA-256 begins with the same 64 bits: f794cc5e93cb047f. Signed is one of them. */
static void
test_pair (void)
{
  static const char *const values[] = { "\x24\x05\x7b\x27\x14\xc5\x6a\xe5", "\xba\x33\x3c\xf1\xb0\xb3\x03\xb0" };
  g_auto (Scene) scene = { 0 };
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) name = text_of ("\xa1""x");
  g_autoptr (GBytes) map = NULL;
  g_autoptr (GBytes) proof = NULL;
  guint64 digests[2];
  P2pWrite write;

  for (guint i = 0; i < 2; i++)
    {
      guint8 pair[12] = { 0xa1, 'x', 0xc4, 8 };

      memcpy (pair + 4, values[i], 8);
      digests[i] = p2p_sha256_number (pair, sizeof pair);
    }
  g_assert_cmphex (digests[0], ==, digests[1]);

  set_up (&scene, TRUE);
  g_byte_array_append (packed, (const guint8 *) "\x82\xa1""x\xc4\x08", 5);
  g_byte_array_append (packed, (const guint8 *) values[0], 8);
  g_byte_array_append (packed, (const guint8 *) "\xa1""y\x01", 3);
  map = g_bytes_new (packed->data, packed->len);
  write = (P2pWrite) { .kind = P2P_WRITE_DELTA, .owner = scene.id, .clock = { .time = now_of (&scene) }, .value = map };
  liar_spell (&write, "k");
  proof = sign (&scene, &write, NULL);
  for (guint i = 2; i-- > 0;)
    {
      guint8 value[10] = { 0xc4, 8 };
      g_autoptr (GBytes) bytes = NULL;

      memcpy (value + 2, values[i], 8);
      bytes = g_bytes_new (value, sizeof value);
      tell (&scene, liar_record ("k", liar_contender (&write, NULL, liar_list (liar_field (&write, name, bytes), NULL)),
                                 liar_list (liar_proof (&write, proof, map), NULL)));
      if (i == 1)
        assert_forged (&scene, "k");
    }
  /* And the one that is signed is taken. */
  g_assert_cmpuint (sync_drops (scene.b, P2P_DROP_FORGED_SIGNATURE), ==, 1);
  g_assert_cmpuint (sync_count (scene.b, "changed k"), ==, 1);
}

/* ---- since when ---- */

/* A broadcast of it, behind the side-car that signs it. */
static void
say_signed (Scene *scene, const P2pWrite *write, const char *key, GBytes *note)
{
  P2pLeaf leaf = make_leaf (write, note);
  g_autoptr (GBytes) leaves = p2p_leaves_pack (&leaf, 1);
  g_autoptr (GBytes) proof = sign (scene, write, note);
  g_autoptr (P2pMessage) message = p2p_sync_spell (write->owner, &write->clock, write->kind, (const guint8 *) key, strlen (key), write->value, FALSE);
  g_autoptr (P2pMessage) car = NULL;
  g_autoptr (GVariant) packets = NULL;
  P2pProofView view;

  g_assert_true (p2p_proof_read (proof, &view));
  packets = g_variant_ref_sink (liar_list (g_variant_new_int64 (P2P_SUBFLAG_SIDE_CAR), g_variant_new_int64 (1), liar_bytes (view.pub, 32),
                                           liar_bytes (view.signature, 64), liar_bytes (g_bytes_get_data (leaves, NULL), g_bytes_get_size (leaves)), NULL));
  car = p2p_message_new (P2P_FLAG_BROADCAST, write->owner, write->clock.time, packets, NULL);
  p2p_link_send (scene->raw->link, car, P2P_LINK_SEND_PLAIN, NULL);
  p2p_link_send (scene->raw->link, message, P2P_LINK_SEND_PLAIN, NULL);
  sync_run_seconds (scene->self, 1);
}

/* A lease that runs is not taken by saying that one had it all along: said to everybody, or told. */
static void
test_since (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) value = text_of ("\x07");
  const gint64 sinces[] = { 0, -P2P_SYNC_REACH_SECONDS - 1 };

  set_up (&scene, TRUE);
  g_assert_cmpint (sync_set (scene.a, "k", "'mine'"), ==, -1);
  sync_run_seconds (scene.self, 10);
  for (guint i = 0; i < G_N_ELEMENTS (sinces); i++)
    {
      P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = scene.id, .clock = { .time = now_of (&scene) }, .value = value };
      g_autoptr (GBytes) note = NULL;
      g_autoptr (GBytes) proof = NULL;

      liar_spell (&write, "k");
      note = liar_note (&write, sinces[i] < 0 ? write.clock.time + sinces[i] : sinces[i]);
      proof = sign (&scene, &write, note);
      say_signed (&scene, &write, "k", note);
      g_assert_cmpuint (sync_count (scene.b, "refused k TIME"), ==, i + 1);
      g_assert_cmpstr (sync_get (scene.b, "k"), ==, "'mine'");
      tell (&scene, liar_record ("k", liar_contender (&write, &write, NULL), liar_list (liar_proof (&write, proof, NULL), NULL)));
      g_assert_cmpuint (sync_drops (scene.b, P2P_DROP_FORGED_SIGNATURE), ==, i + 1);
      g_assert_cmpstr (sync_get (scene.b, "k"), ==, "'mine'");
      g_assert_true (sync_equal (scene.a, scene.b));
    }
}

/* Who renews for days says so, and is believed: each time, and after a restart. */
static void
test_days (void)
{
  g_auto (Scene) scene = { 0 };
  P2pSyncState state;

  set_up (&scene, TRUE);
  for (guint i = 0; i < 75; i++)
    {
      g_assert_cmpint (sync_set (scene.a, "k", "1"), ==, -1);
      sync_run_seconds (scene.self, 3500);
      g_assert_true (sync_equal (scene.a, scene.b));
      g_assert_true (sync_lookup (scene.b, "k", &state));
      g_assert_true (state.is_signed);
      g_assert_cmpint (state.clock.time - state.lease_start, >=, MIN (i * 3500, P2P_SYNC_REACH_SECONDS / 2));
    }
  g_assert_cmpint (state.clock.time - state.lease_start, <=, P2P_SYNC_REACH_SECONDS + 8 * P2P_LEASE_SECONDS);
  g_assert_cmpuint (sync_drops (scene.b, P2P_DROP_REFUSED), ==, 0);
  scene.a = sync_restart (scene.a);
  sync_connect (scene.a, scene.b);
  sync_run_seconds (scene.self, 40);
  g_assert_true (sync_equal (scene.a, scene.b));
}

/* ---- ours ---- */

/* From now on it is told nothing, and tells nothing. */
static void
part (Scene *scene)
{
  test_host_set_group (scene->a->mesh->host, 1);
  p2p_mesh_node_disconnect (scene->b->mesh->node, mesh_peer (scene->b->mesh, scene->a->mesh));
  sync_run_seconds (scene->self, 1);
}

/* What was kept in our name before anybody signed may be anybody's: nobody has our signature for it, and it comes back only when it is written again. */
static void
test_own_unsigned (void)
{
  g_auto (Scene) scene = { 0 };
  GHashTableIter iter;
  gpointer key, bytes;
  P2pSyncState state;

  set_up (&scene, TRUE);
  part (&scene);
  g_assert_cmpint (sync_set (scene.a, "ours", "1"), ==, -1);
  g_assert_cmpint (sync_set (scene.a, "theirs", "{'x': <1>}"), ==, -1);
  g_assert_cmpint (sync_delta (scene.a, "theirs", "{'y': <1>}"), ==, -1);
  sync_run_seconds (scene.self, 1);
  sync_end (scene.a);
  g_hash_table_iter_init (&iter, scene.a->records);
  while (g_hash_table_iter_next (&iter, &key, &bytes))
    {
      gboolean theirs = memcmp (g_bytes_get_data (key, NULL), "theirs", MIN (6, g_bytes_get_size (key))) == 0;

      if (theirs)
        g_hash_table_iter_replace (&iter, liar_strip (bytes));
    }
  {
    SyncNode *again = sync_add (scene.self, "a");
    g_autoptr (GError) error = NULL;

    g_hash_table_iter_init (&iter, scene.a->records);
    while (g_hash_table_iter_next (&iter, &key, &bytes))
      {
        gboolean ours = memcmp (g_bytes_get_data (key, NULL), "ours", 4) == 0;

        g_assert_true (p2p_sync_node_restore (again->sync, bytes, &error) == ours);
        if (!ours)
          g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED);
        g_clear_error (&error);
      }
    g_assert_false (sync_lookup (again, "theirs", &state));
    test_host_set_group (again->mesh->host, 0);
    sync_connect (again, scene.b);
    sync_run_seconds (scene.self, 40);
    g_assert_true (sync_equal (again, scene.b));
    g_assert_true (sync_lookup (scene.b, "ours", &state) && state.is_signed);
    g_assert_false (sync_lookup (scene.b, "theirs", &state));
    g_assert_cmpint (sync_set (again, "theirs", "2"), ==, -1);
    sync_run_seconds (scene.self, 2);
    g_assert_true (sync_lookup (scene.b, "theirs", &state) && state.is_signed);
  }
}

/* Written, and renewed, while nobody was there to be told, and signed after a restart: with the row that it had. */
static void
test_own_row (void)
{
  g_auto (Scene) scene = { 0 };
  P2pSyncState state;
  gint64 first;

  set_up (&scene, TRUE);
  part (&scene);
  first = now_of (&scene);
  for (guint i = 0; i < 3; i++)
    {
      /* The first of a moment is signed at once, what follows a moment later: then it is kept already. */
      g_assert_cmpint (sync_set (scene.a, "other", "1"), ==, -1);
      g_assert_cmpint (sync_set (scene.a, "k", "{'x': <1>}"), ==, -1);
      sync_run_seconds (scene.self, 100);
    }
  scene.a = sync_restart (scene.a);
  test_host_set_group (scene.a->mesh->host, 0);
  sync_connect (scene.a, scene.b);
  sync_run_seconds (scene.self, 70);
  g_assert_true (sync_equal (scene.a, scene.b));
  g_assert_true (sync_lookup (scene.b, "k", &state) && state.is_signed);
  g_assert_cmpint (state.lease_start, ==, first);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sync/signed-liars/owner", GINT_TO_POINTER (FALSE), test_owner);
  g_test_add_data_func ("/sync/signed-liars/owner-first", GINT_TO_POINTER (TRUE), test_owner);
  g_test_add_data_func ("/sync/signed-liars/certify", GINT_TO_POINTER (TRUE), test_certify);
  g_test_add_data_func ("/sync/signed-liars/certify-no-leases", GINT_TO_POINTER (FALSE), test_certify);
  g_test_add_func ("/sync/signed-liars/no-room", test_no_room);
  g_test_add_func ("/sync/signed-liars/map", test_map);
  g_test_add_func ("/sync/signed-liars/field-by-field", test_field_by_field);
  g_test_add_func ("/sync/signed-liars/pair", test_pair);
  g_test_add_func ("/sync/signed-liars/since", test_since);
  g_test_add_func ("/sync/signed-liars/days", test_days);
  g_test_add_func ("/sync/signed-liars/own-unsigned", test_own_unsigned);
  g_test_add_func ("/sync/signed-liars/own-row", test_own_row);
  return g_test_run ();
}
