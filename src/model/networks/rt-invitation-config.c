/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network that an invitation is to. */
#include "config.h"

#include "rt-invitation.h"
#include "rt-network-config-private.h"

RtNetworkConfig *
rt_invitation_dup_config (const RtInvitation *self)
{
  RtNetworkConfig *config;

  g_return_val_if_fail (self != NULL, NULL);

  config = rt_network_config_new ();
  g_object_set (config,
                "subnet", self->subnet,
                "encryption", self->encryption,
                "kind", self->kind,
                "leasing", self->leasing,
                "k", self->k,
                "version", self->version,
                "peers", self->addresses,
                "has-secret", self->secret != NULL,
                "secret", self->secret,
                NULL);
  if (rt_invitation_get_scope (self) == RT_ADDRESS_COMPUTER)
    g_object_set (config, "listen-host", "127.0.0.1", NULL);
  return config;
}

gboolean
rt_invitation_is_to (const RtInvitation *self, RtNetworkConfig *config)
{
  g_autoptr (RtNetworkConfig) ours = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (config), FALSE);

  ours = rt_invitation_dup_config (self);
  /* of a table that is not there nobody is told */
  if (!g_str_equal (self->kind, "sync"))
    g_object_set (ours, "leasing", rt_network_config_get_leasing (config), NULL);
  return rt_network_config_same_network (ours, config);
}

gboolean
rt_invitation_gives_secret (const RtInvitation *self, RtNetworkConfig *config)
{
  return rt_invitation_is_to (self, config) && self->secret != NULL && rt_network_config_lacks_secret (config);
}
