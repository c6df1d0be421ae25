/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which row comes before which, and which are shown: by what is known of them. */
#include "rt-table-private.h"

#include <string.h>

/* ---- order ---- */

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* What was not read comes after all that was. */
static gboolean
is_blank (RtTableRow *row)
{
  return row->unread || row->nothing;
}

static int
compare_values (RtTableRow *a, RtTableRow *b)
{
  gboolean number_a, number_b;

  rt_table_row_look (a);
  rt_table_row_look (b);
  if (is_blank (a) || is_blank (b))
    return (int) is_blank (a) - (int) is_blank (b);
  number_a = a->kind == RT_VALUE_INTEGER || a->kind == RT_VALUE_DECIMAL;
  number_b = b->kind == RT_VALUE_INTEGER || b->kind == RT_VALUE_DECIMAL;
  if (number_a != number_b)
    return number_a ? -1 : 1;
  if (!number_a)
    return g_strcmp0 (a->preview, b->preview);
  /* no order can be had with a NaN in it: those are the smallest */
  if (a->number != a->number || b->number != b->number)
    return (a->number == a->number) - (b->number == b->number);
  return COMPARE (a->number, b->number);
}

/* Not by the time: a place that changes with it could not be found again. */
static guint
rank_state (RtTableRow *row)
{
  static const guint ranks[] = {
    [RT_ROW_CONFLICT] = 0, [RT_ROW_FAILED] = 1, [RT_ROW_APPLYING] = 2, [RT_ROW_EDITED] = 3, [RT_ROW_TO_DELETE] = 4, [RT_ROW_NORMAL] = 5,
  };

  if (row->order_state != RT_ROW_NORMAL)
    return ranks[row->order_state];
  if (row->old)
    return 8;
  if (row->mine)
    return 5;
  return row->lease_end > 0 ? 6 : 7;
}

int
rt_table_row_compare (RtTableRow *a, RtTableRow *b, RtTableSort sort_by)
{
  int order = 0;

  switch (sort_by)
    {
    case RT_TABLE_SORT_VALUE:
      order = compare_values (a, b);
      break;
    case RT_TABLE_SORT_KIND:
      rt_table_row_look (a);
      rt_table_row_look (b);
      order = (int) is_blank (a) - (int) is_blank (b);
      if (order == 0)
        order = COMPARE (a->kind, b->kind);
      break;
    case RT_TABLE_SORT_SIZE:
      order = (int) is_blank (a) - (int) is_blank (b);
      if (order == 0)
        order = COMPARE (a->size, b->size);
      break;
    case RT_TABLE_SORT_OWNER:
      order = (int) b->mine - (int) a->mine;
      if (order == 0)
        order = g_strcmp0 (a->owner, b->owner);
      break;
    case RT_TABLE_SORT_WRITTEN:
      order = COMPARE (a->written, b->written);
      break;
    case RT_TABLE_SORT_LEASE:
      order = COMPARE (a->lease_end, b->lease_end);
      break;
    case RT_TABLE_SORT_STATE:
      order = COMPARE (rank_state (a), rank_state (b));
      break;
    case RT_TABLE_SORT_KEY:
    default:
      break;
    }
  return order != 0 ? order : g_bytes_compare (a->key, b->key);
}

/* ---- filter ---- */

static gboolean
is_in_value (RtTable *self, RtTableRow *row)
{
  g_autoptr (GVariant) value = NULL;

  if (row->edit != NULL && row->edit->value != NULL && rt_needle_in_value (self->needle, row->edit->value))
    return TRUE;
  value = row->exists && self->source != NULL ? rt_table_source_get_value (self->source, row->key) : NULL;
  return value != NULL && rt_needle_in_value (self->needle, value);
}

gboolean
rt_table_row_is_wanted (RtTable *self, RtTableRow *row)
{
  const char *text;

  if (!row->exists && row->edit == NULL)
    return FALSE;
  if ((self->show == RT_TABLE_SHOW_MINE && !row->mine) || (self->show == RT_TABLE_SHOW_STAGED && row->edit == NULL) ||
      (self->show == RT_TABLE_SHOW_CONFLICTS && row->state != RT_ROW_CONFLICT && row->state != RT_ROW_FAILED))
    return FALSE;
  if (self->needle == NULL)
    return TRUE;
  text = rt_table_row_get_key_text (row);
  return rt_needle_in_text (self->needle, text, strlen (text)) || is_in_value (self, row);
}
