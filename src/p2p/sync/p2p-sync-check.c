/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What keeps a write out of the table. */
#include "p2p-sync-proof.h"

#include "../wire/p2p-skim-private.h"

gboolean
p2p_sync_check_key (P2pSyncTable  *self,
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

gboolean
p2p_sync_check_value (P2pSyncTable    *self,
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

gboolean
p2p_sync_check_time (gint64   time,
                     gint64   now,
                     GError **error)
{
  if (time >= 0 && time <= now + P2P_SYNC_FUTURE_SECONDS)
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

gboolean
p2p_sync_check_room (P2pSyncTable        *self,
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

gsize
p2p_sync_cost_of (P2pSyncTable   *self,
                  P2pSyncRecord  *record,
                  P2pSyncOwner   *owner,
                  gsize           key_length,
                  const P2pWrite *write)
{
  P2pSyncContender *contender = record != NULL ? p2p_sync_record_find (record, owner, self->leasing) : NULL;
  gsize cost = write->value != NULL ? g_bytes_get_size (write->value) : 0;

  if (record == NULL)
    cost += P2P_SYNC_RECORD_BYTES + key_length;
  if (write->proof != NULL || owner->mine)
    cost += sizeof (P2pSyncProof) + (write->proof != NULL ? g_bytes_get_size (write->proof) : P2P_PROOF_MIN_LENGTH) +
            (write->kind == P2P_WRITE_DELTA ? g_bytes_get_size (write->value) : 0);
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
