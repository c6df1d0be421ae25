/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who links up hears what was said lately on the other side, once, as it was said. */
#include "own-peer.h"

#include <string.h>

static P2pMessage *
heard_message (MeshNode *node, const char *text)
{
  for (guint i = 0; i < node->messages->len; i++)
    {
      g_autofree char *heard = p2p_message_dup_text (node->messages->pdata[i]);

      if (g_strcmp0 (heard, text) == 0)
        return node->messages->pdata[i];
    }
  g_assert_not_reached ();
}

/* Somebody who hears it: what nobody takes is not kept. */
static MeshNode *
add_heard (MeshFixture *mesh, const char *name, const char *friend)
{
  MeshNode *node = mesh_add (mesh, name);
  MeshNode *other = mesh_add (mesh, friend);

  p2p_mesh_node_set_own_frames (other->node, FALSE);
  p2p_mesh_node_set_max_outgoing (other->node, 0);
  mesh_connect (node, other);
  return node;
}

/* Two pairs, each with its own talk; then one link. */
static void
test_two_sides (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *left[] = { mesh_add (mesh, "left1"), mesh_add (mesh, "left2") };
  MeshNode *right[] = { mesh_add (mesh, "right1"), mesh_add (mesh, "right2") };
  gint64 said;

  mesh_connect (left[0], left[1]);
  mesh_connect (right[0], right[1]);
  said = mesh_now (mesh);
  mesh_send (left[0], "said on the left");
  mesh_send (right[1], "said on the right");
  mesh_run (mesh, 30 * SECOND);
  g_assert_cmpuint (mesh_heard (right[0], "said on the left"), ==, 0);

  mesh_connect (left[1], right[0]);
  mesh_run (mesh, 3 * SECOND);
  for (guint i = 0; i < 2; i++)
    {
      P2pMessage *message = heard_message (right[i], "said on the left");

      g_assert_cmpuint (mesh_heard (right[i], "said on the left"), ==, 1);
      g_assert_cmpstr (p2p_message_get_sender (message), ==, p2p_mesh_node_get_id (left[0]->node));
      g_assert_cmpint (p2p_message_get_time (message), ==, said);
      g_assert_cmpuint (mesh_heard (left[i], "said on the right"), ==, 1);
    }
  /* They may have found more of each other by then. */
  g_assert_cmpuint (mesh_stats (right[0]).recovered + mesh_stats (right[1]).recovered, >=, 1);
  g_assert_cmpuint (mesh_stats (left[0]).recovered + mesh_stats (left[1]).recovered, >=, 1);
}

/* In the order in which they were said, to a newcomer; nothing twice however often he goes and comes. */
static void
test_again_and_again (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = add_heard (mesh, "alice", "friend of alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (alice, text);
      mesh_run (mesh, SECOND / 2);
    }
  for (guint round = 0; round < 10; round++)
    {
      mesh_connect (bob, alice);
      mesh_run (mesh, 2 * SECOND);
      p2p_mesh_node_disconnect (bob->node, mesh_peer (bob, alice));
      mesh_run (mesh, 8 * SECOND);
    }
  g_assert_cmpuint (bob->messages->len, ==, 20);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autofree char *heard = p2p_message_dup_text (bob->messages->pdata[i]);

      g_assert_cmpstr (heard, ==, text);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_RATE], ==, 0);
}

/* A minute, and not more. */
static void
test_too_old (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = add_heard (mesh, "alice", "friend of alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_send (alice, "old");
  mesh_run (mesh, 10 * SECOND);
  mesh_send (alice, "young");
  mesh_run (mesh, 51 * SECOND);
  mesh_connect (bob, alice);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (bob, "old"), ==, 0);
  g_assert_cmpuint (mesh_heard (bob, "young"), ==, 1);
  g_assert_cmpuint (mesh_stats (alice).ihave_out, ==, 1);
}

/* What its maker's clock says is too old for others is not even offered, however lately it came. */
static void
test_slow_clock (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *late = mesh_add (mesh, "late");
  MeshNode *bob = mesh_add (mesh, "bob");

  test_host_set_utc_skew (late->host, -50 * SECOND);
  mesh_connect (late, alice);
  mesh_send (late, "by a slow clock");
  mesh_run (mesh, 15 * SECOND);
  g_assert_cmpuint (mesh_heard (alice, "by a slow clock"), ==, 1);
  mesh_connect (bob, alice);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (bob, "by a slow clock"), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).ihave_out, ==, 0);
  /* Who made it may offer it. It is asked for once. */
  g_assert_cmpuint (mesh_stats (bob).dropped[P2P_DROP_EXPIRED], <=, 1);
}

/* The limits of what is kept. */
static void
test_limits (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *few, *small, *brief, *bob;

  mesh->limits.cache_messages = 4;
  few = add_heard (mesh, "few", "friend of few");
  p2p_limits_init (&mesh->limits);
  mesh->limits.cache_bytes = 1000;
  small = add_heard (mesh, "small", "friend of small");
  p2p_limits_init (&mesh->limits);
  mesh->limits.cache_seconds = 10;
  brief = add_heard (mesh, "brief", "friend of brief");
  p2p_limits_init (&mesh->limits);
  bob = mesh_add (mesh, "bob");

  mesh_send (brief, "gone by then");
  mesh_run (mesh, 11 * SECOND);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("few %u", i);
      g_autofree char *large = g_strnfill (300 + i, 'x');

      mesh_send (few, text);
      mesh_send (small, large);
    }
  mesh_connect (bob, few);
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 4);
  g_assert_cmpuint (mesh_heard (bob, "few 6"), ==, 1);
  g_assert_cmpuint (mesh_heard (bob, "few 5"), ==, 0);
  mesh_connect (bob, small);
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 4 + 2);
  mesh_connect (bob, brief);
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (mesh_heard (bob, "gone by then"), ==, 0);
}

/* Nodes of the originals are offered nothing, and offer nothing. */
static void
test_originals (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = add_heard (mesh, "alice", "friend of alice");
  MeshNode *original = mesh_add (mesh, "original");

  p2p_mesh_node_set_own_frames (original->node, FALSE);
  mesh_send (alice, "of ours");
  mesh_send (original, "of theirs");
  mesh_run (mesh, SECOND);
  mesh_connect (original, alice);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (original->messages->len + alice->messages->len, ==, 0);
  g_assert_cmpuint (mesh_stats (alice).ihave_out + mesh_stats (original).ihave_out, ==, 0);
  mesh_send (alice, "from now on");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (original, "from now on"), ==, 1);
}

/* A question that was asked long ago is not asked again. */
static void
test_questions (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) asker = own_dial (mesh, "asker", alice);
  g_autoptr (RawPeer) later = NULL;
  g_autoptr (P2pMessage) text = own_make (asker, "a text");

  raw_send (asker, P2P_FLAG_BROADCAST, "[<@x 8>, <'abc'>, <'%s'>]", asker->id);
  own_give (asker, text);
  g_assert_cmpuint (p2p_message_cache_get_size (alice->node->cache), ==, 2);
  later = own_dial (mesh, "later", alice);
  g_assert_cmpuint (mesh_stats (alice).ihave_out, ==, 1);
  g_assert_true (own_has_id (later, P2P_CONTROL_IHAVE, p2p_message_peek_id (text)));
}

/* Offers come in frames that the other end takes. */
static void
test_frames (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = add_heard (mesh, "alice", "friend of alice");
  g_autoptr (RawPeer) small = NULL;
  g_autoptr (RawPeer) large = NULL;
  g_autoptr (GByteArray) ids = NULL;

  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (alice, text);
    }
  small = own_dial_full (mesh, "small", alice, 1024);
  large = own_dial (mesh, "large", alice);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (own_count (large, P2P_CONTROL_IHAVE), ==, 2);
  g_assert_cmpuint (own_count (small, P2P_CONTROL_IHAVE), ==, 600 / ((1024 - 256) / 32));
  for (guint i = 0; i < small->messages->len; i++)
    g_assert_cmpuint (p2p_message_get_length (small->messages->pdata[i]), <=, 1024);
  ids = own_get_ids (small, P2P_CONTROL_IHAVE);
  g_assert_cmpuint (ids->len, ==, 600 * 32);
}

/* As much as may be kept, to a newcomer, over a link with little room: all of it, in the end. */
static void
test_much (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;

  mesh->limits.out_queue = 256 * 1024;
  alice = add_heard (mesh, "alice", "friend of alice");
  bob = mesh_add (mesh, "bob");
  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u ", i);
      g_autofree char *text = g_strnfill (400, 'x');

      memcpy (text, number, strlen (number));
      mesh_send (alice, text);
    }
  mesh_connect (bob, alice);
  mesh_run (mesh, 10 * SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 1500);
  g_assert_cmpuint (mesh_stats (bob).duplicates, ==, 0);
}

/* A newcomer does not send all that he caught up on to those who have it: he tells them its ids, when they did not tell him. */
static void
test_newcomer_is_modest (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[5];
  guint64 duplicates = 0;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      nodes[i] = mesh_add (mesh, name);
      for (guint j = 0; j < i; j++)
        mesh_connect (nodes[i], nodes[j]);
    }
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (nodes[i % 4], text);
      mesh_run (mesh, SECOND / 10);
    }
  for (guint i = 0; i < 4; i++)
    duplicates -= mesh_stats (nodes[i]).duplicates;
  mesh_run (mesh, 2 * SECOND);
  nodes[4] = mesh_add (mesh, "newcomer");
  for (guint i = 0; i < 4; i++)
    mesh_connect (nodes[4], nodes[i]);
  mesh_run (mesh, 5 * SECOND);
  for (guint i = 0; i < 4; i++)
    duplicates += mesh_stats (nodes[i]).duplicates;
  g_assert_cmpuint (nodes[4]->messages->len, ==, 50);
  g_assert_cmpuint (mesh_stats (nodes[4]).duplicates, ==, 0);
  g_assert_cmpuint (duplicates, ==, 0);
}

/* Said to nobody, as the program was told: nobody hears it later, when it may have been said again. */
static void
test_said_to_nobody (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_send (alice, "is anybody there?");
  mesh_run (mesh, SECOND);
  mesh_connect (bob, alice);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 0);
  g_assert_cmpuint (mesh_stats (alice).ihave_out, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/catch-up/two-sides", test_two_sides);
  g_test_add_func ("/mesh/catch-up/again-and-again", test_again_and_again);
  g_test_add_func ("/mesh/catch-up/too-old", test_too_old);
  g_test_add_func ("/mesh/catch-up/slow-clock", test_slow_clock);
  g_test_add_func ("/mesh/catch-up/limits", test_limits);
  g_test_add_func ("/mesh/catch-up/originals", test_originals);
  g_test_add_func ("/mesh/catch-up/questions", test_questions);
  g_test_add_func ("/mesh/catch-up/said-to-nobody", test_said_to_nobody);
  g_test_add_func ("/mesh/catch-up/newcomer-is-modest", test_newcomer_is_modest);
  g_test_add_func ("/mesh/catch-up/frames", test_frames);
  g_test_add_func ("/mesh/catch-up/much", test_much);
  return g_test_run ();
}
