/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a frame says. */
#include "p2p-app-frame-private.h"

/**
 * p2p_app_frame_get_op:
 * @self: a frame
 *
 * Returns: what it says
 */
P2pAppOp
p2p_app_frame_get_op (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, P2P_APP_NAME);

  return self->op;
}

/**
 * p2p_app_frame_get_name:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): what its sender calls himself, as he wrote it: nothing is cleaned
 */
const char *
p2p_app_frame_get_name (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->op == P2P_APP_NAME ? self->name : NULL;
}

/**
 * p2p_app_frame_get_flags:
 * @self: a frame
 *
 * Returns: #P2pAppNameFlags or #P2pAppHistoryFlags, and what later versions say
 */
guint
p2p_app_frame_get_flags (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->flags;
}

/**
 * p2p_app_frame_get_about:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): the id of the message that it belongs to
 */
GBytes *
p2p_app_frame_get_about (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->about;
}

/**
 * p2p_app_frame_get_to:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): the id of the message that is answered
 */
GBytes *
p2p_app_frame_get_to (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->to;
}

/**
 * p2p_app_frame_get_ids:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable) (element-type GBytes): the ids of the messages that were received
 */
GPtrArray *
p2p_app_frame_get_ids (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ids;
}

/**
 * p2p_app_frame_get_token:
 * @self: a frame
 *
 * Returns: the number that a question and its answers have in common
 */
gint64
p2p_app_frame_get_token (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->token;
}

/**
 * p2p_app_frame_get_from:
 * @self: a frame
 *
 * Returns: the beginning of the range, in seconds UTC
 */
gint64
p2p_app_frame_get_from (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->from;
}

/**
 * p2p_app_frame_get_until:
 * @self: a frame
 *
 * Returns: its end, in seconds UTC
 */
gint64
p2p_app_frame_get_until (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->until;
}

/**
 * p2p_app_frame_get_n:
 * @self: a frame
 *
 * Returns: how many messages, or chunks, at most
 */
guint
p2p_app_frame_get_n (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n;
}

/**
 * p2p_app_frame_get_behind_time:
 * @self: a frame
 *
 * Returns: the time of the message behind which the page begins
 */
gint64
p2p_app_frame_get_behind_time (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->behind_time;
}

/**
 * p2p_app_frame_get_behind_id:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): its id; %NULL: at the beginning of the range
 */
GBytes *
p2p_app_frame_get_behind_id (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->behind_id;
}

/**
 * p2p_app_frame_get_items:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable) (element-type P2pAppHistoryItem): the messages of a page of history, the oldest first as its sender says
 */
GPtrArray *
p2p_app_frame_get_items (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->items;
}

/**
 * p2p_app_frame_get_file:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): the SHA-256 of the file
 */
GBytes *
p2p_app_frame_get_file (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->file;
}

/**
 * p2p_app_frame_get_size:
 * @self: a frame
 *
 * Returns: its bytes, as its sender says
 */
guint64
p2p_app_frame_get_size (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

/**
 * p2p_app_frame_get_file_name:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): what it is called, as its sender wrote it: nothing is cleaned
 */
const char *
p2p_app_frame_get_file_name (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->op == P2P_APP_FILE ? self->name : NULL;
}

/**
 * p2p_app_frame_get_file_type:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): its MIME type, as its sender wrote it
 */
const char *
p2p_app_frame_get_file_type (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->type;
}

/**
 * p2p_app_frame_get_offset:
 * @self: a frame
 *
 * Returns: where in the file
 */
guint64
p2p_app_frame_get_offset (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->offset;
}

/**
 * p2p_app_frame_get_bytes:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): a piece of it; empty: whoever was asked does not have it any more
 */
GBytes *
p2p_app_frame_get_bytes (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}
