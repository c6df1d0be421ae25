/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a file is staged, so that somebody looks at it before it is written. */
#include "config.h"

#include "rt-table-private.h"
#include "rt-table-read.h"

#include <glib/gi18n-lib.h>

typedef struct {
  RtTableFormat  format;
  GInputStream  *stream;
  RtTableFile   *file;
  guint          next;
} Import;

static void
free_import (gpointer data)
{
  Import *import = data;

  g_object_unref (import->stream);
  g_clear_pointer (&import->file, rt_table_file_free);
  g_free (import);
}

static void
stage_entry (RtTable *self, const RtTableEntry *entry, RtTableImport *counts)
{
  RtTableRow *row = g_hash_table_lookup (self->by_key, entry->key);
  g_autoptr (GError) error = NULL;

  if (row != NULL && row->edit != NULL)
    {
      rt_table_import_add_problem (counts, entry->line, _("“%s” has a change of yours that is not applied: it was left alone"), rt_table_row_get_key_text (row));
      return;
    }
  row = rt_table_stage_set (self, entry->key, entry->value, NULL, &error);
  if (error != NULL)
    rt_table_import_add_problem (counts, entry->line, "%s", error->message);
  else if (row != NULL && row->edit != NULL)
    counts->n_staged++;
  else
    counts->n_same++;
}

static gboolean
stage_cb (gpointer data)
{
  GTask *task = data;
  RtTable *self = g_task_get_source_object (task);
  Import *import = g_task_get_task_data (task);
  gint64 end = rt_table_slice_end ();
  gboolean cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));

  while (!cancelled && import->next < import->file->entries->len && g_get_monotonic_time () < end)
    {
      const RtTableEntry *entry = import->file->entries->pdata[import->next++];

      if (entry->key != NULL)
        stage_entry (self, entry, import->file->import);
    }
  if (!cancelled && import->next < import->file->entries->len)
    return G_SOURCE_CONTINUE;
  g_task_return_pointer (task, g_steal_pointer (&import->file->import), (GDestroyNotify) rt_table_import_free);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;
  RtTableFile *file = rt_table_file_read (import->format, import->stream, cancellable, &error);

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify) rt_table_file_free);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Import *import = g_task_get_task_data (task);
  GError *error = NULL;

  import->file = g_task_propagate_pointer (G_TASK (result), &error);
  if (import->file != NULL)
    {
      rt_table_add_idle ("[rt-model] import", stage_cb, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
rt_table_import_async (RtTable             *self,
                       RtTableFormat        format,
                       GInputStream        *stream,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task;
  g_autoptr (GTask) reading = NULL;
  Import *import;

  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (G_IS_INPUT_STREAM (stream));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_table_import_async);
  g_task_set_name (task, "[rt-model] import table");
  if (self->source == NULL)
    {
      /* All of it would be new keys, and then conflicts. */
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "%s", _("The table is not there yet: nothing can be compared with it"));
      g_object_unref (task);
      return;
    }
  import = g_new0 (Import, 1);
  import->format = format;
  import->stream = g_object_ref (stream);
  g_task_set_task_data (task, import, free_import);
  reading = g_task_new (NULL, cancellable, read_cb, task);
  g_task_set_source_tag (reading, rt_table_import_async);
  g_task_set_name (reading, "[rt-model] read table");
  g_task_set_task_data (reading, import, NULL);
  g_task_run_in_thread (reading, read_in_thread);
}

RtTableImport *
rt_table_import_finish (RtTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
