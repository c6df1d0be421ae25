/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "chat-fixture.h"

GtkWidget *
page_part (PageFixture *p, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (p->page), RT_TYPE_CHAT_PAGE, name));
}

gboolean
page_shows (PageFixture *p, const char *name)
{
  return gtk_widget_get_visible (page_part (p, name));
}

void
page_frames (PageFixture *p, guint n)
{
  while (n-- > 0)
    fixture_frame (&p->f);
}

void
page_set_up (PageFixture *p, gconstpointer n_messages)
{
  gint64 now = g_get_real_time ();

  p->network = fake_network_new ("mesh");
  for (int i = GPOINTER_TO_INT (n_messages); i > 0; i--)
    {
      g_autofree char *text = g_strdup_printf ("Message %d%s", i, i % 7 == 0 ? " of those that are so long that they do not fit into a single line of it" : "");

      if (i % 4 == 1)
        fake_network_deliver (p->network, fake_network_say (p->network, now - i * G_TIME_SPAN_MINUTE, NULL, text), RT_DELIVERY_HANDED, 1, NULL);
      else
        fake_network_hear_text (p->network, ADA, now - i * G_TIME_SPAN_MINUTE, text);
    }
  p->page = RT_CHAT_PAGE (rt_chat_page_new ());
  p->f.window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (p->f.window), 500, 600);
  gtk_window_set_child (GTK_WINDOW (p->f.window), GTK_WIDGET (p->page));
  rt_chat_page_set_network (p->page, p->network);
  g_assert_true (rt_chat_page_get_network (p->page) == p->network);
  gtk_window_present (GTK_WINDOW (p->f.window));
  p->f.timeline = RT_TIMELINE (page_part (p, "timeline"));
  p->composer = RT_COMPOSER (page_part (p, "composer"));
  page_frames (p, 3);
}

void
page_tear_down (PageFixture *p, gconstpointer unused)
{
  g_object_ref (p->page);
  gtk_window_destroy (GTK_WINDOW (p->f.window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (p->page);
  g_assert_finalize_object (p->network);
}

void
page_assert_calls (PageFixture *p, const char *expected)
{
  g_autofree char *calls = fake_network_steal_calls (p->network);

  g_assert_cmpstr (calls, ==, expected);
}

void
page_assert_text (PageFixture *p, const char *expected)
{
  g_autofree char *text = rt_composer_dup_text (p->composer);

  g_assert_cmpstr (text, ==, expected);
}

gboolean
page_press (PageFixture *p, guint keyval, GdkModifierType state)
{
  GtkWidget *view = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (p->composer), RT_TYPE_COMPOSER, "view"));
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean kept = FALSE;

      if (!GTK_IS_EVENT_CONTROLLER_KEY (controller) || gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_CAPTURE)
        continue;
      g_signal_emit_by_name (controller, "key-pressed", keyval, 0, state, &kept);
      return kept;
    }
  g_assert_not_reached ();
}

RtMessageRow *
page_newest_row (PageFixture *p)
{
  GListModel *items = G_LIST_MODEL (rt_network_get_timeline (p->network));
  g_autoptr (RtTimelineItem) item = g_list_model_get_item (items, g_list_model_get_n_items (items) - 1);
  RtTimelineKey key;

  rt_timeline_item_get_key (item, &key);
  return RT_MESSAGE_ROW (rt_timeline_get_row (p->f.timeline, &key));
}

RtMessageRow *
page_row (PageFixture *p, RtMessageItem *item)
{
  RtTimelineKey key;
  GtkWidget *row;

  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  row = rt_timeline_get_row (p->f.timeline, &key);
  return row != NULL ? RT_MESSAGE_ROW (row) : NULL;
}

const char *
page_words (PageFixture *p, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (page_part (p, name)));
}

gboolean
page_has_label (GtkWidget *below, const char *text)
{
  if (!gtk_widget_get_child_visible (below) || !gtk_widget_get_visible (below))
    return FALSE;
  if (GTK_IS_LABEL (below) && strstr (gtk_label_get_text (GTK_LABEL (below)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (page_has_label (child, text))
      return TRUE;
  return FALSE;
}

void
page_picture (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("ROUNDTABLE_PICTURES");
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = NULL;
  GtkSnapshot *snapshot;

  if (folder == NULL)
    return;
  paintable = gtk_widget_paintable_new (widget);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  /* not drawn yet */
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, NULL);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  gdk_texture_save_to_png (texture, path);
}
