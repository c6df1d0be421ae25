/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the other parts of a network have a say in its rows. */
#include "rt-network-private.h"
#include "model/transfers/rt-attachment.h"

void
rt_network_prepare_item (RtNetwork *self, RtMessageItem *item, P2pMessage *message)
{
  rt_network_prepare_talk (self, item, message);
  rt_network_prepare_file (self, item, message);
}

GPtrArray *
rt_network_dup_frames (RtNetwork *self, RtMessageItem *item)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_frame_unref);
  P2pAppFrame *reply = rt_network_dup_reply_frame (self, item);

  if (reply != NULL)
    g_ptr_array_add (frames, reply);
  rt_network_add_file_frame (self, item, frames);
  return frames->len > 0 ? g_steal_pointer (&frames) : NULL;
}

GBytes *
rt_network_pack_attachment (RtNetwork *self, RtAttachment *attachment)
{
  return rt_attachment_pack (attachment);
}
