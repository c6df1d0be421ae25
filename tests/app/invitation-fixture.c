/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/rt-uri.h"
#include "invitation-fixture.h"

void
invitation_set_up (InvitationFixture *self, gconstpointer user_name)
{
  app_fixture_set_up (&self->app, user_name);
  if (user_name != NULL)
    app_fixture_add (&self->app, "quoll");
  g_application_activate (G_APPLICATION (self->app.app));
  self->window = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
}

void
invitation_tear_down (InvitationFixture *self, gconstpointer unused)
{
  app_fixture_tear_down (&self->app);
}

gboolean
invitation_asks_name (GtkWidget *dialog)
{
  GtkWidget *group = app_find (dialog, ADW_TYPE_PREFERENCES_GROUP, "name_group");

  g_assert_nonnull (group);
  return gtk_widget_get_mapped (group);
}

GtkWidget *
invitation_find_button (GtkWidget *below, const char *id)
{
  GtkWidget *button = app_find (below, GTK_TYPE_BUTTON, id);

  g_assert_nonnull (button);
  return button;
}

void
invitation_click (GtkWidget *below, const char *id)
{
  g_signal_emit_by_name (invitation_find_button (below, id), "clicked");
}

GtkWidget *
invitation_open_link (InvitationFixture *self, const char *link)
{
  GtkWindow *dialog;

  rt_uri_open (GTK_WINDOW (self->window), link);
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_nonnull (dialog);
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  return GTK_WIDGET (dialog);
}

guint
invitation_count_networks (InvitationFixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->app.networks));
}

guint
invitation_count_dialogs (InvitationFixture *self)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (toplevels, i);

      n += gtk_window_get_transient_for (other) == GTK_WINDOW (self->window) && gtk_widget_get_visible (GTK_WIDGET (other));
    }
  return n;
}
