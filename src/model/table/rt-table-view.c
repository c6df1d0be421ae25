/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows are shown, and in which order: in slices, while keys change. */
#include "config.h"

#include "rt-table-private.h"

#include <string.h>

/* So many rows are sorted at once, before the merging. */
#define CHUNK 256u
/* The clock is looked at after so many rows. */
#define ROWS_A_LOOK 16u
/* So many changes are shown one by one; of more the list is made anew, and told of once. */
#define FEW_CHANGES 32u

typedef enum { PHASE_LOAD, PHASE_SWEEP, PHASE_FILTER, PHASE_MERGE, PHASE_DONE } Phase;

/* Rows are only added to the table while this runs, never taken away: what changes meanwhile waits in pending. */
struct _RtTableBuild {
  Phase      phase;
  GPtrArray *keys;              /* LOAD */
  guint      next;
  GPtrArray *from, *to;         /* of rows, not owning */
  guint      width;             /* of the sorted runs in from */
  guint      a, b, middle, end; /* the two runs that are being merged into to */
};

static gboolean work_cb (gpointer data);

static void
free_build (RtTableBuild *build)
{
  g_clear_pointer (&build->keys, g_ptr_array_unref);
  g_clear_pointer (&build->from, g_ptr_array_unref);
  g_clear_pointer (&build->to, g_ptr_array_unref);
  g_free (build);
}

static int
compare (RtTable *self, RtTableRow *a, RtTableRow *b)
{
  int order = rt_table_row_compare (a, b, self->sort_by);

  return self->descending ? -order : order;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  return compare (data, *(RtTableRow * const *) a, *(RtTableRow * const *) b);
}

/* ---- the set of rows ---- */

RtTableRow *
rt_table_view_ensure (RtTable *self, GBytes *key)
{
  RtTableRow *row = g_hash_table_lookup (self->by_key, key);

  if (row != NULL)
    return row;
  row = rt_table_row_new (self, key);
  row->index = self->every->len;
  g_ptr_array_add (self->every, row);
  g_hash_table_insert (self->by_key, row->key, row);
  return row;
}

static void
forget (RtTable *self, RtTableRow *row)
{
  guint index = row->index;

  g_hash_table_remove (self->by_key, row->key);
  row->table = NULL;
  g_ptr_array_remove_index_fast (self->every, index);
  if (index < self->every->len)
    ((RtTableRow *) self->every->pdata[index])->index = index;
}

void
rt_table_count_row (RtTable *self, RtTableRow *row, int by)
{
  if (!row->exists)
    return;
  self->n_exist += (guint) by;
  self->n_unread += row->unread ? (guint) by : 0;
}

static void
take_over (RtTable *self, RtTableRow *row)
{
  rt_table_count_row (self, row, -1);
  rt_table_row_refresh (row);
  rt_table_count_row (self, row, 1);
  if (row->edit != NULL)
    rt_table_check_edit (self, row);
  row->order_state = row->state;
}

/* ---- one row ---- */

/* The first place whose row does not come before this one. */
static guint
find_place (RtTable *self, GPtrArray *items, RtTableRow *row)
{
  guint low = 0, high = items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare (self, items->pdata[middle], row) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
rt_table_get_position (RtTable *self, RtTableRow *row, guint *position)
{
  GPtrArray *items;

  g_return_val_if_fail (RT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (RT_IS_TABLE_ROW (row), FALSE);

  if (!row->shown)
    return FALSE;
  items = rt_table_rows_get (self->rows);
  *position = find_place (self, items, row);
  if (*position < items->len && items->pdata[*position] == row)
    return TRUE;
  /* The order is being changed: the list is still in the old one. */
  return g_ptr_array_find (items, row, position);
}

static gboolean
is_in_order (RtTable *self, guint position)
{
  GPtrArray *items = rt_table_rows_get (self->rows);

  return (position == 0 || compare (self, items->pdata[position - 1], items->pdata[position]) < 0) &&
         (position + 1 >= items->len || compare (self, items->pdata[position], items->pdata[position + 1]) < 0);
}

/* Takes over how it is now, and puts it where it belongs; its place has to be looked for by what it was. */
static void
place_row (RtTable *self, RtTableRow *changed)
{
  g_autoptr (RtTableRow) row = g_object_ref (changed);
  gboolean was = row->shown, wanted;
  guint position = 0;

  if (was)
    was = rt_table_get_position (self, row, &position);
  take_over (self, row);
  wanted = rt_table_row_is_wanted (self, row);
  if (was && (!wanted || !is_in_order (self, position)))
    {
      row->shown = FALSE;
      rt_table_rows_remove (self->rows, position);
      was = FALSE;
    }
  if (wanted && !was)
    {
      row->shown = TRUE;
      rt_table_rows_insert (self->rows, find_place (self, rt_table_rows_get (self->rows), row), row);
    }
  if (!row->exists && row->edit == NULL && row->table != NULL)
    forget (self, row);
}

/* ---- what changed ---- */

static gboolean
flush_cb (gpointer data)
{
  RtTable *self = data;

  self->flush_timer = 0;
  if (self->work_source == 0)
    self->work_source = rt_table_add_idle ("[rt-model] table", work_cb, self);
  return G_SOURCE_REMOVE;
}

static void
plan_flush (RtTable *self)
{
  if (self->flush_timer != 0 || self->work_source != 0)
    return;
  {
    g_autoptr (GSource) source = g_timeout_source_new (RT_TABLE_FRAME_MILLISECONDS);

    g_source_set_static_name (source, "[rt-model] table frame");
    g_source_set_priority (source, G_PRIORITY_DEFAULT_IDLE);
    g_source_set_callback (source, flush_cb, self, NULL);
    self->flush_timer = g_source_attach (source, g_main_context_get_thread_default ());
  }
}

void
rt_table_view_note (RtTable *self, GBytes *key)
{
  if (!g_hash_table_add (self->pending, g_bytes_ref (key)))
    return;
  g_ptr_array_add (self->pending_order, g_bytes_ref (key));
  plan_flush (self);
}

void
rt_table_view_note_now (RtTable *self, RtTableRow *row)
{
  if (self->build != NULL)
    {
      rt_table_view_note (self, row->key);
      return;
    }
  place_row (self, row);
  rt_table_notify_rows (self);
}

static GBytes *
take_pending (RtTable *self)
{
  GBytes *key = g_bytes_ref (self->pending_order->pdata[self->pending_head++]);

  g_hash_table_remove (self->pending, key);
  if (self->pending_head == self->pending_order->len)
    {
      g_ptr_array_set_size (self->pending_order, 0);
      self->pending_head = 0;
    }
  return key;
}

static guint
count_pending (RtTable *self)
{
  return self->pending_order->len - self->pending_head;
}

gboolean
rt_table_is_settled (RtTable *self)
{
  return self->build == NULL && count_pending (self) == 0;
}

static void
clear_pending (RtTable *self)
{
  g_hash_table_remove_all (self->pending);
  g_ptr_array_set_size (self->pending_order, 0);
  self->pending_head = 0;
}

static void
show_few (RtTable *self)
{
  while (count_pending (self) > 0 && self->build == NULL)
    {
      g_autoptr (GBytes) key = take_pending (self);

      place_row (self, rt_table_view_ensure (self, key));
    }
}

/* The old list without the moving rows, merged with those that come, which are sorted. The references of those that stay are taken over. */
static GPtrArray *
merge_rows (RtTable *self, GPtrArray *coming)
{
  GPtrArray *items = rt_table_rows_get (self->rows);
  g_autoptr (GPtrArray) kept = g_ptr_array_sized_new (items->len);
  GPtrArray *merged = g_ptr_array_new_full (items->len + coming->len, g_object_unref);
  guint next = 0;

  for (guint i = 0; i < items->len; i++)
    if (!((RtTableRow *) items->pdata[i])->moving)
      g_ptr_array_add (kept, items->pdata[i]);
  for (guint i = 0; i < coming->len; i++)
    {
      guint place = find_place (self, kept, coming->pdata[i]);

      for (; next < place; next++)
        g_ptr_array_add (merged, kept->pdata[next]);
      g_ptr_array_add (merged, g_object_ref (coming->pdata[i]));
    }
  for (; next < kept->len; next++)
    g_ptr_array_add (merged, kept->pdata[next]);
  return merged;
}

static void
show_many (RtTable *self, gint64 end)
{
  g_autoptr (GPtrArray) moving = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) coming = g_ptr_array_new ();
  guint n = 0;

  do
    {
      g_autoptr (GBytes) key = take_pending (self);
      RtTableRow *row = rt_table_view_ensure (self, key);
      gboolean wanted;

      take_over (self, row);
      wanted = rt_table_row_is_wanted (self, row);
      /* A key's place does not depend on anything that changes; others may have to move. */
      if (wanted != row->shown || (wanted && self->sort_by != RT_TABLE_SORT_KEY) || (!row->exists && row->edit == NULL))
        {
          row->moving = TRUE;
          g_ptr_array_add (moving, g_object_ref (row));
          if (wanted)
            g_ptr_array_add (coming, row);
        }
    }
  while (count_pending (self) > 0 && (++n % ROWS_A_LOOK != 0 || g_get_monotonic_time () < end));
  if (moving->len == 0)
    return;

  g_ptr_array_sort_with_data (coming, compare_cb, self);
  {
    GPtrArray *merged = merge_rows (self, coming);

    for (guint i = 0; i < moving->len; i++)
      {
        RtTableRow *row = moving->pdata[i];

        row->moving = FALSE;
        /* what the list had of it */
        if (row->shown)
          g_object_unref (row);
        row->shown = FALSE;
        if (!row->exists && row->edit == NULL && row->table != NULL)
          forget (self, row);
      }
    for (guint i = 0; i < coming->len; i++)
      ((RtTableRow *) coming->pdata[i])->shown = TRUE;
    rt_table_rows_take (self->rows, merged);
  }
}

/* ---- all of them ---- */

static void
step_load (RtTable *self, RtTableBuild *build)
{
  if (build->keys == NULL)
    {
      build->keys = self->source != NULL ? rt_table_source_list (self->source) : g_ptr_array_new ();
      build->next = 0;
      self->generation++;
      return;
    }
  for (guint i = 0; i < ROWS_A_LOOK && build->next < build->keys->len; i++)
    {
      RtTableRow *row = rt_table_view_ensure (self, build->keys->pdata[build->next++]);

      take_over (self, row);
      row->generation = self->generation;
    }
  if (build->next == build->keys->len)
    {
      g_clear_pointer (&build->keys, g_ptr_array_unref);
      build->phase = PHASE_SWEEP;
      build->next = self->every->len;
    }
}

/* What is there no more. Backwards: the last row takes the place of one that goes. */
static void
step_sweep (RtTable *self, RtTableBuild *build)
{
  for (guint i = 0; i < ROWS_A_LOOK && build->next > 0; i++)
    {
      RtTableRow *row = self->every->pdata[--build->next];

      if (row->generation == self->generation)
        continue;
      take_over (self, row);
      if (!row->exists && row->edit == NULL)
        forget (self, row);
    }
  if (build->next > 0)
    return;
  self->reload = FALSE;
  build->phase = PHASE_FILTER;
}

static void
sort_chunk (RtTable *self, GPtrArray *rows)
{
  guint begin = rows->len == 0 ? 0 : (rows->len - 1) / CHUNK * CHUNK;

  g_qsort_with_data (rows->pdata + begin, (int) (rows->len - begin), sizeof (gpointer), compare_cb, self);
}

static void
step_filter (RtTable *self, RtTableBuild *build)
{
  if (build->next < self->every->len)
    {
      RtTableRow *row = self->every->pdata[build->next++];

      row->order_state = row->state;
      if (!rt_table_row_is_wanted (self, row))
        return;
      g_ptr_array_add (build->from, row);
      if (build->from->len % CHUNK == 0)
        sort_chunk (self, build->from);
      return;
    }
  if (build->from->len % CHUNK != 0)
    sort_chunk (self, build->from);
  g_ptr_array_set_size (build->to, (int) build->from->len);
  build->width = CHUNK;
  build->a = build->b = build->middle = build->end = 0;
  build->phase = PHASE_MERGE;
}

static void
begin_merge (RtTable *self, RtTableBuild *build)
{
  guint n = build->from->len, begin = build->end;

  build->middle = MIN (begin + build->width, n);
  build->end = MIN (begin + 2 * build->width, n);
  build->a = begin;
  build->b = build->middle;
  /* Most often the keys come in order, and nothing is to be done. */
  if (build->middle == build->end || compare (self, build->from->pdata[build->middle - 1], build->from->pdata[build->middle]) < 0)
    {
      memcpy (build->to->pdata + begin, build->from->pdata + begin, (build->end - begin) * sizeof (gpointer));
      build->a = build->middle;
      build->b = build->end;
    }
}

static void
step_merge (RtTable *self, RtTableBuild *build)
{
  guint n = build->from->len;

  if (build->width >= n)
    {
      build->phase = PHASE_DONE;
      return;
    }
  if (build->a == build->middle && build->b == build->end)
    {
      if (build->end < n)
        {
          begin_merge (self, build);
          return;
        }
      {
        GPtrArray *swapped = build->from;

        build->from = build->to;
        build->to = swapped;
      }
      build->width *= 2;
      build->a = build->b = build->middle = build->end = 0;
      return;
    }
  for (guint i = 0; i < ROWS_A_LOOK && (build->a < build->middle || build->b < build->end); i++)
    {
      guint out = build->a + build->b - build->middle;
      gboolean first = build->b == build->end ||
                       (build->a < build->middle && compare (self, build->from->pdata[build->a], build->from->pdata[build->b]) <= 0);

      build->to->pdata[out] = first ? build->from->pdata[build->a++] : build->from->pdata[build->b++];
    }
}

static void
end_build (RtTable *self)
{
  g_autoptr (RtTable) held G_GNUC_UNUSED = g_object_ref (self);
  RtTableBuild *build = g_steal_pointer (&self->build);
  GPtrArray *old = rt_table_rows_get (self->rows);
  GPtrArray *items = g_ptr_array_new_full (build->from->len, g_object_unref);

  for (guint i = 0; i < old->len; i++)
    ((RtTableRow *) old->pdata[i])->shown = FALSE;
  for (guint i = 0; i < build->from->len; i++)
    {
      RtTableRow *row = build->from->pdata[i];

      row->shown = TRUE;
      g_ptr_array_add (items, g_object_ref (row));
    }
  free_build (build);
  rt_table_rows_replace (self->rows, items);
  rt_table_notify_working (self);
}

static void
step_build (RtTable *self, gint64 end)
{
  do
    switch (self->build->phase)
      {
      case PHASE_LOAD: step_load (self, self->build); break;
      case PHASE_SWEEP: step_sweep (self, self->build); break;
      case PHASE_FILTER: step_filter (self, self->build); break;
      case PHASE_MERGE: step_merge (self, self->build); break;
      case PHASE_DONE: default: break;
      }
  while (self->build->phase != PHASE_DONE && g_get_monotonic_time () < end);
  if (self->build->phase == PHASE_DONE)
    end_build (self);
}

static gboolean
work_cb (gpointer data)
{
  RtTable *self = data;
  g_autoptr (RtTable) held G_GNUC_UNUSED = g_object_ref (self);
  gint64 end = rt_table_slice_end ();

  if (self->build != NULL)
    step_build (self, end);
  else if (count_pending (self) > FEW_CHANGES)
    show_many (self, end);
  else
    show_few (self);
  rt_table_notify_rows (self);
  if (self->build != NULL || count_pending (self) > FEW_CHANGES)
    return G_SOURCE_CONTINUE;
  self->work_source = 0;
  if (count_pending (self) > 0)
    plan_flush (self);
  return G_SOURCE_REMOVE;
}

void
rt_table_view_rebuild (RtTable *self)
{
  g_clear_pointer (&self->build, free_build);
  self->build = g_new0 (RtTableBuild, 1);
  self->build->phase = self->reload ? PHASE_LOAD : PHASE_FILTER;
  self->build->from = g_ptr_array_new ();
  self->build->to = g_ptr_array_new ();
  if (self->work_source == 0)
    self->work_source = rt_table_add_idle ("[rt-model] table", work_cb, self);
  rt_table_notify_working (self);
}

void
rt_table_view_reload (RtTable *self)
{
  self->reload = TRUE;
  clear_pending (self);
  rt_table_view_rebuild (self);
}

static void
remove_source (guint *id)
{
  GSource *source = *id != 0 ? g_main_context_find_source_by_id (g_main_context_get_thread_default (), *id) : NULL;

  if (source != NULL)
    g_source_destroy (source);
  *id = 0;
}

void
rt_table_view_free (RtTable *self)
{
  remove_source (&self->flush_timer);
  remove_source (&self->work_source);
  g_clear_pointer (&self->build, free_build);
  for (guint i = 0; self->every != NULL && i < self->every->len; i++)
    ((RtTableRow *) self->every->pdata[i])->table = NULL;
}
