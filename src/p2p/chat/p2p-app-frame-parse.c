/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Application frames off the wire, from anybody: nothing is made before it was found to be in bounds. */
#include "p2p-app-frame-private.h"

#include <string.h>

#include "../wire/p2p-message-private.h"
#include "../wire/p2p-digest.h"
#include "../wire/p2p-skim-private.h"
#include "../wire/p2p-value-private.h"

/* Packed values one after the other, known to be well-formed. The first failure stays. */
typedef struct {
  const guint8 *bytes;
  gsize length;
  gsize left;                   /* values */
  P2pWireError fault;
  const char *what;             /* NULL: none yet */
} Cursor;

static gboolean
refuse (Cursor *cursor, P2pWireError fault, const char *what)
{
  if (cursor->what == NULL)
    {
      cursor->fault = fault;
      cursor->what = what;
    }
  return FALSE;
}

static gboolean
take_token (Cursor *cursor, P2pTokenKind kind, P2pToken *token, const char *what)
{
  if (cursor->what != NULL)
    return FALSE;
  if (cursor->left == 0 || !p2p_skim_token (cursor->bytes, cursor->length, token) || token->kind != kind)
    return refuse (cursor, P2P_WIRE_ERROR_PACKETS, what);
  cursor->left--;
  cursor->bytes += token->head;
  cursor->length -= token->head;
  return TRUE;
}

/* Not negative. */
static gint64
take_number (Cursor *cursor, const char *what)
{
  P2pToken token;

  if (!take_token (cursor, P2P_TOKEN_INT, &token, what))
    return 0;
  if (token.integer < 0)
    refuse (cursor, P2P_WIRE_ERROR_PACKETS, what);
  return MAX (token.integer, 0);
}

/* Who wants more gets so many. */
static guint
take_count (Cursor *cursor, guint most)
{
  gint64 n = take_number (cursor, "n");

  return (guint) MIN (n, most);
}

/* Content of at most so many bytes. NULL: no such thing */
static const guint8 *
take_content (Cursor *cursor, P2pTokenKind kind, gsize most, gsize *length, const char *what)
{
  const guint8 *content;
  P2pToken token;

  if (!take_token (cursor, kind, &token, what))
    return NULL;
  if (token.length > most)
    {
      refuse (cursor, P2P_WIRE_ERROR_LIMIT, what);
      return NULL;
    }
  content = cursor->bytes;
  *length = token.length;
  cursor->bytes += token.length;
  cursor->length -= token.length;
  return content;
}

static GBytes *
take_bin (Cursor *cursor, gsize most, const char *what)
{
  gsize length;
  const guint8 *content = take_content (cursor, P2P_TOKEN_BIN, most, &length, what);

  return content != NULL ? g_bytes_new (content, length) : NULL;
}

static GBytes *
take_id (Cursor *cursor, const char *what)
{
  gsize length;
  const guint8 *content = take_content (cursor, P2P_TOKEN_BIN, P2P_APP_ID_LENGTH, &length, what);

  if (content != NULL && length == P2P_APP_ID_LENGTH)
    return g_bytes_new (content, length);
  refuse (cursor, P2P_WIRE_ERROR_PACKETS, what);
  return NULL;
}

static char *
take_text (Cursor *cursor, gsize most, const char *what)
{
  gsize length;
  const char *content = (const char *) take_content (cursor, P2P_TOKEN_STR, most, &length, what);

  if (content != NULL && p2p_text_is_valid (content, length))
    return g_strndup (content, length);
  refuse (cursor, P2P_WIRE_ERROR_PACKETS, what);
  return NULL;
}

static void
take_ids (Cursor *cursor, P2pAppFrame *self)
{
  gsize length;
  const guint8 *content = take_content (cursor, P2P_TOKEN_BIN, P2P_APP_MAX_IDS * P2P_APP_ID_LENGTH, &length, "ids");

  if (content == NULL)
    return;
  if (length == 0 || length % P2P_APP_ID_LENGTH != 0)
    {
      refuse (cursor, P2P_WIRE_ERROR_PACKETS, "ids");
      return;
    }
  self->ids = g_ptr_array_new_full ((guint) (length / P2P_APP_ID_LENGTH), (GDestroyNotify) g_bytes_unref);
  for (gsize at = 0; at < length; at += P2P_APP_ID_LENGTH)
    g_ptr_array_add (self->ids, g_bytes_new (content + at, P2P_APP_ID_LENGTH));
}

static void
take_behind (Cursor *cursor, P2pAppFrame *self)
{
  gsize length;
  const guint8 *content = take_content (cursor, P2P_TOKEN_BIN, P2P_APP_BEHIND_LENGTH, &length, "behind");

  if (content == NULL || length == 0)
    return;
  if (length != P2P_APP_BEHIND_LENGTH || (content[0] & 0x80) != 0)
    {
      refuse (cursor, P2P_WIRE_ERROR_PACKETS, "behind");
      return;
    }
  self->behind_time = (gint64) p2p_read_number (content);
  self->behind_id = g_bytes_new (content + 8, P2P_APP_ID_LENGTH);
}

/* [heard, body, reply, proof, ...]; who tells without proofs says three. */
static gboolean
take_item (Cursor *cursor, P2pAppFrame *self, gsize *together)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) proof = NULL;
  g_autoptr (P2pMessage) message = NULL;
  Cursor inner = *cursor;
  P2pAppHistoryItem *item;
  P2pToken token;
  gint64 heard;
  gsize used;

  if (!take_token (&inner, P2P_TOKEN_ARRAY, &token, "items"))
    return refuse (cursor, P2P_WIRE_ERROR_PACKETS, "items");
  inner.left = token.length;
  heard = take_number (&inner, "items");
  body = take_bin (&inner, G_MAXINT32, "items");
  reply = take_bin (&inner, P2P_APP_ID_LENGTH, "items");
  proof = inner.what == NULL && inner.left > 0 ? take_bin (&inner, P2P_APP_MAX_PROOF, "items") : NULL;
  if (inner.what != NULL || !p2p_skim_values (inner.bytes, inner.length, inner.left, NULL, &used, NULL) ||
      (g_bytes_get_size (reply) != 0 && g_bytes_get_size (reply) != P2P_APP_ID_LENGTH))
    return refuse (cursor, P2P_WIRE_ERROR_PACKETS, "items");
  *together += g_bytes_get_size (body) + (proof != NULL ? g_bytes_get_size (proof) : 0);
  if (self->items->len > 0 && *together > P2P_APP_MAX_HISTORY_BYTES)
    return refuse (cursor, P2P_WIRE_ERROR_LIMIT, "items");
  message = p2p_message_new_from_body (body, NULL);
  if (message == NULL || !p2p_app_frame_may_tell (message))
    return refuse (cursor, P2P_WIRE_ERROR_PACKETS, "items");
  item = p2p_app_history_item_new (heard, message, g_bytes_get_size (reply) > 0 ? reply : NULL);
  p2p_app_history_item_set_proof (item, proof != NULL && g_bytes_get_size (proof) > 0 ? proof : NULL);
  g_ptr_array_add (self->items, item);
  cursor->bytes = inner.bytes + used;
  cursor->length = inner.length - used;
  cursor->left--;
  return TRUE;
}

static void
take_items (Cursor *cursor, P2pAppFrame *self)
{
  Cursor inner;
  P2pToken token;
  gsize together = 0;

  if (!take_token (cursor, P2P_TOKEN_ARRAY, &token, "items"))
    return;
  if (token.length > P2P_APP_MAX_HISTORY)
    {
      refuse (cursor, P2P_WIRE_ERROR_LIMIT, "items");
      return;
    }
  self->items = g_ptr_array_new_full (token.length, (GDestroyNotify) p2p_app_history_item_free);
  inner = *cursor;
  inner.left = token.length;
  while (inner.left > 0 && take_item (&inner, self, &together))
    continue;
  cursor->fault = inner.fault;
  cursor->what = inner.what;
}

static void
take_fields (Cursor *cursor, P2pAppFrame *self)
{
  switch (self->op)
    {
    case P2P_APP_NAME:
      self->name = take_text (cursor, P2P_APP_MAX_NAME, "name");
      self->flags = (guint) take_number (cursor, "flags");
      break;
    case P2P_APP_REPLY:
      self->about = take_id (cursor, "about");
      self->to = take_id (cursor, "to");
      break;
    case P2P_APP_RECEIPT:
      take_ids (cursor, self);
      break;
    case P2P_APP_HISTORY_ASK:
      self->token = take_number (cursor, "token");
      self->from = take_number (cursor, "from");
      self->until = take_number (cursor, "to");
      self->n = take_count (cursor, P2P_APP_MAX_HISTORY);
      take_behind (cursor, self);
      if (self->n == 0)
        refuse (cursor, P2P_WIRE_ERROR_PACKETS, "n");
      break;
    case P2P_APP_HISTORY:
      self->token = take_number (cursor, "token");
      self->flags = (guint) take_number (cursor, "flags");
      take_items (cursor, self);
      break;
    case P2P_APP_FILE:
      self->about = take_id (cursor, "about");
      self->file = take_id (cursor, "file");
      self->size = (guint64) take_number (cursor, "size");
      self->name = take_text (cursor, P2P_APP_MAX_FILE_NAME, "name");
      self->type = take_text (cursor, P2P_APP_MAX_FILE_TYPE, "type");
      break;
    case P2P_APP_FETCH:
      self->token = take_number (cursor, "token");
      self->file = take_id (cursor, "file");
      self->offset = (guint64) take_number (cursor, "offset");
      self->n = take_count (cursor, P2P_APP_MAX_FETCH);
      break;
    case P2P_APP_CHUNK:
      self->token = take_number (cursor, "token");
      self->file = take_id (cursor, "file");
      self->offset = (guint64) take_number (cursor, "offset");
      self->bytes = take_bin (cursor, P2P_APP_MAX_CHUNK, "bytes");
      break;
    case P2P_APP_CALL:
      self->token = take_number (cursor, "token");
      self->n = take_count (cursor, G_MAXINT32);
      if (self->n < P2P_APP_MIN_PORT || self->n > G_MAXUINT16)
        refuse (cursor, P2P_WIRE_ERROR_PACKETS, "port");
      break;
    case P2P_APP_CALLED:
      self->token = take_number (cursor, "token");
      self->flags = take_count (cursor, P2P_APP_CALL_NOT_NOW);
      self->host = take_text (cursor, P2P_APP_MAX_HOST, "host");
      break;
    default:
      refuse (cursor, P2P_WIRE_ERROR_UNKNOWN_OPERATION, "operation");
      break;
    }
}

gint64
p2p_app_frame_peek_op (P2pMessage *message)
{
  Cursor cursor = { 0 };
  gint64 op = -1;

  cursor.bytes = p2p_message_peek_payload (message, &cursor.length);
  cursor.left = p2p_message_get_n_packets (message);
  for (guint i = 0; i < 3; i++)
    op = take_number (&cursor, "operation");
  return cursor.what == NULL ? op : -1;
}

/**
 * p2p_app_frame_parse:
 * @message: a message whose sub-flag is 0x5A
 * @error: return location
 *
 * Reads an application frame. More packets than are known are no fault.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_PACKETS, %P2P_WIRE_ERROR_LIMIT when there is too much of something, or
 *   %P2P_WIRE_ERROR_UNKNOWN_OPERATION
 */
P2pAppFrame *
p2p_app_frame_parse (P2pMessage *message, GError **error)
{
  g_autoptr (P2pAppFrame) self = NULL;
  Cursor cursor = { 0 };
  gint64 version;
  gint64 op;

  g_return_val_if_fail (message != NULL, NULL);

  cursor.bytes = p2p_message_peek_payload (message, &cursor.length);
  cursor.left = p2p_message_get_n_packets (message);
  if (take_number (&cursor, "sub-flag") != P2P_APP_SUBFLAG)
    refuse (&cursor, P2P_WIRE_ERROR_PACKETS, "sub-flag");
  version = take_number (&cursor, "version");
  op = take_number (&cursor, "operation");
  if (cursor.what == NULL && (version != P2P_APP_VERSION || op < P2P_APP_NAME || op > P2P_APP_CALLED))
    refuse (&cursor, P2P_WIRE_ERROR_UNKNOWN_OPERATION, "operation");
  if (cursor.what == NULL)
    {
      self = p2p_app_frame_alloc ((P2pAppOp) op);
      take_fields (&cursor, self);
    }
  if (cursor.what == NULL)
    return g_steal_pointer (&self);
  g_set_error (error, P2P_WIRE_ERROR, cursor.fault, "Not an application frame that is known here: %s", cursor.what);
  return NULL;
}
