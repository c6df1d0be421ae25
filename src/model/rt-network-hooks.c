/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the other parts of a network have a say in its rows. */
#include "rt-network-private.h"

void
rt_network_prepare_item (RtNetwork *self, RtMessageItem *item, P2pMessage *message)
{
  rt_network_prepare_talk (self, item, message);
}

GPtrArray *
rt_network_dup_frames (RtNetwork *self, RtMessageItem *item)
{
  P2pAppFrame *reply = rt_network_dup_reply_frame (self, item);
  GPtrArray *frames = NULL;

  if (reply != NULL)
    {
      frames = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_frame_unref);
      g_ptr_array_add (frames, reply);
    }
  return frames;
}

GBytes *
rt_network_pack_attachment (RtNetwork *self, RtAttachment *attachment)
{
  return NULL;
}
