/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node of a distributed table, with k and without, that stores or not, and up to four others, of ours and of the originals: what they write, ask, answer and tell of the ring, with
 * the places, arcs, tokens and digests that it holds put into what they say. Whatever comes, it keeps its limits, and leaves nothing behind when it is closed.
 */
#include "fuzz-chord-say.h"

#include "p2p/wire/p2p-value.h"

#define MAX_OPERATIONS 96

/* ---- our own program ---- */

static void
forget (ChordScene *scene)
{
  scene->n_waiting++;
}

static void
look_cb (P2pChordLook *look, gpointer data)
{
  g_autoptr (GError) error = p2p_chord_look_to_error (look);

  g_assert_true ((error == NULL) == (look->value != NULL));
  forget (data);
}

static void
write_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  g_assert_nonnull (look);
  g_assert_true ((error == NULL) == (places_ok >= 3));
  forget (data);
}

static void
done_cb (const GError *error, gpointer data)
{
  forget (data);
}

static void
act (ChordScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = fuzz_chord_take_key (input);
  g_autoptr (GError) error = NULL;
  P2pChordNode *chord = scene->chord;
  guint timeout = (choice & 16) != 0 ? 50 : 0;
  guint64 handle = 1;

  switch (choice & 7)
    {
    case 0:
      if (g_bytes_get_size (key) > 0)
        handle = p2p_chord_node_look_of (chord, key, (choice & 8) != 0 ? scene->author_id : NULL, timeout, look_cb, scene);
      break;
    case 1:
      handle = p2p_chord_node_delete (chord, key, timeout, write_cb, scene, &error);
      break;
    case 2:
      handle = p2p_chord_node_delta (chord, key, fuzz_chord_take_value (input), timeout, write_cb, scene, &error);
      break;
    case 3:
      handle = p2p_chord_node_join (chord, done_cb, scene);
      break;
    case 4:
      handle = p2p_chord_node_unjoin (chord, timeout, done_cb, scene);
      break;
    case 5:
      p2p_chord_node_cancel (chord, scene->waiting[choice >> 5 & (N_WAITING - 1)]);
      break;
    default:
      handle = p2p_chord_node_set (chord, key, fuzz_chord_take_value (input), timeout, write_cb, scene, &error);
      break;
    }
  g_assert_true (handle == 0 || error == NULL);
  scene->waiting[choice >> 5 & (N_WAITING - 1)] = handle;
}

/* A record of an earlier run: a real one, or bytes. */
static void
restore (ChordScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = fuzz_chord_take_spot (input);
  guint8 bytes[2 + P2P_CHORD_NUMBER_BYTES] = { (choice & 1) != 0 ? 'n' : 'v', spot.hash };
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) id = NULL;
  g_autoptr (GBytes) record = NULL;

  memcpy (bytes + 2, spot.number, sizeof spot.number);
  id = g_bytes_new (bytes, (choice & 1) != 0 ? 1u + (choice >> 5) : sizeof bytes - (choice >> 7));
  if ((choice & 2) != 0)
    {
      gsize length = fuzz_take_byte (input);
      const guint8 *data = fuzz_take_bytes (input, &length);

      g_byte_array_append (packed, data, (guint) length);
    }
  else if ((choice & 1) != 0)
    {
      GVariant *parts[4] = {
        g_variant_new_variant (g_variant_new_int64 (fuzz_now (&scene->base) - (choice >> 4) * 10)),
        g_variant_new_variant (g_variant_new_boolean ((choice & 4) != 0)), g_variant_new_variant (g_variant_new_boolean ((choice & 8) != 0)),
        (choice & 16) != 0 ? g_variant_new_variant (g_variant_new_string (scene->author_id)) : NULL,
      };
      g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, (choice & 16) != 0 ? 4 : 3));

      p2p_value_pack (list, packed, NULL);
    }
  else
    {
      const P2pChordValue *value = p2p_chord_store_get (scene->other, &spot);
      g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (p2p_chord_value_pack (value)) : NULL;

      if (held == NULL)
        return;
      p2p_value_pack (held, packed, NULL);
    }
  record = g_bytes_new (packed->data, packed->len);
  p2p_chord_node_restore (scene->chord, id, record, NULL);
}

/* ---- who is there ---- */

/* As one of ours: handshake, HELLO, meta. */
static void
meet (Peer *peer, guint8 choice)
{
  static const guint8 noise[P2P_HELLO_NONCE_LENGTH] = { 7 };
  gint64 caps = (choice & 2) != 0 ? 0xff & ~(P2P_CAP_CHORD_SUCCESSORS | P2P_CAP_CHORD_REPLICA) : 0xff;
  GVariant *rest[] = { g_variant_new_int64 (caps), g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, noise, 0, 1), g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, noise, sizeof noise, 1), g_variant_new_int64 ((choice & 4) != 0 ? 2048 : 1 << 20) };

  fuzz_peer_dial (peer);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
  fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
  fuzz_chord_say_control (peer, P2P_CONTROL_HELLO, rest, G_N_ELEMENTS (rest));
  fuzz_chord_say_meta (peer, choice & 1);
}

static void
meet_original (Peer *peer, guint8 choice)
{
  GVariant *values[2] = { g_variant_new_int64 (P2P_SUBFLAG_PEERS), g_variant_new_array (G_VARIANT_TYPE_VARIANT, NULL, 0) };
  P2pIdForm form = (choice & 2) != 0 ? P2P_ID_FORM_STR : P2P_ID_FORM_BIN;

  fuzz_peer_dial (peer);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
  fuzz_peer_say_handshake (peer, form);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, form, 0, values, 2);
  if ((choice & 4) == 0)
    fuzz_chord_say_meta (peer, choice & 1);
}

/* ---- the scene ---- */

static void
key_cb (GBytes *key, gboolean mine, gpointer data)
{
  g_assert_true (g_bytes_get_size (key) > 0 && g_bytes_get_size (key) <= MAX_KEY);
}

static void
ring_cb (gpointer data)
{
  ChordScene *scene = data;
  g_autoptr (GArray) seen = p2p_chord_node_get_seen (scene->chord);

  g_assert_cmpuint (seen->len, <=, 512);
}

static void
seed_cb (gpointer data)
{
}

static void
keep_cb (GBytes *id, GBytes *record, gpointer data)
{
  g_assert_nonnull (id);
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
refused_cb (const char *giver, const GError *error, gpointer data)
{
  g_assert_true (giver != NULL && error != NULL);
}

static const P2pChordEvents events = { .added = key_cb, .deleted = key_cb, .ring = ring_cb, .seed = seed_cb, .keep = keep_cb, .refused = refused_cb };

static void
check (ChordScene *scene)
{
  P2pChordNode *chord = scene->chord;
  const P2pLimits *limits = &scene->base.limits;

  g_assert_cmpuint (p2p_chord_store_get_n_bytes (chord->store), <=, limits->chord_bytes);
  g_assert_cmpuint (p2p_chord_names_get_n_all (chord->names), <=, limits->chord_names);
  g_assert_cmpuint (p2p_chord_names_get_n_bytes (chord->names), <=, limits->chord_names_bytes);
  g_assert_cmpuint (chord->links->len, ==, p2p_mesh_node_get_n_peers (scene->base.node));
  for (guint i = 0; i < N_PEERS; i++)
    g_assert_cmpuint (p2p_chord_store_get_share (chord->store, scene->base.peers[i].id), <=, limits->chord_bytes / limits->chord_share);
  for (guint i = 0; i < chord->links->len; i++)
    g_assert_cmpuint (((P2pChordLink *) g_ptr_array_index (chord->links, i))->n_asked, <=, limits->chord_link_requests);
}

static void
step (ChordScene *scene, FuzzInput *input)
{
  guint8 op = fuzz_take_byte (input);
  Peer *peer = &scene->base.peers[op & 3];

  switch (op >> 2 & 15)
    {
    case 0:
      if ((op & 128) != 0)
        fuzz_peer_hang_up (peer);
      else
        meet (peer, fuzz_take_byte (input));
      break;
    case 1:
      meet_original (peer, fuzz_take_byte (input));
      break;
    case 2:
      act (scene, input);
      break;
    case 3:
      fuzz_chord_say_meta (peer, fuzz_take_byte (input));
      break;
    case 4:
      fuzz_chord_say_notify (peer, input);
      break;
    case 5:
      fuzz_chord_say_write (scene, peer, input);
      break;
    case 6:
      fuzz_chord_say_retrieve (peer, input);
      break;
    case 7:
      fuzz_chord_say_retrieved (scene, peer, input);
      break;
    case 8:
      fuzz_chord_say_ring (scene, peer, input);
      break;
    case 9:
      fuzz_chord_say_find (scene, peer, input);
      break;
    case 10:
      if ((op & 128) != 0)
        fuzz_chord_write_other (scene, input);
      else
        fuzz_chord_say_copy (scene, peer, input);
      break;
    case 11:
      if ((op & 128) != 0)
        fuzz_chord_say_copied (peer, fuzz_take_byte (input));
      else
        fuzz_chord_say_arc (scene, peer, input);
      break;
    case 12:
      fuzz_chord_say_names (scene, peer, input);
      break;
    case 13:
      if ((op & 128) != 0)
        fuzz_peer_say_known (peer, input);
      else
        fuzz_peer_say_message (peer, input);
      break;
    case 14:
      restore (scene, input);
      break;
    default:
      /* up to half a minute; what only hours bring */
      if ((op & 128) != 0)
        test_world_advance (scene->base.world, 65 * G_TIME_SPAN_SECOND);
      else
        test_world_advance (scene->base.world, (gint64) 1000 << (fuzz_take_byte (input) & 15));
      break;
    }
  if (op & 64)
    test_world_advance (scene->base.world, 5 * G_TIME_SPAN_MILLISECOND);
}

static P2pIdentity *
make_identity (guint8 which)
{
  const guint8 seed[P2P_IDENTITY_SEED_LENGTH] = { which, 1 };
  g_autoptr (GBytes) bytes = g_bytes_new (seed, sizeof seed);

  return p2p_identity_new_from_seed (bytes, NULL);
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
  limits->table_key = MAX_KEY;
  limits->chord_value = 60;
  limits->chord_bytes = 12000;
  limits->chord_share = 2;
  limits->chord_names = 6;
  limits->chord_names_bytes = 2000;
  limits->chord_requests = 8;
  limits->chord_link_requests = 4;
  limits->chord_hops = 3;
  limits->chord_republish_seconds = 30;
  limits->chord_written = 2;
  limits->chord_dump_seconds = 20;
  limits->chord_tombstone_seconds = 100;
  limits->signature_checks = 40;
}

static void
run (ChordScene *scene, FuzzInput *input)
{
  for (guint i = 0; i < MAX_OPERATIONS && !fuzz_is_empty (input); i++)
    {
      step (scene, input);
      check (scene);
    }
  test_world_advance (scene->base.world, 3 * G_TIME_SPAN_SECOND);
  check (scene);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static const char * const names[N_PEERS] = { "ann", "ben", "cleo", "dan" };
  static const guint ks[] = { 0, 0, 2, 6 };
  FuzzInput input = { bytes, length };
  ChordScene scene = { 0 };
  Scene *base = &scene.base;
  g_autoptr (P2pProtocol) plain = NULL;
  g_autoptr (P2pIdentity) identity = NULL;
  guint8 options;

  if (length > 8 * 1024)
    return 0;
  options = fuzz_take_byte (&input);
  base->world = test_world_new (1);
  plain = p2p_protocol_new ("fuzz1", P2P_ENCRYPTION_PLAINTEXT);
  base->protocol = p2p_protocol_new_chord (plain, ks[options & 3]);
  base->host = test_world_add_host (base->world, "node");
  set_limits (&base->limits);
  scene.author = make_identity (1);
  scene.author_id = p2p_identity_get_node_id (scene.author, base->protocol);
  identity = (options & 8) != 0 ? make_identity (2) : NULL;
  base->node = p2p_mesh_node_new (test_host_get_env (base->host), base->protocol, identity, &base->limits, NULL);
  g_assert_nonnull (base->node);
  scene.x1 = identity != NULL ? p2p_x1_new (base->node) : NULL;
  scene.chord = p2p_chord_node_new (base->node, ks[options & 3]);
  p2p_chord_node_set_events (scene.chord, &events, &scene);
  scene.other = p2p_chord_store_new (&base->limits, ks[options & 3]);
  if (!p2p_mesh_node_listen (base->node, test_host_get_address (base->host), PORT, NULL))
    g_error ("cannot listen in a world of our own");
  for (guint i = 0; i < N_PEERS; i++)
    fuzz_peer_init (&base->peers[i], base, names[i]);
  if ((options & 4) == 0)
    p2p_chord_node_join (scene.chord, done_cb, &scene);

  run (&scene, &input);

  p2p_mesh_node_close (base->node);
  for (guint i = 0; i < N_PEERS; i++)
    fuzz_peer_clear (&base->peers[i]);
  test_world_advance (base->world, G_TIME_SPAN_SECOND);
  p2p_chord_node_free (scene.chord);
  p2p_chord_store_free (scene.other);
  g_clear_pointer (&scene.x1, p2p_x1_free);
  p2p_identity_unref (scene.author);
  g_free (scene.author_id);
  p2p_mesh_node_unref (base->node);
  p2p_protocol_unref (base->protocol);
  test_world_free (base->world);
  return 0;
}
