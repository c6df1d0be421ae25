/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes before TLS: idle, dripping, stalling and lying clients; lack of descriptors; what sockets are set to. */
#include "gio-fixture.h"
#include "p2p/link/gio/p2p-gio-private.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define HONEST 20
#define AT_ONCE 50

/* ---- is it a ClientHello? ---- */

/* One of so many bytes, its message cut into records of so many */
static GByteArray *
make_hello (gsize message, gsize record)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree guint8 *whole = g_malloc0 (message);

  whole[0] = 1;
  whole[1] = (guint8) ((message - 4) >> 16);
  whole[2] = (guint8) ((message - 4) >> 8);
  whole[3] = (guint8) (message - 4);
  for (gsize at = 0; at < message; at += record)
    {
      gsize part = MIN (record, message - at);
      guint8 header[] = { 0x16, 3, 1, (guint8) (part >> 8), (guint8) part };

      g_byte_array_append (bytes, header, sizeof header);
      g_byte_array_append (bytes, whole + at, (guint) part);
    }
  return bytes;
}

static void
test_hello (void)
{
  static const gsize records[] = { 1, 2, 3, 5, 100, 517, 4096 };
  static const gsize messages[] = { 4, 5, 517, 1800, 2700 };
  gsize needed;

  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (messages); j++)
      {
        g_autoptr (GByteArray) hello = make_hello (messages[j], records[i]);
        gsize length = 0;

        /* What it asks for is enough to ask for more, and it never asks for more than there is. */
        while (!p2p_gio_hello_is_whole (hello->data, length, &needed))
          {
            g_assert_cmpuint (needed, >, length);
            g_assert_cmpuint (needed, <=, hello->len);
            length = needed;
          }
        g_assert_cmpuint (length, ==, hello->len);
      }
}

static void
assert_no_hello (GByteArray *bytes)
{
  gsize needed = 1;

  g_assert_false (p2p_gio_hello_is_whole (bytes->data, bytes->len, &needed));
  g_assert_cmpuint (needed, ==, 0);
}

static void
test_no_hello (void)
{
  g_autoptr (GByteArray) http = g_byte_array_append (g_byte_array_new (), (const guint8 *) "GET / HTTP/1.1", 14);
  g_autoptr (GByteArray) server_hello = make_hello (100, 100);
  g_autoptr (GByteArray) version = make_hello (100, 100);
  g_autoptr (GByteArray) empty = make_hello (100, 100);
  g_autoptr (GByteArray) huge = make_hello (20000, 16000);
  g_autoptr (GByteArray) many = make_hello (10000, 1);
  gsize needed;

  assert_no_hello (http);
  server_hello->data[5] = 2;
  assert_no_hello (server_hello);
  version->data[1] = 2;
  assert_no_hello (version);
  empty->data[3] = empty->data[4] = 0;
  assert_no_hello (empty);
  assert_no_hello (huge);
  assert_no_hello (many);
  /* in the first byte already */
  g_assert_false (p2p_gio_hello_is_whole ((const guint8 *) "G", 1, &needed));
  g_assert_cmpuint (needed, ==, 0);
}

/* ---- clients that mean no good ---- */

/* From an address of ours, in host order; 0: the usual. */
static int
connect_from (guint32 source, guint16 port)
{
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr = { g_htonl (source) } };
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (port), .sin_addr = { g_htonl (INADDR_LOOPBACK) } };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &own, sizeof own), ==, 0);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_assert_cmpint (errno, ==, EINPROGRESS);
  return fd;
}

static int
connect_raw (guint16 port)
{
  return connect_from (0, port);
}

typedef struct {
  guint16 port;
  guint n_idle, n;
  int fds[400];
  gsize sent[400];
  GByteArray *hello;
} Attack;

/* Each goes on with his byte, or comes again when he was thrown out. Not more at once than the backlog takes: the kernel would drop an
 * honest one too, which then tries again after a second. */
static gboolean
attack_cb (gpointer data)
{
  Attack *attack = data;
  guint again = 0;

  for (guint i = 0; i < attack->n; i++)
    {
      guint8 byte;

      if (recv (attack->fds[i], &byte, 1, MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != ENOTCONN))
        {
          if (again++ >= AT_ONCE)
            continue;
          close (attack->fds[i]);
          attack->fds[i] = connect_raw (attack->port);
          attack->sent[i] = 0;
        }
      else if (i >= attack->n_idle)
        {
          gssize n = send (attack->fds[i], attack->hello->data + attack->sent[i], 1, MSG_DONTWAIT | MSG_NOSIGNAL);

          attack->sent[i] += MAX (n, 0);
        }
    }
  return G_SOURCE_CONTINUE;
}

/* An honest one; on a slow machine its turn may end before it is through, and as every program does it tries again. */
static P2pPipe *
dial_again (P2pEnv *env, guint16 port)
{
  for (guint i = 0; ; i++)
    {
      Dialled dialled;

      dial (env, "127.0.0.1", port, TRUE, &dialled);
      wait_for (dialled.calls > 0);
      if (dialled.error == NULL)
        return dialled.pipe;
      g_assert_cmpuint (i, <, 5);
      g_clear_error (&dialled.error);
    }
}

static void
test_idle_and_dripping (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Attack attack = { .n_idle = 200, .n = 250, .hello = make_hello (2000, 4096) };
  gint64 longest = 0;
  Server server;
  guint source;

  if (!skip_without_tls (env, TRUE))
    {
      server_start (&server, env, "127.0.0.1", TRUE);
      attack.port = server.port;
      for (guint i = 0; i < attack.n; i++)
        {
          attack.fds[i] = connect_raw (server.port);
          if (i % AT_ONCE == AT_ONCE - 1)
            wait_for (server.failed + 2 * AT_ONCE > i);
        }
      source = g_timeout_add (20, attack_cb, &attack);
      for (guint i = 0; i < HONEST; i++)
        {
          gint64 start = g_get_monotonic_time ();
          P2pPipe *pipe = dial_again (env, server.port);

          longest = MAX (longest, g_get_monotonic_time () - start);
          pipe->ops->close (pipe);
        }
      g_source_remove (source);
      for (guint i = 0; i < attack.n; i++)
        close (attack.fds[i]);
      g_test_message ("%d connections in %" G_GINT64_FORMAT " us at most, %u others came to nothing", HONEST, longest, server.failed);
      g_assert_cmpint (longest, <, 30 * G_TIME_SPAN_SECOND);
      wait_for (server.accepted->len == HONEST);
      server_stop (&server);
    }
  g_byte_array_unref (attack.hello);
  free_env (env);
}

/* A real ClientHello, as our own client says it. */
static gsize
record_hello (P2pEnv *env, guint8 hello[4096])
{
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), taken = -1;
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr = { g_htonl (INADDR_LOOPBACK) } };
  socklen_t own_length = sizeof own;
  gssize length = 0;
  Dialled dialled;
  guint64 handle;

  g_assert_cmpint (bind (listener, (struct sockaddr *) &own, sizeof own), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &own, &own_length), ==, 0);
  handle = dial (env, "127.0.0.1", g_ntohs (own.sin_port), TRUE, &dialled);
  wait_for ((taken = accept (listener, NULL, NULL)) >= 0);
  wait_for ((length = recv (taken, hello, 4096, MSG_DONTWAIT)) > 0);
  env->transport->ops->cancel_dial (env->transport, handle);
  close (taken);
  close (listener);
  return (gsize) length;
}

/* A whole ClientHello, which has them take a thread each, and not a word more. */
static void
test_stalling (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;
  P2pLimits limits;

  if (!skip_without_tls (env, TRUE))
    {
      gint64 longest = 0;
      P2pPipe *recorder;
      guint8 hello[4096];
      gssize length = (gssize) record_hello (env, hello);
      int fds[40];

      server_start (&server, env, "127.0.0.1", TRUE);
      p2p_limits_init (&limits);
      limits.tls_handshakes = 2;
      limits.tls_patience = 1;
      env->transport->ops->set_gate (env->transport, server.listener, &limits, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          fds[i] = connect_raw (server.port);
          wait_for (send (fds[i], hello, (gsize) length, MSG_DONTWAIT | MSG_NOSIGNAL) == length);
        }
      for (guint i = 0; i < 5; i++)
        {
          gint64 start = g_get_monotonic_time ();

          recorder = dial_again (env, server.port);
          longest = MAX (longest, g_get_monotonic_time () - start);
          recorder->ops->close (recorder);
        }
      g_test_message ("5 connections in %" G_GINT64_FORMAT " us at most, %u others came to nothing", longest, server.failed);
      /* That is a turn of tls_patience, and not the tls_seconds of all the others; the rest is for machines that are slow. */
      g_assert_cmpint (longest, <, 30 * G_TIME_SPAN_SECOND);
      g_assert_cmpuint (server.failed, >, 0);
      wait_for (server.accepted->len >= 5);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        close (fds[i]);
      server_stop (&server);
    }
  free_env (env);
}

/* Whoever is alone of his net has the next turn, whoever came before and after him. */
static void
test_turns_of_a_net (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;
  P2pLimits limits;

  if (!skip_without_tls (env, TRUE))
    {
      guint8 hello[4096], answer;
      gssize length = (gssize) record_hello (env, hello);
      int fds[24], honest = -1;
      guint answered = 0;

      server_start (&server, env, "127.0.0.1", TRUE);
      p2p_limits_init (&limits);
      env->transport->ops->set_gate (env->transport, server.listener, &limits, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          if (i == G_N_ELEMENTS (fds) / 2)
            {
              honest = connect_raw (server.port);
              wait_for (send (honest, hello, (gsize) length, MSG_DONTWAIT | MSG_NOSIGNAL) == length);
            }
          /* each of its own address, all of one net */
          fds[i] = connect_from (0x7f000101 + i, server.port);
          wait_for (send (fds[i], hello, (gsize) length, MSG_DONTWAIT | MSG_NOSIGNAL) == length);
        }
      wait_for (recv (honest, &answer, 1, MSG_DONTWAIT) == 1);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          answered += recv (fds[i], &answer, 1, MSG_DONTWAIT) == 1;
          close (fds[i]);
        }
      /* those who were there first, and those whose turn began when his did */
      g_test_message ("%u of the others were answered before", answered);
      g_assert_cmpuint (answered, <, G_N_ELEMENTS (fds) / 2);
      close (honest);
      server_stop (&server);
    }
  free_env (env);
}

/* ---- what is told ---- */

static void
test_failures_are_told (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;
  P2pLimits limits;
  int fds[4];

  if (skip_without_tls (env, TRUE))
    {
      free_env (env);
      return;
    }
  server_start (&server, env, "127.0.0.1", TRUE);
  p2p_limits_init (&limits);
  limits.tls_seconds = 1;
  limits.pending_links = 2;
  env->transport->ops->set_gate (env->transport, server.listener, &limits, NULL);

  fds[0] = connect_raw (server.port);
  wait_for (send (fds[0], "hello", 5, MSG_NOSIGNAL) == 5);
  wait_for (server.failed == 1);
  g_assert_error (server.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS);
  g_assert_nonnull (strstr (server.error->message, "127.0.0.1:"));
  g_assert_nonnull (strstr (server.error->message, "does not speak TLS"));

  /* half a word, and the end */
  fds[1] = connect_raw (server.port);
  wait_for (send (fds[1], "\x16\x03\x01\x01\x00\x01", 6, MSG_NOSIGNAL) == 6);
  g_assert_cmpint (shutdown (fds[1], SHUT_WR), ==, 0);
  wait_for (server.failed == 2);
  g_assert_error (server.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);

  /* pending_links: of three one goes, the oldest; the others when their time is over */
  for (guint i = 1; i < 4; i++)
    {
      if (i == 1)
        close (fds[i]);
      fds[i] = connect_raw (server.port);
    }
  wait_for (server.failed == 3);
  g_assert_error (server.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY);
  wait_for (server.failed == 5);
  g_assert_error (server.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT);
  for (guint i = 0; i < 4; i++)
    close (fds[i]);
  server_stop (&server);
  free_env (env);
}

static gboolean
refuse_cb (const P2pPipeAddress *address, guint same, GError **error, gpointer data)
{
  g_assert_cmpstr (address->host, ==, "127.0.0.1");
  if (same < 3)
    return TRUE;
  g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY, "no more than %u", same);
  return FALSE;
}

/* Whoever admits knows how many of an address wait for TLS already. */
static void
test_admission (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;
  P2pLimits limits;
  int fds[4];
  guint8 byte;

  if (!skip_without_tls (env, TRUE))
    {
      server_start (&server, env, "127.0.0.1", TRUE);
      p2p_limits_init (&limits);
      env->transport->ops->set_gate (env->transport, server.listener, &limits, refuse_cb);
      for (guint i = 0; i < 4; i++)
        fds[i] = connect_raw (server.port);
      wait_for (server.failed == 1);
      g_assert_error (server.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY);
      g_assert_nonnull (strstr (server.error->message, "no more than 3"));
      wait_for (recv (fds[3], &byte, 1, MSG_DONTWAIT) == 0);
      for (guint i = 0; i < 4; i++)
        close (fds[i]);
      server_stop (&server);
    }
  free_env (env);
}

/* ---- no descriptor is left ---- */

#define CLIENTS 30

static void
run_out_of_descriptors (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  struct rlimit limit;
  int fds[CLIENTS], top;
  LinkSide *side;
  g_autoptr (P2pMessage) message = make_message (1, 10, FALSE);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { g_htonl (INADDR_LOOPBACK) } };
  guint taken;
  Server server;

  server_start (&server, env, "127.0.0.1", FALSE);
  address.sin_port = g_htons (server.port);
  side = new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, FALSE), TRUE, &link_side_events);
  wait_for (server.accepted->len == 1);
  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  top = dup (0);
  close (top);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = (rlim_t) top + 5 + P2P_LIMIT_DESCRIPTOR_RESERVE;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  for (guint i = 0; i < CLIENTS; i++)
    connect (fds[i], (struct sockaddr *) &address, sizeof address);
  wait_for (server.failed > 0);
  g_assert_error (server.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY);
  taken = server.accepted->len - 1;
  g_assert_cmpuint (taken, >, 0);
  g_assert_cmpuint (taken, <=, 5);

  /* The link lives on, our own dials have what is kept for them, and it was told once. */
  g_assert_true (p2p_link_send (side->link, message, 0, NULL));
  wait_for (side->messages->len == 1);
  for (guint i = 0; i < P2P_LIMIT_DESCRIPTOR_RESERVE; i++)
    {
      int spare = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

      g_assert_cmpint (spare, >=, 0);
      close (spare);
    }
  g_assert_cmpuint (server.accepted->len - 1, ==, taken);
  g_assert_cmpuint (server.failed, ==, 1);

  /* Some go, others come in. */
  for (guint i = 0; i < CLIENTS / 2; i++)
    close (fds[i]);
  wait_for (server.accepted->len - 1 == CLIENTS);
  for (guint i = CLIENTS / 2; i < CLIENTS; i++)
    close (fds[i]);
  free_side (side);
  server_stop (&server);
  free_env (env);
}

static void
test_descriptors (void)
{
  if (g_test_subprocess ())
    {
      run_out_of_descriptors ();
      return;
    }
  g_test_trap_subprocess (NULL, 60 * G_TIME_SPAN_SECOND, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* ---- dead lines ---- */

static gint
get_option (P2pLink *link, gint level, gint option)
{
  gint value = -1;
  socklen_t length = sizeof value;

  g_assert_cmpint (getsockopt (p2p_link_get_fd (link), level, option, &value, &length), ==, 0);
  return value;
}

static void
test_socket_options (void)
{
  P2pEnv *env = p2p_gio_env_new (NULL);
  Server server;
  LinkSide *sides[2];

  server_start (&server, env, "127.0.0.1", FALSE);
  sides[0] = new_side (env, &server.limits, dial_pipe (env, "127.0.0.1", server.port, FALSE), TRUE, &link_side_events);
  wait_for (server.accepted->len == 1);
  sides[1] = server.accepted->pdata[0];
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (get_option (sides[i]->link, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
      g_assert_cmpint (get_option (sides[i]->link, IPPROTO_TCP, TCP_KEEPIDLE), ==, 60);
      g_assert_cmpint (get_option (sides[i]->link, IPPROTO_TCP, TCP_KEEPINTVL), ==, 15);
      g_assert_cmpint (get_option (sides[i]->link, IPPROTO_TCP, TCP_KEEPCNT), ==, 4);
      g_assert_cmpint (get_option (sides[i]->link, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 120000);
      g_assert_cmpint (get_option (sides[i]->link, IPPROTO_TCP, TCP_NODELAY), ==, 1);
    }
  free_side (sides[0]);
  server_stop (&server);
  free_env (env);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/gio/hello", test_hello);
  g_test_add_func ("/link/gio/no-hello", test_no_hello);
  g_test_add_func ("/link/gio/idle-and-dripping", test_idle_and_dripping);
  g_test_add_func ("/link/gio/stalling", test_stalling);
  g_test_add_func ("/link/gio/turns-of-a-net", test_turns_of_a_net);
  g_test_add_func ("/link/gio/failures-are-told", test_failures_are_told);
  g_test_add_func ("/link/gio/admission", test_admission);
  g_test_add_func ("/link/gio/descriptors", test_descriptors);
  g_test_add_func ("/link/gio/socket-options", test_socket_options);
  return g_test_run ();
}
