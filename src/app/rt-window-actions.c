/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "archive/rt-archive-files.h"
#include "archive/rt-archive-window.h"
#include "archive/rt-export-dialog.h"
#include "networks/rt-announce-dialog.h"
#include "networks/rt-lab-dialog.h"
#include "networks/rt-leave-dialog.h"
#include "networks/rt-nearby-dialog.h"
#include "networks/rt-network-dialog.h"
#include "networks/rt-rename-dialog.h"
#include "networks/rt-secret-dialog.h"
#include "peers/rt-invite-dialog.h"
#include "peers/rt-reach-dialog.h"
#include "search/rt-search-dialog.h"
#include "rt-uri.h"
#include "rt-window-private.h"

/* NULL when it was left meanwhile. */
RtNetwork *
rt_window_find_uuid (RtWindow   *self,
                     const char *uuid)
{
  RtNetworks *networks = rt_window_get_networks (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (networks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (networks), i);

      if (g_strcmp0 (rt_network_config_get_uuid (rt_network_get_config (network)), uuid) == 0)
        return g_steal_pointer (&network);
    }
  return NULL;
}

static RtNetwork *
find_network (RtWindow *self,
              GVariant *parameter)
{
  return rt_window_find_uuid (self, g_variant_get_string (parameter, NULL));
}

void
rt_window_show_message (RtWindow            *self,
                        const char          *uuid,
                        const RtTimelineKey *key)
{
  g_autoptr (RtNetwork) network = NULL;
  RtNetworkView *view;

  g_return_if_fail (RT_IS_WINDOW (self));
  g_return_if_fail (uuid != NULL);
  g_return_if_fail (key != NULL);

  network = rt_window_find_uuid (self, uuid);
  if (network == NULL)
    {
      rt_window_show_toast (self, _("You have left the network of that message."));
      return;
    }
  rt_window_select (self, network, TRUE);
  view = rt_window_get_view (self);
  if (view != NULL)
    rt_network_view_show_message (view, key);
}

static void
network_accepted_cb (RtWindow  *self,
                     RtNetwork *network)
{
  rt_window_select (self, network, TRUE);
}

static void
present_network_dialog (RtWindow            *self,
                        RtNetworkDialogMode  mode,
                        RtNetwork           *network)
{
  RtNetworkDialog *dialog = rt_network_dialog_new (GTK_WINDOW (self), rt_window_get_networks (self), mode, network);

  if (mode != RT_NETWORK_DIALOG_EDIT)
    g_signal_connect_object (dialog, "accepted", G_CALLBACK (network_accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
new_network_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  present_network_dialog (RT_WINDOW (widget), RT_NETWORK_DIALOG_CREATE, NULL);
}

static void
join_network_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  present_network_dialog (RT_WINDOW (widget), RT_NETWORK_DIALOG_JOIN, NULL);
}

static void
try_demo_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  rt_window_try_demo (RT_WINDOW (widget), NULL);
}

static void
edit_network_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    present_network_dialog (RT_WINDOW (widget), RT_NETWORK_DIALOG_EDIT, network);
}

static void
rename_network_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_rename_dialog_new (GTK_WINDOW (widget), rt_window_get_networks (RT_WINDOW (widget)), network)));
}

static void
retype_secret_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL && rt_secret_dialog_is_wanted (network))
    gtk_window_present (GTK_WINDOW (rt_secret_dialog_new (GTK_WINDOW (widget), rt_window_get_networks (RT_WINDOW (widget)), network)));
}

static void
leave_network_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_leave_dialog_new (GTK_WINDOW (widget), rt_window_get_networks (RT_WINDOW (widget)), network)));
}

static void
start_network_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    rt_network_start (network);
}

static void
stop_network_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    rt_network_stop (network);
}

static void
mark_network_read_action (GtkWidget  *widget,
                          const char *action_name,
                          GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    rt_network_mark_read (network);
}

static void
mute_network_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    rt_network_set_muted (network, g_str_has_suffix (action_name, ".mute-network"));
}

static RtApplication *
get_application (GtkWidget *widget)
{
  return RT_APPLICATION (gtk_window_get_application (GTK_WINDOW (widget)));
}

static void
announce_network_action (GtkWidget  *widget,
                         const char *action_name,
                         GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_announce_dialog_new (GTK_WINDOW (widget), rt_window_get_networks (RT_WINDOW (widget)), network,
                                                            rt_application_get_nearby (get_application (widget)))));
}

static void
nearby_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  RtApplication *app = get_application (widget);
  RtNearbyDialog *dialog = rt_nearby_dialog_new (GTK_WINDOW (widget), rt_window_get_networks (RT_WINDOW (widget)), rt_application_get_settings (app), rt_application_get_nearby (app));

  g_signal_connect_object (dialog, "accepted", G_CALLBACK (network_accepted_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
lab_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_lab_dialog_new (GTK_WINDOW (widget), network)));
}

static void
export_history_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_export_dialog_new (GTK_WINDOW (widget), network)));
}

static void
invite_network_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_invite_dialog_new (GTK_WINDOW (widget), network)));
}

static void
open_archive (GtkWindow *window,
              GFile     *file)
{
  gtk_window_present (GTK_WINDOW (rt_archive_window_new (window, file)));
}

static void
open_archive_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  rt_archive_ask_file (GTK_WINDOW (widget), _("Open an archive"), _("_Open"), NULL, open_archive);
}

static void
select_network_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = find_network (RT_WINDOW (widget), parameter);

  if (network != NULL)
    rt_window_select (RT_WINDOW (widget), network, TRUE);
}

static void
step_network_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  rt_window_step_network (RT_WINDOW (widget), g_str_has_suffix (action_name, "next-network") ? 1 : -1);
}

static void
why_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  RtNetwork *network = rt_window_get_selected (RT_WINDOW (widget));

  if (network != NULL)
    gtk_window_present (GTK_WINDOW (rt_reach_dialog_new (GTK_WINDOW (widget), network, g_variant_get_string (parameter, NULL))));
}

static void
search_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  gtk_window_present (GTK_WINDOW (rt_search_dialog_new (GTK_WINDOW (widget), rt_window_get_networks (RT_WINDOW (widget)))));
}

static void
show_page_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  RtNetworkView *view = rt_window_get_view (RT_WINDOW (widget));

  if (view == NULL)
    return;
  rt_network_view_set_page (view, g_variant_get_string (parameter, NULL));
  /* and the focus goes there, also when the pages are behind the list */
  rt_window_select (RT_WINDOW (widget), rt_window_get_selected (RT_WINDOW (widget)), TRUE);
}

static void
show_nth_page_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  RtNetworkView *view = rt_window_get_view (RT_WINDOW (widget));
  const char *page = view != NULL ? rt_network_view_get_nth_page (view, g_variant_get_int32 (parameter)) : NULL;

  if (page != NULL)
    gtk_widget_activate_action (widget, "win.show-page", "s", page);
}

/* Where the focus is on a table or a ring, a key; else a network. */
static void
new_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  RtNetworkView *view = rt_window_get_view (RT_WINDOW (widget));
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (widget));
  static const char * const pages[] = { "table", "ring", NULL };

  if (view != NULL && focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (view)) && g_strv_contains (pages, rt_network_view_get_page (view)))
    gtk_widget_activate_action (focus, "table.new-key", NULL);
  else
    gtk_widget_activate_action (widget, "win.new-network", NULL);
}

static void
step_page_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  RtNetworkView *view = rt_window_get_view (RT_WINDOW (widget));

  if (view == NULL)
    return;
  rt_network_view_step_page (view, g_str_has_suffix (action_name, "next-page") ? 1 : -1);
  rt_window_select (RT_WINDOW (widget), rt_window_get_selected (RT_WINDOW (widget)), TRUE);
}

static void
whisper_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  RtNetworkView *view = rt_window_get_view (RT_WINDOW (widget));

  if (view != NULL)
    rt_network_view_whisper (view, g_variant_get_string (parameter, NULL));
}

static void
step_pane_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  rt_window_focus_pane (RT_WINDOW (widget), g_str_has_suffix (action_name, "next-pane") ? 1 : -1);
}

static void
back_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AdwLeaflet *leaflet = rt_window_get_leaflet (RT_WINDOW (widget));

  /* The leaflet by itself would give the focus to the first button of the header bar; the network that one comes from is better. */
  if (adw_leaflet_navigate (leaflet, ADW_NAVIGATION_DIRECTION_BACK))
    gtk_widget_grab_focus (adw_leaflet_get_visible_child (leaflet));
}

/* Nothing could be read, and nothing will be remembered: the banner keeps saying so. */
static void
go_on_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  rt_window_set_load_error (RT_WINDOW (widget), NULL);
}

/* One of ours, from a message or dropped on it. */
static void
open_link_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  rt_uri_open (GTK_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
show_toast_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  rt_window_show_toast (RT_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

void
rt_window_install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char                 *name;
    const char                 *parameter_type;
    GtkWidgetActionActivateFunc activate;
  } entries[] = {
    { "win.new-network", NULL, new_network_action },
    { "win.new", NULL, new_action },
    { "win.join-network", NULL, join_network_action },
    { "win.try-demo", NULL, try_demo_action },
    { "win.invite-network", "s", invite_network_action },
    { "win.nearby", NULL, nearby_action },
    { "win.edit-network", "s", edit_network_action },
    { "win.announce-network", "s", announce_network_action },
    { "win.rename-network", "s", rename_network_action },
    { "win.retype-secret", "s", retype_secret_action },
    { "win.leave-network", "s", leave_network_action },
    { "win.start-network", "s", start_network_action },
    { "win.stop-network", "s", stop_network_action },
    { "win.mark-network-read", "s", mark_network_read_action },
    { "win.mute-network", "s", mute_network_action },
    { "win.unmute-network", "s", mute_network_action },
    { "win.export-history", "s", export_history_action },
    { "win.lab", "s", lab_action },
    { "win.open-archive", NULL, open_archive_action },
    { "win.select-network", "s", select_network_action },
    { "win.next-network", NULL, step_network_action },
    { "win.previous-network", NULL, step_network_action },
    { "win.search", NULL, search_action },
    { "win.show-page", "s", show_page_action },
    { "win.show-nth-page", "i", show_nth_page_action },
    { "win.next-page", NULL, step_page_action },
    { "win.previous-page", NULL, step_page_action },
    { "win.whisper", "s", whisper_action },
    { "win.why", "s", why_action },
    { "win.next-pane", NULL, step_pane_action },
    { "win.previous-pane", NULL, step_pane_action },
    { "win.back", NULL, back_action },
    { "win.go-on", NULL, go_on_action },
    { "win.open-link", "s", open_link_action },
    { "win.show-toast", "s", show_toast_action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    gtk_widget_class_install_action (widget_class, entries[i].name, entries[i].parameter_type, entries[i].activate);
}

void
rt_window_update_actions (RtWindow *self)
{
  RtNetworks *networks = rt_window_get_networks (self);
  const char *name = rt_networks_get_user_name (networks);
  gboolean named = name != NULL && *name != '\0';
  gboolean has_network = rt_window_get_selected (self) != NULL;
  gboolean several = g_list_model_get_n_items (G_LIST_MODEL (networks)) > 1;
  const char *with_name[] = { "win.new", "win.new-network", "win.join-network", "win.try-demo", "win.search", "win.open-archive", "win.next-pane", "win.previous-pane" };
  const char *with_network[] = { "win.show-page", "win.show-nth-page", "win.next-page", "win.previous-page", "win.whisper", "win.why" };
  const char *with_several[] = { "win.next-network", "win.previous-network" };

  for (guint i = 0; i < G_N_ELEMENTS (with_name); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), with_name[i], named);
  for (guint i = 0; i < G_N_ELEMENTS (with_network); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), with_network[i], named && has_network);
  for (guint i = 0; i < G_N_ELEMENTS (with_several); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), with_several[i], named && several);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back", rt_window_is_folded_on_content (self));
}
