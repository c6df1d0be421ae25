/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-sync-proof.h"

#include <string.h>

#include "../wire/p2p-digest.h"

/* ---- owners ---- */

P2pSyncOwner *
p2p_sync_owner_ref (P2pSyncOwner *self)
{
  self->refs++;
  return self;
}

void
p2p_sync_owner_unref (P2pSyncTable *table,
                      P2pSyncOwner *self)
{
  if (--self->refs > 0)
    return;
  g_hash_table_remove (table->owners, &self->digest);
  if (table->recent_owner == self)
    table->recent_owner = NULL;
  g_free (self);
}

/* A reference. By a digest, as names are strangers', who could choose them alike. */
P2pSyncOwner *
p2p_sync_table_intern (P2pSyncTable *self,
                       const char   *name,
                       gsize         length)
{
  P2pSyncOwner *owner = self->recent_owner;
  guint64 digest;

  if (owner != NULL && strlen (owner->name) == length && memcmp (owner->name, name, length) == 0)
    return p2p_sync_owner_ref (owner);
  digest = p2p_sync_key_digest ((const guint8 *) name, length);
  owner = g_hash_table_lookup (self->owners, &digest);
  if (owner != NULL)
    {
      self->recent_owner = owner;
      return p2p_sync_owner_ref (owner);
    }
  owner = g_malloc0 (sizeof *owner + length + 1);
  owner->digest = digest;
  owner->refs = 1;
  memcpy (owner->name, name, length);
  owner->mine = self->own_id != NULL && strcmp (owner->name, self->own_id) == 0;
  owner->certified = self->judge != NULL && !self->judge->believes && (owner->mine || self->judge->is_certified (owner->name, self->judge_data));
  g_hash_table_insert (self->owners, &owner->digest, owner);
  return owner;
}

void
p2p_sync_table_set_owner_form (P2pSyncTable *self,
                               const char   *name,
                               P2pIdForm     form)
{
  guint64 digest = p2p_sync_key_digest ((const guint8 *) name, strlen (name));
  P2pSyncOwner *owner = g_hash_table_lookup (self->owners, &digest);

  if (owner != NULL)
    owner->form = form;
}

/* ---- the index ---- */

/* By their bytes; the shorter of two that begin alike is first. */
static int
compare_records (gconstpointer a,
                 gconstpointer b,
                 gpointer      data)
{
  const P2pSyncRecord *one = a;
  const P2pSyncRecord *other = b;
  int order;

  if (one->key_begin != other->key_begin)
    return one->key_begin < other->key_begin ? -1 : 1;
  order = memcmp (one->key_bytes, other->key_bytes, MIN (one->key_length, other->key_length));
  return order != 0 ? order : (one->key_length > other->key_length) - (one->key_length < other->key_length);
}

guint64
p2p_sync_table_digest (P2pSyncTable *self,
                       const guint8 *key,
                       gsize         length)
{
  if (length == 0 || length > sizeof self->recent)
    return p2p_sync_key_digest (key, length);
  if (self->recent_length != length || memcmp (self->recent, key, length) != 0)
    {
      self->recent_digest = p2p_sync_key_digest (key, length);
      self->recent_length = length;
      memcpy (self->recent, key, length);
    }
  return self->recent_digest;
}

P2pSyncRecord *
p2p_sync_table_find (P2pSyncTable *self,
                     const guint8 *key,
                     gsize         length)
{
  guint64 digest = p2p_sync_table_digest (self, key, length);
  P2pSyncRecord *record = g_hash_table_lookup (self->records, &digest);

  return record != NULL && record->key_length == length && memcmp (record->key_bytes, key, length) == 0 ? record : NULL;
}

static guint
bucket_of (const P2pSyncRecord *record)
{
  return (guint) (record->key_digest >> 56);
}

static void
add_to_sum (P2pSyncTable        *self,
            const P2pSyncRecord *record,
            guint64              digest)
{
  guint bucket = bucket_of (record);

  self->sums[bucket] += digest;
  if (self->listed_bucket == (int) bucket)
    self->listed_bucket = -1;
}

void
p2p_sync_table_add (P2pSyncTable  *self,
                    P2pSyncRecord *record)
{
  GPtrArray *bucket = self->buckets[bucket_of (record)];

  g_hash_table_insert (self->records, &record->key_digest, record);
  record->place = bucket->len;
  g_ptr_array_add (bucket, record);
  record->iter = g_sequence_insert_sorted (self->all, record, compare_records, NULL);
}

static void
take_from_passing (P2pSyncTable  *self,
                   P2pSyncRecord *record)
{
  P2pSyncRecord *last;

  if (record->passing == 0)
    return;
  last = g_ptr_array_index (self->passing, self->passing->len - 1);
  last->passing = record->passing;
  g_ptr_array_remove_index_fast (self->passing, record->passing - 1);
  record->passing = 0;
}

/* What it came to before no longer counts. */
void
p2p_sync_table_uncount (P2pSyncTable  *self,
                        P2pSyncRecord *record)
{
  add_to_sum (self, record, -record->digest);
  self->bytes -= record->size;
  record->digest = 0;
  record->size = 0;
  if (record->counted == NULL)
    return;
  record->counted->n_keys--;
  p2p_sync_owner_unref (self, record->counted);
  record->counted = NULL;
}

/* Before the next one in the order that lives: it is near, unless most are deleted. */
static GSequenceIter *
insert_live (P2pSyncTable  *self,
             P2pSyncRecord *record)
{
  GSequenceIter *iter = record->iter;

  for (guint i = 0; i < 16; i++)
    {
      const P2pSyncRecord *next;

      iter = g_sequence_iter_next (iter);
      if (g_sequence_iter_is_end (iter))
        return g_sequence_append (self->live, record);
      next = g_sequence_get (iter);
      if (next->live != NULL)
        return g_sequence_insert_before (next->live, record);
    }
  return g_sequence_insert_sorted (self->live, record, compare_records, NULL);
}

void
p2p_sync_table_count (P2pSyncTable  *self,
                      P2pSyncRecord *record)
{
  gboolean living = record->value != NULL;
  gsize others = 0;

  p2p_sync_record_digest (record);
  add_to_sum (self, record, record->digest);
  record->size = P2P_SYNC_RECORD_BYTES + g_bytes_get_size (record->key) + p2p_sync_size (record->left);
  for (guint i = 0; i < record->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (record->contenders, i);
      gsize size = p2p_sync_contender_cost (contender);

      p2p_sync_contender_count (self, contender, contender == record->holder ? size + record->size : size);
      others += size;
    }
  record->size += others;
  self->bytes += record->size;
  record->counted = p2p_sync_owner_ref (record->holder->newest.owner);
  record->counted->n_keys++;
  if (living && record->live == NULL)
    record->live = insert_live (self, record);
  else if (!living && record->live != NULL)
    g_clear_pointer (&record->live, g_sequence_remove);
  if (living && record->contenders->len == 1)
    take_from_passing (self, record);
  else if (record->passing == 0)
    {
      g_ptr_array_add (self->passing, record);
      record->passing = self->passing->len;
    }
}

/* Who holds the key now, and what that comes to. FALSE: all that is known is what it was. */
gboolean
p2p_sync_table_settle (P2pSyncTable  *self,
                       P2pSyncRecord *record,
                       gint64         now)
{
  guint64 before = record->digest;

  p2p_sync_record_resolve (self, record, &self->limits, now);
  if (record->iter == NULL)
    p2p_sync_table_add (self, record);
  else
    p2p_sync_table_uncount (self, record);
  p2p_sync_table_count (self, record);
  return record->digest != before;
}

void
p2p_sync_table_remove (P2pSyncTable  *self,
                       P2pSyncRecord *record)
{
  GPtrArray *bucket = self->buckets[bucket_of (record)];
  P2pSyncRecord *last;

  p2p_sync_table_uncount (self, record);
  take_from_passing (self, record);
  g_clear_pointer (&record->live, g_sequence_remove);
  g_clear_pointer (&record->iter, g_sequence_remove);
  last = g_ptr_array_index (bucket, bucket->len - 1);
  last->place = record->place;
  g_ptr_array_remove_index_fast (bucket, record->place);
  g_hash_table_remove (self->records, &record->key_digest);
  p2p_sync_record_free (self, record);
}

/* ---- life ---- */

P2pSyncTable *
p2p_sync_table_new (const P2pLimits *limits,
                    gboolean         leasing)
{
  P2pSyncTable *self = g_new0 (P2pSyncTable, 1);

  self->limits = *p2p_limits_or_default (limits);
  self->leasing = leasing;
  self->records = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->owners = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->all = g_sequence_new (NULL);
  self->live = g_sequence_new (NULL);
  self->passing = g_ptr_array_new ();
  self->listed = g_byte_array_new ();
  self->listed_bucket = -1;
  self->unproven = p2p_sync_unproven_list ();
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    self->buckets[i] = g_ptr_array_new ();
  return self;
}

void
p2p_sync_table_free (P2pSyncTable *self)
{
  g_array_unref (self->unproven);
  g_sequence_free (self->all);
  g_sequence_free (self->live);
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    {
      for (guint j = 0; j < self->buckets[i]->len; j++)
        p2p_sync_record_free (self, g_ptr_array_index (self->buckets[i], j));
      g_ptr_array_unref (self->buckets[i]);
    }
  g_ptr_array_unref (self->passing);
  g_byte_array_unref (self->listed);
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->owners);
  g_free (self->own_id);
  g_free (self);
}

/* ---- reading ---- */

static gboolean
fill_state (P2pSyncTable  *self,
            P2pSyncRecord *record,
            P2pSyncState  *state)
{
  P2pSyncContender *holder = record->holder;

  state->key = record->key;
  state->value = record->value;
  state->owner = holder->newest.owner->name;
  state->owner_form = holder->newest.owner->form;
  state->clock = holder->newest.clock;
  state->lease_start = self->leasing ? record->acquired : 0;
  state->lease_end = self->leasing && state->value != NULL ? holder->newest.clock.time + P2P_LEASE_SECONDS + 1 : 0;
  state->old = record->old;
  state->is_signed = p2p_sync_record_is_signed (record);
  return TRUE;
}

gboolean
p2p_sync_table_lookup (P2pSyncTable *self,
                       const guint8 *key,
                       gsize         key_length,
                       P2pSyncState *state)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);

  return record != NULL && fill_state (self, record, state);
}

guint
p2p_sync_table_get_n_keys (P2pSyncTable *self)
{
  return (guint) g_sequence_get_length (self->live);
}

guint
p2p_sync_table_get_n_records (P2pSyncTable *self)
{
  return g_hash_table_size (self->records);
}

gsize
p2p_sync_table_get_bytes (P2pSyncTable *self)
{
  return self->bytes;
}

gboolean
p2p_sync_table_next (P2pSyncTable *self,
                     GBytes       *from,
                     P2pSyncState *state)
{
  GSequenceIter *iter = g_sequence_get_begin_iter (self->all);

  if (from != NULL)
    {
      P2pSyncRecord *sought = p2p_sync_record_new (from, 0);

      /* behind one that is equal */
      iter = g_sequence_search (self->all, sought, compare_records, NULL);
      p2p_sync_record_free (self, sought);
    }
  return !g_sequence_iter_is_end (iter) && fill_state (self, g_sequence_get (iter), state);
}

int
p2p_sync_table_get_position (P2pSyncTable *self,
                             const guint8 *key,
                             gsize         key_length)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);

  return record != NULL && record->live != NULL ? g_sequence_iter_get_position (record->live) : -1;
}

gboolean
p2p_sync_table_get_nth (P2pSyncTable *self,
                        guint         position,
                        P2pSyncState *state)
{
  if (position >= (guint) g_sequence_get_length (self->live))
    return FALSE;
  return fill_state (self, g_sequence_get (g_sequence_get_iter_at_pos (self->live, (int) position)), state);
}

/* ---- time ---- */

guint
p2p_sync_table_expire (P2pSyncTable *self,
                       gint64        now)
{
  return p2p_sync_table_expire_into (self, now, NULL);
}

guint
p2p_sync_table_expire_into (P2pSyncTable *self,
                            gint64        now,
                            GPtrArray    *changed)
{
  guint n = 0;

  for (guint i = self->passing->len; i-- > 0;)
    {
      P2pSyncRecord *record = g_ptr_array_index (self->passing, i);
      gboolean over = record->live == NULL && record->holder->newest.clock.time + P2P_TOMBSTONE_SECONDS < now;
      g_autoptr (GBytes) key = g_bytes_ref (record->key);

      if (over)
        {
          p2p_sync_table_remove (self, record);
          n++;
        }
      else if (record->contenders->len < 2 || !p2p_sync_table_settle (self, record, now))
        continue;
      if (changed != NULL)
        g_ptr_array_add (changed, g_steal_pointer (&key));
    }
  return n;
}

void
p2p_sync_table_confirm_all (P2pSyncTable *self)
{
  for (GSequenceIter *iter = g_sequence_get_begin_iter (self->all); !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    ((P2pSyncRecord *) g_sequence_get (iter))->old = FALSE;
}

gboolean
p2p_sync_table_confirm (P2pSyncTable *self,
                        const guint8 *key,
                        gsize         key_length)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);
  gboolean old = record != NULL && record->old;

  if (old)
    record->old = FALSE;
  return old;
}
