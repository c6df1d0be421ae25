/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-traffic-item.h"

#include <string.h>

/* The object, its place in the list, and the message's own struct. */
#define ITEM_WEIGHT 256u
/* The first packet of what the nodes of this program say to each other; the others are kept for the same use. */
#define OURS_FIRST 0x57
#define OURS_LAST 0x5a

struct _RtTrafficItem {
  GObject        parent_instance;

  gint64         time;
  char          *peer_id;       /* both shared with the other frames of the link */
  char          *address;
  P2pMessage    *message;
  const char    *reason;
  gsize          size;
  P2pCompression compression;
  guint          outgoing : 1;
  guint          verdict : 6;
  guint          kind : 5;
};

G_DEFINE_FINAL_TYPE (RtTrafficItem, rt_traffic_item, G_TYPE_OBJECT)

static RtTrafficKind
sort_by_subflag (gint64 flag, gint64 subflag)
{
  switch (subflag)
    {
    case P2P_SUBFLAG_BROADCAST:
      return RT_TRAFFIC_BROADCAST;
    case P2P_SUBFLAG_WHISPER:
      return flag == P2P_FLAG_BROADCAST ? RT_TRAFFIC_BROADCAST : RT_TRAFFIC_WHISPER;
    case P2P_SUBFLAG_HANDSHAKE:
      return RT_TRAFFIC_HANDSHAKE;
    case P2P_SUBFLAG_PEERS:
      return RT_TRAFFIC_PEERS;
    case P2P_SUBFLAG_COMPRESSION:
      return RT_TRAFFIC_RENEGOTIATION;
    case P2P_SUBFLAG_RESEND:
      return RT_TRAFFIC_RESEND;
    case P2P_SUBFLAG_REQUEST:
      return RT_TRAFFIC_REQUEST;
    case P2P_SUBFLAG_RESPONSE:
      return RT_TRAFFIC_RESPONSE;
    case P2P_SUBFLAG_NOTIFY:
    case P2P_SUBFLAG_STORE:
    case P2P_SUBFLAG_RETRIEVE:
    case P2P_SUBFLAG_RETRIEVED:
    case P2P_SUBFLAG_DELTA:
      return RT_TRAFFIC_TABLE;
    default:
      if (subflag >= OURS_FIRST && subflag <= OURS_LAST)
        return RT_TRAFFIC_OURS;
      return subflag >= 0 && subflag < P2P_RESERVED_FLAGS_END ? RT_TRAFFIC_RESERVED : RT_TRAFFIC_APPLICATION;
    }
}

static void
rt_traffic_item_finalize (GObject *object)
{
  RtTrafficItem *self = RT_TRAFFIC_ITEM (object);

  g_clear_pointer (&self->peer_id, g_ref_string_release);
  g_clear_pointer (&self->address, g_ref_string_release);
  g_clear_pointer (&self->message, p2p_message_unref);

  G_OBJECT_CLASS (rt_traffic_item_parent_class)->finalize (object);
}

static void
rt_traffic_item_class_init (RtTrafficItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_traffic_item_finalize;
}

static void
rt_traffic_item_init (RtTrafficItem *self)
{
}

RtTrafficItem *
rt_traffic_item_new (const RtFrame *frame)
{
  RtTrafficItem *self = g_object_new (RT_TYPE_TRAFFIC_ITEM, NULL);

  self->time = frame->time;
  self->outgoing = frame->outgoing != FALSE;
  self->peer_id = frame->peer_id != NULL ? g_ref_string_new_intern (frame->peer_id) : NULL;
  self->address = frame->address != NULL ? g_ref_string_new_intern (frame->address) : NULL;
  self->size = frame->size;
  self->compression = frame->compression;
  self->verdict = frame->verdict;
  self->reason = frame->reason;
  self->kind = RT_TRAFFIC_UNREADABLE;
  if (frame->message != NULL)
    {
      self->message = p2p_message_ref (frame->message);
      self->kind = sort_by_subflag (p2p_message_get_flag (frame->message), p2p_message_get_subflag (frame->message));
    }
  return self;
}

gint64
rt_traffic_item_get_time (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), 0);
  return self->time;
}

gboolean
rt_traffic_item_get_outgoing (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), FALSE);
  return self->outgoing;
}

const char *
rt_traffic_item_get_peer_id (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), NULL);
  return self->peer_id;
}

const char *
rt_traffic_item_get_address (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), "");
  return self->address != NULL ? self->address : "";
}

P2pMessage *
rt_traffic_item_get_message (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), NULL);
  return self->message;
}

P2pMessage *
rt_traffic_item_dup_message (RtTrafficItem *self)
{
  g_autoptr (GBytes) bytes = NULL;
  P2pMessage *copy;

  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), NULL);

  if (self->message == NULL)
    return NULL;
  bytes = p2p_message_to_bytes (self->message);
  copy = p2p_message_parse (bytes, FALSE, NULL, 0, NULL, NULL);
  return copy != NULL ? copy : p2p_message_ref (self->message);
}

gsize
rt_traffic_item_get_size (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), 0);
  return self->size;
}

gsize
rt_traffic_item_get_weight (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), 0);
  return ITEM_WEIGHT + (self->message != NULL ? p2p_message_get_length (self->message) : 0);
}

P2pCompression
rt_traffic_item_get_compression (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), P2P_COMPRESSION_NONE);
  return self->compression;
}

RtTrafficKind
rt_traffic_item_get_kind (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), RT_TRAFFIC_UNREADABLE);
  return self->kind;
}

RtTrafficGroup
rt_traffic_item_get_group (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), RT_TRAFFIC_GROUP_OTHER);

  switch ((RtTrafficKind) self->kind)
    {
    case RT_TRAFFIC_HANDSHAKE:
    case RT_TRAFFIC_PEERS:
    case RT_TRAFFIC_RENEGOTIATION:
    case RT_TRAFFIC_RESEND:
      return RT_TRAFFIC_GROUP_LINK;
    case RT_TRAFFIC_BROADCAST:
    case RT_TRAFFIC_WHISPER:
    case RT_TRAFFIC_APPLICATION:
      return RT_TRAFFIC_GROUP_MESSAGE;
    case RT_TRAFFIC_REQUEST:
    case RT_TRAFFIC_RESPONSE:
      return RT_TRAFFIC_GROUP_SEARCH;
    case RT_TRAFFIC_TABLE:
      return RT_TRAFFIC_GROUP_TABLE;
    case RT_TRAFFIC_OURS:
      return RT_TRAFFIC_GROUP_OURS;
    case RT_TRAFFIC_RESERVED:
    case RT_TRAFFIC_UNREADABLE:
    default:
      return RT_TRAFFIC_GROUP_OTHER;
    }
}

RtTrafficVerdict
rt_traffic_item_get_verdict (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), 0);
  return self->verdict;
}

const char *
rt_traffic_item_get_reason (RtTrafficItem *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), NULL);
  return self->reason;
}

gboolean
rt_traffic_item_is_of (RtTrafficItem *self, const char *address)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ITEM (self), FALSE);
  return g_strcmp0 (self->address, address) == 0;
}
