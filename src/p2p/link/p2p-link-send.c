/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The upper half of sending: messages become frames, each in its place, packed here or elsewhere. */
#include "p2p-link-private.h"
#include "../wire/p2p-frame.h"

/* py2p reads so many bytes at once, and takes four that are left over for a frame. */
#define PY2P_READ 1024u
#define PY2P_BAD_BOUNDARY (PY2P_READ - P2P_FRAME_HEADER_LENGTH)
/* After so long without a byte the peer has read all, and its reads begin at a frame again. */
#define CAREFUL_IDLE (100 * G_TIME_SPAN_MILLISECOND)

static gsize
frame_size (P2pMessage *message, GBytes *body)
{
  gsize size;

  if (body != NULL)
    return P2P_FRAME_HEADER_LENGTH + g_bytes_get_size (body);
  p2p_message_peek_frame (message, &size);
  return size;
}

/* Would the next frame's header end a read of py2p's? */
static gboolean
is_bad_boundary (gsize offset)
{
  return offset % PY2P_READ == PY2P_BAD_BOUNDARY;
}

/*
 * Before a frame of so many bytes on a careful link: when it would end four bytes before the end of one of the peer's reads,
 * a filler shifts it. The filler has two lengths because its own end must not fall there either: if both the frame and the
 * shorter filler end there, the longer one does not.
 */
static void
shift_boundary (P2pLink *self, gsize size)
{
  gint64 now = p2p_clock_now (self->env->clock);

  if (self->unwritten == 0 && now - self->careful_time >= CAREFUL_IDLE)
    self->careful_offset = 0;
  self->careful_time = now;

  if (is_bad_boundary (self->careful_offset + size))
    for (guint i = 0; i < G_N_ELEMENTS (self->fillers) && self->fillers[i] != NULL; i++)
      {
        gsize end = self->careful_offset + frame_size (self->fillers[i], NULL);

        if (is_bad_boundary (end) || is_bad_boundary (end + size))
          continue;
        p2p_link_out_append_plain (self, self->fillers[i]);
        self->careful_offset = end % PY2P_READ;
        break;
      }
  self->careful_offset = (self->careful_offset + size) % PY2P_READ;
}

static void
commit_message (P2pLink *self, P2pMessage *message, GBytes *packed)
{
  if (self->careful)
    shift_boundary (self, frame_size (message, packed));
  if (packed != NULL)
    p2p_link_out_append_packed (self, packed);
  else
    p2p_link_out_append_plain (self, message);
  self->stats.messages_out++;

  if (self->last_message != message)
    {
      g_clear_pointer (&self->last_message, p2p_message_unref);
      self->last_message = p2p_message_ref (message);
    }
  if (self->last_body != packed)
    {
      g_clear_pointer (&self->last_body, g_bytes_unref);
      self->last_body = packed != NULL ? g_bytes_ref (packed) : NULL;
    }
}

static void
commit_raw (P2pLink *self, GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);

  if (self->careful)
    shift_boundary (self, length);
  p2p_link_out_append_raw (self, bytes);

  g_clear_pointer (&self->last_message, p2p_message_unref);
  g_clear_pointer (&self->last_body, g_bytes_unref);
  self->last_body = g_bytes_ref (bytes);
}

/* ---- places in the order ---- */

/* What a job owns; the link may be gone before it is done. */
typedef struct {
  P2pMessage *message;
  P2pCompression method;
  GBytes *body;
} EncodeJob;

static void
encode_job_free (gpointer data)
{
  EncodeJob *job = data;

  p2p_message_unref (job->message);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_free (job);
}

static gpointer
encode_job_run (gpointer data)
{
  EncodeJob *job = data;

  job->body = p2p_link_encode (job->message, job->method);
  return job;
}

static void
free_slot (P2pLinkSlot *slot)
{
  if (slot->job != 0)
    slot->link->env->executor->ops->cancel (slot->link->env->executor, slot->job, encode_job_free);
  g_clear_pointer (&slot->message, p2p_message_unref);
  g_clear_pointer (&slot->body, g_bytes_unref);
  g_free (slot);
}

/* The frames at the head of the order that wait for nothing any more; with force those that do, as they are: a plain body is
 * always understood. */
static void
commit_slots (P2pLink *self, gboolean force)
{
  P2pLinkSlot *slot;

  while ((slot = g_queue_peek_head (&self->slots)) != NULL && (slot->job == 0 || force))
    {
      g_queue_pop_head (&self->slots);
      self->queued -= slot->size;
      if (slot->message != NULL)
        commit_message (self, slot->message, slot->body);
      else
        commit_raw (self, slot->body);
      free_slot (slot);
    }
}

static void
encoded_cb (gpointer result, gpointer user_data)
{
  P2pLinkSlot *slot = user_data;
  P2pLink *self = slot->link;
  EncodeJob *job = result;

  slot->job = 0;
  slot->body = g_steal_pointer (&job->body);
  encode_job_free (job);
  commit_slots (self, FALSE);
  p2p_link_out_kick (self);
}

static P2pLinkSlot *
append_slot (P2pLink *self, P2pMessage *message, GBytes *body, gsize size)
{
  P2pLinkSlot *slot = g_new0 (P2pLinkSlot, 1);

  slot->link = self;
  slot->message = message != NULL ? p2p_message_ref (message) : NULL;
  slot->body = body != NULL ? g_bytes_ref (body) : NULL;
  slot->size = size;
  self->queued += size;
  g_queue_push_tail (&self->slots, slot);
  return slot;
}

/* Something that is ready: at the end of the order. */
static void
append (P2pLink *self, P2pMessage *message, GBytes *body, gsize size)
{
  if (self->slots.length > 0)
    append_slot (self, message, body, size);
  else if (message != NULL)
    commit_message (self, message, body);
  else
    commit_raw (self, body);
}

static void
start_encode (P2pLink *self, P2pMessage *message, P2pCompression method, gsize size)
{
  P2pLinkSlot *slot = append_slot (self, message, NULL, size);
  EncodeJob *job = g_new0 (EncodeJob, 1);

  job->message = p2p_message_ref (message);
  job->method = method;
  slot->job = self->env->executor->ops->run (self->env->executor, encode_job_run, job, encoded_cb, slot);
}

static gboolean
check_room (P2pLink *self, gsize size, GError **error)
{
  if (self->pipe == NULL)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The link is closed");
      return FALSE;
    }
  if (size > self->limits->out_queue || self->queued > self->limits->out_queue - size)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_QUEUE_FULL,
                   "The peer reads too slowly: a frame of %" G_GSIZE_FORMAT " bytes does not fit the queue, where %" G_GSIZE_FORMAT " of %u bytes wait",
                   size, self->queued, self->limits->out_queue);
      return FALSE;
    }
  return TRUE;
}

gboolean
p2p_link_send (P2pLink *self, P2pMessage *message, P2pLinkSendFlags flags, GError **error)
{
  P2pCompression method = flags & P2P_LINK_SEND_PLAIN ? P2P_COMPRESSION_NONE : p2p_link_get_send_method (self);
  g_autoptr (GBytes) body = NULL;
  gsize length;
  const guint8 *plain = p2p_message_peek_plain (message, &length);

  if (!check_room (self, P2P_FRAME_HEADER_LENGTH + length, error))
    return FALSE;

  if (length < P2P_LINK_COMPRESS_MIN && p2p_link_may_stay_plain (plain, length))
    method = P2P_COMPRESSION_NONE;
  if (p2p_link_encode_is_long (method, length))
    {
      start_encode (self, message, method, P2P_FRAME_HEADER_LENGTH + length);
    }
  else
    {
      if (method != P2P_COMPRESSION_NONE)
        body = p2p_link_encode (message, method);
      append (self, message, body, P2P_FRAME_HEADER_LENGTH + length);
    }
  p2p_link_out_kick (self);
  return TRUE;
}

gboolean
p2p_link_send_raw (P2pLink *self, const guint8 *bytes, gsize length, GError **error)
{
  g_autoptr (GBytes) copy = NULL;

  if (!check_room (self, length, error))
    return FALSE;
  if (length == 0)
    return TRUE;
  copy = g_bytes_new (bytes, length);
  append (self, NULL, copy, length);
  p2p_link_out_kick (self);
  return TRUE;
}

gboolean
p2p_link_resend_last (P2pLink *self)
{
  g_autoptr (P2pMessage) message = self->last_message != NULL ? p2p_message_ref (self->last_message) : NULL;
  g_autoptr (GBytes) body = self->last_body != NULL ? g_bytes_ref (self->last_body) : NULL;
  gsize size;

  if (message == NULL && body == NULL)
    return FALSE;
  size = message != NULL ? frame_size (message, body) : g_bytes_get_size (body);
  if (!check_room (self, size, NULL))
    return FALSE;
  append (self, message, body, size);
  p2p_link_out_kick (self);
  return TRUE;
}

void
p2p_link_set_careful (P2pLink *self, gboolean careful)
{
  if (self->careful == careful)
    return;
  self->careful = careful;
  if (careful && self->pipe != NULL)
    p2p_link_out_flush (self);
}

void
p2p_link_set_filler (P2pLink *self, P2pMessage *noop)
{
  g_clear_pointer (&self->fillers[0], p2p_message_unref);
  g_clear_pointer (&self->fillers[1], p2p_message_unref);
  if (noop == NULL)
    return;

  g_autoptr (GByteArray) packed = g_byte_array_new ();
  gsize length;
  const guint8 *payload = p2p_message_peek_payload (noop, &length);

  self->fillers[0] = p2p_message_ref (noop);
  /* The second length: one packet more, the number 0. */
  g_byte_array_append (packed, payload, (guint) length);
  g_byte_array_append (packed, (const guint8 *) "", 1);
  self->fillers[1] = p2p_message_new_packed (p2p_message_get_flag (noop), p2p_message_get_sender (noop), p2p_message_get_sender_form (noop),
                                             p2p_message_get_time (noop), packed->data, packed->len, p2p_message_get_n_packets (noop) + 1);
}

gsize
p2p_link_get_queued (P2pLink *self)
{
  return self->queued;
}

void
p2p_link_out_flush_last (P2pLink *self)
{
  commit_slots (self, TRUE);
  p2p_link_out_flush (self);
}

void
p2p_link_slots_clear (P2pLink *self)
{
  g_queue_clear_full (&self->slots, (GDestroyNotify) free_slot);
}
