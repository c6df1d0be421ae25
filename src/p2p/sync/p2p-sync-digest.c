/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What two tables compare. */
#include "p2p-sync-table-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"

guint64
p2p_sync_key_digest (const guint8 *key,
                     gsize         length)
{
  return p2p_sha256_number (key, length);
}

static void
append_number (GByteArray *into,
               guint64     number)
{
  number = GUINT64_TO_BE (number);
  g_byte_array_append (into, (const guint8 *) &number, sizeof number);
}

#define SIGNED (G_GUINT64_CONSTANT (1) << 63)

static void
append_stamp (GByteArray         *into,
              const P2pSyncStamp *stamp)
{
  /* Who knows what proves it and who does not: not the same. Which of two proofs it is does not matter. */
  append_number (into, strlen (stamp->owner->name) | (stamp->proof != NULL ? SIGNED : 0));
  g_byte_array_append (into, (const guint8 *) stamp->owner->name, (guint) strlen (stamp->owner->name));
  append_number (into, (guint64) stamp->clock.time);
  append_number (into, stamp->clock.sequence);
  g_byte_array_append (into, stamp->clock.id, sizeof stamp->clock.id);
}

/* By its digest, when it is long: a value may be megabytes. */
static void
append_bytes (GByteArray *into,
              GBytes     *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint8 digest[P2P_SHA256_LENGTH];

  append_number (into, length);
  if (length <= sizeof digest)
    {
      g_byte_array_append (into, data, (guint) length);
      return;
    }
  p2p_sha256 (data, length, digest);
  g_byte_array_append (into, digest, sizeof digest);
}

/* 20 bytes */
void
p2p_sync_mark_append (const P2pSyncMark *mark,
                      GByteArray        *into)
{
  guint32 sequence = GUINT32_TO_BE (mark->sequence);

  append_number (into, (guint64) mark->time << 1 | (mark->deleted ? 1 : 0));
  g_byte_array_append (into, (const guint8 *) &sequence, sizeof sequence);
  append_number (into, mark->id);
}

static void
append_contender (GByteArray             *into,
                  const P2pSyncContender *contender)
{
  append_stamp (into, &contender->newest);
  append_number (into, (guint64) contender->since);
  append_number (into, contender->n_marks);
  for (guint i = 0; i < contender->n_marks; i++)
    p2p_sync_mark_append (&contender->marks[i], into);
  append_number (into, (contender->based ? 1 : 0) | (contender->base != NULL ? 2 : 0));
  if (contender->based)
    append_stamp (into, &contender->base_stamp);
  if (contender->base != NULL)
    append_bytes (into, contender->base);
  append_number (into, contender->fields != NULL ? contender->fields->len : 0);
  for (guint i = 0; contender->fields != NULL && i < contender->fields->len; i++)
    {
      const P2pSyncField *field = g_ptr_array_index (contender->fields, i);

      append_bytes (into, field->name);
      append_bytes (into, field->value);
      append_stamp (into, &field->stamp);
    }
}

/* Contenders are in the order of their owners: the same wherever the same is known. */
void
p2p_sync_record_digest (P2pSyncRecord *self)
{
  g_autoptr (GByteArray) all = g_byte_array_sized_new (512);

  append_bytes (all, self->key);
  if (self->settled_owner != NULL)
    {
      append_number (all, (guint64) self->settled);
      append_number (all, strlen (self->settled_owner->name));
      g_byte_array_append (all, (const guint8 *) self->settled_owner->name, (guint) strlen (self->settled_owner->name));
      append_number (all, self->left != NULL);
      if (self->left != NULL)
        append_bytes (all, self->left);
    }
  for (guint i = 0; i < self->contenders->len; i++)
    append_contender (all, g_ptr_array_index (self->contenders, i));
  self->digest = p2p_sha256_number (all->data, all->len);
}

/* ---- comparing ---- */

guint64
p2p_sync_table_get_bucket (P2pSyncTable *self,
                           guint         bucket)
{
  g_return_val_if_fail (bucket < P2P_TABLE_BUCKETS, 0);

  return self->sums[bucket];
}

void
p2p_sync_table_get_root (P2pSyncTable *self,
                         guint8        root[32])
{
  guint64 sums[P2P_TABLE_BUCKETS];

  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    sums[i] = GUINT64_TO_BE (self->sums[i]);
  p2p_sha256 ((const guint8 *) sums, sizeof sums, root);
}

static int
compare_digests (gconstpointer a,
                 gconstpointer b)
{
  const P2pSyncRecord *one = *(P2pSyncRecord *const *) a;
  const P2pSyncRecord *other = *(P2pSyncRecord *const *) b;

  return (one->key_digest > other->key_digest) - (one->key_digest < other->key_digest);
}

static void
make_list (P2pSyncTable *self,
           guint         bucket)
{
  g_autoptr (GPtrArray) records = g_ptr_array_copy (self->buckets[bucket], NULL, NULL);

  g_ptr_array_sort (records, compare_digests);
  g_byte_array_set_size (self->listed, 0);
  for (guint i = 0; i < records->len; i++)
    {
      P2pSyncRecord *record = g_ptr_array_index (records, i);
      guint64 pair[2] = { GUINT64_TO_BE (record->key_digest), GUINT64_TO_BE (record->digest) };

      g_byte_array_append (self->listed, (const guint8 *) pair, sizeof pair);
    }
  self->listed_bucket = (int) bucket;
}

/* A peer may ask for it part by part, by a small frame each, and whoever wants to chooses keys that are all in one. */
void
p2p_sync_table_list_bucket (P2pSyncTable *self,
                            guint         bucket,
                            GByteArray   *into)
{
  g_return_if_fail (bucket < P2P_TABLE_BUCKETS);

  if (self->listed_bucket != (int) bucket)
    make_list (self, bucket);
  g_byte_array_append (into, self->listed->data, self->listed->len);
}

GBytes *
p2p_sync_table_find_digest (P2pSyncTable *self,
                            const guint8  digest[8])
{
  guint64 number;
  P2pSyncRecord *record;

  memcpy (&number, digest, sizeof number);
  number = GUINT64_FROM_BE (number);
  record = g_hash_table_lookup (self->records, &number);
  return record != NULL ? record->key : NULL;
}
