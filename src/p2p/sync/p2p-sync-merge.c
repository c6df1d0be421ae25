/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Writes and records of others on their way into the table, and what keeps them out. */
#include "p2p-sync-table-private.h"

#include <string.h>

#include "../wire/p2p-skim-private.h"

/* How far a clock may be ahead of ours */
#define FUTURE_SECONDS 60

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
  if (write->kind == P2P_WRITE_DELTA && !p2p_is_map (write->value))
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
  if (owner->bytes + more > self->limits.table_owner_bytes)
    return refuse_full ("bytes of one owner", self->limits.table_owner_bytes, error);
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
    cost += P2P_SYNC_RECORD_BYTES + key_length;
  if (contender == NULL)
    cost += sizeof *contender;
  else if (write->kind == P2P_WRITE_STORE && contender->base != NULL)
    cost -= MIN (cost, g_bytes_get_size (contender->base));
  if (write->kind == P2P_WRITE_DELTA)
    {
      P2pMapIter iter;

      if (p2p_map_iter_init (&iter, write->value))
        cost += iter.left * sizeof (P2pSyncField);
    }
  return cost;
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
  P2pMapIter iter;
  gboolean changed = FALSE;

  if (!p2p_map_iter_init (&iter, map))
    return FALSE;
  while (p2p_map_iter_next (&iter, &name, &name_length, &value, &value_length))
    {
      g_autoptr (GBytes) field = g_bytes_new (name, name_length);
      g_autoptr (GBytes) content = g_bytes_new_from_bytes (map, (gsize) (value - bytes), value_length);

      changed |= p2p_sync_contender_set_field (self, contender, stamp, field, content);
    }
  return changed;
}

/* What a delta makes of value; NULL: more than a table holds or a reader takes. */
static GBytes *
try_delta (P2pSyncTable *self,
           GBytes       *value,
           GBytes       *map)
{
  P2pSyncOwner *nobody = p2p_sync_table_intern (self, "", 0);
  P2pSyncContender *trial = p2p_sync_contender_new (nobody);
  P2pSyncStamp stamp = { nobody, { 1, 0, { 0 } } };
  g_autoptr (GBytes) result = NULL;
  gsize length, used;

  apply_delta (self, trial, &stamp, map);
  result = p2p_sync_contender_value (trial, value, 1, 2);
  p2p_sync_contender_free (self, trial);
  p2p_sync_owner_unref (self, nobody);
  length = g_bytes_get_size (result);
  if (length > self->limits.table_value || !p2p_skim_values (g_bytes_get_data (result, NULL), length, 1, &self->limits, &used, NULL))
    return NULL;
  return g_steal_pointer (&result);
}

/* Fields add up: those that an owner has, or may come to have, and the map that they are of. */
static gboolean
check_delta (P2pSyncTable    *self,
             P2pSyncRecord   *record,
             P2pSyncOwner    *owner,
             const P2pWrite  *write,
             GError         **error)
{
  P2pSyncContender *contender = record != NULL ? p2p_sync_record_find (record, owner, self->leasing) : NULL;
  g_autoptr (GBytes) result = NULL;
  gsize sum;

  if (write->kind != P2P_WRITE_DELTA)
    return TRUE;
  sum = g_bytes_get_size (write->value);
  if (contender != NULL)
    sum += p2p_sync_contender_size (contender);
  if (record != NULL && record->value != NULL)
    sum += g_bytes_get_size (record->value);
  if (sum <= MIN (self->limits.table_value, self->limits.elements))
    return TRUE;
  result = sum <= 4 * (gsize) self->limits.table_value + 65536 ? try_delta (self, record != NULL ? record->value : NULL, write->value) : NULL;
  if (result != NULL)
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE, "With the delta the value would be over the limit of %u bytes or %u elements",
               self->limits.table_value, self->limits.elements);
  return FALSE;
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
      seen.value = record->value;
      if (seen.value != NULL)
        g_bytes_ref (seen.value);
    }
  return seen;
}

static gboolean
differs (Seen          *before,
         P2pSyncRecord *record)
{
  GBytes *value = record->value;
  gboolean same = before->owner == record->holder->newest.owner &&
                  p2p_write_clock_compare (&before->clock, &record->holder->newest.clock) == 0 &&
                  (before->value == value || (before->value != NULL && value != NULL && g_bytes_equal (before->value, value)));

  g_clear_pointer (&before->value, g_bytes_unref);
  return !same;
}

static gboolean
apply_write (P2pSyncTable       *self,
             P2pSyncRecord      *record,
             const P2pSyncStamp *stamp,
             const P2pWrite     *write)
{
  P2pSyncContender *contender = p2p_sync_record_obtain (record, stamp->owner, self->leasing);
  gboolean changed = p2p_sync_contender_mark (self, contender, stamp, write->kind == P2P_WRITE_DELETE, self->leasing);

  if (write->kind == P2P_WRITE_DELTA)
    return apply_delta (self, contender, stamp, write->value) || changed;
  return p2p_sync_contender_store (self, contender, stamp, write->kind == P2P_WRITE_STORE ? write->value : NULL) || changed;
}

static P2pSyncRecord *
make_record (P2pSyncTable  *self,
             const guint8  *key,
             gsize          length,
             GError       **error)
{
  guint64 digest = p2p_sync_table_digest (self, key, length);
  g_autoptr (GBytes) bytes = NULL;

  if (g_hash_table_contains (self->records, &digest))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "Another key has the same digest");
      return NULL;
    }
  bytes = g_bytes_new (key, length);
  return p2p_sync_record_new (bytes, digest);
}

static gboolean
check_map (P2pSyncRecord  *record,
           GError        **error)
{
  if (record->value == NULL || p2p_is_map (record->value))
    return TRUE;
  g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "The value of the key is no map");
  return FALSE;
}

static P2pMerge
merge_write (P2pSyncTable        *self,
             const guint8        *key,
             gsize                key_length,
             const P2pSyncStamp  *stamp,
             const P2pWrite      *write,
             gint64               now,
             GError             **error)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);
  Seen before;
  gboolean changed, seen;

  if (!check_room (self, record, stamp->owner, cost_of (self, record, stamp->owner, key_length, write), error) ||
      !check_delta (self, record, stamp->owner, write, error) ||
      (record == NULL && (record = make_record (self, key, key_length, error)) == NULL))
    return P2P_MERGE_REFUSED;

  before = look (record);
  changed = apply_write (self, record, stamp, write);
  if (changed)
    {
      changed = p2p_sync_table_settle (self, record, now);
      record->old = FALSE;
    }
  seen = differs (&before, record);
  /* The fields are kept all the same, for the map that they are of may come late: what is known depends on no order. */
  if (write->kind == P2P_WRITE_DELTA && record->holder->newest.owner == stamp->owner && !check_map (record, error))
    return P2P_MERGE_REFUSED;
  if (seen)
    return P2P_MERGE_CHANGED;
  return changed ? P2P_MERGE_NOTED : P2P_MERGE_OLD;
}

P2pMerge
p2p_sync_table_merge (P2pSyncTable    *self,
                      const guint8    *key,
                      gsize            key_length,
                      const P2pWrite  *write,
                      gint64           now,
                      GError         **error)
{
  P2pSyncStamp stamp;
  P2pMerge result;

  if (!check_key (self, key_length, error) || !check_value (self, write, error) || !check_time (write->clock.time, now, error))
    return P2P_MERGE_REFUSED;
  stamp.clock = write->clock;
  stamp.owner = p2p_sync_table_intern (self, write->owner, strlen (write->owner));
  result = merge_write (self, key, key_length, &stamp, write, now, error);
  p2p_sync_owner_unref (self, stamp.owner);
  return result;
}

/* ---- a whole record ---- */

static gboolean
apply_contender (P2pSyncTable     *self,
                 P2pSyncRecord    *record,
                 P2pSyncContender *other)
{
  P2pSyncContender *contender = p2p_sync_record_obtain (record, other->newest.owner, self->leasing);
  gboolean changed = p2p_sync_contender_merge_marks (self, contender, other, self->leasing);

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

/* A packed record, read */
typedef struct {
  GBytes *key;
  GPtrArray *contenders;
  P2pSyncOwner *settled_owner;  /* nullable */
  gint64 settled;
  GBytes *left;
} Told;

/* All of it, checked, before any of it is believed. */
static gboolean
read_record (P2pSyncTable  *self,
             GVariant      *packed,
             gint64         now,
             Told          *told,
             GError       **error)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  if (!p2p_sync_unpack_key (packed, &told->key, children, self->limits.table_contenders))
    return refuse_record (error);
  if (!check_key (self, g_bytes_get_size (told->key), error))
    return FALSE;
  for (guint i = 0; i < children->len; i++)
    {
      P2pSyncContender *contender;

      if (told->settled_owner == NULL &&
          p2p_sync_unpack_settled (self, g_ptr_array_index (children, i), &self->limits, &told->settled_owner, &told->settled, &told->left))
        {
          /* It may be a moment ago: of a key that many took, what was before is forgotten at once. */
          if (!check_time (told->settled, now, error))
            return FALSE;
          continue;
        }
      contender = p2p_sync_unpack_contender (self, g_ptr_array_index (children, i), &self->limits);
      if (contender == NULL)
        return refuse_record (error);
      g_ptr_array_add (told->contenders, contender);
      if (!check_time (contender->newest.clock.time, now, error))
        return FALSE;
    }
  return told->contenders->len > 0 || refuse_record (error);
}

/* Nothing but deletes that are forgotten by now */
static gboolean
is_over (GPtrArray *contenders,
         gint64     now)
{
  for (guint i = 0; i < contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (contenders, i);

      if (!p2p_sync_contender_is_deleted (contender) || contender->newest.clock.time + P2P_TOMBSTONE_SECONDS >= now)
        return FALSE;
    }
  return TRUE;
}

static P2pMerge
merge_told (P2pSyncTable  *self,
            const Told    *told,
            gboolean       restored,
            gint64         now,
            GError       **error)
{
  GPtrArray *contenders = told->contenders;
  gsize length, left = p2p_sync_size (told->left);
  const guint8 *bytes = g_bytes_get_data (told->key, &length);
  P2pSyncRecord *record = p2p_sync_table_find (self, bytes, length);
  P2pSyncContender *first = g_ptr_array_index (contenders, 0);
  gsize size = record == NULL ? P2P_SYNC_RECORD_BYTES + length + left : left - MIN (left, p2p_sync_size (record->left));
  gboolean fresh = record == NULL, changed = FALSE;
  Seen before;

  if (record == NULL && is_over (contenders, now))
    return P2P_MERGE_OLD;
  for (guint i = 0; i < contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (contenders, i);
      gsize more = p2p_sync_contender_size (contender);

      size += p2p_sync_contender_growth (record != NULL ? p2p_sync_record_find (record, contender->newest.owner, self->leasing) : NULL, contender);
      if (more > 4 * (gsize) self->limits.table_value + 65536)
        {
          g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE, "The fields of a record are over the limit of a value");
          return P2P_MERGE_REFUSED;
        }
    }
  if (!check_room (self, record, first->newest.owner, size, error) ||
      (record == NULL && (record = make_record (self, bytes, length, error)) == NULL))
    return P2P_MERGE_REFUSED;

  before = look (record);
  for (guint i = 0; i < contenders->len; i++)
    changed |= apply_contender (self, record, g_ptr_array_index (contenders, i));
  if (self->leasing && told->settled_owner != NULL)
    changed |= p2p_sync_record_set_settled (self, record, told->settled_owner, told->settled, told->left);
  if (changed)
    changed = p2p_sync_table_settle (self, record, now);
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
  Told told = { NULL, contenders, NULL, 0, NULL };
  P2pMerge result = P2P_MERGE_REFUSED;

  if (key != NULL)
    *key = NULL;
  if (read_record (self, taken, now, &told, error))
    result = merge_told (self, &told, restored, now, error);
  for (guint i = 0; i < contenders->len; i++)
    p2p_sync_contender_free (self, g_ptr_array_index (contenders, i));
  if (told.settled_owner != NULL)
    p2p_sync_owner_unref (self, told.settled_owner);
  g_clear_pointer (&told.left, g_bytes_unref);
  if (key != NULL)
    *key = g_steal_pointer (&told.key);
  g_clear_pointer (&told.key, g_bytes_unref);
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
  return write->kind != P2P_WRITE_DELTA || check_map (record, error);
}

/* The clock that a write of owner has to have, to come after all that it is to come after; now or later. */
static void
find_clock (P2pSyncTable       *self,
            P2pSyncRecord      *record,
            const P2pSyncOwner *owner,
            gboolean            deleted,
            gint64              now,
            P2pWriteClock      *clock)
{
  P2pSyncContender *own = p2p_sync_record_find (record, owner, TRUE);
  const P2pSyncStamp *newest = own != NULL ? &own->newest : NULL;

  /* Deleted in a second that our clock did not come to yet, or without leasing written then, by another */
  if (record->holder != own && record->holder->newest.clock.time > clock->time)
    clock->time = record->holder->newest.clock.time;
  if (!self->leasing && record->holder != own && record->holder->newest.clock.time == clock->time &&
      p2p_sync_owner_compare (owner, record->holder->newest.owner) > 0)
    clock->time++;
  /* A delete lets others in: not those that were refused before. */
  for (guint i = 0; deleted && self->leasing && i < record->contenders->len; i++)
    {
      P2pSyncContender *other = g_ptr_array_index (record->contenders, i);

      if (other != own && other->newest.clock.time >= clock->time)
        clock->time = MIN (other->newest.clock.time + 1, now + FUTURE_SECONDS);
    }
  if (newest != NULL && newest->clock.time >= clock->time)
    {
      gboolean last = newest->clock.sequence == G_MAXUINT32;

      clock->time = newest->clock.time + last;
      clock->sequence = last ? 0 : newest->clock.sequence + 1;
    }
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
  P2pSyncOwner *owner;
  gboolean good;

  memset (clock, 0, sizeof *clock);
  clock->time = now;
  if (!check_key (self, key_length, error) || !check_value (self, write, error))
    return FALSE;
  record = p2p_sync_table_find (self, key, key_length);
  if (write->kind == P2P_WRITE_DELETE && (record == NULL || record->value == NULL))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "The table has no such key");
      return FALSE;
    }
  if (record != NULL && !check_holder (self, record, write, now, error))
    return FALSE;

  owner = p2p_sync_table_intern (self, write->owner, strlen (write->owner));
  good = check_room (self, record, owner, cost_of (self, record, owner, key_length, write), error) &&
         check_delta (self, record, owner, write, error);
  if (good && record != NULL)
    find_clock (self, record, owner, write->kind == P2P_WRITE_DELETE, now, clock);
  p2p_sync_owner_unref (self, owner);
  return good && check_time (clock->time, now, error);
}
