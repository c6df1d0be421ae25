/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the Ring page shows, on a ring without a network. */
#include <string.h>

#include "fake-ring.h"
#include "rt-wait.h"

typedef struct {
  FakeRing *fake;
  RtRing   *ring;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->fake = fake_ring_new (30);
  self->ring = RT_RING (self->fake);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->fake);
}

static GBytes *
key_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
count_cb (guint *n)
{
  ++*n;
}

static void
test_members (Fixture *self, gconstpointer data)
{
  GListModel *members = rt_ring_get_members (self->ring);
  double before = -1, from, to;
  guint n_self = 0;

  g_assert_cmpuint (g_list_model_get_n_items (members), ==, 30);
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (P2pChordMemberInfo) member = g_list_model_get_item (members, i);

      g_assert_cmpfloat (p2p_chord_member_info_get_fraction (member), >, before);
      before = p2p_chord_member_info_get_fraction (member);
      n_self += p2p_chord_member_info_get_is_self (member);
      if (p2p_chord_member_info_get_is_self (member))
        g_assert_cmpfloat (p2p_chord_member_info_get_fraction (member), ==, rt_ring_get_place (self->ring));
    }
  g_assert_cmpuint (n_self, ==, 1);
  g_assert_true (rt_ring_get_arc (self->ring, &from, &to));
  g_assert_cmpfloat (from, ==, rt_ring_get_place (self->ring));
  g_assert_cmpuint (rt_ring_get_n_values (self->ring), ==, 12);
  fake_ring_resize (self->fake, 1000);
  g_assert_true (rt_ring_get_members (self->ring) == members);
  g_assert_cmpuint (g_list_model_get_n_items (members), ==, 1000);
  fake_ring_resize (self->fake, 0);
  g_assert_cmpuint (g_list_model_get_n_items (members), ==, 0);
  g_assert_false (rt_ring_get_arc (self->ring, &from, &to));
}

static void
test_seeding (Fixture *self, gconstpointer data)
{
  guint n = 0;

  g_signal_connect_swapped (self->ring, "notify::seeding", G_CALLBACK (count_cb), &n);
  g_assert_true (rt_ring_get_seeding (self->ring));
  g_assert_cmpstr (rt_ring_get_seed_words (self->ring), ==, "Storing for the network: 12 values");
  g_object_set (self->ring, "seeding", FALSE, NULL);
  g_assert_cmpstr (rt_ring_get_seed_words (self->ring), ==, "Not storing");
  g_assert_cmpuint (rt_ring_get_n_values (self->ring), ==, 0);
  rt_ring_set_seeding (self->ring, FALSE);
  g_assert_cmpuint (n, ==, 1);
  fake_ring_fail_join (self->fake, "All 64 places of this ring are taken");
  rt_ring_set_seeding (self->ring, TRUE);
  g_assert_true (rt_ring_get_seeding (self->ring));
  g_assert_true (rt_ring_get_seed_trouble (self->ring));
  g_assert_cmpstr (rt_ring_get_seed_words (self->ring), ==, "All 64 places of this ring are taken");
  rt_ring_set_seeding (self->ring, FALSE);
  g_assert_false (rt_ring_get_seed_trouble (self->ring));
}

static void
test_lookup (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) a = key_of ("a"), b = key_of ("b"), c = key_of ("c");
  P2pChordLookup *lookup;
  gint64 began;

  fake_ring_set_slow (self->fake, TRUE);
  rt_ring_set_key (self->ring, a);
  /* gone through quickly: only the last is asked for */
  rt_ring_set_key (self->ring, b);
  rt_ring_set_key (self->ring, c);
  rt_wait_until (rt_ring_get_looking (self->ring));
  g_assert_cmpuint (fake_ring_get_n_looks (self->fake), ==, 1);
  g_assert_null (rt_ring_get_lookup (self->ring));
  g_assert_true (fake_ring_answer (self->fake));
  g_assert_false (rt_ring_get_looking (self->ring));
  lookup = rt_ring_get_lookup (self->ring);
  g_assert_true (g_bytes_equal (p2p_chord_lookup_get_key (lookup), c));
  g_assert_cmpuint (p2p_chord_lookup_get_n_places (lookup), ==, 5);
  /* another has changed; then this one, often */
  rt_ring_note_key (self->ring, a);
  for (guint i = 0; i < 100; i++)
    rt_ring_note_key (self->ring, c);
  rt_wait_until (rt_ring_get_looking (self->ring));
  g_assert_cmpuint (fake_ring_get_n_looks (self->fake), ==, 2);
  /* what was said before is shown until there is something else */
  g_assert_true (rt_ring_get_lookup (self->ring) == lookup);
  /* and once more while they are being asked: they are asked again after it */
  rt_ring_note_key (self->ring, c);
  g_assert_cmpuint (fake_ring_get_n_looks (self->fake), ==, 2);
  began = g_get_monotonic_time ();
  g_assert_true (fake_ring_answer (self->fake));
  rt_wait_until (rt_ring_get_looking (self->ring));
  /* after a second; after half a minute they would have been asked in any case */
  g_assert_cmpint (g_get_monotonic_time () - began, <, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (fake_ring_get_n_looks (self->fake), ==, 3);
  lookup = rt_ring_get_lookup (self->ring);
  /* another is chosen: what comes of the last one is not of interest */
  rt_ring_set_key (self->ring, a);
  g_assert_false (rt_ring_get_looking (self->ring));
  g_assert_null (rt_ring_get_lookup (self->ring));
  g_assert_false (fake_ring_answer (self->fake));
  fake_ring_set_slow (self->fake, FALSE);
  rt_ring_look_again (self->ring);
  g_assert_cmpuint (fake_ring_get_n_looks (self->fake), ==, 4);
  g_assert_nonnull (rt_ring_get_lookup (self->ring));
  rt_ring_set_key (self->ring, NULL);
  g_assert_null (rt_ring_get_lookup (self->ring));
  rt_ring_look_again (self->ring);
  g_assert_cmpuint (fake_ring_get_n_looks (self->fake), ==, 4);
}

static void
test_table (Fixture *self, gconstpointer data)
{
  g_autoptr (FakeRingTable) far = NULL;
  g_autoptr (RtTable) table = fake_ring_make_table (self->fake, 20, &far);
  g_autoptr (GBytes) key = key_of ("key-000001");

  rt_wait_until (rt_table_get_n_keys (table) == 20 && !rt_table_get_working (table));
  g_assert_cmpuint (rt_table_get_n_unread (table), ==, 20);
  rt_table_want (table, key);
  rt_wait_until (rt_table_get_n_unread (table) == 19);
  g_assert_cmpstr (rt_table_row_get_value_text (rt_table_find (table, key)), ==, "value of 1");
}

/* Off: it is empty, says so, and remembers what the person wants. */
static void
test_off (Fixture *self, gconstpointer data)
{
  g_autoptr (RtRing) ring = rt_ring_new (NULL);
  g_autoptr (GBytes) key = key_of ("a");

  g_assert_cmpstr (rt_ring_get_seed_words (ring), ==, "The network is off");
  g_assert_cmpuint (g_list_model_get_n_items (rt_ring_get_members (ring)), ==, 0);
  rt_ring_set_seeding (ring, TRUE);
  g_assert_true (rt_ring_get_seeding (ring));
  rt_ring_set_key (ring, key);
  rt_ring_look_again (ring);
  g_assert_false (rt_ring_get_looking (ring));
  g_assert_null (rt_ring_get_lookup (ring));
  g_assert_cmpfloat (rt_ring_get_place (ring), <, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/ring/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("members", test_members);
  ADD ("seeding", test_seeding);
  ADD ("lookup", test_lookup);
  ADD ("table", test_table);
  ADD ("off", test_off);
#undef ADD
  return g_test_run ();
}
