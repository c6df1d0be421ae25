/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-timeline-private.h"

/* Rows that are no items: where the unread ones begin, where the network was split. They are few, and known by their keys, so
 * they may stand anywhere in a history of which a few hundred items are in memory. */

static RtTimelineDivider *
get_divider (RtTimeline *self, guint at)
{
  return &g_array_index (self->dividers, RtTimelineDivider, at);
}

static gboolean
find_divider (RtTimeline *self, guint id, guint *at)
{
  for (guint i = 0; i < self->dividers->len; i++)
    if (get_divider (self, i)->id == id)
      {
        *at = i;
        return TRUE;
      }
  return FALSE;
}

/* The dividers that stand right over this item: n of them from *from on. */
static guint
count_before (RtTimeline *self, guint index, guint *from)
{
  RtTimelineKey above = { G_MININT64, G_MININT64 }, key;
  guint n = 0;

  if (self->dividers->len == 0 || index >= self->items->len || (index == 0 && self->has_before))
    return 0;
  rt_timeline_item_key (self, index, &key);
  if (index > 0)
    rt_timeline_item_key (self, index - 1, &above);
  for (guint i = 0; i < self->dividers->len; i++)
    {
      const RtTimelineDivider *divider = get_divider (self, i);

      if (index > 0 && rt_timeline_key_compare (&divider->key, &above) <= 0)
        continue;
      if (rt_timeline_key_compare (&divider->key, &key) > 0)
        break;
      if (n++ == 0)
        *from = i;
    }
  return n;
}

guint
rt_timeline_divider_above (RtTimeline *self, guint index, guint below)
{
  guint from, n = count_before (self, index, &from);

  for (guint i = n; i-- > 0; )
    if (below == 0)
      return get_divider (self, from + i)->id;
    else if (get_divider (self, from + i)->id == below)
      below = 0;
  return 0;
}

guint
rt_timeline_divider_below (RtTimeline *self, guint index, guint above)
{
  guint from, n = count_before (self, index, &from);

  for (guint i = 0; i < n; i++)
    if (above == 0)
      return get_divider (self, from + i)->id;
    else if (get_divider (self, from + i)->id == above)
      above = 0;
  return 0;
}

GtkWidget *
rt_timeline_divider_widget (RtTimeline *self, guint id)
{
  RtTimelineDivider *divider;
  guint at;

  if (!find_divider (self, id, &at))
    g_return_val_if_reached (NULL);
  divider = get_divider (self, at);
  if (divider->widget == NULL)
    {
      divider->widget = divider->create (divider->what, self->factory_data);
      gtk_widget_set_parent (divider->widget, GTK_WIDGET (self));
      rt_timeline_set_row_shown (divider->widget, FALSE);
    }
  return divider->widget;
}

/* Position of the shown row of a divider */
static gboolean
find_row (RtTimeline *self, guint id, guint *position)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (rt_timeline_row (self, i)->kind == RT_TIMELINE_ROW_DIVIDER && rt_timeline_row (self, i)->divider == id)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static void
remove_misplaced (RtTimeline *self)
{
  guint index = self->first + self->n_item_rows;

  for (guint position = self->rows->len; position-- > 0; )
    {
      RtTimelineRow *row = rt_timeline_row (self, position);
      gboolean right = FALSE;
      guint from, n;

      if (row->kind == RT_TIMELINE_ROW_ITEM)
        index--;
      if (row->kind != RT_TIMELINE_ROW_DIVIDER)
        continue;
      n = count_before (self, index, &from);
      for (guint i = 0; i < n && !right; i++)
        right = get_divider (self, from + i)->id == row->divider;
      if (!right)
        rt_timeline_remove_row (self, position);
    }
}

/* Puts the dividers where they belong among the rows that there are; above and below them extending does it. */
void
rt_timeline_place_dividers (RtTimeline *self)
{
  remove_misplaced (self);
  if (self->n_item_rows == 0)
    return;
  for (guint i = 0; i < self->dividers->len; i++)
    {
      const RtTimelineDivider *divider = get_divider (self, i);
      guint index = rt_timeline_lower_bound (self, &divider->key), from, n, position, lower;

      if (index < self->first || index >= self->first + self->n_item_rows)
        continue;
      n = count_before (self, index, &from);
      if (n == 0 || find_row (self, divider->id, &position) ||
          !rt_timeline_find_row (self, g_ptr_array_index (self->items, index), &position))
        continue;
      /* over those of this place that are to be below it */
      for (guint j = i + 1; j < from + n; j++)
        if (find_row (self, get_divider (self, j)->id, &lower))
          {
            position = lower;
            break;
          }
      rt_timeline_insert_row (self, position, RT_TIMELINE_ROW_DIVIDER, divider->id);
    }
}

static void
clear_divider (RtTimelineDivider *divider)
{
  g_clear_pointer (&divider->widget, gtk_widget_unparent);
  g_clear_object (&divider->what);
}

void
rt_timeline_forget_dividers (RtTimeline *self)
{
  for (guint i = 0; i < self->dividers->len; i++)
    clear_divider (get_divider (self, i));
  g_array_set_size (self->dividers, 0);
}

guint
rt_timeline_add_divider (RtTimeline *self, const RtTimelineKey *key, RtTimelineCreateDivider create, GObject *what)
{
  RtTimelineDivider divider = { 0 };
  guint at;

  g_return_val_if_fail (RT_IS_TIMELINE (self), 0);
  g_return_val_if_fail (key != NULL && create != NULL, 0);

  divider.id = ++self->last_divider;
  divider.key = *key;
  divider.create = create;
  g_set_object (&divider.what, what);
  for (at = self->dividers->len; at > 0 && rt_timeline_key_compare (&get_divider (self, at - 1)->key, key) > 0; at--)
    ;
  g_array_insert_val (self->dividers, at, divider);
  if (self->width > 0)
    rt_timeline_place_dividers (self);
  rt_timeline_settle (self);
  return divider.id;
}

void
rt_timeline_remove_divider (RtTimeline *self, guint id)
{
  guint at, position;

  g_return_if_fail (RT_IS_TIMELINE (self));

  if (!find_divider (self, id, &at))
    return;
  if (find_row (self, id, &position))
    rt_timeline_remove_row (self, position);
  clear_divider (get_divider (self, at));
  g_array_remove_index (self->dividers, at);
  rt_timeline_settle (self);
}
