/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reads and writes whole files: in threads. A thread has what it works on to itself. */
#include "config.h"

#include "rt-transfers-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define BLOCK (256u * 1024)
#define HEAD 4096u              /* of the content, to guess its type by */
/* What came so lately may belong to something that is just being sent, or shown. */
#define FRESH_SECONDS 60
/* A copy that is as old was being made when the program was killed. */
#define COPY_SECONDS 3600
#define NEW ".new-"

typedef struct {
  char   *folder;
  guint64 folder_bytes;
  GHashTable *ours;             /* of names: what we give, or are about to */
  GHashTable *used;             /* of paths: parts that somebody writes to; NULL: nothing is to go */
  GFile  *source;               /* or bytes */
  GBytes *bytes;
  char   *name;
  char   *part;
  GBytes *file;
  guint64 size;
  guint64 there;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->folder);
  g_free (job->part);
  g_clear_pointer (&job->ours, g_hash_table_unref);
  g_clear_pointer (&job->used, g_hash_table_unref);
  g_clear_object (&job->source);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->file, g_bytes_unref);
  g_free (job->name);
  g_free (job);
}

static GTask *
make_task (RtTransfers *self, Job *job, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  job->folder = g_strdup (self->folder);
  job->folder_bytes = self->folder_bytes;
  g_task_set_task_data (task, job, job_free);
  return task;
}

void
rt_stored_file_free (RtStoredFile *self)
{
  g_bytes_unref (self->file);
  g_free (self->mime_type);
  g_free (self->path);
  g_free (self);
}

static gboolean
make_folder (Job *job, GError **error)
{
  if (g_mkdir_with_parents (job->folder, 0700) == 0)
    return TRUE;
  /* Translators: where attachments are kept, and what the system says */
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot make the folder %s: %s"), job->folder, g_strerror (errno));
  return FALSE;
}

static GBytes *
end_checksum (GChecksum *checksum)
{
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_get_digest (checksum, digest, &length);
  return g_bytes_new (digest, length);
}

/* ---- not more than may be ---- */

/* In the order in which they go. */
typedef enum {
  KEPT_PART,                    /* can come again, and goes on with nothing lost but time */
  KEPT_SMALL,                   /* such pictures come unasked: somebody who sends many must not cost what was wanted */
  KEPT_WANTED,
  KEPT_OURS,                    /* which nobody else may have */
} KeptKind;

typedef struct {
  char    *path;
  guint64  size;
  gint64   time;
  KeptKind kind;
} Kept;

static void
kept_clear (gpointer data)
{
  g_free (((Kept *) data)->path);
}

static int
compare_kept (gconstpointer a, gconstpointer b)
{
  const Kept *x = a, *y = b;

  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  return strcmp (x->path, y->path);
}

static KeptKind
get_kind (Job *job, const char *name, const Kept *kept, gint64 now)
{
  if (g_str_has_suffix (name, ".part") || g_str_has_prefix (name, NEW))
    return KEPT_PART;
  if (g_hash_table_contains (job->ours, name))
    return KEPT_OURS;
  return kept->size <= RT_ATTACHMENT_MAX_PREVIEW && kept->time <= now - FRESH_SECONDS ? KEPT_SMALL : KEPT_WANTED;
}

/* FALSE: somebody works on it. */
static gboolean
may_go (Job *job, const char *name, const Kept *kept, gint64 now)
{
  if (g_str_has_prefix (name, NEW))
    return kept->time <= now - COPY_SECONDS;
  return !g_hash_table_contains (job->used, kept->path);
}

/* The oldest go, but not the one that has just come. */
static void
make_room (Job *job, const char *keep)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_autoptr (GDir) dir = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint64 sum = 0;
  const char *name;

  if (job->used == NULL)
    return;
  g_array_set_clear_func (all, kept_clear);
  dir = g_dir_open (job->folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      Kept kept = { .path = g_build_filename (job->folder, name, NULL) };
      GStatBuf stat;

      if (g_str_equal (name, "offers") || g_str_equal (name, "unsent") || g_str_equal (name, "known") || g_lstat (kept.path, &stat) != 0)
        {
          g_free (kept.path);
          continue;
        }
      kept.size = (guint64) stat.st_size;
      kept.time = (gint64) stat.st_mtime;
      kept.kind = get_kind (job, name, &kept, now);
      sum += kept.size;
      if (!g_str_equal (kept.path, keep) && may_go (job, name, &kept, now))
        g_array_append_val (all, kept);
      else
        g_free (kept.path);
    }
  g_array_sort (all, compare_kept);
  for (guint i = 0; i < all->len && sum > job->folder_bytes; i++)
    {
      Kept *kept = &g_array_index (all, Kept, i);

      if (g_unlink (kept->path) == 0)
        sum -= kept->size;
    }
}

/* What must not go: as it is when the work begins. Before what is ours is known, nothing goes. */
static void
set_kept (Job *job, RtTransfers *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->unsent));

  if (!self->offers_loaded || !self->unsent_loaded)
    return;
  job->ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  rt_transfers_add_offered (self, job->ours);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->unsent), i);

      if (rt_attachment_get_file (attachment) != NULL)
        g_hash_table_add (job->ours, rt_transfers_dup_hex (rt_attachment_get_file (attachment)));
    }
  job->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->fetches->len; i++)
    g_hash_table_add (job->used, g_strdup (((RtFetch *) self->fetches->pdata[i])->part));
}

/* ---- ours ---- */

static GInputStream *
open_source (Job *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = NULL;

  if (job->bytes != NULL)
    return g_memory_input_stream_new_from_bytes (job->bytes);
  info = g_file_query_info (job->source, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable, error);
  if (info == NULL)
    return NULL;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, _("“%s” is a folder: put it into an archive first"), job->name);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is no file that could be sent"), job->name);
      return NULL;
    }
  return G_INPUT_STREAM (g_file_read (job->source, cancellable, error));
}

static void
set_too_large (GError **error, const char *name)
{
  g_autofree char *most = g_format_size_full (RT_ATTACHMENT_MAX_SIZE, G_FORMAT_SIZE_IEC_UNITS);

  /* Translators: the name of a file, and "64.0 MiB" */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _("“%s” is too large: at most %s can be sent"), name, most);
}

/* Into a file of the folder, and its hash; the type by its name and how it begins. */
static gboolean
copy (Job *job, GInputStream *from, GOutputStream *to, RtStoredFile *stored, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *type = NULL;
  gsize n;

  do
    {
      if (!g_input_stream_read_all (from, block, BLOCK, &n, cancellable, error) || !g_output_stream_write_all (to, block, n, NULL, cancellable, error))
        return FALSE;
      if (stored->size == 0)
        type = g_content_type_guess (job->name, block, MIN (n, HEAD), NULL);
      g_checksum_update (checksum, block, (gssize) n);
      stored->size += n;
      /* it may grow while it is read */
      if (stored->size > RT_ATTACHMENT_MAX_SIZE)
        {
          set_too_large (error, job->name);
          return FALSE;
        }
    }
  while (n == BLOCK);
  stored->mime_type = g_content_type_get_mime_type (type);
  stored->file = end_checksum (checksum);
  return g_output_stream_close (to, cancellable, error);
}

static void
store_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  RtStoredFile *stored = g_new0 (RtStoredFile, 1);
  g_autofree char *uuid = g_uuid_string_random (), *name = g_strconcat (NEW, uuid, NULL), *path = g_build_filename (job->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) from = NULL;
  g_autoptr (GFileOutputStream) to = NULL;
  GError *error = NULL;

  if (make_folder (job, &error) && (from = open_source (job, cancellable, &error)) != NULL)
    to = g_file_create (file, G_FILE_CREATE_PRIVATE, cancellable, &error);
  if (to != NULL && copy (job, from, G_OUTPUT_STREAM (to), stored, cancellable, &error))
    {
      g_autofree char *hex = rt_transfers_dup_hex (stored->file);

      stored->path = g_build_filename (job->folder, hex, NULL);
      if (g_rename (path, stored->path) == 0)
        {
          make_room (job, stored->path);
          g_task_return_pointer (task, stored, (GDestroyNotify) rt_stored_file_free);
          return;
        }
      error = g_error_new (G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot keep a copy of “%s”: %s"), job->name, g_strerror (errno));
    }
  if (to != NULL)
    g_unlink (path);
  g_clear_pointer (&stored->file, g_bytes_unref);
  g_free (stored->mime_type);
  g_free (stored->path);
  g_free (stored);
  g_task_return_error (task, error);
}

void
rt_transfers_store_async (RtTransfers *self, GFile *source, GBytes *bytes, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = make_task (self, job, cancellable, callback, user_data);

  g_task_set_source_tag (task, rt_transfers_store_async);
  g_task_set_name (task, "[rt-model] copy an attachment");
  job->source = source != NULL ? g_object_ref (source) : NULL;
  job->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  job->name = g_strdup (name);
  set_kept (job, self);
  g_task_run_in_thread (task, store_in_thread);
}

RtStoredFile *
rt_transfers_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- theirs ---- */

static void
open_part_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_autoptr (GFile) file = g_file_new_for_path (job->part);
  GFileOutputStream *out;
  GError *error = NULL;
  GStatBuf stat;

  if (!make_folder (job, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_lstat (job->part, &stat) == 0)
    {
      job->there = (guint64) stat.st_size;
      /* as much as the whole would have been checked; more is none of it */
      if (job->there >= job->size)
        {
          g_unlink (job->part);
          job->there = 0;
        }
    }
  out = g_file_append_to (file, G_FILE_CREATE_PRIVATE, cancellable, &error);
  if (out == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, out, g_object_unref);
}

void
rt_transfers_open_part_async (RtTransfers *self, const char *part, guint64 size, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = make_task (self, job, cancellable, callback, user_data);

  g_task_set_source_tag (task, rt_transfers_open_part_async);
  g_task_set_name (task, "[rt-model] open a part");
  job->part = g_strdup (part);
  job->size = size;
  g_task_run_in_thread (task, open_part_in_thread);
}

GOutputStream *
rt_transfers_open_part_finish (GAsyncResult *result, guint64 *there, GError **error)
{
  *there = ((Job *) g_task_get_task_data (G_TASK (result)))->there;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_promised (Job *job, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) in = g_file_read (file, cancellable, error);
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GBytes) digest = NULL;
  guint64 size = 0;
  gsize n;

  if (in == NULL)
    return FALSE;
  do
    {
      if (!g_input_stream_read_all (G_INPUT_STREAM (in), block, BLOCK, &n, cancellable, error))
        return FALSE;
      g_checksum_update (checksum, block, (gssize) n);
      size += n;
    }
  while (n == BLOCK && size <= job->size);
  digest = end_checksum (checksum);
  if (size == job->size && g_bytes_equal (digest, job->file))
    return TRUE;
  g_unlink (path);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("What came is not what was offered: it was thrown away"));
  return FALSE;
}

static void
check_part_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_autofree char *hex = rt_transfers_dup_hex (job->file), *path = g_build_filename (job->folder, hex, NULL);
  GError *error = NULL;

  if (!is_promised (job, job->part, cancellable, &error))
    g_task_return_error (task, error);
  else if (g_rename (job->part, path) != 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot keep it: %s"), g_strerror (errno));
  else
    {
      make_room (job, path);
      g_task_return_pointer (task, g_steal_pointer (&path), g_free);
    }
}

void
rt_transfers_check_part_async (RtTransfers *self, const char *part, GBytes *file, guint64 size, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = make_task (self, job, cancellable, callback, user_data);

  g_task_set_source_tag (task, rt_transfers_check_part_async);
  g_task_set_name (task, "[rt-model] check an attachment");
  job->part = g_strdup (part);
  job->file = g_bytes_ref (file);
  job->size = size;
  set_kept (job, self);
  g_task_run_in_thread (task, check_part_in_thread);
}

char *
rt_transfers_check_part_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_transfers_remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  if (dir != NULL)
    g_rmdir (folder);
}
