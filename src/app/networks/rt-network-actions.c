/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-network-actions.h"
#include "rt-secret-dialog.h"

static const struct
{
  const char *name;
  const char *window_action;
} actions[] = {
  { "network.invite", "win.invite-network" },
  { "network.edit", "win.edit-network" },
  { "network.rename", "win.rename-network" },
  { "network.secret", "win.retype-secret" },
  { "network.announce", "win.announce-network" },
  { "network.leave", "win.leave-network" },
  { "network.start", "win.start-network" },
  { "network.stop", "win.stop-network" },
  { "network.mark-read", "win.mark-network-read" },
  { "network.mute", "win.mute-network" },
  { "network.unmute", "win.unmute-network" },
  { "network.export", "win.export-history" },
  { "network.lab", "win.lab" },
};

static void
forward_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  g_autoptr (RtNetwork) network = NULL;

  g_object_get (widget, "network", &network, NULL);
  if (network == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      if (g_strcmp0 (actions[i].name, action_name) == 0)
        gtk_widget_activate_action (widget, actions[i].window_action, "s",
                                    rt_network_config_get_uuid (rt_network_get_config (network)));
    }
}

void
rt_network_actions_install (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, forward_action);
}

void
rt_network_actions_update (GtkWidget *widget,
                           RtNetwork *network)
{
  RtNetworkState state = network != NULL ? rt_network_get_state (network) : RT_NETWORK_STOPPED;
  gboolean down = state == RT_NETWORK_STOPPED || state == RT_NETWORK_FAILED;

  gboolean demo = network != NULL && rt_network_config_get_demo (rt_network_get_config (network));

  /* its peers are in the program, and know it as it is; nobody else could come in */
  gtk_widget_action_set_enabled (widget, "network.invite", network != NULL && !demo);
  gtk_widget_action_set_enabled (widget, "network.edit", network != NULL && !demo);
  gtk_widget_action_set_enabled (widget, "network.rename", network != NULL && !demo);
  gtk_widget_action_set_enabled (widget, "network.secret", network != NULL && rt_secret_dialog_is_wanted (network));
  gtk_widget_action_set_enabled (widget, "network.announce", network != NULL && !demo);
  gtk_widget_action_set_enabled (widget, "network.start", network != NULL && down);
  gtk_widget_action_set_enabled (widget, "network.stop", network != NULL && !down);
  gtk_widget_action_set_enabled (widget, "network.lab", network != NULL && (state == RT_NETWORK_LOOKING || state == RT_NETWORK_CONNECTED));
  gtk_widget_action_set_enabled (widget, "network.mute", network != NULL && !rt_network_get_muted (network));
  gtk_widget_action_set_enabled (widget, "network.unmute", network != NULL && rt_network_get_muted (network));
  gtk_widget_action_set_enabled (widget, "network.mark-read", network != NULL && rt_network_get_unread (network) > 0);
}

char *
rt_network_dup_state_words (RtNetwork *network)
{
  const char *state = rt_network_get_state_text (network);

  if (!rt_network_config_get_has_secret (rt_network_get_config (network)))
    return g_strdup (state);
  /* Translators: of a network that has a secret; %s is its state, as in "3 peers" */
  return g_strdup_printf (_("Private · %s"), state);
}

const char *
rt_network_state_icon (RtNetworkState state)
{
  switch (state)
    {
    case RT_NETWORK_STOPPED:
      return "network-offline-symbolic";
    case RT_NETWORK_STARTING:
      return "content-loading-symbolic";
    case RT_NETWORK_LOOKING:
      return "system-search-symbolic";
    case RT_NETWORK_CONNECTED:
      return "system-users-symbolic";
    case RT_NETWORK_FAILED:
    default:
      return "dialog-warning-symbolic";
    }
}
