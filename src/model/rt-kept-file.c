/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-kept-file.h"

/* The thread may outlive who writes. */
struct _RtKeptFile {
  char    *path;
  GMutex   lock;                /* of what follows */
  GBytes  *waiting;             /* NULL: nothing */
  gboolean under_way;           /* a thread will write it */
  GMutex   disk;                /* one writes at a time, and the newer last */
};

static void
clear (gpointer data)
{
  RtKeptFile *self = data;

  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->disk);
  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_free (self->path);
}

RtKeptFile *
rt_kept_file_new (const char *path)
{
  RtKeptFile *self = g_atomic_rc_box_new0 (RtKeptFile);

  g_mutex_init (&self->lock);
  g_mutex_init (&self->disk);
  self->path = g_strdup (path);
  return self;
}

static void
write_waiting (RtKeptFile *self)
{
  g_autoptr (GMutexLocker) disk G_GNUC_UNUSED = g_mutex_locker_new (&self->disk);
  g_autoptr (GBytes) bytes = NULL;
  const char *data;
  gsize size;

  g_mutex_lock (&self->lock);
  bytes = g_steal_pointer (&self->waiting);
  self->under_way = FALSE;
  g_mutex_unlock (&self->lock);
  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &size);
  g_file_set_contents_full (self->path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static void
write_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  write_waiting (task_data);
  g_task_return_boolean (task, TRUE);
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
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, rt_kept_file_write);
  g_task_set_name (task, "[rt-model] write a small file");
  g_task_set_task_data (task, g_atomic_rc_box_acquire (self), release);
  g_task_run_in_thread (task, write_in_thread);
}

void
rt_kept_file_free (RtKeptFile *self)
{
  if (self == NULL)
    return;
  /* the program may end now, and threads with it */
  write_waiting (self);
  release (self);
}
