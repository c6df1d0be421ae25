/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The upper half of sending: messages become frames, each in its place, packed here or elsewhere. */
#include "p2p-link-private.h"
#include "../wire/p2p-frame.h"

/* py2p reads so many bytes at once, and takes four that are left over for a frame. */
#define PY2P_READ 1024u
/* After so long without a byte the peer has read all, and its reads begin at a frame again. */
#define CAREFUL_IDLE G_TIME_SPAN_SECOND

/* ---- towards py2p ---- */

static gsize
frame_size (P2pMessage *message, GBytes *body)
{
  gsize size;

  if (body != NULL)
    return P2P_FRAME_HEADER_LENGTH + g_bytes_get_size (body);
  p2p_message_peek_frame (message, &size);
  return size;
}

/*
 * Where can one of its reads end? 1024 bytes after the one before, or where it has caught up with us: at the end of a write. So the
 * ends lie at the ends of writes and any number of 1024 bytes after one. When all writes of a busy time end at one and the same
 * offset mod 8, all these do too (but those counted from its beginning, at 0 mod 1024); and no frame must begin four bytes before.
 */
static gboolean
may_begin (P2pLink *self, gsize offset, gboolean first)
{
  gsize header_end = offset + P2P_FRAME_HEADER_LENGTH;

  return header_end % PY2P_READ != 0 && (first || header_end % P2P_LINK_FILLERS != self->careful_base);
}

/* Would a write of these sizes (0: no such filler) do? */
static gboolean
write_fits (P2pLink *self, gsize before, gsize size, gsize after, gboolean first)
{
  gsize at = self->careful_offset + before;

  if (before != 0 && !may_begin (self, at, first))
    return FALSE;
  at += size;
  if (after != 0 && !may_begin (self, at, first))
    return FALSE;
  at += after;
  return may_begin (self, at, TRUE) && (first || at % P2P_LINK_FILLERS == self->careful_base);
}

/* The filler of that number, counted from 1; 0 is none */
static gsize
filler_size (P2pLink *self, guint number)
{
  return number == 0 ? 0 : frame_size (self->fillers[number - 1], NULL);
}

/* As few fillers as will do, before and after a frame of that size */
static void
choose_fillers (P2pLink *self, gsize size, gboolean first, guint *before, guint *after)
{
  for (guint both = 0; both < 2; both++)
    for (*before = 0; *before <= P2P_LINK_FILLERS; ++*before)
      for (*after = both; *after <= (both ? P2P_LINK_FILLERS : 0); ++*after)
        if (write_fits (self, filler_size (self, *before), size, filler_size (self, *after), first))
          return;
  *before = *after = 0;
}

static void
append_filler (P2pLink *self, GByteArray *into, guint number)
{
  gsize size;
  const guint8 *frame;

  if (number == 0)
    return;
  frame = p2p_message_peek_frame (self->fillers[number - 1], &size);
  g_byte_array_append (into, frame, (guint) size);
}

/* A frame together with what it needs, as one write. FALSE: it needs nothing. */
static gboolean
append_with_fillers (P2pLink *self, const guint8 *header, gsize header_length, const guint8 *bytes, gsize length)
{
  gint64 now = p2p_clock_now (self->env->clock);
  gboolean first = self->unwritten == 0 && now - self->careful_time >= CAREFUL_IDLE;
  gsize size = header_length + length;
  guint before = 0, after = 0;
  g_autoptr (GByteArray) write = NULL;
  g_autoptr (GBytes) whole = NULL;

  if (first)
    self->careful_offset = 0;
  self->careful_time = now;
  if (self->fillers[0] != NULL)
    choose_fillers (self, size, first, &before, &after);
  self->careful_offset = (self->careful_offset + filler_size (self, before) + size + filler_size (self, after)) % PY2P_READ;
  if (first)
    self->careful_base = self->careful_offset % P2P_LINK_FILLERS;
  if (before == 0 && after == 0)
    return FALSE;

  write = g_byte_array_sized_new ((guint) (filler_size (self, before) + size + filler_size (self, after)));
  append_filler (self, write, before);
  g_byte_array_append (write, header, (guint) header_length);
  g_byte_array_append (write, bytes, (guint) length);
  append_filler (self, write, after);
  whole = g_byte_array_free_to_bytes (g_steal_pointer (&write));
  p2p_link_out_append_raw (self, whole);
  return TRUE;
}

static gboolean
append_carefully (P2pLink *self, P2pMessage *message, GBytes *packed)
{
  guint32 header;
  const guint8 *bytes;
  gsize length;

  if (packed == NULL)
    {
      bytes = p2p_message_peek_frame (message, &length);
      return append_with_fillers (self, NULL, 0, bytes, length);
    }
  bytes = g_bytes_get_data (packed, &length);
  header = GUINT32_TO_BE ((guint32) length);
  return append_with_fillers (self, (const guint8 *) &header, sizeof header, bytes, length);
}

/* ---- frames to chunks ---- */

static void
commit_message (P2pLink *self, P2pMessage *message, GBytes *packed, P2pCompression method)
{
  if (!self->careful || !append_carefully (self, message, packed))
    {
      if (packed != NULL)
        p2p_link_out_append_packed (self, packed);
      else
        p2p_link_out_append_plain (self, message);
    }
  self->stats.messages_out++;
  if (G_UNLIKELY (self->watched))
    self->events->sent (self, message, frame_size (message, packed), packed != NULL ? method : P2P_COMPRESSION_NONE, self->data);
  self->last_method = method;

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
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (!self->careful || !append_with_fillers (self, NULL, 0, data, length))
    p2p_link_out_append_raw (self, bytes);
  if (G_UNLIKELY (self->watched))
    self->events->sent (self, NULL, length, P2P_COMPRESSION_NONE, self->data);

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
      if (slot->due != 0 && !force && slot->due > p2p_clock_now (self->env->clock))
        {
          p2p_link_lab_wait (self, slot->due);
          return;
        }
      g_queue_pop_head (&self->slots);
      self->queued -= slot->size;
      if (slot->message != NULL)
        commit_message (self, slot->message, slot->body, slot->method);
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
  p2p_link_slots_commit (self);
}

void
p2p_link_slots_commit (P2pLink *self)
{
  commit_slots (self, FALSE);
  p2p_link_out_kick (self);
}

static P2pLinkSlot *
append_slot (P2pLink *self, P2pMessage *message, GBytes *body, P2pCompression method, gsize size)
{
  P2pLinkSlot *slot = g_new0 (P2pLinkSlot, 1);

  slot->link = self;
  slot->message = message != NULL ? p2p_message_ref (message) : NULL;
  slot->body = body != NULL ? g_bytes_ref (body) : NULL;
  slot->method = method;
  slot->size = size;
  slot->due = p2p_link_lab_due (self, &self->due_out);
  self->queued += size;
  g_queue_push_tail (&self->slots, slot);
  return slot;
}

/* Something that is ready: at the end of the order. */
static void
append (P2pLink *self, P2pMessage *message, GBytes *body, P2pCompression method, gsize size)
{
  if (self->slots.length > 0 || p2p_link_lab_is_slow (self))
    {
      append_slot (self, message, body, method, size);
      commit_slots (self, FALSE);
    }
  else if (message != NULL)
    commit_message (self, message, body, method);
  else
    commit_raw (self, body);
}

static void
start_encode (P2pLink *self, P2pMessage *message, P2pCompression method, gsize size)
{
  P2pLinkSlot *slot = append_slot (self, message, NULL, method, size);
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

  if ((length < P2P_LINK_COMPRESS_MIN || flags & P2P_LINK_SEND_DENSE) && p2p_link_may_stay_plain (plain, length))
    method = P2P_COMPRESSION_NONE;
  if (p2p_link_encode_is_long (method, length))
    {
      start_encode (self, message, method, P2P_FRAME_HEADER_LENGTH + length);
    }
  else
    {
      if (method != P2P_COMPRESSION_NONE)
        body = p2p_link_encode (message, method);
      append (self, message, body, method, P2P_FRAME_HEADER_LENGTH + length);
    }
  if (flags & P2P_LINK_SEND_MORE)
    p2p_link_out_lead (self);
  else
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
  append (self, NULL, copy, P2P_COMPRESSION_NONE, length);
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
  append (self, message, body, self->last_method, size);
  p2p_link_out_kick (self);
  return TRUE;
}

void
p2p_link_set_careful (P2pLink *self, gboolean careful)
{
  if (self->careful == careful)
    return;
  self->careful = careful;
  if (!careful || self->pipe == NULL)
    return;
  p2p_link_out_flush (self);
  /* What went out before, our handshake as a rule, may still be unread. */
  self->careful_offset = (self->stats.bytes_out + self->queued) % PY2P_READ;
  self->careful_base = self->careful_offset % P2P_LINK_FILLERS;
  self->careful_time = p2p_clock_now (self->env->clock);
}

void
p2p_link_set_filler (P2pLink *self, P2pMessage *noop)
{
  g_autoptr (GByteArray) packed = NULL;
  const guint8 *payload;
  gsize length;

  for (guint i = 0; i < P2P_LINK_FILLERS; i++)
    g_clear_pointer (&self->fillers[i], p2p_message_unref);
  if (noop == NULL)
    return;

  payload = p2p_message_peek_payload (noop, &length);
  packed = g_byte_array_new ();
  g_byte_array_append (packed, payload, (guint) length);
  for (guint i = 0; i < P2P_LINK_FILLERS; i++)
    {
      self->fillers[i] = p2p_message_new_packed (p2p_message_get_flag (noop), p2p_message_get_sender (noop), p2p_message_get_sender_form (noop),
                                                 p2p_message_get_time (noop), packed->data, packed->len, p2p_message_get_n_packets (noop) + i);
      /* One packet more, the number 0: one byte. */
      g_byte_array_append (packed, (const guint8 *) "", 1);
    }
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
