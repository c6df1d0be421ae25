/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a link makes of the bytes that arrive. */
#include "send-helpers.h"
#include "p2p/wire/p2p-compression.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-message-private.h"
#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

static const guint8 zlib_only[] = { P2P_COMPRESSION_ZLIB };

static void
send_bytes (LinkSide *side, const void *bytes, gsize length)
{
  g_assert_true (p2p_link_send_raw (side->link, bytes, length, NULL));
}

static void
test_segmentation (gconstpointer data)
{
  gsize chunk = GPOINTER_TO_SIZE (data);
  TestPath path = { .delay = 1000, .chunk = chunk, .chunk_random = chunk > 7 };
  gsize n_all;
  const guint8 *all = p2p_get_compression_methods (&n_all);

  /* each method in turn, and none */
  for (gsize method = 0; method <= n_all; method++)
    {
      LinkFixture *fixture = link_fixture_new_established (chunk, &path, all + method, method < n_all ? 1 : 0);
      g_autoptr (GPtrArray) sent = new_messages ();

      for (guint i = 0; i < 40; i++)
        send_new (&fixture->sides[0], sent, make_message (i, i * i * (i % 9 == 0 ? 5 : 1), i % 3 != 0));
      test_world_advance (fixture->world, 10 * SECOND);
      assert_messages (&fixture->sides[1], sent);
      g_assert_cmpuint (test_host_get_n_timers (fixture->hosts[1]), ==, 0);
      link_fixture_free (fixture);
    }
}

static void
test_limit_before_handshake (void)
{
  for (guint over = 0; over < 2; over++)
    {
      LinkFixture *fixture = link_fixture_new (1, NULL);
      g_autoptr (P2pMessage) message = make_message_of_body (P2P_LIMIT_FRAME_BEFORE_HANDSHAKE + over);

      send (&fixture->sides[0], message);
      test_world_settle (fixture->world);
      if (over)
        assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_TOO_LARGE, "8192");
      else
        assert_same_message (fixture->sides[1].messages->pdata[0], message);
      link_fixture_free (fixture);
    }
}

static void
test_limit_established (void)
{
  for (guint over = 0; over < 2; over++)
    {
      LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
      g_autoptr (P2pMessage) message = make_message_of_body (65536 + over);

      fixture->limits.frame = 65536;
      send (&fixture->sides[0], message);
      test_world_settle (fixture->world);
      if (over)
        assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_TOO_LARGE, "65536");
      else
        assert_same_message (fixture->sides[1].messages->pdata[0], message);
      link_fixture_free (fixture);
    }
}

/* The header alone is enough, also when it comes in two parts. */
static void
test_limit_at_the_header (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);

  send_bytes (&fixture->sides[0], "\xff\xff", 2);
  test_world_settle (fixture->world);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  send_bytes (&fixture->sides[0], "\xff\xff", 2);
  test_world_settle (fixture->world);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_TOO_LARGE, "4294967295");
  link_fixture_free (fixture);
}

static void
establish_act (gpointer data)
{
  p2p_link_set_established (((LinkSide *) data)->link, TRUE);
}

/* The limit that holds is the one of the moment when the frame's turn comes, not when its bytes came. */
static void
test_limit_changes_between_frames (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);
  g_autoptr (GPtrArray) sent = new_messages ();

  fixture->sides[1].act = establish_act;
  fixture->sides[1].act_at = 1;
  send_new (&fixture->sides[0], sent, make_message (1, 100, FALSE));
  send_new (&fixture->sides[0], sent, make_message (2, 100000, FALSE));
  test_world_settle (fixture->world);
  assert_messages (&fixture->sides[1], sent);
  link_fixture_free (fixture);
}

static void
test_no_length (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);

  send_bytes (&fixture->sides[0], "\0\0\0\0", 4);
  test_world_settle (fixture->world);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME, "no length");
  link_fixture_free (fixture);
}

static void
test_bad_frames (void)
{
  static const struct { const char *bytes; gsize length; } frames[] = {
    { "\0\0\0\1x", 5 },
    { "\0\0\0\x20" "0123456789abcdef0123456789abcdef", 36 },
    { "\0\0\0\x28" "0123456789abcdef0123456789abcdef\x93\0\xa1" "a\0\0\0\0", 44 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      LinkFixture *fixture = link_fixture_new (1, NULL);
      g_autoptr (P2pMessage) message = make_message (1, 10, FALSE);

      send (&fixture->sides[0], message);
      send_bytes (&fixture->sides[0], frames[i].bytes, frames[i].length);
      send (&fixture->sides[0], message);
      test_world_settle (fixture->world);
      g_assert_cmpuint (fixture->sides[1].messages->len, ==, 1);
      assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME, "bad frame: ");
      g_assert_cmpuint (strlen (fixture->sides[1].error->message), >, strlen ("The peer sent a bad frame: "));
      link_fixture_free (fixture);
    }
}

static void
count_malformed_cb (P2pLink *link, P2pDropReason reason, gsize size, const GError *error, gpointer data)
{
  g_assert_cmpint (reason, ==, P2P_DROP_MALFORMED);
  g_assert_cmpuint (size, ==, 4 + 32 + 7);
  g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS);
  (*(guint *) data)++;
}

static void
unexpected_message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  g_assert_not_reached ();
}

static void
unexpected_end_cb (P2pLink *link, const GError *error, gpointer data)
{
  g_assert_no_error (error);
}

/* A right checksum over what is no message: whoever wants to know of it keeps the link, once it is established. */
static void
test_malformed (void)
{
  static const P2pLinkEvents events = { .message = unexpected_message_cb, .closed = unexpected_end_cb, .dropped = count_malformed_cb };
  static const guint8 time_is_text[] = { 0x94, 0, 0xa1, 'a', 0xa1, 'x', 0 };
  guint8 frame[4 + 32 + sizeof time_is_text] = { 0, 0, 0, 32 + sizeof time_is_text };
  TestWorld *world = test_world_new (1);
  TestHost *host = test_world_add_host (world, "host");
  P2pPipe *pipes[2];
  P2pLimits limits;
  P2pLink *from, *to;
  guint malformed = 0;

  p2p_sha256 (time_is_text, sizeof time_is_text, frame + 4);
  memcpy (frame + 36, time_is_text, sizeof time_is_text);
  p2p_limits_init (&limits);
  test_world_pair (world, host, host, FALSE, &pipes[0], &pipes[1]);
  from = p2p_link_new (test_host_get_env (host), &limits, pipes[0], TRUE, &events, &malformed);
  to = p2p_link_new (test_host_get_env (host), &limits, pipes[1], FALSE, &events, &malformed);
  p2p_link_set_established (to, TRUE);
  for (guint i = 0; i < 3; i++)
    g_assert_true (p2p_link_send_raw (from, frame, sizeof frame, NULL));
  test_world_settle (world);
  g_assert_cmpuint (malformed, ==, 3);
  g_assert_false (p2p_link_is_closed (to));
  p2p_link_unref (to);
  p2p_link_unref (from);
  test_world_settle (world);
  test_world_free (world);

  /* nobody wants to know */
  {
    LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);

    send_bytes (&fixture->sides[0], frame, sizeof frame);
    test_world_settle (fixture->world);
    assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME, "bad frame: ");
    link_fixture_free (fixture);
  }
}

/* A frame that unpacks to more than the limit ends the link, elsewhere unpacked or not. */
static void
test_bomb (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, zlib_only, 1);
  g_autoptr (P2pMessage) message = make_message (1, 3 * 1024 * 1024, TRUE);

  send (&fixture->sides[0], message);
  fixture->limits.frame = 5 * 512 * 1024;
  test_world_advance (fixture->world, SECOND);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 0);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME, "bad frame: ");
  link_fixture_free (fixture);
}

/* From the first byte of a header on, a byte a second is not enough. */
static void
test_dripping (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);
  g_autoptr (P2pMessage) message = make_message (1, 100, FALSE);
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (message, &length);

  g_assert_cmpuint (test_host_get_n_timers (fixture->hosts[1]), ==, 0);
  for (guint i = 0; i < 15; i++)
    {
      send_bytes (&fixture->sides[0], frame + i, 1);
      test_world_advance (fixture->world, 0);
      g_assert_cmpuint (test_host_get_n_timers (fixture->hosts[1]), ==, 1);
      g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
      test_world_advance (fixture->world, i < 14 ? SECOND : SECOND - 1);
    }
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, 1);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "sent 15 bytes of an unfinished frame in 15 seconds, less than 1024 a second");
  link_fixture_free (fixture);
}

/* frame_rate: in each frame_rate_seconds of a frame exactly enough, or a byte less in one of them. */
static void
test_frame_rate (void)
{
  for (gint span = -1; span < 3; span++)
    {
      LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
      g_autoptr (P2pMessage) message = make_message (1, 50000, FALSE);
      const gsize enough = P2P_LIMIT_FRAME_RATE * P2P_LIMIT_FRAME_RATE_SECONDS;
      gsize length, sent = 0;
      const guint8 *frame = p2p_message_peek_frame (message, &length);

      for (gint i = 0; i < 3; i++)
        {
          gsize part = i == span ? enough - 1 : enough;

          /* the second half of it at the last moment */
          send_bytes (&fixture->sides[0], frame + sent, part / 2);
          test_world_advance (fixture->world, 15 * SECOND - 1);
          g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
          send_bytes (&fixture->sides[0], frame + sent + part / 2, part - part / 2);
          test_world_advance (fixture->world, 0);
          sent += part;
          test_world_advance (fixture->world, 1);
          if (i == span)
            break;
          g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
        }
      if (span >= 0)
        {
          assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "15359 bytes");
        }
      else
        {
          send_bytes (&fixture->sides[0], frame + sent, length - sent);
          test_world_advance (fixture->world, 0);
          assert_same_message (fixture->sides[1].messages->pdata[0], message);
          g_assert_cmpuint (test_host_get_n_timers (fixture->hosts[1]), ==, 0);
        }
      link_fixture_free (fixture);
    }
}

/* frame_seconds: fast enough, and yet too long. */
static void
test_frame_seconds (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
  g_autoptr (P2pMessage) message = make_message (1, 200000, FALSE);
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (message, &length);

  for (guint i = 0; i < 60; i++)
    {
      send_bytes (&fixture->sides[0], frame + i * 1100, 1100);
      test_world_advance (fixture->world, SECOND - (i == 59));
    }
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, 1);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "within 60 seconds");
  link_fixture_free (fixture);
}

/* Both limits are what they are set to, and the rate may be switched off. */
static void
test_frame_time_is_set (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);

  fixture->limits.frame_rate = 0;
  fixture->limits.frame_seconds = 7;
  send_bytes (&fixture->sides[0], "", 1);
  test_world_advance (fixture->world, 7 * SECOND - 1);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, 1);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "7 seconds");
  link_fixture_free (fixture);

  fixture = link_fixture_new (1, NULL);
  fixture->limits.frame_rate_seconds = 3;
  fixture->limits.frame_rate = 2;
  send_bytes (&fixture->sides[0], "", 1);
  test_world_advance (fixture->world, 3 * SECOND);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "in 3 seconds, less than 2 a second");
  link_fixture_free (fixture);
}

/* While a frame is being unpacked, and while we do not read for it, the one behind it has all the time. */
static void
test_executor_takes_no_time (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, zlib_only, 1);
  g_autoptr (GPtrArray) sent = new_messages ();
  g_autoptr (P2pMessage) next = make_message (2, 100, FALSE);
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (next, &length);

  test_world_set_job_cost (fixture->world, 100 * SECOND);
  fixture->limits.frame = 400 * 1024;
  send_new (&fixture->sides[0], sent, make_message (1, 300 * 1024, TRUE));
  test_world_advance (fixture->world, 100 * SECOND);
  g_assert_cmpuint (test_host_get_n_jobs (fixture->hosts[1]), ==, 1);
  send_bytes (&fixture->sides[0], frame, 10);
  test_world_advance (fixture->world, 99 * SECOND);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, SECOND);
  assert_messages (&fixture->sides[1], sent);
  /* Its time begins now. */
  test_world_advance (fixture->world, 15 * SECOND - 1);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, 1);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "sent 10 bytes");
  link_fixture_free (fixture);
}

static void
test_each_frame_has_its_time (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);
  g_autoptr (P2pMessage) message = make_message (1, 100, FALSE);
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (message, &length);

  /* The end of one frame and the beginning of the next arrive together, again and again. */
  send_bytes (&fixture->sides[0], frame, 10);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree guint8 *both = g_malloc (length);

      test_world_advance (fixture->world, 14 * SECOND);
      memcpy (both, frame + 10, length - 10);
      memcpy (both + length - 10, frame, 10);
      send_bytes (&fixture->sides[0], both, length);
    }
  test_world_advance (fixture->world, 15 * SECOND - 1);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 5);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, 1);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_FRAME_STALLED, "frame");
  link_fixture_free (fixture);
}

/* A link on which nothing is unfinished may rest for ever. */
static void
test_idle (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);
  g_autoptr (P2pMessage) message = make_message (1, 100, FALSE);

  send (&fixture->sides[0], message);
  test_world_advance (fixture->world, G_TIME_SPAN_DAY);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 1);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  link_fixture_free (fixture);
}

static void
close_act (gpointer data)
{
  p2p_link_close (((LinkSide *) data)->link);
}

static void
unref_act (gpointer data)
{
  g_clear_pointer (&((LinkSide *) data)->link, p2p_link_unref);
}

/* In the middle of a buffer with more frames, in the first or a later place, byte at a time or at once. */
static void
test_close_inside (void)
{
  static void (* const acts[]) (gpointer) = { close_act, unref_act };

  for (guint act = 0; act < G_N_ELEMENTS (acts); act++)
    for (guint at = 1; at <= 3; at++)
      for (guint whole = 0; whole < 3; whole++)
        {
          TestPath path = { .chunk = whole == 0 ? 0 : whole == 1 ? 1 : 100 };
          LinkFixture *fixture = link_fixture_new (1, &path);
          g_autoptr (P2pMessage) message = make_message (1, 50, FALSE);

          fixture->sides[1].act = acts[act];
          fixture->sides[1].act_at = at;
          for (guint i = 0; i < 5; i++)
            send (&fixture->sides[0], message);
          test_world_settle (fixture->world);
          g_assert_cmpuint (fixture->sides[1].messages->len, ==, at);
          g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
          assert_ended (&fixture->sides[0], P2P_LINK_ERROR_CLOSED_BY_PEER, "closed the link");
          link_fixture_free (fixture);
        }
}

static void
test_closed_by_peer (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = make_message (1, 50, FALSE);

  send_bytes (&fixture->sides[0], "\0\0\1\0abc", 7);
  p2p_link_close (fixture->sides[0].link);
  p2p_link_close (fixture->sides[0].link);
  test_world_settle (fixture->world);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_CLOSED_BY_PEER, "in the middle of a frame");
  g_assert_false (p2p_link_send (fixture->sides[1].link, message, 0, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
  g_assert_cmpint (p2p_link_get_fd (fixture->sides[1].link), ==, -1);
  link_fixture_free (fixture);
}

static void
test_cut (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);

  test_conn_cut (fixture->conn);
  test_world_settle (fixture->world);
  assert_ended (&fixture->sides[0], P2P_LINK_ERROR_CLOSED_BY_PEER, "cut");
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_CLOSED_BY_PEER, "cut");
  link_fixture_free (fixture);
}

static void
test_stats (void)
{
  LinkFixture *fixture = link_fixture_new (1, NULL);
  g_autoptr (P2pMessage) message = make_message (1, 100, FALSE);
  P2pLinkStats stats;
  P2pPipeAddress address;
  gsize length;

  p2p_message_peek_frame (message, &length);
  p2p_link_get_stats (fixture->sides[1].link, &stats);
  g_assert_cmpint (stats.last_in, ==, 0);
  test_world_advance (fixture->world, SECOND);
  for (guint i = 0; i < 3; i++)
    send (&fixture->sides[0], message);
  test_world_settle (fixture->world);
  p2p_link_get_stats (fixture->sides[0].link, &stats);
  g_assert_cmpuint (stats.messages_out, ==, 3);
  g_assert_cmpuint (stats.bytes_out, ==, 3 * length);
  g_assert_cmpuint (stats.messages_in, ==, 0);
  p2p_link_get_stats (fixture->sides[1].link, &stats);
  g_assert_cmpuint (stats.messages_in, ==, 3);
  g_assert_cmpuint (stats.bytes_in, ==, 3 * length);
  g_assert_cmpint (stats.last_in, ==, test_world_now (fixture->world));
  g_assert_true (p2p_link_is_outgoing (fixture->sides[0].link));
  g_assert_false (p2p_link_is_outgoing (fixture->sides[1].link));
  p2p_link_close (fixture->sides[1].link);
  p2p_link_get_peer (fixture->sides[1].link, &address);
  g_assert_cmpstr (address.host, ==, test_host_get_address (fixture->hosts[0]));
  link_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  static const gsize chunks[] = { 0, 1, 2, 3, 5, 30, 1000, 100000 };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/link/in/segmentation/%" G_GSIZE_FORMAT, chunks[i]);

      g_test_add_data_func (path, GSIZE_TO_POINTER (chunks[i]), test_segmentation);
    }
  g_test_add_func ("/link/in/limit/before-handshake", test_limit_before_handshake);
  g_test_add_func ("/link/in/limit/established", test_limit_established);
  g_test_add_func ("/link/in/limit/at-the-header", test_limit_at_the_header);
  g_test_add_func ("/link/in/limit/changes-between-frames", test_limit_changes_between_frames);
  g_test_add_func ("/link/in/no-length", test_no_length);
  g_test_add_func ("/link/in/bad-frames", test_bad_frames);
  g_test_add_func ("/link/in/malformed", test_malformed);
  g_test_add_func ("/link/in/bomb", test_bomb);
  g_test_add_func ("/link/in/dripping", test_dripping);
  g_test_add_func ("/link/in/frame-rate", test_frame_rate);
  g_test_add_func ("/link/in/frame-seconds", test_frame_seconds);
  g_test_add_func ("/link/in/frame-time-is-set", test_frame_time_is_set);
  g_test_add_func ("/link/in/executor-takes-no-time", test_executor_takes_no_time);
  g_test_add_func ("/link/in/each-frame-has-its-time", test_each_frame_has_its_time);
  g_test_add_func ("/link/in/idle", test_idle);
  g_test_add_func ("/link/in/close-inside", test_close_inside);
  g_test_add_func ("/link/in/closed-by-peer", test_closed_by_peer);
  g_test_add_func ("/link/in/cut", test_cut);
  g_test_add_func ("/link/in/stats", test_stats);
  return g_test_run ();
}
