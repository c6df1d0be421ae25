/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong with connections, and how the GIO environment says so. */
#include "free-port.h"
#include "gio-fixture.h"

static void
test_dial_errors (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  guint16 port = find_free_port ();
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
  g_clear_error (&error);
  /* A name would have to be looked up while the window waits. */
  g_assert_cmpuint (env->transport->ops->listen (env->transport, "no-such-host.invalid", 0, FALSE, accept_cb, &server, NULL, &error), ==, 0);
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS);
  g_assert_nonnull (strstr (error->message, "not a numeric address"));
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

/* While they stay, they lock nobody out either. */
static void
test_tls_siege (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;

  if (!skip_without_tls (env, TRUE))
    {
      P2pPipe *idle[40];
      gint64 start = g_get_monotonic_time (), quiet;

      server_start (&server, env, "127.0.0.1", TRUE);
      check_echo (env, "127.0.0.1", &server, TRUE);
      quiet = g_get_monotonic_time () - start;
      for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
        idle[i] = dial_pipe (env, "127.0.0.1", server.port, FALSE);
      start = g_get_monotonic_time ();
      check_echo (env, "127.0.0.1", &server, TRUE);
      /* Who waited for the forty would wait for ten seconds. */
      g_assert_cmpint (g_get_monotonic_time () - start, <, 3 * quiet + 7 * G_TIME_SPAN_SECOND);
      for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
        idle[i]->ops->close (idle[i]);
      server_stop (&server);
    }
  free_env (env);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
tick_cb (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

/* Connections, failed ones and listeners leave no descriptor behind. */
static void
test_descriptors (void)
{
  guint before = 0;
  guint tick;
  gint64 deadline;

  for (guint i = 0; i < 4; i++)
    for (guint secure = 0; secure < 2; secure++)
      {
        P2pEnv *env = p2p_gio_env_new (NULL);

        if (!secure || env->transport->ops->has_tls (env->transport))
          {
            Server server;

            server_start (&server, env, "127.0.0.1", secure);
            for (guint n = 0; n < 5; n++)
              {
                P2pPipe *pipe = dial_pipe (env, "127.0.0.1", server.port, secure);

                pipe->ops->close (pipe);
              }
            if (!secure && env->transport->ops->has_tls (env->transport))
              assert_dial_fails (env, "127.0.0.1", server.port, TRUE, P2P_LINK_ERROR_TLS, "127.0.0.1");
            server_stop (&server);
          }
        free_env (env);
        /* the first rounds load what stays: TLS, a thread or two; what goes yet may be counted too */
        if (i == 0)
          before = count_descriptors ();
      }
  deadline = g_get_monotonic_time () + DEADLINE;
  /* A handshake that was given up leaves its thread, and with it a descriptor, a little later; no event tells when. */
  tick = g_timeout_add (10, G_SOURCE_FUNC (tick_cb), NULL);
  while (count_descriptors () > before && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_cmpuint (count_descriptors (), <=, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/gio/dial-errors", test_dial_errors);
  g_test_add_func ("/link/gio/listen-errors", test_listen_errors);
  g_test_add_func ("/link/gio/tls/meets-none", test_tls_meets_none);
  g_test_add_func ("/link/gio/time-outs", test_time_outs);
  g_test_add_func ("/link/gio/tls/pending-bound", test_tls_pending_bound);
  g_test_add_func ("/link/gio/tls/siege", test_tls_siege);
  g_test_add_func ("/link/gio/descriptors", test_descriptors);
  return g_test_run ();
}
