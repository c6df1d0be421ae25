/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * other-program TEXT FILE…: the window of some other program, for tests of the clipboard and of drag and drop. It has copied what is in the file TEXT,
 * and has been found ready when its window is there; what is dragged out of it are the files.
 */
#include "config.h"

#include <gtk/gtk.h>

static GdkContentProvider *
prepare_cb (GtkDragSource *source, double x, double y, char **paths)
{
  GSList *files = NULL;
  GdkFileList *list;
  GdkContentProvider *provider;

  for (char **path = paths; *path != NULL; path++)
    files = g_slist_append (files, g_file_new_for_commandline_arg (*path));
  list = gdk_file_list_new_from_list (files);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  g_slist_free_full (files, g_object_unref);
  return provider;
}

static void
closed_cb (GtkWindow *window, gboolean *closed)
{
  *closed = TRUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gboolean closed = FALSE;
  GtkWidget *window;
  GtkDragSource *source;

  gtk_init ();
  if (argc < 2 || !g_file_get_contents (argv[1], &text, NULL, &error))
    {
      g_printerr ("Usage: %s TEXT FILE…%s%s\n", argv[0], error != NULL ? ": " : "", error != NULL ? error->message : "");
      return 2;
    }
  window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (window), "Other program");
  gtk_window_set_default_size (GTK_WINDOW (window), 160, 120);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("Drag me"));
  source = gtk_drag_source_new ();
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), argv + 2);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (source));
  g_signal_connect (window, "destroy", G_CALLBACK (closed_cb), &closed);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (window), text);
  gtk_window_present (GTK_WINDOW (window));
  while (!closed)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
