/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is linked with whom: what facts come to, what enemies may claim, and that nobody jumps. */
#include "model/graph/rt-graph-private.h"

#include <math.h>
#include <string.h>

#define NOW 1763640000

typedef struct {
  RtGraph *graph;
  guint    n_changed, n_items;
} Fixture;

static void
changed_cb (RtGraph *graph, Fixture *self)
{
  self->n_changed++;
}

/* What the list says it is, it is. */
static void
items_changed_cb (RtGraph *graph, guint position, guint removed, guint added, Fixture *self)
{
  self->n_items = self->n_items - removed + added;
  g_assert_cmpuint (self->n_items, ==, g_list_model_get_n_items (G_LIST_MODEL (graph)));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  *self = (Fixture) { .graph = rt_graph_new () };
  g_signal_connect (self->graph, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (self->graph, "items-changed", G_CALLBACK (items_changed_cb), self);
  rt_graph_set_you (self->graph, "you");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->graph);
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->graph));
}

static void
tell (Fixture *self, const char *teller, const char *ids, gint64 now)
{
  g_auto (GStrv) list = g_strsplit (ids, " ", -1);

  rt_graph_tell (self->graph, teller, (const char * const *) list, now);
}

static char *
draw (Fixture *self)
{
  static const char *const marks[] = { "=", "-", ">", "~" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rt_graph_get_n_edges (self->graph); i++)
    {
      const RtGraphEdge *edge = rt_graph_get_edge (self->graph, i);
      g_autoptr (RtGraphNode) from = g_list_model_get_item (G_LIST_MODEL (self->graph), edge->from);
      g_autoptr (RtGraphNode) to = g_list_model_get_item (G_LIST_MODEL (self->graph), edge->to);

      g_string_append_printf (text, "%s%s%s%s", i > 0 ? " " : "", rt_graph_node_get_id (from), marks[edge->kind], rt_graph_node_get_id (to));
    }
  return g_string_free (text, FALSE);
}

#define assert_drawn(self, words) \
  G_STMT_START { \
    g_autofree char *drawn_ = draw (self); \
    g_assert_cmpstr (drawn_, ==, words); \
  } G_STMT_END

static void
test_alone (Fixture *self, gconstpointer data)
{
  g_assert_true (rt_graph_update (self->graph, NOW));
  g_assert_false (rt_graph_update (self->graph, NOW));
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_cmpint (rt_graph_node_get_kind (rt_graph_find (self->graph, "you")), ==, RT_GRAPH_YOU);
  rt_graph_set_you (self->graph, NULL);
  g_assert_true (rt_graph_update (self->graph, NOW));
  g_assert_cmpuint (count (self), ==, 0);
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  rt_graph_link (self->graph, "ada", NOW - 60);
  rt_graph_link (self->graph, "bob", NOW - 50);
  tell (self, "ada", "bob carl you ada", NOW);
  tell (self, "bob", "ada", NOW);
  rt_graph_hear (self->graph, "dave", "bob", NOW);
  rt_graph_hear (self->graph, "carl", "ada", NOW);
  rt_graph_hear (self->graph, "ada", "ada", NOW);
  rt_graph_hear (self->graph, "you", "ada", NOW);
  rt_graph_hear (self->graph, "eve", "nobody", NOW);
  rt_graph_update (self->graph, NOW);
  assert_drawn (self, "you=ada you=bob ada-bob ada>carl bob~dave");
  g_assert_cmpuint (count (self), ==, 5);
  g_assert_cmpint (rt_graph_node_get_kind (rt_graph_find (self->graph, "ada")), ==, RT_GRAPH_NEIGHBOUR);
  g_assert_cmpint (rt_graph_node_get_kind (rt_graph_find (self->graph, "carl")), ==, RT_GRAPH_TOLD);
  g_assert_cmpint (rt_graph_node_get_kind (rt_graph_find (self->graph, "dave")), ==, RT_GRAPH_HEARD);
  g_assert_cmpuint (rt_graph_node_get_hops (rt_graph_find (self->graph, "carl")), ==, 2);
  g_assert_cmpuint (rt_graph_node_get_n_links (rt_graph_find (self->graph, "ada")), ==, 3);
  g_assert_cmpuint (rt_graph_node_get_n_links (rt_graph_find (self->graph, "dave")), ==, 0);
  g_assert_null (rt_graph_find (self->graph, "eve"));
  /* with a neighbour goes what he said */
  rt_graph_unlink (self->graph, "ada");
  rt_graph_update (self->graph, NOW);
  assert_drawn (self, "you=bob bob>ada bob~dave");
}

/* What is not said again is not known any more. */
static void
test_age (Fixture *self, gconstpointer data)
{
  rt_graph_link (self->graph, "ada", NOW);
  tell (self, "ada", "bob carl", NOW);
  rt_graph_hear (self->graph, "dave", "ada", NOW);
  rt_graph_update (self->graph, NOW);
  tell (self, "ada", "carl", NOW + 300);
  rt_graph_update (self->graph, NOW + RT_GRAPH_SECONDS - 1);
  assert_drawn (self, "you=ada ada>bob ada>carl ada~dave");
  rt_graph_update (self->graph, NOW + RT_GRAPH_SECONDS);
  assert_drawn (self, "you=ada ada>carl");
  rt_graph_update (self->graph, NOW + RT_GRAPH_SECONDS + 300);
  assert_drawn (self, "you=ada");
  g_assert_cmpuint (count (self), ==, 2);
}

static void
remember_cb (RtGraph *graph, guint position, guint removed, guint added, char **said)
{
  g_free (*said);
  *said = g_strdup_printf ("%u -%u +%u", position, removed, added);
}

/* Who reads the list is not thrown about by others who come and go. */
static void
test_list (Fixture *self, gconstpointer data)
{
  g_autofree char *said = NULL;

  g_signal_connect (self->graph, "items-changed", G_CALLBACK (remember_cb), &said);
  rt_graph_link (self->graph, "ada", NOW);
  rt_graph_link (self->graph, "bob", NOW);
  rt_graph_link (self->graph, "carl", NOW);
  rt_graph_update (self->graph, NOW);
  g_assert_cmpstr (said, ==, "0 -0 +4");
  rt_graph_link (self->graph, "dave", NOW);
  rt_graph_update (self->graph, NOW);
  g_assert_cmpstr (said, ==, "4 -0 +1");
  rt_graph_unlink (self->graph, "bob");
  rt_graph_update (self->graph, NOW);
  g_assert_cmpstr (said, ==, "2 -1 +0");
}

/* 100,000 claims of one, and others who say little: bounded, and these are not crowded out. */
static void
test_liar (Fixture *self, gconstpointer data)
{
  rt_graph_link (self->graph, "liar", NOW);
  rt_graph_link (self->graph, "ada", NOW);
  tell (self, "ada", "bob", NOW);
  for (guint i = 0; i < 100000; i += 32)
    {
      g_autoptr (GString) ids = g_string_new (NULL);

      for (guint j = 0; j < 32; j++)
        g_string_append_printf (ids, "%snode%u", j > 0 ? " " : "", i + j);
      tell (self, "liar", ids->str, NOW + i / 3200);
    }
  rt_graph_update (self->graph, NOW + 32);
  g_assert_cmpuint (count (self), ==, 3 + 1 + RT_GRAPH_MAX_CLAIMS);
  g_assert_nonnull (rt_graph_find (self->graph, "bob"));
  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *id = g_strdup_printf ("heard%u", i % 5000);

      rt_graph_hear (self->graph, id, "liar", NOW + 40);
    }
  rt_graph_update (self->graph, NOW + 40);
  g_assert_cmpuint (count (self), ==, 3 + 1 + RT_GRAPH_MAX_CLAIMS + RT_GRAPH_MAX_HEARD);
  /* from somebody who is no neighbour, ids that are none */
  tell (self, "stranger", "x y z", NOW + 40);
  {
    g_autofree char *long_id = g_strnfill (1000, 'a');

    tell (self, "ada", long_id, NOW + 40);
    rt_graph_hear (self->graph, long_id, "ada", NOW + 40);
  }
  g_assert_false (rt_graph_update (self->graph, NOW + 40));
}

/* Everybody lies: no more nodes, no more edges, and what is left out is told. */
static void
test_liars (Fixture *self, gconstpointer data)
{
  gint64 began;

  for (guint i = 0; i < 128; i++)
    {
      g_autofree char *id = g_strdup_printf ("liar%u", i);
      g_autoptr (GString) ids = g_string_new (NULL);

      rt_graph_link (self->graph, id, NOW);
      for (guint j = 0; j < RT_GRAPH_MAX_CLAIMS; j++)
        g_string_append_printf (ids, "%snode%u-%u", j > 0 ? " " : "", i, j);
      tell (self, id, ids->str, NOW);
    }
  began = g_get_monotonic_time ();
  rt_graph_update (self->graph, NOW);
  g_test_message ("%.1f ms", (double) (g_get_monotonic_time () - began) / 1000);
  g_assert_cmpuint (count (self), ==, RT_GRAPH_MAX_NODES);
  g_assert_cmpuint (rt_graph_get_n_edges (self->graph), <=, RT_GRAPH_MAX_EDGES);
  g_assert_cmpuint (rt_graph_get_n_left_out (self->graph), ==, 128 * RT_GRAPH_MAX_CLAIMS - (RT_GRAPH_MAX_NODES - 129));
  g_assert_nonnull (rt_graph_find (self->graph, "liar127"));
  g_assert_nonnull (rt_graph_find (self->graph, "node127-0"));
}

/* ---- places ---- */

static char *
dup_places (Fixture *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count (self); i++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);
      double x, y;

      rt_graph_node_get_place (node, &x, &y);
      g_string_append_printf (text, "%s %.3f %.3f\n", rt_graph_node_get_id (node), x, y);
    }
  return g_string_free (text, FALSE);
}

static void
grow (Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i), *others = g_strdup_printf ("far%u far%u", i / 2, i);

      if (i % 4 == 0)
        rt_graph_link (self->graph, id, NOW);
      tell (self, id, others, NOW);
      rt_graph_update (self->graph, NOW);
    }
}

static void
test_same_again (Fixture *self, gconstpointer data)
{
  Fixture other;
  g_autofree char *ours = NULL, *theirs = NULL;

  set_up (&other, NULL);
  grow (self, 100);
  grow (&other, 100);
  ours = dup_places (self);
  theirs = dup_places (&other);
  g_assert_cmpstr (ours, ==, theirs);
  tear_down (&other, NULL);
}

/* Others come and go, and nobody moves; nobody stands where another does, or where we are. */
static void
test_nobody_jumps (Fixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint state = 1;

  for (guint turn = 0; turn < 400; turn++)
    {
      g_autofree char *id = NULL, *others = NULL;
      g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      state = state * 1103515245u + 12345u;
      id = g_strdup_printf ("n%u", state >> 16 & 31);
      others = g_strdup_printf ("f%u f%u n%u", state >> 8 & 127, state >> 4 & 127, state >> 20 & 31);
      if ((state >> 27 & 3) == 0)
        rt_graph_unlink (self->graph, id);
      else
        rt_graph_link (self->graph, id, NOW);
      tell (self, id, others, NOW);
      rt_graph_update (self->graph, NOW);
      for (guint i = 0; i < count (self); i++)
        {
          g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);
          const char *before = g_hash_table_lookup (places, rt_graph_node_get_id (node));
          char *place;
          double x, y;

          rt_graph_node_get_place (node, &x, &y);
          place = g_strdup_printf ("%.4f %.4f", x, y);
          g_assert_true (g_hash_table_add (taken, g_strdup (place)));
          if (rt_graph_node_get_kind (node) != RT_GRAPH_YOU)
            g_assert_cmpfloat (hypot (x, y), >, 0.99);
          if (before != NULL)
            g_assert_cmpstr (before, ==, place);
          g_hash_table_insert (places, g_strdup (rt_graph_node_get_id (node)), place);
        }
      /* who was away for a while may be put elsewhere */
      {
        GHashTableIter iter;
        gpointer key;

        g_hash_table_iter_init (&iter, places);
        while (g_hash_table_iter_next (&iter, &key, NULL))
          if (rt_graph_find (self->graph, key) == NULL)
            g_hash_table_iter_remove (&iter);
      }
    }
}

/* Few neighbours stand all around us, and who is farther is behind who leads to him. */
static void
test_reads_well (Fixture *self, gconstpointer data)
{
  double x, y, other_x, other_y;

  rt_graph_link (self->graph, "ada", NOW);
  rt_graph_link (self->graph, "bob", NOW);
  tell (self, "ada", "carl", NOW);
  rt_graph_update (self->graph, NOW);
  rt_graph_node_get_place (rt_graph_find (self->graph, "ada"), &x, &y);
  rt_graph_node_get_place (rt_graph_find (self->graph, "bob"), &other_x, &other_y);
  g_assert_cmpfloat (hypot (x + other_x, y + other_y), <, 0.01);
  rt_graph_node_get_place (rt_graph_find (self->graph, "carl"), &other_x, &other_y);
  g_assert_cmpfloat (x * other_x + y * other_y, >, 1.5);
}

/* ---- words ---- */

static void
assert_words (Fixture *self, RtPeople *people, const char *id, const char *words)
{
  g_autofree char *said = rt_graph_dup_words (self->graph, rt_graph_find (self->graph, id), people, NOW + 180);

  g_assert_cmpstr (said, ==, words);
}

static void
test_words (Fixture *self, gconstpointer data)
{
  g_autoptr (RtPeople) people = rt_people_new ();
  g_autofree char *summary = NULL;

  rt_graph_update (self->graph, NOW);
  assert_words (self, people, "you", "You are linked with nobody.");
  rt_graph_link (self->graph, "ada", NOW);
  rt_graph_link (self->graph, "bob", NOW);
  tell (self, "ada", "bob carl d1 d2 d3 d4 d5", NOW);
  tell (self, "bob", "carl", NOW);
  rt_graph_hear (self->graph, "eve", "bob", NOW);
  rt_graph_update (self->graph, NOW);
  assert_words (self, people, "you", "You are linked with ada and bob.");
  assert_words (self, people, "ada", "Linked with you. Says that it is linked with bob, carl, d1, d2, d3 and 2 more.");
  assert_words (self, people, "bob", "Linked with you. Says that it is linked with carl. Linked with ada, as they say.");
  assert_words (self, people, "carl", "Not linked with you. Linked with bob and ada, as they say. Last known 3 minutes ago.");
  assert_words (self, people, "eve", "Heard by way of bob. Who is in between is not known. Last known 3 minutes ago.");
  summary = rt_graph_dup_summary (self->graph);
  g_assert_cmpstr (summary, ==, "10 people, 10 connections known");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/graph/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("alone", test_alone);
  ADD ("kinds", test_kinds);
  ADD ("age", test_age);
  ADD ("list", test_list);
  ADD ("liar", test_liar);
  ADD ("liars", test_liars);
  ADD ("same-again", test_same_again);
  ADD ("nobody-jumps", test_nobody_jumps);
  ADD ("reads-well", test_reads_well);
  ADD ("words", test_words);
  return g_test_run ();
}
