/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coming and going: nothing is lost, and nothing cannot be read meanwhile. */
#include "stab-fixture.h"

#include <string.h>

static void
test_alone (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node = stab_add (self, "node");

  stab_join (node);
  g_assert_cmpuint (node->ended, ==, 0);
  stab_run (self, 1);
  g_assert_cmpuint (node->ended, ==, 1);
  g_assert_no_error (node->error);
  g_assert_cmpint (p2p_chord_node_get_seed (node->chord), ==, P2P_CHORD_SEED_JOINED);
  stab_set (node, "a", 1);
  g_assert_cmpint (stab_get (node, "a"), ==, 1);
  /* Nobody takes it: it stays, and it is said. */
  stab_unjoin (node, 1000);
  stab_run (self, 3);
  g_assert_cmpuint (node->ended, ==, 2);
  g_assert_error (node->error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY);
  g_assert_cmpint (p2p_chord_node_get_seed (node->chord), ==, P2P_CHORD_SEED_NOT);
  g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 5);
}

/* What nobody took is taken when somebody comes. */
static void
test_left_over (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node = stab_add (self, "node");
  StabNode *other;

  stab_join (node);
  stab_run (self, 1);
  stab_write (node, "k", 10);
  stab_unjoin (node, 1000);
  stab_run (self, 3);
  other = stab_add (self, "other");
  stab_connect (other, node);
  stab_join (other);
  stab_run (self, 10);
  g_assert_cmpuint (p2p_chord_store_get_n_values (other->chord->store), ==, 50);
  g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 0);
  g_assert_cmpuint (stab_count_unreadable (node, "k", 10), ==, 0);
}

/* At no time is a value not to be read, by whoever asks. */
static void
test_join_readable (gconstpointer data)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  guint n = GPOINTER_TO_UINT (data);

  stab_fill (self, n);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 0), "k", 12);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("late%u", i);
      StabNode *node = stab_add (self, name);

      stab_connect (node, stab_nth (self, i % n));
      stab_join (node);
      for (guint j = 0; j < 12; j++)
        {
          g_autofree char *key = g_strdup_printf ("k%u", j);

          g_assert_cmpint (stab_get (stab_nth (self, j % n), key), ==, j);
          g_assert_cmpint (stab_get (node, key), ==, j);
          stab_run (self, 0.03);
        }
      stab_run (self, 5);
      g_assert_cmpint (p2p_chord_node_get_seed (node->chord), ==, P2P_CHORD_SEED_JOINED);
      g_assert_cmpuint (node->ended, ==, 1);
    }
}

typedef struct {
  guint begun, ended, wrong;
} Looks;

static void
counted_cb (P2pChordLook *look, gpointer data)
{
  Looks *looks = data;

  looks->ended++;
  looks->wrong += look->outcome != P2P_CHORD_LOOK_VALUE;
}

static void
count_look (StabNode *node, const char *text, Looks *looks)
{
  g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

  looks->begun++;
  p2p_chord_node_look (node->chord, key, 0, counted_cb, looks);
}

/* Who stored alone, and had nothing, comes to who has all: neither says that there is nothing. */
static void
test_merge_readable (void)
{
  for (guint seed = 0; seed < 6; seed++)
    {
      g_autoptr (StabFixture) self = stab_fixture_new (0);
      StabNode *nodes[2];
      Looks looks = { 0 };

      for (guint i = 0; i < 2; i++)
        {
          g_autofree char *name = g_strdup_printf ("node%u-%u", seed, i);

          nodes[i] = stab_add (self, name);
          stab_join (nodes[i]);
        }
      stab_run (self, 2);
      stab_write (nodes[0], "k", 4);
      p2p_mesh_node_connect (nodes[0]->mesh->node, test_host_get_address (nodes[1]->mesh->host), 4000, NULL, NULL, NULL);
      for (guint j = 0; j < 400; j++)
        {
          g_autofree char *key = g_strdup_printf ("k%u", j % 4);

          stab_run (self, 0.002);
          count_look (nodes[0], key, &looks);
          /* Before he has heard that the other stores there is nothing for him. */
          if (p2p_chord_ring_get_n_contacts (nodes[1]->chord->ring) > 0)
            count_look (nodes[1], key, &looks);
        }
      stab_run (self, 15);
      g_assert_cmpuint (looks.begun, >, 600);
      g_assert_cmpuint (looks.ended, ==, looks.begun);
      g_assert_cmpuint (looks.wrong, ==, 0);
    }
}

/* Three of seven go, one after the other, and all is there. */
static void
test_three_of_seven (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (GPtrArray) storing = NULL;

  stab_fill (self, 7);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 0), "k", 40);
  storing = stab_storing (self);
  for (guint i = 1; i < 4; i++)
    {
      StabNode *node = storing->pdata[i];

      stab_unjoin (node, 20000);
      stab_run (self, 10);
      g_assert_cmpuint (node->ended, ==, 2);
      g_assert_no_error (node->error);
      g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 0);
      stab_kill (node, TRUE);
      g_assert_cmpuint (stab_count_unreadable (storing->pdata[0], "k", 40), ==, 0);
      g_assert_cmpuint (stab_count_unreadable (storing->pdata[6], "k", 40), ==, 0);
    }
}

/* All of four neighbours in one moment: each gives to one that stays. */
static void
test_at_once (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (GPtrArray) storing = NULL;

  stab_fill (self, 7);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 0), "k", 40);
  storing = stab_storing (self);
  for (guint i = 1; i < 5; i++)
    stab_unjoin (storing->pdata[i], 20000);
  stab_run (self, 15);
  for (guint i = 1; i < 5; i++)
    {
      StabNode *node = storing->pdata[i];

      g_assert_cmpuint (node->ended, ==, 2);
      g_assert_no_error (node->error);
      stab_kill (node, TRUE);
    }
  g_assert_cmpuint (stab_count_unreadable (storing->pdata[0], "k", 40), ==, 0);
}

/* While one goes all can be read and written. */
static void
test_leave_readable (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node;

  stab_fill (self, 6);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 0), "k", 12);
  node = stab_nth (self, 3);
  stab_unjoin (node, 20000);
  for (guint j = 0; j < 12; j++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", j);

      g_assert_cmpint (stab_get (stab_nth (self, j % 6), key), ==, j);
      stab_set (stab_nth (self, (j + 1) % 6), key, 100 + j);
      g_assert_cmpint (stab_get (stab_nth (self, (j + 2) % 6), key), ==, 100 + j);
    }
  stab_run (self, 15);
  g_assert_no_error (node->error);
  stab_kill (node, TRUE);
  for (guint j = 0; j < 12; j++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", j);

      g_assert_cmpint (stab_get (stab_nth (self, 0), key), ==, 100 + j);
    }
}

/* He says that he stores, and takes nothing: in time it is over, and nothing is lost. */
static void
test_time_out (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  StabNode *node = stab_add (self, "node");

  stab_join (node);
  stab_run (self, 3);
  stab_write (node, "k", 4);
  raw = stab_raw (node, "raw");
  stab_send_ring (raw, P2P_CHORD_RING_STORING, NULL, NULL);
  stab_run (self, 1);
  stab_unjoin (node, 3000);
  stab_run (self, 5);
  g_assert_cmpuint (node->ended, ==, 2);
  g_assert_error (node->error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT);
  g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 20);
}

static void
test_closed (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (4);
  StabNode *node = stab_add (self, "node");

  stab_join (node);
  p2p_mesh_node_close (node->mesh->node);
  stab_run (self, 1);
  g_assert_cmpuint (node->ended, ==, 1);
  g_assert_error (node->error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
}

static void
test_changes_its_mind (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node;

  stab_fill (self, 5);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 0), "k", 10);
  node = stab_nth (self, 2);
  stab_unjoin (node, 20000);
  stab_join (node);
  stab_run (self, 10);
  g_assert_cmpuint (node->ended, ==, 3);
  g_assert_no_error (node->error);
  g_assert_cmpint (p2p_chord_node_get_seed (node->chord), ==, P2P_CHORD_SEED_JOINED);
  stab_settle (self, 30);
  g_assert_cmpuint (stab_count_unreadable (node, "k", 10), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/join/alone", test_alone);
  g_test_add_func ("/chord/join/left-over", test_left_over);
  g_test_add_data_func ("/chord/join/readable-1", GUINT_TO_POINTER (1), test_join_readable);
  g_test_add_data_func ("/chord/join/readable-2", GUINT_TO_POINTER (2), test_join_readable);
  g_test_add_data_func ("/chord/join/readable-6", GUINT_TO_POINTER (6), test_join_readable);
  g_test_add_func ("/chord/join/merge-readable", test_merge_readable);
  g_test_add_func ("/chord/unjoin/three-of-seven", test_three_of_seven);
  g_test_add_func ("/chord/unjoin/at-once", test_at_once);
  g_test_add_func ("/chord/unjoin/readable", test_leave_readable);
  g_test_add_func ("/chord/unjoin/time-out", test_time_out);
  g_test_add_func ("/chord/join/closed", test_closed);
  g_test_add_func ("/chord/join/changes-its-mind", test_changes_its_mind);
  return g_test_run ();
}
