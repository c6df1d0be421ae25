/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the keyboard is on the page of the table: in the list, or beside it. */
#include "config.h"

#include "rt-table-page-private.h"

/* There is something beside the list. */
static gboolean
has_side (RtTablePage *self)
{
  return self->side != GTK_WIDGET (self->details) || rt_key_details_get_row (self->details) != NULL || rt_key_details_is_editing (self->details);
}

void
rt_table_page_show_side (RtTablePage *self)
{
  g_return_if_fail (RT_IS_TABLE_PAGE (self));

  rt_split_box_set_show_details (self->split, TRUE);
  gtk_widget_grab_focus (self->side);
}

void
rt_table_page_show_details (RtTablePage *self)
{
  if (has_side (self))
    rt_table_page_show_side (self);
}

/* Of the two, where the person was. */
static gboolean
focus_pane (RtTablePage *self)
{
  if (rt_split_box_get_mode (self->split) == RT_SPLIT_ALONE && rt_split_box_get_show_details (self->split))
    return gtk_widget_grab_focus (self->side);
  return rt_table_page_focus_list (self);
}

gboolean
rt_table_page_focus_list (RtTablePage *self)
{
  rt_split_box_set_show_details (self->split, FALSE);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "keys") != 0)
    return gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  return gtk_widget_grab_focus (GTK_WIDGET (self->list)) || gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static gboolean
focus_later_cb (GtkWidget     *widget,
                GdkFrameClock *clock,
                gpointer       user_data)
{
  RtTablePage *self = RT_TABLE_PAGE (widget);

  if (gtk_widget_get_mapped (widget) && gtk_widget_get_width (GTK_WIDGET (self->split)) == 0)
    return G_SOURCE_CONTINUE;
  self->focus_id = 0;
  if (gtk_widget_get_mapped (widget))
    focus_pane (self);
  return G_SOURCE_REMOVE;
}

/* Before the page was ever laid out nobody knows whether the table or the list will be there. */
gboolean
rt_table_page_grab_focus (GtkWidget *widget)
{
  RtTablePage *self = RT_TABLE_PAGE (widget);

  if (gtk_widget_get_width (GTK_WIDGET (self->split)) > 0)
    return focus_pane (self);
  if (self->focus_id == 0)
    self->focus_id = gtk_widget_add_tick_callback (widget, focus_later_cb, NULL, NULL);
  return TRUE;
}

gboolean
rt_table_page_step_pane (RtTablePage *self,
                         int          step)
{
  GtkRoot *root;
  GtkWidget *focus;
  gboolean in_details;

  g_return_val_if_fail (RT_IS_TABLE_PAGE (self), FALSE);

  root = gtk_widget_get_root (GTK_WIDGET (self));
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return FALSE;
  in_details = gtk_widget_is_ancestor (focus, self->side);
  if (in_details && step < 0)
    return rt_table_page_focus_list (self);
  if (in_details || step < 0 || !has_side (self))
    return FALSE;
  rt_table_page_show_side (self);
  return TRUE;
}
