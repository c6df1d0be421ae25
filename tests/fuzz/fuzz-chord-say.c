/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the neighbours of fuzz-chord.c say. */
#include "fuzz-chord-say.h"

#include "p2p/mesh/p2p-mesh-values.h"
#include "p2p/wire/p2p-base58.h"
#include "p2p/wire/p2p-value.h"
#include "p2p/x1/p2p-proof.h"

/* ---- what messages are made of ---- */

static GVariant *
new_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, length > 0 ? bytes : "", length, 1);
}

/* Few keys, so that they meet; now and then one that is long, or one that js2p stumbles over. */
GBytes *
fuzz_chord_take_key (FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  static const char * const odd[] = { "", "__proto__", "constructor", "a key longer than the limit of this table is" };

  if (choice >= 0xfc)
    return g_bytes_new_static (odd[choice & 3], strlen (odd[choice & 3]));
  choice &= N_KEYS - 1;
  return g_bytes_new (&choice, 1);
}

/* One of the five of a key, or one that is of none. */
P2pChordSpot
fuzz_chord_take_spot (FuzzInput *input)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint8 choice = fuzz_take_byte (input);
  guint8 key = choice & (N_KEYS - 1);

  p2p_chord_spots_of_key (&key, 1, spots);
  if ((choice & 0xc0) == 0xc0)
    memset (spots[0].number + 16, fuzz_take_byte (input), 48);
  return spots[(choice >> 2 & 15) % P2P_CHORD_HASHES];
}

GVariant *
fuzz_chord_take_value (FuzzInput *input)
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

GBytes *
fuzz_chord_make_proof (ChordScene *scene, const P2pChordSpot *spot, guint64 stamp, GBytes *value, guint8 kind)
{
  P2pLeaf leaves[P2P_CHORD_HASHES];
  GBytes *proofs[P2P_CHORD_HASHES];
  GBytes *proof;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      P2pChordSpot at = *spot;

      leaves[i] = (P2pLeaf) { .note_length = 0 };
      at.hash = (guint8) i;
      p2p_chord_leaf_id (&at, stamp + (kind == 1), value, leaves[i].id);
    }
  g_assert_true (p2p_proof_sign (scene->author, P2P_PROOF_DOMAIN_VALUE, p2p_protocol_get_id (scene->base.protocol), leaves, P2P_CHORD_HASHES, proofs));
  proof = g_bytes_ref (proofs[(spot->hash + (kind == 2)) % P2P_CHORD_HASHES]);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_bytes_unref (proofs[i]);
  if (kind == 3)
    {
      GBytes *part = g_bytes_new_from_bytes (proof, 0, g_bytes_get_size (proof) - 1);

      g_bytes_unref (proof);
      return part;
    }
  return proof;
}

/* kind 4: no bin. The stamp as a uint, or whatever it is. */
static GVariant *
new_proof (ChordScene *scene, const P2pChordSpot *spot, GVariant *stamp, GVariant *value, guint8 kind)
{
  /* A copy: the value is floating, and stays so. */
  g_autoptr (GBytes) data = g_variant_get_data_as_bytes (value);
  g_autoptr (GVariant) copy = g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (value), data, TRUE));
  g_autoptr (GBytes) packed = g_variant_is_of_type (value, G_VARIANT_TYPE_UNIT) ? NULL : p2p_chord_pack (copy);
  guint64 number = g_variant_is_of_type (stamp, G_VARIANT_TYPE_INT64) ? (guint64) g_variant_get_int64 (stamp) : 0;
  g_autoptr (GBytes) proof = fuzz_chord_make_proof (scene, spot, number, packed, kind);

  return kind == 4 ? g_variant_new_string ("proof") : new_bytes (g_bytes_get_data (proof, NULL), g_bytes_get_size (proof));
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

void
fuzz_chord_say_control (Peer *peer, P2pControlOp op, GVariant **rest, gsize n)
{
  GVariant *values[P2P_CONTROL_REST + P2P_CONTROL_MAX_REST] = {
    g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (op),
  };

  memcpy (values + P2P_CONTROL_REST, rest, n * sizeof *rest);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, P2P_CONTROL_REST + n);
}

/* ---- what everybody says ---- */

void
fuzz_chord_say_meta (Peer *peer, guint8 choice)
{
  GVariant *values[2] = { g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE), NULL };

  values[1] = (choice & 2) != 0 ? g_variant_new_int64 (choice & 1) : g_variant_new_string ((choice & 4) != 0 ? "2" : (choice & 1) != 0 ? "1" : "0");
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, (choice & 8) != 0 ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR, 0, values, 2);
}

void
fuzz_chord_say_notify (Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (GBytes) key = fuzz_chord_take_key (input);
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
void
fuzz_chord_say_write (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = fuzz_chord_take_spot (input);
  GVariant *values[6] = {
    g_variant_new_int64 ((choice & 4) != 0 ? P2P_SUBFLAG_DELTA : P2P_SUBFLAG_STORE), new_method (&spot, choice), new_spot (&spot, choice), fuzz_chord_take_value (input), NULL, NULL,
  };
  gsize n = 4;

  if ((choice & 8) != 0)
    values[n++] = take_stamp (scene, fuzz_take_byte (input));
  if (n == 5 && (choice & 0xf0) >= 0x20 && (choice & 0xf0) <= 0x70)
    values[n++] = new_proof (scene, &spot, values[4], values[3], ((choice >> 4) - 2) % 5);
  fuzz_peer_say_values (peer, (choice & 0xf0) == 0x10 ? P2P_FLAG_BROADCAST : P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, n);
}

void
fuzz_chord_say_retrieve (Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = fuzz_chord_take_spot (input);
  GVariant *values[4] = { g_variant_new_int64 (P2P_SUBFLAG_RETRIEVE), new_method (&spot, choice), new_spot (&spot, choice), NULL };

  if ((choice & 8) != 0)
    values[3] = g_variant_new_int64 (1);
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, values[3] != NULL ? 4 : 3);
}

/* Answers for some of the five places of a key: the same value for each, or one of its own. */
void
fuzz_chord_say_retrieved (ChordScene *scene, Peer *peer, FuzzInput *input)
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
      GVariant *values[9] = { g_variant_new_int64 (P2P_SUBFLAG_RETRIEVED), new_method (&spots[i], choice), new_spot (&spots[i], choice), NULL };
      gsize n = 4;

      if ((mask & 1u << i) == 0)
        {
          for (guint j = 0; j < 3; j++)
            g_variant_unref (g_variant_ref_sink (values[j]));
          continue;
        }
      values[3] = fuzz_chord_take_value ((choice & 4) != 0 ? input : &same);
      if ((choice & 8) != 0)
        {
          values[n++] = take_stamp (scene, choice >> 5);
          values[n++] = g_variant_new_int64 (choice >> 4 & 1);
          values[n++] = g_variant_new_string (peer->id);
          values[n++] = g_variant_new_int64 (choice == 0xff ? -1 : (gint64) i);
          if ((mask & 0x80) != 0)
            values[n++] = new_proof (scene, &spots[i], values[4], values[3], (choice >> 5) % 5);
        }
      fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, n);
    }
}

/* ---- what those of ours say ---- */

void
fuzz_chord_say_ring (ChordScene *scene, Peer *peer, FuzzInput *input)
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
  fuzz_chord_say_control (peer, P2P_CONTROL_RING, rest, (choice & 0xf0) == 0xe0 ? 5 : 6);
}

void
fuzz_chord_say_find (ChordScene *scene, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  GVariant *rest[3] = { g_variant_new_int64 (choice >> 2), NULL, NULL };

  if ((choice & 3) == 0)
    {
      rest[1] = take_members (scene, input);
      rest[2] = g_variant_new_int64 (choice & 7);
      /* tokens of the node begin at 1 */
      fuzz_chord_say_control (peer, P2P_CONTROL_FOUND, rest, 3);
      return;
    }
  rest[1] = new_place (scene, fuzz_take_byte (input));
  rest[2] = g_variant_new_int64 ((choice & 3) == 1 ? 1 : (choice & 3) == 2 ? 3 : -1);
  fuzz_chord_say_control (peer, P2P_CONTROL_FIND, rest, 3);
}

/* A write into the store of the other, which the node hears of by COPY or by comparing. */
void
fuzz_chord_write_other (ChordScene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  P2pChordSpot spot = fuzz_chord_take_spot (input);
  g_autoptr (GVariant) value = g_variant_ref_sink (fuzz_chord_take_value (input));
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) proof = NULL;
  gint64 now = p2p_clock_utc (test_host_get_env (scene->base.host)->clock);
  guint64 stamp = (guint64) now - (choice >> 1) * G_TIME_SPAN_SECOND;

  p2p_value_pack (value, packed, NULL);
  bytes = g_bytes_new (packed->data, packed->len);
  if ((choice & 0x40) != 0)
    proof = fuzz_chord_make_proof (scene, &spot, stamp, (choice & 1) != 0 ? NULL : bytes, choice >> 4 & 3);
  p2p_chord_store_put_signed (scene->other, &spot, stamp, (choice & 1) != 0 ? NULL : bytes, proof, NULL, now, NULL);
}

static const P2pChordPlace start = { { 0 } };

void
fuzz_chord_say_copy (ChordScene *scene, Peer *peer, FuzzInput *input)
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
  fuzz_chord_say_control (peer, P2P_CONTROL_COPY, rest, 2);
}

/* seq: those of the node begin at 1 */
void
fuzz_chord_say_copied (Peer *peer, guint8 choice)
{
  GVariantBuilder builder;
  GVariant *rest[2];

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice >> 4 & 3); i++)
    g_variant_builder_add (&builder, "v", g_variant_new_int64 ((choice & 0xc0) == 0xc0 ? -1 : (gint64) i));
  rest[0] = g_variant_new_int64 (choice & 15);
  rest[1] = g_variant_builder_end (&builder);
  fuzz_chord_say_control (peer, P2P_CONTROL_COPIED, rest, 2);
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
  spot = fuzz_chord_take_spot (input);
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

void
fuzz_chord_say_arc (ChordScene *scene, Peer *peer, FuzzInput *input)
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
  fuzz_chord_say_control (peer, op, rest, n_rest);
}

void
fuzz_chord_say_names (ChordScene *scene, Peer *peer, FuzzInput *input)
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
      fuzz_chord_say_control (peer, P2P_CONTROL_SUMS, both, (choice & 0xf8) == 0xe8 ? 1 : 2);
      if ((choice & 0xf8) == 0xe8)
        g_variant_unref (g_variant_ref_sink (both[1]));
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < (choice >> 1 & 7); i++)
    {
      guint8 flags = fuzz_take_byte (input);
      g_autoptr (GBytes) key = fuzz_chord_take_key (input);
      gsize length;
      const char *bytes = g_bytes_get_data (key, &length);
      GVariant *parts[3] = {
        g_variant_new_variant (new_bytes (bytes, length)), g_variant_new_variant (g_variant_new_int64 (flags >= 0xf0 ? -1 : fuzz_now (&scene->base) + 70 - (flags >> 1) * 3)),
        g_variant_new_variant (g_variant_new_int64 (flags & 1)),
      };

      g_variant_builder_add (&builder, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, flags == 0xef ? 2 : 3));
    }
  rest = g_variant_builder_end (&builder);
  fuzz_chord_say_control (peer, P2P_CONTROL_NAMES, &rest, 1);
}
