/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To where the person wants it. */
#include "config.h"

#include "rt-transfers-private.h"

#include <glib/gi18n-lib.h>

typedef struct {
  RtAttachment *attachment;
  GFile        *to;
  gboolean      fetched;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->attachment);
  g_object_unref (save->to);
  g_free (save);
}

static void copy (GTask *task);

static void
copied_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_copy_finish (G_FILE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* It is here, or will not be. */
static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else
    copy (g_steal_pointer (&task));
}

static void
fetch (GTask *task)
{
  RtTransfers *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);
  RtFetch *running = rt_transfers_begin_fetch (self, save->attachment, TRUE);

  if (running == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s", _("The network was left"));
      g_object_unref (task);
      return;
    }
  rt_transfers_note_known (self, rt_attachment_get_offerer (save->attachment));
  save->fetched = TRUE;
  g_ptr_array_add (running->savers, g_task_new (self, NULL, fetched_cb, task));
}

/* There is not room for everything for ever: it may have gone since it came. */
static void
missed (GTask *task)
{
  Save *save = g_task_get_task_data (task);

  if (rt_attachment_get_own (save->attachment))
    rt_attachment_set_state (save->attachment, RT_ATTACHMENT_GONE, _("It is not kept here any more"));
  else if (!save->fetched)
    {
      rt_attachment_set_state (save->attachment, RT_ATTACHMENT_OFFERED, NULL);
      fetch (task);
      return;
    }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s", _("It is not kept here any more"));
  g_object_unref (task);
}

static void
looked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Save *save = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info G_GNUC_UNUSED = g_file_query_info_finish (G_FILE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      missed (task);
      return;
    }
  g_file_copy_async (G_FILE (object), save->to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS | G_FILE_COPY_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT,
                     g_task_get_cancellable (task), NULL, NULL, copied_cb, task);
}

static void
copy (GTask *task)
{
  Save *save = g_task_get_task_data (task);
  g_autoptr (GFile) from = NULL;

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (rt_attachment_get_path (save->attachment) == NULL)
    {
      missed (task);
      return;
    }
  from = g_file_new_for_path (rt_attachment_get_path (save->attachment));
  g_file_query_info_async (from, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), looked_cb, task);
}

void
rt_transfers_save_async (RtTransfers *self, RtAttachment *attachment, GFile *to, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Save *save;

  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));
  g_return_if_fail (G_IS_FILE (to));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_transfers_save_async);
  g_task_set_name (task, "[rt-model] save an attachment");
  save = g_new0 (Save, 1);
  save->attachment = g_object_ref (attachment);
  save->to = g_object_ref (to);
  g_task_set_task_data (task, save, save_free);
  if (rt_attachment_get_state (attachment) == RT_ATTACHMENT_HERE || rt_attachment_get_own (attachment))
    copy (task);
  else
    fetch (task);
}

gboolean
rt_transfers_save_finish (RtTransfers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
