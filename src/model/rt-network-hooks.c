/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the other parts of a network have a say in its rows. */
#include "rt-network-private.h"

void
rt_network_prepare_item (RtNetwork *self, RtMessageItem *item, P2pMessage *message)
{
}

GPtrArray *
rt_network_dup_frames (RtNetwork *self, RtMessageItem *item)
{
  return NULL;
}

GBytes *
rt_network_pack_attachment (RtNetwork *self, RtAttachment *attachment)
{
  return NULL;
}
