/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a network tells about itself. */
#include "rt-network-private.h"

RtNetworkConfig *
rt_network_get_config (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->config;
}

P2pMeshSocket *
rt_network_get_socket (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->socket;
}

RtNetworkState
rt_network_get_state (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), RT_NETWORK_STOPPED);
  return self->state;
}

const char *
rt_network_get_state_text (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->state_text;
}

const char *
rt_network_get_error (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->error;
}

const char *
rt_network_get_title (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return rt_network_config_get_subnet (self->config);
}

const char *
rt_network_get_user_name (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->user_name;
}

guint
rt_network_get_n_peers (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), 0);
  return self->n_peers;
}

RtTimelineSource *
rt_network_get_timeline (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->timeline;
}

GListModel *
rt_network_get_connections (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return G_LIST_MODEL (self->connections);
}

GListModel *
rt_network_get_known_peers (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return G_LIST_MODEL (self->known_shown);
}

static gboolean
is_any_address (const char *host)
{
  return *host == '\0' || g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::");
}

static void
add_address (GPtrArray *addresses, const char *host, guint16 port)
{
  g_autofree char *address = NULL;

  if (host == NULL || port == 0 || is_any_address (host))
    return;
  address = rt_format_address (host, port);
  if (!g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
    g_ptr_array_add (addresses, g_steal_pointer (&address));
}

/* What the person said of the outside, what we announce, and what we listen at. */
char **
rt_network_dup_own_addresses (RtNetwork *self)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *out_host = NULL;
  guint16 out_port;

  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (self->socket != NULL)
    {
      const char *listen_host = rt_network_config_get_listen_host (self->config);
      guint16 port = p2p_mesh_socket_get_port (self->socket);

      if (rt_parse_address (rt_network_config_get_out_address (self->config), &out_host, &out_port, NULL))
        add_address (addresses, out_host, out_port);
      if (rt_network_get_router_host (self) != NULL)
        add_address (addresses, rt_network_get_router_host (self), rt_port_map_get_external (self->port_map));
      add_address (addresses, p2p_mesh_socket_get_out_host (self->socket), p2p_mesh_socket_get_out_port (self->socket));
      if (is_any_address (listen_host))
        {
          g_autofree char *lan = p2p_get_lan_address ();

          add_address (addresses, lan, port);
        }
      else
        {
          add_address (addresses, listen_host, port);
        }
    }
  g_ptr_array_add (addresses, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
}
