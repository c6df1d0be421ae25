/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks with a distributed table: between people, and over a restart. */
#include <string.h>

#include "network-test.h"
#include "model/table/rt-table.h"

typedef struct {
  Person ada, ben;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->ben);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->ben);
}

static RtNetwork *
join (Person *person, guint k, gboolean seeding)
{
  g_autoptr (RtNetworkConfig) config = make_config ("ring", NULL);
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  g_object_set (config, "kind", "chord", "k", k, "seeding", seeding, NULL);
  network = rt_networks_add (person->networks, config, &error);
  g_assert_no_error (error);
  wait_up (network);
  return network;
}

static P2pChordSeedState
get_state (RtNetwork *network)
{
  return p2p_chord_socket_get_seed_state (P2P_CHORD_SOCKET (rt_network_get_socket (network)));
}

#define wait_joined(network) rt_wait_until (get_state (network) == P2P_CHORD_SEED_STATE_JOINED)

static RtTableRow *
find (RtNetwork *network, const char *text)
{
  g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

  return rt_table_find (rt_network_get_table (network), key);
}

static gboolean
is_listed (RtNetwork *network, const char *text)
{
  RtTableRow *row = find (network, text);

  return row != NULL && rt_table_row_get_exists (row);
}

/* As the page does when a row comes into view. */
static void
assert_read (RtNetwork *network, const char *text, const char *expected)
{
  RtTableRow *row;

  rt_wait_until (is_listed (network, text));
  row = find (network, text);
  rt_table_row_want (row);
  rt_wait_until (!rt_table_row_get_unread (row) && !rt_table_row_get_old (row) && !rt_table_row_get_reading (row));
  g_assert_cmpstr (rt_table_row_get_value_text (row), ==, expected);
  rt_table_row_unwant (row);
}

static RtTableOutcome
write_value (RtNetwork *network, const char *text, GVariant *value, char **words)
{
  RtTable *table = rt_network_get_table (network);
  g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RtTableResult) first = NULL;
  g_autoptr (GError) error = NULL;

  if (value != NULL)
    rt_table_stage_set (table, key, value, NULL, &error);
  else
    rt_table_stage_delete (table, key, NULL, &error);
  g_assert_no_error (error);
  rt_table_apply_async (table, NULL, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  results = rt_table_apply_finish (table, result, &error);
  g_assert_no_error (error);
  first = g_list_model_get_item (results, 0);
  g_test_message ("%s: %s", text, rt_table_result_get_words (first));
  if (words != NULL)
    *words = g_strdup (rt_table_result_get_words (first));
  return rt_table_result_get_outcome (first);
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  RtNetwork *club = person_join (&self->ada, "club", NULL), *ring = join (&self->ada, 0, FALSE);

  g_assert_null (rt_network_get_ring (club));
  g_assert_null (rt_network_get_table (club));
  g_assert_nonnull (rt_network_get_ring (ring));
  g_assert_true (rt_network_get_ring (ring) == rt_network_get_ring (ring));
  g_assert_nonnull (rt_network_get_table (ring));
  g_assert_true (rt_table_is_fetching (rt_network_get_table (ring)));
  g_assert_cmpstr (rt_ring_get_seed_words (rt_network_get_ring (ring)), ==, "Not storing");
  /* another k is another network, but only where there is one */
  {
    g_autoptr (RtNetworkConfig) config = make_config ("club", NULL);
    g_autoptr (GError) error = NULL;

    g_object_set (config, "k", 3, NULL);
    g_assert_null (rt_networks_add (self->ada.networks, config, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
    g_assert_true (join (&self->ada, 3, FALSE) != ring);
  }
}

static void
test_two_people (Fixture *self, gconstpointer data)
{
  guint k = GPOINTER_TO_UINT (data);
  RtNetwork *ada = join (&self->ada, k, TRUE), *ben = join (&self->ben, k, TRUE);
  g_autofree char *address = network_dup_address (ada), *words = NULL;
  g_autoptr (GBytes) key = g_bytes_new ("soup", 4);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) past = NULL;
  g_autoptr (GError) error = NULL;
  RtRing *ring = rt_network_get_ring (ada);

  g_assert_true (connect_and_wait (ben, address, &error));
  wait_joined (ada);
  wait_joined (ben);
  rt_wait_until (g_list_model_get_n_items (rt_ring_get_members (ring)) == 2);
  g_assert_cmpint (write_value (ada, "soup", g_variant_new_string ("hot"), &words), ==, RT_OUTCOME_APPLIED);
  g_assert_nonnull (strstr (words, "of 5 places have it"));
  assert_read (ben, "soup", "hot");
  /* Ben changes it; nobody tells of that, where the key was there before: it is read again when it is asked for, or after a while */
  rt_table_row_want (find (ada, "soup"));
  g_assert_cmpint (write_value (ben, "soup", g_variant_new_string ("cold"), NULL), ==, RT_OUTCOME_APPLIED);
  rt_table_read_again (rt_network_get_table (ada), key);
  rt_wait_until (g_str_equal (rt_table_row_get_value_text (find (ada, "soup")), "cold"));
  rt_table_row_unwant (find (ada, "soup"));
  /* the places of it */
  rt_ring_set_key (ring, key);
  rt_wait_until (rt_ring_get_lookup (ring) != NULL && !rt_ring_get_looking (ring));
  g_assert_cmpint (p2p_chord_lookup_get_outcome (rt_ring_get_lookup (ring)), ==, P2P_CHORD_LOOK_OUTCOME_VALUE);
  g_assert_cmpuint (p2p_chord_lookup_get_n_equal (rt_ring_get_lookup (ring)), >=, 3);
  /* and what they are after a write of ours */
  {
    P2pChordLookup *before = rt_ring_get_lookup (ring);
    g_autoptr (GVariant) value = NULL;

    g_assert_cmpint (write_value (ada, "soup", g_variant_new_string ("warm"), NULL), ==, RT_OUTCOME_APPLIED);
    rt_wait_until (rt_ring_get_lookup (ring) != before);
    value = p2p_chord_lookup_get_value (rt_ring_get_lookup (ring));
    g_assert_cmpstr (g_variant_get_string (value, NULL), ==, "warm");
    rt_table_read_again (rt_network_get_table (ben), key);
    rt_wait_until (g_str_equal (rt_table_row_get_value_text (find (ben, "soup")), "warm"));
  }
  rt_wait_until (rt_ring_get_n_values (ring) > 0);
  g_assert_nonnull (strstr (rt_ring_get_seed_words (ring), "Storing for the network"));
  g_assert_cmpint (write_value (ben, "soup", NULL, NULL), ==, RT_OUTCOME_APPLIED);
  rt_wait_until (!is_listed (ada, "soup"));
  rt_table_load_history_async (rt_network_get_table (ben), key, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  past = rt_table_load_history_finish (rt_network_get_table (ben), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (past->len, >=, 2);
  g_assert_true (((RtTablePast *) past->pdata[0])->deleted);
  g_assert_cmpstr (((RtTablePast *) past->pdata[0])->owner, ==, network_get_id (ben));
  /* found to be so, and signed */
  g_assert_cmpstr (g_variant_get_string (((RtTablePast *) past->pdata[1])->value, NULL), ==, "warm");
  g_assert_cmpstr (((RtTablePast *) past->pdata[1])->owner, ==, network_get_id (ada));
  g_assert_cmpstr (g_variant_get_string (((RtTablePast *) past->pdata[2])->value, NULL), ==, "cold");
  g_assert_cmpstr (((RtTablePast *) past->pdata[2])->owner, ==, network_get_id (ben));
  /* Ada found that it had changed, and who did it; it was deleted by nobody knows whom */
  g_clear_object (&result);
  g_clear_pointer (&past, g_ptr_array_unref);
  rt_table_load_history_async (rt_network_get_table (ada), key, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  past = rt_table_load_history_finish (rt_network_get_table (ada), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (past->len, ==, 4);
  g_assert_null (((RtTablePast *) past->pdata[0])->owner);
  g_assert_cmpstr (((RtTablePast *) past->pdata[1])->owner, ==, network_get_id (ada));
  g_assert_cmpstr (((RtTablePast *) past->pdata[2])->owner, ==, network_get_id (ben));
  g_assert_cmpstr (g_variant_get_string (((RtTablePast *) past->pdata[2])->value, NULL), ==, "cold");
  g_assert_cmpstr (((RtTablePast *) past->pdata[3])->owner, ==, network_get_id (ada));
}

/* What somebody else made of it meanwhile is not written over. */
static void
test_conflict (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, 0, TRUE), *ben = join (&self->ben, 0, TRUE);
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GBytes) key = g_bytes_new ("soup", 4);
  g_autoptr (GError) error = NULL;

  g_assert_true (connect_and_wait (ben, address, &error));
  wait_joined (ada);
  wait_joined (ben);
  g_assert_cmpint (write_value (ada, "soup", g_variant_new_string ("hot"), NULL), ==, RT_OUTCOME_APPLIED);
  assert_read (ben, "soup", "hot");
  rt_table_stage_set (rt_network_get_table (ben), key, g_variant_new_string ("cold"), NULL, &error);
  g_assert_cmpint (write_value (ada, "soup", g_variant_new_string ("boiling"), NULL), ==, RT_OUTCOME_APPLIED);
  {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GListModel) results = NULL;
    g_autoptr (RtTableResult) first = NULL;

    rt_table_apply_async (rt_network_get_table (ben), NULL, NULL, rt_wait_result_cb, &result);
    rt_wait_result (result);
    results = rt_table_apply_finish (rt_network_get_table (ben), result, NULL);
    first = g_list_model_get_item (results, 0);
    g_assert_cmpint (rt_table_result_get_outcome (first), ==, RT_OUTCOME_CONFLICT);
  }
  assert_read (ada, "soup", "boiling");
}

/* Nobody stores, and we do not: said at once, in words, and what was wanted stays staged. */
static void
test_nobody (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, 0, FALSE);
  g_autofree char *words = NULL;
  g_autoptr (GBytes) key = g_bytes_new ("a", 1);
  RtRing *ring = rt_network_get_ring (ada);

  g_assert_cmpint (write_value (ada, "a", g_variant_new_int64 (1), &words), ==, RT_OUTCOME_FAILED);
  g_assert_nonnull (strstr (words, "could not be looked at before"));
  g_assert_cmpuint (rt_table_get_n_staged (rt_network_get_table (ada)), ==, 1);
  rt_ring_set_key (ring, key);
  rt_wait_until (rt_ring_get_lookup (ring) != NULL);
  g_assert_cmpint (p2p_chord_lookup_get_outcome (rt_ring_get_lookup (ring)), ==, P2P_CHORD_LOOK_OUTCOME_NOBODY);
  /* alone, but storing, is enough */
  rt_ring_set_seeding (ring, TRUE);
  wait_joined (ada);
  g_assert_cmpint (write_value (ada, "a", g_variant_new_int64 (1), NULL), ==, RT_OUTCOME_APPLIED);
}

/* Stopped in the midst of an apply, by the network's end or by the person: each key says what became of it, and nothing hangs. */
static void
test_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = data != NULL ? g_cancellable_new () : NULL;
  RtTableOutcome expected = data != NULL ? RT_OUTCOME_CANCELLED : RT_OUTCOME_FAILED;
  RtNetwork *ada = join (&self->ada, 0, TRUE), *ben = join (&self->ben, 0, TRUE);
  RtTable *table = rt_network_get_table (ada);
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GError) error = NULL;
  guint n_applied = 0, n_failed = 0;

  g_assert_true (connect_and_wait (ben, address, &error));
  wait_joined (ada);
  wait_joined (ben);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf ("key-%03u", i);
      g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

      rt_table_stage_set (table, key, g_variant_new_int64 (i), NULL, &error);
      g_assert_no_error (error);
    }
  rt_table_apply_async (table, NULL, cancellable, rt_wait_result_cb, &result);
  rt_wait_until (rt_table_get_n_keys (table) > 20);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  else
    rt_network_stop (ada);
  rt_wait_result (result);
  results = rt_table_apply_finish (table, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, 200);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (RtTableResult) one = g_list_model_get_item (results, i);

      n_applied += rt_table_result_get_outcome (one) == RT_OUTCOME_APPLIED;
      n_failed += rt_table_result_get_outcome (one) == expected;
      g_assert_nonnull (rt_table_result_get_words (one));
    }
  g_test_message ("%u written, %u not", n_applied, n_failed);
  g_assert_cmpuint (n_applied + n_failed, ==, 200);
  g_assert_cmpuint (n_failed, >, 0);
  g_assert_cmpuint (rt_table_get_n_staged (table), ==, n_failed);
}

/* From a shared table to a distributed one and back: nothing of the one is in the other. */
static void
test_another_kind (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, 0, TRUE);
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (ada));
  g_autoptr (GError) error = NULL;

  wait_joined (ada);
  g_assert_cmpint (write_value (ada, "a", g_variant_new_int64 (1), NULL), ==, RT_OUTCOME_APPLIED);
  g_object_set (config, "kind", "sync", NULL);
  g_assert_true (rt_networks_update (self->ada.networks, ada, config, &error));
  wait_up (ada);
  g_assert_null (rt_network_get_ring (ada));
  g_assert_false (rt_table_is_fetching (rt_network_get_table (ada)));
  rt_wait_until (!rt_table_get_working (rt_network_get_table (ada)));
  g_assert_cmpuint (rt_table_get_n_keys (rt_network_get_table (ada)), ==, 0);
  g_object_set (config, "kind", "chord", "k", 4, NULL);
  g_assert_true (rt_networks_update (self->ada.networks, ada, config, &error));
  wait_up (ada);
  wait_joined (ada);
  rt_wait_until (!rt_table_get_working (rt_network_get_table (ada)));
  g_assert_true (rt_table_is_fetching (rt_network_get_table (ada)));
  g_assert_cmpuint (rt_table_get_n_keys (rt_network_get_table (ada)), ==, 0);
  g_assert_cmpuint (p2p_chord_socket_get_k (P2P_CHORD_SOCKET (rt_network_get_socket (ada))), ==, 4);
}

static void
test_seeding (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, 0, TRUE);
  RtRing *ring = rt_network_get_ring (ada);

  wait_joined (ada);
  rt_wait_until (strstr (rt_ring_get_seed_words (ring), "Storing") != NULL);
  rt_ring_set_seeding (ring, FALSE);
  rt_wait_until (get_state (ada) == P2P_CHORD_SEED_STATE_NOT);
  g_assert_false (rt_network_config_get_seeding (rt_network_get_config (ada)));
  /* by the dialog, without a restart */
  {
    g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (ada));
    P2pMeshSocket *socket = rt_network_get_socket (ada);
    g_autoptr (GError) error = NULL;

    g_object_set (config, "seeding", TRUE, NULL);
    g_assert_true (rt_networks_update (self->ada.networks, ada, config, &error));
    g_assert_true (rt_network_get_socket (ada) == socket);
  }
  wait_joined (ada);
  rt_ring_set_seeding (ring, FALSE);
  /* it is remembered */
  person_end (&self->ada);
  person_begin (&self->ada);
  ada = person_get (&self->ada, 0);
  wait_up (ada);
  g_assert_false (rt_ring_get_seeding (rt_network_get_ring (ada)));
  g_assert_cmpint (get_state (ada), ==, P2P_CHORD_SEED_STATE_NOT);
}

/* One goes, and what it stored is with the other; both go, and it is there again. */
static void
test_leave_and_return (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, 0, TRUE), *ben = join (&self->ben, 0, TRUE);
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GError) error = NULL;
  gint64 began;

  g_assert_true (connect_and_wait (ben, address, &error));
  wait_joined (ada);
  wait_joined (ben);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("key %u", i);

      g_assert_cmpint (write_value (ada, text, g_variant_new_string (text), NULL), ==, RT_OUTCOME_APPLIED);
    }
  rt_wait_until (is_listed (ben, "key 4"));
  rt_network_stop (ada);
  g_assert_null (rt_network_get_socket (ada));
  g_assert_cmpstr (rt_ring_get_seed_words (rt_network_get_ring (ada)), ==, "The network is off");
  g_assert_nonnull (rt_table_get_refusal (rt_network_get_table (ada)));
  rt_wait_until (rt_network_get_n_peers (ben) == 0);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("key %u", i);

      assert_read (ben, text, text);
    }
  /* nobody is left to take it: it is kept, and nothing hangs */
  began = g_get_monotonic_time ();
  person_end (&self->ben);
  g_test_message ("Ben was gone after %.3f s", (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  person_begin (&self->ben);
  ben = person_get (&self->ben, 0);
  wait_up (ben);
  wait_joined (ben);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("key %u", i);

      assert_read (ben, text, text);
    }
  /* Ada is back, too */
  rt_network_start (ada);
  wait_up (ada);
}

/* Stopped and begun again in the midst of handing over. */
static void
test_restart_while_leaving (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, 0, TRUE), *ben = join (&self->ben, 0, TRUE);
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GError) error = NULL;

  g_assert_true (connect_and_wait (ben, address, &error));
  wait_joined (ada);
  g_assert_cmpint (write_value (ada, "a", g_variant_new_string ("1"), NULL), ==, RT_OUTCOME_APPLIED);
  for (guint i = 0; i < 3; i++)
    {
      rt_network_stop (ada);
      rt_network_start (ada);
      wait_up (ada);
    }
  g_assert_cmpint (rt_network_get_state (ada), !=, RT_NETWORK_FAILED);
  wait_joined (ada);
  /* what it had handed over by then is with Ben */
  if (rt_network_get_n_peers (ada) == 0)
    g_assert_true (connect_and_wait (ben, address, &error));
  rt_wait_until (g_list_model_get_n_items (rt_ring_get_members (rt_network_get_ring (ada))) == 2);
  assert_read (ada, "a", "1");
  rt_networks_remove (self->ada.networks, ada);
}

/* Of a ring with two places both are taken: the third says so, and can read and write all the same. */
static void
test_full (Fixture *self, gconstpointer data)
{
  Person cleo;
  RtNetwork *ada = join (&self->ada, 1, TRUE), *ben = join (&self->ben, 1, TRUE), *third;
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GError) error = NULL;
  RtRing *ring;

  person_init (&cleo);
  g_assert_true (connect_and_wait (ben, address, &error));
  wait_joined (ada);
  wait_joined (ben);
  rt_wait_until (g_list_model_get_n_items (rt_ring_get_members (rt_network_get_ring (ada))) == 2);
  third = join (&cleo, 1, FALSE);
  ring = rt_network_get_ring (third);
  g_assert_true (connect_and_wait (third, address, &error));
  rt_wait_until (g_list_model_get_n_items (rt_ring_get_members (ring)) == 2);
  rt_ring_set_seeding (ring, TRUE);
  rt_wait_until (rt_ring_get_seed_trouble (ring));
  g_assert_cmpstr (rt_ring_get_seed_words (ring), ==, "All 2 places of this ring are taken");
  g_assert_cmpint (write_value (third, "a", g_variant_new_string ("1"), NULL), ==, RT_OUTCOME_APPLIED);
  assert_read (ada, "a", "1");
  person_clear (&cleo);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/network-ring/" name, Fixture, data, set_up, func, tear_down)
  ADD ("kinds", NULL, test_kinds);
  ADD ("two-people", NULL, test_two_people);
  ADD ("two-people-k", GUINT_TO_POINTER (6), test_two_people);
  ADD ("conflict", NULL, test_conflict);
  ADD ("nobody", NULL, test_nobody);
  ADD ("stopped", NULL, test_stopped);
  ADD ("cancelled", "by the person", test_stopped);
  ADD ("another-kind", NULL, test_another_kind);
  ADD ("seeding", NULL, test_seeding);
  ADD ("full", NULL, test_full);
  ADD ("leave-and-return", NULL, test_leave_and_return);
  ADD ("restart-while-leaving", NULL, test_restart_while_leaving);
#undef ADD
  return g_test_run ();
}
