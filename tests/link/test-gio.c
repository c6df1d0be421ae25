/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GIO environment by itself and with two links on it, over loopback. */
#include "gio-fixture.h"
#include "p2p/api/p2p-mesh-socket.h"

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

  g_autofree char *public_address = p2p_get_lan_address ();

  g_assert_true (g_hostname_is_ip_address (address));
  g_assert_cmpstr (address, !=, "0.0.0.0");
  g_assert_cmpstr (address, ==, public_address);
  free_env (env);
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

/* ---- how much is read at once ---- */

typedef struct {
  P2pPipe *in, *out;
  gsize    left, total;
  gsize    last, most;          /* of what came at once; since it is quick */
  gboolean slow;
} Stream;

static void
pour (Stream *self)
{
  static const guint8 bytes[64 * 1024];
  gsize n;

  do
    {
      n = self->out->ops->write (self->out, bytes, MIN (sizeof bytes, self->left));
      self->left -= n;
    }
  while (n == sizeof bytes && self->left > 0);
}

static void
stream_accept_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  ((Stream *) data)->out = pipe;
}

static void
stream_received (gpointer data, const guint8 *bytes, gsize length)
{
  Stream *self = data;
  gint64 end = g_get_monotonic_time () + 3000;

  self->total += length;
  self->last = length;
  if (!self->slow)
    self->most = MAX (self->most, length);
  while (self->slow && g_get_monotonic_time () < end)
    ;
}

static void
stream_writable (gpointer data)
{
  pour (data);
}

static void
stream_closed (gpointer data, const GError *error)
{
}

/* A thousand short messages take longer than a long one: whoever takes long for what came gets less at once, and more again when he is quick. */
static void
test_read_less (void)
{
  static const P2pPipeEvents events = { .received = stream_received, .writable = stream_writable, .closed = stream_closed };
  const gsize least = 8 * 1024, half = 2 * 1024 * 1024;
  P2pEnv *env = p2p_gio_env_new (NULL);
  Stream stream = { .left = 2 * half, .slow = TRUE };
  g_autoptr (GError) error = NULL;
  guint16 port;
  guint64 listener = env->transport->ops->listen (env->transport, "127.0.0.1", 0, FALSE, stream_accept_cb, &stream, &port, &error);

  g_assert_no_error (error);
  stream.in = dial_pipe (env, "127.0.0.1", port, FALSE);
  wait_for (stream.out != NULL);
  stream.in->ops->start (stream.in, &events, &stream);
  stream.out->ops->start (stream.out, &events, &stream);
  pour (&stream);
  wait_for (stream.total >= half / 8);
  g_assert_cmpuint (stream.last, <=, least);
  stream.slow = FALSE;
  wait_for (stream.total == 2 * half);
  g_assert_cmpuint (stream.most, >, least);
  stream.in->ops->close (stream.in);
  stream.out->ops->close (stream.out);
  env->transport->ops->unlisten (env->transport, listener);
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
  g_test_add_data_func ("/link/gio/last-words/plaintext", GINT_TO_POINTER (FALSE), test_last_words);
  g_test_add_data_func ("/link/gio/last-words/ssl", GINT_TO_POINTER (TRUE), test_last_words);
  g_test_add_func ("/link/gio/ipv6", test_ipv6);
  g_test_add_func ("/link/gio/set-accepting", test_set_accepting);
  g_test_add_func ("/link/gio/read-less", test_read_less);
  return g_test_run ();
}
