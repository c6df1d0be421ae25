/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-app-frame-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"
#include "../wire/p2p-value-private.h"

G_DEFINE_BOXED_TYPE (P2pAppHistoryItem, p2p_app_history_item, p2p_app_history_item_copy, p2p_app_history_item_free)
G_DEFINE_BOXED_TYPE (P2pAppFrame, p2p_app_frame, p2p_app_frame_ref, p2p_app_frame_unref)

/**
 * p2p_app_history_item_new:
 * @heard: when it was heard, in whole seconds UTC
 * @message: what was said
 * @reply: (nullable): the id of the message that it answers
 *
 * Makes an entry of a page of history.
 *
 * Returns: (transfer full): a message of a page of history
 */
P2pAppHistoryItem *
p2p_app_history_item_new (gint64 heard, P2pMessage *message, GBytes *reply)
{
  P2pAppHistoryItem *self;

  g_return_val_if_fail (message != NULL, NULL);

  self = g_new0 (P2pAppHistoryItem, 1);
  self->heard = heard;
  self->message = p2p_message_ref (message);
  self->reply = reply != NULL ? g_bytes_ref (reply) : NULL;
  return self;
}

/**
 * p2p_app_history_item_set_proof:
 * @self: a message of a page of history
 * @proof: (nullable): what proves that its sender said it; of at most %P2P_APP_MAX_PROOF bytes, or no page takes it
 *
 * Tells with it who said it, so that whoever is told need not believe it.
 */
void
p2p_app_history_item_set_proof (P2pAppHistoryItem *self, GBytes *proof)
{
  GBytes *before;

  g_return_if_fail (self != NULL);

  before = self->proof;
  self->proof = proof != NULL ? g_bytes_ref (proof) : NULL;
  g_clear_pointer (&before, g_bytes_unref);
}

/**
 * p2p_app_history_item_copy:
 * @self: a message of a page of history
 *
 * Copies an entry; the message itself is shared.
 *
 * Returns: (transfer full): the same again
 */
P2pAppHistoryItem *
p2p_app_history_item_copy (const P2pAppHistoryItem *self)
{
  P2pAppHistoryItem *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = p2p_app_history_item_new (self->heard, self->message, self->reply);
  p2p_app_history_item_set_proof (copy, self->proof);
  return copy;
}

/**
 * p2p_app_history_item_free:
 * @self: (transfer full): a message of a page of history
 *
 * Frees an entry, and gives back what it holds.
 */
void
p2p_app_history_item_free (P2pAppHistoryItem *self)
{
  g_return_if_fail (self != NULL);

  p2p_message_unref (self->message);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
  g_free (self);
}

P2pAppFrame *
p2p_app_frame_alloc (P2pAppOp op)
{
  P2pAppFrame *self = g_new0 (P2pAppFrame, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->op = op;
  return self;
}

gboolean
p2p_app_frame_may_tell (P2pMessage *message)
{
  gint64 subflag = p2p_message_get_subflag (message);
  const char *sender = p2p_message_get_sender (message);

  return p2p_message_get_flag (message) == P2P_FLAG_BROADCAST && (subflag == P2P_SUBFLAG_BROADCAST || subflag == P2P_SUBFLAG_WHISPER) &&
         p2p_base58_is_valid (sender, strlen (sender));
}

/**
 * p2p_app_frame_ref:
 * @self: a frame
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): @self
 */
P2pAppFrame *
p2p_app_frame_ref (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * p2p_app_frame_unref:
 * @self: (transfer full): a frame
 *
 * Gives a reference back; the last one frees the frame. In any thread.
 */
void
p2p_app_frame_unref (P2pAppFrame *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->type);
  g_free (self->host);
  g_clear_pointer (&self->about, g_bytes_unref);
  g_clear_pointer (&self->to, g_bytes_unref);
  g_clear_pointer (&self->behind_id, g_bytes_unref);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

/* ---- making one ---- */

static gboolean
fail (GError **error, const char *what)
{
  g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, what);
  return FALSE;
}

static gboolean
check_text (const char *text, gsize most, const char *what, GError **error)
{
  gsize length = strlen (text);

  if (length <= most && p2p_text_is_valid (text, length))
    return TRUE;
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "%s must be UTF-8 of at most %" G_GSIZE_FORMAT " bytes", what, most);
  return FALSE;
}

static gboolean
check_id (GBytes *id, GError **error)
{
  return (id != NULL && g_bytes_get_size (id) == P2P_APP_ID_LENGTH) || fail (error, "The id of a message or a file has 32 bytes");
}

static gboolean
check_number (gint64 number, GError **error)
{
  return number >= 0 || fail (error, "Numbers in application frames are not negative");
}

/**
 * p2p_app_frame_new_name:
 * @name: UTF-8 of at most %P2P_APP_MAX_NAME bytes; empty: none any more
 * @flags: what is said beside it
 * @error: return location
 *
 * "That is what I call myself." To everybody when the program starts and when it changes, whispered to a neighbour that is new.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_name (const char *name, P2pAppNameFlags flags, GError **error)
{
  P2pAppFrame *self;

  g_return_val_if_fail (name != NULL, NULL);

  if (!check_text (name, P2P_APP_MAX_NAME, "A name", error))
    return NULL;
  self = p2p_app_frame_alloc (P2P_APP_NAME);
  self->name = g_strdup (name);
  self->flags = flags;
  return self;
}

/**
 * p2p_app_frame_new_reply:
 * @about: (nullable): the id of the answer; %NULL: filled in by p2p_mesh_socket_send_text_with()
 * @to: the id of the message that it answers
 * @error: return location
 *
 * Makes a frame that says which message another one answers.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_reply (GBytes *about, GBytes *to, GError **error)
{
  P2pAppFrame *self;

  if ((about != NULL && !check_id (about, error)) || !check_id (to, error))
    return NULL;
  self = p2p_app_frame_alloc (P2P_APP_REPLY);
  self->about = about != NULL ? g_bytes_ref (about) : NULL;
  self->to = g_bytes_ref (to);
  return self;
}

/**
 * p2p_app_frame_new_receipt:
 * @ids: (element-type GBytes): the ids of 1 to %P2P_APP_MAX_IDS messages
 * @error: return location
 *
 * Makes a frame that says that messages came. It does not say that somebody read them.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_receipt (GPtrArray *ids, GError **error)
{
  g_autoptr (P2pAppFrame) self = NULL;

  g_return_val_if_fail (ids != NULL, NULL);

  if (ids->len == 0 || ids->len > P2P_APP_MAX_IDS)
    {
      fail (error, "A receipt is for 1 to 64 messages");
      return NULL;
    }
  self = p2p_app_frame_alloc (P2P_APP_RECEIPT);
  self->ids = g_ptr_array_new_full (ids->len, (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < ids->len; i++)
    {
      GBytes *id = g_ptr_array_index (ids, i);

      if (!check_id (id, error))
        return NULL;
      g_ptr_array_add (self->ids, g_bytes_ref (id));
    }
  return g_steal_pointer (&self);
}

/**
 * p2p_app_frame_new_history_ask:
 * @token: a number that the answer repeats, not negative
 * @from: the beginning of the range, in seconds UTC
 * @until: its end, in seconds UTC, both included
 * @n: messages at most, 1 to %P2P_APP_MAX_HISTORY
 * @behind_time: with @behind_id: the time of the last message of the page before
 * @behind_id: (nullable): its id
 * @error: return location
 *
 * There is one answer to a question.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_history_ask (gint64 token, gint64 from, gint64 until, guint n, gint64 behind_time, GBytes *behind_id, GError **error)
{
  P2pAppFrame *self;

  if (!check_number (token, error) || !check_number (from, error) || !check_number (until, error) || !check_number (behind_time, error) ||
      (behind_id != NULL && !check_id (behind_id, error)))
    return NULL;
  if (n == 0 || n > P2P_APP_MAX_HISTORY)
    {
      fail (error, "A page of history has 1 to 1024 messages");
      return NULL;
    }
  self = p2p_app_frame_alloc (P2P_APP_HISTORY_ASK);
  self->token = token;
  self->from = from;
  self->until = until;
  self->n = n;
  self->behind_time = behind_id != NULL ? behind_time : 0;
  self->behind_id = behind_id != NULL ? g_bytes_ref (behind_id) : NULL;
  return self;
}

/**
 * p2p_app_frame_new_history:
 * @token: that of the question
 * @flags: whether there is more
 * @items: (element-type P2pAppHistoryItem): messages to everybody, the oldest first: their bodies and proofs take %P2P_APP_MAX_HISTORY_BYTES together, or there is one
 * @error: return location
 *
 * Makes a frame with a page of messages, the answer to a frame of %P2P_APP_HISTORY_ASK.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_history (gint64 token, P2pAppHistoryFlags flags, GPtrArray *items, GError **error)
{
  g_autoptr (P2pAppFrame) self = NULL;
  gsize together = 0;

  g_return_val_if_fail (items != NULL, NULL);

  if (!check_number (token, error))
    return NULL;
  self = p2p_app_frame_alloc (P2P_APP_HISTORY);
  self->token = token;
  self->flags = flags;
  self->items = g_ptr_array_new_full (items->len, (GDestroyNotify) p2p_app_history_item_free);
  for (guint i = 0; i < items->len; i++)
    {
      const P2pAppHistoryItem *item = g_ptr_array_index (items, i);

      if (!check_number (item->heard, error) || (item->reply != NULL && !check_id (item->reply, error)))
        return NULL;
      if (!p2p_app_frame_may_tell (item->message))
        {
          fail (error, "Only what was said to everybody is told on");
          return NULL;
        }
      together += p2p_message_get_length (item->message) - P2P_APP_ID_LENGTH + (item->proof != NULL ? g_bytes_get_size (item->proof) : 0);
      if (item->proof != NULL && g_bytes_get_size (item->proof) > P2P_APP_MAX_PROOF)
        {
          fail (error, "That is too long for a proof");
          return NULL;
        }
      g_ptr_array_add (self->items, p2p_app_history_item_copy (item));
    }
  if (items->len > P2P_APP_MAX_HISTORY || (items->len > 1 && together > P2P_APP_MAX_HISTORY_BYTES))
    {
      fail (error, "That is too much for a page of history");
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * p2p_app_frame_new_file:
 * @about: (nullable): the id of the message that names it; %NULL: filled in by p2p_mesh_socket_send_text_with()
 * @file: the SHA-256 of its content
 * @size: its bytes
 * @file_name: what it is called, UTF-8 of at most %P2P_APP_MAX_FILE_NAME bytes
 * @file_type: its MIME type, of at most %P2P_APP_MAX_FILE_TYPE bytes; empty: not known
 * @error: return location
 *
 * Makes a frame that offers a file beside the message that names it: who wants the file asks for it.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_file (GBytes *about, GBytes *file, guint64 size, const char *file_name, const char *file_type, GError **error)
{
  P2pAppFrame *self;

  g_return_val_if_fail (file_name != NULL && file_type != NULL, NULL);

  if ((about != NULL && !check_id (about, error)) || !check_id (file, error) || !check_number ((gint64) size, error) ||
      !check_text (file_name, P2P_APP_MAX_FILE_NAME, "The name of a file", error) ||
      !check_text (file_type, P2P_APP_MAX_FILE_TYPE, "The type of a file", error))
    return NULL;
  self = p2p_app_frame_alloc (P2P_APP_FILE);
  self->about = about != NULL ? g_bytes_ref (about) : NULL;
  self->file = g_bytes_ref (file);
  self->size = size;
  self->name = g_strdup (file_name);
  self->type = g_strdup (file_type);
  return self;
}

/**
 * p2p_app_frame_new_fetch:
 * @token: a number that the chunks repeat, not negative
 * @file: the SHA-256 of the file
 * @offset: where the first chunk begins
 * @n: how many chunks of %P2P_APP_MAX_CHUNK bytes from there, at most %P2P_APP_MAX_FETCH; 0: no more of them
 * @error: return location
 *
 * Makes a frame that asks for a part of a file that was offered by a frame of %P2P_APP_FILE.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_fetch (gint64 token, GBytes *file, guint64 offset, guint n, GError **error)
{
  P2pAppFrame *self;

  if (!check_number (token, error) || !check_id (file, error) || !check_number ((gint64) offset, error))
    return NULL;
  if (n > P2P_APP_MAX_FETCH)
    {
      fail (error, "At most 128 chunks of a file are asked for at once");
      return NULL;
    }
  self = p2p_app_frame_alloc (P2P_APP_FETCH);
  self->token = token;
  self->file = g_bytes_ref (file);
  self->offset = offset;
  self->n = n;
  return self;
}

/**
 * p2p_app_frame_new_chunk:
 * @token: that of the question
 * @file: the SHA-256 of the file
 * @offset: where the bytes begin in it
 * @bytes: at most %P2P_APP_MAX_CHUNK; none: it is not here any more
 * @error: return location
 *
 * Makes a frame with a piece of a file, the answer to a frame of %P2P_APP_FETCH. It is whispered to who asked.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_chunk (gint64 token, GBytes *file, guint64 offset, GBytes *bytes, GError **error)
{
  P2pAppFrame *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (!check_number (token, error) || !check_id (file, error) || !check_number ((gint64) offset, error))
    return NULL;
  if (g_bytes_get_size (bytes) > P2P_APP_MAX_CHUNK)
    {
      fail (error, "A chunk of a file has at most 48 KiB");
      return NULL;
    }
  self = p2p_app_frame_alloc (P2P_APP_CHUNK);
  self->token = token;
  self->file = g_bytes_ref (file);
  self->offset = offset;
  self->bytes = g_bytes_ref (bytes);
  return self;
}

/**
 * p2p_app_frame_with_about:
 * @self: a frame of %P2P_APP_REPLY or %P2P_APP_FILE
 * @about: the id of the message that it belongs to
 *
 * Makes a frame of %P2P_APP_REPLY or %P2P_APP_FILE that is about another message. The frame itself stays as it is.
 *
 * Returns: (transfer full) (nullable): the same about that message
 */
P2pAppFrame *
p2p_app_frame_with_about (P2pAppFrame *self, GBytes *about)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->op == P2P_APP_REPLY || self->op == P2P_APP_FILE, NULL);

  if (self->op == P2P_APP_REPLY)
    return p2p_app_frame_new_reply (about, self->to, NULL);
  return p2p_app_frame_new_file (about, self->file, self->size, self->name, self->type, NULL);
}
