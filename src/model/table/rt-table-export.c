/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that are shown, or some, into a file: in slices, written asynchronously. */
#include "config.h"

#include "rt-table-private.h"
#include "rt-csv.h"
#include "model/rt-timer.h"
#include "json/rt-json-value.h"
#include "json/rt-json-writer.h"

#include <string.h>

#define CHUNK_BYTES (256u * 1024)
/* Of values that are fetched: so many are asked for ahead, and looked at again after so long. */
#define AHEAD 8u
#define WAIT_MILLISECONDS 20u

typedef struct {
  RtTableFormat  format;
  GOutputStream *stream;
  GPtrArray     *rows;
  guint          next, n_written, n_unread;
  GString       *chunk;
  gboolean       ended;
} Export;

static gboolean slice_cb (gpointer data);

static void
free_export (gpointer data)
{
  Export *export = data;

  g_object_unref (export->stream);
  g_ptr_array_unref (export->rows);
  g_string_free (export->chunk, TRUE);
  g_free (export);
}

static char *
format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

/* ---- JSON ---- */

static void
append_json_key (GString *out, GBytes *key)
{
  gsize length;
  const char *data = g_bytes_get_data (key, &length);

  rt_json_key (out, "key");
  if (memchr (data, 0, length) == NULL && g_utf8_validate_len (data, length, NULL))
    rt_json_string_len (out, data, length);
  else
    rt_json_bytes (out, (const guint8 *) data, length);
}

static void
append_json (Export *export, RtTableRow *row, RtTableState *state)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_object (out);
  append_json_key (out, row->key);
  rt_json_key (out, "value");
  rt_json_append_variant (out, state->value);
  rt_json_key (out, "owner");
  rt_json_string (out, state->owner);
  rt_json_key (out, "written");
  rt_json_int (out, state->written);
  rt_json_end_object (out);
  g_string_append (export->chunk, export->n_written > 0 ? ",\n" : "\n");
  g_string_append_len (export->chunk, out->str, (gssize) out->len);
}

/* ---- CSV ---- */

/* A key of bytes is JSON in its cell; so is one of text that could be taken for that. */
static char *
make_csv_key (GBytes *key)
{
  gsize length;
  const char *data = g_bytes_get_data (key, &length);
  gboolean is_text = memchr (data, 0, length) == NULL && g_utf8_validate_len (data, length, NULL);
  GString *out;

  if (is_text && data[0] != '{' && data[0] != '"')
    return g_strndup (data, length);
  out = g_string_new (NULL);
  if (is_text)
    rt_json_string_len (out, data, length);
  else
    rt_json_bytes (out, (const guint8 *) data, length);
  return g_string_free (out, FALSE);
}

static void
append_csv (Export *export, RtTableRow *row, RtTableState *state)
{
  RtValueKind kind = rt_value_get_kind (state->value);
  g_autofree char *key = make_csv_key (row->key);
  g_autofree char *text = kind == RT_VALUE_BOOLEAN ? g_strdup (g_variant_get_boolean (state->value) ? "true" : "false") : rt_value_to_text (state->value);
  g_autofree char *owner = g_utf8_make_valid (state->owner != NULL ? state->owner : "", -1);
  g_autofree char *written = format_time (state->written);

  rt_csv_append (export->chunk, key, FALSE);
  rt_csv_append (export->chunk, rt_value_kind_name (kind), TRUE);
  rt_csv_append (export->chunk, text, kind == RT_VALUE_INTEGER || kind == RT_VALUE_DECIMAL);
  rt_csv_append (export->chunk, owner, FALSE);
  rt_csv_append (export->chunk, written, TRUE);
  rt_csv_end_record (export->chunk);
}

/* ---- all of them ---- */

static void
begin_file (Export *export)
{
  g_autofree char *now = format_time (g_get_real_time () / G_USEC_PER_SEC);

  if (export->format == RT_TABLE_JSON)
    g_string_append_printf (export->chunk, "{\"roundtable-table\":1,\"exported\":\"%s\",\"entries\":[", now);
  else
    {
      static const char * const names[] = { "key", "type", "value", "owner", "written" };

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        rt_csv_append (export->chunk, names[i], TRUE);
      rt_csv_end_record (export->chunk);
    }
}

static void
written_cb (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, &error))
    g_task_return_error (task, error);
  else if (export->ended)
    g_task_return_boolean (task, TRUE);
  else
    {
      g_string_truncate (export->chunk, 0);
      rt_table_add_idle ("[rt-model] export", slice_cb, g_steal_pointer (&task));
    }
}

/* FALSE: its value is on its way. */
static gboolean
is_ready (Export *export, RtTableRow *row)
{
  RtTableSource *source = row->table != NULL ? row->table->source : NULL;
  RtTableMeta meta = { 0 };

  if (source == NULL || !rt_table_source_is_fetching (source) || !rt_table_source_lookup (source, row->key, &meta) || !meta.unread)
    return TRUE;
  /* what failed a moment ago, or cannot be asked for, is left out */
  if (row->table->refusal != NULL || (meta.trouble != NULL && !meta.reading))
    return TRUE;
  /* the last first: the newest wish is granted first */
  for (guint i = MIN (export->next + AHEAD, export->rows->len); i-- > export->next;)
    rt_table_source_fetch (source, ((RtTableRow *) export->rows->pdata[i])->key, FALSE);
  return FALSE;
}

static gboolean
slice_cb (gpointer data)
{
  GTask *task = data;
  Export *export = g_task_get_task_data (task);
  gint64 end = rt_table_slice_end ();

  while (export->next < export->rows->len && export->chunk->len < CHUNK_BYTES && g_get_monotonic_time () < end)
    {
      RtTableRow *row = export->rows->pdata[export->next];
      g_autoptr (RtTableState) state = NULL;

      if (!is_ready (export, row) && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        {
          rt_timer_add (WAIT_MILLISECONDS, "[rt-model] export waits", slice_cb, task);
          return G_SOURCE_REMOVE;
        }
      export->next++;
      state = rt_table_row_dup_state (row);
      export->n_unread += state->unread;
      /* gone since, or a new one that was not applied yet */
      if (state->value == NULL)
        continue;
      if (export->format == RT_TABLE_JSON)
        append_json (export, row, state);
      else
        append_csv (export, row, state);
      export->n_written++;
    }
  export->ended = export->next == export->rows->len;
  if (!export->ended && export->chunk->len < CHUNK_BYTES && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return G_SOURCE_CONTINUE;
  if (export->ended && export->format == RT_TABLE_JSON)
    g_string_append (export->chunk, "\n]}\n");
  g_output_stream_write_all_async (export->stream, export->chunk->str, export->chunk->len, G_PRIORITY_DEFAULT_IDLE, g_task_get_cancellable (task), written_cb, task);
  return G_SOURCE_REMOVE;
}

void
rt_table_export_async (RtTable             *self,
                       GPtrArray           *keys,
                       RtTableFormat        format,
                       GOutputStream       *stream,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task;
  Export *export;
  GPtrArray *shown;

  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (G_IS_OUTPUT_STREAM (stream));

  shown = rt_table_rows_get (self->rows);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_table_export_async);
  g_task_set_name (task, "[rt-model] export table");
  export = g_new0 (Export, 1);
  export->format = format;
  export->stream = g_object_ref (stream);
  export->chunk = g_string_new (NULL);
  export->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; keys == NULL && i < shown->len; i++)
    g_ptr_array_add (export->rows, g_object_ref (shown->pdata[i]));
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      RtTableRow *row = g_hash_table_lookup (self->by_key, keys->pdata[i]);

      if (row != NULL)
        g_ptr_array_add (export->rows, g_object_ref (row));
    }
  begin_file (export);
  g_task_set_task_data (task, export, free_export);
  rt_table_add_idle ("[rt-model] export", slice_cb, task);
}

guint
rt_table_export_get_n_unread (GAsyncResult *result)
{
  g_return_val_if_fail (G_IS_TASK (result), 0);

  return ((Export *) g_task_get_task_data (G_TASK (result)))->n_unread;
}

gboolean
rt_table_export_finish (RtTable *self, GAsyncResult *result, guint *n_written, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (n_written != NULL)
    *n_written = ((Export *) g_task_get_task_data (G_TASK (result)))->n_written;
  return g_task_propagate_boolean (G_TASK (result), error);
}
