/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whole records: of another table of ours, or of an earlier run. */
#include "p2p-sync-proof.h"

#include <string.h>

/* What proved it gave it its row already. */
static gboolean
take_row (P2pSyncTable     *self,
          P2pSyncContender *contender,
          P2pSyncContender *other)
{
  P2pSyncRow row = { .since = other->since, .n_marks = other->n_marks };

  memcpy (row.marks, other->marks, other->n_marks * sizeof *other->marks);
  return p2p_sync_contender_take_row (self, contender, &other->newest, &row);
}

static gboolean
apply_contender (P2pSyncTable     *self,
                 P2pSyncRecord    *record,
                 P2pSyncContender *other)
{
  P2pSyncContender *contender = p2p_sync_record_obtain (record, other->newest.owner, self->leasing);
  gboolean changed;

  if (self->leasing && p2p_sync_contender_is_signed (other))
    changed = take_row (self, contender, other);
  else
    changed = p2p_sync_contender_merge_marks (self, contender, other, self->leasing);
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
  GArray *proofs;               /* of P2pSyncToldProof, by id */
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
  if (!p2p_sync_check_key (self, g_bytes_get_size (told->key), error))
    return FALSE;
  for (guint i = 0; i < children->len; i++)
    {
      P2pSyncContender *contender;

      if (told->proofs->len == 0 && p2p_sync_unpack_proofs (g_ptr_array_index (children, i), told->proofs))
        continue;
      if (told->settled_owner == NULL &&
          p2p_sync_unpack_settled (self, g_ptr_array_index (children, i), &self->limits, &told->settled_owner, &told->settled, &told->left))
        {
          /* It may be a moment ago: of a key that many took, what was before is forgotten at once. */
          if (!p2p_sync_check_time (told->settled, now, error))
            return FALSE;
          continue;
        }
      contender = p2p_sync_unpack_contender (self, g_ptr_array_index (children, i), &self->limits);
      if (contender == NULL)
        return refuse_record (error);
      g_ptr_array_add (told->contenders, contender);
      if (!p2p_sync_check_time (contender->newest.clock.time, now, error))
        return FALSE;
    }
  return told->contenders->len > 0 || refuse_record (error);
}

void
p2p_sync_refusal_free (gpointer refusal)
{
  g_free (((P2pSyncRefusal *) refusal)->owner);
  g_free (refusal);
}

static void
add_refusal (GPtrArray  *refused,
             const char *owner,
             gboolean    forged)
{
  P2pSyncRefusal *refusal;

  if (refused == NULL)
    return;
  refusal = g_new (P2pSyncRefusal, 1);
  refusal->owner = g_strdup (owner);
  refusal->forged = forged;
  g_ptr_array_add (refused, refusal);
}

/* He says what we know, and only lacks what proves it. */
static gboolean
is_known (P2pSyncTable     *self,
          GBytes           *key,
          P2pSyncContender *contender)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  P2pSyncRecord *record = p2p_sync_table_find (self, bytes, length);
  P2pSyncContender *ours = record != NULL ? p2p_sync_record_find (record, contender->newest.owner, self->leasing) : NULL;

  if (ours == NULL || p2p_sync_stamp_compare (&ours->newest, &contender->newest) != 0)
    return FALSE;
  record->old = FALSE;
  return TRUE;
}

/* Only what is proved of those who sign. FALSE: nothing is left, or it has to wait. */
static gboolean
prove (P2pSyncTable  *self,
       Told          *told,
       gboolean       restored,
       GPtrArray     *refused,
       P2pMerge      *result,
       GError       **error)
{
  gboolean known = FALSE;

  for (guint i = 0; i < told->contenders->len;)
    {
      P2pSyncContender *contender = g_ptr_array_index (told->contenders, i);
      P2pSyncVerdict verdict = p2p_sync_prove_contender (self, told->key, contender, told->proofs, restored);
      gboolean same = verdict == P2P_SYNC_UNSIGNED && !restored && is_known (self, told->key, contender);

      if (verdict == P2P_SYNC_GOOD)
        {
          i++;
          continue;
        }
      if (verdict == P2P_SYNC_LATER)
        {
          *result = P2P_MERGE_WAIT;
          return FALSE;
        }
      known |= same;
      if (!same)
        add_refusal (refused, contender->newest.owner->name, verdict == P2P_SYNC_FORGED);
      if (told->contenders->len == 1 && !known)
        p2p_sync_refuse_unsigned (contender->newest.owner->name, verdict == P2P_SYNC_FORGED, error);
      p2p_sync_contender_free (self, contender);
      g_ptr_array_remove_index (told->contenders, i);
    }
  *result = known ? P2P_MERGE_OLD : P2P_MERGE_REFUSED;
  return told->contenders->len > 0;
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
  P2pSyncSeen before = p2p_sync_look (record);

  if (record != NULL)
    record = p2p_sync_table_purge_record (self, record, now, &changed);
  if (record == NULL && is_over (contenders, now))
    {
      g_clear_pointer (&before.value, g_bytes_unref);
      return changed ? P2P_MERGE_CHANGED : P2P_MERGE_OLD;
    }
  for (guint i = 0; i < contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (contenders, i);
      gsize more = p2p_sync_contender_size (contender);

      size += p2p_sync_contender_growth (record != NULL ? p2p_sync_record_find (record, contender->newest.owner, self->leasing) : NULL, contender);
      if (more > 4 * (gsize) self->limits.table_value + 65536)
        {
          g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE, "The fields of a record are over the limit of a value");
          g_clear_pointer (&before.value, g_bytes_unref);
          return P2P_MERGE_REFUSED;
        }
    }
  if (!p2p_sync_check_room (self, record, first->newest.owner, size, error) ||
      (record == NULL && (record = p2p_sync_make_record (self, bytes, length, error)) == NULL))
    {
      g_clear_pointer (&before.value, g_bytes_unref);
      return P2P_MERGE_REFUSED;
    }
  for (guint i = 0; i < contenders->len; i++)
    changed |= apply_contender (self, record, g_ptr_array_index (contenders, i));
  /* Who tells it can have made it up: it counts among those only of whom anybody can tell anything. */
  if (self->leasing && told->settled_owner != NULL && !told->settled_owner->certified && !p2p_sync_record_has_signed (record))
    changed |= p2p_sync_record_set_settled (self, record, told->settled_owner, told->settled, told->left);
  if (changed)
    changed = p2p_sync_table_settle (self, record, now);
  if (!restored)
    record->old = FALSE;
  else if (fresh)
    record->old = TRUE;
  if (p2p_sync_differs (&before, record))
    return P2P_MERGE_CHANGED;
  return changed ? P2P_MERGE_NOTED : P2P_MERGE_OLD;
}

P2pMerge
p2p_sync_table_merge_told (P2pSyncTable  *self,
                           GVariant      *packed,
                           gboolean       restored,
                           gint64         now,
                           GBytes       **key,
                           GPtrArray     *refused,
                           GError       **error)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (packed);
  g_autoptr (GPtrArray) contenders = g_ptr_array_new ();
  g_autoptr (GArray) proofs = g_array_new (FALSE, TRUE, sizeof (P2pSyncToldProof));
  Told told = { NULL, contenders, NULL, 0, NULL, proofs };
  P2pMerge result = P2P_MERGE_REFUSED;

  g_array_set_clear_func (proofs, p2p_sync_told_proof_clear);
  if (key != NULL)
    *key = NULL;
  if (read_record (self, taken, now, &told, error) && prove (self, &told, restored, refused, &result, error))
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

P2pMerge
p2p_sync_table_merge_packed (P2pSyncTable  *self,
                             GVariant      *packed,
                             gboolean       restored,
                             gint64         now,
                             GBytes       **key,
                             GError       **error)
{
  return p2p_sync_table_merge_told (self, packed, restored, now, key, NULL, error);
}
