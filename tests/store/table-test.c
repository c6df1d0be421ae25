/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-test.h"

#include <string.h>

GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

void
save_record (RtStoreTable *table, const char *key, const char *record)
{
  g_autoptr (GBytes) key_bytes = bytes_of (key);
  g_autoptr (GBytes) record_bytes = record != NULL ? bytes_of (record) : NULL;

  rt_store_table_save (table, key_bytes, record_bytes);
}

GPtrArray *
load_records (RtStoreTable *table, guint *n_damaged)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *records;

  rt_store_table_load_async (table, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  records = rt_store_table_load_finish (table, result, n_damaged, &error);
  g_assert_no_error (error);
  return records;
}

char *
print_records (GPtrArray *records)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    {
      const RtStoreRecord *record = records->pdata[i];

      g_string_append_printf (text, "%s%.*s=%.*s", i > 0 ? " " : "", (int) g_bytes_get_size (record->key), (const char *) g_bytes_get_data (record->key, NULL),
                              (int) g_bytes_get_size (record->record), (const char *) g_bytes_get_data (record->record, NULL));
    }
  return g_string_free (text, FALSE);
}
