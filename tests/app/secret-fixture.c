/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "app/rt-hint-row.h"
#include "secret-fixture.h"

RtNetworkConfig *
secret_make_config (const char *subnet)
{
  RtNetworkConfig *config = g_object_new (RT_TYPE_NETWORK_CONFIG, "uuid", UUID, NULL);

  g_object_set (config, "subnet", subnet, "encryption", P2P_ENCRYPTION_SSL, "listen-host", "127.0.0.1", "secret", SECRET, NULL);
  return config;
}

/* What a run of the program left. lost: the secret is gone since. */
static void
leave_behind (const char *folder, gboolean lost)
{
  g_autoptr (RtNetworks) networks = rt_networks_new (folder);
  g_autoptr (RtNetworkConfig) config = secret_make_config ("quoll");
  g_autoptr (GAsyncResult) loaded = NULL, down = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  RtNetwork *network;

  rt_networks_load_async (networks, NULL, rt_wait_result_cb, &loaded);
  rt_wait_result (loaded);
  g_assert_true (rt_networks_load_finish (networks, loaded, &error));
  rt_networks_set_user_name (networks, "Ada");
  network = rt_networks_add (networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  path = rt_vault_dup_path (rt_identities_get_vault (rt_networks_get_identities (networks)), UUID, "secret");
  rt_networks_shutdown_async (networks, rt_wait_result_cb, &down);
  rt_wait_result (down);
  g_assert_true (rt_networks_shutdown_finish (networks, down, &error));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  if (lost)
    g_assert_cmpint (g_unlink (path), ==, 0);
}

void
secret_before_lost (const char *folder)
{
  leave_behind (folder, TRUE);
}

void
secret_before_unread (const char *folder)
{
  leave_behind (folder, FALSE);
}

void
secret_before_unread_lost (const char *folder)
{
  leave_behind (folder, TRUE);
}

RtNetwork *
secret_get_network (SecretFixture *self, guint position)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), position);

  return network;               /* the list keeps it */
}

void
secret_set_up (SecretFixture *self, AppBefore before)
{
  app_fixture_set_up_after (&self->app, "Ada", before);
  /* before it looks for its secret */
  if (before == secret_before_unread || before == secret_before_unread_lost)
    rt_network_stop (secret_get_network (self, 0));
  g_application_activate (G_APPLICATION (self->app.app));
  self->window = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
}

void
secret_tear_down (SecretFixture *self)
{
  app_fixture_tear_down (&self->app);
}

RtNetwork *
secret_add_private (SecretFixture *self)
{
  g_autoptr (RtNetworkConfig) config = secret_make_config ("quoll");
  g_autoptr (GError) error = NULL;
  RtNetwork *network = rt_networks_add (self->app.networks, config, &error);

  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  return network;
}

const char *
secret_get_text_of (RtNetwork *network)
{
  return rt_network_config_get_secret (rt_network_get_config (network));
}

GtkWidget *
secret_find (GtkWidget *below, const char *id)
{
  GtkWidget *widget = app_find (below, GTK_TYPE_WIDGET, id);

  g_assert_nonnull (widget);
  return widget;
}

void
secret_click (GtkWidget *below, const char *id)
{
  GtkWidget *button = secret_find (below, id);

  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

const char *
secret_get_text (GtkWidget *below, const char *id)
{
  return gtk_editable_get_text (GTK_EDITABLE (secret_find (below, id)));
}

void
secret_type (GtkWidget *below, const char *id, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (secret_find (below, id)), text);
}

const char *
secret_get_hint (GtkWidget *below, const char *id)
{
  return rt_hint_row_get_text (RT_HINT_ROW (secret_find (below, id)));
}

void
secret_turn (GtkWidget *below, gboolean on)
{
  gtk_switch_set_active (GTK_SWITCH (secret_find (below, "private_switch")), on);
}

void
secret_choose (GtkWidget *below, const char *id, guint position)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (secret_find (below, id)), position);
}

gboolean
secret_can_accept (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (secret_find (dialog, "accept_button"));
}

GtkWidget *
secret_open_dialog (SecretFixture *self, RtNetworkDialogMode mode, RtNetwork *network)
{
  GtkWidget *dialog = GTK_WIDGET (rt_network_dialog_new (GTK_WINDOW (self->window), self->app.networks, mode, network));

  gtk_window_present (GTK_WINDOW (dialog));
  app_wait_for (gtk_widget_get_mapped (dialog));
  return dialog;
}

/* Light, dark, as narrow as a telephone, from right to left. */
void
secret_picture (GtkWidget *dialog, const char *name)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  g_autofree char *dark = g_strconcat (name, "-dark", NULL), *narrow = g_strconcat (name, "-narrow", NULL), *rtl = g_strconcat (name, "-rtl", NULL);
  int width, height;

  if (g_getenv ("ROUNDTABLE_PICTURES") == NULL)
    return;
  app_frames (dialog, 3);
  app_picture (dialog, name);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  app_frames (dialog, 3);
  app_picture (dialog, rtl);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  app_picture (dialog, dark);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_get_default_size (GTK_WINDOW (dialog), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, height);
  app_frames (dialog, 10);
  app_picture (dialog, narrow);
  gtk_window_set_default_size (GTK_WINDOW (dialog), width, height);
}

void
secret_close_dialog (GtkWidget *dialog)
{
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();
}
