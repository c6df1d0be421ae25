/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* What one turn of the loop reads from one pipe: so many bytes, or for so long. */
#define TURN_BYTES (256 * 1024)
#define TURN_TIME G_TIME_SPAN_MILLISECOND
/* Read at once; what is behind it costs the time in which it is handled, which nobody interrupts. So it is less for a while where that took long: a thousand short messages take longer than
 * one long one. */
#define READ_BYTES (128 * 1024)
#define READ_LEAST (8 * 1024)
/* The largest record of TLS: what a write is cut into. */
#define TLS_RECORD (16 * 1024)
/* Thrown away unread at a close, so that it does not become a reset, which would take with it what we sent. */
#define DRAIN_BYTES (1024 * 1024)
/* A line where nothing moves is asked for a sign of life after so many seconds, then so often again; what was sent has as long. */
#define KEEP_IDLE 60
#define KEEP_INTERVAL 15
#define KEEP_COUNT 4

typedef struct {
  P2pPipe base;
  P2pGioEnv *env;
  GSocketConnection *connection;
  GSocket *socket;
  int fd;
  char *peer_host;
  char *own_host;
  guint16 peer_port;
  guint16 own_port;

  const P2pPipeEvents *events;
  gpointer data;
  gboolean reading;
  gsize read_bytes;             /* at once, READ_LEAST to READ_BYTES */
  gboolean waiting;             /* writable() is due */
  gboolean ended;               /* closed() was called */
  gboolean closed;              /* by the owner */
  guint busy;                   /* inside of an event */
  GError *error;                /* for closed(), which is on its way */
  guint64 error_timer;

  /* plain: one source, whose tag is there while it waits for something */
  GSource *source;
  gpointer tag;

  /* TLS */
  GTlsConnection *tls;
  GSource *in_source;
  GSource *out_source;
  GByteArray *pending;          /* a record that was refused: the very same bytes must be offered again */
} P2pGioPipe;

typedef struct {
  GSource base;
  P2pGioPipe *pipe;
} PipeSource;

/* Where all pipes of a thread read to. Somebody may run a loop of his own inside of an event: then a second one is made. */
static GPrivate thread_scratch = G_PRIVATE_INIT (g_free);

static guint8 *
take_scratch (void)
{
  guint8 *scratch = g_private_get (&thread_scratch);

  if (scratch == NULL)
    return g_malloc (READ_BYTES);
  g_private_set (&thread_scratch, NULL);
  return scratch;
}

static void
return_scratch (guint8 *scratch)
{
  if (g_private_get (&thread_scratch) == NULL)
    g_private_set (&thread_scratch, scratch);
  else
    g_free (scratch);
}

static void
free_pipe (P2pGioPipe *self)
{
  g_clear_object (&self->tls);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->pending, g_byte_array_unref);
  g_clear_error (&self->error);
  g_free (self->peer_host);
  g_free (self->own_host);
  p2p_env_unref (&self->env->base);
  g_free (self);
}

static void
release (P2pGioPipe *self)
{
  if (--self->busy == 0 && self->closed)
    free_pipe (self);
}

/* ---- waiting for the socket ---- */

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
stop_watching (P2pGioPipe *self)
{
  clear_source (&self->source);
  clear_source (&self->in_source);
  clear_source (&self->out_source);
  self->tag = NULL;
}

static void handle_ready (P2pGioPipe *self, gboolean in, gboolean out);

static gboolean
plain_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  P2pGioPipe *self = ((PipeSource *) source)->pipe;
  GIOCondition condition = self->tag != NULL ? g_source_query_unix_fd (source, self->tag) : 0;

  /* An error shows as whatever is waited for: the call that follows tells which it is. */
  handle_ready (self, (condition & ~G_IO_OUT) != 0, (condition & ~G_IO_IN) != 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
tls_in_cb (GObject *stream, gpointer data)
{
  handle_ready (data, TRUE, FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
tls_out_cb (GObject *stream, gpointer data)
{
  handle_ready (data, FALSE, TRUE);
  return G_SOURCE_CONTINUE;
}

static void
watch_plain (P2pGioPipe *self)
{
  static GSourceFuncs funcs = { NULL, NULL, plain_dispatch, NULL, NULL, NULL };
  GIOCondition condition = (self->reading ? G_IO_IN : 0) | (self->waiting ? G_IO_OUT : 0);

  if (self->source == NULL)
    {
      self->source = g_source_new (&funcs, sizeof (PipeSource));
      ((PipeSource *) self->source)->pipe = self;
      g_source_set_static_name (self->source, "[p2p] connection");
      g_source_set_priority (self->source, P2P_GIO_PRIORITY);
      g_source_attach (self->source, self->env->context);
    }
  /* A closed socket is ready for everything, asked for or not: whoever waits for nothing must not look at it. */
  if (condition == 0 && self->tag != NULL)
    g_source_remove_unix_fd (self->source, g_steal_pointer (&self->tag));
  else if (condition != 0 && self->tag != NULL)
    g_source_modify_unix_fd (self->source, self->tag, condition);
  else if (condition != 0)
    self->tag = g_source_add_unix_fd (self->source, self->fd, condition);
}

static void
attach_tls (P2pGioPipe *self, GSource *source, const char *name, gboolean (*func) (GObject *, gpointer))
{
  g_source_set_static_name (source, name);
  g_source_set_priority (source, P2P_GIO_PRIORITY);
  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, self->env->context);
}

static void
watch_tls (P2pGioPipe *self)
{
  GIOStream *stream = G_IO_STREAM (self->tls);

  if (!self->reading)
    {
      clear_source (&self->in_source);
    }
  else if (self->in_source == NULL)
    {
      self->in_source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), NULL);
      attach_tls (self, self->in_source, "[p2p] TLS connection", tls_in_cb);
    }

  if (!self->waiting && self->pending == NULL)
    {
      clear_source (&self->out_source);
    }
  else if (self->out_source == NULL)
    {
      self->out_source = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)), NULL);
      attach_tls (self, self->out_source, "[p2p] TLS connection, full", tls_out_cb);
    }
}

static void
update_watch (P2pGioPipe *self)
{
  if (self->events == NULL || self->ended || self->closed || self->error != NULL)
    return;
  if (self->tls != NULL)
    watch_tls (self);
  else
    watch_plain (self);
}

/* ---- events ---- */

static void
end_pipe (P2pGioPipe *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->ended || self->closed)
    return;
  self->ended = TRUE;
  stop_watching (self);
  self->events->closed (self->data, owned);
}

static void
report_error_cb (gpointer data)
{
  P2pGioPipe *self = data;

  self->error_timer = 0;
  self->busy++;
  end_pipe (self, g_steal_pointer (&self->error));
  release (self);
}

/* A write found out: closed() follows from the loop. */
static void
report_error (P2pGioPipe *self, GError *error)
{
  self->error = error;
  stop_watching (self);
  if (self->events != NULL)
    self->error_timer = p2p_clock_schedule (self->env->base.clock, 0, report_error_cb, self);
}

/* Bytes, 0 at the end, -1 and an error (or none: nothing there yet). */
static gssize
read_some (P2pGioPipe *self, guint8 *bytes, gsize length, GError **error)
{
  gssize n;

  if (self->tls != NULL)
    {
      GPollableInputStream *stream = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (self->tls)));
      g_autoptr (GError) own_error = NULL;

      n = g_pollable_input_stream_read_nonblocking (stream, bytes, length, NULL, &own_error);
      if (n < 0 && g_error_matches (own_error, G_TLS_ERROR, G_TLS_ERROR_EOF))
        return 0;
      if (n < 0 && !g_error_matches (own_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        *error = p2p_gio_error_new (NULL, own_error);
      return n;
    }

  do
    n = recv (self->fd, bytes, length, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    *error = p2p_gio_error_new_errno (errno);
  return n;
}

static void
adapt_read (P2pGioPipe *self, gint64 took)
{
  if (took > TURN_TIME)
    self->read_bytes = MAX (self->read_bytes / 2, READ_LEAST);
  else if (took < TURN_TIME / 4)
    self->read_bytes = MIN (self->read_bytes * 2, READ_BYTES);
}

static void
read_turn (P2pGioPipe *self)
{
  guint8 *scratch = take_scratch ();
  gint64 start = g_get_monotonic_time (), now = start;
  gsize total = 0;

  while (self->reading && !self->closed && !self->ended)
    {
      GError *error = NULL;
      /* what is left of a record that was opened wakes nobody */
      gsize asked = self->tls != NULL ? MAX (self->read_bytes, TLS_RECORD) : self->read_bytes;
      gssize n = read_some (self, scratch, asked, &error);
      gint64 before = now;

      if (n > 0)
        self->events->received (self->data, scratch, (gsize) n);
      else if (n == 0 || error != NULL)
        end_pipe (self, error);
      if (n <= 0)
        break;
      total += (gsize) n;
      now = g_get_monotonic_time ();
      adapt_read (self, now - before);
      /* Less than asked for: there is no more now. TLS gives a record at a time. */
      if ((self->tls == NULL && (gsize) n < asked) || total >= TURN_BYTES || now - start >= TURN_TIME)
        break;
    }
  return_scratch (scratch);
}

/* Taken bytes, or -1 after an error, which is on its way to closed(). */
static gssize
write_tls (P2pGioPipe *self, const guint8 *bytes, gsize length)
{
  GPollableOutputStream *stream = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (self->tls)));
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_output_stream_write_nonblocking (stream, bytes, length, NULL, &error);

  if (n >= 0)
    return n;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return 0;
  report_error (self, p2p_gio_error_new (NULL, error));
  return -1;
}

static gboolean
flush_pending (P2pGioPipe *self)
{
  while (self->pending != NULL)
    {
      gssize n = write_tls (self, self->pending->data, self->pending->len);

      if (n <= 0)
        return FALSE;
      if ((guint) n == self->pending->len)
        g_clear_pointer (&self->pending, g_byte_array_unref);
      else
        g_byte_array_remove_range (self->pending, 0, (guint) n);
    }
  return TRUE;
}

static void
handle_ready (P2pGioPipe *self, gboolean in, gboolean out)
{
  self->busy++;
  if (out && (self->waiting || self->pending != NULL) && !self->ended)
    {
      if (flush_pending (self) && self->waiting)
        {
          self->waiting = FALSE;
          self->events->writable (self->data);
        }
      update_watch (self);
    }
  if (in && self->error == NULL)
    read_turn (self);
  release (self);
}

/* ---- the interface ---- */

static void
pipe_start (P2pPipe *base, const P2pPipeEvents *events, gpointer data)
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  self->events = events;
  self->data = data;
  if (self->error != NULL)
    self->error_timer = p2p_clock_schedule (self->env->base.clock, 0, report_error_cb, self);
  update_watch (self);
}

static gsize
write_plain (P2pGioPipe *self, const guint8 *bytes, gsize length)
{
  gssize n;

  do
    n = send (self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return (gsize) n;
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return 0;
  report_error (self, p2p_gio_error_new_errno (errno));
  return length;
}

static gsize
write_records (P2pGioPipe *self, const guint8 *bytes, gsize length)
{
  gsize taken = 0;

  /* Not again after an error: it would be the same for ever. */
  while (taken < length && self->error == NULL && flush_pending (self))
    {
      gsize part = MIN (length - taken, TLS_RECORD);
      gssize n = write_tls (self, bytes + taken, part);

      if (n == 0)
        {
          self->pending = g_byte_array_append (g_byte_array_new (), bytes + taken, (guint) part);
          n = (gssize) part;
          taken += part;
          break;
        }
      if (n > 0)
        taken += (gsize) n;
    }
  return self->error != NULL ? length : taken;
}

static gsize
pipe_write (P2pPipe *base, const guint8 *bytes, gsize length)
{
  P2pGioPipe *self = (P2pGioPipe *) base;
  gsize taken;

  if (self->ended || self->error != NULL || length == 0)
    return length;
  taken = self->tls != NULL ? write_records (self, bytes, length) : write_plain (self, bytes, length);
  if (taken < length)
    self->waiting = TRUE;
  if (taken < length || self->pending != NULL)
    update_watch (self);
  return taken;
}

static void
pipe_set_reading (P2pPipe *base, gboolean reading)
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  if (self->reading == reading)
    return;
  self->reading = reading;
  update_watch (self);
}

static void
drain (P2pGioPipe *self)
{
  guint8 *scratch = take_scratch ();
  gsize total = 0;
  gssize n;

  while (total < DRAIN_BYTES && (n = recv (self->fd, scratch, READ_BYTES, MSG_DONTWAIT)) > 0)
    total += (gsize) n;
  return_scratch (scratch);
}

static void
pipe_close (P2pPipe *base)
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  self->busy++;
  if (self->error == NULL && !self->ended)
    flush_pending (self);
  p2p_clock_cancel (self->env->base.clock, self->error_timer);
  self->closed = TRUE;
  stop_watching (self);
  shutdown (self->fd, SHUT_WR);
  drain (self);
  /* The socket first: TLS would otherwise wait for room for its farewell, which nobody listens for. */
  g_socket_close (self->socket, NULL);
  release (self);
}

static void
pipe_get_peer (P2pPipe *base, P2pPipeAddress *address)
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  address->host = self->peer_host;
  address->port = self->peer_port;
}

static void
pipe_get_own (P2pPipe *base, P2pPipeAddress *address)
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  address->host = self->own_host;
  address->port = self->own_port;
}

static gboolean
pipe_get_digest (P2pPipe *base, guint8 digest[32])
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  return self->tls != NULL && p2p_gio_tls_get_digest (self->tls, digest);
}

static gboolean
pipe_get_binding (P2pPipe *base, guint8 binding[32])
{
  P2pGioPipe *self = (P2pGioPipe *) base;

  return self->tls != NULL && p2p_gio_tls_get_binding (self->tls, binding);
}

static int
pipe_get_fd (P2pPipe *base)
{
  return ((P2pGioPipe *) base)->fd;
}

void
p2p_gio_read_address (GSocketAddress *address, char **host, guint16 *port)
{
  g_autofree char *text = NULL;

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    {
      *host = g_strdup ("");
      return;
    }
  text = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  *host = g_str_has_prefix (text, "::ffff:") && strchr (text, '.') != NULL ? g_strdup (text + 7) : g_strdup (text);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

P2pPipe *
p2p_gio_pipe_new (P2pGioEnv *env, GSocketConnection *connection, GTlsConnection *tls)
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
  static const struct { gint option, value; } tcp_options[] = {
    { TCP_NODELAY, 1 },         /* frames are put together by the link */
    { TCP_KEEPIDLE, KEEP_IDLE },
    { TCP_KEEPINTVL, KEEP_INTERVAL },
    { TCP_KEEPCNT, KEEP_COUNT },
    { TCP_USER_TIMEOUT, (KEEP_IDLE + KEEP_INTERVAL * KEEP_COUNT) * 1000 },
  };
  P2pGioPipe *self = g_new0 (P2pGioPipe, 1);
  g_autoptr (GSocketAddress) peer = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GSocketAddress) own = g_socket_connection_get_local_address (connection, NULL);

  self->base.ops = &ops;
  p2p_env_ref (&env->base);
  self->env = env;
  self->connection = g_object_ref (connection);
  self->socket = g_socket_connection_get_socket (connection);
  self->fd = g_socket_get_fd (self->socket);
  self->tls = tls != NULL ? g_object_ref (tls) : NULL;
  self->reading = TRUE;
  self->read_bytes = 4 * READ_LEAST;
  p2p_gio_read_address (peer, &self->peer_host, &self->peer_port);
  p2p_gio_read_address (own, &self->own_host, &self->own_port);
  /* A line that died must be found out, also one that still takes bytes of ours. */
  g_socket_set_keepalive (self->socket, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (tcp_options); i++)
    g_socket_set_option (self->socket, IPPROTO_TCP, tcp_options[i].option, tcp_options[i].value, NULL);
  return &self->base;
}
