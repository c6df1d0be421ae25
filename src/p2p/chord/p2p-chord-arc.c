/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Going through a store by its places, and what two of them compare and send. */
#include "p2p-chord-store-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-reader-private.h"

/* node, or where the numbers end the first of all; NULL: that is not in [from, to) any more. */
static GTreeNode *
keep_within (P2pChordStore       *self,
             GTreeNode           *node,
             const P2pChordPlace *from,
             const P2pChordPlace *to,
             gboolean            *wrapped)
{
  gboolean around = p2p_chord_place_compare (from, to) >= 0;

  if (node == NULL && around && !*wrapped)
    {
      *wrapped = TRUE;
      node = g_tree_node_first (self->entries);
    }
  if (node == NULL || (around && !*wrapped))
    return node;
  return p2p_chord_place_compare (&((P2pChordEntry *) g_tree_node_value (node))->value.place, to) < 0 ? node : NULL;
}

static GTreeNode *
seek (P2pChordStore       *self,
      const P2pChordPlace *from,
      const P2pChordPlace *to,
      const P2pChordValue *last,
      gboolean            *wrapped)
{
  P2pChordEntry sought = { .value.place = *from };
  GTreeNode *node;

  *wrapped = last != NULL && p2p_chord_place_compare (&last->place, from) < 0 && p2p_chord_place_compare (from, to) >= 0;
  if (last != NULL && (*wrapped || p2p_chord_place_compare (&last->place, from) >= 0))
    {
      sought.value.place = last->place;
      sought.value.spot = last->spot;
      node = g_tree_upper_bound (self->entries, &sought);
    }
  else
    node = g_tree_lower_bound (self->entries, &sought);
  return keep_within (self, node, from, to, wrapped);
}

const P2pChordValue *
p2p_chord_store_walk (P2pChordStore       *self,
                      const P2pChordPlace *from,
                      const P2pChordPlace *to,
                      const P2pChordValue *last)
{
  gboolean wrapped;
  GTreeNode *node = seek (self, from, to, last, &wrapped);

  return node != NULL ? &((P2pChordEntry *) g_tree_node_value (node))->value : NULL;
}

#define SUMMED 256u

guint
p2p_chord_store_sum_arc (P2pChordStore       *self,
                         const P2pChordPlace *from,
                         const P2pChordPlace *to,
                         guint8               root[32])
{
  guint8 list[P2P_SHA256_LENGTH + SUMMED * P2P_CHORD_LISTED] = { 0 };
  gboolean wrapped;
  guint filled = 0;
  guint n = 0;

  for (GTreeNode *node = seek (self, from, to, NULL, &wrapped); node != NULL; node = keep_within (self, g_tree_node_next (node), from, to, &wrapped))
    {
      const P2pChordEntry *entry = g_tree_node_value (node);

      memcpy (list + P2P_SHA256_LENGTH + filled * P2P_CHORD_LISTED, entry->value.listed, P2P_CHORD_LISTED);
      n++;
      if (++filled < SUMMED)
        continue;
      p2p_sha256 (list, sizeof list, list);
      filled = 0;
    }
  if (filled > 0)
    p2p_sha256 (list, P2P_SHA256_LENGTH + filled * P2P_CHORD_LISTED, list);
  memcpy (root, list, P2P_SHA256_LENGTH);
  return n;
}

void
p2p_chord_value_digest (const P2pChordValue *self,
                        guint8               out[P2P_CHORD_LISTED])
{
  memcpy (out, self->listed, P2P_CHORD_LISTED);
}

const P2pChordValue *
p2p_chord_store_find_digest (P2pChordStore *self,
                             const guint8   digest[8])
{
  P2pChordEntry sought = { 0 };
  P2pChordEntry *entry;
  GTreeNode *node;

  memcpy (sought.value.listed, digest, 8);
  node = g_tree_lower_bound (self->digests, &sought);
  if (node == NULL)
    return NULL;
  entry = g_tree_node_value (node);
  return memcmp (entry->value.listed, digest, 8) == 0 ? &entry->value : NULL;
}

/* ---- as it is sent and kept ---- */

static GVariant *
pack_bin (gconstpointer bytes,
          gsize         length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

GVariant *
p2p_chord_value_pack (const P2pChordValue *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  g_variant_builder_add (&builder, "v", g_variant_new_int64 (self->spot.hash));
  g_variant_builder_add (&builder, "v", pack_bin (self->spot.number, P2P_CHORD_NUMBER_BYTES));
  /* A stamp is never so late that it is no int64: cut_stamp(). */
  g_variant_builder_add (&builder, "v", g_variant_new_int64 ((gint64) self->stamp));
  g_variant_builder_add (&builder, "v", self->value == NULL ? g_variant_new_tuple (NULL, 0)
                                                            : pack_bin (g_bytes_get_data (self->value, NULL), g_bytes_get_size (self->value)));
  if (self->proof != NULL)
    g_variant_builder_add (&builder, "v", pack_bin (g_bytes_get_data (self->proof, NULL), g_bytes_get_size (self->proof)));
  return g_variant_builder_end (&builder);
}

static gboolean
take_number (P2pReader    *reader,
             P2pChordSpot *spot)
{
  g_autoptr (GVariant) child = p2p_reader_take (reader);
  gconstpointer bytes;
  gsize length;

  if (child == NULL || !g_variant_is_of_type (child, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  bytes = g_variant_get_fixed_array (child, &length, 1);
  if (length != P2P_CHORD_NUMBER_BYTES)
    return FALSE;
  memcpy (spot->number, bytes, length);
  return TRUE;
}

/* Any uint: from 2^63 on it is one from the future, and cut when it is put. */
static gboolean
take_stamp (P2pReader *reader,
            guint64   *stamp)
{
  g_autoptr (GVariant) child = p2p_reader_take (reader);

  if (child != NULL && g_variant_is_of_type (child, G_VARIANT_TYPE_UINT64))
    *stamp = g_variant_get_uint64 (child);
  else if (child != NULL && g_variant_is_of_type (child, G_VARIANT_TYPE_INT64) && g_variant_get_int64 (child) >= 0)
    *stamp = (guint64) g_variant_get_int64 (child);
  else
    return FALSE;
  return TRUE;
}

gboolean
p2p_chord_value_unpack (GVariant      *packed,
                        P2pChordSpot  *spot,
                        guint64       *stamp,
                        GBytes       **value,
                        GBytes       **proof)
{
  g_autoptr (GVariant) said = NULL;
  g_autoptr (GVariant) proved = NULL;
  P2pReader reader;
  gint64 hash;

  *value = *proof = NULL;
  if (!p2p_reader_init (&reader, packed) || (reader.n != 4 && reader.n != 5) || !p2p_reader_take_number (&reader, 0, P2P_CHORD_HASHES - 1, &hash) ||
      !take_number (&reader, spot) || !take_stamp (&reader, stamp))
    return FALSE;
  spot->hash = (guint8) hash;
  said = p2p_reader_take (&reader);
  if (reader.n == 5)
    {
      proved = p2p_reader_take (&reader);
      *proof = p2p_read_bytes (proved);
      if (*proof == NULL)
        return FALSE;
    }
  if (!g_variant_is_of_type (said, G_VARIANT_TYPE_UNIT))
    *value = p2p_read_bytes (said);
  if (*value != NULL || g_variant_is_of_type (said, G_VARIANT_TYPE_UNIT))
    return TRUE;
  g_clear_pointer (proof, g_bytes_unref);
  return FALSE;
}
