/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose values are far away, and what is done with it, waited for. */
#pragma once

#include "table-test.h"
#include "fake-ring-table.h"
#include "model/table/rt-table-cache.h"

typedef struct {
  FakeTable     *inner;
  FakeRingTable *far;
  RtTable       *table;
} Far;

static inline void
set_up_full (Far *self, guint n, gsize max_bytes)
{
  self->inner = fake_table_new ();
  fake_table_fill (self->inner, n);
  self->far = fake_ring_table_new_full (self->inner, -1, max_bytes);
  self->table = rt_table_new (RT_TABLE_SOURCE (self->far));
  table_settle (self->table);
}

static inline void
set_up (Far *self, gconstpointer data)
{
  set_up_full (self, 0, RT_TABLE_CACHE_BYTES);
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("one"));
  fake_table_put (self->inner, "b", FAKE_OTHER, g_variant_new_string ("two"));
  fake_table_put (self->inner, "c", FAKE_OTHER, g_variant_new_int64 (3));
  table_settle (self->table);
}

static inline void
tear_down (Far *self, gconstpointer data)
{
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->far);
  g_assert_finalize_object (self->inner);
}

static inline RtTableRow *
row_of_far (Far *self, const char *text)
{
  g_autoptr (GBytes) key = key_of (text);

  return rt_table_find (self->table, key);
}

static inline void
read_all (Far *self)
{
  while (fake_ring_table_answer (self->far, G_MAXUINT) > 0)
    ;
  table_settle (self->table);
}

static inline void
want_all (Far *self)
{
  GListModel *rows = rt_table_get_rows (self->table);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (RtTableRow) row = g_list_model_get_item (rows, i);

      rt_table_want (self->table, rt_table_row_get_key (row));
    }
  read_all (self);
}

static inline RtTableRow *
stage_far (Far *self, const char *text, GVariant *value)
{
  g_autoptr (GBytes) key = key_of (text);
  g_autoptr (GError) error = NULL;
  RtTableRow *row = value != NULL ? rt_table_stage_set (self->table, key, value, NULL, &error) : rt_table_stage_delete (self->table, key, NULL, &error);

  g_assert_no_error (error);
  return row;
}

static inline void
assert_there (Far *self, const char *text, const char *expected)
{
  GVariant *value = fake_table_peek (self->inner, text);

  if (expected == NULL)
    g_assert_null (value);
  else
    g_assert_cmpstr (g_variant_get_string (value, NULL), ==, expected);
}

static inline GListModel *
finish (Far *self, GAsyncResult **result, gboolean is_undo)
{
  g_autoptr (GError) error = NULL;
  GListModel *results;

  while (*result == NULL)
    {
      fake_ring_table_answer (self->far, G_MAXUINT);
      g_main_context_iteration (NULL, TRUE);
    }
  results = is_undo ? rt_table_undo_finish (self->table, *result, &error) : rt_table_apply_finish (self->table, *result, &error);
  g_assert_no_error (error);
  table_settle (self->table);
  return results;
}

static inline GListModel *
apply_far (Far *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_table_apply_async (self->table, NULL, NULL, rt_wait_result_cb, &result);
  return finish (self, &result, FALSE);
}

#define assert_words(results, i, expected) \
  G_STMT_START { g_autoptr (RtTableResult) result_ = g_list_model_get_item (results, i); \
                 g_assert_cmpstr (rt_table_result_get_words (result_), ==, expected); } G_STMT_END

static inline void
stage_many (Far *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("key-%06u", i);

      stage_far (self, text, g_variant_new_int64 (-1));
    }
}

static inline guint
count_outcomes (GListModel *results, RtTableOutcome outcome)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RtTableResult) result = g_list_model_get_item (results, i);

      n += rt_table_result_get_outcome (result) == outcome;
    }
  return n;
}
