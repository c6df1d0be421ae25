/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rings with k: who gets which place, and how far a question goes. */
#include "stab-fixture.h"

#include <string.h>

static guint
slot_of (StabNode *node)
{
  return (guint) (node->chord->place.bytes[0] << 8 | node->chord->place.bytes[1]) >> (16 - node->fixture->k);
}

/* Each of those that store has a place of its own. */
static void
assert_apart (StabFixture *self, guint n)
{
  g_autoptr (GPtrArray) storing = stab_storing (self);
  guint64 seen = 0;

  stab_assert_clean (self);
  g_assert_cmpuint (storing->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      guint64 bit = G_GUINT64_CONSTANT (1) << slot_of (storing->pdata[i]);

      g_assert_false (seen & bit);
      seen |= bit;
    }
}

static void
test_few (gconstpointer data)
{
  guint k = 4;
  guint n = GPOINTER_TO_UINT (data);
  g_autoptr (StabFixture) self = stab_fixture_new (k);

  stab_fill (self, n);
  stab_settle (self, 60);
  assert_apart (self, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (p2p_chord_is_small (stab_nth (self, i)->chord), ==, n < k);
}

static void
test_full (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (3);
  StabNode *late;

  stab_fill (self, 8);
  stab_settle (self, 60);
  assert_apart (self, 8);
  late = stab_add (self, "late");
  stab_connect (late, stab_nth (self, 3));
  stab_join (late);
  stab_run (self, 30);
  g_assert_cmpuint (late->ended, ==, 1);
  g_assert_error (late->error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_RING_FULL);
  g_assert_cmpstr (late->error->message, ==, "All 8 places of this ring are taken");
  g_assert_cmpint (p2p_chord_node_get_seed (late->chord), ==, P2P_CHORD_SEED_NOT);
  assert_apart (self, 8);
  /* A place is free again. */
  stab_unjoin (stab_nth (self, 5), 5000);
  stab_run (self, 10);
  g_assert_no_error (stab_nth (self, 5)->error);
  stab_join (late);
  stab_run (self, 30);
  g_assert_cmpuint (late->ended, ==, 2);
  g_assert_no_error (late->error);
  stab_settle (self, 60);
  assert_apart (self, 8);
}

/* All at once, knowing one: two may take one place, and one of them moves on. */
static void
test_at_once (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (4);

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("node%u", i);
      StabNode *node = stab_add (self, name);

      if (i > 0)
        stab_connect (node, stab_nth (self, 0));
    }
  for (guint i = 0; i < 12; i++)
    stab_join (stab_nth (self, i));
  stab_settle (self, 120);
  assert_apart (self, 12);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpint (p2p_chord_node_get_seed (stab_nth (self, i)->chord), ==, P2P_CHORD_SEED_JOINED);
}

/* Who stored alone, each at the same place, and then hears of the other. */
static void
test_same_place (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (1);

  /* Of three two have the same. */
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("node%u", i);

      stab_join (stab_add (self, name));
    }
  stab_run (self, 5);
  for (guint i = 0; i < 3; i++)
    {
      StabNode *one = stab_nth (self, i);
      StabNode *other = stab_nth (self, (i + 1) % 3);

      if (slot_of (one) != slot_of (other))
        continue;
      stab_unjoin (stab_nth (self, (i + 2) % 3), 1000);
      stab_run (self, 2);
      stab_connect (one, other);
      stab_settle (self, 20);
      assert_apart (self, 2);
      return;
    }
  g_assert_not_reached ();
}

static void
count_hops (P2pChordLook *look, gpointer data)
{
  guint *most = data;

  most[1]++;
  g_assert_cmpint (look->outcome, ==, P2P_CHORD_LOOK_ABSENT);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      g_assert_cmpint (look->answers[i].state, ==, P2P_CHORD_ANSWER_NOTHING);
      most[0] = MAX (most[0], look->answers[i].hops);
    }
}

/* 2^k nodes, and one that stores nothing: no question takes more than k requests. */
static void
test_requests (gconstpointer data)
{
  g_autoptr (StabFixture) self = stab_fixture_new (GPOINTER_TO_UINT (data));
  guint k = self->k, n = 1u << k;
  StabNode *other;
  guint most[2] = { 0 };

  /* No links but those of the ring, and who each came by. */
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("node%u", i);
      StabNode *node = stab_add (self, name);

      p2p_mesh_node_set_max_outgoing (node->mesh->node, 1);
      if (i > 0)
        stab_connect (node, stab_nth (self, i - 1));
      stab_join (node);
      stab_run (self, 2);
    }
  stab_settle (self, 60);
  assert_apart (self, n);
  other = stab_add (self, "other");
  stab_connect (other, stab_nth (self, 0));
  /* Fingers */
  stab_run (self, 60);
  for (guint i = 0; i <= n; i++)
    for (guint j = 0; j < 10; j++)
      {
        g_autofree char *text = g_strdup_printf ("key%u-%u", i, j);
        g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

        p2p_chord_node_look (stab_nth (self, i)->chord, key, 0, count_hops, most);
        stab_run (self, 0.2);
      }
  stab_run (self, 15);
  g_assert_cmpuint (most[1], ==, (n + 1) * 10);
  g_assert_cmpuint (most[0], >, 0);
  g_assert_cmpuint (most[0], <=, k);
}

static void
test_other_k (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (4);
  g_autoptr (P2pProtocol) other = NULL;
  g_autoptr (P2pProtocol) base = p2p_protocol_ref (self->mesh->protocol);
  StabNode *one = stab_add (self, "one");
  MeshNode *two;

  other = p2p_protocol_new_chord (base, 5);
  two = mesh_add_full (self->mesh, "two", other, 0);
  p2p_mesh_node_connect (two->node, test_host_get_address (one->mesh->host), 4000, NULL, NULL, NULL);
  stab_run (self, 5);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (two->node), ==, 0);
  g_assert_nonnull (two->last_failure);
  g_test_message ("%s", two->last_failure->message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/chord/slots/one", GUINT_TO_POINTER (1), test_few);
  g_test_add_data_func ("/chord/slots/k-less-one", GUINT_TO_POINTER (3), test_few);
  g_test_add_data_func ("/chord/slots/k", GUINT_TO_POINTER (4), test_few);
  g_test_add_func ("/chord/slots/full", test_full);
  g_test_add_func ("/chord/slots/at-once", test_at_once);
  g_test_add_func ("/chord/slots/same-place", test_same_place);
  g_test_add_data_func ("/chord/slots/requests-4", GUINT_TO_POINTER (4), test_requests);
  g_test_add_func ("/chord/slots/other-k", test_other_k);
  return g_test_run ();
}
