/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes come, go and die, in an order that a seed chooses: the ring is one, and what was written can be read. SIM_DEEP=1: more seeds. */
#include "stab-fixture.h"

#include <string.h>

static StabNode *
pick (StabFixture *self, TestRng *rng)
{
  g_autoptr (GPtrArray) storing = stab_storing (self);

  return storing->pdata[test_rng_below (rng, storing->len)];
}

static StabNode *
add (StabFixture *self, guint seed)
{
  g_autofree char *name = g_strdup_printf ("s%u-%u", seed, self->nodes->len);
  g_autoptr (GPtrArray) storing = stab_storing (self);
  StabNode *node = stab_add (self, name);

  if (storing->len > 0)
    stab_connect (node, storing->pdata[test_rng_below (test_world_get_rng (self->mesh->world), storing->len)]);
  stab_join (node);
  return node;
}

static guint
get_seeds (guint deep)
{
  return g_getenv ("SIM_DEEP") != NULL ? deep : 1;
}

/* Half of 16 go in 8 steps, 15 s apart. */
static void
test_half_dies (void)
{
  for (guint seed = 0; seed < get_seeds (40); seed++)
    {
      g_autoptr (StabFixture) self = stab_fixture_new (0);
      TestRng *rng = test_world_get_rng (self->mesh->world);

      for (guint i = 0; i < 16; i++)
        {
          add (self, seed);
          stab_run (self, 0.5);
        }
      stab_settle (self, 90);
      stab_write (pick (self, rng), "k", 60);
      /* Replicas go together, a moment after the write is confirmed: who dies within it may have been the only one. */
      stab_run (self, 0.5);
      for (guint i = 0; i < 8; i++)
        {
          stab_kill (pick (self, rng), TRUE);
          stab_run (self, 15);
          g_assert_cmpuint (stab_count_unreadable (pick (self, rng), "k", 60), ==, 0);
        }
      stab_settle (self, 60);
      stab_assert_clean (self);
    }
}

/* One of several things every few seconds; only one dies at a time. */
static void
test_all_at_once (gconstpointer data)
{
  guint k = GPOINTER_TO_UINT (data);

  for (guint seed = 0; seed < get_seeds (40); seed++)
    {
      g_autoptr (StabFixture) self = stab_fixture_new (k);
      TestRng *rng = test_world_get_rng (self->mesh->world);

      for (guint i = 0; i < 8; i++)
        {
          add (self, 1000 + seed);
          stab_run (self, 0.5);
        }
      stab_settle (self, 90);
      stab_write (pick (self, rng), "k", 30);
      stab_run (self, 0.5);
      for (guint i = 0; i < 25; i++)
        {
          g_autoptr (GPtrArray) storing = stab_storing (self);

          switch (test_rng_below (rng, 3))
            {
            case 0:
              if (storing->len < 14)
                add (self, 1000 + seed);
              break;
            case 1:
              if (storing->len > 5)
                stab_unjoin (pick (self, rng), 20000);
              break;
            default:
              if (storing->len > 5)
                stab_kill (pick (self, rng), test_rng_below (rng, 2) == 0);
              break;
            }
          stab_run (self, 2 + test_rng_below (rng, 15));
          if (i % 5 == 4)
            {
              stab_run (self, 60);
              g_assert_cmpuint (stab_count_unreadable (pick (self, rng), "k", 30), ==, 0);
            }
        }
      stab_settle (self, 180);
      stab_assert_clean (self);
      g_assert_cmpuint (stab_count_unreadable (pick (self, rng), "k", 30), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/churn/half-dies", test_half_dies);
  g_test_add_data_func ("/chord/churn/all", GUINT_TO_POINTER (0), test_all_at_once);
  g_test_add_data_func ("/chord/churn/all-with-k", GUINT_TO_POINTER (5), test_all_at_once);
  return g_test_run ();
}
