/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A history into a file, by pages. */
#include "config.h"

#include "rt-archive-export.h"
#include "json/rt-json-writer.h"

#include <glib/gi18n-lib.h>

/* With bodies of the largest kind a page takes 25 MiB. */
#define PAGE 100u
/* What the last line takes at most. */
#define END_BYTES 256u

typedef struct {
  RtStoreChat      *chat;
  GFile            *file;
  GString          *header;
  GOutputStream    *stream;
  gboolean          existed;            /* before: it stays as it was, when the new one is not written */
  gint64            time, row;          /* up to here it is written */
  gint64            until;
  guint64           n, of, n_bytes;
  guint8            hash[RT_ARCHIVE_HASH_BYTES];
  RtStoreChatPage  *page;               /* to be written */
  RtArchiveProgress progress;
  gpointer          progress_data;
} Export;

static void
free_export (gpointer data)
{
  Export *export = data;

  g_object_unref (export->chat);
  g_object_unref (export->file);
  g_string_free (export->header, TRUE);
  g_clear_object (&export->stream);
  g_clear_pointer (&export->page, rt_store_chat_page_free);
  g_free (export);
}

/* ---- in a thread ---- */

static gboolean
write_bytes (Export *export, GString *out, GCancellable *cancellable, GError **error)
{
  export->n_bytes += out->len;
  if (export->n_bytes + END_BYTES > RT_ARCHIVE_MAX_BYTES)
    {
      g_autofree char *words = g_format_size_full (RT_ARCHIVE_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);

      /* Translators: %s is a number of bytes, as “256 MiB” */
      g_set_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_TOO_LARGE, _("The archive becomes larger than %s, and could not be opened again. Export a shorter time."), words);
      return FALSE;
    }
  return g_output_stream_write_all (export->stream, out->str, out->len, NULL, cancellable, error);
}

static void
answer (GTask *task, gboolean good, GError *error)
{
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
begin_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  g_autoptr (GString) out = g_string_new (RT_ARCHIVE_BEGIN RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER);
  GFileType type = g_file_query_file_type (export->file, G_FILE_QUERY_INFO_NONE, cancellable);
  GError *error = NULL;
  gboolean good;

  /* a pipe is waited for until somebody reads it */
  if (type != G_FILE_TYPE_UNKNOWN && type != G_FILE_TYPE_REGULAR)
    {
      g_set_error_literal (&error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_OTHER_FORM, _("There is something of that name already that is no file. Choose another name."));
      answer (task, FALSE, error);
      return;
    }
  g_string_append_len (out, export->header->str, (gssize) export->header->len);
  g_string_append (out, RT_ARCHIVE_MESSAGES "\n");
  rt_archive_hash (NULL, export->header->str, export->header->len, export->hash);
  export->existed = type == G_FILE_TYPE_REGULAR;
  export->stream = G_OUTPUT_STREAM (g_file_replace (export->file, NULL, FALSE, G_FILE_CREATE_PRIVATE, cancellable, &error));
  good = export->stream != NULL && write_bytes (export, out, cancellable, &error);
  answer (task, good, error);
}

static void
page_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  g_autoptr (GString) out = g_string_new (NULL), json = g_string_new (NULL);
  GError *error = NULL;
  gboolean good;

  for (guint i = 0; i < export->page->messages->len; i++)
    {
      const RtStoreMessage *message = export->page->messages->pdata[i];
      char hex[2 * RT_ARCHIVE_HASH_BYTES + 1];

      g_string_truncate (json, 0);
      rt_archive_entry_append (json, message, export->n);
      rt_archive_hash (export->hash, json->str, json->len, export->hash);
      rt_archive_hash_to_hex (export->hash, hex);
      g_string_append (out, export->n > 0 ? ",\n" RT_ARCHIVE_HASH : RT_ARCHIVE_HASH);
      g_string_append (out, hex);
      g_string_append (out, RT_ARCHIVE_MESSAGE);
      g_string_append_len (out, json->str, (gssize) json->len);
      g_string_append_c (out, '}');
      export->n++;
    }
  good = write_bytes (export, out, cancellable, &error);
  answer (task, good, error);
}

static void
end_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  g_autoptr (GString) out = g_string_new (export->n > 0 ? "\n" : NULL);
  char hex[2 * RT_ARCHIVE_HASH_BYTES + 1];
  GError *error = NULL;
  gboolean good;

  rt_archive_hash_to_hex (export->hash, hex);
  g_string_append_printf (out, "],\"count\":%" G_GUINT64_FORMAT ",\"head\":\"%s\"}\n", export->n, hex);
  good = g_output_stream_write_all (export->stream, out->str, out->len, NULL, cancellable, &error) && g_output_stream_close (export->stream, cancellable, &error);
  answer (task, good, error);
}

/* Closed as one that was cancelled, the file that was there before stays; one that was not is ours to take away. */
static void
abandon_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (export->stream, cancelled, NULL);
  if (!export->existed)
    g_file_delete (export->file, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

/* ---- step by step ---- */

static void
step (GTask *outer, GTaskThreadFunc function, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, function == abandon_in_thread ? NULL : g_task_get_cancellable (outer), callback, user_data);

  g_task_set_source_tag (task, step);
  g_task_set_name (task, "[rt-model] export history");
  g_task_set_task_data (task, g_task_get_task_data (outer), NULL);
  g_task_run_in_thread (task, function);
}

typedef struct {
  GTask  *task;
  GError *error;
} Failure;

static void
abandoned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Failure *failure = user_data;
  g_autoptr (GTask) task = failure->task;

  g_task_return_error (task, failure->error);
  g_free (failure);
}

/* Takes both. */
static void
fail (GTask *task, GError *error)
{
  Export *export = g_task_get_task_data (task);
  Failure *failure;

  if (export->stream == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  failure = g_new0 (Failure, 1);
  failure->task = task;
  failure->error = error;
  step (task, abandon_in_thread, abandoned_cb, failure);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    fail (g_steal_pointer (&task), error);
}

static void read_page (GTask *task);

static void
page_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  gboolean more = export->page->has_after;
  GError *error = NULL;

  g_clear_pointer (&export->page, rt_store_chat_page_free);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      fail (g_steal_pointer (&task), error);
      return;
    }
  if (export->progress != NULL)
    export->progress (export->n, MAX (export->n, export->of), export->progress_data);
  if (more)
    read_page (g_steal_pointer (&task));
  else
    {
      GTask *outer = g_steal_pointer (&task);

      step (outer, end_in_thread, ended_cb, outer);
    }
}

static void
page_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  GPtrArray *messages;

  export->page = rt_store_chat_page_finish (RT_STORE_CHAT (source), result, &error);
  if (export->page == NULL)
    {
      fail (task, error);
      return;
    }
  messages = export->page->messages;
  while (messages->len > 0 && ((RtStoreMessage *) messages->pdata[messages->len - 1])->time > export->until)
    {
      g_ptr_array_set_size (messages, (int) messages->len - 1);
      export->page->has_after = FALSE;
    }
  if (messages->len > 0)
    {
      const RtStoreMessage *last = messages->pdata[messages->len - 1];

      export->time = last->time;
      export->row = last->row;
    }
  else
    export->page->has_after = FALSE;
  step (task, page_in_thread, page_written_cb, task);
}

static void
read_page (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  rt_store_chat_page_async (export->chat, RT_STORE_CHAT_PAGE_AFTER, export->time, export->row, PAGE, g_task_get_cancellable (task), page_read_cb, task);
}

/* What comes while it is written is not in it: it ends with what is the newest now. */
static void
newest_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (RtStoreChatPage) page = rt_store_chat_page_finish (RT_STORE_CHAT (source), result, &error);

  if (page == NULL)
    {
      fail (task, error);
      return;
    }
  if (page->messages->len > 0)
    export->until = MIN (export->until, ((RtStoreMessage *) page->messages->pdata[page->messages->len - 1])->time);
  read_page (task);
}

static void
begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    rt_store_chat_page_async (export->chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 1, g_task_get_cancellable (task), newest_cb, task);
  else
    fail (task, error);
}

static GString *
make_header (const RtArchiveAbout *about, gint64 from, gint64 until)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  GString *out = g_string_new (NULL);

  rt_json_begin_object (out);
  rt_archive_append_text (out, "network", about->title != NULL ? about->title : "");
  rt_archive_append_text (out, "subnet", about->subnet);
  rt_archive_append_text (out, "protocol", about->protocol);
  rt_archive_append_text (out, "exported", stamp);
  rt_archive_append_text (out, "by", about->id);
  rt_archive_append_text (out, "name", about->name);
  if (from > 0)
    {
      rt_json_key (out, "from");
      rt_json_int (out, from);
    }
  if (until > 0)
    {
      rt_json_key (out, "until");
      rt_json_int (out, until);
    }
  rt_json_end_object (out);
  return out;
}

void
rt_archive_export_async (RtStoreChat          *chat,
                         const RtArchiveAbout *about,
                         GFile                *file,
                         gint64                from,
                         gint64                until,
                         RtArchiveProgress     progress,
                         gpointer              progress_data,
                         GCancellable         *cancellable,
                         GAsyncReadyCallback   callback,
                         gpointer              user_data)
{
  GTask *task;
  Export *export;

  g_return_if_fail (RT_IS_STORE_CHAT (chat));
  g_return_if_fail (about != NULL);
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_archive_export_async);
  g_task_set_name (task, "[rt-model] export history");
  export = g_new0 (Export, 1);
  export->chat = g_object_ref (chat);
  export->file = g_object_ref (file);
  export->header = make_header (about, from, until);
  export->time = from;
  export->until = until > 0 ? until : G_MAXINT64;
  export->of = rt_store_chat_count (chat) - MIN (rt_store_chat_rank (chat, from, 0), rt_store_chat_count (chat));
  export->progress = progress;
  export->progress_data = progress_data;
  g_task_set_task_data (task, export, free_export);
  step (task, begin_in_thread, begun_cb, task);
}

gboolean
rt_archive_export_finish (GAsyncResult *result, guint64 *n, char **head, GError **error)
{
  Export *export;
  char hex[2 * RT_ARCHIVE_HASH_BYTES + 1];

  g_return_val_if_fail (g_async_result_is_tagged (result, rt_archive_export_async), FALSE);

  export = g_task_get_task_data (G_TASK (result));
  rt_archive_hash_to_hex (export->hash, hex);
  if (n != NULL)
    *n = export->n;
  if (head != NULL)
    *head = g_strdup (hex);
  return g_task_propagate_boolean (G_TASK (result), error);
}
