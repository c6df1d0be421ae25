/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose values come over a network, when somebody looks: nothing is overwritten unseen there either. */
#include "far-test.h"

/* ---- looking ---- */

static void
test_look (Far *self, gconstpointer data)
{
  RtTableRow *a = row_of_far (self, "a");

  g_assert_true (rt_table_is_fetching (self->table));
  g_assert_cmpuint (rt_table_get_n_keys (self->table), ==, 3);
  g_assert_cmpuint (rt_table_get_n_unread (self->table), ==, 3);
  g_assert_true (rt_table_row_get_unread (a));
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "");
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, "not read yet");
  g_assert_cmpuint (fake_ring_table_get_n_reads (self->far), ==, 0);
  rt_table_row_want (a);
  table_settle (self->table);
  g_assert_true (rt_table_row_get_reading (a));
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, "being read…");
  read_all (self);
  g_assert_false (rt_table_row_get_unread (a));
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "one");
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, rt_value_kind_words (RT_VALUE_TEXT));
  g_assert_cmpuint (rt_table_row_get_size (a), >, 0);
  g_assert_cmpuint (rt_table_get_n_unread (self->table), ==, 2);
  g_assert_cmpuint (fake_ring_table_get_n_reads (self->far), ==, 1);
  /* it is before somebody's eyes: what others make of it comes by itself, with the old one shown until then */
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("uno"));
  table_settle (self->table);
  g_assert_true (rt_table_row_get_old (a));
  g_assert_true (rt_table_row_get_reading (a));
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "one");
  read_all (self);
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "uno");
  g_assert_false (rt_table_row_get_old (a));
  /* and no more, when it is not */
  rt_table_row_unwant (a);
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("eins"));
  table_settle (self->table);
  g_assert_cmpuint (fake_ring_table_get_n_pending (self->far), ==, 0);
  g_assert_true (rt_table_row_get_old (a));
  rt_table_want (self->table, rt_table_row_get_key (a));
  read_all (self);
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "eins");
}

static void
test_unreadable (Far *self, gconstpointer data)
{
  RtTableRow *a = row_of_far (self, "a"), *b = row_of_far (self, "b");

  fake_ring_table_fail_read (self->far, "a", "Two of the five places answered");
  fake_ring_table_lose (self->far, "b");
  want_all (self);
  g_assert_true (rt_table_row_get_unread (a));
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, "cannot be read");
  g_assert_cmpstr (rt_table_row_get_trouble (a), ==, "Two of the five places answered");
  g_assert_false (rt_table_row_get_unread (b));
  g_assert_true (rt_table_row_get_exists (b));
  g_assert_cmpstr (rt_table_row_get_kind_text (b), ==, "no value");
  fake_ring_table_fail_read (self->far, "a", NULL);
  rt_table_read_again (self->table, rt_table_row_get_key (a));
  read_all (self);
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "one");
  g_assert_null (rt_table_row_get_trouble (a));
}

static void
test_order_and_filter (Far *self, gconstpointer data)
{
  g_autoptr (GBytes) b = key_of ("b"), c = key_of ("c");
  g_autofree char *words = NULL;

  g_assert_null (rt_table_dup_unread_words (self->table));
  rt_table_want (self->table, c);
  rt_table_want (self->table, b);
  read_all (self);
  rt_table_set_sort (self->table, RT_TABLE_SORT_VALUE, FALSE);
  table_settle (self->table);
  /* what was not read comes last */
  assert_rows (self->table, "c b a");
  words = rt_table_dup_unread_words (self->table);
  g_assert_nonnull (strstr (words, "1 of 3"));
  rt_table_set_filter (self->table, "o");
  table_settle (self->table);
  assert_rows (self->table, "b");
  /* it comes as it is read */
  rt_table_want (self->table, rt_table_row_get_key (row_of_far (self, "a")));
  read_all (self);
  assert_rows (self->table, "a b");
  g_assert_null (rt_table_dup_unread_words (self->table));
}

/* A thousand are before the eyes, one after the other: the table does not ask for all at once, and forgets what there is no room for. */
static void
test_many (void)
{
  Far self;

  set_up_full (&self, 1000, 100 * 300);
  want_all (&self);
  g_assert_cmpuint (fake_ring_table_get_n_reads (self.far), <=, RT_TABLE_CACHE_AT_ONCE + RT_TABLE_CACHE_WAITING);
  g_assert_cmpuint (fake_ring_table_get_bytes (self.far), <=, 100 * 300);
  g_assert_cmpuint (rt_table_get_n_unread (self.table), >, 850);
  g_assert_cmpuint (rt_table_get_n_unread (self.table), <, 950);
  tear_down (&self, NULL);
}

/* ---- writing ---- */

static void
test_write (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL;

  want_all (self);
  stage_far (self, "a", g_variant_new_string ("other"));
  stage_far (self, "b", NULL);
  stage_far (self, "new", g_variant_new_string ("fresh"));
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  assert_outcome (results, 2, RT_OUTCOME_APPLIED);
  assert_words (results, 0, "5 of 5 places have it");
  assert_there (self, "a", "other");
  assert_there (self, "b", NULL);
  assert_there (self, "new", "fresh");
  g_assert_cmpuint (rt_table_get_n_staged (self->table), ==, 0);
  assert_rows (self->table, "a c new");
  /* what we wrote need not be read */
  g_assert_cmpstr (rt_table_row_get_value_text (row_of_far (self, "new")), ==, "fresh");
  g_assert_false (rt_table_row_get_old (row_of_far (self, "new")));
}

static void
test_conflict (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL, again = NULL;
  RtTableRow *a, *b;

  want_all (self);
  a = stage_far (self, "a", g_variant_new_string ("mine"));
  b = stage_far (self, "b", g_variant_new_string ("same"));
  stage_far (self, "n", g_variant_new_string ("mine"));
  /* nobody told us: it is found when it is looked at before it is written */
  g_signal_handlers_block_matched (self->inner, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->far);
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("theirs"));
  fake_table_put (self->inner, "b", FAKE_OTHER, g_variant_new_string ("same"));
  fake_table_put (self->inner, "n", FAKE_OTHER, g_variant_new_string ("theirs"));
  results = apply_far (self);
  g_signal_handlers_unblock_matched (self->inner, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->far);
  assert_outcome (results, 0, RT_OUTCOME_CONFLICT);
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  assert_outcome (results, 2, RT_OUTCOME_CONFLICT);
  assert_words (results, 0, "It was changed by somebody else since you saw it");
  assert_words (results, 2, "It was made by somebody else meanwhile");
  assert_there (self, "a", "theirs");
  g_assert_cmpint (rt_table_row_get_state (a), ==, RT_ROW_CONFLICT);
  g_assert_cmpint (rt_table_row_get_state (b), ==, RT_ROW_NORMAL);
  /* both are shown; the person decides */
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "theirs");
  rt_table_keep_mine (self->table, rt_table_row_get_key (a));
  rt_table_keep_theirs (self->table, rt_table_row_get_key (row_of_far (self, "n")));
  again = apply_far (self);
  assert_outcome (again, 0, RT_OUTCOME_APPLIED);
  assert_there (self, "a", "mine");
  assert_there (self, "n", "theirs");
}

/* Staged upon a value that nobody had read: that is looked at first, and is not written over unseen. */
static void
test_unseen (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL;
  RtTableRow *a, *b;

  a = stage_far (self, "a", g_variant_new_string ("mine"));
  b = stage_far (self, "b", NULL);
  stage_far (self, "c", g_variant_new_int64 (3));
  g_assert_cmpint (rt_table_row_get_state (a), ==, RT_ROW_EDITED);
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_CONFLICT);
  assert_outcome (results, 1, RT_OUTCOME_CONFLICT);
  assert_words (results, 0, "It has a value that you had not seen");
  /* it is what was wanted: nothing to see */
  assert_outcome (results, 2, RT_OUTCOME_APPLIED);
  assert_words (results, 2, "It was so already");
  assert_there (self, "a", "one");
  assert_there (self, "b", "two");
  g_assert_cmpuint (fake_table_get_n_writes (self->inner), ==, 0);
  g_assert_cmpint (rt_table_row_get_state (b), ==, RT_ROW_CONFLICT);
  g_assert_cmpstr (rt_table_row_get_value_text (b), ==, "two");
  rt_table_keep_mine (self->table, rt_table_row_get_key (b));
  g_clear_object (&results);
  rt_table_unstage (self->table, rt_table_row_get_key (a));
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_there (self, "b", NULL);
}

static void
test_refused (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL;
  RtTableRow *a;

  want_all (self);
  fake_table_fail_next (self->inner, "2 of 5 places have it, which is too few");
  a = stage_far (self, "a", g_variant_new_string ("mine"));
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_FAILED);
  g_assert_cmpint (rt_table_row_get_state (a), ==, RT_ROW_FAILED);
  g_assert_cmpstr (rt_table_row_get_error (a), ==, "2 of 5 places have it, which is too few");
  g_clear_object (&results);
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_there (self, "a", "mine");
}

static void
test_undo (Far *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) undone = NULL, redone = NULL;
  g_autoptr (GListModel) first = NULL, second = NULL, third = NULL;

  want_all (self);
  stage_far (self, "a", g_variant_new_string ("mine"));
  stage_far (self, "b", NULL);
  first = apply_far (self);
  g_assert_nonnull (rt_table_get_undo_text (self->table));
  rt_table_undo_async (self->table, NULL, rt_wait_result_cb, &undone);
  second = finish (self, &undone, TRUE);
  assert_outcome (second, 0, RT_OUTCOME_APPLIED);
  assert_outcome (second, 1, RT_OUTCOME_APPLIED);
  assert_there (self, "a", "one");
  assert_there (self, "b", "two");
  /* somebody else was there meanwhile: it is not done again over him */
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("theirs"));
  rt_table_redo_async (self->table, NULL, rt_wait_result_cb, &redone);
  third = finish (self, &redone, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (third), ==, 2);
  assert_there (self, "a", "theirs");
  assert_there (self, "b", NULL);
  g_assert_cmpuint (rt_table_get_n_conflicts (self->table), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/table-far/" name, Far, NULL, set_up, func, tear_down)
  ADD ("look", test_look);
  ADD ("unreadable", test_unreadable);
  ADD ("order-and-filter", test_order_and_filter);
  ADD ("write", test_write);
  ADD ("conflict", test_conflict);
  ADD ("unseen", test_unseen);
  ADD ("refused", test_refused);
  ADD ("undo", test_undo);
#undef ADD
  g_test_add_func ("/table-far/many", test_many);
  return g_test_run ();
}
