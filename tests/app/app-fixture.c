/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app-fixture.h"

void
app_settle (void)
{
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

static gboolean
is_loaded (AppFixture *fixture)
{
  gboolean loaded;

  g_object_get (fixture->networks, "loaded", &loaded, NULL);
  return loaded;
}

void
app_fixture_set_up (AppFixture *fixture,
                    const char *user_name)
{
  app_fixture_set_up_after (fixture, user_name, NULL);
}

void
app_fixture_set_up_after (AppFixture *fixture,
                          const char *user_name,
                          AppBefore   before)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("rt-test-app-XXXXXX", &error);
  g_assert_no_error (error);
  if (before != NULL)
    before (fixture->folder);
  fixture->app = rt_application_new ();
  g_application_set_flags (G_APPLICATION (fixture->app), g_application_get_flags (G_APPLICATION (fixture->app)) | G_APPLICATION_NON_UNIQUE);
  g_setenv ("ROUNDTABLE_DATA_DIR", fixture->folder, TRUE);
  g_application_register (G_APPLICATION (fixture->app), NULL, &error);
  g_assert_no_error (error);
  fixture->networks = g_object_ref (rt_application_get_networks (fixture->app));
  app_wait_for (is_loaded (fixture));
  if (user_name != NULL)
    rt_networks_set_user_name (fixture->networks, user_name);
}

void
app_fixture_tear_down (AppFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (fixture->app))) != NULL)
    gtk_window_destroy (windows->data);
  rt_networks_shutdown_async (fixture->networks, rt_wait_result_cb, &result);
  app_wait_for (result != NULL);
  rt_networks_shutdown_finish (fixture->networks, result, &error);
  g_assert_no_error (error);
  app_settle ();
  g_clear_object (&fixture->networks);
  g_clear_object (&fixture->app);
  rt_remove_tree (fixture->folder);
  g_clear_pointer (&fixture->folder, g_free);
}

RtNetwork *
app_fixture_add (AppFixture *fixture,
                 const char *subnet)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  g_object_set (config, "subnet", subnet, "encryption", "Plaintext", "listen-host", "127.0.0.1", NULL);
  network = rt_networks_add (fixture->networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  return network;
}

GtkWidget *
app_find (GtkWidget  *below,
          GType       type,
          const char *buildable_id)
{
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      GtkWidget *found;

      if (g_type_is_a (G_OBJECT_TYPE (w), type) &&
          (buildable_id == NULL || g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (w)), buildable_id) == 0))
        return w;
      found = app_find (w, type, buildable_id);
      if (found != NULL)
        return found;
    }
  return NULL;
}

gboolean
app_shows (GtkWidget  *below,
           const char *text)
{
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      if (!gtk_widget_get_visible (w) || !gtk_widget_get_child_visible (w))
        continue;
      if (GTK_IS_LABEL (w) && strstr (gtk_label_get_text (GTK_LABEL (w)), text) != NULL)
        return TRUE;
      if (GTK_IS_INSCRIPTION (w) && gtk_inscription_get_text (GTK_INSCRIPTION (w)) != NULL &&
          strstr (gtk_inscription_get_text (GTK_INSCRIPTION (w)), text) != NULL)
        return TRUE;
      if (app_shows (w, text))
        return TRUE;
    }
  return FALSE;
}

GtkWindow *
app_dialog (GtkWindow *parent)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint n = g_list_model_get_n_items (toplevels);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      if (window != parent && gtk_widget_get_visible (GTK_WIDGET (window)) && gtk_window_get_transient_for (window) == parent)
        return window;
    }
  return NULL;
}

static void
after_paint_cb (GdkFrameClock *clock,
                guint         *n)
{
  if (*n > 0)
    (*n)--;
}

void
app_frames (GtkWidget *widget,
            guint      n)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &n);

  while (n > 0)
    {
      gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
      g_main_context_iteration (NULL, TRUE);
    }
  g_signal_handler_disconnect (clock, handler);
}

void
app_picture (GtkWidget  *widget,
             const char *name)
{
  const char *folder = g_getenv ("ROUNDTABLE_PICTURES");
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = NULL;
  GtkSnapshot *snapshot;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (folder == NULL)
    return;
  app_frames (widget, 10);
  paintable = gtk_widget_paintable_new (widget);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  /* not drawn yet */
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, NULL);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  gdk_texture_save_to_png (texture, path);
}
