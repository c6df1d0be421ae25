/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who signs: what of his is not signed is not his, and goes. */
#include "p2p-sync-proof.h"

#include <string.h>

void
p2p_sync_table_set_judge (P2pSyncTable       *self,
                          const P2pSyncJudge *judge,
                          gpointer            data,
                          const char         *own_id)
{
  self->judge = judge;
  self->judge_data = data;
  g_free (self->own_id);
  self->own_id = g_strdup (own_id);
}

static P2pSyncOwner *
find_owner (P2pSyncTable *self,
            const char   *name)
{
  guint64 digest = p2p_sync_key_digest ((const guint8 *) name, strlen (name));

  return g_hash_table_lookup (self->owners, &digest);
}

gboolean
p2p_sync_table_has_owner (P2pSyncTable *self,
                          const char   *owner)
{
  const P2pSyncOwner *found = find_owner (self, owner);

  return found != NULL && !found->certified;
}

gboolean
p2p_sync_table_certify (P2pSyncTable *self,
                        const char   *name)
{
  P2pSyncOwner *owner = find_owner (self, name);

  if (owner == NULL || owner->certified || self->judge == NULL || self->judge->believes)
    return FALSE;
  owner->certified = TRUE;
  self->purge_due = TRUE;
  return TRUE;
}

/* ---- contenders ---- */

static gboolean
is_refused (const P2pSyncStamp *stamp)
{
  return stamp->owner != NULL && stamp->owner->certified && stamp->proof == NULL;
}

/* Without leasing: the newest of what is left. */
static gboolean
find_newest (P2pSyncTable     *table,
             P2pSyncContender *self)
{
  P2pSyncStamp newest = { NULL, { 0, 0, { 0 } }, NULL };
  P2pSyncMark mark;
  gboolean deleted;
  guint64 id;

  if (self->based)
    newest = self->base_stamp;
  deleted = self->based && self->base == NULL;
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      const P2pSyncField *field = g_ptr_array_index (self->fields, i);

      if (newest.owner != NULL && p2p_sync_stamp_compare (&field->stamp, &newest) <= 0)
        continue;
      newest = field->stamp;
      deleted = FALSE;
    }
  if (newest.owner == NULL)
    return FALSE;
  p2p_sync_stamp_set (table, &self->newest, &newest);
  memcpy (&id, newest.clock.id, sizeof id);
  mark = (P2pSyncMark) { newest.clock.time, GUINT64_FROM_BE (id), newest.clock.sequence, deleted };
  self->marks[0] = mark;
  self->n_marks = 1;
  self->since = mark.time;
  return TRUE;
}

gboolean
p2p_sync_contender_purge (P2pSyncTable     *table,
                          P2pSyncContender *self,
                          gboolean          leasing,
                          gboolean         *changed)
{
  gboolean newest = is_refused (&self->newest);
  gboolean any = newest;

  if (self->based && is_refused (&self->base_stamp))
    {
      p2p_sync_contender_drop_base (table, self);
      any = TRUE;
    }
  for (guint i = self->fields != NULL ? self->fields->len : 0; i-- > 0;)
    if (is_refused (&((P2pSyncField *) g_ptr_array_index (self->fields, i))->stamp))
      {
        p2p_sync_contender_drop_field (table, self, i);
        any = TRUE;
      }
  if (any)
    *changed = TRUE;
  return !newest || (!leasing && find_newest (table, self));
}

/* A row that its owner signed. Of one write two rows are a liar's, and still have to end the same everywhere. */
static int
compare_rows (const P2pSyncRow       *row,
              const P2pSyncContender *self)
{
  g_autoptr (GByteArray) ours = g_byte_array_new ();
  g_autoptr (GByteArray) theirs = g_byte_array_new ();

  if (row->since != self->since)
    return row->since < self->since ? -1 : 1;
  if (row->n_marks != self->n_marks)
    return row->n_marks < self->n_marks ? -1 : 1;
  for (guint i = 0; i < row->n_marks; i++)
    {
      p2p_sync_mark_append (&row->marks[i], theirs);
      p2p_sync_mark_append (&self->marks[i], ours);
    }
  return memcmp (theirs->data, ours->data, ours->len);
}

gboolean
p2p_sync_contender_take_row (P2pSyncTable       *table,
                             P2pSyncContender   *self,
                             const P2pSyncStamp *stamp,
                             const P2pSyncRow   *row)
{
  int order = self->n_marks == 0 ? 1 : p2p_sync_stamp_compare (stamp, &self->newest);

  if (order == 0)
    order = self->newest.proof == NULL ? 1 : compare_rows (row, self);
  if (order <= 0)
    return FALSE;
  p2p_sync_stamp_set (table, &self->newest, stamp);
  self->since = row->since;
  self->n_marks = row->n_marks;
  self->marks = g_renew (P2pSyncMark, self->marks, row->n_marks);
  memcpy (self->marks, row->marks, row->n_marks * sizeof *row->marks);
  return TRUE;
}

/* ---- records ---- */

P2pSyncRecord *
p2p_sync_table_purge_record (P2pSyncTable  *self,
                             P2pSyncRecord *record,
                             gint64         now,
                             gboolean      *changed)
{
  gboolean any = FALSE;

  for (guint i = record->contenders->len; i-- > 0;)
    {
      P2pSyncContender *contender = g_ptr_array_index (record->contenders, i);

      if (p2p_sync_contender_purge (self, contender, self->leasing, &any))
        continue;
      p2p_sync_contender_free (self, contender);
      g_ptr_array_remove_index (record->contenders, i);
    }
  if (record->settled_owner != NULL && record->settled_owner->certified)
    {
      p2p_sync_record_clear_settled (self, record);
      any = TRUE;
    }
  if (!any)
    return record;
  if (changed != NULL)
    *changed = TRUE;
  if (record->contenders->len > 0)
    {
      p2p_sync_table_settle (self, record, now);
      return record;
    }
  p2p_sync_table_remove (self, record);
  return NULL;
}

gboolean
p2p_sync_table_purge (P2pSyncTable *self,
                      gint64        now,
                      GPtrArray    *changed)
{
  if (!self->purge_due)
    return FALSE;
  self->purge_due = FALSE;
  for (GSequenceIter *iter = g_sequence_get_begin_iter (self->all); !g_sequence_iter_is_end (iter);)
    {
      P2pSyncRecord *record = g_sequence_get (iter);
      g_autoptr (GBytes) key = g_bytes_ref (record->key);
      gboolean any = FALSE;

      iter = g_sequence_iter_next (iter);
      p2p_sync_table_purge_record (self, record, now, &any);
      if (any && changed != NULL)
        g_ptr_array_add (changed, g_steal_pointer (&key));
    }
  return TRUE;
}
