/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves a link to py2p, which takes four bytes of a frame at the end of one of its reads for a whole one (quirk B2). */
#include "out-helpers.h"

static P2pMessage *
make_filler (void)
{
  g_autoptr (GError) error = NULL;
  GVariant *packet = g_variant_new_variant (g_variant_new_int64 (0x57));
  P2pMessage *message = p2p_message_new (P2P_FLAG_WHISPER, "2bTYoWMc1kNAW8", 1700000000, g_variant_new_array (G_VARIANT_TYPE_VARIANT, &packet, 1), &error);

  g_assert_no_error (error);
  return message;
}

/*
 * Does a peer survive that reads as py2p does, 1024 bytes at a time, and dies of four that are left over? Its reads begin at the
 * start, and anew wherever it has caught up with us, which may be at the end of any write.
 */
static gboolean
py2p_survives (LinkFixture *fixture)
{
  GByteArray *stream = test_conn_get_written (fixture->conn, 0);
  GArray *writes = test_conn_get_writes (fixture->conn, 0);
  g_autoptr (GArray) frames = split_frames (stream);
  g_autofree guint8 *begins = g_new0 (guint8, stream->len + 1);
  gsize caught_up = 0;

  for (gsize i = 0, at = 0; i < frames->len; at += g_array_index (frames, gsize, i++))
    begins[at] = TRUE;
  for (guint i = 0; i < writes->len; caught_up += g_array_index (writes, gsize, i++))
    for (gsize end = caught_up + 1024; end < stream->len; end += 1024)
      if (begins[end - 4])
        return FALSE;
  return TRUE;
}

static void
send_burst (LinkFixture *fixture, GPtrArray *sent, guint seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < 600; i++)
    send_new (&fixture->sides[0], sent, make_message (i, g_rand_int (rand) % 900, FALSE));
}

static void
test_careful (void)
{
  guint killed_without_care = 0;

  for (guint seed = 0; seed < 10; seed++)
    for (guint careful = 0; careful < 2; careful++)
      {
        LinkFixture *fixture = link_fixture_new_established (seed, NULL, NULL, 0);
        g_autoptr (GPtrArray) sent = new_messages ();
        g_autoptr (GArray) frames = NULL;
        g_autoptr (P2pMessage) filler = make_filler ();
        guint seen = 0;

        p2p_link_set_filler (fixture->sides[0].link, filler);
        p2p_link_set_careful (fixture->sides[0].link, careful);
        send_burst (fixture, sent, seed);
        test_world_settle (fixture->world);
        frames = split_frames (test_conn_get_written (fixture->conn, 0));
        if (!careful)
          {
            killed_without_care += !py2p_survives (fixture);
          }
        else
          {
            P2pLinkStats stats;

            g_assert_true (py2p_survives (fixture));
            /* one write a message */
            g_assert_cmpuint (n_writes (fixture), ==, sent->len);
            assert_writes_end_at_frames (fixture);
            p2p_link_get_stats (fixture->sides[0].link, &stats);
            g_assert_cmpuint (stats.messages_out, ==, sent->len);
          }
        /* all arrive in order, with a few of nothing between them */
        for (guint i = 0; i < fixture->sides[1].messages->len; i++)
          if (p2p_message_get_subflag (fixture->sides[1].messages->pdata[i]) != 0x57)
            assert_same_message (fixture->sides[1].messages->pdata[i], sent->pdata[seen++]);
        g_assert_cmpuint (seen, ==, sent->len);
        g_assert_cmpuint (frames->len, <=, 3 * sent->len);
        link_fixture_free (fixture);
      }
  /* else the reader above proves nothing */
  g_assert_cmpuint (killed_without_care, >, 2);
}

/* Alone, a frame is followed by nothing; but where the next one would begin in the wrong place, it is. */
static void
test_careful_first (void)
{
  g_autoptr (P2pMessage) filler = make_filler ();

  for (gsize size = 1000; size <= 1040; size++)
    {
      LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
      g_autoptr (P2pMessage) message = make_message_of_body (size - 4);
      g_autoptr (GArray) frames = NULL;

      p2p_link_set_filler (fixture->sides[0].link, filler);
      p2p_link_set_careful (fixture->sides[0].link, TRUE);
      test_world_advance (fixture->world, SECOND);
      send (&fixture->sides[0], message);
      test_world_settle (fixture->world);
      frames = split_frames (test_conn_get_written (fixture->conn, 0));
      g_assert_cmpuint (frames->len, ==, size == 1020 ? 2 : 1);
      for (guint i = 0; i < 20; i++)
        send (&fixture->sides[0], message);
      test_world_settle (fixture->world);
      g_assert_cmpuint (n_writes (fixture), ==, 21);
      g_assert_true (py2p_survives (fixture));
      g_assert_no_error (fixture->sides[1].error);
      link_fixture_free (fixture);
    }
}

/* What went out before the link was careful may be unread: it is counted. */
static void
test_careful_from_now_on (void)
{
  g_autoptr (P2pMessage) filler = make_filler ();

  for (gsize size = 200; size < 264; size++)
    {
      LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
      g_autoptr (P2pMessage) first = make_message_of_body (size - 4);
      g_autoptr (P2pMessage) other = make_message_of_body (203);

      send (&fixture->sides[0], first);
      p2p_link_set_filler (fixture->sides[0].link, filler);
      p2p_link_set_careful (fixture->sides[0].link, TRUE);
      for (guint i = 0; i < 40; i++)
        send (&fixture->sides[0], other);
      test_world_settle (fixture->world);
      g_assert_true (py2p_survives (fixture));
      link_fixture_free (fixture);
    }
}

/* After a rest the peer has read all: a frame alone needs no filler. */
static void
test_careful_after_rest (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
  g_autoptr (P2pMessage) filler = make_filler ();
  g_autoptr (P2pMessage) half = make_message_of_body (510 - 4);
  g_autoptr (GArray) frames = NULL;

  p2p_link_set_filler (fixture->sides[0].link, filler);
  p2p_link_set_careful (fixture->sides[0].link, TRUE);
  for (guint i = 0; i < 5; i++)
    {
      test_world_advance (fixture->world, SECOND);
      send (&fixture->sides[0], half);
    }
  frames = split_frames (test_conn_get_written (fixture->conn, 0));
  g_assert_cmpuint (frames->len, ==, 5);
  send (&fixture->sides[0], half);
  g_clear_pointer (&frames, g_array_unref);
  frames = split_frames (test_conn_get_written (fixture->conn, 0));
  g_assert_cmpuint (frames->len, >, 6);
  g_assert_cmpuint (n_writes (fixture), ==, 6);
  link_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/careful/burst", test_careful);
  g_test_add_func ("/link/careful/first", test_careful_first);
  g_test_add_func ("/link/careful/from-now-on", test_careful_from_now_on);
  g_test_add_func ("/link/careful/after-rest", test_careful_after_rest);
  return g_test_run ();
}
