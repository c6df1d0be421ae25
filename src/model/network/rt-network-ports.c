/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether others can come in: the port of the network at the router, and who came. */
#include "config.h"

#include "rt-network-private.h"
#include "model/reach/rt-port-program.h"
#include "ports/rt-ports-address.h"

/* Whoever says that he is a router is heard; told to others is what the gateway says, or what neighbours say, too. */
const char *
rt_network_get_router_host (RtNetwork *self)
{
  const char *host = self->port_map != NULL ? rt_port_map_get_host (self->port_map) : NULL;

  return host != NULL && (rt_port_map_is_plausible (self->port_map) || g_strcmp0 (host, self->seen_at) == 0) ? host : NULL;
}

/* What the network tells others of itself. What the person wrote down counts more than what a router says. */
static void
update_out_address (RtNetwork *self)
{
  const char *host = rt_network_get_router_host (self);

  if (self->socket == NULL || self->port_map == NULL || *rt_network_config_get_out_address (self->config) != '\0')
    return;
  p2p_mesh_socket_set_out_address (self->socket, host, host != NULL ? rt_port_map_get_external (self->port_map) : 0);
}

static void
changed_cb (RtPortMap *map, RtNetwork *self)
{
  update_out_address (self);
  if (rt_port_map_is_closing (map))
    return;
  rt_timer_clear (&self->port_timer);
  rt_network_check_left (self);
}

RtPortMap *
rt_network_get_port_map (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (self->port_map != NULL)
    return self->port_map;
  if (self->port_backend == NULL)
    self->port_backend = RT_PORT_BACKEND (rt_port_program_new (NULL, NULL));
  self->port_map = rt_port_map_new (self->port_backend);
  g_signal_connect_object (self->port_map, "changed", G_CALLBACK (changed_cb), self, 0);
  return self->port_map;
}

/* Kept: while they are asked anew nobody has said anything. */
void
rt_network_note_seen_at (RtNetwork *self, const char *host)
{
  if (host == NULL || g_strcmp0 (self->seen_at, host) == 0)
    return;
  g_free (self->seen_at);
  self->seen_at = g_strdup (host);
  update_out_address (self);
}

static void
called_cb (RtCalls *calls, RtNetwork *self)
{
  rt_network_note_seen_at (self, rt_calls_get_host (calls));
}

RtCalls *
rt_network_get_calls (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (self->calls == NULL)
    {
      self->calls = rt_calls_new ();
      g_signal_connect_object (self->calls, "changed", G_CALLBACK (called_cb), self, 0);
    }
  return self->calls;
}

void
rt_network_set_port_backend (RtNetwork *self, RtPortBackend *backend)
{
  g_return_if_fail (self->port_map == NULL);

  g_set_object (&self->port_backend, backend);
  self->port_forced = TRUE;
}

/* Nobody comes to a port that only programs of this computer reach. */
static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address) : g_strcmp0 (host, "localhost") == 0;
}

void
rt_network_update_ports (RtNetwork *self)
{
  gboolean wanted = self->socket != NULL && rt_network_config_get_map_port (self->config) && !rt_network_config_get_demo (self->config) &&
                    (self->port_forced || !is_loopback (rt_network_config_get_listen_host (self->config)));

  if (self->socket == NULL)
    {
      self->up_since = 0;
      g_clear_pointer (&self->seen_at, g_free);
    }
  else if (self->up_since == 0)
    {
      self->up_since = g_get_monotonic_time ();
      self->came_in = self->came_from_far = 0;
      self->port_given_up = FALSE;
    }
  /* where only programs of this computer come, they may be called, too */
  rt_calls_set_here (rt_network_get_calls (self), is_loopback (rt_network_config_get_listen_host (self->config)));
  rt_calls_set_socket (rt_network_get_calls (self), rt_network_config_get_demo (self->config) ? NULL : self->socket);
  if (!wanted && self->port_map == NULL)
    return;
  rt_port_map_set_port (rt_network_get_port_map (self), wanted ? p2p_mesh_socket_get_port (self->socket) : 0);
  update_out_address (self);
}

gboolean
rt_network_can_map_port (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);

  rt_network_get_port_map (self);
  return !RT_IS_PORT_PROGRAM (self->port_backend) || rt_port_program_is_there (RT_PORT_PROGRAM (self->port_backend));
}

void
rt_network_set_map_port (RtNetwork *self, gboolean map_port)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (rt_network_config_get_map_port (self->config) == (map_port != FALSE))
    return;
  rt_network_config_set_map_port (self->config, map_port);
  rt_network_update_ports (self);
  rt_network_notify_config (self);
}

/* ---- who came ---- */

/* Where the socket leads, not what the peer says: that is proof. */
void
rt_network_note_incoming (RtNetwork *self, P2pConnection *connection)
{
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (p2p_connection_get_outgoing (connection))
    return;
  self->came_in = g_get_real_time ();
  g_object_get (connection, "peer-host", &host, NULL);
  address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  if (address == NULL)
    return;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? rt_ipv4_scope_of (host) == RT_IPV4_PUBLIC
                                                                  : rt_ipv6_is_public (host))
    self->came_from_far = self->came_in;
}

gint64
rt_network_get_came_in (RtNetwork *self, gboolean from_far)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), 0);

  return from_far ? self->came_from_far : self->came_in;
}

gint64
rt_network_get_up_time (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), 0);

  return self->up_since != 0 ? MAX (g_get_monotonic_time () - self->up_since, 1) : 0;
}

/* ---- the end ---- */

static gboolean
waited_cb (gpointer data)
{
  RtNetwork *self = data;

  self->port_timer = 0;
  /* it is closed by itself, if not by us */
  self->port_given_up = TRUE;
  rt_network_check_left (self);
  return G_SOURCE_REMOVE;
}

gboolean
rt_network_waits_for_ports (RtNetwork *self)
{
  if (self->port_map == NULL || self->port_given_up || !rt_port_map_is_closing (self->port_map))
    return FALSE;
  if (self->port_timer == 0)
    self->port_timer = rt_timer_add (RT_NETWORK_PORT_MILLISECONDS, "[rt-model] patience with a router", waited_cb, self);
  return TRUE;
}

void
rt_network_free_ports (RtNetwork *self)
{
  rt_timer_clear (&self->port_timer);
  if (self->calls != NULL)
    rt_calls_set_socket (self->calls, NULL);
  g_clear_object (&self->calls);
  g_clear_pointer (&self->seen_at, g_free);
  if (self->port_map != NULL)
    g_signal_handlers_disconnect_by_data (self->port_map, self);
  g_clear_object (&self->port_map);
  g_clear_object (&self->port_backend);
}
