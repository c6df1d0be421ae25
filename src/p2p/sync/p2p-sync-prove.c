/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What somebody tells of another's writes: looked at, write by write. */
#include "p2p-sync-proof.h"

#include <string.h>

#include "../wire/p2p-digest.h"

void
p2p_sync_told_proof_clear (gpointer data)
{
  P2pSyncToldProof *self = data;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->map, g_bytes_unref);
  g_clear_pointer (&self->proof, p2p_sync_proof_unref);
  g_clear_pointer (&self->pairs, g_array_unref);
  g_clear_pointer (&self->owner, g_free);
}

typedef struct {
  P2pSyncTable *table;
  GBytes *key;
  const P2pSyncContender *told; /* what is looked at */
  P2pSyncContender *known;      /* nullable: what we have of the owner */
  P2pSyncContender *into;       /* nullable: what it will be merged into, without leases of anybody */
  GPtrArray *maps;              /* P2pSyncStamp of into that have a map, by id; NULL: not yet */
  GArray *proofs;
  gboolean restored;
} Prover;

static P2pSyncToldProof *
find_proof (const Prover *self,
            const guint8  id[32])
{
  guint low = 0;
  guint high = self->proofs->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      P2pSyncToldProof *told = &g_array_index (self->proofs, P2pSyncToldProof, middle);
      int order = memcmp (told->id, id, sizeof told->id);

      if (order == 0)
        return told;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static gboolean
is_spelled (const Prover       *self,
            const P2pSyncStamp *stamp,
            P2pWriteKind        kind,
            GBytes             *value)
{
  gsize length;
  const guint8 *key = g_bytes_get_data (self->key, &length);

  return p2p_sync_is_spelled (stamp->owner->name, &stamp->clock, kind, key, length, value);
}

/* What was looked at once: by us. */
static gboolean
is_known (const Prover           *self,
          const P2pSyncStamp     *stamp,
          const P2pSyncToldProof *told)
{
  const P2pSyncContender *known = self->known;
  const P2pSyncStamp *stamps[] = { known != NULL ? &known->newest : NULL, known != NULL ? &known->base_stamp : NULL };

  for (guint i = 0; i < G_N_ELEMENTS (stamps); i++)
    if (stamps[i] != NULL && stamps[i]->owner == stamp->owner && stamps[i]->proof != NULL && stamps[i]->proof->bytes != NULL &&
        memcmp (stamps[i]->clock.id, told->id, sizeof told->id) == 0 && g_bytes_equal (stamps[i]->proof->bytes, told->bytes))
      return TRUE;
  return FALSE;
}

/*
 * Of our own disk no signature is looked at: whoever can write there can have our key, too, and a hundred thousand of them would keep the
 * program from starting. Whom we tell it looks himself.
 */
static P2pSyncVerdict
look_at_signature (const Prover       *self,
                   const P2pSyncStamp *stamp,
                   P2pSyncToldProof   *told)
{
  const P2pSyncTable *table = self->table;
  const char *owner = stamp->owner->name;
  P2pProofView view;

  if (!p2p_proof_read (told->bytes, &view))
    return P2P_SYNC_FORGED;
  if (self->restored)
    return stamp->owner->mine || table->judge->learn (owner, view.pub, table->judge_data) ? P2P_SYNC_GOOD : P2P_SYNC_FORGED;
  return is_known (self, stamp, told) ? P2P_SYNC_GOOD : table->judge->check (owner, told->id, told->bytes, table->judge_data);
}

/* An id is of one write, and so of one owner and one clock: whoever it was spelled for first. Nobody else's is proved by it. */
static gboolean
is_its_write (const P2pSyncToldProof *told,
              const P2pSyncStamp     *stamp)
{
  return told->owner != NULL && strcmp (told->owner, stamp->owner->name) == 0 && p2p_write_clock_compare (&told->clock, &stamp->clock) == 0;
}

static void
set_write (P2pSyncToldProof   *told,
           const P2pSyncStamp *stamp)
{
  if (told->owner != NULL)
    return;
  told->owner = g_strdup (stamp->owner->name);
  told->clock = stamp->clock;
}

/* ---- the proof as it goes into the table ---- */

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return memcmp ((*(const P2pSyncStamp *const *) a)->clock.id, (*(const P2pSyncStamp *const *) b)->clock.id, sizeof ((P2pWriteClock *) NULL)->id);
}

static void
list_maps (Prover *self)
{
  const P2pSyncContender *into = self->into;
  guint n = into != NULL && into->fields != NULL ? into->fields->len : 0;

  self->maps = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    {
      P2pSyncStamp *stamp = &((P2pSyncField *) g_ptr_array_index (into->fields, i))->stamp;

      if (stamp->proof != NULL && stamp->proof->map != NULL)
        g_ptr_array_add (self->maps, stamp);
    }
  g_ptr_array_sort (self->maps, compare_ids);
}

/* Of a delta that is told in parts, or field by field, the map is kept once: it is counted to who wrote it, however others tell it. */
static P2pSyncProof *
find_shared (Prover                 *self,
             const P2pSyncStamp     *stamp,
             const P2pSyncToldProof *told)
{
  guint low = 0;
  guint high;

  if (told->map == NULL || told->bytes == NULL)
    return NULL;
  if (self->maps == NULL)
    list_maps (self);
  high = self->maps->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (memcmp (((P2pSyncStamp *) g_ptr_array_index (self->maps, middle))->clock.id, told->id, sizeof told->id) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  for (; low < self->maps->len; low++)
    {
      P2pSyncStamp *kept = g_ptr_array_index (self->maps, low);

      if (memcmp (kept->clock.id, told->id, sizeof told->id) != 0)
        break;
      if (kept->owner == stamp->owner && kept->proof->bytes != NULL && g_bytes_equal (kept->proof->bytes, told->bytes))
        return p2p_sync_proof_ref (kept->proof);
    }
  return NULL;
}

/* Of an earlier run's, that it did not sign any more: with its row, as it was told then. */
static void
sign_again (Prover             *self,
            const P2pSyncStamp *stamp,
            P2pSyncToldProof   *told)
{
  gboolean newest = self->table->leasing && p2p_sync_stamp_compare (stamp, &self->told->newest) == 0;
  g_autoptr (GBytes) note = newest ? p2p_sync_row_pack (self->told) : NULL;

  p2p_sync_table_add_unproven (self->table, told->proof, told->id, note);
}

/* The write itself was spelled: is it signed? map: nullable: what it was spelled with, if it was told */
static P2pSyncVerdict
prove_stamp (Prover           *self,
             P2pSyncStamp     *stamp,
             P2pSyncToldProof *told,
             GBytes           *map)
{
  if (map != told->map || (told->bytes == NULL && !(self->restored && stamp->owner->mine)))
    return P2P_SYNC_FORGED;
  set_write (told, stamp);
  if (!is_its_write (told, stamp))
    return P2P_SYNC_FORGED;
  if (!told->looked)
    {
      told->verdict = told->bytes != NULL ? look_at_signature (self, stamp, told) : P2P_SYNC_GOOD;
      told->looked = told->verdict != P2P_SYNC_LATER;
    }
  if (told->verdict != P2P_SYNC_GOOD)
    return told->verdict;
  if (told->proof == NULL)
    {
      told->proof = find_shared (self, stamp, told);
      if (told->proof == NULL)
        told->proof = p2p_sync_proof_new (told->bytes, map);
      if (told->bytes == NULL)
        sign_again (self, stamp, told);
    }
  p2p_sync_table_certify (self->table, stamp->owner->name);
  stamp->proof = p2p_sync_proof_ref (told->proof);
  return P2P_SYNC_GOOD;
}

/* There is none. Also where it is ours: who made it up, or told it before anybody signed, is not to have our signature for it. */
static P2pSyncVerdict
miss_proof (const P2pSyncStamp *stamp)
{
  return stamp->owner->certified ? P2P_SYNC_UNSIGNED : P2P_SYNC_GOOD;
}

static P2pSyncVerdict
prove_base (Prover           *self,
            P2pSyncContender *contender)
{
  P2pWriteKind kind = contender->base != NULL ? P2P_WRITE_STORE : P2P_WRITE_DELETE;
  P2pSyncStamp *stamp = &contender->base_stamp;
  P2pSyncToldProof *told = find_proof (self, stamp->clock.id);

  if (told == NULL)
    return miss_proof (stamp);
  return is_spelled (self, stamp, kind, contender->base) ? prove_stamp (self, stamp, told, NULL) : P2P_SYNC_FORGED;
}

/* ---- the pairs of a delta ---- */

/* Name and value, as they stand in the map one behind the other */
typedef struct {
  const guint8 *bytes;
  gsize length;
} Pair;

static int
compare_pairs (gconstpointer a,
               gconstpointer b)
{
  const Pair *one = a;
  const Pair *other = b;
  int order = memcmp (one->bytes, other->bytes, MIN (one->length, other->length));

  return order != 0 ? order : (one->length > other->length) - (one->length < other->length);
}

/* Is the map that was told the delta of this stamp? It is spelled once: there may be many fields of it, and it may be long. */
static gboolean
is_its_delta (const Prover       *self,
              const P2pSyncStamp *stamp,
              P2pSyncToldProof   *told)
{
  const guint8 *name, *value;
  gsize name_length, value_length;
  P2pMapIter iter;

  if (told->pairs == NULL)
    {
      told->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
      if (!is_spelled (self, stamp, P2P_WRITE_DELTA, told->map) || !p2p_map_iter_init (&iter, told->map))
        return FALSE;
      set_write (told, stamp);
      while (p2p_map_iter_next (&iter, &name, &name_length, &value, &value_length))
        {
          Pair pair = { name, name_length + value_length };

          g_array_append_val (told->pairs, pair);
        }
      g_array_sort (told->pairs, compare_pairs);
    }
  return is_its_write (told, stamp);
}

/* By all of its bytes: whoever chose them, no other stands for it. */
static gboolean
has_pair (const P2pSyncToldProof *told,
          const P2pSyncField     *field)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Pair pair;

  g_byte_array_append (bytes, g_bytes_get_data (field->name, NULL), (guint) g_bytes_get_size (field->name));
  g_byte_array_append (bytes, g_bytes_get_data (field->value, NULL), (guint) g_bytes_get_size (field->value));
  pair = (Pair) { bytes->data, bytes->len };
  return g_array_binary_search (told->pairs, &pair, compare_pairs, NULL);
}

static P2pSyncVerdict
prove_field (Prover       *self,
             P2pSyncField *field)
{
  P2pSyncToldProof *told = find_proof (self, field->stamp.clock.id);
  g_autoptr (GBytes) map = NULL;

  if (told == NULL)
    return miss_proof (&field->stamp);
  if (told->map != NULL)
    return is_its_delta (self, &field->stamp, told) && has_pair (told, field) ? prove_stamp (self, &field->stamp, told, told->map) : P2P_SYNC_FORGED;
  map = p2p_sync_make_map (field->name, field->value);
  return is_spelled (self, &field->stamp, P2P_WRITE_DELTA, map) ? prove_stamp (self, &field->stamp, told, NULL) : P2P_SYNC_FORGED;
}

/* It is the base, or a field, or a delta of which nothing is left; or it was told in another part, and we have it. */
static P2pSyncVerdict
prove_newest (Prover           *self,
              P2pSyncContender *contender)
{
  P2pSyncStamp *newest = &contender->newest;
  P2pSyncStamp *same = contender->based && p2p_sync_stamp_compare (&contender->base_stamp, newest) == 0 ? &contender->base_stamp : NULL;
  P2pSyncToldProof *told;

  for (guint i = 0; same == NULL && contender->fields != NULL && i < contender->fields->len; i++)
    {
      P2pSyncField *field = g_ptr_array_index (contender->fields, i);

      if (p2p_sync_stamp_compare (&field->stamp, newest) == 0)
        same = &field->stamp;
    }
  if (same == NULL && self->known != NULL && self->known->newest.proof != NULL && p2p_sync_stamp_compare (&self->known->newest, newest) == 0)
    same = &self->known->newest;
  if (same != NULL)
    {
      if (same->proof != NULL)
        newest->proof = p2p_sync_proof_ref (same->proof);
      return P2P_SYNC_GOOD;
    }
  told = find_proof (self, newest->clock.id);
  if (told == NULL)
    return miss_proof (newest);
  return told->map != NULL && is_its_delta (self, newest, told) ? prove_stamp (self, newest, told, told->map) : P2P_SYNC_FORGED;
}

/* Its owner's own word takes the place of what was told of him. */
static gboolean
set_row (const Prover     *self,
         P2pSyncContender *contender)
{
  const P2pSyncContender *known = self->known;
  gboolean deleted = contender->based && contender->base == NULL && p2p_sync_stamp_compare (&contender->base_stamp, &contender->newest) == 0;
  P2pSyncRow row;

  if (contender->newest.proof == NULL || !self->table->leasing)
    return TRUE;
  if (known != NULL && contender->newest.proof == known->newest.proof)
    {
      row = (P2pSyncRow) { .since = known->since, .n_marks = known->n_marks };
      memcpy (row.marks, known->marks, known->n_marks * sizeof *known->marks);
    }
  else if (contender->newest.proof->bytes == NULL)
    return TRUE;
  else if (!p2p_sync_row_read (contender->newest.proof->bytes, &contender->newest.clock, deleted, &row) || !p2p_sync_row_is_within (&row))
    return FALSE;
  contender->since = row.since;
  contender->n_marks = row.n_marks;
  contender->marks = g_renew (P2pSyncMark, contender->marks, row.n_marks);
  memcpy (contender->marks, row.marks, row.n_marks * sizeof *row.marks);
  return TRUE;
}

static P2pSyncVerdict
prove (Prover           *self,
       P2pSyncContender *contender)
{
  P2pSyncVerdict verdict = contender->based ? prove_base (self, contender) : P2P_SYNC_GOOD;

  for (guint i = 0; verdict == P2P_SYNC_GOOD && contender->fields != NULL && i < contender->fields->len; i++)
    verdict = prove_field (self, g_ptr_array_index (contender->fields, i));
  return verdict == P2P_SYNC_GOOD ? prove_newest (self, contender) : verdict;
}

P2pSyncVerdict
p2p_sync_prove_contender (P2pSyncTable     *table,
                          GBytes           *key,
                          P2pSyncContender *contender,
                          GArray           *proofs,
                          gboolean          restored)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  P2pSyncRecord *record = p2p_sync_table_find (table, bytes, length);
  P2pSyncOwner *owner = contender->newest.owner;
  Prover self = {
    .table = table,
    .key = key,
    .told = contender,
    .known = record != NULL ? p2p_sync_record_find (record, owner, TRUE) : NULL,
    .into = record != NULL ? p2p_sync_record_find (record, owner, table->leasing) : NULL,
    .proofs = proofs,
    .restored = restored,
  };
  P2pSyncVerdict verdict;

  if (table->judge == NULL)
    return P2P_SYNC_GOOD;
  verdict = prove (&self, contender);
  g_clear_pointer (&self.maps, g_ptr_array_unref);
  if (verdict != P2P_SYNC_GOOD)
    return verdict;
  /* Some of it may have made his key known. */
  if (owner->certified && contender->newest.proof == NULL)
    return P2P_SYNC_UNSIGNED;
  return set_row (&self, contender) ? P2P_SYNC_GOOD : P2P_SYNC_FORGED;
}
