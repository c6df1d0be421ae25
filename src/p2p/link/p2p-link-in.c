/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-link-private.h"
#include "../wire/p2p-frame.h"
#include <string.h>

/* A buffer larger than this is given back when it is empty. */
#define KEEP_BUFFER (4 * 1024)

/* One frame body on its way through the executor. It owns all that it touches: the link may be gone before it is done. */
typedef struct {
  P2pLimits limits;
  guint8 *body;
  gsize length;
  guint8 *methods;
  gsize n_methods;
  P2pMessage *message;
  GError *error;
} DecodeJob;

static void
decode_job_free (gpointer data)
{
  DecodeJob *job = data;

  g_clear_pointer (&job->message, p2p_message_unref);
  g_clear_error (&job->error);
  g_free (job->body);
  g_free (job->methods);
  g_free (job);
}

static gpointer
decode_job_run (gpointer data)
{
  DecodeJob *job = data;

  job->message = p2p_message_parse_body (job->body, job->length, job->methods, job->n_methods, &job->limits, &job->error);
  return job;
}

/* What the link keeps. FALSE: it is closed. */
static gboolean
charge (P2pLink *self, gsize bytes)
{
  return self->budget == NULL || p2p_budget_charge (self->budget, self, bytes + self->late_bytes);
}

gboolean
p2p_link_in_charge (P2pLink *self)
{
  return charge (self, self->in.size + self->decode_length);
}

static void
fail_for_memory (P2pLink *self, gsize length)
{
  p2p_link_refuse (self, P2P_DROP_MEMORY, length,
                   g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_MEMORY, "There is no memory for %" G_GSIZE_FORMAT " bytes that the peer sent", length));
}

/* Room for length more bytes. It grows with what arrives, by doubling, but not beyond most while that is enough. FALSE: the link is
 * closed, for there is none. */
static gboolean
buffer_reserve (P2pLink *self, gsize length, gsize most)
{
  P2pLinkBuffer *buffer = &self->in;
  gsize used = buffer->end - buffer->start;

  if (buffer->size - buffer->end >= length)
    return TRUE;
  /* Moving at least doubles the room or costs no more than the bytes that were consumed before it. */
  if (buffer->start >= used && buffer->size - used >= length)
    {
      memmove (buffer->bytes, buffer->bytes + buffer->start, used);
    }
  else
    {
      gsize size = MAX (MAX (used + length, MIN (2 * used, most)), 512);
      guint8 *bytes;

      if (!charge (self, size + self->decode_length))
        return FALSE;
      bytes = p2p_limits_allocate (self->limits, size);
      if (bytes == NULL)
        {
          fail_for_memory (self, size);
          return FALSE;
        }
      if (used > 0)
        memcpy (bytes, buffer->bytes + buffer->start, used);
      g_free (buffer->bytes);
      buffer->bytes = bytes;
      buffer->size = size;
    }
  buffer->start = 0;
  buffer->end = used;
  return TRUE;
}

static void
buffer_append (P2pLink *self, const guint8 *bytes, gsize length, gsize most)
{
  if (length == 0 || !buffer_reserve (self, length, most))
    return;
  memcpy (self->in.bytes + self->in.end, bytes, length);
  self->in.end += length;
}

static void
buffer_consume (P2pLink *self, gsize length)
{
  P2pLinkBuffer *buffer = &self->in;

  buffer->start += length;
  if (buffer->start < buffer->end)
    return;
  buffer->start = buffer->end = 0;
  if (buffer->size > KEEP_BUFFER)
    {
      g_clear_pointer (&buffer->bytes, g_free);
      buffer->size = 0;
    }
  if (self->pipe != NULL)
    charge (self, buffer->size + self->decode_length);
}

static inline gsize
buffer_length (const P2pLinkBuffer *buffer)
{
  return buffer->end - buffer->start;
}

static inline gsize
read_length (const guint8 *header)
{
  return (gsize) header[0] << 24 | (gsize) header[1] << 16 | (gsize) header[2] << 8 | header[3];
}

static gsize
frame_limit (P2pLink *self)
{
  return self->established ? self->limits->frame : self->limits->frame_before_handshake;
}

/* The length in a header when it is one that we take; 0 when the link has failed for it. */
static gsize
check_header (P2pLink *self, const guint8 *header)
{
  gsize length = read_length (header);

  if (length == 0)
    p2p_link_refuse (self, P2P_DROP_EMPTY, P2P_FRAME_HEADER_LENGTH,
                     g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME, "The peer sent a frame of no length"));
  else if (length > frame_limit (self))
    {
      p2p_link_refuse (self, P2P_DROP_TOO_LARGE, P2P_FRAME_HEADER_LENGTH + length,
                       g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME_TOO_LARGE,
                                    "The peer began a frame of %" G_GSIZE_FORMAT " bytes; %s at most %" G_GSIZE_FORMAT " are taken",
                                    length, self->established ? "from it" : "before its handshake", frame_limit (self)));
      length = 0;
    }
  return length;
}

/* Why bytes that had a place for their length made no message. */
static P2pDropReason
find_reason (P2pLink *self, gsize length, const GError *error)
{
  const P2pLimits *limits = self->limits;

  if (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS))
    return P2P_DROP_MALFORMED;
  if (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_LIMIT))
    return P2P_DROP_COMPLEX;
  if (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_MEMORY))
    return P2P_DROP_MEMORY;
  if (!g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE))
    return P2P_DROP_CHECKSUM;
  return MAX (limits->ratio_floor, (guint64) limits->ratio * length) < limits->frame ? P2P_DROP_RATIO : P2P_DROP_TOO_LARGE;
}

/* The stream is in order, and the bytes may have come this way through nodes that take more than we do. */
static gboolean
is_forgivable (P2pDropReason reason)
{
  return reason == P2P_DROP_MALFORMED || reason == P2P_DROP_COMPLEX || reason == P2P_DROP_RATIO || reason == P2P_DROP_TOO_LARGE;
}

static void
deliver (P2pLink *self, gsize length, P2pMessage *message, const GError *error)
{
  P2pDropReason reason;

  self->frame_size = P2P_FRAME_HEADER_LENGTH + length;
  if (message != NULL)
    {
      if (!p2p_link_lab_keep (self, message, self->frame_size))
        self->events->message (self, message, self->data);
      return;
    }
  reason = find_reason (self, length, error);
  if (self->established && self->events->dropped != NULL && is_forgivable (reason))
    self->events->dropped (self, reason, self->frame_size, error, self->data);
  else if (reason == P2P_DROP_MEMORY)
    p2p_link_refuse (self, reason, self->frame_size, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_MEMORY, error->message));
  else
    p2p_link_refuse (self, reason, self->frame_size,
                     g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME, "The peer sent a bad frame: %s", error->message));
}

static void decoded_cb (gpointer result, gpointer user_data);

static void
start_decode (P2pLink *self, const guint8 *body, gsize length)
{
  guint8 *copy = NULL;
  DecodeJob *job;

  if (!charge (self, self->in.size + length))
    return;
  copy = p2p_limits_allocate (self->limits, length);
  if (copy == NULL)
    {
      fail_for_memory (self, length);
      return;
    }
  memcpy (copy, body, length);
  job = g_new0 (DecodeJob, 1);
  job->limits = *self->limits;
  job->body = copy;
  job->length = length;
  job->methods = g_memdup2 (self->methods, self->n_methods);
  job->n_methods = self->n_methods;
  self->decode_length = length;
  self->decode_job = self->env->executor->ops->run (self->env->executor, decode_job_run, job, decoded_cb, self);
}

static void
take_frame (P2pLink *self, const guint8 *body, gsize length)
{
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  self->stats.messages_in++;
  self->stats.bytes_in += P2P_FRAME_HEADER_LENGTH + length;
  self->stats.last_in = self->received_at;
  if (p2p_link_decode_is_long (body, length))
    {
      start_decode (self, body, length);
      return;
    }
  message = p2p_message_parse_body (body, length, self->methods, self->n_methods, self->limits, &error);
  deliver (self, length, message, error);
}

/* Takes whole frames until there is none, the link is closed, or one of them is being unpacked. How many bytes they were. */
static gsize
take_frames (P2pLink *self, const guint8 *bytes, gsize length)
{
  gsize taken = 0;

  while (self->pipe != NULL && self->decode_job == 0 && length - taken >= P2P_FRAME_HEADER_LENGTH)
    {
      gsize body = check_header (self, bytes + taken);

      if (body == 0 || length - taken - P2P_FRAME_HEADER_LENGTH < body)
        break;
      taken += P2P_FRAME_HEADER_LENGTH + body;
      take_frame (self, bytes + taken - body, body);
    }
  return taken;
}

static void frame_time_cb (gpointer data);

/* Until the time of the unfinished frame is looked at again. */
static void
set_frame_timer (P2pLink *self, gint64 now)
{
  gint64 span = self->frame_began + self->limits->frame_seconds * G_TIME_SPAN_SECOND - now;

  if (self->limits->frame_rate > 0 && self->limits->frame_rate_seconds > 0)
    span = MIN (span, self->limits->frame_rate_seconds * G_TIME_SPAN_SECOND);
  self->frame_timer = p2p_clock_schedule (self->env->clock, MAX (span, 0), frame_time_cb, self);
}

static void
frame_time_cb (gpointer data)
{
  P2pLink *self = data;
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);
  const P2pLimits *limits = self->limits;
  gint64 now = p2p_clock_now (self->env->clock);

  self->frame_timer = 0;
  if (now - self->frame_began >= limits->frame_seconds * G_TIME_SPAN_SECOND)
    {
      p2p_link_refuse (self, P2P_DROP_STALLED, buffer_length (&self->in),
                       g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME_STALLED,
                                    "The peer did not end a frame within %u seconds", limits->frame_seconds));
      return;
    }
  if (self->frame_bytes < (guint64) limits->frame_rate * limits->frame_rate_seconds)
    {
      p2p_link_refuse (self, P2P_DROP_STALLED, buffer_length (&self->in),
                       g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME_STALLED,
                                    "The peer sent %" G_GSIZE_FORMAT " bytes of an unfinished frame in %u seconds, less than %u a second",
                                    self->frame_bytes, limits->frame_rate_seconds, limits->frame_rate));
      return;
    }
  self->frame_bytes = 0;
  set_frame_timer (self, now);
}

static void
stop_frame_timer (P2pLink *self)
{
  p2p_clock_cancel (self->env->clock, self->frame_timer);
  self->frame_timer = 0;
}

static void
start_frame_timer (P2pLink *self)
{
  self->frame_began = p2p_clock_now (self->env->clock);
  self->frame_bytes = buffer_length (&self->in);
  set_frame_timer (self, self->frame_began);
}

/* After bytes were handled: the timer runs for a frame that is unfinished, and reading stops while too much waits. While one is being
 * unpacked, or so much waits on purpose, no time is kept: what comes behind it is held by us. */
static void
settle (P2pLink *self)
{
  gboolean full, held;

  /* limits and budget may be gone with whoever ended the link */
  if (self->pipe == NULL)
    return;
  full = self->late_bytes > frame_limit (self);
  if (buffer_length (&self->in) == 0 || self->decode_job != 0 || full)
    stop_frame_timer (self);
  else if (self->frame_timer == 0)
    start_frame_timer (self);

  held = full || (self->decode_job != 0 && buffer_length (&self->in) > frame_limit (self));
  if (held != self->held && !self->pipe_ended)
    {
      self->held = held;
      self->pipe->ops->set_reading (self->pipe, !held);
    }
}

void
p2p_link_in_settle (P2pLink *self)
{
  settle (self);
}

static void
clear_buffer (P2pLink *self)
{
  g_clear_pointer (&self->in.bytes, g_free);
  self->in.size = self->in.start = self->in.end = 0;
}

static void
leave_buffer (P2pLink *self)
{
  self->in_busy--;
  if (self->pipe == NULL && self->in_busy == 0)
    clear_buffer (self);
  settle (self);
}

/* Frames of the own buffer. The bytes stay where they are while they are looked at: nothing arrives from inside. */
static void
take_buffered (P2pLink *self)
{
  gsize before = buffer_length (&self->in);
  gsize taken = before > 0 ? take_frames (self, self->in.bytes + self->in.start, before) : 0;

  if (taken > 0)
    stop_frame_timer (self);
  buffer_consume (self, taken);
}

/* How many more bytes the unfinished frame in the buffer is known to need. */
static gsize
missing_bytes (P2pLink *self)
{
  gsize have = buffer_length (&self->in);

  if (have < P2P_FRAME_HEADER_LENGTH)
    return P2P_FRAME_HEADER_LENGTH - have;
  return P2P_FRAME_HEADER_LENGTH + read_length (self->in.bytes + self->in.start) - have;
}

void
p2p_link_received (gpointer data, const guint8 *bytes, gsize length)
{
  P2pLink *self = data;
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);

  self->in_busy++;
  self->frame_bytes += length;
  self->received_at = p2p_clock_now (self->env->clock);
  /* First what the begun frame lacks (its header, then its body), so that only that frame is copied. */
  while (self->pipe != NULL && self->decode_job == 0 && length > 0 && buffer_length (&self->in) > 0)
    {
      gsize missing = missing_bytes (self);
      gsize part = MIN (length, missing);

      buffer_append (self, bytes, part, buffer_length (&self->in) + missing);
      bytes += part;
      length -= part;
      if (self->pipe != NULL)
        take_buffered (self);
    }
  if (self->pipe != NULL && self->decode_job == 0 && length > 0)
    {
      gsize taken = take_frames (self, bytes, length);

      bytes += taken;
      length -= taken;
    }
  if (self->pipe != NULL)
    buffer_append (self, bytes, length, P2P_FRAME_HEADER_LENGTH + frame_limit (self));
  leave_buffer (self);
}

void
p2p_link_end_by_pipe (P2pLink *self)
{
  g_autoptr (GError) error = g_steal_pointer (&self->pipe_error);

  if (error == NULL)
    error = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER,
                                 buffer_length (&self->in) > 0 ? "The peer closed the link in the middle of a frame" : "The peer closed the link");
  p2p_link_fail (self, g_steal_pointer (&error));
}

static void
decoded_cb (gpointer result, gpointer user_data)
{
  P2pLink *self = user_data;
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);
  DecodeJob *job = result;

  self->in_busy++;
  self->decode_job = 0;
  self->decode_length = 0;
  deliver (self, job->length, job->message, job->error);
  decode_job_free (job);
  if (self->pipe != NULL)
    take_buffered (self);
  if (self->pipe != NULL && self->pipe_ended && self->decode_job == 0 && self->late.length == 0)
    p2p_link_end_by_pipe (self);
  leave_buffer (self);
}

void
p2p_link_pipe_closed (gpointer data, const GError *error)
{
  P2pLink *self = data;

  self->pipe_error = error != NULL ? g_error_copy (error) : NULL;
  self->pipe_ended = TRUE;
  /* What came before the end is delivered before it. */
  if (self->decode_job == 0 && self->late.length == 0)
    p2p_link_end_by_pipe (self);
}

void
p2p_link_in_clear (P2pLink *self)
{
  if (self->decode_job != 0)
    self->env->executor->ops->cancel (self->env->executor, self->decode_job, decode_job_free);
  self->decode_job = 0;
  self->decode_length = 0;
  p2p_link_lab_clear (self);
  if (self->in_busy == 0)
    clear_buffer (self);
  charge (self, 0);
  stop_frame_timer (self);
  g_clear_error (&self->pipe_error);
}
