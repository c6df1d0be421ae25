/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-kept-file.h"

#include <errno.h>
#include <glib/gstdio.h>

/* The thread may outlive who writes. */
struct _RtKeptFile {
  char    *path;
  GMutex   lock;                /* of what follows */
  GBytes  *waiting;             /* NULL: nothing */
  gboolean under_way;           /* a thread will write it */
  GMutex   disk;                /* one writes at a time, and the newer last */
  RtKeptFileFunc func;          /* of the thread of who writes; NULL: he is gone, or wants to hear nothing */
  gpointer data;
  char    *error;               /* of that thread, too */
};

static void
clear (gpointer data)
{
  RtKeptFile *self = data;

  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->disk);
  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_free (self->path);
  g_free (self->error);
}

RtKeptFile *
rt_kept_file_new (const char *path, RtKeptFileFunc func, gpointer data)
{
  RtKeptFile *self = g_atomic_rc_box_new0 (RtKeptFile);

  g_mutex_init (&self->lock);
  g_mutex_init (&self->disk);
  self->path = g_strdup (path);
  self->func = func;
  self->data = data;
  return self;
}

static gboolean
write_waiting (RtKeptFile *self, GError **error)
{
  g_autoptr (GMutexLocker) disk G_GNUC_UNUSED = g_mutex_locker_new (&self->disk);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *folder = NULL;
  const char *data;
  gsize size;

  g_mutex_lock (&self->lock);
  bytes = g_steal_pointer (&self->waiting);
  self->under_way = FALSE;
  g_mutex_unlock (&self->lock);
  if (bytes == NULL)
    return TRUE;
  data = g_bytes_get_data (bytes, &size);
  folder = g_path_get_dirname (self->path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  return g_file_set_contents_full (self->path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static void
write_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_waiting (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RtKeptFile *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_free (self->error);
  self->error = g_task_propagate_boolean (G_TASK (result), &error) ? NULL : g_strdup (error->message);
  if (self->func != NULL)
    self->func (self->data);
}

const char *
rt_kept_file_get_error (RtKeptFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->error;
}

static void
release (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear);
}

void
rt_kept_file_write (RtKeptFile *self, GBytes *bytes)
{
  g_autoptr (GTask) task = NULL;
  gboolean under_way;

  g_return_if_fail (self != NULL);
  g_return_if_fail (bytes != NULL);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->waiting, g_bytes_unref);
  self->waiting = g_bytes_ref (bytes);
  under_way = self->under_way;
  self->under_way = TRUE;
  g_mutex_unlock (&self->lock);
  if (under_way)
    return;
  task = g_task_new (NULL, NULL, written_cb, NULL);
  g_task_set_source_tag (task, rt_kept_file_write);
  g_task_set_name (task, "[rt-model] write a small file");
  g_task_set_task_data (task, g_atomic_rc_box_acquire (self), release);
  g_task_run_in_thread (task, write_in_thread);
}

void
rt_kept_file_free (RtKeptFile *self)
{
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  self->func = NULL;
  /* the program may end now, and threads with it */
  if (!write_waiting (self, &error))
    g_message ("%s is not what it should be: %s", self->path, error->message);
  release (self);
}
