/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-sync-record-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-skim-private.h"

#define FUTURE_SECONDS 60
/* What a record costs beside its key and what its owners wrote: its places in the index. */
#define RECORD_BYTES 256

struct _P2pSyncTable {
  P2pLimits limits;
  gboolean leasing;
  GHashTable *records;          /* guint64 key digest: P2pSyncRecord */
  GHashTable *owners;           /* guint64 digest of the name: P2pSyncOwner */
  GSequence *all;               /* P2pSyncRecord by the bytes of their keys */
  GSequence *live;              /* those with a value */
  GPtrArray *buckets[P2P_TABLE_BUCKETS];        /* by the key digest's first byte; in no order */
  guint64 sums[P2P_TABLE_BUCKETS];
  gsize bytes;
};

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
  g_free (self);
}

/* A reference. By a digest, as names are strangers', who could choose them alike. */
P2pSyncOwner *
p2p_sync_table_intern (P2pSyncTable *self,
                       const char   *name,
                       gsize         length)
{
  guint64 digest = p2p_sync_key_digest ((const guint8 *) name, length);
  P2pSyncOwner *owner = g_hash_table_lookup (self->owners, &digest);

  if (owner != NULL)
    return p2p_sync_owner_ref (owner);
  owner = g_malloc0 (sizeof *owner + length + 1);
  owner->digest = digest;
  owner->refs = 1;
  memcpy (owner->name, name, length);
  g_hash_table_insert (self->owners, &owner->digest, owner);
  return owner;
}

/* ---- the index ---- */

typedef struct {
  const guint8 *bytes;
  gsize length;
} Key;

static int
compare_key (GBytes    *a,
             const Key *b)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (a, &length);
  int order = length == 0 || b->length == 0 ? 0 : memcmp (bytes, b->bytes, MIN (length, b->length));

  return order != 0 ? order : (length > b->length) - (length < b->length);
}

static int
compare_records (gconstpointer a,
                 gconstpointer b,
                 gpointer      data)
{
  const P2pSyncRecord *other = b;
  Key key;

  key.bytes = g_bytes_get_data (other->key, &key.length);
  return compare_key (((const P2pSyncRecord *) a)->key, &key);
}

/* The record that is looked for has no key of its own: data is the key. */
static int
compare_sought (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  return a != NULL ? compare_key (((const P2pSyncRecord *) a)->key, data) : -compare_key (((const P2pSyncRecord *) b)->key, data);
}

static P2pSyncRecord *
find_record (P2pSyncTable *self,
             const guint8 *key,
             gsize         length)
{
  guint64 digest = p2p_sync_key_digest (key, length);
  P2pSyncRecord *record = g_hash_table_lookup (self->records, &digest);
  Key sought = { key, length };

  return record != NULL && compare_key (record->key, &sought) == 0 ? record : NULL;
}

static guint
bucket_of (const P2pSyncRecord *record)
{
  return (guint) (record->key_digest >> 56);
}

static void
add_record (P2pSyncTable  *self,
            P2pSyncRecord *record)
{
  GPtrArray *bucket = self->buckets[bucket_of (record)];

  g_hash_table_insert (self->records, &record->key_digest, record);
  record->place = bucket->len;
  g_ptr_array_add (bucket, record);
  record->iter = g_sequence_insert_sorted (self->all, record, compare_records, NULL);
}

/* What it came to before no longer counts. */
static void
uncount (P2pSyncTable  *self,
         P2pSyncRecord *record)
{
  self->sums[bucket_of (record)] -= record->digest;
  self->bytes -= record->size;
  record->digest = 0;
  record->size = 0;
  if (record->counted == NULL)
    return;
  record->counted->n_keys--;
  p2p_sync_owner_unref (self, record->counted);
  record->counted = NULL;
}

static void
count (P2pSyncTable  *self,
       P2pSyncRecord *record)
{
  gboolean living = p2p_sync_contender_get_value (record->holder) != NULL;

  p2p_sync_record_digest (record);
  self->sums[bucket_of (record)] += record->digest;
  record->size = RECORD_BYTES + g_bytes_get_size (record->key);
  for (guint i = 0; i < record->contenders->len; i++)
    record->size += p2p_sync_contender_size (g_ptr_array_index (record->contenders, i));
  self->bytes += record->size;
  record->counted = p2p_sync_owner_ref (record->holder->newest.owner);
  record->counted->n_keys++;
  if (living && record->live == NULL)
    record->live = g_sequence_insert_sorted (self->live, record, compare_records, NULL);
  else if (!living && record->live != NULL)
    g_clear_pointer (&record->live, g_sequence_remove);
}

static void
remove_record (P2pSyncTable  *self,
               P2pSyncRecord *record)
{
  GPtrArray *bucket = self->buckets[bucket_of (record)];
  P2pSyncRecord *last;

  uncount (self, record);
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
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    self->buckets[i] = g_ptr_array_new ();
  return self;
}

void
p2p_sync_table_free (P2pSyncTable *self)
{
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    {
      while (self->buckets[i]->len > 0)
        remove_record (self, g_ptr_array_index (self->buckets[i], self->buckets[i]->len - 1));
      g_ptr_array_unref (self->buckets[i]);
    }
  g_sequence_free (self->all);
  g_sequence_free (self->live);
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->owners);
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
  state->value = p2p_sync_contender_get_value (holder);
  state->owner = holder->newest.owner->name;
  state->clock = holder->newest.clock;
  state->lease_start = self->leasing ? holder->start : 0;
  state->lease_end = self->leasing && state->value != NULL ? holder->newest.clock.time + P2P_LEASE_SECONDS + 1 : 0;
  state->old = record->old;
  return TRUE;
}

gboolean
p2p_sync_table_lookup (P2pSyncTable *self,
                       const guint8 *key,
                       gsize         key_length,
                       P2pSyncState *state)
{
  P2pSyncRecord *record = find_record (self, key, key_length);

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
      Key key;

      key.bytes = g_bytes_get_data (from, &key.length);
      /* behind those that are equal */
      iter = g_sequence_search (self->all, NULL, compare_sought, &key);
    }
  return !g_sequence_iter_is_end (iter) && fill_state (self, g_sequence_get (iter), state);
}

int
p2p_sync_table_get_position (P2pSyncTable *self,
                             const guint8 *key,
                             gsize         key_length)
{
  P2pSyncRecord *record = find_record (self, key, key_length);

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

/* ---- checks ---- */

static gboolean
check_key (P2pSyncTable  *self,
           gsize          length,
           GError       **error)
{
  if (length > 0 && length <= self->limits.table_key)
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY,
               length == 0 ? "A key may not be empty" : "A key of %" G_GSIZE_FORMAT " bytes is over the limit of %u",
               length, self->limits.table_key);
  return FALSE;
}

static gboolean
check_value (P2pSyncTable    *self,
             const P2pWrite  *write,
             GError         **error)
{
  const guint8 *data;
  gsize length;
  gsize used = 0;

  if (write->kind == P2P_WRITE_DELETE)
    return TRUE;
  if (write->value == NULL || g_bytes_get_size (write->value) == 0)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "There is no value");
      return FALSE;
    }
  data = g_bytes_get_data (write->value, &length);
  if (length > self->limits.table_value)
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE, "A value of %" G_GSIZE_FORMAT " bytes is over the limit of %u",
                   length, self->limits.table_value);
      return FALSE;
    }
  if (data[0] == 0xc0 || !p2p_skim_values (data, length, 1, &self->limits, &used, NULL) || used != length)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE,
                           data[0] == 0xc0 ? "Nil is no value: a key is deleted instead" : "The value is malformed");
      return FALSE;
    }
  if (write->kind == P2P_WRITE_DELTA && !p2p_sync_is_map (write->value))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta has to be a map");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_time (gint64   time,
            gint64   now,
            GError **error)
{
  if (time >= 0 && time <= now + FUTURE_SECONDS)
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIME, "The time of the write, %" G_GINT64_FORMAT ", is %s",
               time, time < 0 ? "none" : "in the future");
  return FALSE;
}

static gboolean
refuse_full (const char  *what,
             guint        limit,
             GError     **error)
{
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL, "The table is full: the limit of %u %s is reached", limit, what);
  return FALSE;
}

/* Is there room for so many more bytes, in a new record or not? */
static gboolean
check_room (P2pSyncTable        *self,
            const P2pSyncRecord *record,
            const P2pSyncOwner  *owner,
            gsize                more,
            GError             **error)
{
  if (record == NULL && p2p_sync_table_get_n_records (self) >= self->limits.table_keys)
    return refuse_full ("keys", self->limits.table_keys, error);
  if ((record == NULL || record->counted != owner) && owner->n_keys >= self->limits.table_owner_keys)
    return refuse_full ("keys of one owner", self->limits.table_owner_keys, error);
  if (self->bytes + more > self->limits.table_bytes)
    return refuse_full ("bytes", self->limits.table_bytes, error);
  return TRUE;
}

/* What a write adds at most. */
static gsize
cost_of (P2pSyncTable   *self,
         P2pSyncRecord  *record,
         P2pSyncOwner   *owner,
         gsize           key_length,
         const P2pWrite *write)
{
  P2pSyncContender *contender = record != NULL ? p2p_sync_record_find (record, owner, self->leasing) : NULL;
  gsize cost = write->value != NULL ? g_bytes_get_size (write->value) : 0;

  if (record == NULL)
    cost += RECORD_BYTES + key_length;
  if (contender == NULL)
    cost += sizeof *contender;
  else if (write->kind == P2P_WRITE_STORE && contender->base != NULL)
    cost -= MIN (cost, g_bytes_get_size (contender->base));
  if (write->kind == P2P_WRITE_DELTA)
    {
      P2pSyncMapIter iter;

      if (p2p_sync_map_iter_init (&iter, write->value))
        cost += iter.left * sizeof (P2pSyncField);
    }
  return cost;
}

/* ---- merging ---- */

typedef struct {
  const P2pSyncOwner *owner;
  P2pWriteClock clock;
  GBytes *value;
} Seen;

static Seen
look (P2pSyncRecord *record)
{
  Seen seen = { NULL, { 0, 0, { 0 } }, NULL };

  if (record->holder != NULL)
    {
      seen.owner = record->holder->newest.owner;
      seen.clock = record->holder->newest.clock;
      seen.value = p2p_sync_contender_get_value (record->holder);
      if (seen.value != NULL)
        g_bytes_ref (seen.value);
    }
  return seen;
}

static gboolean
differs (Seen          *before,
         P2pSyncRecord *record)
{
  GBytes *value = p2p_sync_contender_get_value (record->holder);
  gboolean same = before->owner == record->holder->newest.owner &&
                  p2p_write_clock_compare (&before->clock, &record->holder->newest.clock) == 0 &&
                  (before->value == value || (before->value != NULL && value != NULL && g_bytes_equal (before->value, value)));

  g_clear_pointer (&before->value, g_bytes_unref);
  return !same;
}

static gboolean
apply_delta (P2pSyncTable       *self,
             P2pSyncContender   *contender,
             const P2pSyncStamp *stamp,
             GBytes             *map)
{
  const guint8 *name, *value;
  gsize name_length, value_length;
  const guint8 *bytes = g_bytes_get_data (map, NULL);
  P2pSyncMapIter iter;
  gboolean changed = FALSE;

  if (!p2p_sync_map_iter_init (&iter, map))
    return FALSE;
  while (p2p_sync_map_iter_next (&iter, &name, &name_length, &value, &value_length))
    {
      g_autoptr (GBytes) field = g_bytes_new (name, name_length);
      g_autoptr (GBytes) content = g_bytes_new_from_bytes (map, (gsize) (value - bytes), value_length);

      changed |= p2p_sync_contender_set_field (self, contender, stamp, field, content);
    }
  return changed;
}

/* A delta of a new holder is onto what the one before him left. */
static void
inherit (P2pSyncTable       *self,
         P2pSyncRecord      *record,
         P2pSyncContender   *contender,
         const P2pSyncStamp *stamp)
{
  P2pSyncContender *holder = record->holder;

  if (holder != NULL && holder != contender && !contender->based && p2p_sync_contender_get_value (holder) != NULL &&
      p2p_write_clock_compare (&holder->newest.clock, &stamp->clock) < 0)
    p2p_sync_contender_store (self, contender, &holder->newest, p2p_sync_contender_get_value (holder));
}

static gboolean
apply_write (P2pSyncTable       *self,
             P2pSyncRecord      *record,
             const P2pSyncStamp *stamp,
             const P2pWrite     *write)
{
  P2pSyncContender *contender = p2p_sync_record_find (record, stamp->owner, self->leasing);
  gboolean changed;

  if (contender == NULL)
    {
      contender = p2p_sync_contender_new (stamp->owner);
      g_ptr_array_add (record->contenders, contender);
    }
  changed = p2p_sync_contender_note (self, contender, stamp, stamp->clock.time);
  if (write->kind == P2P_WRITE_DELTA)
    {
      inherit (self, record, contender, stamp);
      changed |= apply_delta (self, contender, stamp, write->value);
    }
  else
    changed |= p2p_sync_contender_store (self, contender, stamp, write->kind == P2P_WRITE_STORE ? write->value : NULL);
  return changed;
}

static P2pSyncRecord *
make_record (P2pSyncTable  *self,
             const guint8  *key,
             gsize          length,
             GError       **error)
{
  guint64 digest = p2p_sync_key_digest (key, length);
  g_autoptr (GBytes) bytes = NULL;

  if (g_hash_table_contains (self->records, &digest))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "Another key has the same digest");
      return NULL;
    }
  bytes = g_bytes_new (key, length);
  return p2p_sync_record_new (bytes, digest);
}

/* After a change: who holds the key now, and what that comes to. */
static void
settle (P2pSyncTable  *self,
        P2pSyncRecord *record)
{
  p2p_sync_record_resolve (self, record, self->leasing, self->limits.table_contenders);
  if (record->iter == NULL)
    add_record (self, record);
  else
    uncount (self, record);
  count (self, record);
}

P2pMerge
p2p_sync_table_merge (P2pSyncTable    *self,
                      const guint8    *key,
                      gsize            key_length,
                      const P2pWrite  *write,
                      gint64           now,
                      GError         **error)
{
  P2pSyncRecord *record;
  P2pSyncStamp stamp;
  Seen before;
  gboolean changed;
  P2pMerge result = P2P_MERGE_OLD;

  if (!check_key (self, key_length, error) || !check_value (self, write, error) || !check_time (write->clock.time, now, error))
    return P2P_MERGE_REFUSED;
  stamp.clock = write->clock;
  stamp.owner = p2p_sync_table_intern (self, write->owner, strlen (write->owner));
  record = find_record (self, key, key_length);
  if (!check_room (self, record, stamp.owner, cost_of (self, record, stamp.owner, key_length, write), error) ||
      (record == NULL && (record = make_record (self, key, key_length, error)) == NULL))
    {
      p2p_sync_owner_unref (self, stamp.owner);
      return P2P_MERGE_REFUSED;
    }

  before = look (record);
  changed = apply_write (self, record, &stamp, write);
  if (changed)
    {
      settle (self, record);
      record->old = FALSE;
    }
  if (differs (&before, record))
    result = P2P_MERGE_CHANGED;
  else if (changed)
    result = P2P_MERGE_NOTED;
  p2p_sync_owner_unref (self, stamp.owner);
  return result;
}

/* ---- a whole record ---- */

static gboolean
apply_contender (P2pSyncTable     *self,
                 P2pSyncRecord    *record,
                 P2pSyncContender *other)
{
  P2pSyncContender *contender = p2p_sync_record_find (record, other->newest.owner, self->leasing);
  gboolean changed;

  if (contender == NULL)
    {
      contender = p2p_sync_contender_new (other->newest.owner);
      g_ptr_array_add (record->contenders, contender);
    }
  changed = p2p_sync_contender_note (self, contender, &other->newest, other->start);
  if (other->based)
    changed |= p2p_sync_contender_store (self, contender, &other->base_stamp, other->base);
  for (guint i = 0; other->fields != NULL && i < other->fields->len; i++)
    {
      P2pSyncField *field = g_ptr_array_index (other->fields, i);

      changed |= p2p_sync_contender_set_field (self, contender, &field->stamp, field->name, field->value);
    }
  return changed;
}

static gboolean
refuse_record (GError **error)
{
  g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "The record is malformed");
  return FALSE;
}

/* All of a packed record, checked, before any of it is believed. */
static gboolean
read_record (P2pSyncTable  *self,
             GVariant      *packed,
             gint64         now,
             GBytes       **key,
             GPtrArray     *contenders,
             GError       **error)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  if (!p2p_sync_unpack_key (packed, key, children, self->limits.table_contenders))
    return refuse_record (error);
  if (!check_key (self, g_bytes_get_size (*key), error))
    return FALSE;
  for (guint i = 0; i < children->len; i++)
    {
      P2pSyncContender *contender = p2p_sync_unpack_contender (self, g_ptr_array_index (children, i), &self->limits);

      if (contender == NULL)
        return refuse_record (error);
      g_ptr_array_add (contenders, contender);
      if (!check_time (contender->newest.clock.time, now, error))
        return FALSE;
    }
  return TRUE;
}

static P2pMerge
merge_contenders (P2pSyncTable  *self,
                  GBytes        *key,
                  GPtrArray     *contenders,
                  gboolean       restored,
                  GError       **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  P2pSyncRecord *record = find_record (self, bytes, length);
  P2pSyncContender *first = g_ptr_array_index (contenders, 0);
  gsize size = record == NULL ? RECORD_BYTES + length : 0;
  gboolean fresh = record == NULL;
  gboolean changed = FALSE;
  Seen before;

  for (guint i = 0; i < contenders->len; i++)
    size += p2p_sync_contender_size (g_ptr_array_index (contenders, i));
  if (!check_room (self, record, first->newest.owner, size, error) ||
      (record == NULL && (record = make_record (self, bytes, length, error)) == NULL))
    return P2P_MERGE_REFUSED;

  before = look (record);
  for (guint i = 0; i < contenders->len; i++)
    changed |= apply_contender (self, record, g_ptr_array_index (contenders, i));
  if (changed)
    settle (self, record);
  if (!restored)
    record->old = FALSE;
  else if (fresh)
    record->old = TRUE;
  if (differs (&before, record))
    return P2P_MERGE_CHANGED;
  return changed ? P2P_MERGE_NOTED : P2P_MERGE_OLD;
}

P2pMerge
p2p_sync_table_merge_packed (P2pSyncTable  *self,
                             GVariant      *packed,
                             gboolean       restored,
                             gint64         now,
                             GBytes       **key,
                             GError       **error)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (packed);
  g_autoptr (GPtrArray) contenders = g_ptr_array_new ();
  g_autoptr (GBytes) name = NULL;
  P2pMerge result = P2P_MERGE_REFUSED;

  if (key != NULL)
    *key = NULL;
  if (read_record (self, taken, now, &name, contenders, error))
    result = merge_contenders (self, name, contenders, restored, error);
  for (guint i = 0; i < contenders->len; i++)
    p2p_sync_contender_free (self, g_ptr_array_index (contenders, i));
  if (key != NULL)
    *key = g_steal_pointer (&name);
  return result;
}

/* ---- writing ---- */

static gboolean
refuse_leased (P2pSyncContender  *holder,
               gint64             now,
               GError           **error)
{
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_LEASED, "%s holds the key for another %" G_GINT64_FORMAT " seconds",
               holder->newest.owner->name, holder->newest.clock.time + P2P_LEASE_SECONDS + 1 - now);
  return FALSE;
}

static gboolean
check_holder (P2pSyncTable    *self,
              P2pSyncRecord   *record,
              const P2pWrite  *write,
              gint64           now,
              GError         **error)
{
  P2pSyncContender *holder = record->holder;

  if (self->leasing && !p2p_sync_contender_is_deleted (holder) && !g_str_equal (holder->newest.owner->name, write->owner) &&
      now <= holder->newest.clock.time + P2P_LEASE_SECONDS)
    return refuse_leased (holder, now, error);
  if (write->kind == P2P_WRITE_DELTA && p2p_sync_contender_get_value (holder) != NULL &&
      !p2p_sync_is_map (p2p_sync_contender_get_value (holder)))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "The value of the key is no map");
      return FALSE;
    }
  return TRUE;
}

/*
 * A write of our own program that is allowed has to be what is seen afterwards: not before what another left (whose clock may be ahead of
 * ours), and without leases not the one that loses its second.
 */
static gint64
first_time (P2pSyncTable        *self,
            const P2pSyncRecord *record,
            const P2pSyncOwner  *owner)
{
  const P2pSyncStamp *last = &record->holder->newest;

  if (last->owner == owner || (self->leasing && !p2p_sync_contender_is_deleted (record->holder)))
    return G_MININT64;
  return last->clock.time + (!self->leasing && p2p_sync_owner_compare (owner, last->owner) > 0 ? 1 : 0);
}

gboolean
p2p_sync_table_check_write (P2pSyncTable    *self,
                            const guint8    *key,
                            gsize            key_length,
                            const P2pWrite  *write,
                            gint64           now,
                            P2pWriteClock   *clock,
                            GError         **error)
{
  P2pSyncRecord *record;
  P2pSyncContender *contender;
  P2pSyncOwner *owner;
  gboolean room;

  memset (clock, 0, sizeof *clock);
  clock->time = now;
  if (!check_key (self, key_length, error) || !check_value (self, write, error))
    return FALSE;
  record = find_record (self, key, key_length);
  if (write->kind == P2P_WRITE_DELETE && (record == NULL || p2p_sync_contender_get_value (record->holder) == NULL))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "The table has no such key");
      return FALSE;
    }
  if (record != NULL && !check_holder (self, record, write, now, error))
    return FALSE;

  owner = p2p_sync_table_intern (self, write->owner, strlen (write->owner));
  room = check_room (self, record, owner, cost_of (self, record, owner, key_length, write), error);
  contender = room && record != NULL ? p2p_sync_record_find (record, owner, self->leasing) : NULL;
  if (record != NULL)
    clock->time = MAX (now, first_time (self, record, owner));
  if (contender != NULL && contender->newest.clock.time >= clock->time && contender->newest.owner == owner)
    {
      clock->time = contender->newest.clock.time;
      clock->sequence = contender->newest.clock.sequence + 1;
    }
  p2p_sync_owner_unref (self, owner);
  return room && check_time (clock->time, now, error);
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
                            GPtrArray    *gone)
{
  guint n = 0;
  GSequenceIter *next;

  for (GSequenceIter *iter = g_sequence_get_begin_iter (self->all); !g_sequence_iter_is_end (iter); iter = next)
    {
      P2pSyncRecord *record = g_sequence_get (iter);

      next = g_sequence_iter_next (iter);
      if (record->live != NULL || record->holder->newest.clock.time + P2P_TOMBSTONE_SECONDS >= now)
        continue;
      if (gone != NULL)
        g_ptr_array_add (gone, g_bytes_ref (record->key));
      remove_record (self, record);
      n++;
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
  P2pSyncRecord *record = find_record (self, key, key_length);
  gboolean old = record != NULL && record->old;

  if (old)
    record->old = FALSE;
  return old;
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

void
p2p_sync_table_list_bucket (P2pSyncTable *self,
                            guint         bucket,
                            GByteArray   *into)
{
  g_autoptr (GPtrArray) records = NULL;

  g_return_if_fail (bucket < P2P_TABLE_BUCKETS);

  records = g_ptr_array_copy (self->buckets[bucket], NULL, NULL);
  g_ptr_array_sort (records, compare_digests);
  for (guint i = 0; i < records->len; i++)
    {
      P2pSyncRecord *record = g_ptr_array_index (records, i);
      guint64 pair[2] = { GUINT64_TO_BE (record->key_digest), GUINT64_TO_BE (record->digest) };

      g_byte_array_append (into, (const guint8 *) pair, sizeof pair);
    }
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

GVariant *
p2p_sync_table_pack_record (P2pSyncTable *self,
                            const guint8 *key,
                            gsize         key_length)
{
  P2pSyncRecord *record = find_record (self, key, key_length);

  return record != NULL ? p2p_sync_record_pack (record) : NULL;
}
