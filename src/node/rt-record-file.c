/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-record-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "rt-record-entry.h"

/* File: MAGIC, then entries. The first has an empty key; its record is the network. */
#define FILE_NAME "table.records"
#define NEW_NAME "table.records.new"
#define MAGIC "RTTABLE1"
#define MAGIC_LENGTH 8
#define SYNC_MS 1000
#define RETRY_MS 2000

typedef struct {
  gsize offset;                 /* of the entry */
  gsize size;
} Place;

struct _RtRecordFile {
  int folder_fd;                /* locked */
  int fd;
  char *network;
  guint64 size;                 /* whole entries in the file */
  guint64 live;                 /* of those and of what waits, what is not outdated */
  GHashTable *sizes;            /* GBytes key -> size of its latest entry; forgotten ones are not in it */
  GByteArray *waiting;          /* whole entries */
  gboolean in_trouble;
  guint write_source;
  guint sync_source;
  GThread *rewriter;
  guint rewrite_source;         /* set by the rewriter: to be read after it was joined */
  guint64 rewrite_from;         /* not before the file is so large: the last time it did not work */
  RtRecordTrouble trouble;
  gpointer data;
};

static gboolean
set_error (GError **error, int errsv, const char *what)
{
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errsv), "%s: %s", what, g_strerror (errsv));
  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* size bytes from offset on, or fewer where the file ends */
static GBytes *
read_part (int fd, guint64 offset, guint64 size)
{
  g_autofree guint8 *bytes = g_try_malloc (size + 1);
  guint64 n = 0;

  while (bytes != NULL && n < size)
    {
      ssize_t got = pread (fd, bytes + n, size - n, (off_t) (offset + n));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      n += (guint64) got;
    }
  if (bytes == NULL)
    errno = ENOMEM;
  return bytes != NULL ? g_bytes_new_take (g_steal_pointer (&bytes), n) : NULL;
}

/* ---- what the file says ---- */

static void
note_size (RtRecordFile *self, GBytes *key, gsize size)
{
  gpointer before = g_hash_table_lookup (self->sizes, key);

  self->live -= GPOINTER_TO_SIZE (before);
  if (size == 0)
    {
      g_hash_table_remove (self->sizes, key);
      return;
    }
  self->live += size;
  g_hash_table_insert (self->sizes, g_bytes_ref (key), GSIZE_TO_POINTER (size));
}

/* Where the latest entry of each key is, by key; keys point into bytes. The end of the whole entries is returned. */
static gsize
find_latest (GBytes *file, GHashTable *places)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (file, &length);
  gsize at = MAGIC_LENGTH;

  for (;;)
    {
      const guint8 *key, *record;
      gsize key_length, record_length;
      gsize size = at <= length ? rt_record_entry_read (bytes + at, length - at, &key, &key_length, &record, &record_length) : 0;

      if (size == 0)
        return MIN (at, length);
      if (key_length > 0)
        {
          g_autoptr (GBytes) name = g_bytes_new_from_bytes (file, (gsize) (key - bytes), key_length);
          Place *place = g_new (Place, 1);

          *place = (Place) { at, size };
          if (record_length > 0)
            g_hash_table_replace (places, g_bytes_ref (name), place);
          else
            {
              g_hash_table_remove (places, name);
              g_free (place);
            }
        }
      at += size;
    }
}

static GHashTable *
new_places (void)
{
  return g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *left = *(const Place * const *) a;
  const Place *right = *(const Place * const *) b;

  return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* In the order of the file */
static GPtrArray *
sort_places (GHashTable *places)
{
  GPtrArray *sorted = g_ptr_array_sized_new (g_hash_table_size (places));
  GHashTableIter iter;
  gpointer place;

  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    g_ptr_array_add (sorted, place);
  g_ptr_array_sort (sorted, compare_places);
  return sorted;
}

static gboolean
check_network (RtRecordFile *self, GBytes *file, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (file, &length);
  const guint8 *key, *network;
  gsize key_length, network_length;

  if (length < MAGIC_LENGTH || memcmp (bytes, MAGIC, MAGIC_LENGTH) != 0
      || rt_record_entry_read (bytes + MAGIC_LENGTH, length - MAGIC_LENGTH, &key, &key_length, &network, &network_length) == 0 || key_length != 0)
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, FILE_NAME " is no table of this program; it was left as it is");
      return FALSE;
    }
  if (network_length == strlen (self->network) && memcmp (network, self->network, network_length) == 0)
    return TRUE;
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, FILE_NAME " is the table of another network: it needs another folder");
  return FALSE;
}

static void
tell_all (RtRecordFile *self, GBytes *file, RtRecordFunc func, gpointer data)
{
  g_autoptr (GHashTable) places = new_places ();
  g_autoptr (GPtrArray) sorted = NULL;
  const guint8 *bytes = g_bytes_get_data (file, NULL);

  self->size = find_latest (file, places);
  sorted = sort_places (places);
  for (guint i = 0; i < sorted->len; i++)
    {
      const Place *place = sorted->pdata[i];
      const guint8 *key, *record;
      gsize key_length, record_length;
      g_autoptr (GBytes) name = NULL;
      g_autoptr (GBytes) what = NULL;

      rt_record_entry_read (bytes + place->offset, place->size, &key, &key_length, &record, &record_length);
      /* copies: the file need not stay in memory */
      name = g_bytes_new (key, key_length);
      what = g_bytes_new (record, record_length);
      note_size (self, name, place->size);
      func (name, what, data);
    }
}

static void
append_header (GByteArray *into, const char *network)
{
  g_autoptr (GBytes) name = g_bytes_new_static (network, strlen (network));

  g_byte_array_append (into, (const guint8 *) MAGIC, MAGIC_LENGTH);
  rt_record_entry_append (into, NULL, 0, name);
}

/* ---- writing ---- */

static void schedule_write (RtRecordFile *self, guint delay);
static void maybe_rewrite  (RtRecordFile *self);

static void
tell_trouble (RtRecordFile *self, const GError *error)
{
  if (self->in_trouble == (error != NULL))
    return;
  self->in_trouble = error != NULL;
  if (self->trouble != NULL)
    self->trouble (error, self->data);
}

/* Half an entry would be the end of the file for whoever reads it: it is cut off again. */
static gboolean
write_waiting (RtRecordFile *self, GError **error)
{
  if (self->waiting->len == 0)
    return TRUE;
  if (!write_all (self->fd, self->waiting->data, self->waiting->len))
    {
      int errsv = errno;

      if (ftruncate (self->fd, (off_t) self->size) != 0)
        g_debug ("Could not cut " FILE_NAME ": %s", g_strerror (errno));
      return set_error (error, errsv, "Could not write " FILE_NAME);
    }
  self->size += self->waiting->len;
  g_byte_array_set_size (self->waiting, 0);
  return TRUE;
}

static gpointer
sync_thread (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);

  (void) fdatasync (fd);
  close (fd);
  return NULL;
}

static gboolean
sync_cb (gpointer data)
{
  RtRecordFile *self = data;
  int fd = fcntl (self->fd, F_DUPFD_CLOEXEC, 0);

  self->sync_source = 0;
  if (fd >= 0)
    g_thread_unref (g_thread_new ("records to disk", sync_thread, GINT_TO_POINTER (fd)));
  return G_SOURCE_REMOVE;
}

static gboolean
write_cb (gpointer data)
{
  RtRecordFile *self = data;
  g_autoptr (GError) error = NULL;

  self->write_source = 0;
  if (!write_waiting (self, &error))
    {
      schedule_write (self, RETRY_MS);
      tell_trouble (self, error);
      return G_SOURCE_REMOVE;
    }
  if (self->sync_source == 0)
    {
      self->sync_source = g_timeout_add (SYNC_MS, sync_cb, self);
      g_source_set_name_by_id (self->sync_source, "[roundtable-node] records to disk");
    }
  maybe_rewrite (self);
  tell_trouble (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
schedule_write (RtRecordFile *self, guint delay)
{
  if (self->write_source != 0)
    return;
  self->write_source = delay > 0 ? g_timeout_add (delay, write_cb, self) : g_idle_add_full (G_PRIORITY_DEFAULT, write_cb, self, NULL);
  g_source_set_name_by_id (self->write_source, "[roundtable-node] write records");
}

/* The oldest half of what waits goes, entry by entry. */
static void
shorten_waiting (RtRecordFile *self)
{
  gsize at = 0;

  while (at < self->waiting->len / 2)
    at += rt_record_entry_get_size (self->waiting->data + at);
  g_byte_array_remove_range (self->waiting, 0, (guint) at);
}

void
rt_record_file_put (RtRecordFile *self, GBytes *key, GBytes *record)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  gsize size;

  if (record == NULL && !g_hash_table_contains (self->sizes, key))
    return;
  size = rt_record_entry_append (self->waiting, bytes, length, record);
  note_size (self, key, record != NULL ? size : 0);
  if (self->waiting->len > RT_RECORD_FILE_WAITING && self->in_trouble)
    shorten_waiting (self);
  schedule_write (self, 0);
}

/* ---- writing it anew ---- */

typedef struct {
  RtRecordFile *file;
  int old_fd;
  int new_fd;
  guint64 until;
  char *network;
} Rewrite;

static void
rewrite_free (Rewrite *rewrite)
{
  close (rewrite->old_fd);
  if (rewrite->new_fd >= 0)
    close (rewrite->new_fd);
  g_free (rewrite->network);
  g_free (rewrite);
}

static gboolean
copy_latest (Rewrite *rewrite)
{
  g_autoptr (GBytes) file = read_part (rewrite->old_fd, 0, rewrite->until);
  g_autoptr (GHashTable) places = new_places ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GPtrArray) sorted = NULL;
  const guint8 *bytes;

  if (file == NULL)
    return FALSE;
  bytes = g_bytes_get_data (file, NULL);
  find_latest (file, places);
  sorted = sort_places (places);
  append_header (out, rewrite->network);
  for (guint i = 0; i < sorted->len; i++)
    {
      const Place *place = sorted->pdata[i];

      g_byte_array_append (out, bytes + place->offset, (guint) place->size);
      if (out->len > 1024 * 1024 || i + 1 == sorted->len)
        {
          if (!write_all (rewrite->new_fd, out->data, out->len))
            return FALSE;
          g_byte_array_set_size (out, 0);
        }
    }
  return write_all (rewrite->new_fd, out->data, out->len) && fdatasync (rewrite->new_fd) == 0;
}

/* In the loop: what was appended meanwhile follows, and the new file takes the place of the old one. */
static gboolean
rewritten_cb (gpointer data)
{
  Rewrite *rewrite = data;
  RtRecordFile *self = rewrite->file;
  g_autoptr (GBytes) rest = NULL;
  struct stat status;
  gsize length = 0;
  const guint8 *bytes;

  g_clear_pointer (&self->rewriter, g_thread_join);
  self->rewrite_source = 0;
  if (rewrite->new_fd >= 0)
    rest = read_part (self->fd, rewrite->until, self->size - rewrite->until);
  bytes = rest != NULL ? g_bytes_get_data (rest, &length) : NULL;
  if (rest == NULL || length < self->size - rewrite->until || !write_all (rewrite->new_fd, bytes, length)
      || fstat (rewrite->new_fd, &status) != 0 || renameat (self->folder_fd, NEW_NAME, self->folder_fd, FILE_NAME) != 0)
    {
      /* The old one is whole: it goes on, and a later time may be better. */
      self->rewrite_from = self->size + RT_RECORD_FILE_SLACK;
      unlinkat (self->folder_fd, NEW_NAME, 0);
      return G_SOURCE_REMOVE;
    }
  close (self->fd);
  self->fd = rewrite->new_fd;
  rewrite->new_fd = -1;
  self->size = (guint64) status.st_size;
  return G_SOURCE_REMOVE;
}

static gpointer
rewrite_thread (gpointer data)
{
  Rewrite *rewrite = data;

  if (!copy_latest (rewrite))
    {
      close (rewrite->new_fd);
      rewrite->new_fd = -1;
    }
  rewrite->file->rewrite_source = g_idle_add_full (G_PRIORITY_DEFAULT, rewritten_cb, rewrite, (GDestroyNotify) rewrite_free);
  return NULL;
}

static void
maybe_rewrite (RtRecordFile *self)
{
  Rewrite *rewrite;
  int new_fd, old_fd;

  if (self->rewriter != NULL || self->size < 2 * self->live + RT_RECORD_FILE_SLACK || self->size < self->rewrite_from)
    return;
  new_fd = openat (self->folder_fd, NEW_NAME, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  old_fd = new_fd >= 0 ? fcntl (self->fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (old_fd < 0)
    {
      if (new_fd >= 0)
        close (new_fd);
      return;
    }
  rewrite = g_new0 (Rewrite, 1);
  *rewrite = (Rewrite) { self, old_fd, new_fd, self->size, g_strdup (self->network) };
  self->rewriter = g_thread_new ("records anew", rewrite_thread, rewrite);
}

/* ---- the whole ---- */

static gboolean
open_folder (RtRecordFile *self, const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_error (error, errno, folder);
  self->folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder_fd < 0)
    return set_error (error, errno, folder);
  if (flock (self->folder_fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s: another program keeps its table there", folder);
      return FALSE;
    }
  self->fd = openat (self->folder_fd, FILE_NAME, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return self->fd >= 0 || set_error (error, errno, "Could not open " FILE_NAME);
}

static gboolean
begin_file (RtRecordFile *self, GError **error)
{
  append_header (self->waiting, self->network);
  if (ftruncate (self->fd, 0) != 0)
    return set_error (error, errno, "Could not write " FILE_NAME);
  return write_waiting (self, error);
}

RtRecordFile *
rt_record_file_open (const char *folder, const char *network, RtRecordFunc func, gpointer data, gsize *torn, GError **error)
{
  g_autoptr (RtRecordFile) self = g_new0 (RtRecordFile, 1);
  g_autoptr (GBytes) file = NULL;
  struct stat status;

  self->fd = self->folder_fd = -1;
  self->network = g_strdup (network);
  self->waiting = g_byte_array_new ();
  self->sizes = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  if (torn != NULL)
    *torn = 0;
  if (!open_folder (self, folder, error))
    return NULL;
  if (fstat (self->fd, &status) != 0 || (file = read_part (self->fd, 0, (guint64) status.st_size)) == NULL)
    {
      set_error (error, errno, "Could not read " FILE_NAME);
      return NULL;
    }
  /* So short it was never finished: no record can be in it. */
  if (g_bytes_get_size (file) <= MAGIC_LENGTH + RT_RECORD_ENTRY_SMALLEST)
    return begin_file (self, error) ? g_steal_pointer (&self) : NULL;
  if (!check_network (self, file, error))
    return NULL;
  tell_all (self, file, func, data);
  if (self->size < g_bytes_get_size (file))
    {
      if (torn != NULL)
        *torn = g_bytes_get_size (file) - self->size;
      if (ftruncate (self->fd, (off_t) self->size) != 0)
        {
          set_error (error, errno, "Could not write " FILE_NAME);
          return NULL;
        }
    }
  maybe_rewrite (self);
  return g_steal_pointer (&self);
}

void
rt_record_file_set_trouble (RtRecordFile *self, RtRecordTrouble trouble, gpointer data)
{
  self->trouble = trouble;
  self->data = data;
}

void
rt_record_file_pass_on (RtRecordFile *self)
{
  if (!self->in_trouble)
    write_waiting (self, NULL);
}

gboolean
rt_record_file_flush (RtRecordFile *self, GError **error)
{
  if (!write_waiting (self, error))
    return FALSE;
  return fdatasync (self->fd) == 0 || set_error (error, errno, "Could not write " FILE_NAME);
}

guint64
rt_record_file_get_size (RtRecordFile *self)
{
  return self->size + self->waiting->len;
}

gboolean
rt_record_file_is_rewriting (RtRecordFile *self)
{
  return self->rewriter != NULL;
}

void
rt_record_file_close (RtRecordFile *self)
{
  if (self->rewriter != NULL)
    {
      g_thread_join (self->rewriter);
      self->rewriter = NULL;
      g_clear_handle_id (&self->rewrite_source, g_source_remove);
      unlinkat (self->folder_fd, NEW_NAME, 0);
    }
  g_clear_handle_id (&self->write_source, g_source_remove);
  g_clear_handle_id (&self->sync_source, g_source_remove);
  if (self->fd >= 0)
    {
      rt_record_file_flush (self, NULL);
      close (self->fd);
    }
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_byte_array_unref (self->waiting);
  g_hash_table_unref (self->sizes);
  g_free (self->network);
  g_free (self);
}
