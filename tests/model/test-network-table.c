/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks that share a table: between two people, and over a restart. */
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "network-test.h"
#include "model/network/rt-network-talk-private.h"
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
join (Person *person, const char *peers)
{
  g_autoptr (RtNetworkConfig) config = make_config ("shared", peers);
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  g_object_set (config, "kind", "sync", NULL);
  network = rt_networks_add (person->networks, config, &error);
  g_assert_no_error (error);
  wait_up (network);
  return network;
}

static RtTableRow *
find (RtNetwork *network, const char *text)
{
  g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

  return rt_table_find (rt_network_get_table (network), key);
}

/* The row's state, from the source: NULL when there is no such key. */
static char *
value_of (RtNetwork *network, const char *text)
{
  RtTableRow *row = find (network, text);

  return row != NULL && rt_table_row_get_exists (row) ? g_strdup (rt_table_row_get_value_text (row)) : NULL;
}

static gboolean
has_value (RtNetwork *network, const char *text, const char *expected)
{
  g_autofree char *value = value_of (network, text);

  return g_strcmp0 (value, expected) == 0;
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
  if (words != NULL)
    *words = g_strdup (rt_table_result_get_words (first));
  return rt_table_result_get_outcome (first);
}

static void
test_other_kinds (Fixture *self, gconstpointer data)
{
  g_assert_null (rt_network_get_table (person_join (&self->ada, "club", NULL)));
}

static void
test_two_people (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL), *ben;
  g_autofree char *address = network_dup_address (ada), *words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) past = NULL;
  g_autoptr (GBytes) key = g_bytes_new ("soup", 4);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (write_value (ada, "before", g_variant_new_string ("joining"), NULL), ==, RT_OUTCOME_APPLIED);
  ben = join (&self->ben, NULL);
  g_assert_true (connect_and_wait (ben, address, &error));
  rt_wait_until (has_value (ben, "before", "joining"));
  g_assert_cmpint (write_value (ada, "soup", g_variant_new_string ("hot"), NULL), ==, RT_OUTCOME_APPLIED);
  rt_wait_until (has_value (ben, "soup", "hot"));
  g_assert_true (rt_table_row_get_mine (find (ada, "soup")));
  g_assert_false (rt_table_row_get_mine (find (ben, "soup")));
  g_assert_cmpstr (rt_table_row_get_owner (find (ben, "soup")), ==, network_get_id (ada));
  g_assert_cmpuint (rt_table_row_get_lease_left (find (ben, "soup")), >, 3500);
  /* Ben cannot, and is told why */
  g_assert_cmpint (write_value (ben, "soup", g_variant_new_string ("cold"), &words), ==, RT_OUTCOME_LEASED);
  g_assert_nonnull (strstr (words, "holds the lease for another"));
  rt_table_unstage_all (rt_network_get_table (ben));
  g_assert_cmpint (write_value (ada, "soup", NULL, NULL), ==, RT_OUTCOME_APPLIED);
  rt_wait_until (has_value (ben, "soup", NULL));
  g_assert_cmpint (write_value (ben, "soup", g_variant_new_string ("cold"), NULL), ==, RT_OUTCOME_APPLIED);
  rt_wait_until (has_value (ada, "soup", "cold"));
  rt_table_load_history_async (rt_network_get_table (ada), key, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  past = rt_table_load_history_finish (rt_network_get_table (ada), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (past->len, ==, 3);
  g_assert_cmpstr (g_variant_get_string (((RtTablePast *) past->pdata[0])->value, NULL), ==, "cold");
  g_assert_cmpstr (((RtTablePast *) past->pdata[0])->owner, ==, network_get_id (ben));
  g_assert_true (((RtTablePast *) past->pdata[1])->deleted);
  g_assert_cmpstr (((RtTablePast *) past->pdata[1])->owner, ==, network_get_id (ada));
}

static void
test_off (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL);
  RtTable *table = rt_network_get_table (ada);

  write_value (ada, "a", g_variant_new_int64 (5), NULL);
  g_assert_null (rt_table_get_refusal (table));
  rt_network_stop (ada);
  rt_wait_until (!rt_table_get_working (table));
  g_assert_nonnull (rt_table_get_refusal (table));
  g_assert_true (rt_network_get_table (ada) == table);
  g_assert_true (has_value (ada, "a", "5"));
  g_assert_true (rt_table_row_get_old (find (ada, "a")));
  g_assert_cmpint (write_value (ada, "a", g_variant_new_int64 (6), NULL), ==, RT_OUTCOME_FAILED);
  rt_network_start (ada);
  wait_up (ada);
  rt_wait_until (!rt_table_get_working (table));
  g_assert_null (rt_table_get_refusal (table));
  g_assert_true (has_value (ada, "a", "5"));
  /* what was staged while it was off is still there */
  g_assert_cmpuint (rt_table_get_n_staged (table), ==, 1);
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL), *ben = join (&self->ben, NULL);
  g_autofree char *address = network_dup_address (ben);
  g_autoptr (GError) error = NULL;

  g_assert_true (connect_and_wait (ada, address, &error));
  write_value (ada, "mine", g_variant_new_string ("kept"), NULL);
  write_value (ada, "gone", g_variant_new_string ("x"), NULL);
  write_value (ada, "gone", NULL, NULL);
  rt_wait_until (has_value (ben, "mine", "kept"));
  rt_wait_until (has_value (ben, "gone", NULL));
  person_end (&self->ada);
  person_begin (&self->ada);
  ada = person_get (&self->ada, 0);
  g_assert_cmpstr (rt_network_config_get_kind (rt_network_get_config (ada)), ==, "sync");
  wait_up (ada);
  rt_wait_until (has_value (ada, "mine", "kept"));
  g_assert_true (rt_table_row_get_mine (find (ada, "mine")));
  g_assert_true (rt_table_row_get_old (find (ada, "mine")) || rt_network_get_n_peers (ada) > 0);
  g_assert_true (has_value (ada, "gone", NULL));
  /* another confirms it */
  if (rt_network_get_n_peers (ada) == 0)
    g_assert_true (connect_and_wait (ada, address, &error));
  rt_wait_until (!rt_table_row_get_old (find (ada, "mine")));
  g_assert_true (has_value (ada, "gone", NULL));
}

static void
caught_up_cb (RtNetwork *network, RtCatchUp *result, GPtrArray *results)
{
  g_ptr_array_add (results, g_object_ref (result));
}

/* As if it had been off for an hour. */
static void
go_away (RtNetwork *network)
{
  rt_network_stop (network);
  network->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - 3600;
}

/* Who was away is told how many keys have another value, once; what is written before his eyes, by him, or as it was, is not among them. */
static void
test_away (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL), *ben = join (&self->ben, NULL);
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) key = g_bytes_new ("changed", 7);
  g_autoptr (GError) error = NULL;
  g_autoptr (RtGap) gap = NULL, again = NULL;
  RtCatchUp *result;

  g_signal_connect (ada, "caught-up", G_CALLBACK (caught_up_cb), results);
  g_assert_true (connect_and_wait (ben, address, &error));
  write_value (ben, "same", g_variant_new_string ("x"), NULL);
  write_value (ben, "changed", g_variant_new_string ("x"), NULL);
  write_value (ben, "deleted", g_variant_new_string ("x"), NULL);
  write_value (ben, "untouched", g_variant_new_string ("x"), NULL);
  rt_wait_until (has_value (ada, "untouched", "x"));
  g_assert_cmpuint (results->len, ==, 0);

  go_away (ada);
  wait_peers (ben, 0);
  /* the lease begins anew */
  g_assert_true (p2p_sync_socket_set_text (P2P_SYNC_SOCKET (rt_network_get_socket (ben)), "same", g_variant_new_string ("x"), &error));
  write_value (ben, "changed", g_variant_new_string ("y"), NULL);
  write_value (ben, "deleted", NULL, NULL);
  write_value (ben, "fresh", g_variant_new_int64 (5), NULL);
  write_value (ben, "passing", g_variant_new_int64 (5), NULL);
  write_value (ben, "passing", NULL, NULL);
  rt_network_send_text (ben, "nobody hears me", NULL);
  rt_network_start (ada);
  wait_up (ada);
  /* what she is about to change */
  rt_table_stage_set (rt_network_get_table (ada), key, g_variant_new_string ("z"), NULL, &error);
  g_assert_no_error (error);
  if (rt_network_get_n_peers (ben) == 0)
    connect_and_wait (ben, address, NULL);
  rt_wait_until (has_value (ada, "fresh", "5"));
  g_assert_true (p2p_sync_socket_set_text (P2P_SYNC_SOCKET (rt_network_get_socket (ada)), "own", g_variant_new_int64 (1), &error));
  rt_wait_until (results->len == 1);
  result = results->pdata[0];
  g_assert_cmpuint (rt_catch_up_get_n_keys (result), ==, 3);
  g_assert_cmpuint (rt_catch_up_get_n_conflicts (result), ==, 1);
  g_assert_cmpint (rt_catch_up_get_kind (result), ==, RT_GAP_AWAY);
  g_assert_cmpint (ABS (rt_catch_up_get_until (result) - rt_catch_up_get_from (result) - 3600 * (gint64) G_USEC_PER_SEC), <=, 30 * G_USEC_PER_SEC);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_gaps (ada)), ==, 1);
  gap = g_list_model_get_item (rt_network_get_gaps (ada), 0);
  g_assert_cmpuint (rt_gap_get_n_keys (gap), ==, 3);
  g_assert_cmpuint (ada->talk->count_timer, ==, 0);

  /* back after a moment: nothing was missed, and nothing is told */
  rt_network_stop (ada);
  wait_peers (ben, 0);
  write_value (ben, "fresh", g_variant_new_int64 (6), NULL);
  rt_network_start (ada);
  wait_up (ada);
  if (rt_network_get_n_peers (ben) == 0)
    connect_and_wait (ben, address, NULL);
  rt_wait_until (has_value (ada, "fresh", "6"));
  g_assert_cmpuint (ada->talk->count_timer, ==, 0);
  g_assert_cmpuint (results->len, ==, 1);

  /* a round that is over waits for the keys, and is told of once */
  rt_network_begin_count (ada);
  rt_network_take_outcome (ada, &(RtCatchUpResult) { .kind = RT_GAP_SPLIT, .n_messages = 2, .complete = TRUE });
  g_assert_cmpuint (results->len, ==, 1);
  rt_wait_until (results->len == 2);
  g_assert_cmpuint (rt_catch_up_get_n_messages (results->pdata[1]), ==, 2);
  g_assert_cmpuint (rt_catch_up_get_n_keys (results->pdata[1]), ==, 0);
  /* where it is stopped before nothing is lost */
  rt_network_begin_count (ada);
  rt_network_take_outcome (ada, &(RtCatchUpResult) { .kind = RT_GAP_SPLIT, .n_messages = 3, .complete = TRUE });
  rt_network_stop (ada);
  g_assert_cmpuint (results->len, ==, 3);
  g_signal_handlers_disconnect_by_data (ada, results);

  /* the line stays */
  person_end (&self->ada);
  person_begin (&self->ada);
  ada = person_get (&self->ada, 0);
  wait_up (ada);
  again = g_list_model_get_item (rt_network_get_gaps (ada), 0);
  g_assert_cmpuint (rt_gap_get_n_keys (again), ==, 3);
  g_assert_cmpint (rt_gap_get_kind (again), ==, RT_GAP_AWAY);
}

/* One who was never heard comes beside others: what he brings is told as out of another part of the network where it is old, once a minute; what is new is nothing of the kind. */
static void
test_stranger (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL), *ben = join (&self->ben, NULL), *cem, *dora;
  Person third, fourth;
  g_autofree char *address = network_dup_address (ada);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  g_signal_connect (ada, "caught-up", G_CALLBACK (caught_up_cb), results);
  g_assert_true (connect_and_wait (ben, address, &error));
  rt_wait_until (rt_network_get_n_peers (ada) == 1 && ada->talk->count_timer == 0);
  ada->talk->together -= 7200;
  person_init (&third);
  person_init (&fourth);
  cem = join (&third, NULL);
  dora = join (&fourth, NULL);
  write_value (cem, "a", g_variant_new_int64 (1), NULL);
  write_value (cem, "b", g_variant_new_int64 (2), NULL);
  write_value (dora, "c", g_variant_new_int64 (3), NULL);
  ada->talk->counted = 0;
  g_assert_true (connect_and_wait (cem, address, &error));
  rt_wait_until (has_value (ada, "b", "2"));
  rt_wait_until (ada->talk->count_timer == 0);
  g_assert_cmpuint (results->len, ==, 0);
  /* again, and the last minute counts as old */
  rt_network_stop (cem);
  wait_peers (ada, 1);
  ada->talk->least_gap = 0;
  ada->talk->healed = G_MININT64 / 2;
  g_assert_true (connect_and_wait (dora, address, &error));
  rt_wait_until (results->len == 1);
  g_assert_cmpuint (rt_catch_up_get_n_keys (results->pdata[0]), ==, 1);
  g_assert_cmpint (rt_catch_up_get_kind (results->pdata[0]), ==, RT_GAP_SPLIT);
  /* a minute is not over */
  ada->talk->least_gap = 60;
  rt_network_begin_count_of_split (ada, 1);
  g_assert_cmpuint (ada->talk->count_timer, ==, 0);
  g_signal_handlers_disconnect_by_data (ada, results);
  person_clear (&third);
  person_clear (&fourth);
}

static void
test_damaged (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL);
  g_autofree char *path = g_build_filename (self->ada.folder, "roundtable.db", NULL);
  sqlite3 *db = NULL;

  write_value (ada, "good", g_variant_new_string ("kept"), NULL);
  write_value (ada, "bad", g_variant_new_string ("x"), NULL);
  person_end (&self->ada);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE table_records SET record = CAST ('rubbish' AS BLOB) WHERE key = CAST ('bad' AS BLOB)", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 1);
  sqlite3_close (db);
  person_begin (&self->ada);
  ada = person_get (&self->ada, 0);
  wait_up (ada);
  rt_wait_until (has_value (ada, "good", "kept"));
  g_assert_true (has_value (ada, "bad", NULL));
  g_assert_nonnull (strstr (rt_network_get_error (ada), "1 key of the table"));
}

/* The disk says no: that is told, and taken back when it can be written again. */
static void
test_not_kept (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL);
  g_autofree char *path = g_build_filename (self->ada.folder, "roundtable.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TRIGGER full BEFORE INSERT ON table_records BEGIN SELECT RAISE (FAIL, 'no space'); END", NULL, NULL, NULL), ==, SQLITE_OK);
  write_value (ada, "a", g_variant_new_int64 (5), NULL);
  rt_wait_until (rt_network_get_error (ada) != NULL);
  g_assert_nonnull (strstr (rt_network_get_error (ada), "not kept at the moment"));
  g_assert_nonnull (strstr (rt_network_get_error (ada), "no space"));
  g_assert_cmpint (sqlite3_exec (db, "DROP TRIGGER full", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  rt_wait_until (rt_network_get_error (ada) == NULL);
}

/* ---- many keys, over a restart: no turn is felt ---- */

#define N_MANY 20000u

static struct { double since, most; } turns;

static double
cpu_ms (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * 1e3 + (double) spent.tv_nsec / 1e6;
}

static gint
poll_cb (GPollFD *fds, guint n_fds, gint timeout)
{
  gint n;

  turns.most = MAX (turns.most, cpu_ms () - turns.since);
  n = g_poll (fds, n_fds, timeout);
  turns.since = cpu_ms ();
  return n;
}

static void
test_many (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL);
  P2pSyncSocket *socket = P2P_SYNC_SOCKET (rt_network_get_socket (ada));
  double begin = cpu_ms (), baseline;
  gint64 start, up;

  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%06u", i);
      g_autoptr (GError) error = NULL;

      g_assert_true (p2p_sync_socket_set_text (socket, key, g_variant_new_int64 (i), &error));
    }
  /* what the machine takes for a tenth of it */
  baseline = (cpu_ms () - begin) / 10;
  person_end (&self->ada);
  start = g_get_monotonic_time ();
  person_begin (&self->ada);
  ada = person_get (&self->ada, 0);
  rt_network_get_table (ada);
  g_main_context_set_poll_func (NULL, poll_cb);
  turns.since = cpu_ms ();
  turns.most = 0;
  wait_up (ada);
  up = g_get_monotonic_time ();
  rt_wait_until (rt_table_get_n_keys (rt_network_get_table (ada)) == N_MANY && !rt_table_get_working (rt_network_get_table (ada)));
  g_main_context_set_poll_func (NULL, NULL);
  g_test_message ("%u keys are back after %.2f s, and shown after %.2f s; the longest turn took %.1f ms (the machine's measure: %.1f ms)", N_MANY,
                  (double) (up - start) / 1e6, (double) (g_get_monotonic_time () - start) / 1e6, turns.most, baseline);
  g_assert_cmpfloat (turns.most, <, MAX (50.0, 4 * baseline));
}

/* It becomes another network: its table is not carried over. */
static void
test_renamed (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL);
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  RtTable *table = rt_network_get_table (ada);

  write_value (ada, "a", g_variant_new_string ("of the old"), NULL);
  config = rt_network_config_copy (rt_network_get_config (ada));
  g_object_set (config, "subnet", "another", NULL);
  g_assert_true (rt_networks_update (self->ada.networks, ada, config, &error));
  wait_up (ada);
  rt_wait_until (!rt_table_get_working (table));
  g_assert_cmpuint (rt_table_get_n_keys (rt_network_get_table (ada)), ==, 0);
  g_object_set (config, "kind", "mesh", NULL);
  g_assert_true (rt_networks_update (self->ada.networks, ada, config, &error));
  g_assert_null (rt_network_get_table (ada));
  wait_up (ada);
}

/* Stopped in the midst of its start, again and again. */
static void
test_stop_while_starting (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, NULL);

  write_value (ada, "a", g_variant_new_string ("kept"), NULL);
  for (guint i = 0; i < 30; i++)
    {
      rt_network_stop (ada);
      rt_network_start (ada);
      for (guint n = 0; n < i; n++)
        g_main_context_iteration (NULL, FALSE);
    }
  wait_up (ada);
  rt_wait_until (has_value (ada, "a", "kept"));
  rt_network_stop (ada);
  rt_network_start (ada);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/network-table/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("other-kinds", test_other_kinds);
  ADD ("two-people", test_two_people);
  ADD ("off", test_off);
  ADD ("restart", test_restart);
  ADD ("away", test_away);
  ADD ("stranger", test_stranger);
  ADD ("damaged", test_damaged);
  ADD ("not-kept", test_not_kept);
  ADD ("many", test_many);
  ADD ("renamed", test_renamed);
  ADD ("stop-while-starting", test_stop_while_starting);
  return g_test_run ();
}
