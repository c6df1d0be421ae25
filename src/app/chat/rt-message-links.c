/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What in the text of a message leads somewhere: addresses, and keys of the table. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-message-body-private.h"

static gboolean
is_key_of_table (RtMessageBody *self, const RtLink *link)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) key = NULL;

  if (self->table == NULL)
    return FALSE;
  name = rt_link_dup_target (self->text, link);
  key = rt_table_key_from_text (name, FALSE, NULL);
  return key != NULL && rt_table_find (self->table, key) != NULL;
}

GArray *
rt_message_body_get_links (RtMessageBody *self)
{
  if (self->links != NULL)
    return self->links;
  self->links = rt_links_find (self->text);
  for (guint i = self->links->len; i-- > 0; )
    {
      RtLink *link = &g_array_index (self->links, RtLink, i);

      if (link->kind == RT_LINK_KEY && !is_key_of_table (self, link))
        g_array_remove_index (self->links, i);
    }
  return self->links;
}

void
rt_message_body_forget_links (RtMessageBody *self)
{
  g_clear_pointer (&self->links, g_array_unref);
  self->focus_link = -1;
  self->pressed_link = -1;
}

void
rt_message_body_mark_links (RtMessageBody *self, PangoLayout *layout)
{
  GArray *links = rt_message_body_get_links (self);
  g_autoptr (PangoAttrList) attributes = NULL;

  if (links->len == 0)
    {
      if (pango_layout_get_attributes (layout) != NULL)
        pango_layout_set_attributes (layout, NULL);
      return;
    }
  attributes = pango_attr_list_new ();
  for (guint i = 0; i < links->len; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);
      PangoAttribute *marks[] = { pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), link->kind == RT_LINK_KEY ? pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD) : NULL };

      for (guint k = 0; k < G_N_ELEMENTS (marks) && marks[k] != NULL; k++)
        {
          marks[k]->start_index = (guint) link->start;
          marks[k]->end_index = (guint) link->end;
          pango_attr_list_insert (attributes, marks[k]);
        }
    }
  pango_layout_set_attributes (layout, attributes);
}

int
rt_message_body_link_at (RtMessageBody *self, int index)
{
  GArray *links = rt_message_body_get_links (self);

  for (guint i = 0; i < links->len; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);

      if ((gsize) index >= link->start && (gsize) index < link->end)
        return (int) i;
    }
  return -1;
}

void
rt_message_body_follow (RtMessageBody *self, int position)
{
  RtLink *link = &g_array_index (rt_message_body_get_links (self), RtLink, position);
  g_autofree char *target = rt_link_dup_target (self->text, link);

  g_signal_emit_by_name (self, link->kind == RT_LINK_KEY ? "key" : "link", target);
}

GPtrArray *
rt_message_body_dup_addresses (RtMessageBody *self)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  GArray *links = rt_message_body_get_links (self);

  for (guint i = 0; i < links->len; i++)
    if (g_array_index (links, RtLink, i).kind == RT_LINK_ADDRESS)
      g_ptr_array_add (addresses, rt_link_dup_target (self->text, &g_array_index (links, RtLink, i)));
  return addresses;
}

void
rt_message_body_set_table (RtMessageBody *self, RtTable *table)
{
  guint n;

  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  g_set_object (&self->table, table);
  /* most texts have no sign of a key */
  if (strchr (self->text, '#') == NULL)
    return;
  n = self->links != NULL ? self->links->len : 0;
  rt_message_body_forget_links (self);
  if (self->layout == NULL || rt_message_body_get_links (self)->len == n)
    return;
  rt_message_body_mark_links (self, self->layout);
  self->natural = self->line = -1;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
rt_message_body_snapshot_link (RtMessageBody *self, GtkSnapshot *snapshot)
{
  RtLink *link = &g_array_index (rt_message_body_get_links (self), RtLink, self->focus_link);
  int range[] = { (int) link->start, (int) link->end };
  cairo_region_t *region = gdk_pango_layout_get_clip_region (self->layout, 0, 0, range, 1);
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  for (int i = 0; i < cairo_region_num_rectangles (region); i++)
    {
      cairo_rectangle_int_t r;
      GskRoundedRect outline;

      cairo_region_get_rectangle (region, i, &r);
      gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT ((float) r.x - 2, (float) r.y, (float) r.width + 4, (float) r.height), 4);
      gtk_snapshot_append_border (snapshot, &outline, (float[4]) { 2, 2, 2, 2 }, (GdkRGBA[4]) { color, color, color, color });
    }
  cairo_region_destroy (region);
}

/* The link under the pointer, not the one beside whose end it is */
int
rt_message_body_link_under (RtMessageBody *self, double x, double y)
{
  int index, trailing;

  if (rt_message_body_get_links (self)->len == 0 ||
      !pango_layout_xy_to_index (rt_message_body_get_layout (self), (int) (x * PANGO_SCALE), (int) (y * PANGO_SCALE), &index, &trailing))
    return -1;
  return rt_message_body_link_at (self, index);
}

static gboolean
query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  int at = keyboard ? self->focus_link : rt_message_body_link_under (self, x, y);
  RtLink *link;
  g_autofree char *target = NULL;
  g_autoptr (GBytes) key = NULL;
  RtTableRow *row;

  if (at < 0)
    return FALSE;
  link = &g_array_index (rt_message_body_get_links (self), RtLink, at);
  target = rt_link_dup_target (self->text, link);
  if (link->kind == RT_LINK_ADDRESS)
    {
      gtk_tooltip_set_text (tooltip, target);
      return TRUE;
    }
  key = rt_table_key_from_text (target, FALSE, NULL);
  row = key != NULL && self->table != NULL ? rt_table_find (self->table, key) : NULL;
  if (row != NULL)
    {
      /* Translators: a key of the shared table, and its value now */
      g_autofree char *words = g_strdup_printf (_("%s: %s"), rt_table_row_get_key_text (row),
                                                rt_table_row_get_unread (row) ? rt_table_row_get_kind_text (row) : rt_table_row_get_value_text (row));

      gtk_tooltip_set_text (tooltip, words);
    }
  return row != NULL;
}

void
rt_message_body_class_init_links (GtkWidgetClass *widget_class)
{
  widget_class->query_tooltip = query_tooltip;

  g_signal_new ("link", G_TYPE_FROM_CLASS (widget_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("key", G_TYPE_FROM_CLASS (widget_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

void
rt_message_body_init_links (RtMessageBody *self)
{
  self->focus_link = self->pressed_link = -1;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
