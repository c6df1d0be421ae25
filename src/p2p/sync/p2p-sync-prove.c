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
  g_clear_pointer (&self->pairs, g_hash_table_unref);
}

typedef struct {
  P2pSyncTable *table;
  GBytes *key;
  P2pSyncContender *known;      /* nullable: what we have of the owner */
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
          const P2pSyncToldProof *told)
{
  const P2pSyncContender *known = self->known;
  const P2pSyncStamp *stamps[] = { known != NULL ? &known->newest : NULL, known != NULL ? &known->base_stamp : NULL };

  for (guint i = 0; i < G_N_ELEMENTS (stamps); i++)
    if (stamps[i] != NULL && stamps[i]->proof != NULL && stamps[i]->proof->bytes != NULL &&
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
  return is_known (self, told) ? P2P_SYNC_GOOD : table->judge->check (owner, told->id, told->bytes, table->judge_data);
}

/* The write itself was spelled: is it signed? */
static P2pSyncVerdict
prove_stamp (const Prover     *self,
             P2pSyncStamp     *stamp,
             P2pSyncToldProof *told)
{
  if (told->bytes == NULL && !(self->restored && stamp->owner->mine))
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
      told->proof = p2p_sync_proof_new (told->bytes, told->map);
      if (told->bytes == NULL)
        p2p_sync_table_add_unproven (self->table, told->proof, told->id, NULL);
    }
  p2p_sync_table_certify (self->table, stamp->owner->name);
  stamp->proof = p2p_sync_proof_ref (told->proof);
  return P2P_SYNC_GOOD;
}

/* There is none. Of ours it may be that they were kept before anybody signed. */
static P2pSyncVerdict
miss_proof (const Prover       *self,
            P2pSyncStamp       *stamp,
            P2pWriteKind        kind,
            GBytes             *value)
{
  if (!stamp->owner->certified || self->table->judge == NULL)
    return P2P_SYNC_GOOD;
  if (!self->restored || !stamp->owner->mine || !is_spelled (self, stamp, kind, value))
    return P2P_SYNC_UNSIGNED;
  stamp->proof = p2p_sync_proof_new (NULL, NULL);
  p2p_sync_table_add_unproven (self->table, stamp->proof, stamp->clock.id, NULL);
  return P2P_SYNC_GOOD;
}

static P2pSyncVerdict
prove_base (const Prover     *self,
            P2pSyncContender *contender)
{
  P2pWriteKind kind = contender->base != NULL ? P2P_WRITE_STORE : P2P_WRITE_DELETE;
  P2pSyncStamp *stamp = &contender->base_stamp;
  P2pSyncToldProof *told = find_proof (self, stamp->clock.id);

  if (told == NULL || self->table->judge == NULL)
    return miss_proof (self, stamp, kind, contender->base);
  return is_spelled (self, stamp, kind, contender->base) ? prove_stamp (self, stamp, told) : P2P_SYNC_FORGED;
}

/* Whoever chose the pairs: by their digests. */
static gboolean
has_pair (const Prover     *self,
          P2pSyncToldProof *told,
          P2pSyncField     *field)
{
  g_autoptr (GByteArray) pair = g_byte_array_new ();
  guint64 digest;

  if (told->pairs == NULL)
    {
      const guint8 *name, *value;
      gsize name_length, value_length;
      P2pMapIter iter;

      told->pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      told->clock = field->stamp.clock;
      if (is_spelled (self, &field->stamp, P2P_WRITE_DELTA, told->map) && p2p_map_iter_init (&iter, told->map))
        while (p2p_map_iter_next (&iter, &name, &name_length, &value, &value_length))
          {
            digest = p2p_sha256_number (name, name_length + value_length);
            g_hash_table_add (told->pairs, g_memdup2 (&digest, sizeof digest));
          }
    }
  g_byte_array_append (pair, g_bytes_get_data (field->name, NULL), (guint) g_bytes_get_size (field->name));
  g_byte_array_append (pair, g_bytes_get_data (field->value, NULL), (guint) g_bytes_get_size (field->value));
  digest = p2p_sha256_number (pair->data, pair->len);
  return p2p_write_clock_compare (&told->clock, &field->stamp.clock) == 0 && g_hash_table_contains (told->pairs, &digest);
}

static P2pSyncVerdict
prove_field (const Prover *self,
             P2pSyncField *field)
{
  P2pSyncToldProof *told = find_proof (self, field->stamp.clock.id);
  g_autoptr (GBytes) map = NULL;

  if (told != NULL && told->map != NULL && self->table->judge != NULL)
    return has_pair (self, told, field) ? prove_stamp (self, &field->stamp, told) : P2P_SYNC_FORGED;
  map = p2p_sync_make_map (field->name, field->value);
  if (told == NULL || self->table->judge == NULL)
    return miss_proof (self, &field->stamp, P2P_WRITE_DELTA, map);
  return is_spelled (self, &field->stamp, P2P_WRITE_DELTA, map) ? prove_stamp (self, &field->stamp, told) : P2P_SYNC_FORGED;
}

/* It is the base, or a field, or a delta of which nothing is left; or it was told in another part, and we have it. */
static P2pSyncVerdict
prove_newest (const Prover     *self,
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
  told = self->table->judge != NULL ? find_proof (self, newest->clock.id) : NULL;
  if (told == NULL)
    return newest->owner->certified ? P2P_SYNC_UNSIGNED : P2P_SYNC_GOOD;
  if (told->map == NULL || !is_spelled (self, newest, P2P_WRITE_DELTA, told->map))
    return P2P_SYNC_FORGED;
  return prove_stamp (self, newest, told);
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
  else if (!p2p_sync_row_read (contender->newest.proof->bytes, &contender->newest.clock, deleted, &row))
    return FALSE;
  contender->since = row.since;
  contender->n_marks = row.n_marks;
  contender->marks = g_renew (P2pSyncMark, contender->marks, row.n_marks);
  memcpy (contender->marks, row.marks, row.n_marks * sizeof *row.marks);
  return TRUE;
}

/* With leases nobody but its owner wrote it. */
static gboolean
is_ones_own (const P2pSyncContender *contender)
{
  if (contender->based && contender->base_stamp.owner != contender->newest.owner)
    return FALSE;
  for (guint i = 0; contender->fields != NULL && i < contender->fields->len; i++)
    if (((P2pSyncField *) g_ptr_array_index (contender->fields, i))->stamp.owner != contender->newest.owner)
      return FALSE;
  return TRUE;
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
  Prover self = { table, key, record != NULL ? p2p_sync_record_find (record, contender->newest.owner, TRUE) : NULL, proofs, restored };
  P2pSyncVerdict verdict = P2P_SYNC_GOOD;

  if (table->judge == NULL)
    return P2P_SYNC_GOOD;
  if (table->leasing && contender->newest.owner->certified && !is_ones_own (contender))
    return P2P_SYNC_FORGED;
  if (contender->based)
    verdict = prove_base (&self, contender);
  for (guint i = 0; verdict == P2P_SYNC_GOOD && contender->fields != NULL && i < contender->fields->len; i++)
    verdict = prove_field (&self, g_ptr_array_index (contender->fields, i));
  if (verdict == P2P_SYNC_GOOD)
    verdict = prove_newest (&self, contender);
  if (verdict != P2P_SYNC_GOOD)
    return verdict;
  /* Some of it may have made his key known. */
  if (contender->newest.owner->certified && contender->newest.proof == NULL)
    return P2P_SYNC_UNSIGNED;
  return !(table->leasing && contender->newest.proof != NULL && !is_ones_own (contender)) && set_row (&self, contender) ? P2P_SYNC_GOOD : P2P_SYNC_FORGED;
}
