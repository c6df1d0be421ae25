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
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("rt-test-app-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->app = rt_application_new ();
  g_application_set_flags (G_APPLICATION (fixture->app), G_APPLICATION_NON_UNIQUE);
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
      if (app_shows (w, text))
        return TRUE;
    }
  return FALSE;
}
