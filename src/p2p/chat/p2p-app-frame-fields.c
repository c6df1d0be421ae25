/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a frame says. */
#include "p2p-app-frame-private.h"

/**
 * p2p_app_frame_get_op:
 * @self: a frame
 *
 * What kind of frame it is, and so which of the other fields it has.
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
 * The name in a frame of %P2P_APP_NAME: a claim. Empty: its sender has none any more.
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
 * The flags of a frame of %P2P_APP_NAME or %P2P_APP_HISTORY.
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
 * Which message a frame of %P2P_APP_REPLY or %P2P_APP_FILE is about.
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
 * Which message is answered by the one that a frame of %P2P_APP_REPLY is about.
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
 * Which messages a frame of %P2P_APP_RECEIPT is about: at most %P2P_APP_MAX_IDS.
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
 * The number by which a frame of %P2P_APP_HISTORY_ASK and its %P2P_APP_HISTORY, or a frame of %P2P_APP_FETCH and its %P2P_APP_CHUNK, are known to belong
 * together.
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
 * Where the range that a frame of %P2P_APP_HISTORY_ASK asks for begins; that second belongs to it.
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
 * Where the range that a frame of %P2P_APP_HISTORY_ASK asks for ends; that second belongs to it.
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
 * How much a frame of %P2P_APP_HISTORY_ASK or %P2P_APP_FETCH asks for. 0 in one of %P2P_APP_FETCH: no more of it.
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
 * When the message was heard behind which the page of a frame of %P2P_APP_HISTORY_ASK begins, in whole seconds UTC.
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
 * Behind which message the page that a frame of %P2P_APP_HISTORY_ASK asks for begins, with p2p_app_frame_get_behind_time().
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
 * The messages in a frame of %P2P_APP_HISTORY: at most %P2P_APP_MAX_HISTORY.
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
 * Which file a frame of %P2P_APP_FILE, %P2P_APP_FETCH or %P2P_APP_CHUNK is about: a file is known by its content.
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
 * How large the file of a frame of %P2P_APP_FILE is.
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
 * The name of the file in a frame of %P2P_APP_FILE. It is no path to be trusted: a program cleans it before it shows or uses it.
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
 * The type of the file in a frame of %P2P_APP_FILE. Nothing proves that it is of that type.
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
 * Where the part of the file begins that a frame of %P2P_APP_FETCH asks for or one of %P2P_APP_CHUNK has, in bytes from its beginning.
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
 * The piece of a file in a frame of %P2P_APP_CHUNK.
 *
 * Returns: (transfer none) (nullable): a piece of it; empty: whoever was asked does not have it any more
 */
GBytes *
p2p_app_frame_get_bytes (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}
