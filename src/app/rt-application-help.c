/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user guide: which page of it belongs to what is shown. */
#include "config.h"

#include "help/rt-help-window.h"
#include "rt-application-private.h"
#include "rt-window-private.h"

/* What is not listed is about what the window behind it is about. */
static const struct { const char *type, *target; } targets[] = {
  { "RtAnnounceDialog", "nearby#found" },
  { "RtArchiveWindow", "archive" },
  { "RtBlockDialog", "block" },
  { "RtExportDialog", "archive" },
  { "RtIdentitiesWindow", "identity" },
  { "RtInviteDialog", "invite" },
  { "RtJoinDialog", "invite#open" },
  { "RtLabDialog", "lab" },
  { "RtLeaveDialog", "start#several" },
  { "RtMessageDetails", "chat#details" },
  { "RtNearbyDialog", "nearby" },
  { "RtNetworkDialog", "start" },
  { "RtPeerDialog", "peers" },
  { "RtPersonDialog", "who" },
  { "RtPortsDialog", "reach#others" },
  { "RtPreferencesWindow", "settings" },
  { "RtReachDialog", "reach" },
  { "RtRenameDialog", "start#several" },
  { "RtReviewDialog", "table#review" },
  { "RtSearchDialog", "search" },
  { "RtSecretDialog", "private#lost" },
};

/* Of a window and of the pages of a network: "chat", "table", "ring", "peers" and "traffic" are called so in the guide, too. */
static const char *
get_target (GtkWindow *window)
{
  RtNetworkView *view;

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    if (g_strcmp0 (G_OBJECT_TYPE_NAME (window), targets[i].type) == 0)
      return targets[i].target;
  if (!RT_IS_WINDOW (window))
    return gtk_window_get_transient_for (window) != NULL ? get_target (gtk_window_get_transient_for (window)) : NULL;
  view = rt_window_get_view (RT_WINDOW (window));
  if (view == NULL)
    return "start";
  return rt_network_view_get_page (view);
}

/* Of what is in front: a dialog before the window that it belongs to. */
static const char *
find_target (RtApplication *self)
{
  GListModel *all = gtk_window_get_toplevels ();
  RtWindow *window = rt_application_get_window (self);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) one = g_list_model_get_item (all, i);

      if (gtk_window_is_active (one) && get_target (one) != NULL)
        return get_target (one);
    }
  return window != NULL ? get_target (GTK_WINDOW (window)) : "index";
}

static RtHelpWindow *
find_window (void)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);

      if (RT_IS_HELP_WINDOW (one))
        return RT_HELP_WINDOW (one);
    }
  return NULL;
}

void
rt_application_show_help (RtApplication *self)
{
  const char *target = find_target (self);
  RtHelpWindow *help = find_window ();

  if (self->quitting)
    return;
  /* asked for help about the help */
  if (help != NULL && gtk_window_is_active (GTK_WINDOW (help)))
    target = "index";
  if (help == NULL)
    help = rt_help_window_new (GTK_APPLICATION (self));
  rt_help_window_go (help, target);
  gtk_window_present (GTK_WINDOW (help));
}

/* ---- F1 in dialogs: the keys of the application are those of its main windows alone ---- */

static gboolean
help_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GApplication *app = g_application_get_default ();

  if (!RT_IS_APPLICATION (app))
    return GDK_EVENT_PROPAGATE;
  rt_application_show_help (RT_APPLICATION (app));
  return GDK_EVENT_STOP;
}

static void
windows_changed_cb (GListModel *all, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);
      GtkEventController *controller;

      if (GTK_IS_APPLICATION_WINDOW (window))
        continue;
      controller = gtk_shortcut_controller_new ();
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                            gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F1, 0), gtk_callback_action_new (help_cb, NULL, NULL)));
      gtk_widget_add_controller (window, controller);
    }
}

void
rt_application_add_help (RtApplication *self)
{
  g_signal_connect_object (gtk_window_get_toplevels (), "items-changed", G_CALLBACK (windows_changed_cb), self, 0);
}
