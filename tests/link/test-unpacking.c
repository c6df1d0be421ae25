/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large frames are unpacked elsewhere: what a link does meanwhile. */
#include "send-helpers.h"
#include "p2p/wire/p2p-compression.h"

#define SECOND G_TIME_SPAN_SECOND

static const guint8 zlib_only[] = { P2P_COMPRESSION_ZLIB };

/* Long and short frames keep their order, whatever is unpacked elsewhere. */
static void
test_order_while_unpacking (void)
{
  static const gsize sizes[] = { 300000, 10, 20000, 5000, 50000, 1, 128, 200000, 9000, 9000, 2 };
  static const guint8 all[] = { P2P_COMPRESSION_LZMA, P2P_COMPRESSION_BZ2, P2P_COMPRESSION_GZIP, P2P_COMPRESSION_ZLIB };

  for (guint seed = 0; seed < 12; seed++)
    {
      TestPath path = { .delay = 100, .chunk = 1 + seed * 777, .chunk_random = seed % 2 };
      LinkFixture *fixture = link_fixture_new_established (seed, &path, all, G_N_ELEMENTS (all));
      g_autoptr (GPtrArray) sent = new_messages ();

      test_world_set_job_cost (fixture->world, 1 + seed * 3000);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          /* the sender's choice is its own: the receiver goes by the checksum */
          p2p_link_set_methods (fixture->sides[0].link, all + i % G_N_ELEMENTS (all), 1);
          send_new (&fixture->sides[0], sent, make_message (i, sizes[(i + seed) % G_N_ELEMENTS (sizes)], i % 4 != 0));
        }
      test_world_advance (fixture->world, 10 * SECOND);
      assert_messages (&fixture->sides[1], sent);
      g_assert_cmpuint (test_host_get_jobs_run (fixture->hosts[0]), >, 0);
      g_assert_cmpuint (test_host_get_jobs_run (fixture->hosts[1]), >, 0);
      link_fixture_free (fixture);
    }
}

/* While a frame is unpacked the link takes only so much more: the rest stays with the peer. */
static void
test_reading_stops_while_unpacking (void)
{
  TestPath path = { .capacity = 100000, .chunk = 50000 };
  LinkFixture *fixture = link_fixture_new_established (1, &path, NULL, 0);
  g_autoptr (GPtrArray) sent = new_messages ();
  const guint unpacked_elsewhere = 300000;

  fixture->limits.frame = unpacked_elsewhere + 1000;
  test_world_set_job_cost (fixture->world, 10 * SECOND);
  send_new (&fixture->sides[0], sent, make_message (0, unpacked_elsewhere, FALSE));
  for (guint i = 1; i < 100; i++)
    send_new (&fixture->sides[0], sent, make_message (i, 20000, FALSE));
  test_world_advance (fixture->world, 5 * SECOND);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 0);
  /* 2 MB were sent; the frame, its limit again, a chunk and what the line holds are gone */
  g_assert_cmpuint (p2p_link_get_queued (fixture->sides[0].link), >=, 2280000 - 2 * fixture->limits.frame - path.chunk - path.capacity);
  test_world_advance (fixture->world, 10 * SECOND);
  assert_messages (&fixture->sides[1], sent);
  link_fixture_free (fixture);
}

static void
test_end_while_unpacking (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, zlib_only, 1);
  g_autoptr (GPtrArray) sent = new_messages ();

  test_world_set_job_cost (fixture->world, SECOND);
  p2p_link_set_compressing (fixture->sides[0].link, FALSE);
  send_new (&fixture->sides[0], sent, make_message (0, 400000, FALSE));
  send_new (&fixture->sides[0], sent, make_message (1, 10, FALSE));
  p2p_link_close (fixture->sides[0].link);
  test_world_advance (fixture->world, SECOND / 2);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 0);
  g_assert_cmpuint (fixture->sides[1].closed, ==, 0);
  test_world_advance (fixture->world, SECOND);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 2);
  assert_same_message (fixture->sides[1].messages->pdata[1], sent->pdata[1]);
  assert_ended (&fixture->sides[1], P2P_LINK_ERROR_CLOSED_BY_PEER, "closed the link");
  link_fixture_free (fixture);
}

static void
test_close_while_unpacking (void)
{
  LinkFixture *fixture = link_fixture_new_established (1, NULL, NULL, 0);
  g_autoptr (P2pMessage) message = make_message (0, 400000, FALSE);

  test_world_set_job_cost (fixture->world, SECOND);
  send (&fixture->sides[0], message);
  test_world_advance (fixture->world, SECOND / 2);
  g_assert_cmpuint (test_host_get_n_jobs (fixture->hosts[1]), ==, 1);
  g_clear_pointer (&fixture->sides[1].link, p2p_link_unref);
  test_world_advance (fixture->world, SECOND);
  g_assert_cmpuint (fixture->sides[1].messages->len, ==, 0);
  link_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/unpacking/order", test_order_while_unpacking);
  g_test_add_func ("/link/unpacking/reading-stops", test_reading_stops_while_unpacking);
  g_test_add_func ("/link/unpacking/end", test_end_while_unpacking);
  g_test_add_func ("/link/unpacking/close", test_close_while_unpacking);
  return g_test_run ();
}
