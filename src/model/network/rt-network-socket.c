/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-network-private.h"

P2pMeshSocket *
rt_network_make_socket (RtNetwork *self, GBytes *seed, GError **error)
{
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_protocol (self->config);
  g_autoptr (P2pIdentity) identity = p2p_identity_new_from_seed (seed, error);
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pMeshSocket) socket = NULL;
  g_autofree char *out_host = NULL;
  guint16 out_port;

  if (identity == NULL)
    return NULL;
  /* The timeline keeps what is said. */
  limits->recv_queue = 0;
  /* It adds to the name of the network what the originals add for a table. */
  if (g_str_equal (rt_network_config_get_kind (self->config), "sync"))
    socket = (P2pMeshSocket *) p2p_sync_socket_new (protocol, identity, limits, rt_network_config_get_leasing (self->config), error);
  else if (g_str_equal (rt_network_config_get_kind (self->config), "chord"))
    socket = (P2pMeshSocket *) p2p_chord_socket_new (protocol, identity, limits, rt_network_config_get_k (self->config), error);
  else
    socket = p2p_mesh_socket_new (protocol, identity, limits, error);
  if (socket == NULL)
    return NULL;
  /* before it is heard by anybody */
  if (!rt_network_give_secret (self, socket, error))
    return NULL;
  /* where nothing is kept there is an answer, too */
  p2p_mesh_socket_announce_history (socket);
  rt_network_tell_blocks (self, socket);
  p2p_mesh_socket_set_max_outgoing (socket, rt_network_config_get_max_outgoing (self->config));
  if (rt_parse_address (rt_network_config_get_out_address (self->config), &out_host, &out_port, NULL))
    p2p_mesh_socket_set_out_address (socket, out_host, out_port);
  return g_steal_pointer (&socket);
}

void
rt_network_live_in_memory (RtNetwork *self, GBytes *seed, guint max_items)
{
  g_return_if_fail (self->seed == NULL && self->chat == NULL);

  self->seed = g_bytes_ref (seed);
  g_clear_object (&self->timeline);
  self->timeline = RT_TIMELINE_SOURCE (rt_memory_timeline_new (max_items));
}
