/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model of py2p: the dials of its reading thread, which does nothing else meanwhile, and those of its program. */
#include "sim07-private.h"

#define MAX_OUTGOING 4
#define SOCKET_TIMEOUT G_TIME_SPAN_SECOND

typedef struct {
  Sim07Peer *peer;
  guint64 handle;
  guint64 timer;
  Sim07Value *id;
} Dial;

static gboolean
is_own_address (Sim07Peer *self, const char *host, gint64 port)
{
  return port == self->port && g_str_equal (host, self->host);
}

static guint
count_outgoing (Sim07Peer *self)
{
  guint n = 0;

  for (guint i = 0; i < self->table->len; i++)
    if (g_array_index (self->table, Sim07Entry, i).conn->outgoing)
      n++;
  return n;
}

/* With an id the link is in the table before a byte came. */
static void
add_dialled (Sim07Peer *self, P2pPipe *pipe, Sim07Value *id)
{
  Sim07Conn *conn = sim07_conn_new (self, pipe, TRUE);

  sim07_send_handshake (conn);
  if (id != NULL && sim07_value_is_true (id))
    sim07_table_put (self, id, conn);
  else
    g_ptr_array_add (self->awaiting, conn);
}

static void
end_list (Sim07Peer *self)
{
  g_clear_pointer (&self->list, sim07_value_unref);
  self->list_conn = NULL;
}

static void
list_dialled (Sim07Peer *self, P2pPipe *pipe)
{
  Sim07Conn *conn = self->list_conn;
  g_autoptr (Sim07Value) id = g_steal_pointer (&self->list_id);
  Sim07Outcome outcome;

  p2p_clock_cancel (self->env->clock, self->dial_timer);
  self->dial = self->dial_timer = 0;
  if (pipe != NULL)
    add_dialled (self, pipe, id);
  outcome = sim07_next_dial (self);
  if (outcome == SIM07_DIALLING)
    return;
  self->running = TRUE;
  if (outcome != SIM07_OK)
    sim07_fail (conn);
  else
    sim07_take_frames (conn);
  self->running = FALSE;
  sim07_run (self);
}

static void
list_dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  list_dialled (data, pipe);
}

static void
list_dial_timeout_cb (gpointer data)
{
  Sim07Peer *self = data;

  self->dial_timer = 0;
  self->env->transport->ops->cancel_dial (self->env->transport, self->dial);
  list_dialled (self, NULL);
}

/* What connect() takes: the rest raises in there, and is caught there. */
static char *
read_address (Sim07Value *address, gint64 *port)
{
  Sim07Value *host, *number;

  if (address->type != SIM07_LIST || sim07_value_length (address) < 2)
    return NULL;
  host = sim07_value_get (address, 0);
  number = sim07_value_get (address, 1);
  if (number->type != SIM07_INT || number->number < 1 || number->number > G_MAXUINT16)
    return NULL;
  *port = (gint64) number->number;
  return sim07_value_dup_str (host);
}

Sim07Outcome
sim07_next_dial (Sim07Peer *self)
{
  P2pTransport *transport = self->env->transport;

  while (self->list_at < sim07_value_length (self->list))
    {
      g_autoptr (Sim07Value) entry = sim07_value_iterate (sim07_value_get (self->list, self->list_at++));
      g_autofree char *host = NULL;
      gint64 port;
      Sim07Value *id;

      if (entry == NULL || sim07_value_length (entry) != 2)
        {
          end_list (self);
          return SIM07_RAISED;
        }
      if (count_outgoing (self) >= MAX_OUTGOING)
        continue;
      host = read_address (sim07_value_get (entry, 0), &port);
      id = sim07_value_get (entry, 1);
      if (host == NULL || is_own_address (self, host, port) || !sim07_value_is_hashable (id) || sim07_table_get (self, id) != NULL)
        continue;
      self->list_id = sim07_value_ref (id);
      self->dial_timer = p2p_clock_schedule (self->env->clock, SOCKET_TIMEOUT, list_dial_timeout_cb, self);
      self->dial = transport->ops->dial (transport, host, (guint16) port, FALSE, list_dialled_cb, self);
      return SIM07_DIALLING;
    }
  end_list (self);
  return SIM07_OK;
}

void
sim07_dial_free (gpointer data)
{
  Dial *dial = data;

  p2p_clock_cancel (dial->peer->env->clock, dial->timer);
  if (dial->handle != 0)
    dial->peer->env->transport->ops->cancel_dial (dial->peer->env->transport, dial->handle);
  g_clear_pointer (&dial->id, sim07_value_unref);
  g_free (dial);
}

static void
dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  Dial *dial = data;
  Sim07Peer *self = dial->peer;

  dial->handle = 0;
  if (pipe != NULL)
    add_dialled (self, pipe, dial->id);
  g_ptr_array_remove (self->dials, dial);
  sim07_run (self);
}

static void
dial_timeout_cb (gpointer data)
{
  Dial *dial = data;

  dial->timer = 0;
  g_ptr_array_remove (dial->peer->dials, dial);
}

void
sim07_peer_connect (Sim07Peer *self, const char *host, guint16 port, const char *id)
{
  P2pTransport *transport = self->env->transport;
  g_autoptr (Sim07Value) key = id != NULL ? sim07_value_str (id) : NULL;
  Dial *dial;

  if (self->stopped || is_own_address (self, host, port) || (key != NULL && sim07_table_get (self, key) != NULL))
    return;
  dial = g_new0 (Dial, 1);
  dial->peer = self;
  dial->id = g_steal_pointer (&key);
  dial->timer = p2p_clock_schedule (self->env->clock, SOCKET_TIMEOUT, dial_timeout_cb, dial);
  g_ptr_array_add (self->dials, dial);
  dial->handle = transport->ops->dial (transport, host, port, FALSE, dialled_cb, dial);
}
