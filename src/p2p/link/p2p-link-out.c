/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The lower half of sending: frames become writes. */
#include "p2p-link-private.h"
#include "../wire/p2p-frame.h"
#include <string.h>

/* Room that frames of one turn are given to begin with. */
#define FIRST_BUFFER 4096

static void
free_chunk (P2pLinkChunk *chunk)
{
  g_clear_pointer (&chunk->buffer, g_byte_array_unref);
  g_clear_pointer (&chunk->bytes, g_bytes_unref);
  g_clear_pointer (&chunk->message, p2p_message_unref);
  g_free (chunk);
}

static const guint8 *
peek_chunk (P2pLinkChunk *chunk, gsize *length)
{
  const guint8 *bytes;

  if (chunk->buffer != NULL)
    {
      bytes = chunk->buffer->data;
      *length = chunk->buffer->len;
    }
  else if (chunk->message != NULL)
    {
      bytes = p2p_message_peek_frame (chunk->message, length);
    }
  else
    {
      bytes = g_bytes_get_data (chunk->bytes, length);
    }
  *length -= chunk->offset;
  return bytes + chunk->offset;
}

static void
slow_cb (gpointer data)
{
  P2pLink *self = data;

  self->slow_timer = 0;
  p2p_link_fail (self, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_QUEUE_FULL,
                                    "The peer reads too slowly: %" G_GSIZE_FORMAT " bytes have waited for it for %u seconds",
                                    self->queued, self->limits->out_queue_seconds));
}

static void
watch_queue (P2pLink *self)
{
  gboolean full = self->queued > self->limits->out_queue / 2;

  if (full == (self->slow_timer != 0))
    return;
  if (full)
    {
      self->slow_timer = p2p_clock_schedule (self->env->clock, self->limits->out_queue_seconds * G_TIME_SPAN_SECOND, slow_cb, self);
    }
  else
    {
      p2p_clock_cancel (self->env->clock, self->slow_timer);
      self->slow_timer = 0;
    }
}

/* Hands over what is there, until the pipe is full. */
void
p2p_link_out_flush (P2pLink *self)
{
  P2pLinkChunk *chunk;

  while (!self->waiting && (chunk = g_queue_peek_head (&self->chunks)) != NULL)
    {
      gsize length, taken;
      const guint8 *bytes = peek_chunk (chunk, &length);

      taken = self->pipe->ops->write (self->pipe, bytes, length);
      chunk->offset += taken;
      self->queued -= taken;
      self->unwritten -= taken;
      self->stats.bytes_out += taken;
      if (taken < length)
        self->waiting = TRUE;
      else
        free_chunk (g_queue_pop_head (&self->chunks));
    }
  watch_queue (self);
}

void
p2p_link_writable (gpointer data)
{
  P2pLink *self = data;

  self->waiting = FALSE;
  p2p_link_out_flush (self);
}

static void
turn_ended_cb (gpointer data)
{
  P2pLink *self = data;

  self->turn_timer = 0;
  self->leading = FALSE;
  p2p_link_out_flush (self);
}

static void
begin_turn (P2pLink *self)
{
  if (self->turn_timer == 0)
    self->turn_timer = p2p_clock_schedule (self->env->clock, 0, turn_ended_cb, self);
}

/* The first frame of a turn leaves at once, those after it together. */
void
p2p_link_out_kick (P2pLink *self)
{
  if (self->chunks.length == 0)
    {
      watch_queue (self);
      return;
    }
  if (!self->careful && (self->turn_timer == 0 || self->leading))
    begin_turn (self);
  else if (!self->careful && self->unwritten < P2P_LINK_FLUSH_BYTES)
    {
      watch_queue (self);
      return;
    }
  self->leading = FALSE;
  p2p_link_out_flush (self);
}

/* What was appended is the beginning of what leaves first. */
void
p2p_link_out_lead (P2pLink *self)
{
  if (self->careful || self->turn_timer != 0 || self->chunks.length == 0)
    {
      p2p_link_out_kick (self);
      return;
    }
  begin_turn (self);
  self->leading = TRUE;
  watch_queue (self);
}

/* ---- frames to chunks ---- */

static void
write_header (guint8 *header, gsize length)
{
  guint32 value = GUINT32_TO_BE ((guint32) length);

  memcpy (header, &value, sizeof value);
}

static P2pLinkChunk *
append_chunk (P2pLink *self)
{
  P2pLinkChunk *chunk = g_new0 (P2pLinkChunk, 1);

  g_queue_push_tail (&self->chunks, chunk);
  return chunk;
}

/* The chunk that small frames are copied to. Frames stay whole in one chunk: a header never waits for its body. */
static GByteArray *
open_buffer (P2pLink *self, gsize length)
{
  P2pLinkChunk *chunk = g_queue_peek_tail (&self->chunks);

  if (self->careful || chunk == NULL || chunk->buffer == NULL || chunk->buffer->len + length > P2P_LINK_FLUSH_BYTES)
    {
      chunk = append_chunk (self);
      chunk->buffer = g_byte_array_sized_new (self->careful ? (guint) length : FIRST_BUFFER);
    }
  return chunk->buffer;
}

static void
count_queued (P2pLink *self, gsize size)
{
  self->queued += size;
  self->unwritten += size;
}

/* A message's own bytes: by reference where it leaves by itself anyway. */
void
p2p_link_out_append_plain (P2pLink *self, P2pMessage *message)
{
  gsize size;
  const guint8 *frame = p2p_message_peek_frame (message, &size);

  if (size >= P2P_LINK_LARGE_FRAME || self->careful || (self->turn_timer == 0 && self->chunks.length == 0))
    append_chunk (self)->message = p2p_message_ref (message);
  else
    g_byte_array_append (open_buffer (self, size), frame, (guint) size);
  count_queued (self, size);
}

void
p2p_link_out_append_packed (P2pLink *self, GBytes *body)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (body, &length);
  gsize size = P2P_FRAME_HEADER_LENGTH + length;
  guint8 header[P2P_FRAME_HEADER_LENGTH];

  write_header (header, length);
  if (size < P2P_LINK_LARGE_FRAME)
    {
      GByteArray *buffer = open_buffer (self, size);

      g_byte_array_append (buffer, header, sizeof header);
      g_byte_array_append (buffer, bytes, (guint) length);
    }
  else
    {
      guint8 *frame = g_malloc (size);

      memcpy (frame, header, sizeof header);
      memcpy (frame + sizeof header, bytes, length);
      append_chunk (self)->bytes = g_bytes_new_take (frame, size);
    }
  count_queued (self, size);
}

void
p2p_link_out_append_raw (P2pLink *self, GBytes *bytes)
{
  append_chunk (self)->bytes = g_bytes_ref (bytes);
  count_queued (self, g_bytes_get_size (bytes));
}

void
p2p_link_out_clear (P2pLink *self)
{
  p2p_link_slots_clear (self);
  g_queue_clear_full (&self->chunks, (GDestroyNotify) free_chunk);
  p2p_clock_cancel (self->env->clock, self->turn_timer);
  p2p_clock_cancel (self->env->clock, self->slow_timer);
  self->turn_timer = 0;
  self->leading = FALSE;
  self->slow_timer = 0;
  self->queued = 0;
  self->unwritten = 0;
}
