/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fake environment keeps the promises of p2p-env.h: other tests stand on it. */
#include "test-env.h"
#include <string.h>

typedef struct {
  P2pPipe *pipe;
  GByteArray *bytes;
  guint received, writable, closed;
  gsize largest;
  GError *error;
} End;

static void
received_cb (gpointer data, const guint8 *bytes, gsize length)
{
  End *end = data;

  g_byte_array_append (end->bytes, bytes, length);
  end->largest = MAX (end->largest, length);
  end->received++;
}

static void
writable_cb (gpointer data)
{
  ((End *) data)->writable++;
}

static void
closed_cb (gpointer data, const GError *error)
{
  End *end = data;

  end->closed++;
  if (error != NULL)
    end->error = g_error_copy (error);
}

static const P2pPipeEvents events = { received_cb, writable_cb, closed_cb };

static void
end_start (End *end, P2pPipe *pipe)
{
  end->pipe = pipe;
  end->bytes = g_byte_array_new ();
  pipe->ops->start (pipe, &events, end);
}

static void
end_close (End *end)
{
  end->pipe->ops->close (end->pipe);
  g_byte_array_unref (end->bytes);
  g_clear_error (&end->error);
}

static void
note_cb (gpointer data)
{
  g_string_append_c (data, '.');
}

typedef struct { TestWorld *world; GString *log; const char *what; } Note;

static void
note_what_cb (gpointer data)
{
  Note *note = data;

  g_string_append (note->log, note->what);
}

static void
test_clock (void)
{
  TestWorld *world = test_world_new (1);
  P2pEnv *env = test_host_get_env (test_world_add_host (world, "a"));
  g_autoptr (GString) log = g_string_new (NULL);
  Note notes[3] = { { world, log, "a" }, { world, log, "b" }, { world, log, "c" } };
  gint64 start = p2p_clock_now (env->clock);
  guint64 handle;

  p2p_clock_schedule (env->clock, 20, note_what_cb, &notes[2]);
  p2p_clock_schedule (env->clock, 10, note_what_cb, &notes[0]);
  p2p_clock_schedule (env->clock, 10, note_what_cb, &notes[1]);
  handle = p2p_clock_schedule (env->clock, 15, note_cb, log);
  p2p_clock_cancel (env->clock, handle);
  p2p_clock_cancel (env->clock, handle);
  g_assert_cmpstr (log->str, ==, "");
  test_world_advance (world, 10);
  g_assert_cmpstr (log->str, ==, "ab");
  test_world_advance (world, 100);
  g_assert_cmpstr (log->str, ==, "abc");
  g_assert_cmpint (p2p_clock_now (env->clock), ==, start + 110);
  p2p_clock_cancel (env->clock, handle);
  test_world_free (world);
}

static gpointer
double_job (gpointer data)
{
  return GINT_TO_POINTER (2 * GPOINTER_TO_INT (data));
}

static void
done_cb (gpointer result, gpointer user_data)
{
  *(gint *) user_data += GPOINTER_TO_INT (result);
}

static void
test_executor (void)
{
  TestWorld *world = test_world_new (1);
  P2pEnv *env = test_host_get_env (test_world_add_host (world, "a"));
  gint sum = 0;
  guint64 handle;

  test_world_set_job_cost (world, 500);
  env->executor->ops->run (env->executor, double_job, GINT_TO_POINTER (21), done_cb, &sum);
  handle = env->executor->ops->run (env->executor, double_job, GINT_TO_POINTER (1000), done_cb, &sum);
  env->executor->ops->cancel (env->executor, handle, NULL);
  test_world_advance (world, 499);
  g_assert_cmpint (sum, ==, 0);
  test_world_advance (world, 1);
  g_assert_cmpint (sum, ==, 42);
  test_world_free (world);
}

/* Whatever the segmentation, the stream arrives as it was written, in order and after its delay. */
static void
test_segmentation (void)
{
  for (gsize chunk = 0; chunk < 40; chunk++)
    {
      TestWorld *world = test_world_new (chunk);
      TestHost *a = test_world_add_host (world, "a"), *b = test_world_add_host (world, "b");
      TestPath path = { .delay = 1000, .jitter = 300, .chunk = chunk / 2, .chunk_random = chunk % 2 };
      g_autoptr (GByteArray) all = g_byte_array_new ();
      P2pPipe *pipes[2];
      End left = { 0 }, right = { 0 };

      test_world_set_path (world, &path);
      test_world_pair (world, a, b, FALSE, &pipes[0], &pipes[1]);
      end_start (&left, pipes[0]);
      end_start (&right, pipes[1]);
      for (guint i = 0; i < 50; i++)
        {
          guint8 bytes[100];
          gsize length = test_rng_below (test_world_get_rng (world), sizeof bytes);

          memset (bytes, (gint) i, length);
          g_byte_array_append (all, bytes, length);
          g_assert_cmpuint (pipes[0]->ops->write (pipes[0], bytes, length), ==, length);
        }
      test_world_advance (world, 999);
      g_assert_cmpuint (right.bytes->len, ==, 0);
      test_world_advance (world, 1000);
      g_assert_cmpmem (right.bytes->data, right.bytes->len, all->data, all->len);
      if (path.chunk > 0)
        g_assert_cmpuint (right.largest, <=, path.chunk);
      end_close (&left);
      test_world_advance (world, 2000);
      g_assert_cmpuint (right.closed, ==, 1);
      g_assert_no_error (right.error);
      end_close (&right);
      g_assert_cmpuint (test_world_get_n_conns (world), ==, 0);
      test_world_free (world);
    }
}

static void
test_capacity (void)
{
  TestWorld *world = test_world_new (1);
  TestHost *a = test_world_add_host (world, "a"), *b = test_world_add_host (world, "b");
  TestPath path = { .capacity = 1000 };
  guint8 bytes[1500] = { 0 };
  P2pPipe *pipes[2];
  End left = { 0 }, right = { 0 };

  test_world_set_path (world, &path);
  test_world_pair (world, a, b, FALSE, &pipes[0], &pipes[1]);
  end_start (&left, pipes[0]);
  end_start (&right, pipes[1]);
  pipes[1]->ops->set_reading (pipes[1], FALSE);
  g_assert_cmpuint (pipes[0]->ops->write (pipes[0], bytes, sizeof bytes), ==, 1000);
  g_assert_cmpuint (pipes[0]->ops->write (pipes[0], bytes, sizeof bytes), ==, 0);
  test_world_advance (world, 10);
  g_assert_cmpuint (left.writable, ==, 0);
  g_assert_cmpuint (right.received, ==, 0);
  pipes[1]->ops->set_reading (pipes[1], TRUE);
  g_assert_cmpuint (right.received, ==, 0);
  test_world_advance (world, 10);
  g_assert_cmpuint (left.writable, ==, 1);
  g_assert_cmpuint (right.bytes->len, ==, 1000);
  end_close (&left);
  end_close (&right);
  test_world_free (world);
}

static void
test_cut_and_stall (void)
{
  TestWorld *world = test_world_new (1);
  TestHost *a = test_world_add_host (world, "a"), *b = test_world_add_host (world, "b");
  P2pPipe *pipes[2];
  End left = { 0 }, right = { 0 };
  TestConn *conn = test_world_pair (world, a, b, FALSE, &pipes[0], &pipes[1]);

  end_start (&left, pipes[0]);
  end_start (&right, pipes[1]);
  test_conn_stall (conn, TRUE);
  pipes[0]->ops->write (pipes[0], (const guint8 *) "x", 1);
  test_world_advance (world, G_TIME_SPAN_HOUR);
  g_assert_cmpuint (right.received, ==, 0);
  test_conn_stall (conn, FALSE);
  test_world_advance (world, 1);
  g_assert_cmpuint (right.received, ==, 1);

  test_conn_cut (conn);
  g_assert_cmpuint (pipes[0]->ops->write (pipes[0], (const guint8 *) "x", 1), ==, 1);
  test_world_settle (world);
  g_assert_cmpuint (left.closed, ==, 1);
  g_assert_cmpuint (right.closed, ==, 1);
  g_assert_error (left.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  g_assert_cmpuint (right.received, ==, 1);
  end_close (&left);
  end_close (&right);
  test_world_free (world);
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
  g_clear_error (&dialled->error);
  dialled->error = error != NULL ? g_error_copy (error) : NULL;
  dialled->calls++;
}

static void
accepted_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  g_ptr_array_add (data, pipe);
}

static guint64
dial (P2pEnv *env, const char *host, guint16 port, gboolean secure, Dialled *dialled)
{
  return env->transport->ops->dial (env->transport, host, port, secure, dialled_cb, dialled);
}

static void
test_dial (void)
{
  TestWorld *world = test_world_new (1);
  TestHost *a = test_world_add_host (world, "a"), *b = test_world_add_host (world, "b");
  P2pEnv *from = test_host_get_env (a), *to = test_host_get_env (b);
  TestPath path = { .delay = 1000 };
  g_autoptr (GPtrArray) accepted = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Dialled dialled = { 0 };
  guint16 port = 0, secure_port = 0;
  guint64 listener, secure_listener;
  guint8 digests[2][32], bindings[2][32];
  P2pPipeAddress own, peer;

  test_world_set_path (world, &path);
  listener = to->transport->ops->listen (to->transport, "0.0.0.0", 0, FALSE, accepted_cb, accepted, &port, &error);
  g_assert_no_error (error);
  secure_listener = to->transport->ops->listen (to->transport, "b", 4444, TRUE, accepted_cb, accepted, &secure_port, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (secure_port, ==, 4444);
  g_assert_cmpuint (to->transport->ops->listen (to->transport, "b", 4444, TRUE, accepted_cb, accepted, NULL, &error), ==, 0);
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_ADDRESS_IN_USE);

  dial (from, "b", secure_port, TRUE, &dialled);
  g_assert_cmpuint (dialled.calls, ==, 0);
  test_world_advance (world, 5000);
  g_assert_cmpuint (dialled.calls, ==, 1);
  g_assert_cmpuint (accepted->len, ==, 1);
  g_assert_true (dialled.pipe->ops->get_binding (dialled.pipe, bindings[0]));
  g_assert_true (((P2pPipe *) accepted->pdata[0])->ops->get_binding (accepted->pdata[0], bindings[1]));
  g_assert_cmpmem (bindings[0], 32, bindings[1], 32);
  g_assert_true (dialled.pipe->ops->get_digest (dialled.pipe, digests[0]));
  dialled.pipe->ops->get_own (dialled.pipe, &own);
  ((P2pPipe *) accepted->pdata[0])->ops->get_peer (accepted->pdata[0], &peer);
  g_assert_cmpstr (own.host, ==, test_host_get_address (a));
  g_assert_cmpstr (own.host, ==, peer.host);
  g_assert_cmpuint (own.port, ==, peer.port);
  dialled.pipe->ops->close (dialled.pipe);
  ((P2pPipe *) accepted->pdata[0])->ops->close (accepted->pdata[0]);
  g_ptr_array_set_size (accepted, 0);

  dial (from, "nobody.example", 1, FALSE, &dialled);
  test_world_settle (world);
  g_assert_error (dialled.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_RESOLVED);
  dial (from, "10.9.9.9", 1, FALSE, &dialled);
  test_world_settle (world);
  g_assert_error (dialled.error, P2P_LINK_ERROR, P2P_LINK_ERROR_UNREACHABLE);
  dial (from, "b", 1, FALSE, &dialled);
  test_world_advance (world, 5000);
  g_assert_error (dialled.error, P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED);
  test_host_set_silent (b, TRUE);
  dial (from, "b", port, FALSE, &dialled);
  test_world_advance (world, 9 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (dialled.calls, ==, 4);
  test_world_advance (world, G_TIME_SPAN_SECOND);
  g_assert_error (dialled.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT);
  test_host_set_silent (b, FALSE);

  /* TLS meets none */
  dial (from, "b", port, TRUE, &dialled);
  test_world_advance (world, 5000);
  g_assert_error (dialled.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS);
  g_assert_cmpuint (accepted->len, ==, 1);
  ((P2pPipe *) accepted->pdata[0])->ops->close (accepted->pdata[0]);
  g_ptr_array_set_size (accepted, 0);

  /* cancelled before and after the other side saw it */
  for (guint i = 0; i < 2; i++)
    {
      guint64 handle = dial (from, "b", port, FALSE, &dialled);

      test_world_advance (world, i == 0 ? 500 : 1500);
      from->transport->ops->cancel_dial (from->transport, handle);
      test_world_advance (world, 5000);
      g_assert_cmpuint (dialled.calls, ==, 6);
      g_assert_cmpuint (accepted->len, ==, i);
    }
  ((P2pPipe *) accepted->pdata[0])->ops->close (accepted->pdata[0]);
  g_ptr_array_set_size (accepted, 0);

  /* a listener that does not accept yet */
  to->transport->ops->set_accepting (to->transport, listener, FALSE);
  dial (from, "b", port, FALSE, &dialled);
  test_world_advance (world, 5000);
  g_assert_cmpuint (dialled.calls, ==, 7);
  g_assert_cmpuint (accepted->len, ==, 0);
  to->transport->ops->set_accepting (to->transport, listener, TRUE);
  test_world_settle (world);
  g_assert_cmpuint (accepted->len, ==, 1);
  dialled.pipe->ops->close (dialled.pipe);
  ((P2pPipe *) accepted->pdata[0])->ops->close (accepted->pdata[0]);

  to->transport->ops->unlisten (to->transport, listener);
  to->transport->ops->unlisten (to->transport, secure_listener);
  g_clear_error (&dialled.error);
  test_world_free (world);
}

static void
test_same_seed_same_run (void)
{
  g_autoptr (GByteArray) first = NULL;

  for (guint run = 0; run < 2; run++)
    {
      TestWorld *world = test_world_new (77);
      P2pEnv *env = test_host_get_env (test_world_add_host (world, "a"));
      guint8 bytes[64];

      p2p_random_fill (env->random, bytes, sizeof bytes);
      if (first == NULL)
        first = g_byte_array_append (g_byte_array_new (), bytes, sizeof bytes);
      else
        g_assert_cmpmem (first->data, first->len, bytes, sizeof bytes);
      test_world_free (world);
    }
}

static void
test_leak_is_found (void)
{
  if (g_test_subprocess ())
    {
      TestWorld *world = test_world_new (1);
      P2pEnv *env = test_host_get_env (test_world_add_host (world, "forgetful"));

      p2p_clock_schedule (env->clock, 10, note_cb, NULL);
      test_world_free (world);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*forgetful left behind*1 timers*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/fake-env/clock", test_clock);
  g_test_add_func ("/link/fake-env/executor", test_executor);
  g_test_add_func ("/link/fake-env/segmentation", test_segmentation);
  g_test_add_func ("/link/fake-env/capacity", test_capacity);
  g_test_add_func ("/link/fake-env/cut-and-stall", test_cut_and_stall);
  g_test_add_func ("/link/fake-env/dial", test_dial);
  g_test_add_func ("/link/fake-env/same-seed-same-run", test_same_seed_same_run);
  g_test_add_func ("/link/fake-env/leak-is-found", test_leak_is_found);
  return g_test_run ();
}
