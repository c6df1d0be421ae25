/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-env-private.h"
#include <string.h>

#define DEFAULT_CAPACITY (1024 * 1024)

/* Bytes up to this place of the stream arrive at this time. */
typedef struct {
  gint64 time;
  guint64 end;
} Arrival;

typedef struct {
  P2pPipe base;
  TestConn *conn;
  guint index;                  /* 0 dialled, 1 accepted */
  TestHost *host;
  guint16 port;
  const P2pPipeEvents *events;
  gpointer data;
  gboolean reading;
  gboolean closed;              /* by its owner */
  gboolean ended;               /* closed() was delivered */
  gboolean waiting;             /* the last write took less than it was given */
  guint64 writable_event;
  /* what this end wrote and the other has not been given */
  GByteArray *stream;           /* from the place in front of which all was taken away */
  gsize taken_away;
  guint64 written;
  guint64 delivered;
  GArray *arrivals;             /* Arrival, from the place in front of which all is over */
  guint arrivals_over;
  gint64 last_arrival;
  gint64 line_free;             /* when the last byte has left, at the rate of the path */
  gint64 next_read;             /* of a slow reader: when it takes more of this */
  gboolean finished;            /* no more will come */
  gboolean reset;               /* and the reader is told of an error */
  gboolean vanished;            /* the host of this end is gone: see test_host_vanish() */
  /* where frames begin, for split_headers */
  GArray *starts;               /* guint64 */
  guint64 next_start;
  guint8 head[4];
  guint n_head;
  guint64 delivery_event;
  GArray *writes;
  GByteArray *record;
} TestPipe;

struct _TestConn {
  TestWorld *world;
  GList link;                   /* in the world's list */
  TestPath path;
  TestRng rng;
  TestPipe ends[2];
  gboolean secure;
  gboolean stalled;
  gboolean cut;
  guint busy;                   /* inside a callback */
  guint8 binding[32];
};

static void deliver_cb (gpointer data);

static TestPipe *
other_end (TestPipe *self)
{
  return &self->conn->ends[1 - self->index];
}

static void
cancel_event (TestConn *self, guint64 *event)
{
  if (*event != 0)
    p2p_timer_heap_remove (self->world->events, *event);
  *event = 0;
}

static void
free_if_over (TestConn *self)
{
  if (self->busy == 0 && self->ends[0].closed && self->ends[1].closed)
    test_conn_discard (self);
}

static gboolean
is_held_back (TestConn *self)
{
  return self->stalled || test_hosts_apart (self->ends[0].host, self->ends[1].host);
}

static Arrival *
first_arrival (TestPipe *self)
{
  return &g_array_index (self->arrivals, Arrival, self->arrivals_over);
}

/* Arranges the next delivery of what this end wrote, if there is anything that its reader may have. */
static void
plan_delivery (TestPipe *self)
{
  TestConn *conn = self->conn;
  TestPipe *reader = other_end (self);
  gint64 time;

  if (self->delivery_event != 0 || reader->closed || reader->ended || reader->vanished || reader->events == NULL)
    return;
  if (conn->cut)
    time = conn->world->now;
  else if (is_held_back (conn) || !reader->reading)
    return;
  else if (self->delivered < self->written)
    time = MAX (first_arrival (self)->time, self->next_read);
  else if (self->finished)
    time = self->last_arrival;
  else
    return;
  self->delivery_event = p2p_timer_heap_add (conn->world->events, MAX (time, conn->world->now), deliver_cb, self);
}

/* A cut four bytes into the next frame, which is where a reader that takes what it has for a whole one goes wrong. */
static gsize
end_in_header (TestPipe *self, gsize length)
{
  guint over = 0;

  while (over < self->starts->len && g_array_index (self->starts, guint64, over) + sizeof self->head <= self->delivered)
    over++;
  g_array_remove_range (self->starts, 0, over);
  if (self->starts->len > 0)
    {
      guint64 cut = g_array_index (self->starts, guint64, 0) + sizeof self->head;

      if (cut < self->delivered + length && test_rng_chance (&self->conn->rng, 0.5))
        return cut - self->delivered;
    }
  return length;
}

static gsize
next_chunk (TestPipe *self)
{
  TestConn *conn = self->conn;
  gsize rate = other_end (self)->host->read_rate;
  guint64 arrived = self->delivered;
  gsize most = conn->path.chunk > 0 ? conn->path.chunk : G_MAXSIZE;

  if (conn->path.chunk > 0 && conn->path.chunk_random)
    most = 1 + test_rng_below (&conn->rng, most);
  /* A slow one takes what is due in a tenth of a second at once. */
  if (rate > 0)
    most = MIN (most, MAX (1, rate / 10));
  for (guint i = self->arrivals_over; i < self->arrivals->len && arrived - self->delivered < most; i++)
    {
      if (g_array_index (self->arrivals, Arrival, i).time > conn->world->now)
        break;
      arrived = g_array_index (self->arrivals, Arrival, i).end;
    }
  most = MIN (most, arrived - self->delivered);
  if (conn->path.split_headers && most > 0)
    most = end_in_header (self, most);
  if (rate > 0)
    self->next_read = conn->world->now + (gint64) (most * G_TIME_SPAN_SECOND / rate);
  return most;
}

static void
writable_cb (gpointer data)
{
  TestPipe *self = data;
  TestConn *conn = self->conn;

  self->writable_event = 0;
  if (self->closed || self->ended || self->vanished || conn->cut || self->events == NULL)
    return;
  self->waiting = FALSE;
  test_world_note (conn->world, TEST_EVENT_WRITABLE, self->host, other_end (self)->host->number, 0);
  conn->busy++;
  self->events->writable (self->data);
  conn->busy--;
  free_if_over (conn);
}

static void
plan_writable (TestPipe *self)
{
  if (self->waiting && self->writable_event == 0 && !self->closed && self->written - self->delivered < self->conn->path.capacity)
    self->writable_event = p2p_timer_heap_add (self->conn->world->events, self->conn->world->now, writable_cb, self);
}

static void
end_pipe (TestPipe *reader, const GError *error)
{
  reader->ended = TRUE;
  test_world_note (reader->conn->world, TEST_EVENT_CLOSED, reader->host, other_end (reader)->host->number, error != NULL);
  reader->events->closed (reader->data, error);
}

static void
deliver_bytes (TestPipe *self, TestPipe *reader)
{
  gsize length = next_chunk (self);
  /* Bytes of their own, so that a reader who looks past their end is found out. */
  g_autofree guint8 *bytes = g_memdup2 (self->stream->data + self->taken_away, length);

  self->taken_away += length;
  if (2 * self->taken_away >= self->stream->len)
    {
      g_byte_array_remove_range (self->stream, 0, (guint) self->taken_away);
      self->taken_away = 0;
    }
  self->delivered += length;
  while (self->arrivals_over < self->arrivals->len && first_arrival (self)->end <= self->delivered)
    self->arrivals_over++;
  if (2 * self->arrivals_over >= self->arrivals->len)
    {
      g_array_remove_range (self->arrivals, 0, self->arrivals_over);
      self->arrivals_over = 0;
    }
  plan_writable (self);
  if (length > 0)
    {
      test_world_note (self->conn->world, TEST_EVENT_BYTES, reader->host, self->host->number, length);
      test_world_mix (self->conn->world, bytes, length);
      reader->events->received (reader->data, bytes, length);
    }
}

static void
deliver_cb (gpointer data)
{
  TestPipe *self = data;
  TestConn *conn = self->conn;
  TestPipe *reader = other_end (self);

  self->delivery_event = 0;
  conn->busy++;
  if (conn->cut)
    {
      g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER, "The line was cut");

      end_pipe (reader, error);
    }
  else if (!is_held_back (conn) && reader->reading)
    {
      if (self->delivered < self->written)
        deliver_bytes (self, reader);
      else if (self->finished && self->reset)
        {
          g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER, "Connection reset by peer");

          end_pipe (reader, error);
        }
      else if (self->finished)
        end_pipe (reader, NULL);
    }
  plan_delivery (self);
  conn->busy--;
  free_if_over (conn);
}

static void
pipe_start (P2pPipe *base, const P2pPipeEvents *events, gpointer data)
{
  TestPipe *self = (TestPipe *) base;

  g_assert (self->events == NULL && !self->closed);
  self->events = events;
  self->data = data;
  plan_delivery (other_end (self));
}

/* Follows the lengths of the frames in what is written. */
static void
note_starts (TestPipe *self, const guint8 *bytes, gsize length)
{
  guint64 at = self->written;

  while (length > 0)
    {
      gsize skipped = MIN (length, self->next_start - at);

      at += skipped;
      bytes += skipped;
      length -= skipped;
      if (length == 0)
        break;
      if (self->n_head == 0)
        g_array_append_val (self->starts, at);
      self->head[self->n_head++] = *bytes++;
      at++;
      length--;
      self->next_start = at;
      if (self->n_head == sizeof self->head)
        {
          self->n_head = 0;
          self->next_start += (guint32) self->head[0] << 24 | self->head[1] << 16 | self->head[2] << 8 | self->head[3];
        }
    }
}

/* The last byte of so many leaves when the line has taken them. */
static gint64
leave_at (TestPipe *self, gsize length)
{
  gint64 now = self->conn->world->now;

  if (self->conn->path.rate == 0)
    return now;
  self->line_free = MAX (self->line_free, now) + (gint64) (length * G_TIME_SPAN_SECOND / self->conn->path.rate);
  return self->line_free;
}

/* Somebody who came back answers what belongs to a conn of his earlier life. */
static void
answer_with_reset (TestPipe *reader)
{
  TestConn *conn = reader->conn;

  if (reader->finished || reader->host->vanished)
    return;
  reader->finished = reader->reset = TRUE;
  reader->last_arrival = MAX (reader->last_arrival, conn->world->now + 2 * conn->path.delay);
  plan_delivery (reader);
}

static gsize
pipe_write (P2pPipe *base, const guint8 *bytes, gsize length)
{
  TestPipe *self = (TestPipe *) base;
  TestConn *conn = self->conn;
  TestPipe *reader = other_end (self);
  gsize taken = MIN (length, conn->path.capacity - MIN (conn->path.capacity, self->written - self->delivered));
  Arrival arrival;

  g_assert (!self->closed);
  if (conn->cut || self->ended || self->vanished || (reader->closed && !reader->vanished))
    return length;
  if (reader->vanished && !is_held_back (conn))
    answer_with_reset (reader);
  if (taken < length)
    self->waiting = TRUE;
  if (taken == 0)
    return 0;

  arrival.time = leave_at (self, taken) + conn->path.delay;
  if (conn->path.jitter > 0)
    arrival.time += (gint64) test_rng_below (&conn->rng, (guint64) conn->path.jitter);
  self->last_arrival = arrival.time = MAX (arrival.time, self->last_arrival);
  if (conn->path.split_headers)
    note_starts (self, bytes, taken);
  self->written += taken;
  arrival.end = self->written;
  g_array_append_val (self->arrivals, arrival);
  g_byte_array_append (self->stream, bytes, taken);
  if (self->writes != NULL)
    {
      g_array_append_val (self->writes, taken);
      g_byte_array_append (self->record, bytes, taken);
    }
  plan_delivery (self);
  return taken;
}

static void
pipe_set_reading (P2pPipe *base, gboolean reading)
{
  TestPipe *self = (TestPipe *) base;

  g_assert (!self->closed);
  self->reading = reading;
  plan_delivery (other_end (self));
}

static void
pipe_close (P2pPipe *base)
{
  TestPipe *self = (TestPipe *) base;
  TestConn *conn = self->conn;
  TestPipe *other = other_end (self);

  g_assert (!self->closed);
  self->closed = TRUE;
  cancel_event (conn, &self->writable_event);
  cancel_event (conn, &other->delivery_event);
  if (!self->vanished)
    {
      self->finished = TRUE;
      self->last_arrival = MAX (self->last_arrival, conn->world->now + conn->path.delay);
      plan_delivery (self);
    }
  free_if_over (conn);
}

static void
pipe_get_own (P2pPipe *base, P2pPipeAddress *address)
{
  TestPipe *self = (TestPipe *) base;

  address->host = self->host->address;
  address->port = self->port;
}

static void
pipe_get_peer (P2pPipe *base, P2pPipeAddress *address)
{
  pipe_get_own (&other_end ((TestPipe *) base)->base, address);
}

static gboolean
pipe_get_digest (P2pPipe *base, guint8 digest[32])
{
  TestPipe *self = (TestPipe *) base;

  if (self->conn->secure)
    memcpy (digest, other_end (self)->host->digest, 32);
  return self->conn->secure;
}

static gboolean
pipe_get_binding (P2pPipe *base, guint8 binding[32])
{
  TestPipe *self = (TestPipe *) base;

  if (self->conn->secure)
    memcpy (binding, self->conn->binding, 32);
  return self->conn->secure;
}

static int
pipe_get_fd (P2pPipe *base)
{
  return -1;
}

static void
init_end (TestConn *conn, guint index, TestHost *host, guint16 port)
{
  static const P2pPipeOps ops = {
    .start = pipe_start,
    .write = pipe_write,
    .set_reading = pipe_set_reading,
    .close = pipe_close,
    .get_peer = pipe_get_peer,
    .get_own = pipe_get_own,
    .get_digest = pipe_get_digest,
    .get_binding = pipe_get_binding,
    .get_fd = pipe_get_fd,
  };
  TestPipe *self = &conn->ends[index];

  self->base.ops = &ops;
  self->conn = conn;
  self->index = index;
  self->host = host;
  self->port = port;
  self->reading = TRUE;
  self->stream = g_byte_array_new ();
  self->arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  if (conn->path.split_headers)
    self->starts = g_array_new (FALSE, FALSE, sizeof (guint64));
}

TestConn *
test_conn_new (TestWorld *world, TestHost *dialler, TestHost *acceptor, guint16 dialler_port, guint16 acceptor_port, gboolean secure)
{
  TestConn *self = g_new0 (TestConn, 1);

  self->world = world;
  self->path = world->path;
  self->path.delay = test_world_get_delay (world, dialler, acceptor);
  self->rng = test_rng_make (world->seed, "conn", world->n_conns++);
  if (self->path.capacity == 0)
    self->path.capacity = DEFAULT_CAPACITY;
  self->secure = secure;
  for (guint i = 0; i < sizeof self->binding; i++)
    self->binding[i] = (guint8) test_rng_next (&self->rng);
  init_end (self, 0, dialler, dialler_port);
  init_end (self, 1, acceptor, acceptor_port);
  self->link.data = self;
  g_queue_push_tail_link (&world->conns, &self->link);
  return self;
}

void
test_conn_discard (TestConn *self)
{
  for (guint i = 0; i < 2; i++)
    {
      TestPipe *end = &self->ends[i];

      cancel_event (self, &end->writable_event);
      cancel_event (self, &end->delivery_event);
      g_byte_array_unref (end->stream);
      g_array_unref (end->arrivals);
      g_clear_pointer (&end->starts, g_array_unref);
      g_clear_pointer (&end->writes, g_array_unref);
      g_clear_pointer (&end->record, g_byte_array_unref);
    }
  g_queue_unlink (&self->world->conns, &self->link);
  g_free (self);
}

P2pPipe *
test_conn_get_pipe (TestConn *self, guint end)
{
  return &self->ends[end].base;
}

gboolean
test_pipe_is_closed (P2pPipe *pipe)
{
  return ((TestPipe *) pipe)->closed;
}

TestHost *
test_conn_get_host (TestConn *self, guint end)
{
  return self->ends[end].host;
}

void
test_conn_cut (TestConn *self)
{
  self->cut = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      cancel_event (self, &self->ends[i].delivery_event);
      cancel_event (self, &self->ends[i].writable_event);
      plan_delivery (&self->ends[i]);
    }
}

void
test_conn_stall (TestConn *self, gboolean stalled)
{
  self->stalled = stalled;
  test_conn_wake (self);
}

void
test_conn_wake (TestConn *self)
{
  for (guint i = 0; i < 2; i++)
    plan_delivery (&self->ends[i]);
}

void
test_conn_vanish (TestConn *self, TestHost *host, gboolean told)
{
  for (guint i = 0; i < 2; i++)
    {
      TestPipe *end = &self->ends[i];

      if (end->host != host || end->closed)
        continue;
      end->vanished = TRUE;
      cancel_event (self, &end->writable_event);
      cancel_event (self, &other_end (end)->delivery_event);
      if (!told)
        continue;
      end->finished = end->reset = TRUE;
      end->last_arrival = MAX (end->last_arrival, self->world->now + self->path.delay);
      plan_delivery (end);
    }
}

void
test_conn_record (TestConn *self)
{
  for (guint i = 0; i < 2; i++)
    if (self->ends[i].writes == NULL)
      {
        self->ends[i].writes = g_array_new (FALSE, FALSE, sizeof (gsize));
        self->ends[i].record = g_byte_array_new ();
      }
}

GArray *
test_conn_get_writes (TestConn *self, guint end)
{
  return self->ends[end].writes;
}

GByteArray *
test_conn_get_written (TestConn *self, guint end)
{
  return self->ends[end].record;
}
