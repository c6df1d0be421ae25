/* SPDX-License-Identifier: GPL-3.0-or-later */
/* As the store has it. The secret is not among it. */
#include "rt-network-config-private.h"

RtStoreNetwork *
rt_network_config_to_stored (RtNetworkConfig *self, gint64 position, gint64 created)
{
  RtStoreNetwork *stored = rt_store_network_new ();

  stored->uuid = g_strdup (rt_network_config_get_uuid (self));
  stored->position = position;
  stored->subnet = g_strdup (rt_network_config_get_subnet (self));
  stored->encryption = g_strdup (rt_network_config_get_encryption (self));
  stored->version = g_strdup (rt_network_config_get_version (self));
  stored->kind = g_strdup (rt_network_config_get_kind (self));
  stored->listen_host = g_strdup (rt_network_config_get_listen_host (self));
  stored->listen_port = rt_network_config_get_listen_port (self);
  stored->out_address = g_strdup (rt_network_config_get_out_address (self));
  stored->max_outgoing = rt_network_config_get_max_outgoing (self);
  stored->peers = g_strjoinv ("\n", (char **) rt_network_config_get_peers (self));
  stored->created = created;
  stored->leasing = rt_network_config_get_leasing (self);
  stored->k = rt_network_config_get_k (self);
  stored->seeding = rt_network_config_get_seeding (self);
  stored->announce = g_strdup (rt_network_config_get_announce (self));
  stored->map_port = rt_network_config_get_map_port (self);
  stored->has_secret = rt_network_config_get_has_secret (self);
  stored->identity = g_strdup (rt_network_config_get_identity (self));
  return stored;
}

/* Whatever the database holds: what does not fit is caught by rt_network_config_check(). */
RtNetworkConfig *
rt_network_config_new_from_stored (const RtStoreNetwork *stored)
{
  g_auto (GStrv) peers = g_strsplit (stored->peers, "\n", -1);

  if (peers[0] != NULL && *peers[0] == '\0')
    g_clear_pointer (&peers[0], g_free);
  return g_object_new (RT_TYPE_NETWORK_CONFIG,
                       "uuid", stored->uuid,
                       "subnet", stored->subnet,
                       "encryption", stored->encryption,
                       "version", stored->version,
                       "kind", stored->kind,
                       "listen-host", stored->listen_host,
                       "listen-port", MIN (stored->listen_port, (guint) G_MAXUINT16),
                       "out-address", stored->out_address,
                       "peers", peers,
                       "max-outgoing", MIN (stored->max_outgoing, (guint) P2P_LIMIT_LINKS),
                       "leasing", stored->leasing,
                       "k", MIN (stored->k, RT_NETWORK_MAX_K),
                       "seeding", stored->seeding,
                       "announce", stored->announce != NULL ? stored->announce : RT_ANNOUNCE_NO,
                       "map-port", stored->map_port,
                       "has-secret", stored->has_secret,
                       /* what is no ref says nothing */
                       "identity", stored->identity != NULL && g_uuid_string_is_valid (stored->identity) ? stored->identity : "",
                       NULL);
}
