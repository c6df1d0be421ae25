/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GIO environment over loopback, with links on top of it. */
#include "link-fixture.h"
#include <gio/gio.h>
#include "p2p/wire/p2p-message-private.h"
#include <string.h>

#define DEADLINE (30 * G_TIME_SPAN_SECOND)

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Iterates until the condition holds; a deadline, not a sleep. */
#define wait_for(condition) \
  G_STMT_START { \
    gint64 end_ = g_get_monotonic_time () + DEADLINE; \
    guint wake_ = g_timeout_add (100, wake_cb, NULL); \
    while (!(condition)) \
      { \
        g_assert_cmpint (g_get_monotonic_time (), <, end_); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (wake_); \
  } G_STMT_END

/* Whatever is still on its way inside of GIO (cancelled calls, results of jobs) comes back. */
static void
free_env (P2pEnv *env)
{
  wait_for (g_atomic_ref_count_compare (&env->refs, 1));
  p2p_env_unref (env);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

typedef struct {
  P2pEnv *env;
  P2pLimits limits;
  GPtrArray *accepted;          /* LinkSide */
  guint64 listener;
  guint16 port;
  gboolean echo;
} Server;

typedef struct {
  LinkSide side;
  Server *server;
} ServerSide;

static void
free_side (gpointer data)
{
  LinkSide *side = data;

  g_clear_pointer (&side->link, p2p_link_unref);
  g_ptr_array_unref (side->messages);
  g_clear_error (&side->error);
  g_free (side);
}

static LinkSide *
new_side (P2pEnv *env, const P2pLimits *limits, P2pPipe *pipe, gboolean outgoing, const P2pLinkEvents *events)
{
  LinkSide *side = (LinkSide *) g_new0 (ServerSide, 1);

  side->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  side->link = p2p_link_new (env, limits, pipe, outgoing, events, side);
  p2p_link_set_established (side->link, TRUE);
  return side;
}

static void
server_message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  link_side_events.message (link, message, data);
  if (((ServerSide *) data)->server->echo)
    g_assert_true (p2p_link_send (link, message, 0, NULL));
}

static void
server_closed_cb (P2pLink *link, const GError *error, gpointer data)
{
  link_side_events.closed (link, error, data);
}

static void
accept_cb (P2pPipe *pipe, gpointer data)
{
  static const P2pLinkEvents events = { .message = server_message_cb, .closed = server_closed_cb };
  Server *server = data;
  LinkSide *side = new_side (server->env, &server->limits, pipe, FALSE, &events);

  ((ServerSide *) side)->server = server;
  g_ptr_array_add (server->accepted, side);
}

static void
server_start (Server *server, P2pEnv *env, const char *address, gboolean secure)
{
  g_autoptr (GError) error = NULL;

  memset (server, 0, sizeof *server);
  server->env = env;
  server->echo = TRUE;
  p2p_limits_init (&server->limits);
  server->accepted = g_ptr_array_new_with_free_func (free_side);
  server->listener = env->transport->ops->listen (env->transport, address, 0, secure, accept_cb, server, &server->port, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (server->port, !=, 0);
}

static void
server_stop (Server *server)
{
  g_ptr_array_unref (server->accepted);
  if (server->listener != 0)
    server->env->transport->ops->unlisten (server->env->transport, server->listener);
}

typedef struct {
  P2pPipe *pipe;
  GError *error;
  guint calls;
} Dialled;

static void
dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  Dialled *dialled = data;

  g_assert_true ((pipe == NULL) != (error == NULL));
  dialled->pipe = pipe;
  dialled->error = error != NULL ? g_error_copy (error) : NULL;
  dialled->calls++;
}

static guint64
dial (P2pEnv *env, const char *host, guint16 port, gboolean secure, Dialled *dialled)
{
  guint64 handle;

  memset (dialled, 0, sizeof *dialled);
  handle = env->transport->ops->dial (env->transport, host, port, secure, dialled_cb, dialled);
  g_assert_cmpuint (handle, !=, 0);
  g_assert_cmpuint (dialled->calls, ==, 0);
  return handle;
}

static P2pPipe *
dial_pipe (P2pEnv *env, const char *host, guint16 port, gboolean secure)
{
  Dialled dialled;

  dial (env, host, port, secure, &dialled);
  wait_for (dialled.calls > 0);
  g_assert_no_error (dialled.error);
  return dialled.pipe;
}

static void
assert_dial_fails (P2pEnv *env, const char *host, guint16 port, gboolean secure, P2pLinkError code, const char *words)
{
  Dialled dialled;

  dial (env, host, port, secure, &dialled);
  wait_for (dialled.calls > 0);
  g_assert_error (dialled.error, P2P_LINK_ERROR, (gint) code);
  g_test_message ("%s", dialled.error->message);
  g_assert_nonnull (strstr (dialled.error->message, words));
  g_clear_error (&dialled.error);
}

static void
check_echo (P2pEnv *env, const char *host, Server *server, gboolean secure)
{
  P2pPipe *pipe = dial_pipe (env, host, server->port, secure);
  LinkSide *side = new_side (env, &server->limits, pipe, TRUE, &link_side_events);
  static const gsize sizes[] = { 1, 64, 1000, 70000, 3000000, 2 };
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  LinkSide *other;

  for (guint i = 0; i < 300; i++)
    {
      P2pMessage *message = make_message (i, i < G_N_ELEMENTS (sizes) ? sizes[i] : i, FALSE);

      g_assert_true (p2p_link_send (side->link, message, 0, NULL));
      g_ptr_array_add (sent, message);
    }
  wait_for (side->messages->len >= sent->len || side->error != NULL);
  assert_messages (side, sent);

  g_assert_cmpuint (server->accepted->len, >, 0);
  other = server->accepted->pdata[server->accepted->len - 1];
  {
    P2pPipeAddress own, peer;
    guint8 digests[2][32], bindings[2][32];

    p2p_link_get_own (side->link, &own);
    p2p_link_get_peer (other->link, &peer);
    g_assert_cmpstr (own.host, ==, peer.host);
    g_assert_cmpuint (own.port, ==, peer.port);
    p2p_link_get_peer (side->link, &peer);
    g_assert_cmpuint (peer.port, ==, server->port);
    g_assert_cmpint (p2p_link_get_digest (side->link, digests[0]), ==, secure);
    g_assert_cmpint (p2p_link_get_digest (other->link, digests[1]), ==, secure);
    g_assert_cmpint (p2p_link_get_binding (side->link, bindings[0]), ==, secure);
    g_assert_cmpint (p2p_link_get_binding (other->link, bindings[1]), ==, secure);
    if (secure)
      g_assert_cmpmem (bindings[0], 32, bindings[1], 32);
    g_assert_cmpint (p2p_link_get_fd (side->link), >=, 0);
  }

  p2p_link_close (side->link);
  wait_for (other->closed > 0);
  g_assert_error (other->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  free_side (side);
}

static gboolean
skip_without_tls (P2pEnv *env, gboolean secure)
{
  if (!secure || env->transport->ops->has_tls (env->transport))
    return FALSE;
  g_test_skip ("this system has no TLS (glib-networking)");
  return TRUE;
}

static void
test_echo (gconstpointer data)
{
  gboolean secure = GPOINTER_TO_INT (data);
  P2pEnv *env = p2p_gio_env_new (NULL);
  P2pEnv *server_env = p2p_gio_env_new (NULL);
  Server server;

  if (!skip_without_tls (env, secure))
    {
      server_start (&server, server_env, "127.0.0.1", secure);
      check_echo (env, "127.0.0.1", &server, secure);
      check_echo (env, "localhost", &server, secure);
      server_stop (&server);
    }
  free_env (env);
  free_env (server_env);
}

/* A peer's last words arrive though it closes at once. */
static void
test_last_words (gconstpointer data)
{
  gboolean secure = GPOINTER_TO_INT (data);
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;

  if (!skip_without_tls (env, secure))
    {
      g_autoptr (P2pMessage) message = make_message (1, 30000, FALSE);
      LinkSide *side, *other;

      server_start (&server, env, "127.0.0.1", secure);
      server.echo = FALSE;
      side = new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, secure), TRUE, &link_side_events);
      for (guint i = 0; i < 5; i++)
        g_assert_true (p2p_link_send (side->link, message, 0, NULL));
      p2p_link_close (side->link);
      wait_for (server.accepted->len > 0 && ((LinkSide *) server.accepted->pdata[0])->closed > 0);
      other = server.accepted->pdata[0];
      g_assert_cmpuint (other->messages->len, ==, 5);
      g_assert_cmpstr (other->error->message, ==, "The peer closed the link");
      free_side (side);
      server_stop (&server);
    }
  free_env (env);
}

static void
test_ipv6 (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  g_autoptr (GError) error = NULL;
  Server server;
  guint64 listener = env->transport->ops->listen (env->transport, "::1", 0, FALSE, accept_cb, &server, NULL, &error);

  if (listener == 0)
    {
      g_test_skip ("no IPv6 here");
    }
  else
    {
      P2pPipe *pipe;
      P2pPipeAddress address;

      env->transport->ops->unlisten (env->transport, listener);
      server_start (&server, env, "::1", FALSE);
      check_echo (env, "::1", &server, FALSE);
      server_stop (&server);

      /* every interface: IPv4 comes in through the same socket and is written as IPv4 */
      server_start (&server, env, NULL, FALSE);
      check_echo (env, "::1", &server, FALSE);
      pipe = dial_pipe (env, "127.0.0.1", server.port, FALSE);
      wait_for (server.accepted->len == 2);
      p2p_link_get_peer (((LinkSide *) server.accepted->pdata[1])->link, &address);
      g_assert_cmpstr (address.host, ==, "127.0.0.1");
      pipe->ops->close (pipe);
      server_stop (&server);
    }
  free_env (env);
}

/* A port on which nobody listens. */
static guint16
find_free_port (P2pEnv *env)
{
  Server server;

  server_start (&server, env, "127.0.0.1", FALSE);
  server_stop (&server);
  return server.port;
}

static void
test_dial_errors (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  guint16 port = find_free_port (env);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);

  assert_dial_fails (env, "127.0.0.1", port, FALSE, P2P_LINK_ERROR_REFUSED, address);
  assert_dial_fails (env, "localhost", port, FALSE, P2P_LINK_ERROR_REFUSED, "localhost");
  assert_dial_fails (env, "no-such-host.invalid", port, FALSE, P2P_LINK_ERROR_NOT_RESOLVED, "no-such-host.invalid");
  assert_dial_fails (env, "", port, FALSE, P2P_LINK_ERROR_BAD_ADDRESS, "not an address");
  assert_dial_fails (env, "127.0.0.1", 0, FALSE, P2P_LINK_ERROR_BAD_ADDRESS, "not an address");
  assert_dial_fails (env, "255.255.255.255", port, FALSE, P2P_LINK_ERROR_UNREACHABLE, "255.255.255.255");
  free_env (env);
}

static void
test_listen_errors (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  Server server;

  server_start (&server, env, "127.0.0.1", FALSE);
  address = g_strdup_printf ("127.0.0.1:%u", server.port);
  g_assert_cmpuint (env->transport->ops->listen (env->transport, "127.0.0.1", server.port, FALSE, accept_cb, &server, NULL, &error), ==, 0);
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, address));
  g_clear_error (&error);
  g_assert_cmpuint (env->transport->ops->listen (env->transport, "203.0.113.7", 0, FALSE, accept_cb, &server, NULL, &error), ==, 0);
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_LISTEN);
  g_assert_nonnull (strstr (error->message, "203.0.113.7"));
  server_stop (&server);
  free_env (env);
}

static void
test_tls_meets_none (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;

  if (!skip_without_tls (env, TRUE))
    {
      LinkSide *side, *other;
      g_autoptr (P2pMessage) message = make_message (1, 10, FALSE);

      server_start (&server, env, "127.0.0.1", FALSE);
      assert_dial_fails (env, "127.0.0.1", server.port, TRUE, P2P_LINK_ERROR_TLS, "127.0.0.1");
      other = server.accepted->pdata[0];
      wait_for (other->closed > 0);
      g_assert_error (other->error, P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME_TOO_LARGE);
      server_stop (&server);

      server_start (&server, env, "127.0.0.1", TRUE);
      side = new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, FALSE), TRUE, &link_side_events);
      g_assert_true (p2p_link_send (side->link, message, 0, NULL));
      wait_for (side->closed > 0);
      g_assert_error (side->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
      g_assert_cmpuint (server.accepted->len, ==, 0);
      free_side (side);
      server_stop (&server);
    }
  free_env (env);
}

/* A listener whose backlog is full: the kernel answers nobody any more. */
static GSocket *
open_black_hole (guint16 *port, GPtrArray *fillers)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) own = NULL;

  g_socket_set_listen_backlog (socket, 0);
  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  own = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own));
  for (guint i = 0; i < 4; i++)
    {
      GSocket *filler = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

      g_socket_set_blocking (filler, FALSE);
      g_socket_connect (filler, own, NULL, NULL);
      g_ptr_array_add (fillers, filler);
    }
  return socket;
}

/*
 * Ten seconds, all waited for at once: a port that answers nothing, one that never says a word of TLS, and on our side a peer
 * who connects to a TLS listener and says nothing. A cancelled dial never comes back.
 */
static void
test_time_outs (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  g_autoptr (GPtrArray) fillers = g_ptr_array_new_with_free_func (g_object_unref);
  guint16 silent_port, black_port;
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  g_autoptr (GSocket) black G_GNUC_UNUSED = open_black_hole (&black_port, fillers);

  silent_port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  if (!skip_without_tls (env, TRUE))
    {
      Dialled cancelled[2], silence, darkness;
      gint64 start = g_get_monotonic_time ();
      guint64 handles[2];
      Server server;
      LinkSide *mute;

      server_start (&server, env, "127.0.0.1", TRUE);
      mute = new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, FALSE), TRUE, &link_side_events);
      handles[0] = dial (env, "127.0.0.1", silent_port, TRUE, &cancelled[0]);
      handles[1] = dial (env, "127.0.0.1", silent_port, FALSE, &cancelled[1]);
      env->transport->ops->cancel_dial (env->transport, handles[1]);
      dial (env, "127.0.0.1", silent_port, TRUE, &silence);
      dial (env, "127.0.0.1", black_port, FALSE, &darkness);
      wait_for (g_get_monotonic_time () - start > G_TIME_SPAN_SECOND);
      env->transport->ops->cancel_dial (env->transport, handles[0]);
      env->transport->ops->cancel_dial (env->transport, handles[0]);

      wait_for (silence.calls > 0 && darkness.calls > 0 && mute->closed > 0);
      g_assert_error (silence.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT);
      g_assert_nonnull (strstr (silence.error->message, "encryption"));
      g_assert_error (darkness.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT);
      g_assert_error (mute->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
      g_assert_cmpint (g_get_monotonic_time () - start, >, 9 * G_TIME_SPAN_SECOND);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_TIME_SPAN_SECOND);
      g_assert_cmpuint (cancelled[0].calls + cancelled[1].calls, ==, 0);
      g_clear_error (&silence.error);
      g_clear_error (&darkness.error);
      free_side (mute);
      server_stop (&server);
    }
  g_socket_listener_close (silent);
  free_env (env);
}

/* Connections that never begin TLS, and more than may wait at once, keep nobody out once they are gone. */
static void
test_tls_pending_bound (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;

  if (!skip_without_tls (env, TRUE))
    {
      P2pPipe *idle[40];

      server_start (&server, env, "127.0.0.1", TRUE);
      for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
        idle[i] = dial_pipe (env, "127.0.0.1", server.port, FALSE);
      g_assert_cmpuint (server.accepted->len, ==, 0);
      for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
        idle[i]->ops->close (idle[i]);
      check_echo (env, "127.0.0.1", &server, TRUE);
      server_stop (&server);
    }
  free_env (env);
}

static void
test_set_accepting (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;
  P2pPipe *pipe;

  server_start (&server, env, "127.0.0.1", FALSE);
  env->transport->ops->set_accepting (env->transport, server.listener, FALSE);
  pipe = dial_pipe (env, "127.0.0.1", server.port, FALSE);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (server.accepted->len, ==, 0);
  env->transport->ops->set_accepting (env->transport, server.listener, TRUE);
  wait_for (server.accepted->len == 1);
  pipe->ops->close (pipe);
  server_stop (&server);
  free_env (env);
}

static void
test_hundred_links (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  g_autoptr (GPtrArray) sides = g_ptr_array_new_with_free_func (free_side);
  g_autoptr (P2pMessage) message = make_message (1, 500, FALSE);
  Server server;
  guint done;

  server_start (&server, env, "127.0.0.1", FALSE);
  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (sides, new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, FALSE), TRUE, &link_side_events));
  for (guint i = 0; i < 100; i++)
    for (guint n = 0; n < 20; n++)
      g_assert_true (p2p_link_send (((LinkSide *) sides->pdata[i])->link, message, 0, NULL));
  do
    {
      done = 0;
      g_main_context_iteration (NULL, TRUE);
      for (guint i = 0; i < 100; i++)
        done += ((LinkSide *) sides->pdata[i])->messages->len == 20;
    }
  while (done < 100);
  g_ptr_array_set_size (sides, 0);
  wait_for (({
    done = 0;
    for (guint i = 0; i < server.accepted->len; i++)
      done += ((LinkSide *) server.accepted->pdata[i])->closed;
    done == 100;
  }));
  server_stop (&server);
  free_env (env);
}

/* ---- fairness: a flood against something that wants to draw ---- */

typedef struct {
  guint drawn;
  gint64 last;
  gint64 longest;
} Drawing;

static gboolean
draw_cb (gpointer data)
{
  Drawing *drawing = data;
  gint64 now = g_get_monotonic_time ();

  if (drawing->drawn++ > 0)
    drawing->longest = MAX (drawing->longest, now - drawing->last);
  drawing->last = now;
  return G_SOURCE_CONTINUE;
}

static gpointer
flood_thread (gpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (client, "127.0.0.1", *(guint16 *) data, NULL, NULL);
  g_autoptr (P2pMessage) message = make_message (1, 64, FALSE);
  g_autoptr (GByteArray) many = g_byte_array_new ();
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (message, &length);

  for (guint i = 0; i < 1000; i++)
    g_byte_array_append (many, frame, (guint) length);
  /* until the other side has enough of it */
  while (g_output_stream_write_all (stream, many->data, many->len, NULL, NULL, NULL))
    ;
  return NULL;
}

static void
count_message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  (*(guint64 *) data)++;
}

static void
count_closed_cb (P2pLink *link, const GError *error, gpointer data)
{
}

typedef struct {
  P2pEnv *env;
  P2pLimits limits;
  P2pLink *link;
  guint64 count;
} Sink;

static void
accept_sink_cb (P2pPipe *pipe, gpointer data)
{
  static const P2pLinkEvents events = { .message = count_message_cb, .closed = count_closed_cb };
  Sink *sink = data;

  sink->link = p2p_link_new (sink->env, &sink->limits, pipe, FALSE, &events, &sink->count);
}

static void
test_flood_lets_draw (void)
{
  Sink sink = { .env = p2p_gio_env_new (NULL) };
  Drawing drawing = { 0 };
  guint16 port = 0;
  guint64 listener;
  GThread *thread;
  guint source;

  p2p_limits_init (&sink.limits);
  listener = sink.env->transport->ops->listen (sink.env->transport, "127.0.0.1", 0, FALSE, accept_sink_cb, &sink, &port, NULL);
  thread = g_thread_new ("flood", flood_thread, &port);
  wait_for (sink.count > 0);
  /* sixty times a second, as GTK draws */
  source = g_timeout_add_full (120, 16, draw_cb, &drawing, NULL);
  wait_for (drawing.drawn >= 60);
  g_source_remove (source);
  g_test_message ("longest pause %" G_GINT64_FORMAT " us, %" G_GUINT64_FORMAT " messages", drawing.longest, sink.count);
  g_assert_cmpuint (sink.count, >, 1000);
  /* 16 ms and a turn of the loop; the machine may be busy with other things */
  g_assert_cmpint (drawing.longest, <, 200 * G_TIME_SPAN_MILLISECOND);

  p2p_link_unref (sink.link);
  g_thread_join (thread);
  sink.env->transport->ops->unlisten (sink.env->transport, listener);
  free_env (sink.env);
}

/* A timer that sets the next one at once, for ever, does not keep bytes from coming and going. */

typedef struct {
  P2pEnv *env;
  guint64 handle;
  guint turns;
} Spinner;

static void
spin_cb (gpointer data)
{
  Spinner *spinner = data;

  spinner->turns++;
  spinner->handle = p2p_clock_schedule (spinner->env->clock, 0, spin_cb, spinner);
}

static void
test_spinning_timer_starves_nobody (void)
{
  Spinner spinner = { .env = p2p_gio_env_new (NULL) };
  Server server;

  server_start (&server, spinner.env, "127.0.0.1", FALSE);
  spin_cb (&spinner);
  check_echo (spinner.env, "127.0.0.1", &server, FALSE);
  g_assert_cmpuint (spinner.turns, >, 10);
  p2p_clock_cancel (spinner.env->clock, spinner.handle);
  server_stop (&server);
  free_env (spinner.env);
}

/* ---- back-pressure over a real socket ---- */

static void
test_slow_reader (gconstpointer data)
{
  gboolean secure = GPOINTER_TO_INT (data);
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;

  if (!skip_without_tls (env, secure))
    {
      g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
      LinkSide *side;

      server_start (&server, env, "127.0.0.1", secure);
      server.echo = FALSE;
      side = new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, secure), TRUE, &link_side_events);
      /* the loop does not turn meanwhile, so that nobody reads: the kernel's buffers fill, then our queue */
      for (guint i = 0; p2p_link_get_queued (side->link) < 4000000; i++)
        {
          P2pMessage *message = make_message (i, i % 5 == 0 ? 100000 : i % 2000, FALSE);

          g_assert_true (p2p_link_send (side->link, message, 0, NULL));
          g_ptr_array_add (sent, message);
        }
      wait_for (server.accepted->len > 0 && ((LinkSide *) server.accepted->pdata[0])->messages->len >= sent->len);
      assert_messages (server.accepted->pdata[0], sent);
      g_assert_cmpuint (p2p_link_get_queued (side->link), ==, 0);
      free_side (side);
      server_stop (&server);
    }
  free_env (env);
}

/* ---- clock and executor ---- */

static void
append_cb (gpointer data)
{
  g_string_append_c (((GString **) data)[0], (char) GPOINTER_TO_INT (((gpointer *) data)[1]));
}

static void
test_clock (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  gpointer entries[4][2] = { { log, (gpointer) 'a' }, { log, (gpointer) 'b' }, { log, (gpointer) 'c' }, { log, (gpointer) 'd' } };
  gint64 start = p2p_clock_now (env->clock);
  guint64 handle;

  p2p_clock_schedule (env->clock, 50000, append_cb, entries[3]);
  p2p_clock_schedule (env->clock, 0, append_cb, entries[0]);
  handle = p2p_clock_schedule (env->clock, 10000, append_cb, entries[2]);
  p2p_clock_schedule (env->clock, 0, append_cb, entries[1]);
  p2p_clock_cancel (env->clock, handle);
  g_assert_cmpstr (log->str, ==, "");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (log->str, ==, "ab");
  wait_for (log->len == 3);
  g_assert_cmpstr (log->str, ==, "abd");
  g_assert_cmpint (p2p_clock_now (env->clock) - start, >=, 50000);
  g_assert_cmpint (ABS (p2p_clock_utc (env->clock) - g_get_real_time ()), <, G_TIME_SPAN_SECOND);
  free_env (env);
}

typedef struct {
  GThread *thread;
  guint value;
} Job;

static gpointer
square_job (gpointer data)
{
  Job *job = data;

  job->thread = g_thread_self ();
  job->value *= job->value;
  return job;
}

static void
squared_cb (gpointer result, gpointer user_data)
{
  Job *job = result;

  g_assert_true (job->thread != g_thread_self ());
  *(guint *) user_data += job->value;
  g_free (job);
}

static guint freed;

static void
free_cb (gpointer data)
{
  freed++;
  g_free (data);
}

static void
test_executor (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  guint sum = 0;

  freed = 0;
  for (guint i = 0; i < 100; i++)
    {
      Job *job = g_new0 (Job, 1);
      guint64 handle;

      job->value = i;
      handle = env->executor->ops->run (env->executor, square_job, job, squared_cb, &sum);
      g_assert_cmpuint (handle, !=, 0);
      if (i % 10 == 5)
        env->executor->ops->cancel (env->executor, handle, free_cb);
    }
  g_assert_cmpuint (sum, ==, 0);
  wait_for (freed == 10 && sum == 328350 - 5 * 5 - 15 * 15 - 25 * 25 - 35 * 35 - 45 * 45 - 55 * 55 - 65 * 65 - 75 * 75 - 85 * 85 - 95 * 95);
  free_env (env);
}

static void
test_random (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  guint8 a[32] = { 0 }, b[32] = { 0 };

  p2p_random_fill (env->random, a, sizeof a);
  p2p_random_fill (env->random, b, sizeof b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
  free_env (env);
}

static void
test_lan_address (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  g_autofree char *address = env->transport->ops->lan_address (env->transport);

  g_assert_true (g_hostname_is_ip_address (address));
  g_assert_cmpstr (address, !=, "0.0.0.0");
  free_env (env);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/gio/clock", test_clock);
  g_test_add_func ("/link/gio/executor", test_executor);
  g_test_add_func ("/link/gio/random", test_random);
  g_test_add_func ("/link/gio/lan-address", test_lan_address);
  g_test_add_data_func ("/link/gio/echo/plaintext", GINT_TO_POINTER (FALSE), test_echo);
  g_test_add_data_func ("/link/gio/echo/ssl", GINT_TO_POINTER (TRUE), test_echo);
  g_test_add_func ("/link/gio/ipv6", test_ipv6);
  g_test_add_data_func ("/link/gio/last-words/plaintext", GINT_TO_POINTER (FALSE), test_last_words);
  g_test_add_data_func ("/link/gio/last-words/ssl", GINT_TO_POINTER (TRUE), test_last_words);
  g_test_add_data_func ("/link/gio/slow-reader/plaintext", GINT_TO_POINTER (FALSE), test_slow_reader);
  g_test_add_data_func ("/link/gio/slow-reader/ssl", GINT_TO_POINTER (TRUE), test_slow_reader);
  g_test_add_func ("/link/gio/dial-errors", test_dial_errors);
  g_test_add_func ("/link/gio/listen-errors", test_listen_errors);
  g_test_add_func ("/link/gio/set-accepting", test_set_accepting);
  g_test_add_func ("/link/gio/tls/meets-none", test_tls_meets_none);
  g_test_add_func ("/link/gio/time-outs", test_time_outs);
  g_test_add_func ("/link/gio/tls/pending-bound", test_tls_pending_bound);
  g_test_add_func ("/link/gio/hundred-links", test_hundred_links);
  g_test_add_func ("/link/gio/flood-lets-draw", test_flood_lets_draw);
  g_test_add_func ("/link/gio/spinning-timer-starves-nobody", test_spinning_timer_starves_nobody);
  return g_test_run ();
}
