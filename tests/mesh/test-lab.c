/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh-fixture.h"

#include "p2p/link/p2p-link-private.h"

/* Made worse on purpose: how slow, how much is lost, who is apart; and that all of it is over when it is over. */

#define MILLISECONDS G_TIME_SPAN_MILLISECOND

static MeshNode *
add_quiet (MeshFixture *mesh, const char *name)
{
  MeshNode *node = mesh_add (mesh, name);

  /* links are those of the test */
  p2p_mesh_node_set_max_outgoing (node->node, 0);
  return node;
}

static gint64
when_heard (MeshNode *self, const char *text, gint64 most)
{
  P2pClock *clock = self->node->env->clock;
  gint64 began = p2p_clock_now (clock);

  while (mesh_heard (self, text) == 0 && p2p_clock_now (clock) - began < most)
    mesh_run (self->fixture, MILLISECONDS);
  return p2p_clock_now (clock) - began;
}

/* Each way, to the millisecond; of the other's links nothing is known here. */
static void
test_delay (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = add_quiet (mesh, "bob");
  gint64 plain, slow;
  guint delay, jitter, loss;

  mesh_connect (alice, bob);
  mesh_run (mesh, SECOND);
  mesh_send (alice, "plain");
  plain = when_heard (bob, "plain", SECOND);
  p2p_mesh_node_set_lab (alice->node, 300, 0, 0);
  p2p_mesh_node_get_lab (alice->node, &delay, &jitter, &loss);
  g_assert_cmpuint (delay, ==, 300);
  g_assert_cmpuint (jitter + loss, ==, 0);
  mesh_send (alice, "out");
  slow = when_heard (bob, "out", SECOND);
  g_assert_cmpint (ABS (slow - plain - 300 * MILLISECONDS), <=, 20 * MILLISECONDS);
  mesh_send (bob, "in");
  slow = when_heard (alice, "in", SECOND);
  g_assert_cmpint (ABS (slow - plain - 300 * MILLISECONDS), <=, 20 * MILLISECONDS);
  /* off: what waits goes on at once */
  mesh_send (alice, "late");
  mesh_run (mesh, MILLISECONDS);
  p2p_mesh_node_set_lab (alice->node, 0, 0, 0);
  slow = when_heard (bob, "late", SECOND);
  g_assert_cmpint (slow, <=, plain + 20 * MILLISECONDS);
  /* as much as there may be */
  p2p_mesh_node_set_lab (alice->node, G_MAXUINT, G_MAXUINT, G_MAXUINT);
  p2p_mesh_node_get_lab (alice->node, &delay, &jitter, &loss);
  g_assert_cmpuint (delay, ==, P2P_LAB_MAX_DELAY);
  g_assert_cmpuint (jitter, ==, P2P_LAB_MAX_DELAY);
  g_assert_cmpuint (loss, ==, P2P_LAB_ALL_LOST);
}

/* Chance changes when, and never the order. */
static void
test_order (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (2);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = add_quiet (mesh, "bob");

  mesh_connect (alice, bob);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_lab (alice->node, 50, 400, 0);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("out %u", i), *back = g_strdup_printf ("in %u", i);

      mesh_send (alice, text);
      mesh_send (bob, back);
      mesh_run (mesh, 7 * MILLISECONDS);
      if (i == 50)
        p2p_mesh_node_set_lab (alice->node, 0, 1, 0);
    }
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (alice->messages->len, ==, 100);
  g_assert_cmpuint (bob->messages->len, ==, 100);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("'out %u'", i), *back = g_strdup_printf ("'in %u'", i);
      g_autoptr (GVariant) out = p2p_message_get_packet (bob->messages->pdata[i], 1), in = p2p_message_get_packet (alice->messages->pdata[i], 1);
      g_autofree char *heard = g_variant_print (out, FALSE), *heard_back = g_variant_print (in, FALSE);

      g_assert_cmpstr (heard, ==, text);
      g_assert_cmpstr (heard_back, ==, back);
    }
  g_assert_cmpuint (mesh_dropped (alice) + mesh_dropped (bob), ==, 0);
}

static guint
count_lost (guint64 seed, guint loss, guint n)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (seed);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = add_quiet (mesh, "bob");
  guint lost;

  mesh_connect (alice, bob);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_lab (alice->node, 0, 0, loss);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (i % 2 == 0 ? alice : bob, text);
      mesh_run (mesh, MILLISECONDS);
    }
  mesh_run (mesh, SECOND);
  lost = (guint) mesh_stats (alice).dropped[P2P_DROP_LAB];
  g_assert_cmpuint (alice->messages->len + bob->messages->len + lost, ==, n);
  /* whatever gets lost, the link stays */
  mesh_run (mesh, 120 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  return lost;
}

/* As many as was said, by chance; the same chance is the same loss. */
static void
test_loss (void)
{
  g_assert_cmpuint (count_lost (3, 0, 100), ==, 0);
  g_assert_cmpuint (count_lost (3, P2P_LAB_ALL_LOST, 100), ==, 100);
  for (guint seed = 3; seed < 6; seed++)
    {
      guint lost = count_lost (seed, P2P_LAB_ALL_LOST / 5, 1000);

      /* 200 of 1000; four deviations */
      g_assert_cmpuint (lost, >, 149);
      g_assert_cmpuint (lost, <, 251);
      g_assert_cmpuint (count_lost (seed, P2P_LAB_ALL_LOST / 5, 1000), ==, lost);
    }
}

/* Those who watch see which ones. */
static void
test_told (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (4);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = add_quiet (mesh, "bob");
  guint n = 0;

  mesh_connect (alice, bob);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_watched (alice->node, TRUE);
  p2p_mesh_node_set_lab (alice->node, 0, 0, P2P_LAB_ALL_LOST);
  mesh_send (alice, "out");
  mesh_send (bob, "in");
  mesh_run (mesh, SECOND);
  for (guint i = 0; i < alice->frames->len; i++)
    {
      P2pFrameInfo *frame = alice->frames->pdata[i];

      if ((p2p_frame_info_get_verdict (frame) & P2P_FRAME_DROPPED) == 0)
        continue;
      g_assert_cmpint (p2p_frame_info_get_drop_reason (frame), ==, P2P_DROP_LAB);
      g_assert_nonnull (p2p_frame_info_get_message (frame));
      n++;
    }
  g_assert_cmpuint (n, ==, 2);
}

/* More than fits waits nowhere: the sender is told, and the reader does not read. */
static void
test_bounded (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (5);
  MeshNode *alice, *bob;
  g_autofree char *large = g_strnfill (20000, 'x');
  guint n = 0;

  mesh->limits.out_queue = 200000;
  mesh->limits.frame = 100000;
  alice = add_quiet (mesh, "alice");
  bob = add_quiet (mesh, "bob");
  mesh_connect (alice, bob);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_lab (alice->node, 5000, 0, 0);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u%s", i, large);

      mesh_send (alice, text);
      mesh_send (bob, text);
      mesh_run (mesh, MILLISECONDS);
      n = MAX (n, (guint) p2p_link_get_queued (mesh_peer (alice, bob)->link));
    }
  g_assert_cmpuint (n, >, 100000);
  g_assert_cmpuint (n, <=, 200000);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], >, 0);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (alice->messages->len, ==, 0);
  g_assert_cmpuint (mesh_peer (alice, bob)->link->late_bytes, >, 0);
  g_assert_cmpuint (mesh_peer (alice, bob)->link->late_bytes, <, 100000 + 65536 + 20200);
  mesh_run (mesh, 60 * SECOND);
  g_assert_cmpuint (bob->messages->len + (guint) mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], ==, 30);
  g_assert_cmpuint (alice->messages->len + (guint) mesh_stats (bob).dropped[P2P_DROP_QUEUE_FULL], ==, 30);
  g_assert_nonnull (mesh_peer (alice, bob));
}

/* What has waited goes on in turns, however much it is, and in its order: a window is drawn between them. */
static void
test_turns (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (9);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = add_quiet (mesh, "bob");

  mesh_connect (alice, bob);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_lab (alice->node, 5000, 0, 0);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (bob, text);
      mesh_run (mesh, MILLISECONDS);
    }
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (alice->messages->len, ==, 0);
  g_assert_cmpuint (mesh_peer (alice, bob)->link->late.length, >=, 1000);
  p2p_mesh_node_set_lab (alice->node, 0, 0, 0);
  g_assert_cmpuint (alice->messages->len, >, 0);
  g_assert_cmpuint (alice->messages->len, <=, 256);
  /* what comes meanwhile is behind it */
  mesh_send (bob, "1000");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (alice->messages->len, ==, 1001);
  for (guint i = 0; i <= 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("'%u'", i);
      g_autoptr (GVariant) in = p2p_message_get_packet (alice->messages->pdata[i], 1);
      g_autofree char *heard = g_variant_print (in, FALSE);

      g_assert_cmpstr (heard, ==, text);
    }
  g_assert_cmpuint (mesh_peer (alice, bob)->link->late_bytes, ==, 0);
}

/* With frames that wait, whatever ends is over (valgrind looks for what is left). */
static void
test_ends (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (6);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = add_quiet (mesh, "bob"), *carol = add_quiet (mesh, "carol");

  mesh_connect (alice, bob);
  mesh_connect (alice, carol);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_lab (alice->node, 2000, 500, 0);
  mesh_send (bob, "in");
  mesh_send (alice, "out");
  mesh_run (mesh, 100 * MILLISECONDS);
  /* what came before the end comes before it, as late as it is */
  p2p_mesh_node_close (bob->node);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "in"), ==, 0);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (alice, "in"), ==, 1);
  g_assert_null (mesh_peer (alice, bob));
  mesh_send (carol, "too late");
  mesh_send (alice, "the last");
  mesh_run (mesh, 100 * MILLISECONDS);
  p2p_mesh_node_close (alice->node);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (alice, "too late"), ==, 0);
  /* what was on its way is sent before the link closes */
  g_assert_cmpuint (mesh_heard (carol, "the last"), ==, 1);
  p2p_mesh_node_set_lab (alice->node, 0, 0, 0);
}

/* ---- split ---- */

static void
split_from (MeshNode *self, MeshNode *other)
{
  const char *ids[] = { p2p_mesh_node_get_id (other->node), NULL };

  p2p_mesh_node_split (self->node, ids);
}

/* From one: he is gone, and comes not back, whoever dials; the others stay. When it is over both have each other, soon. */
static void
test_split (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (7);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = add_quiet (mesh, "carol");
  g_auto (MeshResult) result = { 0 };

  mesh_connect (alice, bob);
  mesh_connect (alice, carol);
  mesh_run (mesh, SECOND);
  split_from (alice, bob);
  g_assert_cmpuint (mesh_count (alice, "removed bob SPLIT"), ==, 1);
  g_assert_true (p2p_mesh_node_is_split (alice->node, p2p_mesh_node_get_id (bob->node)));
  g_assert_false (p2p_mesh_node_is_split (alice->node, p2p_mesh_node_get_id (carol->node)));
  g_assert_false (p2p_mesh_node_is_blocked (alice->node, p2p_mesh_node_get_id (bob->node), NULL));
  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), MESH_PORT, NULL, mesh_result_cb, &result);
  mesh_run (mesh, 60 * SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SPLIT);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_null (mesh_peer (bob, alice));
  g_assert_nonnull (mesh_peer (alice, carol));
  mesh_send (bob, "from there");
  mesh_send (alice, "from here");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (bob, "from here"), ==, 0);
  g_assert_cmpuint (mesh_heard (carol, "from here"), ==, 1);

  p2p_mesh_node_end_split (alice->node);
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  g_assert_nonnull (mesh_peer (bob, alice));
  mesh_send (alice, "again");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (bob, "again"), ==, 1);
}

/* From all: before anybody says who he is. Another split in its place lets back who is not of it. */
static void
test_split_all (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (8);
  MeshNode *alice = add_quiet (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  g_auto (MeshResult) result = { 0 };

  mesh_connect (alice, bob);
  mesh_connect (carol, alice);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_split (alice->node, NULL);
  g_assert_cmpuint (mesh_stats (alice).links_established, ==, 0);
  g_assert_true (p2p_mesh_node_is_split (alice->node, NULL));
  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), MESH_PORT, NULL, mesh_result_cb, &result);
  mesh_run (mesh, 60 * SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SPLIT);
  g_assert_cmpuint (mesh_stats (alice).links_established, ==, 0);
  /* they tried */
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_LAB], >, 0);
  g_assert_nonnull (mesh_peer (bob, carol));

  split_from (alice, bob);
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (mesh_peer (alice, carol));
  g_assert_null (mesh_peer (alice, bob));
  p2p_mesh_node_end_split (alice->node);
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  g_assert_false (p2p_mesh_node_has_split (alice->node));
  /* a split that is there when all ends */
  p2p_mesh_node_split (alice->node, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mesh/lab/delay", test_delay);
  g_test_add_func ("/mesh/lab/order", test_order);
  g_test_add_func ("/mesh/lab/loss", test_loss);
  g_test_add_func ("/mesh/lab/told", test_told);
  g_test_add_func ("/mesh/lab/bounded", test_bounded);
  g_test_add_func ("/mesh/lab/turns", test_turns);
  g_test_add_func ("/mesh/lab/ends", test_ends);
  g_test_add_func ("/mesh/lab/split", test_split);
  g_test_add_func ("/mesh/lab/split-all", test_split_all);
  return g_test_run ();
}
