/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys are before the person's eyes: their leases count down, and where values have to be fetched, theirs are. */
#include "config.h"

#include "rt-key-row.h"
#include "rt-table-page-private.h"

#define TICK_MILLISECONDS 1000
/* What has no height was given no place yet. */
#define LEAST_HEIGHT 8

static void
look_at_rows (RtTablePage *self,
              gboolean     tick)
{
  GtkWidget *scroller = GTK_WIDGET (self->scroller);
  int height = gtk_widget_get_height (scroller);

  for (GtkWidget *w = gtk_widget_get_first_child (GTK_WIDGET (self->list)); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      GtkWidget *child = gtk_widget_get_first_child (w);
      graphene_rect_t bounds;
      gboolean seen;

      if (!RT_IS_KEY_ROW (child) || rt_key_row_get_item (RT_KEY_ROW (child)) == NULL)
        continue;
      seen = gtk_widget_get_mapped (scroller) && gtk_widget_compute_bounds (w, scroller, &bounds) &&
             bounds.size.height >= LEAST_HEIGHT && bounds.origin.y + bounds.size.height > 0 && bounds.origin.y < height;
      rt_key_row_set_seen (RT_KEY_ROW (child), seen);
      if (seen && tick)
        rt_table_row_tick (rt_key_row_get_item (RT_KEY_ROW (child)));
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  RtTablePage *self = user_data;
  RtTableRow *row = rt_key_details_get_row (self->details);

  look_at_rows (self, TRUE);
  if (row != NULL)
    rt_table_row_tick (row);
  return G_SOURCE_CONTINUE;
}

/* After the layout of this frame: rows are where they will be seen. */
static gboolean
look_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  RtTablePage *self = RT_TABLE_PAGE (widget);

  if (++self->look_frames < 2)
    return G_SOURCE_CONTINUE;
  self->look_id = 0;
  look_at_rows (self, FALSE);
  return G_SOURCE_REMOVE;
}

void
rt_table_page_look_soon (RtTablePage *self)
{
  if (self->look_id != 0 || self->tick_id == 0)
    return;
  self->look_frames = 0;
  self->look_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), look_cb, NULL, NULL);
}

void
rt_table_page_start_looking (RtTablePage *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->tick_id = g_timeout_add (TICK_MILLISECONDS, tick_cb, self);
  g_source_set_name_by_id (self->tick_id, "rt-table-page-tick");
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (rt_table_page_look_soon), self);
  g_signal_connect_swapped (adjustment, "changed", G_CALLBACK (rt_table_page_look_soon), self);
  rt_table_page_look_soon (self);
}

void
rt_table_page_stop_looking (RtTablePage *self)
{
  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (self->look_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->look_id);
  self->look_id = 0;
  if (self->scroller != NULL)
    g_signal_handlers_disconnect_by_data (gtk_scrolled_window_get_vadjustment (self->scroller), self);
}
