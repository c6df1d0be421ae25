/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An edit of a key that another holds is tried again when his lease ends; over a network, one that nobody took, after a while. */
#include "config.h"

#include "rt-table-private.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

/* Clocks are set, computers sleep, leases are renewed: looked at again after so long in any case. */
#define MAX_WAIT_SECONDS 30
/* Over a network. */
#define AT_ONCE 8u

static gboolean
is_fetching (RtTable *self)
{
  return self->source != NULL && rt_table_source_is_fetching (self->source);
}

static void
give_up (RtTable *self, RtTableRow *row)
{
  g_autoptr (RtTableResult) result = NULL;

  rt_table_row_set_retry (row, 0);
  rt_table_set_row_state (self, row, RT_ROW_FAILED,
                          is_fetching (self) ? _("Not tried again by itself any more: it has failed each time") : _("Not tried again by itself any more: the lease was never free"));
  rt_table_view_note (self, row->key);
  result = rt_table_result_new (row, RT_OUTCOME_FAILED, row->error);
  rt_table_emit_result (self, result);
}

static void
tried_cb (RtTable *self, RtTableRow *row, RtTableResult *result, RtTableState *before, GVariant *wanted, gpointer data)
{
  RtTableStep *step = rt_table_step_new (RT_STEP_EDIT);

  self->n_retrying--;
  if (row->edit != NULL)
    row->edit->next_try = g_get_monotonic_time () + MAX_WAIT_SECONDS * G_TIME_SPAN_SECOND;
  if (before != NULL)
    rt_table_step_add (step, row->key, before, wanted);
  rt_table_take_step (self, step);
  if (is_fetching (self))
    rt_table_plan_retry (self);
  if (row->edit != NULL && row->state != RT_ROW_CONFLICT && row->edit->retry_since != 0)
    {
      if (++row->edit->retries >= RT_TABLE_RETRY_TIMES)
        {
          give_up (self, row);
          return;
        }
      if (is_fetching (self) || rt_table_result_get_outcome (result) == RT_OUTCOME_LEASED)
        return;
    }
  rt_table_emit_result (self, result);
}

static gboolean
is_due (RtTable *self, RtTableRow *row, gint64 now)
{
  RtTableMeta meta = { 0 };

  if (self->source == NULL)
    return FALSE;
  if (is_fetching (self))
    return row->edit->next_try <= g_get_monotonic_time () && self->n_retrying < AT_ONCE;
  return !rt_table_source_lookup (self->source, row->key, &meta) || meta.mine || meta.lease_end <= now;
}

static gboolean
retry_cb (gpointer data)
{
  g_autoptr (RtTable) self = g_object_ref (data);
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *staged = rt_table_rows_get (self->staged);
  gint64 now = rt_table_get_now (self);

  self->retry_timer = 0;
  for (guint i = 0; i < staged->len; i++)
    if (rt_table_row_get_retrying (staged->pdata[i]))
      g_ptr_array_add (due, g_object_ref (staged->pdata[i]));
  for (guint i = 0; i < due->len && self->apply == NULL && self->refusal == NULL; i++)
    {
      RtTableRow *row = due->pdata[i];

      if (row->edit == NULL || row->edit->retry_since == 0 || row->state == RT_ROW_APPLYING)
        continue;
      if (now - row->edit->retry_since > RT_TABLE_RETRY_SECONDS)
        give_up (self, row);
      else if (is_due (self, row, now))
        {
          self->n_retrying++;
          rt_table_try_row (self, row, NULL, tried_cb, NULL);
        }
    }
  rt_table_plan_retry (self);
  return G_SOURCE_REMOVE;
}

/* Nobody says when: it is tried after a while, and when the network is up again. */
static gint64
get_wait_for_network (RtTable *self, RtTableRow *row)
{
  gint64 left = (row->edit->next_try - g_get_monotonic_time () + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND;

  if (self->refusal != NULL || self->n_retrying >= AT_ONCE)
    return G_MAXINT64;
  return CLAMP (left, self->apply != NULL ? 1 : 0, MAX_WAIT_SECONDS);
}

void
rt_table_plan_retry (RtTable *self)
{
  GPtrArray *staged = rt_table_rows_get (self->staged);
  gint64 now = rt_table_get_now (self), wait = G_MAXINT64;

  rt_timer_clear (&self->retry_timer);
  if (self->source == NULL)
    return;
  for (guint i = 0; i < staged->len; i++)
    {
      RtTableRow *row = staged->pdata[i];
      RtTableMeta meta = { 0 };

      if (!rt_table_row_get_retrying (row) || row->state == RT_ROW_APPLYING)
        continue;
      if (is_fetching (self))
        {
          wait = MIN (wait, get_wait_for_network (self, row));
          continue;
        }
      rt_table_source_lookup (self->source, row->key, &meta);
      wait = MIN (wait, CLAMP (meta.lease_end - now, row->edit->retries > 0 || self->refusal != NULL || self->apply != NULL ? 1 : 0, MAX_WAIT_SECONDS));
    }
  if (wait != G_MAXINT64)
    self->retry_timer = rt_timer_add ((guint) wait * 1000, "[rt-model] retry", retry_cb, self);
}

void
rt_table_retry_soon (RtTable *self)
{
  GPtrArray *staged = rt_table_rows_get (self->staged);

  for (guint i = 0; i < staged->len; i++)
    {
      RtTableRow *row = staged->pdata[i];

      if (row->edit != NULL)
        row->edit->next_try = 0;
    }
  rt_table_plan_retry (self);
}

void
rt_table_set_retry (RtTable *self, GBytes *key, gboolean retry)
{
  RtTableRow *row;

  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (key != NULL);

  row = g_hash_table_lookup (self->by_key, key);
  if (row == NULL || row->edit == NULL || (retry && row->state == RT_ROW_CONFLICT))
    return;
  rt_table_row_set_retry (row, retry ? MAX (rt_table_get_now (self), 1) : 0);
  row->edit->next_try = g_get_monotonic_time () + MAX_WAIT_SECONDS * G_TIME_SPAN_SECOND;
  rt_table_plan_retry (self);
}
