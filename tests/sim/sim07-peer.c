/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model of py2p: its reading thread, its links from their beginning to their end, its dials. */
#include "sim07-private.h"

#include <string.h>

#include "p2p/wire/p2p-base58.h"
#include "p2p/wire/p2p-compression.h"

#define HEADER 4
#define READ_SIZE 1024
#define SOCKET_TIMEOUT G_TIME_SPAN_SECOND
#define DEFAULT_SPIN (10 * G_TIME_SPAN_MILLISECOND)
#define UNFINISHED_SECONDS 60

/* ---- links ---- */

static void
received_cb (gpointer data, const guint8 *bytes, gsize length)
{
  Sim07Conn *conn = data;

  g_byte_array_append (conn->arrived, bytes, (guint) length);
  sim07_run (conn->peer);
}

static void
writable_cb (gpointer data)
{
}

static void
closed_cb (gpointer data, const GError *error)
{
  Sim07Conn *conn = data;

  conn->ended = TRUE;
  conn->broken = error != NULL;
  sim07_run (conn->peer);
}

Sim07Conn *
sim07_conn_new (Sim07Peer *self, P2pPipe *pipe, gboolean outgoing)
{
  static const P2pPipeEvents events = { received_cb, writable_cb, closed_cb };
  Sim07Conn *conn = g_new0 (Sim07Conn, 1);

  conn->peer = self;
  conn->pipe = pipe;
  conn->outgoing = outgoing;
  conn->arrived = g_byte_array_new ();
  conn->buffer = g_byte_array_new ();
  conn->expected = HEADER;
  conn->time = sim07_utc (self);
  conn->compression = sim07_value_list ();
  conn->last_sent = sim07_value_list ();
  g_ptr_array_add (self->conns, conn);
  pipe->ops->start (pipe, &events, conn);
  return conn;
}

static void
shut (Sim07Conn *conn)
{
  P2pPipe *pipe = g_steal_pointer (&conn->pipe);

  if (pipe != NULL)
    pipe->ops->close (pipe);
}

static void
conn_free (Sim07Conn *conn)
{
  shut (conn);
  g_byte_array_unref (conn->arrived);
  g_byte_array_unref (conn->buffer);
  g_clear_pointer (&conn->id, sim07_value_unref);
  g_clear_pointer (&conn->addr, sim07_value_unref);
  sim07_value_unref (conn->compression);
  sim07_value_unref (conn->last_sent);
  g_free (conn);
}

/* The table gives up the entry only if it is under the id that a handshake told. */
Sim07Outcome
sim07_disconnect (Sim07Conn *conn)
{
  Sim07Peer *self = conn->peer;

  if (!g_ptr_array_remove (self->awaiting, conn) && conn->id != NULL)
    {
      if (!sim07_value_is_hashable (conn->id))
        return SIM07_RAISED;
      if (sim07_table_get (self, conn->id) == conn)
        sim07_table_pop (self, conn->id);
    }
  shut (conn);
  return SIM07_OK;
}

static gboolean
is_kept (Sim07Peer *self, Sim07Conn *conn)
{
  for (guint i = 0; i < self->table->len; i++)
    if (g_array_index (self->table, Sim07Entry, i).conn == conn)
      return TRUE;
  return g_ptr_array_find (self->awaiting, conn, NULL);
}

/* Between two turns: what nothing refers to any more is closed. */
static void
collect_garbage (Sim07Peer *self)
{
  for (guint i = self->conns->len; i > 0; i--)
    if (!is_kept (self, self->conns->pdata[i - 1]))
      conn_free (g_ptr_array_remove_index (self->conns, i - 1));
}

/* ---- reading ---- */

/* What the thread does about an exception out of a link's bytes. A second one is caught by nobody. */
void
sim07_fail (Sim07Conn *conn)
{
  Sim07Peer *self = conn->peer;

  if (sim07_disconnect (conn) != SIM07_OK || sim07_request_peers (self) != SIM07_OK)
    self->dead = TRUE;
}

static guint64
announced (GByteArray *buffer)
{
  return ((guint64) buffer->data[0] << 24 | (guint64) buffer->data[1] << 16 | (guint64) buffer->data[2] << 8 | buffer->data[3]) + HEADER;
}

static Sim07Outcome
take_frame (Sim07Conn *conn)
{
  g_autofree guint8 *frame = g_memdup2 (conn->buffer->data, conn->expected);
  gsize length = conn->expected;
  g_auto (Sim07Message) message = { 0 };
  Sim07Outcome outcome;

  g_byte_array_remove_range (conn->buffer, 0, (guint) length);
  /* With exactly four bytes left, the next frame is said to be four bytes long, and to be there (B2). */
  conn->active = conn->buffer->len > HEADER;
  conn->expected = conn->active ? announced (conn->buffer) : HEADER;
  outcome = sim07_message_parse (conn, frame, length, &message);
  if (outcome == SIM07_OK)
    outcome = sim07_handle (conn, &message);
  if (outcome != SIM07_MISSING)
    return outcome;

  outcome = sim07_send (conn, sim07_value_int (P2P_FLAG_RENEGOTIATE),
                        sim07_value_add (sim07_value_add (sim07_value_list (), sim07_value_int (P2P_SUBFLAG_COMPRESSION)), sim07_value_list ()));
  if (outcome == SIM07_OK)
    outcome = sim07_send (conn, sim07_value_int (P2P_FLAG_RENEGOTIATE), sim07_value_add (sim07_value_list (), sim07_value_int (P2P_SUBFLAG_RESEND)));
  return outcome;
}

/* The frames that are there; FALSE: the thread is inside a dial now. */
gboolean
sim07_take_frames (Sim07Conn *conn)
{
  while (conn->buffer->len >= conn->expected)
    switch (take_frame (conn))
      {
      case SIM07_OK:
        break;
      case SIM07_DIALLING:
        return FALSE;
      case SIM07_MISSING:
      case SIM07_RAISED:
      default:
        sim07_fail (conn);
        return TRUE;
      }
  return TRUE;
}

static void
wait_over_cb (gpointer data)
{
  Sim07Peer *self = data;

  self->wait_timer = 0;
  self->waiting = NULL;
  sim07_run (self);
}

static void
wait_for (Sim07Peer *self, Sim07Conn *conn)
{
  self->waiting = conn;
  self->wait_timer = p2p_clock_schedule (self->env->clock, SOCKET_TIMEOUT, wait_over_cb, self);
}

/* Reads until a frame is whole. */
static void
process (Sim07Conn *conn)
{
  Sim07Peer *self = conn->peer;

  while (conn->buffer->len < conn->expected)
    {
      guint n = MIN (conn->arrived->len, READ_SIZE);

      if (n == 0 && conn->pipe != NULL && !conn->ended)
        {
          wait_for (self, conn);
          return;
        }
      if (n == 0)
        {
          shut (conn);
          conn->dead = TRUE;
          sim07_fail (conn);
          return;
        }
      g_byte_array_append (conn->buffer, conn->arrived->data, n);
      g_byte_array_remove_range (conn->arrived, 0, n);
      conn->time = sim07_utc (self);
      if (!conn->active && conn->buffer->len >= conn->expected)
        {
          conn->expected = announced (conn->buffer);
          conn->active = TRUE;
        }
    }
  sim07_take_frames (conn);
}

/* ---- the thread ---- */

static void
spin_cb (gpointer data)
{
  Sim07Peer *self = data;

  self->spin_timer = 0;
  for (guint i = 0; i < self->conns->len; i++)
    ((Sim07Conn *) self->conns->pdata[i])->dead = FALSE;
  sim07_run (self);
}

static void
select_conn (Sim07Peer *self, Sim07Conn *conn)
{
  gboolean over = conn->pipe == NULL || conn->ended;

  if (conn->arrived->len == 0 && !over)
    return;
  if (conn->arrived->len == 0 && conn->dead)
    {
      /* py2p would look at it again at once, and again. */
      if (self->spin_timer == 0)
        self->spin_timer = p2p_clock_schedule (self->env->clock, self->spin, spin_cb, self);
      return;
    }
  /* One that two keys lead to is looked at twice. */
  g_ptr_array_add (self->selected, conn);
}

static gboolean
select_ready (Sim07Peer *self)
{
  g_ptr_array_set_size (self->selected, 0);
  self->selected_at = 0;
  for (guint i = 0; i < self->table->len; i++)
    select_conn (self, g_array_index (self->table, Sim07Entry, i).conn);
  for (guint i = 0; i < self->awaiting->len; i++)
    select_conn (self, self->awaiting->pdata[i]);
  self->accept_selected = self->backlog.length > 0;
  return self->selected->len > 0 || self->accept_selected;
}

static void
drop_unfinished (Sim07Peer *self)
{
  gint64 edge = sim07_utc (self) - UNFINISHED_SECONDS;

  for (guint i = self->conns->len; i > 0; i--)
    {
      Sim07Conn *conn = self->conns->pdata[i - 1];

      if (conn->active && conn->time < edge && is_kept (self, conn) && sim07_disconnect (conn) != SIM07_OK)
        self->dead = TRUE;
    }
}

static void
accept_one (Sim07Peer *self)
{
  Sim07Conn *conn = sim07_conn_new (self, g_queue_pop_head (&self->backlog), FALSE);

  self->accept_selected = FALSE;
  g_ptr_array_add (self->awaiting, conn);
  sim07_send_handshake (conn);
  if (!g_ptr_array_find (self->awaiting, conn, NULL))
    g_ptr_array_add (self->awaiting, conn);
}

/* As far as it comes: until nothing is to be read, or it waits inside a read or a dial. */
void
sim07_run (Sim07Peer *self)
{
  if (self->running || self->list != NULL || self->stopped)
    return;
  self->running = TRUE;
  if (self->waiting != NULL && (self->waiting->arrived->len > 0 || self->waiting->ended))
    {
      Sim07Conn *conn = g_steal_pointer (&self->waiting);

      p2p_clock_cancel (self->env->clock, self->wait_timer);
      self->wait_timer = 0;
      process (conn);
    }
  while (!self->dead && self->waiting == NULL && self->list == NULL)
    {
      if (self->selected_at < self->selected->len)
        process (self->selected->pdata[self->selected_at++]);
      else if (self->accept_selected)
        accept_one (self);
      else
        {
          drop_unfinished (self);
          collect_garbage (self);
          if (!select_ready (self))
            break;
        }
    }
  self->running = FALSE;
}

/* ---- the program's side ---- */

static Sim07Value *
new_text (gint64 subflag, const char *text)
{
  return sim07_value_add (sim07_value_add (sim07_value_list (), sim07_value_int (subflag)), sim07_value_str (text));
}

gboolean
sim07_peer_broadcast (Sim07Peer *self, Sim07Value *payload)
{
  g_autoptr (GPtrArray) conns = g_ptr_array_new ();

  for (guint i = 0; i < self->table->len; i++)
    g_ptr_array_add (conns, g_array_index (self->table, Sim07Entry, i).conn);
  for (guint i = 0; i < conns->len; i++)
    if (sim07_send (conns->pdata[i], sim07_value_int (P2P_FLAG_BROADCAST), sim07_value_ref (payload)) != SIM07_OK)
      return FALSE;
  return TRUE;
}

gboolean
sim07_peer_say (Sim07Peer *self, const char *text, guint8 id[32])
{
  g_autoptr (Sim07Value) payload = new_text (P2P_SUBFLAG_BROADCAST, text);
  guint n_seen = self->seen->len;

  sim07_peer_broadcast (self, payload);
  if (self->seen->len == n_seen)
    return FALSE;
  if (id != NULL)
    memcpy (id, g_array_index (self->seen, Sim07Seen, n_seen).id, sizeof (Sim07Seen){ 0 }.id);
  return TRUE;
}

gboolean
sim07_peer_whisper (Sim07Peer *self, const char *id, const char *text)
{
  Sim07Conn *conn = sim07_peer_find (self, id);

  return conn != NULL && sim07_send (conn, sim07_value_int (P2P_FLAG_WHISPER), new_text (P2P_SUBFLAG_WHISPER, text)) == SIM07_OK;
}

gboolean
sim07_peer_reply (Sim07Peer *self, const Sim07Heard *to, const char *text)
{
  Sim07Conn *conn = sim07_value_is_hashable (to->sender) ? sim07_table_get (self, to->sender) : NULL;

  return conn != NULL && sim07_send (conn, sim07_value_int (P2P_FLAG_WHISPER), new_text (P2P_SUBFLAG_WHISPER, text)) == SIM07_OK;
}

void
sim07_peer_set_hooks (Sim07Peer *self, const Sim07Hooks *hooks, gpointer data)
{
  self->hooks = *hooks;
  self->hooks_data = data;
}

gboolean
sim07_peer_is_dead (Sim07Peer *self)
{
  return self->dead;
}

const char *
sim07_peer_get_id (Sim07Peer *self)
{
  return self->id;
}

guint16
sim07_peer_get_port (Sim07Peer *self)
{
  return self->port;
}

const char *
sim07_peer_get_host (Sim07Peer *self)
{
  return self->host;
}

/* ---- beginning and end ---- */

static void
accept_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  Sim07Peer *self = data;

  if (pipe == NULL)
    return;
  g_queue_push_tail (&self->backlog, pipe);
  sim07_run (self);
}

static void
free_heard (gpointer data)
{
  Sim07Heard *heard = data;

  sim07_value_unref (heard->sender);
  sim07_value_unref (heard->payload);
  g_free (heard);
}

static void
clear_entry (gpointer data)
{
  sim07_value_unref (((Sim07Entry *) data)->key);
}

static char *
make_id (P2pEnv *env)
{
  guint8 bytes[48];

  p2p_random_fill (env->random, bytes, sizeof bytes);
  return p2p_base58_encode_bytes (bytes, sizeof bytes, NULL);
}

Sim07Peer *
sim07_peer_new (P2pEnv *env, const Sim07Options *options)
{
  Sim07Peer *self = g_new0 (Sim07Peer, 1);
  gsize n_methods = options->n_methods;
  const guint8 *methods = options->methods != NULL ? options->methods : p2p_get_compression_methods (&n_methods);

  self->env = p2p_env_ref (env);
  self->id = options->id != NULL ? g_strdup (options->id) : make_id (env);
  self->own_id = sim07_value_bin (self->id);
  self->host = g_strdup (options->host);
  self->port = options->port;
  self->protocol_id = g_strdup (options->protocol_id);
  self->spin = options->spin > 0 ? options->spin : DEFAULT_SPIN;
  self->n_methods = MIN (n_methods, sizeof self->methods);
  memcpy (self->methods, methods, self->n_methods);
  g_queue_init (&self->backlog);
  self->conns = g_ptr_array_new ();
  self->table = g_array_new (FALSE, FALSE, sizeof (Sim07Entry));
  g_array_set_clear_func (self->table, clear_entry);
  self->awaiting = g_ptr_array_new ();
  self->seen = g_array_new (FALSE, FALSE, sizeof (Sim07Seen));
  self->heard = g_ptr_array_new_with_free_func (free_heard);
  self->dials = g_ptr_array_new_with_free_func (sim07_dial_free);
  self->selected = g_ptr_array_new ();
  self->listener = env->transport->ops->listen (env->transport, options->host, options->port, FALSE, accept_cb, self, NULL, NULL);
  g_assert (self->listener != 0);
  return self;
}

void
sim07_peer_kill (Sim07Peer *self)
{
  P2pTransport *transport = self->env->transport;
  P2pPipe *pipe;

  if (self->stopped)
    return;
  self->stopped = TRUE;
  transport->ops->unlisten (transport, self->listener);
  if (self->dial != 0)
    transport->ops->cancel_dial (transport, self->dial);
  p2p_clock_cancel (self->env->clock, self->dial_timer);
  p2p_clock_cancel (self->env->clock, self->wait_timer);
  p2p_clock_cancel (self->env->clock, self->spin_timer);
  while ((pipe = g_queue_pop_head (&self->backlog)) != NULL)
    pipe->ops->close (pipe);
  g_ptr_array_set_size (self->dials, 0);
  g_array_set_size (self->table, 0);
  g_ptr_array_set_size (self->awaiting, 0);
  g_ptr_array_set_size (self->selected, 0);
  g_clear_pointer (&self->list_id, sim07_value_unref);
  g_clear_pointer (&self->list, sim07_value_unref);
  for (guint i = 0; i < self->conns->len; i++)
    conn_free (self->conns->pdata[i]);
  g_ptr_array_set_size (self->conns, 0);
}

void
sim07_peer_free (Sim07Peer *self)
{
  sim07_peer_kill (self);
  if (self->hooks.end != NULL)
    self->hooks.end (self->hooks_data);
  g_ptr_array_unref (self->conns);
  g_array_unref (self->table);
  g_ptr_array_unref (self->awaiting);
  g_array_unref (self->seen);
  g_ptr_array_unref (self->heard);
  g_ptr_array_unref (self->dials);
  g_ptr_array_unref (self->selected);
  sim07_value_unref (self->own_id);
  g_free (self->id);
  g_free (self->host);
  g_free (self->protocol_id);
  p2p_env_unref (self->env);
  g_free (self);
}
