/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-chord-store-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-limits-private.h"
#include "../wire/p2p-map-private.h"
#include "../wire/p2p-skim-private.h"
#include "../wire/p2p-value.h"
#include "../x1/p2p-proof.h"

/* ---- order ---- */

int
p2p_chord_entry_compare (gconstpointer a,
                         gconstpointer b,
                         gpointer      data)
{
  const P2pChordValue *one = a;
  const P2pChordValue *other = b;
  int order = p2p_chord_place_compare (&one->place, &other->place);

  return order != 0 ? order : p2p_chord_spot_compare (&one->spot, &other->spot);
}

static int
compare_digests (gconstpointer a,
                 gconstpointer b,
                 gpointer      data)
{
  const P2pChordValue *one = a;
  const P2pChordValue *other = b;
  int order = memcmp (one->listed, other->listed, P2P_CHORD_LISTED / 2);

  return order != 0 ? order : p2p_chord_entry_compare (a, b, data);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b,
             gpointer      data)
{
  return strcmp (a, b);
}

/* ---- states ---- */

static void
digest_spot (P2pChordValue *self)
{
  guint8 bytes[1 + P2P_CHORD_NUMBER_BYTES];
  guint8 digest[P2P_SHA256_LENGTH];

  bytes[0] = self->spot.hash;
  memcpy (bytes + 1, self->spot.number, P2P_CHORD_NUMBER_BYTES);
  p2p_sha256 (bytes, sizeof bytes, digest);
  memcpy (self->listed, digest, P2P_CHORD_LISTED / 2);
}

static void
digest_value (GBytes *value,
              guint8  digest[P2P_SHA256_LENGTH])
{
  if (value == NULL)
    memset (digest, 0, P2P_SHA256_LENGTH);
  else
    p2p_sha256 (g_bytes_get_data (value, NULL), g_bytes_get_size (value), digest);
}

/* NULL: nobody signed it, or what says so is no proof. */
static const guint8 *
peek_signer (GBytes *proof)
{
  P2pProofView view;

  return proof != NULL && p2p_proof_read (proof, &view) ? view.pub : NULL;
}

static void
digest_state (P2pChordValue *self)
{
  guint8 bytes[8 + P2P_SHA256_LENGTH + P2P_PUBLIC_KEY_LENGTH];
  const guint8 *signer = peek_signer (self->proof);
  gsize length = 8 + P2P_SHA256_LENGTH;
  guint8 digest[P2P_SHA256_LENGTH];
  guint64 stamp = GUINT64_TO_BE (self->stamp);

  memcpy (bytes, &stamp, sizeof stamp);
  digest_value (self->value, bytes + sizeof stamp);
  if (signer != NULL)
    {
      memcpy (bytes + length, signer, P2P_PUBLIC_KEY_LENGTH);
      length += P2P_PUBLIC_KEY_LENGTH;
    }
  p2p_sha256 (bytes, length, digest);
  memcpy (self->listed + P2P_CHORD_LISTED / 2, digest, P2P_CHORD_LISTED / 2);
}

/* Who else has the same state may know more of it: who signed it. */
static int
compare_proofs (GBytes *proof,
                GBytes *other)
{
  const guint8 *signers[] = { peek_signer (proof), peek_signer (other) };

  if (signers[0] == NULL || signers[1] == NULL)
    return (signers[0] != NULL) - (signers[1] != NULL);
  return memcmp (signers[0], signers[1], P2P_PUBLIC_KEY_LENGTH);
}

static int
compare_states (guint64              stamp,
                GBytes              *value,
                const P2pChordValue *other)
{
  guint8 digests[2][P2P_SHA256_LENGTH];

  if (stamp != other->stamp)
    return stamp < other->stamp ? -1 : 1;
  if ((value == NULL) != (other->value == NULL))
    return value != NULL ? 1 : -1;
  if (value == NULL || g_bytes_equal (value, other->value))
    return 0;
  digest_value (value, digests[0]);
  digest_value (other->value, digests[1]);
  return memcmp (digests[0], digests[1], P2P_SHA256_LENGTH);
}

/* ---- life ---- */

P2pChordStore *
p2p_chord_store_new (const P2pLimits *limits,
                     guint            k)
{
  P2pChordStore *self = g_new0 (P2pChordStore, 1);

  self->limits = *p2p_limits_or_default (limits);
  self->k = k;
  self->entries = g_tree_new_full (p2p_chord_entry_compare, NULL, NULL, NULL);
  self->digests = g_tree_new_full (compare_digests, NULL, NULL, NULL);
  self->deleted = p2p_chord_deleted_new ();
  self->givers = g_tree_new_full (compare_ids, NULL, NULL, NULL);
  return self;
}

void
p2p_chord_store_free (P2pChordStore *self)
{
  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL; node = g_tree_node_next (node))
    {
      P2pChordEntry *entry = g_tree_node_value (node);

      g_clear_pointer (&entry->value.value, g_bytes_unref);
      g_clear_pointer (&entry->value.proof, g_bytes_unref);
      g_free (entry);
    }
  for (GTreeNode *node = g_tree_node_first (self->givers); node != NULL; node = g_tree_node_next (node))
    p2p_chord_giver_free (g_tree_node_value (node));
  g_tree_unref (self->entries);
  g_tree_unref (self->digests);
  g_tree_unref (self->deleted);
  g_tree_unref (self->givers);
  g_free (self);
}

void
p2p_chord_store_set_gone_func (P2pChordStore    *self,
                               P2pChordGoneFunc  func,
                               gpointer          data)
{
  self->gone = func;
  self->gone_data = data;
}

/* ---- writing ---- */

static void
aim (P2pChordStore      *self,
     P2pChordEntry      *entry,
     const P2pChordSpot *spot)
{
  entry->value.spot = *spot;
  p2p_chord_place_of_spot (&entry->value.place, self->k, spot);
}

static P2pChordEntry *
find (P2pChordStore      *self,
      const P2pChordSpot *spot)
{
  P2pChordEntry sought = { 0 };

  aim (self, &sought, spot);
  return g_tree_lookup (self->entries, &sought);
}

static gboolean
check_value (P2pChordStore *self,
             GBytes        *value,
             GError       **error)
{
  gsize length, used;
  const guint8 *bytes = g_bytes_get_data (value, &length);
  g_autoptr (GError) why = NULL;

  if (length > self->limits.chord_value)
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE, "The value has %" G_GSIZE_FORMAT " bytes; %u are the most", length, self->limits.chord_value);
      return FALSE;
    }
  if (length > 0 && bytes[0] != 0xc0 && p2p_skim_values (bytes, length, 1, &self->limits, &used, &why) && used == length)
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "This is no value%s%s", why != NULL ? ": " : "", why != NULL ? why->message : "");
  return FALSE;
}

static guint64
cut_stamp (guint64 stamp,
           gint64  now)
{
  return MIN (stamp, (guint64) MAX (now, 0) + 60 * G_USEC_PER_SEC);
}

static guint64
get_tombstone_time (P2pChordStore *self)
{
  return (guint64) self->limits.chord_tombstone_seconds * G_USEC_PER_SEC;
}

/* What it came in may be much larger. */
static GBytes *
copy_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

static void
set_state (P2pChordStore      *self,
           P2pChordEntry      *entry,
           const P2pChordSpot *spot,
           guint64             stamp,
           GBytes             *value,
           GBytes             *proof,
           P2pChordGiver      *giver)
{
  P2pChordGiver *before = NULL;

  if (entry == NULL)
    {
      entry = g_new0 (P2pChordEntry, 1);
      aim (self, entry, spot);
      digest_spot (&entry->value);
      g_tree_insert (self->entries, entry, entry);
      g_tree_insert (self->digests, entry, entry);
    }
  else
    {
      before = entry->giver;
      p2p_chord_entry_uncount (self, entry);
      g_clear_pointer (&entry->value.value, g_bytes_unref);
      g_clear_pointer (&entry->value.proof, g_bytes_unref);
    }
  entry->value.stamp = stamp;
  entry->value.value = copy_bytes (value);
  entry->value.proof = copy_bytes (proof);
  digest_state (&entry->value);
  p2p_chord_entry_count (self, entry, giver);
  p2p_chord_giver_drop (self, before);
}

static P2pChordPut
put (P2pChordStore      *self,
     P2pChordEntry      *old,
     const P2pChordSpot *spot,
     guint64             stamp,
     GBytes             *value,
     GBytes             *proof,
     const char         *giver,
     gint64              now,
     GError            **error)
{
  int order = old != NULL ? compare_states (stamp, value, &old->value) : 1;

  if (order < 0 || (order == 0 && compare_proofs (proof, old->value.proof) <= 0))
    return order < 0 ? P2P_CHORD_PUT_OLDER : P2P_CHORD_PUT_SAME;
  if (old == NULL && value == NULL && stamp + get_tombstone_time (self) <= (guint64) MAX (now, 0))
    return P2P_CHORD_PUT_SAME;
  if (!p2p_chord_store_make_room (self, giver, old, p2p_chord_size_of (value, proof), value == NULL ? stamp : G_MAXUINT64, error))
    {
      if (value != NULL || old == NULL)
        return P2P_CHORD_PUT_REFUSED;
      /* No more than was there: it stays whose it was. */
      g_clear_error (error);
      giver = old->value.giver;
      if (p2p_chord_size_of (value, proof) > old->size)
        proof = NULL;
    }
  set_state (self, old, spot, stamp, value, proof, p2p_chord_giver_hold (self, giver));
  return P2P_CHORD_PUT_NEW;
}

P2pChordPut
p2p_chord_store_put_signed (P2pChordStore      *self,
                            const P2pChordSpot *spot,
                            guint64             stamp,
                            GBytes             *value,
                            GBytes             *proof,
                            const char         *giver,
                            gint64              now,
                            GError            **error)
{
  guint64 cut = cut_stamp (stamp, now);

  g_return_val_if_fail (spot->hash < P2P_CHORD_HASHES, P2P_CHORD_PUT_REFUSED);

  if (value != NULL && !check_value (self, value, error))
    return P2P_CHORD_PUT_REFUSED;
  return put (self, find (self, spot), spot, cut, value, cut == stamp ? proof : NULL, giver, now, error);
}

P2pChordPut
p2p_chord_store_put (P2pChordStore      *self,
                     const P2pChordSpot *spot,
                     guint64             stamp,
                     GBytes             *value,
                     const char         *giver,
                     gint64              now,
                     GError            **error)
{
  return p2p_chord_store_put_signed (self, spot, stamp, value, NULL, giver, now, error);
}

static GBytes *
pack_map (P2pChordStore *self,
          GVariant      *map,
          GError       **error)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) why = NULL;

  if (!p2p_value_pack (map, packed, &why))
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "This is no value: %s", why->message);
      return NULL;
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));
  if (!p2p_is_map (bytes))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta has to be a map");
      return NULL;
    }
  return check_value (self, bytes, error) ? g_steal_pointer (&bytes) : NULL;
}

P2pChordPut
p2p_chord_store_merge (P2pChordStore      *self,
                       const P2pChordSpot *spot,
                       guint64             stamp,
                       GVariant           *map,
                       const char         *giver,
                       gint64              now,
                       GError            **error)
{
  g_autoptr (GBytes) delta = pack_map (self, map, error);
  g_autoptr (GBytes) merged = NULL;
  P2pChordEntry *old;
  GBytes *base;

  g_return_val_if_fail (spot->hash < P2P_CHORD_HASHES, P2P_CHORD_PUT_REFUSED);

  if (delta == NULL)
    return P2P_CHORD_PUT_REFUSED;
  stamp = cut_stamp (stamp, now);
  old = find (self, spot);
  base = old != NULL ? old->value.value : NULL;
  if (old != NULL && base == NULL && stamp < old->value.stamp)
    return P2P_CHORD_PUT_OLDER;
  merged = base == NULL || p2p_is_map (base) ? p2p_map_merge (base, delta) : NULL;
  if (merged == NULL)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta changes fields of a map, and the value that is there is none");
      return P2P_CHORD_PUT_REFUSED;
    }
  if (!check_value (self, merged, error))
    return P2P_CHORD_PUT_REFUSED;
  if (base != NULL && g_bytes_equal (base, merged))
    stamp = MAX (stamp, old->value.stamp);
  else if (base != NULL && stamp <= old->value.stamp)
    stamp = old->value.stamp + 1;
  return put (self, old, spot, stamp, merged, NULL, giver, now, error);
}

gboolean
p2p_chord_store_remove (P2pChordStore      *self,
                        const P2pChordSpot *spot)
{
  P2pChordEntry *entry = find (self, spot);

  if (entry != NULL)
    p2p_chord_entry_forget (self, entry);
  return entry != NULL;
}

guint
p2p_chord_store_expire (P2pChordStore *self,
                        gint64         now)
{
  guint64 life = get_tombstone_time (self);
  guint64 before = (guint64) MAX (now, 0);
  guint n = 0;

  if (before < life)
    return 0;
  while (p2p_chord_store_forget_oldest (self, self->deleted, NULL, before - life + 1))
    n++;
  return n;
}

/* ---- reading ---- */

const P2pChordValue *
p2p_chord_store_get (P2pChordStore      *self,
                     const P2pChordSpot *spot)
{
  P2pChordEntry *entry = find (self, spot);

  return entry != NULL ? &entry->value : NULL;
}

guint
p2p_chord_store_get_n_values (P2pChordStore *self)
{
  return (guint) (g_tree_nnodes (self->entries) - g_tree_nnodes (self->deleted));
}

guint
p2p_chord_store_get_n_spots (P2pChordStore *self)
{
  return (guint) g_tree_nnodes (self->entries);
}

guint64
p2p_chord_store_get_n_bytes (P2pChordStore *self)
{
  return self->bytes;
}

guint64
p2p_chord_store_get_share (P2pChordStore *self,
                           const char    *giver)
{
  P2pChordGiver *found = p2p_chord_giver_find (self, giver);

  return found != NULL ? found->bytes : 0;
}
