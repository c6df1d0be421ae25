/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demonstration: a network whose peers live in this program. */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-window-private.h"

static RtNetwork *
find_demo (RtNetworks *networks)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (networks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (networks), i);

      if (rt_network_config_get_demo (rt_network_get_config (network)))
        return network;         /* the list keeps it */
    }
  return NULL;
}

static RtNetworkConfig *
make_config (RtNetworks *networks)
{
  /* Translators: the name of the network of the demonstration */
  const char *name = _("Demo");
  /* as new networks are, where it can be had */
  gboolean tls = g_tls_backend_supports_tls (g_tls_backend_get_default ());

  return g_object_new (RT_TYPE_NETWORK_CONFIG,
                       "demo", TRUE,
                       "subnet", name,
                       "kind", "sync",
                       "encryption", tls ? P2P_ENCRYPTION_SSL : P2P_ENCRYPTION_PLAINTEXT,
                       "listen-host", "127.0.0.1",
                       "max-outgoing", 0u,
                       NULL);
}

void
rt_window_try_demo (RtWindow *self, const char *user_name)
{
  RtNetworks *networks = rt_window_get_networks (self);
  RtNetwork *network = find_demo (networks);
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  if (network == NULL)
    {
      config = make_config (networks);
      network = rt_networks_add (networks, config, &error);
    }
  if (network == NULL)
    {
      rt_window_show_toast (self, error->message);
      return;
    }
  if (user_name != NULL)
    rt_networks_set_user_name (networks, user_name);
  rt_network_start (network);
  rt_window_select (self, network, TRUE);
  rt_network_view_set_page (rt_window_get_view (self), "chat");
}
