/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table on the fake one, and its asynchronous calls waited for. */
#pragma once

#include <string.h>

#include "fake-table.h"
#include "rt-wait.h"
#include "model/table/rt-table-private.h"

typedef struct {
  FakeTable *fake;
  RtTable   *table;
} TableFixture;

#define table_settle(table) rt_wait_until (rt_table_is_settled (table))

static inline GBytes *
key_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static inline void
table_set_up (TableFixture *self, guint n)
{
  self->fake = fake_table_new ();
  fake_table_fill (self->fake, n);
  self->table = rt_table_new (RT_TABLE_SOURCE (self->fake));
  table_settle (self->table);
}

static inline void
table_tear_down (TableFixture *self)
{
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->fake);
}

static inline RtTableRow *
row_of (TableFixture *self, const char *text)
{
  g_autoptr (GBytes) key = key_of (text);

  return rt_table_find (self->table, key);
}

static inline RtTableRow *
stage (TableFixture *self, const char *text, GVariant *value)
{
  g_autoptr (GBytes) key = key_of (text);
  g_autoptr (GError) error = NULL;
  RtTableRow *row = value != NULL ? rt_table_stage_set (self->table, key, value, NULL, &error) : rt_table_stage_delete (self->table, key, NULL, &error);

  g_assert_no_error (error);
  return row;
}

static inline void
unstage (TableFixture *self, const char *text)
{
  g_autoptr (GBytes) key = key_of (text);

  rt_table_unstage (self->table, key);
}

static inline GListModel *
apply (TableFixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *results;

  rt_table_apply_async (self->table, NULL, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  results = rt_table_apply_finish (self->table, result, &error);
  g_assert_no_error (error);
  return results;
}

static inline GListModel *
undo (TableFixture *self, gboolean again, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (again)
    rt_table_redo_async (self->table, NULL, rt_wait_result_cb, &result);
  else
    rt_table_undo_async (self->table, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_table_undo_finish (self->table, result, error);
}

/* The rows' keys, with a space between them. */
static inline char *
print_rows (GListModel *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (RtTableRow) row = g_list_model_get_item (rows, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", rt_table_row_get_key_text (row));
    }
  return g_string_free (text, FALSE);
}

#define assert_rows(table, expected) \
  G_STMT_START { g_autofree char *rows_ = print_rows (rt_table_get_rows (table)); g_assert_cmpstr (rows_, ==, expected); } G_STMT_END

#define assert_outcome(results, i, expected) \
  G_STMT_START { g_autoptr (RtTableResult) result_ = g_list_model_get_item (results, i); g_assert_nonnull (result_); \
                 g_assert_cmpint (rt_table_result_get_outcome (result_), ==, expected); } G_STMT_END
