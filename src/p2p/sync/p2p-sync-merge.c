/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Writes on their way into the table. */
#include "p2p-sync-proof.h"

#include <string.h>

#include "../wire/p2p-skim-private.h"

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
  P2pSyncStamp stamp = { nobody, { 1, 0, { 0 } }, NULL };
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

gboolean
p2p_sync_record_is_signed (const P2pSyncRecord *record)
{
  const P2pSyncContender *holder = record->holder;

  if (holder->newest.proof == NULL || (holder->based && holder->base_stamp.proof == NULL))
    return FALSE;
  for (guint i = 0; holder->fields != NULL && i < holder->fields->len; i++)
    if (((P2pSyncField *) g_ptr_array_index (holder->fields, i))->stamp.proof == NULL)
      return FALSE;
  return TRUE;
}

P2pSyncSeen
p2p_sync_look (P2pSyncRecord *record)
{
  P2pSyncSeen seen = { 0 };

  if (record != NULL && record->holder != NULL)
    {
      seen.owner = record->holder->newest.owner;
      seen.clock = record->holder->newest.clock;
      seen.value = record->value != NULL ? g_bytes_ref (record->value) : NULL;
      seen.is_signed = p2p_sync_record_is_signed (record);
    }
  return seen;
}

/* Owners are compared, not looked at: that of before may be gone. */
gboolean
p2p_sync_differs (P2pSyncSeen   *before,
                  P2pSyncRecord *record)
{
  GBytes *value = record->value;
  gboolean same = before->owner == record->holder->newest.owner &&
                  p2p_write_clock_compare (&before->clock, &record->holder->newest.clock) == 0 &&
                  before->is_signed == p2p_sync_record_is_signed (record) &&
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
  gboolean changed;
  P2pSyncRow row;

  /* Ours we know ourselves; what another signed says what he wrote before. */
  if (self->leasing && stamp->proof != NULL && stamp->proof->bytes != NULL &&
      p2p_sync_row_read (stamp->proof->bytes, &stamp->clock, write->kind == P2P_WRITE_DELETE, &row))
    changed = p2p_sync_contender_take_row (self, contender, stamp, &row);
  else
    changed = p2p_sync_contender_mark (self, contender, stamp, write->kind == P2P_WRITE_DELETE, self->leasing);
  if (stamp->proof != NULL && stamp->proof->bytes == NULL)
    p2p_sync_contender_limit_row (contender);

  if (write->kind == P2P_WRITE_DELTA)
    return apply_delta (self, contender, stamp, write->value) || changed;
  return p2p_sync_contender_store (self, contender, stamp, write->kind == P2P_WRITE_STORE ? write->value : NULL) || changed;
}

P2pSyncRecord *
p2p_sync_make_record (P2pSyncTable  *self,
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
  P2pSyncSeen before = p2p_sync_look (record);
  gboolean changed, seen;

  if (record != NULL && stamp->owner->certified)
    record = p2p_sync_table_purge_record (self, record, now, NULL);
  if (!p2p_sync_check_room (self, record, stamp->owner, p2p_sync_cost_of (self, record, stamp->owner, key_length, write), error) ||
      !check_delta (self, record, stamp->owner, write, error) ||
      (record == NULL && (record = p2p_sync_make_record (self, key, key_length, error)) == NULL))
    {
      g_clear_pointer (&before.value, g_bytes_unref);
      return P2P_MERGE_REFUSED;
    }
  changed = apply_write (self, record, stamp, write);
  if (changed)
    {
      changed = p2p_sync_table_settle (self, record, now);
      record->old = FALSE;
    }
  seen = p2p_sync_differs (&before, record);
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

  if (!p2p_sync_check_key (self, key_length, error) || !p2p_sync_check_value (self, write, error) || !p2p_sync_check_time (write->clock.time, now, error))
    return P2P_MERGE_REFUSED;
  stamp.clock = write->clock;
  stamp.owner = p2p_sync_table_intern (self, write->owner, strlen (write->owner));
  stamp.proof = NULL;
  result = p2p_sync_check_signed (self, stamp.owner, key, key_length, write, &stamp.proof, error)
             ? merge_write (self, key, key_length, &stamp, write, now, error) : P2P_MERGE_REFUSED;
  p2p_sync_stamp_clear (self, &stamp);
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
        clock->time = MIN (other->newest.clock.time + 1, now + P2P_SYNC_FUTURE_SECONDS);
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
  if (!p2p_sync_check_key (self, key_length, error) || !p2p_sync_check_value (self, write, error))
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
  good = p2p_sync_check_room (self, record, owner, p2p_sync_cost_of (self, record, owner, key_length, write), error) &&
         check_delta (self, record, owner, write, error);
  if (good && record != NULL)
    find_clock (self, record, owner, write->kind == P2P_WRITE_DELETE, now, clock);
  p2p_sync_owner_unref (self, owner);
  return good && p2p_sync_check_time (clock->time, now, error);
}
