/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links of Roundtable that are dropped on the window. */
#include "config.h"

#include "rt-uri.h"

/* What a page drags is a text, or the address of something: GDK makes a file of that. Transfer full, nullable. */
static char *
dup_link (const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    return rt_uri_dup_clean (g_value_get_string (value));
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) && g_value_get_boxed (value) != NULL)
    {
      g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

      return files != NULL ? g_file_get_uri (files->data) : NULL;
    }
  return NULL;
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer unused)
{
  GtkRoot *root = gtk_widget_get_root (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target)));
  g_autofree char *link = dup_link (value);

  if (link == NULL || !GTK_IS_WINDOW (root) || !g_utf8_validate (link, -1, NULL) || !rt_uri_is_ours (link))
    return FALSE;
  rt_uri_open (GTK_WINDOW (root), link);
  return TRUE;
}

void
rt_uri_add_drop_target (GtkWidget *onto)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { G_TYPE_STRING, GDK_TYPE_FILE_LIST };

  g_return_if_fail (GTK_IS_WIDGET (onto));

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), NULL);
  gtk_widget_add_controller (onto, GTK_EVENT_CONTROLLER (target));
}
