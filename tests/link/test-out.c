/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How messages leave a link: order, coalescing, compression, bounds. */
#include "out-helpers.h"

static const guint8 zlib_only[] = { P2P_COMPRESSION_ZLIB };
static const guint8 lzma_only[] = { P2P_COMPRESSION_LZMA };

static void
test_coalescing (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
  g_autoptr (GPtrArray) sent = new_messages ();
  gsize total = 0;

  send_new (&fixture->sides[0], sent, make_message (0, 64, FALSE));
  g_assert_cmpuint (n_writes (fixture), ==, 1);
  g_assert_cmpuint (nth_write (fixture, 0), ==, frame_length (sent->pdata[0]));
  for (guint i = 1; i < 100; i++)
    {
      send_new (&fixture->sides[0], sent, make_message (i, 64, FALSE));
      total += frame_length (sent->pdata[i]);
    }
  g_assert_cmpuint (n_writes (fixture), ==, 1);
  g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), ==, total);
  test_world_settle (fixture->world);
  g_assert_cmpuint (n_writes (fixture), ==, 2);
  g_assert_cmpuint (nth_write (fixture, 1), ==, total);
  g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), ==, 0);
  assert_messages (&fixture->sides[1], sent);

  /* the turn is over: the next one leaves at once again */
  send_new (&fixture->sides[0], sent, make_message (100, 64, FALSE));
  g_assert_cmpuint (n_writes (fixture), ==, 3);
  test_world_settle (fixture->world);
  g_assert_cmpuint (n_writes (fixture), ==, 3);
  g_assert_cmpuint (test_host_get_n_timers (fixture->hosts[0]), ==, 0);
  link_fixture_free (fixture);
}

/* What leads waits for what it belongs to, and no longer than the turn; the two leave at once. */
static void
test_leading (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
  LinkSide *side = &fixture->sides[0];
  g_autoptr (GPtrArray) sent = new_messages ();

  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (sent, make_message (i, 64, FALSE));
  g_assert_true (p2p_link_send (side->link, sent->pdata[0], P2P_LINK_SEND_MORE, NULL));
  g_assert_cmpuint (n_writes (fixture), ==, 0);
  g_assert_true (p2p_link_send (side->link, sent->pdata[1], P2P_LINK_SEND_DEFAULT, NULL));
  g_assert_cmpuint (p2p_link_get_queued (side->link), ==, 0);
  g_assert_cmpuint (n_writes (fixture), >, 0);
  /* behind others it is as they are */
  g_assert_true (p2p_link_send (side->link, sent->pdata[2], P2P_LINK_SEND_MORE, NULL));
  g_assert_cmpuint (p2p_link_get_queued (side->link), ==, frame_length (sent->pdata[2]));
  test_world_settle (fixture->world);
  g_assert_cmpuint (p2p_link_get_queued (side->link), ==, 0);
  /* nothing follows */
  g_assert_true (p2p_link_send (side->link, sent->pdata[3], P2P_LINK_SEND_MORE, NULL));
  g_assert_cmpuint (p2p_link_get_queued (side->link), ==, frame_length (sent->pdata[3]));
  test_world_settle (fixture->world);
  assert_messages (&fixture->sides[1], sent);
  g_assert_cmpuint (test_host_get_n_timers (fixture->hosts[0]), ==, 0);
  link_fixture_free (fixture);
}

static void
test_flush_when_much (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
  g_autoptr (GPtrArray) sent = new_messages ();

  for (guint i = 0; i < 2000; i++)
    {
      send_new (&fixture->sides[0], sent, make_message (i, 64 + i % 100 * (i % 50 == 0 ? 500 : 1), FALSE));
      g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), <, 64 * 1024);
    }
  /* a write for about 64 KiB each, and one for each of the large ones */
  g_assert_cmpuint (n_writes (fixture), <, 120);
  test_world_settle (fixture->world);
  assert_writes_end_at_frames (fixture);
  assert_messages (&fixture->sides[1], sent);
  link_fixture_free (fixture);
}

static void
test_full_pipe (void)
{
  TestPath path = { .delay = 10, .capacity = 1000, .chunk = 333 };
  LinkFixture *fixture = link_fixture_new_established (1, &path, NULL, 0);
  g_autoptr (GPtrArray) sent = new_messages ();

  for (guint i = 0; i < 200; i++)
    send_new (&fixture->sides[0], sent, make_message (i, i % 7 == 0 ? 30000 : i, FALSE));
  test_world_advance (fixture->world, SECOND);
  assert_messages (&fixture->sides[1], sent);
  link_fixture_free (fixture);
}

static void
test_queue_bound (void)
{
  TestPath path = { .capacity = 1000 };
  LinkFixture *fixture = link_fixture_new_established (1, &path, NULL, 0);
  g_autoptr (GPtrArray) sent = new_messages ();
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) huge = make_message (7, 200000, FALSE);

  fixture->limits.out_queue = 100000;
  test_conn_stall (fixture->conn, TRUE);
  g_assert_false (p2p_link_send (fixture->sides[0].link, huge, 0, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_QUEUE_FULL);
  g_clear_error (&error);
  for (guint i = 0;; i++)
    {
      g_autoptr (P2pMessage) message = make_message (i, 500, FALSE);

      if (!p2p_link_send (fixture->sides[0].link, message, 0, &error))
        break;
      g_ptr_array_add (sent, g_steal_pointer (&message));
      g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), <=, fixture->limits.out_queue);
    }
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_QUEUE_FULL);
  g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), >, fixture->limits.out_queue - 700);
  g_assert_false (p2p_link_resend_last (fixture->sides[0].link));
  g_assert_false (p2p_link_send_raw (fixture->sides[0].link, p2p_message_peek_frame (huge, &(gsize) { 0 }), 700, NULL));
  link_fixture_free (fixture);
}

static void
test_refused_is_not_taken (void)
{
  TestPath path = { .capacity = 1000 };
  LinkFixture *fixture = link_fixture_new_established (1, &path, NULL, 0);
  g_autoptr (GPtrArray) sent = new_messages ();
  guint refused = 0;

  fixture->limits.out_queue = 50000;
  test_conn_stall (fixture->conn, TRUE);
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (P2pMessage) message = make_message (i, i, FALSE);

      if (p2p_link_send (fixture->sides[0].link, message, 0, NULL))
        g_ptr_array_add (sent, g_steal_pointer (&message));
      else
        refused++;
    }
  g_assert_cmpuint (refused, >, 0);
  test_conn_stall (fixture->conn, FALSE);
  test_world_advance (fixture->world, SECOND);
  assert_messages (&fixture->sides[1], sent);
  link_fixture_free (fixture);
}

/* Above half of the bound for 30 s: the end. Below half, for ever. A dip below starts the time again. */
static void
test_slow_reader (void)
{
  for (guint bytes = 40000; bytes <= 60000; bytes += 20000)
    {
      TestPath path = { .capacity = 100 };
      LinkFixture *fixture = link_fixture_new_established (1, &path, NULL, 0);
      g_autoptr (P2pMessage) message = make_message (1, bytes, FALSE);

      fixture->limits.out_queue = 100000;
      test_conn_stall (fixture->conn, TRUE);
      send (&fixture->sides[0], message);
      test_world_advance (fixture->world, 30 * SECOND - 1);
      g_assert_cmpuint (fixture->sides[0].closed, ==, 0);
      test_world_advance (fixture->world, 1);
      if (bytes > 50000)
        assert_ended (&fixture->sides[0], P2P_LINK_ERROR_QUEUE_FULL, "too slowly");
      else
        g_assert_cmpuint (fixture->sides[0].closed, ==, 0);
      link_fixture_free (fixture);
    }
}

static void
test_dip_restarts_the_time (void)
{
  TestPath path = { .capacity = 100 };
  LinkFixture *fixture = link_fixture_new_established (1, &path, NULL, 0);
  g_autoptr (P2pMessage) message = make_message (1, 60000, FALSE);

  fixture->limits.out_queue = 100000;
  for (guint i = 0; i < 3; i++)
    {
      test_conn_stall (fixture->conn, TRUE);
      send (&fixture->sides[0], message);
      test_world_advance (fixture->world, 20 * SECOND);
      test_conn_stall (fixture->conn, FALSE);
      test_world_advance (fixture->world, 1);
    }
  g_assert_cmpuint (fixture->sides[0].closed, ==, 0);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 3);
  link_fixture_free (fixture);
}

static void
test_compression (void)
{
  static const guint8 theirs[] = { 0x14, P2P_COMPRESSION_LZMA, P2P_COMPRESSION_GZIP, P2P_COMPRESSION_ZLIB };
  static const guint8 own_order[] = { P2P_COMPRESSION_LZMA, P2P_COMPRESSION_GZIP, P2P_COMPRESSION_ZLIB };
  LinkFixture *fixture = link_fixture_new_established (1, NULL, theirs, G_N_ELEMENTS (theirs));
  g_autoptr (P2pMessage) small = make_message (1, 10, TRUE);
  g_autoptr (P2pMessage) random = make_message (2, 3000, FALSE);
  g_autoptr (P2pMessage) text = make_message (3, 3000, TRUE);
  LinkSide *side = &fixture->sides[0];
  gsize n_methods;

  /* the first of ours that is in the peer's list */
  g_assert_cmpint (p2p_link_get_send_method (side->link), ==, P2P_COMPRESSION_ZLIB);
  g_assert_cmpmem (p2p_link_get_methods (side->link, &n_methods), n_methods, theirs, sizeof theirs);

  send (side, small);
  test_world_settle (fixture->world);
  g_assert_cmpuint (nth_write (fixture, 0), ==, frame_length (small));
  send (side, random);
  test_world_settle (fixture->world);
  g_assert_cmpuint (nth_write (fixture, 1), ==, frame_length (random));
  send (side, text);
  test_world_settle (fixture->world);
  g_assert_cmpuint (nth_write (fixture, 2), <, frame_length (text) * 3 / 4);
  g_assert_true (p2p_link_send (side->link, text, P2P_LINK_SEND_PLAIN, NULL));
  test_world_settle (fixture->world);
  g_assert_cmpuint (nth_write (fixture, 3), ==, frame_length (text));
  p2p_link_set_compressing (side->link, FALSE);
  g_assert_cmpint (p2p_link_get_send_method (side->link), ==, P2P_COMPRESSION_NONE);
  send (side, text);
  test_world_settle (fixture->world);
  g_assert_cmpuint (nth_write (fixture, 4), ==, frame_length (text));
  p2p_link_set_compressing (side->link, TRUE);
  p2p_link_set_methods (side->link, NULL, 0);
  send (side, text);
  test_world_settle (fixture->world);
  g_assert_cmpuint (nth_write (fixture, 5), ==, frame_length (text));
  /* the same message again by another method: the remembered body is not taken for it */
  p2p_link_set_methods (side->link, zlib_only, 1);
  send (side, text);
  test_world_settle (fixture->world);
  p2p_link_set_methods (side->link, theirs + 2, 1);
  send (side, text);
  test_world_settle (fixture->world);
  g_assert_cmpmem (test_conn_get_written (fixture->conn, 0)->data + test_conn_get_written (fixture->conn, 0)->len - nth_write (fixture, 7) + 4, 2, "\x1f\x8b", 2);
  /* what we send with can be less than what there is, and is in our order */
  p2p_link_set_methods (side->link, own_order, G_N_ELEMENTS (own_order));
  p2p_link_set_own_methods (side->link, own_order + 1, 2);
  g_assert_cmpint (p2p_link_get_send_method (side->link), ==, P2P_COMPRESSION_GZIP);
  p2p_link_set_own_methods (side->link, own_order, 1);
  g_assert_cmpint (p2p_link_get_send_method (side->link), ==, P2P_COMPRESSION_LZMA);
  p2p_link_set_methods (side->link, own_order + 1, 2);
  g_assert_cmpint (p2p_link_get_send_method (side->link), ==, P2P_COMPRESSION_NONE);
  p2p_link_set_own_methods (side->link, NULL, 0);
  p2p_link_set_methods (side->link, own_order, G_N_ELEMENTS (own_order));
  g_assert_cmpint (p2p_link_get_send_method (side->link), ==, P2P_COMPRESSION_NONE);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 8);
  g_assert_no_error (fixture->sides[1].error);
  link_fixture_free (fixture);
}

/* A long one is packed elsewhere; those behind it wait, and it keeps its place. */
static void
test_place_is_kept (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, lzma_only, 1);
  g_autoptr (GPtrArray) sent = new_messages ();

  test_world_set_job_cost (fixture->world, SECOND);
  send_new (&fixture->sides[0], sent, make_message (0, 5000, TRUE));
  send_new (&fixture->sides[0], sent, make_message (1, 10, TRUE));
  g_assert_true (p2p_link_send_raw (fixture->sides[0].link, p2p_message_peek_frame (sent->pdata[1], &(gsize) { 0 }), frame_length (sent->pdata[1]), NULL));
  g_ptr_array_add (sent, p2p_message_ref (sent->pdata[1]));
  test_world_advance (fixture->world, SECOND / 2);
  g_assert_cmpuint (n_writes (fixture), ==, 0);
  g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), >, 5000);
  test_world_advance (fixture->world, SECOND);
  assert_messages (&fixture->sides[1], sent);
  g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), ==, 0);
  link_fixture_free (fixture);
}

static void
test_close_sends_what_waits (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, lzma_only, 1);
  g_autoptr (GPtrArray) sent = new_messages ();

  test_world_set_job_cost (fixture->world, SECOND);
  send_new (&fixture->sides[0], sent, make_message (0, 10, TRUE));
  send_new (&fixture->sides[0], sent, make_message (1, 10, TRUE));
  send_new (&fixture->sides[0], sent, make_message (2, 5000, TRUE));
  send_new (&fixture->sides[0], sent, make_message (3, 10, TRUE));
  p2p_link_close (fixture->sides[0].link);
  test_world_settle (fixture->world);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    assert_same_message (fixture->sides[1].messages->pdata[i], sent->pdata[i]);
  g_assert_cmpuint (test_host_get_n_jobs (fixture->hosts[0]), ==, 0);
  link_fixture_free (fixture);
}

static void
test_resend_last (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, zlib_only, 1);
  g_autoptr (P2pMessage) text = make_message (3, 3000, TRUE);
  GByteArray *written = test_conn_get_written (fixture->conn, 0);
  gsize length;

  g_assert_false (p2p_link_resend_last (fixture->sides[0].link));
  send (&fixture->sides[0], text);
  test_world_settle (fixture->world);
  length = written->len;
  g_assert_cmpuint (length, <, 3000);
  p2p_link_set_compressing (fixture->sides[0].link, FALSE);
  g_assert_true (p2p_link_resend_last (fixture->sides[0].link));
  test_world_settle (fixture->world);
  g_assert_cmpuint (written->len, ==, 2 * length);
  g_assert_cmpmem (written->data, length, written->data + length, length);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 2);
  g_assert_true (p2p_link_send_raw (fixture->sides[0].link, written->data, 10, NULL));
  g_assert_true (p2p_link_resend_last (fixture->sides[0].link));
  test_world_settle (fixture->world);
  g_assert_cmpuint (written->len, ==, 2 * length + 20);
  p2p_link_close (fixture->sides[0].link);
  g_assert_false (p2p_link_resend_last (fixture->sides[0].link));
  link_fixture_free (fixture);
}

/* One in 500 digests begins like zlib data; js2p would try to unpack it, and hang. */
static void
test_no_digest_like_zlib (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, zlib_only, 1);
  LinkSide *side = &fixture->sides[0];
  guint alike = 0;

  for (guint n = 0; alike < 4; n++)
    {
      /* short ones, which are not packed, and ones that do not get smaller by it */
      g_autoptr (P2pMessage) message = make_message (n, n % 2 == 0 ? 20 : 300, FALSE);
      gsize length;
      const guint8 *plain = p2p_message_peek_plain (message, &length);
      gboolean like_zlib = (plain[0] & 0x0f) == 8 && (plain[0] << 8 | plain[1]) % 31 == 0;
      P2pMessage *got;

      if (!like_zlib && n > 20)
        continue;
      alike += like_zlib ? 1 : 0;
      send (side, message);
      test_world_advance (fixture->world, SECOND);
      got = g_ptr_array_index (fixture->sides[1].messages, fixture->sides[1].messages->len - 1);
      assert_same_message (got, message);
      g_assert_cmpint (p2p_message_get_compression_used (got), ==, like_zlib ? P2P_COMPRESSION_ZLIB : P2P_COMPRESSION_NONE);
    }
  link_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/out/coalescing", test_coalescing);
  g_test_add_func ("/link/out/leading", test_leading);
  g_test_add_func ("/link/out/flush-when-much", test_flush_when_much);
  g_test_add_func ("/link/out/full-pipe", test_full_pipe);
  g_test_add_func ("/link/out/queue-bound", test_queue_bound);
  g_test_add_func ("/link/out/refused-is-not-taken", test_refused_is_not_taken);
  g_test_add_func ("/link/out/slow-reader", test_slow_reader);
  g_test_add_func ("/link/out/dip-restarts-the-time", test_dip_restarts_the_time);
  g_test_add_func ("/link/out/compression", test_compression);
  g_test_add_func ("/link/out/place-is-kept", test_place_is_kept);
  g_test_add_func ("/link/out/close-sends-what-waits", test_close_sends_what_waits);
  g_test_add_func ("/link/out/resend-last", test_resend_last);
  g_test_add_func ("/link/out/no-digest-like-zlib", test_no_digest_like_zlib);
  return g_test_run ();
}
