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
  GArray *arrivals;             /* Arrival */
  gint64 last_arrival;
  gboolean finished;            /* no more will come */
  guint64 delivery_event;
  GArray *writes;
  GByteArray *record;
} TestPipe;

struct _TestConn {
  TestWorld *world;
  TestPath path;
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

/* Arranges the next delivery of what this end wrote, if there is anything that its reader may have. */
static void
plan_delivery (TestPipe *self)
{
  TestConn *conn = self->conn;
  TestPipe *reader = other_end (self);
  gint64 time;

  if (self->delivery_event != 0 || reader->closed || reader->ended || reader->events == NULL)
    return;
  if (conn->cut)
    time = conn->world->now;
  else if (conn->stalled || !reader->reading)
    return;
  else if (self->delivered < self->written)
    time = g_array_index (self->arrivals, Arrival, 0).time;
  else if (self->finished)
    time = self->last_arrival;
  else
    return;
  self->delivery_event = p2p_timer_heap_add (conn->world->events, MAX (time, conn->world->now), deliver_cb, self);
}

static gsize
next_chunk (TestPipe *self)
{
  TestConn *conn = self->conn;
  guint64 arrived = self->delivered;
  gsize length;

  for (guint i = 0; i < self->arrivals->len && g_array_index (self->arrivals, Arrival, i).time <= conn->world->now; i++)
    arrived = g_array_index (self->arrivals, Arrival, i).end;

  length = arrived - self->delivered;
  if (conn->path.chunk > 0)
    {
      gsize most = conn->path.chunk;

      if (conn->path.chunk_random)
        most = 1 + g_rand_int (conn->world->rand) % most;
      length = MIN (length, most);
    }
  return length;
}

static void
writable_cb (gpointer data)
{
  TestPipe *self = data;
  TestConn *conn = self->conn;

  self->writable_event = 0;
  if (self->closed || self->ended || conn->cut || self->events == NULL)
    return;
  self->waiting = FALSE;
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
  while (self->arrivals->len > 0 && g_array_index (self->arrivals, Arrival, 0).end <= self->delivered)
    g_array_remove_index (self->arrivals, 0);
  plan_writable (self);
  if (length > 0)
    reader->events->received (reader->data, bytes, length);
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
  else if (!conn->stalled && reader->reading)
    {
      if (self->delivered < self->written)
        deliver_bytes (self, reader);
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

static gsize
pipe_write (P2pPipe *base, const guint8 *bytes, gsize length)
{
  TestPipe *self = (TestPipe *) base;
  TestConn *conn = self->conn;
  TestPipe *reader = other_end (self);
  gsize taken = MIN (length, conn->path.capacity - MIN (conn->path.capacity, self->written - self->delivered));
  Arrival arrival;

  g_assert (!self->closed);
  if (conn->cut || self->ended || reader->closed)
    return length;
  if (taken < length)
    self->waiting = TRUE;
  if (taken == 0)
    return 0;

  arrival.time = conn->world->now + conn->path.delay;
  if (conn->path.jitter > 0)
    arrival.time += g_rand_int (conn->world->rand) % conn->path.jitter;
  self->last_arrival = arrival.time = MAX (arrival.time, self->last_arrival);
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
  self->finished = TRUE;
  self->last_arrival = MAX (self->last_arrival, conn->world->now + conn->path.delay);
  plan_delivery (self);
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
}

TestConn *
test_conn_new (TestWorld *world, TestHost *dialler, TestHost *acceptor, guint16 dialler_port, guint16 acceptor_port, gboolean secure)
{
  TestConn *self = g_new0 (TestConn, 1);

  self->world = world;
  self->path = world->path;
  if (self->path.capacity == 0)
    self->path.capacity = DEFAULT_CAPACITY;
  self->secure = secure;
  for (guint i = 0; i < sizeof self->binding; i++)
    self->binding[i] = (guint8) g_rand_int (world->rand);
  init_end (self, 0, dialler, dialler_port);
  init_end (self, 1, acceptor, acceptor_port);
  g_ptr_array_add (world->conns, self);
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
      g_clear_pointer (&end->writes, g_array_unref);
      g_clear_pointer (&end->record, g_byte_array_unref);
    }
  g_ptr_array_remove (self->world->conns, self);
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

TestConn *
test_world_pair (TestWorld *self, TestHost *dialler, TestHost *acceptor, gboolean secure, P2pPipe **dialler_pipe, P2pPipe **acceptor_pipe)
{
  TestConn *conn = test_conn_new (self, dialler, acceptor, dialler->next_port++, acceptor->next_port++, secure);

  *dialler_pipe = test_conn_get_pipe (conn, 0);
  *acceptor_pipe = test_conn_get_pipe (conn, 1);
  return conn;
}

guint
test_world_get_n_conns (TestWorld *self)
{
  return self->conns->len;
}

TestConn *
test_world_get_conn (TestWorld *self, guint index)
{
  return index < self->conns->len ? self->conns->pdata[index] : NULL;
}

TestConn *
test_world_find_conn (TestWorld *self, TestHost *dialler, TestHost *acceptor)
{
  for (guint i = 0; i < self->conns->len; i++)
    {
      TestConn *conn = self->conns->pdata[i];

      if (conn->ends[0].host == dialler && conn->ends[1].host == acceptor)
        return conn;
    }
  return NULL;
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
  for (guint i = 0; i < 2; i++)
    plan_delivery (&self->ends[i]);
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
