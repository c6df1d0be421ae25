/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What our program wrote is looked after. */
#include "stab-fixture.h"

#include <string.h>

static void
lose_everywhere (StabFixture *self, const char *key)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];

  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  for (guint i = 0; i < self->nodes->len; i++)
    for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
      p2p_chord_store_remove (stab_nth (self, i)->chord->store, &spots[hash]);
}

static void
test_comes_back (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  self->mesh->limits.chord_republish_seconds = 100;
  stab_fill (self, 6);
  stab_settle (self, 60);
  stab_set (stab_nth (self, 1), "a", 7);
  lose_everywhere (self, "a");
  g_assert_cmpint (stab_get (stab_nth (self, 2), "a"), ==, -1);
  stab_run (self, 50);
  g_assert_cmpint (stab_get (stab_nth (self, 2), "a"), ==, -1);
  stab_run (self, 70);
  g_assert_cmpint (stab_get (stab_nth (self, 2), "a"), ==, 7);
}

/* A look, and no more: nothing is written where nothing is missing. */
static void
test_only_missing (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint64 stamps[P2P_CHORD_HASHES];

  self->mesh->limits.chord_republish_seconds = 100;
  stab_fill (self, 6);
  stab_settle (self, 60);
  stab_set (stab_nth (self, 1), "a", 7);
  stab_run (self, 1);
  p2p_chord_spots_of_key ((const guint8 *) "a", 1, spots);
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < self->nodes->len; i++)
        for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
          {
            const P2pChordValue *value = p2p_chord_store_get (stab_nth (self, i)->chord->store, &spots[hash]);

            if (value == NULL)
              continue;
            if (round == 0)
              stamps[hash] = value->stamp;
            else
              g_assert_cmpuint (stamps[hash], ==, value->stamp);
          }
      stab_run (self, 120);
    }
  g_assert_cmpuint (stab_nth (self, 1)->chord->part->n_republished, ==, 2);
}

/* Who wrote it before has no more to do with it. */
static void
test_written_by_another (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  self->mesh->limits.chord_republish_seconds = 100;
  stab_fill (self, 6);
  stab_settle (self, 60);
  stab_set (stab_nth (self, 1), "a", 7);
  stab_set (stab_nth (self, 3), "a", 8);
  g_assert_cmpuint (stab_nth (self, 1)->chord->part->wrote.length, ==, 1);
  stab_run (self, 130);
  g_assert_cmpuint (stab_nth (self, 1)->chord->part->wrote.length, ==, 0);
  g_assert_cmpuint (stab_nth (self, 3)->chord->part->wrote.length, ==, 1);
  g_assert_cmpint (stab_get (stab_nth (self, 2), "a"), ==, 8);
}

static void
test_bound (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  self->mesh->limits.chord_written = 3;
  stab_fill (self, 2);
  stab_run (self, 5);
  stab_write (stab_nth (self, 0), "k", 5);
  g_assert_cmpuint (stab_nth (self, 0)->chord->part->wrote.length, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/keep/comes-back", test_comes_back);
  g_test_add_func ("/chord/keep/only-missing", test_only_missing);
  g_test_add_func ("/chord/keep/written-by-another", test_written_by_another);
  g_test_add_func ("/chord/keep/bound", test_bound);
  return g_test_run ();
}
