/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-choice-private.h"

#include <string.h>

#include "p2p/wire/p2p-types.h"

#define FNV G_GUINT64_CONSTANT (0x100000001b3)

/* ---- pipes ---- */

static Item *
add_item (SimChoice *self, ItemType type, Conn *conn, guint end)
{
  Item *item = g_new0 (Item, 1);

  item->type = type;
  item->sent = self->now;
  item->conn = conn;
  item->end = end;
  g_ptr_array_add (self->items, item);
  return item;
}

static void
free_item (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->bytes, g_bytes_unref);
  g_free (item);
}

static void
pipe_start (P2pPipe *base, const P2pPipeEvents *events, gpointer data)
{
  End *self = (End *) base;

  self->events = events;
  self->data = data;
}

static gsize
pipe_write (P2pPipe *base, const guint8 *bytes, gsize length)
{
  End *self = (End *) base;
  Conn *conn = self->conn;

  if (length > 0 && !self->ended)
    {
      add_item (conn->net, ITEM_BYTES, conn, 1 - self->index)->bytes = g_bytes_new (bytes, length);
      self->went = sim_hash_bytes (self->went, bytes, length);
    }
  return length;
}

static void
pipe_set_reading (P2pPipe *base, gboolean reading)
{
}

static void
pipe_close (P2pPipe *base)
{
  End *self = (End *) base;

  g_assert (!self->closed);
  self->closed = TRUE;
  add_item (self->conn->net, ITEM_END, self->conn, 1 - self->index);
}

static void
pipe_get_own (P2pPipe *base, P2pPipeAddress *address)
{
  End *self = (End *) base;

  address->host = sim_choice_get_address (self->conn->hosts[self->index]);
  address->port = self->index == 0 ? (guint16) (40000 + self->conn->number) : 4000;
}

static void
pipe_get_peer (P2pPipe *base, P2pPipeAddress *address)
{
  End *self = (End *) base;

  pipe_get_own (&self->conn->ends[1 - self->index].base, address);
}

static gboolean
pipe_get_none (P2pPipe *base, guint8 digest[32])
{
  return FALSE;
}

static int
pipe_get_fd (P2pPipe *base)
{
  return -1;
}

/* ---- transport ---- */

static guint64
transport_dial (P2pTransport *base, const char *name, guint16 port, gboolean secure, P2pDialFunc done, gpointer data)
{
  static const P2pPipeOps ops = { pipe_start, pipe_write, pipe_set_reading, pipe_close, pipe_get_peer, pipe_get_own, pipe_get_none, pipe_get_none, pipe_get_fd };
  Host *host = ((HostTransport *) base)->host;
  Conn *conn = g_new0 (Conn, 1);

  conn->net = host->net;
  conn->number = host->net->conns->len;
  conn->hosts[0] = host->index;
  conn->hosts[1] = 1 - host->index;
  conn->done = done;
  conn->dial_data = data;
  for (guint i = 0; i < 2; i++)
    {
      conn->ends[i].base.ops = &ops;
      conn->ends[i].conn = conn;
      conn->ends[i].index = i;
    }
  g_ptr_array_add (host->net->conns, conn);
  add_item (host->net, ITEM_ACCEPT, conn, 1);
  add_item (host->net, ITEM_DIALLED, conn, 0);
  return conn->number + 1;
}

static void
transport_cancel_dial (P2pTransport *base, guint64 handle)
{
  Conn *conn = ((HostTransport *) base)->host->net->conns->pdata[handle - 1];

  if (!conn->ends[0].known && !conn->cancelled)
    {
      conn->cancelled = TRUE;
      pipe_close (&conn->ends[0].base);
    }
}

static guint64
transport_listen (P2pTransport *base, const char *address, guint16 port, gboolean secure, P2pAcceptFunc accept, gpointer data, guint16 *bound, GError **error)
{
  Host *host = ((HostTransport *) base)->host;

  host->accept = accept;
  host->accept_data = data;
  *bound = port;
  return 1;
}

/* All come in. */
static void
transport_set_gate (P2pTransport *base, guint64 handle, const P2pLimits *limits, P2pAdmitFunc admit)
{
}

static void
transport_unlisten (P2pTransport *base, guint64 handle)
{
  ((HostTransport *) base)->host->accept = NULL;
}

static void
transport_set_accepting (P2pTransport *base, guint64 handle, gboolean accepting)
{
}

static gboolean
transport_has_tls (P2pTransport *base)
{
  return FALSE;
}

static char *
transport_lan_address (P2pTransport *base)
{
  return g_strdup (sim_choice_get_address (((HostTransport *) base)->host->index));
}

/* ---- what happens ---- */

/* Only what was sent first on its way, and what somebody is there for. */
static gboolean
is_first (SimChoice *self, guint index)
{
  Item *item = self->items->pdata[index];
  End *end = item->conn != NULL ? &item->conn->ends[item->end] : NULL;

  if (item->type != ITEM_BYTES && item->type != ITEM_END)
    return TRUE;
  if (!end->closed && end->events == NULL)
    return FALSE;
  for (guint i = 0; i < index; i++)
    {
      Item *other = self->items->pdata[i];

      if (other->conn == item->conn && other->end == item->end)
        return FALSE;
    }
  return TRUE;
}

static void
run_timer (SimChoice *self, guint host)
{
  Timer timer = g_array_index (self->timers[host], Timer, 0);

  g_array_remove_index (self->timers[host], 0);
  self->now = MAX (self->now, timer.due);
  if (timer.func != NULL)
    timer.func (timer.data);
  else
    timer.done (timer.result, timer.data);
}

/* Whose timer is next, and may run now; -1: none. */
static int
next_timer (SimChoice *self)
{
  int host = -1;
  gint64 due = G_MAXINT64;

  for (int i = 0; i < 2; i++)
    if (self->timers[i]->len > 0 && g_array_index (self->timers[i], Timer, 0).due < due)
      {
        host = i;
        due = g_array_index (self->timers[i], Timer, 0).due;
      }
  for (guint i = 0; i < self->items->len; i++)
    if (((Item *) self->items->pdata[i])->sent + SIM_CHOICE_DELAY < due)
      return -1;
  return host;
}

static void
run_due (SimChoice *self)
{
  for (guint i = 0; i < 2; i++)
    while (self->timers[i]->len > 0 && g_array_index (self->timers[i], Timer, 0).due <= self->now)
      {
        run_timer (self, i);
        i = 0;
      }
}

static void
deliver (SimChoice *self, Item *item)
{
  End *end = item->conn != NULL ? &item->conn->ends[item->end] : NULL;
  Host *host = item->conn != NULL ? &self->hosts[item->conn->hosts[item->end]] : NULL;
  P2pPipeAddress address;

  if (item->type == ITEM_PLAN)
    item->func (item->data);
  else if (item->type == ITEM_ACCEPT && host->accept != NULL)
    {
      end->known = TRUE;
      pipe_get_peer (&end->base, &address);
      host->accept (&end->base, &address, NULL, host->accept_data);
    }
  else if (item->type == ITEM_DIALLED && !item->conn->cancelled)
    {
      end->known = TRUE;
      item->conn->done (&end->base, NULL, item->conn->dial_data);
    }
  else if (item->type == ITEM_BYTES && !end->closed)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (item->bytes, &length);

      end->came = sim_hash_bytes (end->came, bytes, length);
      end->events->received (end->data, bytes, length);
    }
  else if (item->type == ITEM_END && !end->closed)
    {
      end->ended = TRUE;
      end->came = sim_hash_bytes (end->came, "end", 3);
      end->events->closed (end->data, NULL);
    }
}

guint
sim_choice_count (SimChoice *self)
{
  guint n = 0;

  run_due (self);
  for (guint i = 0; i < self->items->len; i++)
    n += is_first (self, i);
  return n + (next_timer (self) >= 0);
}

static int
find_item (SimChoice *self, guint index)
{
  for (guint i = 0; i < self->items->len; i++)
    if (is_first (self, i) && index-- == 0)
      return (int) i;
  return -1;
}

void
sim_choice_do (SimChoice *self, guint index)
{
  int at = find_item (self, index);

  if (at < 0)
    run_timer (self, (guint) next_timer (self));
  else
    {
      Item *item = g_ptr_array_steal_index (self->items, (guint) at);

      deliver (self, item);
      free_item (item);
    }
  run_due (self);
}

char *
sim_choice_describe (SimChoice *self, guint index)
{
  static const char *const words[] = { "plan", "accept", "dialled", "bytes", "end" };
  int at = find_item (self, index);
  Item *item = at >= 0 ? self->items->pdata[at] : NULL;

  if (item == NULL)
    return g_strdup_printf ("timer of %d", next_timer (self));
  if (item->conn == NULL)
    return g_strdup (words[item->type]);
  return g_strdup_printf ("%s to %u on %u, %" G_GSIZE_FORMAT, words[item->type], item->conn->hosts[item->end], item->conn->number,
                          item->bytes != NULL ? g_bytes_get_size (item->bytes) : 0);
}

guint
sim_choice_get_n_moving (SimChoice *self)
{
  return self->items->len;
}

gint64
sim_choice_now (SimChoice *self)
{
  return self->now;
}

/* ---- hash ---- */

guint64
sim_hash_bytes (guint64 hash, gconstpointer bytes, gsize length)
{
  const guint8 *at = bytes;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ at[i]) * FNV + 1;
  return hash;
}

guint64
sim_choice_hash (SimChoice *self, guint64 hash)
{
  for (guint i = 0; i < self->conns->len; i++)
    {
      Conn *conn = self->conns->pdata[i];

      for (guint j = 0; j < 2; j++)
        {
          End *end = &conn->ends[j];
          guint64 facts[] = { end->came, end->went, conn->hosts[j], end->known, end->closed, end->ended };

          hash = sim_hash_bytes (hash, facts, sizeof facts);
        }
    }
  /* What is under way follows from what went and came, but for how much time it has left. */
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = self->items->pdata[i];
      guint64 facts[] = { item->type, (guint64) (self->now - item->sent), item->conn != NULL ? item->conn->number : item->number, item->end };
      guint64 one = sim_hash_bytes (0, facts, sizeof facts);

      hash += one * FNV;
    }
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < self->timers[i]->len; j++)
      {
        gint64 left = g_array_index (self->timers[i], Timer, j).due - self->now;

        hash = sim_hash_bytes (hash, &left, sizeof left);
      }
  return hash;
}

/* ---- beginning and end ---- */

const char *
sim_choice_get_address (guint host)
{
  return host == 0 ? "10.0.0.1" : "10.0.0.2";
}

P2pEnv *
sim_choice_get_env (SimChoice *self, guint host)
{
  return &self->hosts[host].env;
}

void
sim_choice_plan (SimChoice *self, P2pTimerFunc func, gpointer data)
{
  Item *item = add_item (self, ITEM_PLAN, NULL, 0);

  item->number = self->n_plans++;
  item->func = func;
  item->data = data;
}

static void
keep_env (P2pEnv *env)
{
  g_assert_not_reached ();
}

SimChoice *
sim_choice_new (void)
{
  static const P2pTransportOps transport_ops = {
    .dial = transport_dial, .cancel_dial = transport_cancel_dial, .listen = transport_listen, .set_gate = transport_set_gate, .unlisten = transport_unlisten,
    .set_accepting = transport_set_accepting, .has_tls = transport_has_tls, .lan_address = transport_lan_address,
  };
  SimChoice *self = g_new0 (SimChoice, 1);

  self->now = G_TIME_SPAN_SECOND;
  self->next_handle = 1;
  self->items = g_ptr_array_new ();
  self->conns = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < 2; i++)
    {
      Host *host = &self->hosts[i];

      self->timers[i] = g_array_new (FALSE, FALSE, sizeof (Timer));
      host->net = self;
      host->index = i;
      sim_choice_init_host (host);
      host->transport = (HostTransport) { { &transport_ops }, host };
      host->env.transport = &host->transport.base;
      host->env.free_func = keep_env;
      g_atomic_ref_count_init (&host->env.refs);
    }
  return self;
}

void
sim_choice_free (SimChoice *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (self->timers[i]->len, ==, 0);
      g_assert_true (g_atomic_ref_count_compare (&self->hosts[i].env.refs, 1));
      g_array_unref (self->timers[i]);
    }
  for (guint i = 0; i < self->items->len; i++)
    free_item (self->items->pdata[i]);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->conns);
  g_free (self);
}
