/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-frame-info-private.h"

struct _P2pFrameInfo {
  gatomicrefcount refs;
  gint64 time;
  gboolean outgoing;
  char *peer_id;
  char *address;
  P2pMessage *message;
  gsize size;
  P2pCompression compression;
  P2pFrameVerdict verdict;
  P2pDropReason reason;
};

G_DEFINE_BOXED_TYPE (P2pFrameInfo, p2p_frame_info, p2p_frame_info_ref, p2p_frame_info_unref)

P2pFrameInfo *
p2p_frame_info_new (gint64 time, gboolean outgoing, const char *peer_id, char *address, P2pMessage *message,
                    gsize size, P2pCompression compression, P2pFrameVerdict verdict, P2pDropReason reason)
{
  P2pFrameInfo *self = g_new (P2pFrameInfo, 1);

  *self = (P2pFrameInfo) {
    .time = time,
    .outgoing = outgoing,
    .peer_id = g_strdup (peer_id),
    .address = address,
    .message = message != NULL ? p2p_message_ref (message) : NULL,
    .size = size,
    .compression = compression,
    .verdict = verdict,
    .reason = reason,
  };
  g_atomic_ref_count_init (&self->refs);
  return self;
}

/**
 * p2p_frame_info_ref:
 * @self: a frame
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): @self
 */
P2pFrameInfo *
p2p_frame_info_ref (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * p2p_frame_info_unref:
 * @self: (transfer full): a frame
 *
 * Gives a reference back; the last one frees it. In any thread.
 */
void
p2p_frame_info_unref (P2pFrameInfo *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->message, p2p_message_unref);
  g_free (self->peer_id);
  g_free (self->address);
  g_free (self);
}

/**
 * p2p_frame_info_get_time:
 * @self: a frame
 *
 * When the frame crossed the link.
 *
 * Returns: when it crossed, in microseconds UTC
 */
gint64
p2p_frame_info_get_time (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time;
}

/**
 * p2p_frame_info_get_outgoing:
 * @self: a frame
 *
 * Which way the frame went.
 *
 * Returns: whether it went from here to the peer
 */
gboolean
p2p_frame_info_get_outgoing (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->outgoing;
}

/**
 * p2p_frame_info_get_peer_id:
 * @self: a frame
 *
 * Over which link the frame went, by node.
 *
 * Returns: (nullable): the id of the node at the other end; %NULL before its handshake
 */
const char *
p2p_frame_info_get_peer_id (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->peer_id;
}

/**
 * p2p_frame_info_get_peer_address:
 * @self: a frame
 *
 * Over which link the frame went, by address.
 *
 * Returns: the other end of the socket as people write it: `host:port`, an IPv6 address in brackets
 */
const char *
p2p_frame_info_get_peer_address (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * p2p_frame_info_get_message:
 * @self: a frame
 *
 * What the frame said.
 *
 * Returns: (transfer none) (nullable): the message in it; %NULL when there is none that could be read
 */
P2pMessage *
p2p_frame_info_get_message (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

/**
 * p2p_frame_info_get_size:
 * @self: a frame
 *
 * How large the frame was.
 *
 * Returns: its bytes on the wire, the four of its length included; of one that was refused by its length or did not end, what it
 *   would have been or what came of it
 */
gsize
p2p_frame_info_get_size (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

/**
 * p2p_frame_info_get_compression:
 * @self: a frame
 *
 * How the frame was packed on the wire.
 *
 * Returns: how it was packed
 */
P2pCompression
p2p_frame_info_get_compression (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, P2P_COMPRESSION_NONE);

  return self->compression;
}

/**
 * p2p_frame_info_get_verdict:
 * @self: a frame
 *
 * What became of the frame: several flags may be set.
 *
 * Returns: what became of it
 */
P2pFrameVerdict
p2p_frame_info_get_verdict (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, P2P_FRAME_DROPPED);

  return self->verdict;
}

/**
 * p2p_frame_info_get_drop_reason:
 * @self: a frame that was dropped
 *
 * Why the frame was dropped, when p2p_frame_info_get_verdict() says that it was.
 *
 * Returns: why. Of a frame that was not dropped it means nothing.
 */
P2pDropReason
p2p_frame_info_get_drop_reason (P2pFrameInfo *self)
{
  g_return_val_if_fail (self != NULL, P2P_DROP_EMPTY);

  return self->reason;
}

/**
 * p2p_frame_info_dup_verdict_words:
 * @self: a frame
 *
 * What became of the frame, for people: English, for a program to translate by p2p_frame_info_get_verdict() where it needs to.
 *
 * Returns: (transfer full): what became of it in plain English, as in "delivered, relayed" or "dropped: a frame of no length"
 */
char *
p2p_frame_info_dup_verdict_words (P2pFrameInfo *self)
{
  static const struct { P2pFrameVerdict verdict; const char *words; } names[] = {
    { P2P_FRAME_SENT, "sent" }, { P2P_FRAME_DUPLICATE, "known already" }, { P2P_FRAME_DELIVERED, "delivered" },
    { P2P_FRAME_HANDLED, "handled" }, { P2P_FRAME_RELAYED, "relayed" },
  };
  GString *words = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->verdict & names[i].verdict)
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", names[i].words);
  if (self->verdict & P2P_FRAME_DROPPED)
    g_string_append_printf (words, "%sdropped: %s", words->len > 0 ? ", " : "", p2p_drop_reason_get_words (self->reason));
  return g_string_free (words, FALSE);
}
