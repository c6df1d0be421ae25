/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/chat/rt-message-body.h"
#include "row-fixture.h"

void
row_set_up (RowFixture *f, gconstpointer unused)
{
  f->network = fake_network_new ("mesh");
  f->row = rt_message_row_new ();
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 600, 400);
  gtk_window_set_child (GTK_WINDOW (f->window), f->row);
}

void
row_tear_down (RowFixture *f, gconstpointer unused)
{
  g_object_ref (f->row);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_assert_finalize_object (f->row);
  g_assert_finalize_object (f->network);
}

GtkWidget *
row_part (RowFixture *f, const char *name)
{
  GObject *child = gtk_widget_get_template_child (f->row, RT_TYPE_MESSAGE_ROW, name);

  g_assert_true (GTK_IS_WIDGET (child));
  return GTK_WIDGET (child);
}

gboolean
row_shows (RowFixture *f, const char *name)
{
  return gtk_widget_get_visible (row_part (f, name));
}

const char *
row_words (RowFixture *f, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (row_part (f, name)));
}

const char *
row_body_text (RowFixture *f)
{
  return rt_message_body_get_text (RT_MESSAGE_BODY (row_part (f, "body")));
}

gboolean
row_can (RowFixture *f, const char *action)
{
  /* there is no getter: activating a disabled one does nothing and says so */
  return gtk_widget_activate_action (f->row, action, NULL);
}

void
row_bind (RowFixture *f, RtMessageItem *item, RtMessageItem *previous)
{
  rt_message_row_bind (RT_MESSAGE_ROW (f->row), item, previous);
  g_assert_true (rt_message_row_get_item (RT_MESSAGE_ROW (f->row)) == item);
}

void
row_get_bounds (RowFixture *f, const char *name, graphene_rect_t *bounds)
{
  g_assert_true (gtk_widget_compute_bounds (row_part (f, name), f->row, bounds));
}

static void
clipboard_cb (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

char *
row_read_clipboard (RowFixture *f)
{
  char *copied = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (f->row), NULL, clipboard_cb, &copied);
  while (copied == NULL)
    g_main_context_iteration (NULL, TRUE);
  return copied;
}
