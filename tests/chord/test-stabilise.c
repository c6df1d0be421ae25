/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of real nodes: that it becomes one, and stays one. */
#include "stab-fixture.h"

static void
test_grows (gconstpointer data)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  stab_fill (self, GPOINTER_TO_UINT (data));
  stab_settle (self, 60);
  /* It stays so. */
  stab_run (self, 30);
  g_assert_true (stab_is_ideal (self));
  stab_assert_clean (self);
}

static void
test_first_after_dies (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (GPtrArray) storing = NULL;

  stab_fill (self, 8);
  stab_settle (self, 60);
  storing = stab_storing (self);
  stab_kill (storing->pdata[3], TRUE);
  /* The next of the list takes its place at once, not at the next round. */
  stab_run (self, 0.1);
  g_assert_cmpstr (p2p_chord_ring_get_after (((StabNode *) storing->pdata[2])->chord->ring, 0)->id, ==, p2p_mesh_node_get_id (((StabNode *) storing->pdata[4])->mesh->node));
  stab_settle (self, 30);
  stab_assert_clean (self);
}

static void
test_neighbours_die (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (GPtrArray) storing = NULL;

  stab_fill (self, 9);
  stab_settle (self, 60);
  storing = stab_storing (self);
  for (guint i = 2; i < 5; i++)
    stab_kill (storing->pdata[i], TRUE);
  stab_settle (self, 60);
  stab_assert_clean (self);
}

static void
test_power_goes (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (GPtrArray) storing = NULL;

  stab_fill (self, 6);
  stab_settle (self, 60);
  storing = stab_storing (self);
  stab_kill (storing->pdata[0], FALSE);
  stab_settle (self, 120);
  stab_assert_clean (self);
}

/* Two rings that hear of each other by one link become one. */
static void
test_merge (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *first[2];

  for (guint ring = 0; ring < 2; ring++)
    for (guint i = 0; i < 6; i++)
      {
        g_autofree char *name = g_strdup_printf ("ring%u-%u", ring, i);
        StabNode *node = stab_add (self, name);

        if (i == 0)
          first[ring] = node;
        else
          stab_connect (node, first[ring]);
        stab_join (node);
        stab_run (self, 1);
      }
  stab_run (self, 30);
  stab_connect (first[0], first[1]);
  stab_settle (self, 120);
  stab_assert_clean (self);
}

static void
test_partition (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  stab_fill (self, 10);
  stab_settle (self, 60);
  for (guint i = 0; i < 10; i++)
    test_host_set_group (stab_nth (self, i)->mesh->host, i % 2);
  stab_run (self, 180);
  for (guint i = 0; i < 10; i++)
    test_host_set_group (stab_nth (self, i)->mesh->host, 0);
  stab_settle (self, 600);
  stab_assert_clean (self);
}

/* One that comes and goes is not dialled without end, and the others stay a ring. */
static void
test_flapping (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *flapping;

  stab_fill (self, 6);
  stab_settle (self, 60);
  flapping = stab_nth (self, 5);
  for (guint i = 0; i < 10; i++)
    {
      stab_unjoin (flapping, 1000);
      stab_run (self, 2);
      stab_join (flapping);
      stab_run (self, 1);
    }
  stab_settle (self, 30);
  g_assert_cmpuint (flapping->ended, ==, 21);
}

static void
get_way (const P2pChordPlace *a, const P2pChordPlace *b, P2pChordPlace *way)
{
  P2pChordPlace other;

  p2p_chord_place_distance (a, b, way);
  p2p_chord_place_distance (b, a, &other);
  if (p2p_chord_place_compare (&other, way) < 0)
    *way = other;
}

/* Who knows nobody on the ring yet wants everybody: when more were told than it keeps, the one that is nearest is dialled all the same, however late it was told. */
static void
test_nearest_told_last (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (P2pChordMember) near_one = NULL;
  StabNode *node = stab_add (self, "node"), *near = stab_add (self, "near");
  P2pMeshNode *mesh = near->mesh->node;
  P2pChordPlace way;
  guint n_told = 0;

  stab_join (node);
  stab_join (near);
  stab_run (self, 1);
  near_one = p2p_chord_member_new (&near->chord->place, p2p_mesh_node_get_id (mesh), p2p_mesh_node_get_out_host (mesh), p2p_mesh_node_get_out_port (mesh));
  get_way (&node->chord->place, &near_one->place, &way);
  for (guint i = 0; i < 256; i++)
    {
      g_autoptr (P2pChordMember) member = stab_invent (i);
      P2pChordPlace his;

      get_way (&node->chord->place, &member->place, &his);
      if (p2p_chord_place_compare (&his, &way) <= 0)
        continue;
      p2p_chord_consider (node->chord, member, FALSE);
      n_told++;
    }
  /* There is no room for all of them. */
  g_assert_cmpuint (node->chord->part->candidates->len, <, n_told);
  p2p_chord_consider (node->chord, near_one, FALSE);
  stab_run (self, 5);
  g_assert_nonnull (p2p_chord_find_link_by_id (node->chord, near_one->id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/chord/stabilise/one", GUINT_TO_POINTER (1), test_grows);
  g_test_add_data_func ("/chord/stabilise/two", GUINT_TO_POINTER (2), test_grows);
  g_test_add_data_func ("/chord/stabilise/three", GUINT_TO_POINTER (3), test_grows);
  g_test_add_data_func ("/chord/stabilise/five", GUINT_TO_POINTER (5), test_grows);
  g_test_add_data_func ("/chord/stabilise/twenty", GUINT_TO_POINTER (20), test_grows);
  g_test_add_func ("/chord/stabilise/first-after-dies", test_first_after_dies);
  g_test_add_func ("/chord/stabilise/neighbours-die", test_neighbours_die);
  g_test_add_func ("/chord/stabilise/power-goes", test_power_goes);
  g_test_add_func ("/chord/stabilise/merge", test_merge);
  g_test_add_func ("/chord/stabilise/partition", test_partition);
  g_test_add_func ("/chord/stabilise/flapping", test_flapping);
  g_test_add_func ("/chord/stabilise/nearest-told-last", test_nearest_told_last);
  return g_test_run ();
}
