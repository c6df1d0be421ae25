/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GIO environment under load: many links, floods, slow readers. */
#include "gio-fixture.h"
#include "test-slowness.h"
#include "p2p/wire/p2p-message-private.h"

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
  guint late;
  double last;
} Drawing;

static gboolean
draw_cb (gpointer data)
{
  Drawing *drawing = data;
  double now = test_cpu_ms ();

  /* this thread worked for so long before it came to draw; what it waited for others is not counted */
  if (drawing->drawn++ > 0)
    drawing->late += now - drawing->last > 200;
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
accept_sink_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
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
  g_test_message ("%u of %u came late, %" G_GUINT64_FORMAT " messages", drawing.late, drawing.drawn, sink.count);
  g_assert_cmpuint (sink.count, >, 1000);
  /* 16 ms and a turn of the loop each */
  g_assert_cmpuint (drawing.late, <, drawing.drawn / 4);

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/gio/hundred-links", test_hundred_links);
  g_test_add_func ("/link/gio/flood-lets-draw", test_flood_lets_draw);
  g_test_add_func ("/link/gio/spinning-timer-starves-nobody", test_spinning_timer_starves_nobody);
  g_test_add_data_func ("/link/gio/slow-reader/plaintext", GINT_TO_POINTER (FALSE), test_slow_reader);
  g_test_add_data_func ("/link/gio/slow-reader/ssl", GINT_TO_POINTER (TRUE), test_slow_reader);
  return g_test_run ();
}
