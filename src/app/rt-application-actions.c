/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "identity/rt-identities-window.h"
#include "preferences/rt-preferences-window.h"
#include "rt-about.h"
#include "rt-application-private.h"

static void
activate_in_window (RtApplication *self, const char *action)
{
  RtWindow *window;

  g_application_activate (G_APPLICATION (self));
  window = rt_application_get_window (self);
  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
}

static void
new_network_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  activate_in_window (user_data, "win.new-network");
}

static void
join_network_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  activate_in_window (user_data, "win.join-network");
}

static void
new_window_action (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  RtWindow *window = rt_application_add_window (user_data);

  if (window != NULL)
    gtk_window_present (GTK_WINDOW (window));
}

static void
show_message_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  rt_application_ask (user_data, RT_ASK_MESSAGE, parameter);
}

static void
search_action (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  rt_application_ask (user_data, RT_ASK_SEARCH, NULL);
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  RtApplication *self = user_data;
  GListModel *all = gtk_window_get_toplevels ();
  RtWindow *window;
  GtkWidget *preferences = NULL;

  g_application_activate (user_data);
  window = rt_application_get_window (self);
  if (window == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (all) && preferences == NULL; i++)
    {
      g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);

      if (RT_IS_PREFERENCES_WINDOW (one))
        preferences = one;
    }
  if (preferences == NULL)
    preferences = rt_preferences_window_new (GTK_WINDOW (window), self->networks, self->settings, self->background);
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
identities_action (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  RtApplication *self = user_data;
  RtWindow *window;

  g_application_activate (user_data);
  window = rt_application_get_window (self);
  if (window != NULL)
    rt_identities_window_present (GTK_WINDOW (window), self->networks, parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL);
}

static void
shortcuts_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  RtWindow *window = rt_application_get_window (user_data);

  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-help-overlay", NULL);
}

static void
help_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  rt_application_show_help (user_data);
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtApplication *self = user_data;
  RtWindow *window = rt_application_get_window (self);

  if (window != NULL)
    rt_about_present (GTK_WINDOW (window), self->networks, self->settings);
}

/* What could not be read is tried again from nothing: other networks, another window. */
static void
load_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  RtApplication *self = user_data;
  g_autoptr (GPtrArray) old = g_ptr_array_new ();

  if (self->load_error == NULL || self->quitting)
    return;
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (RT_IS_WINDOW (l->data))
      g_ptr_array_add (old, l->data);
  g_clear_pointer (&self->load_error, g_free);
  rt_networks_shutdown_async (self->networks, NULL, NULL);
  rt_application_make_networks (self);
  gtk_window_present (GTK_WINDOW (rt_window_new (self, self->networks)));
  for (guint i = 0; i < old->len; i++)
    gtk_window_destroy (GTK_WINDOW (old->pdata[i]));
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  rt_application_begin_quit (user_data);
}

static const GActionEntry action_entries[] = {
  { .name = "new-network", .activate = new_network_action },
  { .name = "join-network", .activate = join_network_action },
  { .name = "new-window", .activate = new_window_action },
  { .name = "shortcuts", .activate = shortcuts_action },
  { .name = "show-message", .activate = show_message_action, .parameter_type = "(sxx)" },
  { .name = "search", .activate = search_action },
  { .name = "preferences", .activate = preferences_action },
  { .name = "identities", .activate = identities_action },
  { .name = "show-identity", .activate = identities_action, .parameter_type = "s" },
  { .name = "help", .activate = help_action },
  { .name = "about", .activate = about_action },
  { .name = "load", .activate = load_action },
  { .name = "quit", .activate = quit_action },
};

static const struct
{
  const char *action;
  const char *accels[3];        /* NULL-terminated */
} accels[] = {
  { "win.new", { "<Control>n" } },
  { "app.join-network", { "<Control>j" } },
  { "app.new-window", { "<Control><Shift>n" } },
  { "win.search", { "<Control><Shift>f" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.shortcuts", { "<Control>question" } },
  { "app.help", { "F1" } },
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.show-nth-page(1)", { "<Alt>1" } },
  { "win.show-nth-page(2)", { "<Alt>2" } },
  { "win.show-nth-page(3)", { "<Alt>3" } },
  { "win.show-nth-page(4)", { "<Alt>4" } },
  { "win.next-page", { "<Control>Page_Down" } },
  { "win.previous-page", { "<Control>Page_Up" } },
  { "win.next-network", { "<Control><Shift>Page_Down", "<Alt>Down" } },
  { "win.previous-network", { "<Control><Shift>Page_Up", "<Alt>Up" } },
  { "win.next-pane", { "F6" } },
  { "win.previous-pane", { "<Shift>F6" } },
};

void
rt_application_add_actions (RtApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), action_entries, G_N_ELEMENTS (action_entries), self);
  rt_application_add_help (self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].accels);
}
