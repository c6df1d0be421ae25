/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the shared table, offered while one writes # and a beginning. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/timeline/rt-link.h"
#include "rt-composer-private.h"

#define MAX_FOUND 8u
#define MAX_PREFIX 200

/* What stands between a # and the caret, NULL: there is none. start: where the # is. */
static char *
dup_prefix (RtComposer *self, GtkTextIter *start)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  if (gtk_text_buffer_get_has_selection (buffer))
    return NULL;
  gtk_text_buffer_get_iter_at_mark (buffer, &end, gtk_text_buffer_get_insert (buffer));
  *start = end;
  for (int i = 0; i < MAX_PREFIX && gtk_text_iter_backward_char (start); i++)
    {
      gunichar c = gtk_text_iter_get_char (start);
      GtkTextIter before = *start;

      if (c == '#')
        {
          if (gtk_text_iter_backward_char (&before) && (g_unichar_isalnum (gtk_text_iter_get_char (&before)) || strchr ("#&/", (char) MIN (gtk_text_iter_get_char (&before), 127)) != NULL))
            return NULL;
          gtk_text_iter_forward_char (&before);
          before = *start;
          gtk_text_iter_forward_char (&before);
          return gtk_text_buffer_get_text (buffer, &before, &end, FALSE);
        }
      if (!g_unichar_isalnum (c) && !g_unichar_ismark (c) && (c > 127 || strchr ("_-./:", (char) c) == NULL))
        return NULL;
    }
  return NULL;
}

static void
hide (RtComposer *self)
{
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
choose (RtComposer *self, GtkListBoxRow *chosen)
{
  int position = chosen != NULL ? gtk_list_box_row_get_index (chosen) : -1;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;
  g_autofree char *prefix = dup_prefix (self, &start), *cite = NULL;

  hide (self);
  if (prefix == NULL || position < 0 || self->found == NULL || (guint) position >= self->found->len)
    return;
  cite = rt_link_cite (rt_table_row_get_key_text (self->found->pdata[position]));
  if (cite == NULL)
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &end, gtk_text_buffer_get_insert (buffer));
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, cite, -1);
  gtk_text_buffer_insert (buffer, &start, " ", -1);
  gtk_text_buffer_end_user_action (buffer);
  hide (self);
}

static void
activated_cb (RtComposer *self, GtkListBoxRow *row)
{
  choose (self, row);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
make_popover (RtComposer *self)
{
  self->popover = gtk_popover_new ();
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_TOP);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (self->list, TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self->list), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Keys of the table"), -1);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->list));
  gtk_widget_add_css_class (self->popover, "key-completion");
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
}

static GtkWidget *
make_row (RtTableRow *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *child = gtk_list_box_row_new ();
  const char *texts[] = { rt_table_row_get_key_text (row), rt_table_row_get_unread (row) ? "" : rt_table_row_get_value_text (row) };
  /* Translators: what a screen reader says of a key of the table: the key, its value */
  g_autofree char *spoken = *texts[1] != '\0' ? g_strdup_printf (_("%s: %s"), texts[0], texts[1]) : g_strdup (texts[0]);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *label = gtk_label_new (texts[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
      gtk_widget_set_hexpand (label, i == 0);
      if (i == 1)
        gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (child), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_focusable (child, FALSE);
  return child;
}

static void
show (RtComposer *self, const GtkTextIter *start)
{
  GdkRectangle place;
  GtkWidget *child;
  double x, y;
  int wx, wy;

  if (self->popover == NULL)
    make_popover (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < self->found->len; i++)
    gtk_list_box_append (self->list, make_row (self->found->pdata[i]));
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_text_view_get_iter_location (self->view, start, &place);
  gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &wx, &wy);
  if (gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), wx, wy, &x, &y))
    gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &(GdkRectangle) { (int) x, (int) y, 1, MAX (place.height, 1) });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

void
rt_composer_complete (RtComposer *self)
{
  GtkTextIter start;
  g_autofree char *prefix = NULL;

  if (self->table == NULL)
    return;
  prefix = dup_prefix (self, &start);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  if (prefix != NULL && gtk_widget_has_focus (GTK_WIDGET (self->view)))
    self->found = rt_table_complete (self->table, prefix, MAX_FOUND);
  /* nothing is left to be completed */
  if (self->found == NULL || self->found->len == 0 || (self->found->len == 1 && g_str_equal (rt_table_row_get_key_text (self->found->pdata[0]), prefix)))
    hide (self);
  else
    show (self, &start);
}

gboolean
rt_composer_complete_key (RtComposer *self, guint keyval)
{
  GtkListBoxRow *row;
  int n, next;

  if (self->popover == NULL || !gtk_widget_get_visible (self->popover) || self->found == NULL)
    return FALSE;
  n = (int) self->found->len;
  row = gtk_list_box_get_selected_row (self->list);
  next = row != NULL ? gtk_list_box_row_get_index (row) : -1;
  switch (keyval)
    {
    case GDK_KEY_Escape:
      hide (self);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      next += keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up ? n - 1 : 1;
      gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, next % n));
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      choose (self, row);
      return TRUE;
    default:
      return FALSE;
    }
}

void
rt_composer_set_table (RtComposer *self, RtTable *table)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  if (!g_set_object (&self->table, table))
    return;
  hide (self);
  g_clear_pointer (&self->found, g_ptr_array_unref);
}

void
rt_composer_dispose_complete (RtComposer *self)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_object (&self->table);
}
