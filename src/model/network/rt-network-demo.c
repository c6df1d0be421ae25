/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demonstration is up when its network is. */
#include "rt-network-private.h"
#include "model/demo/rt-demo.h"

gboolean
rt_network_is_demo (RtNetwork *self)
{
  return rt_network_config_get_demo (self->config);
}

RtDemo *
rt_network_get_demo (RtNetwork *self)
{
  return self->demo;
}

void
rt_network_show_demo (RtNetwork *self, P2pMeshSocket *socket)
{
  if (socket == NULL)
    {
      if (self->demo != NULL)
        rt_demo_end (self->demo);
      return;
    }
  if (!rt_network_is_demo (self) || !P2P_IS_SYNC_SOCKET (socket))
    return;
  if (self->demo == NULL)
    self->demo = rt_demo_new (self);
  rt_demo_begin (self->demo, socket);
}

void
rt_network_free_demo (RtNetwork *self)
{
  if (self->demo == NULL)
    return;
  g_object_run_dispose (G_OBJECT (self->demo));
  g_clear_object (&self->demo);
}
