/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node of a distributed table, with k and without, that stores or not, and up to four others, of ours and of the originals: what they write, ask, answer and tell of the ring, with
 * the places, arcs, tokens and digests that it holds put into what they say. Whatever comes, it keeps its limits, and leaves nothing behind when it is closed.
 */
#include "fuzz-peer.h"

#include "p2p/chord/p2p-chord-node-private.h"
#include "p2p/mesh/p2p-mesh-values.h"
#include "p2p/wire/p2p-base58.h"
#include "p2p/wire/p2p-value.h"

#define MAX_OPERATIONS 96
#define MAX_KEY 20
#define N_KEYS 4
#define N_WAITING 4

typedef struct {
  Scene base;
  P2pChordNode *chord;
  P2pChordStore *other;         /* what another of ours holds */
  guint64 waiting[N_WAITING];   /* handles */
  guint n_waiting;
} ChordScene;

/* ---- what messages are made of ---- */

static GVariant *
new_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, length > 0 ? bytes : "", length, 1);
}

/* Few keys, so that they meet; now and then one that is long, or one that js2p stumbles over. */
static GBytes *
take_key (FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  static const char * const odd[] = { "", "__proto__", "constructor", "a key longer than the limit of this table is" };

  if (choice >= 0xfc)
    return g_bytes_new_static (odd[choice & 3], strlen (odd[choice & 3]));
  choice &= N_KEYS - 1;
  return g_bytes_new (&choice, 1);
}

/* One of the five of a key, or one that is of none. */
static P2pChordSpot
take_spot (FuzzInput *input)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint8 choice = fuzz_take_byte (input);
  guint8 key = choice & (N_KEYS - 1);

  p2p_chord_spots_of_key (&key, 1, spots);
  if ((choice & 0xc0) == 0xc0)
    memset (spots[0].number + 16, fuzz_take_byte (input), 48);
  return spots[(choice >> 2 & 15) % P2P_CHORD_HASHES];
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
      g_variant_dict_init (&map, NULL);
      if ((choice & 8) != 0)
        g_variant_dict_insert (&map, "a", "x", (gint64) choice);
      if ((choice & 16) != 0)
        g_variant_dict_insert (&map, "b", "s", "field");
      if ((choice & 32) != 0)
        g_variant_dict_insert (&map, "c", "d", 1.5);
      return g_variant_dict_end (&map);
    case 4:
      return new_bytes ("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", choice >> 2);
    default:
      return g_variant_new_int64 (choice >> 3 & 3);
    }
}

static GVariant *
take_stamp (ChordScene *scene, guint8 choice)
{
  guint64 now = (guint64) p2p_clock_utc (test_host_get_env (scene->base.host)->clock);

  switch (choice & 7)
    {
    case 0:
      return g_variant_new_int64 ((gint64) now);
    case 1:
      return g_variant_new_int64 ((gint64) now - 1000);
    case 2:
      return g_variant_new_int64 (0);
    case 3:
      return g_variant_new_uint64 (G_MAXUINT64);
    case 4:
      return g_variant_new_int64 ((gint64) now + 120 * G_TIME_SPAN_SECOND);
    case 5:
      return g_variant_new_int64 (-1);
    case 6:
      return g_variant_new_string ("now");
    default:
      return g_variant_new_int64 ((gint64) now - 200 * G_TIME_SPAN_SECOND);
    }
}

static P2pChordPlace
place_of_id (ChordScene *scene, const char *id)
{
  guint8 number[P2P_BASE58_MAX_BYTES] = { 0 };
  P2pChordPlace place;

  g_assert_true (p2p_base58_decode_fixed (id, number, sizeof number, NULL));
  p2p_chord_place_init (&place, scene->chord->k, number, sizeof number);
  return place;
}

/* One that matters to the node: of somebody, of a spot, the beginning; or a slot. */
static P2pChordPlace
take_place (ChordScene *scene, guint8 choice)
{
  P2pChordPlace place = { { 0 } };
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint8 key = choice >> 3 & (N_KEYS - 1);

  switch (choice & 7)
    {
    case 0:
      return scene->chord->place;
    case 1:
    case 2:
    case 3:
    case 4:
      return place_of_id (scene, scene->base.peers[(choice & 7) - 1].id);
    case 5:
      p2p_chord_spots_of_key (&key, 1, spots);
      p2p_chord_place_of_spot (&place, scene->chord->k, &spots[(choice >> 5) % P2P_CHORD_HASHES]);
      return place;
    case 6:
      place.bytes[0] = choice & 0xf8;
      return place;
    default:
      memset (place.bytes, choice, sizeof place.bytes);
      return place;
    }
}

static GVariant *
new_place (ChordScene *scene, guint8 choice)
{
  P2pChordPlace place = take_place (scene, choice);

  return new_bytes (place.bytes, choice == 0xff ? 47 : 48);
}

static GVariant *
take_members (ChordScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice >= 0xf0 ? 17u : choice & 3u); i++)
    {
      guint8 which = fuzz_take_byte (input);
      Peer *peer = &scene->base.peers[which & 3];
      const char *id = (which & 4) != 0 ? p2p_mesh_node_get_id (scene->base.node) : peer->id;
      P2pChordPlace place = (which & 8) != 0 ? take_place (scene, fuzz_take_byte (input)) : place_of_id (scene, id);
      GVariant *parts[4] = {
        g_variant_new_variant (new_bytes (place.bytes, sizeof place.bytes)),
        g_variant_new_variant (g_variant_new_string ((which & 16) != 0 ? "0OIl" : id)),
        g_variant_new_variant (g_variant_new_string ((which & 32) != 0 ? "" : test_host_get_address (peer->host))),
        g_variant_new_variant (g_variant_new_int64 ((which & 64) != 0 ? 80 : (which & 128) != 0 ? -1 : PORT)),
      };

      g_variant_builder_add (&builder, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, (which & 0xf0) == 0xf0 ? 3 : 4));
    }
  return g_variant_builder_end (&builder);
}

static void
say_control (Peer *peer, P2pControlOp op, GVariant **rest, gsize n)
{
  GVariant *values[P2P_CONTROL_REST + P2P_CONTROL_MAX_REST] = {
    g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (op),
  };

  memcpy (values + P2P_CONTROL_REST, rest, n * sizeof *rest);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, P2P_CONTROL_REST + n);
}

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
  g_autoptr (GBytes) key = take_key (input);
  g_autoptr (GError) error = NULL;
  P2pChordNode *chord = scene->chord;
  guint timeout = (choice & 16) != 0 ? 50 : 0;
  guint64 handle = 1;

  switch (choice & 7)
    {
    case 0:
      if (g_bytes_get_size (key) > 0)
        handle = p2p_chord_node_look (chord, key, timeout, look_cb, scene);
      break;
    case 1:
      handle = p2p_chord_node_delete (chord, key, timeout, write_cb, scene, &error);
      break;
    case 2:
      handle = p2p_chord_node_delta (chord, key, take_value (input), timeout, write_cb, scene, &error);
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
      handle = p2p_chord_node_set (chord, key, take_value (input), timeout, write_cb, scene, &error);
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
  P2pChordSpot spot = take_spot (input);
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
      GVariant *parts[3] = {
        g_variant_new_variant (g_variant_new_int64 (fuzz_now (&scene->base) - (choice >> 4) * 10)),
        g_variant_new_variant (g_variant_new_boolean ((choice & 4) != 0)), g_variant_new_variant (g_variant_new_boolean ((choice & 8) != 0)),
      };
      g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, 3));

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

/* ---- what everybody says ---- */

static void
say_meta (Peer *peer, guint8 choice)
{
  GVariant *values[2] = { g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE), NULL };

  values[1] = (choice & 2) != 0 ? g_variant_new_int64 (choice & 1) : g_variant_new_string ((choice & 4) != 0 ? "2" : (choice & 1) != 0 ? "1" : "0");
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, (choice & 8) != 0 ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR, 0, values, 2);
}

static void
say_notify (Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = take_key (input);
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);
  g_autofree char *text = g_strndup (bytes, length);
  GVariant *values[3] = { g_variant_new_int64 (P2P_SUBFLAG_NOTIFY), (choice & 1) != 0 ? g_variant_new_string (text) : new_bytes (bytes, length), NULL };

  if ((choice & 2) != 0)
    values[2] = (choice & 4) != 0 ? new_bytes ("del", 3) : g_variant_new_string ((choice & 64) != 0 ? "undo" : "del");
  fuzz_peer_say_values (peer, (choice & 8) != 0 ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, (choice & 16) != 0 ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR, (choice & 32) != 0 ? -20 : 0,
                        values, values[2] != NULL ? 3 : 2);
}

static GVariant *
new_method (const P2pChordSpot *spot, guint8 choice)
{
  const char *name = (choice & 0xe0) == 0xe0 ? "md5" : p2p_chord_hash_name (spot->hash);

  return (choice & 1) != 0 ? new_bytes (name, strlen (name)) : g_variant_new_string (name);
}

static GVariant *
new_spot (const P2pChordSpot *spot, guint8 choice)
{
  g_autofree char *text = (choice & 0xd0) == 0xd0 ? g_strdup ("0OIl") : p2p_chord_spot_to_text (spot);

  return (choice & 2) != 0 ? new_bytes (text, strlen (text)) : g_variant_new_string (text);
}

/* store and delta */
static void
say_write (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = take_spot (input);
  GVariant *values[5] = {
    g_variant_new_int64 ((choice & 4) != 0 ? P2P_SUBFLAG_DELTA : P2P_SUBFLAG_STORE), new_method (&spot, choice), new_spot (&spot, choice), take_value (input), NULL,
  };

  if ((choice & 8) != 0)
    values[4] = take_stamp (scene, fuzz_take_byte (input));
  fuzz_peer_say_values (peer, (choice & 0xf0) == 0x10 ? P2P_FLAG_BROADCAST : P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, values[4] != NULL ? 5 : 4);
}

static void
say_retrieve (Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = take_spot (input);
  GVariant *values[4] = { g_variant_new_int64 (P2P_SUBFLAG_RETRIEVE), new_method (&spot, choice), new_spot (&spot, choice), NULL };

  if ((choice & 8) != 0)
    values[3] = g_variant_new_int64 (1);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, values[3] != NULL ? 4 : 3);
}

/* Answers for some of the five places of a key: the same value for each, or one of its own. */
static void
say_retrieved (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  guint8 mask = fuzz_take_byte (input);
  guint8 key = mask >> 5 & (N_KEYS - 1);
  FuzzInput value = *input;
  P2pChordSpot spots[P2P_CHORD_HASHES];

  fuzz_take_byte (input);
  p2p_chord_spots_of_key (&key, 1, spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      FuzzInput same = value;
      GVariant *values[8] = { g_variant_new_int64 (P2P_SUBFLAG_RETRIEVED), new_method (&spots[i], choice), new_spot (&spots[i], choice), NULL };
      gsize n = 4;

      if ((mask & 1u << i) == 0)
        {
          for (guint j = 0; j < 3; j++)
            g_variant_unref (g_variant_ref_sink (values[j]));
          continue;
        }
      values[3] = take_value ((choice & 4) != 0 ? input : &same);
      if ((choice & 8) != 0)
        {
          values[n++] = take_stamp (scene, choice >> 5);
          values[n++] = g_variant_new_int64 (choice >> 4 & 1);
          values[n++] = g_variant_new_string (peer->id);
          values[n++] = g_variant_new_int64 (choice == 0xff ? -1 : (gint64) i);
        }
      fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, n);
    }
}

/* ---- what those of ours say ---- */

static void
say_ring (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  guint8 place = fuzz_take_byte (input);
  GVariant *rest[6] = {
    g_variant_new_int64 (choice == 0xff ? -1 : choice & 15), NULL, g_variant_new_int64 (choice), g_variant_new_int64 (choice * 100), take_members (scene, input),
    take_members (scene, input),
  };

  if (place >= 0x80)
    rest[1] = new_place (scene, place);
  else
    {
      P2pChordPlace own = place_of_id (scene, peer->id);

      rest[1] = new_bytes (own.bytes, sizeof own.bytes);
    }
  say_control (peer, P2P_CONTROL_RING, rest, (choice & 0xf0) == 0xe0 ? 5 : 6);
}

static void
say_find (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  GVariant *rest[3] = { g_variant_new_int64 (choice >> 2), NULL, NULL };

  if ((choice & 3) == 0)
    {
      rest[1] = take_members (scene, input);
      rest[2] = g_variant_new_int64 (choice & 7);
      /* tokens of the node begin at 1 */
      say_control (peer, P2P_CONTROL_FOUND, rest, 3);
      return;
    }
  rest[1] = new_place (scene, fuzz_take_byte (input));
  rest[2] = g_variant_new_int64 ((choice & 3) == 1 ? 1 : (choice & 3) == 2 ? 3 : -1);
  say_control (peer, P2P_CONTROL_FIND, rest, 3);
}

/* A write into the store of the other, which the node hears of by COPY or by comparing. */
static void
write_other (ChordScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = take_spot (input);
  g_autoptr (GVariant) value = g_variant_ref_sink (take_value (input));
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gint64 now = p2p_clock_utc (test_host_get_env (scene->base.host)->clock);

  p2p_value_pack (value, packed, NULL);
  bytes = g_bytes_new (packed->data, packed->len);
  p2p_chord_store_put (scene->other, &spot, (guint64) now - (choice >> 1) * G_TIME_SPAN_SECOND, (choice & 1) != 0 ? NULL : bytes, NULL, now, NULL);
}

static const P2pChordPlace start = { { 0 } };

static void
say_copy (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  const P2pChordValue *at = NULL;
  GVariantBuilder builder;
  GVariant *rest[2];

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice & 31) && (at = p2p_chord_store_walk (scene->other, &start, &start, at)) != NULL; i++)
    g_variant_builder_add (&builder, "v", p2p_chord_value_pack (at));
  if ((choice & 32) != 0)
    {
      gsize length = fuzz_take_byte (input);
      const guint8 *bytes = fuzz_take_bytes (input, &length);
      GVariant *value = p2p_value_unpack (bytes, length, NULL, NULL);

      if (value != NULL)
        g_variant_builder_add (&builder, "v", value);
    }
  rest[0] = g_variant_new_int64 (choice >> 6);
  rest[1] = g_variant_builder_end (&builder);
  say_control (peer, P2P_CONTROL_COPY, rest, 2);
}

/* seq: those of the node begin at 1 */
static void
say_copied (Peer *peer, guint8 choice)
{
  GVariantBuilder builder;
  GVariant *rest[2];

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice >> 4 & 3); i++)
    g_variant_builder_add (&builder, "v", g_variant_new_int64 ((choice & 0xc0) == 0xc0 ? -1 : (gint64) i));
  rest[0] = g_variant_new_int64 (choice & 15);
  rest[1] = g_variant_builder_end (&builder);
  say_control (peer, P2P_CONTROL_COPIED, rest, 2);
}

/* An end of a page: none, or at a spot */
static GVariant *
take_cursor (FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot;
  guint8 bytes[1 + P2P_CHORD_NUMBER_BYTES] = { 0 };

  if (choice < 0x80)
    return new_bytes (NULL, 0);
  spot = take_spot (input);
  bytes[0] = choice == 0xff ? 5 : spot.hash;
  memcpy (bytes + 1, spot.number, sizeof spot.number);
  return new_bytes (bytes, sizeof bytes - (choice == 0xfe));
}

static GVariant *
list_arc (P2pChordStore *store, const P2pChordPlace *from, const P2pChordPlace *to, gsize each, guint8 flaw)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();

  for (const P2pChordValue *at = NULL; (at = p2p_chord_store_walk (store, from, to, at)) != NULL;)
    {
      guint8 listed[P2P_CHORD_LISTED];

      p2p_chord_value_digest (at, listed);
      g_byte_array_append (list, listed, (guint) each);
    }
  if (flaw != 0 && list->len > flaw)
    list->data[flaw] ^= flaw;
  return new_bytes (list->data, list->len - (flaw == 0xff && list->len > 0));
}

static void
say_arc (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordPlace from = take_place (scene, fuzz_take_byte (input));
  P2pChordPlace to = take_place (scene, fuzz_take_byte (input));
  P2pChordStore *store = (choice & 4) != 0 ? scene->other : p2p_chord_node_get_store (scene->chord);
  guint8 root[32];
  guint n = p2p_chord_store_sum_arc (store, &from, &to, root);
  GVariant *rest[6] = { NULL };
  gsize n_rest = 5;
  P2pControlOp op = P2P_CONTROL_ARC;

#ifdef P2P_CHORD_N_AFTER
  P2pChordLink *link = p2p_chord_find_link_by_id (scene->chord, peer->id);

  /* what the node asked him for */
  if ((choice & 8) != 0 && link != NULL && link->part != NULL && link->part->comparing)
    {
      from = link->part->arc.from;
      to = link->part->arc.to;
    }
#endif
  rest[0] = new_bytes (from.bytes, sizeof from.bytes);
  rest[1] = new_bytes (to.bytes, sizeof to.bytes);
  switch (choice & 3)
    {
    case 0:
    case 1:
      rest[2] = g_variant_new_int64 (n);
      rest[4] = take_cursor (input);
      rest[3] = new_bytes (root, g_variant_n_children (rest[4]) > 0 ? 0 : sizeof root);
      break;
    case 2:
      op = P2P_CONTROL_ARC_LIST;
      rest[2] = take_cursor (input);
      rest[3] = take_cursor (input);
      rest[4] = list_arc (store, &from, &to, P2P_CHORD_LISTED, choice >> 4);
      rest[5] = g_variant_new_int64 ((choice & 0xf0) == 0xf0);
      n_rest = 6;
      break;
    default:
      op = P2P_CONTROL_ARC_WANT;
      rest[2] = take_cursor (input);
      rest[3] = take_cursor (input);
      rest[4] = list_arc (store, &from, &to, P2P_CHORD_LISTED / 2, choice >> 4);
      break;
    }
  say_control (peer, op, rest, n_rest);
}

static void
say_names (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  guint64 sums[P2P_CHORD_NAME_BUCKETS];
  GVariantBuilder builder;
  GVariant *both[2];
  GVariant *rest;

  if ((choice & 1) == 0)
    {
      for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS; i++)
        sums[i] = (choice & 2) != 0 ? 0 : GUINT64_TO_BE (p2p_chord_names_get_sums (scene->chord->names)[i]);
      both[0] = new_bytes (sums, sizeof sums - (choice >= 0xf0));
      both[1] = g_variant_new_int64 ((choice & 4) != 0);
      say_control (peer, P2P_CONTROL_SUMS, both, (choice & 0xf8) == 0xe8 ? 1 : 2);
      if ((choice & 0xf8) == 0xe8)
        g_variant_unref (g_variant_ref_sink (both[1]));
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice >> 1 & 7); i++)
    {
      guint8 flags = fuzz_take_byte (input);
      g_autoptr (GBytes) key = take_key (input);
      gsize length;
      const char *bytes = g_bytes_get_data (key, &length);
      GVariant *parts[3] = {
        g_variant_new_variant (new_bytes (bytes, length)), g_variant_new_variant (g_variant_new_int64 (flags >= 0xf0 ? -1 : fuzz_now (&scene->base) + 70 - (flags >> 1) * 3)),
        g_variant_new_variant (g_variant_new_int64 (flags & 1)),
      };

      g_variant_builder_add (&builder, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, flags == 0xef ? 2 : 3));
    }
  rest = g_variant_builder_end (&builder);
  say_control (peer, P2P_CONTROL_NAMES, &rest, 1);
}

/* ---- who is there ---- */

/* As one of ours: handshake, HELLO, meta. */
static void
meet (Peer *peer, guint8 choice)
{
  static const guint8 noise[P2P_HELLO_NONCE_LENGTH] = { 7 };
  gint64 caps = (choice & 2) != 0 ? 0xff & ~(P2P_CAP_CHORD_SUCCESSORS | P2P_CAP_CHORD_REPLICA) : 0xff;
  GVariant *rest[] = { g_variant_new_int64 (caps), new_bytes (noise, 0), new_bytes (noise, sizeof noise), g_variant_new_int64 ((choice & 4) != 0 ? 2048 : 1 << 20) };

  fuzz_peer_dial (peer);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
  fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
  say_control (peer, P2P_CONTROL_HELLO, rest, G_N_ELEMENTS (rest));
  say_meta (peer, choice & 1);
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
    say_meta (peer, choice & 1);
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
      say_meta (peer, fuzz_take_byte (input));
      break;
    case 4:
      say_notify (peer, input);
      break;
    case 5:
      say_write (scene, peer, input);
      break;
    case 6:
      say_retrieve (peer, input);
      break;
    case 7:
      say_retrieved (scene, peer, input);
      break;
    case 8:
      say_ring (scene, peer, input);
      break;
    case 9:
      say_find (scene, peer, input);
      break;
    case 10:
      if ((op & 128) != 0)
        write_other (scene, input);
      else
        say_copy (scene, peer, input);
      break;
    case 11:
      if ((op & 128) != 0)
        say_copied (peer, fuzz_take_byte (input));
      else
        say_arc (scene, peer, input);
      break;
    case 12:
      say_names (scene, peer, input);
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
  guint8 options;

  if (length > 8 * 1024)
    return 0;
  options = fuzz_take_byte (&input);
  base->world = test_world_new (1);
  plain = p2p_protocol_new ("fuzz1", P2P_ENCRYPTION_PLAINTEXT);
  base->protocol = p2p_protocol_new_chord (plain, ks[options & 3]);
  base->host = test_world_add_host (base->world, "node");
  set_limits (&base->limits);
  base->node = p2p_mesh_node_new (test_host_get_env (base->host), base->protocol, NULL, &base->limits, NULL);
  g_assert_nonnull (base->node);
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
  p2p_mesh_node_unref (base->node);
  p2p_protocol_unref (base->protocol);
  test_world_free (base->world);
  return 0;
}
