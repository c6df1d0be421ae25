/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was applied can be taken back: not blindly, but as an edit upon what was written then. */
#include "config.h"

#include "rt-table-private.h"

#include <glib/gi18n-lib.h>

#define MAX_STEPS 100u
#define MAX_BYTES (64u * 1024 * 1024)

typedef struct {
  GBytes       *key;
  RtTableState *before;
  GVariant     *after;          /* NULL: we deleted it */
} Item;

struct _RtTableStep {
  RtTableStepKind kind;
  GPtrArray      *items;
  gsize           bytes;        /* of their values */
};

static void
free_item (gpointer data)
{
  Item *item = data;

  g_bytes_unref (item->key);
  rt_table_state_unref (item->before);
  g_clear_pointer (&item->after, g_variant_unref);
  g_free (item);
}

static void
free_step (RtTableStep *step)
{
  g_ptr_array_unref (step->items);
  g_free (step);
}

RtTableStep *
rt_table_step_new (RtTableStepKind kind)
{
  RtTableStep *step = g_new0 (RtTableStep, 1);

  step->kind = kind;
  step->items = g_ptr_array_new_with_free_func (free_item);
  return step;
}

void
rt_table_step_add (RtTableStep *step, GBytes *key, RtTableState *before, GVariant *after)
{
  Item *item = g_new0 (Item, 1);

  item->key = g_bytes_ref (key);
  item->before = rt_table_state_ref (before);
  item->after = after != NULL ? g_variant_ref (after) : NULL;
  g_ptr_array_add (step->items, item);
  step->bytes += (before->value != NULL ? g_variant_get_size (before->value) : 0) + (after != NULL ? g_variant_get_size (after) : 0);
}

/* ---- words ---- */

static char *
undo_words (RtTableStep *step)
{
  const Item *first = step->items->pdata[0];
  g_autofree char *key = NULL;

  if (step->items->len > 1)
    return g_strdup_printf (ngettext ("Undo: the former value of %u key", "Undo: the former values of %u keys", step->items->len), step->items->len);
  key = rt_table_key_to_text (first->key, NULL);
  if (first->after == NULL)
    return g_strdup_printf (_("Undo: bring “%s” back"), key);
  if (first->before->value == NULL)
    return g_strdup_printf (_("Undo: delete the new “%s”"), key);
  return g_strdup_printf (_("Undo: the former value of “%s”"), key);
}

static char *
redo_words (RtTableStep *step)
{
  const Item *first = step->items->pdata[0];
  g_autofree char *key = NULL;

  if (step->items->len > 1)
    return g_strdup_printf (ngettext ("Do it again: %u key", "Do it again: %u keys", step->items->len), step->items->len);
  key = rt_table_key_to_text (first->key, NULL);
  return g_strdup_printf (_("Do it again: “%s”"), key);
}

static void
update_words (RtTable *self)
{
  RtTableStep *undo = g_queue_peek_head (&self->undo), *redo = g_queue_peek_head (&self->redo);

  g_free (self->undo_text);
  g_free (self->redo_text);
  self->undo_text = undo != NULL ? undo_words (undo) : NULL;
  self->redo_text = redo != NULL ? redo_words (redo) : NULL;
  rt_table_notify_undo (self);
}

/* ---- remembering ---- */

static void
drop_last (RtTable *self, GQueue *steps)
{
  RtTableStep *step = g_queue_pop_tail (steps);

  self->n_undo_items -= step->items->len;
  self->undo_bytes -= step->bytes;
  free_step (step);
}

static void
clear_steps (RtTable *self, GQueue *steps)
{
  while (!g_queue_is_empty (steps))
    drop_last (self, steps);
}

void
rt_table_take_step (RtTable *self, RtTableStep *step)
{
  GQueue *steps = step->kind == RT_STEP_UNDO ? &self->redo : &self->undo;

  if (step->items->len == 0)
    {
      free_step (step);
      return;
    }
  /* Too much to be remembered: an undo that took back something older instead would surprise. */
  if (step->items->len > RT_TABLE_MAX_UNDO || step->bytes > MAX_BYTES)
    {
      free_step (step);
      rt_table_free_steps (self);
      update_words (self);
      return;
    }
  /* After something new there is nothing to be done again. */
  if (step->kind == RT_STEP_EDIT)
    clear_steps (self, &self->redo);
  g_queue_push_head (steps, step);
  self->n_undo_items += step->items->len;
  self->undo_bytes += step->bytes;
  while (steps->length > MAX_STEPS)
    drop_last (self, steps);
  while ((self->n_undo_items > RT_TABLE_MAX_UNDO || self->undo_bytes > MAX_BYTES) && self->undo.length + self->redo.length > 1)
    drop_last (self, self->redo.length > 0 && steps != &self->redo ? &self->redo : self->undo.length > 0 ? &self->undo : &self->redo);
  update_words (self);
}

void
rt_table_free_steps (RtTable *self)
{
  clear_steps (self, &self->undo);
  clear_steps (self, &self->redo);
}

/* ---- taking back ---- */

static void
take_back (RtTable *self, GQueue *steps, RtTableStepKind kind, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_object_unref);
  RtTableStep *step, *rest;

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, "[rt-model] undo");
  if (self->apply != NULL || g_queue_is_empty (steps) || self->refusal != NULL)
    {
      if (self->apply != NULL)
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "%s", _("Something is being applied already"));
      else if (g_queue_is_empty (steps))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s", _("There is nothing to undo"));
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_READ_ONLY, "%s", self->refusal);
      g_object_unref (task);
      return;
    }
  step = g_queue_pop_head (steps);
  self->n_undo_items -= step->items->len;
  self->undo_bytes -= step->bytes;
  rest = rt_table_step_new (step->kind);
  /* The last that was written is taken back first. */
  for (guint i = step->items->len; i-- > 0;)
    {
      const Item *item = step->items->pdata[i];
      RtTableRow *row = rt_table_view_ensure (self, item->key);
      g_autoptr (RtTableState) written = NULL;

      /* What the person has staged since is his: it is not thrown away, and this can be undone after it. */
      if (row->edit != NULL)
        {
          rt_table_step_add (rest, item->key, item->before, item->after);
          g_ptr_array_add (left, rt_table_result_new (row, RT_OUTCOME_FAILED, _("It has a change of yours that is not applied: apply it or take it back first")));
          continue;
        }
      written = rt_table_state_new (item->after, NULL, 0);
      rt_table_stage (self, row, item->before->value, written);
      g_ptr_array_add (keys, item->key);
    }
  rt_table_start_apply (self, task, keys, kind);
  for (guint i = 0; i < left->len; i++)
    rt_table_add_result (self, left->pdata[i]);
  if (rest->items->len > 0)
    {
      g_queue_push_head (steps, rest);
      self->n_undo_items += rest->items->len;
      self->undo_bytes += rest->bytes;
    }
  else
    free_step (rest);
  free_step (step);
  update_words (self);
}

void
rt_table_undo_async (RtTable *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_TABLE (self));

  take_back (self, &self->undo, RT_STEP_UNDO, rt_table_undo_async, cancellable, callback, user_data);
}

void
rt_table_redo_async (RtTable *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_TABLE (self));

  take_back (self, &self->redo, RT_STEP_REDO, rt_table_redo_async, cancellable, callback, user_data);
}

GListModel *
rt_table_undo_finish (RtTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
