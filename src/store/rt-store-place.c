/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder and the file of a database, and who else is in it. */
#include "config.h"
#include "rt-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between two looks whether it is our turn */
#define LOOK_MICROSECONDS 10000

static gboolean
refuse (const char *path, GError **error)
{
  g_set_error (error, RT_STORE_ERROR, (int) rt_store_error_from_errno (errno), _("The database %s cannot be written: %s"), path, g_strerror (errno));
  return FALSE;
}

/* Makes folder and file ourselves: SQLite would make the file readable for others. One that is there is not opened: to close it would end SQLite's locks of this process. */
gboolean
rt_store_place_prepare (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat st;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, RT_STORE_ERROR, (int) rt_store_error_from_errno (errno), _("The folder %s cannot be made: %s"), folder, g_strerror (errno));
      return FALSE;
    }
  fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (stat (path, &st) != 0)
    return refuse (path, error);
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED, _("%s is no file"), path);
      return FALSE;
    }
  return access (path, R_OK | W_OK) == 0 || refuse (path, error);
}

/* One at a time makes, migrates or mends a database. Who waits for somebody that hangs goes on after a while: then SQLite's own locks have to do. Close it to give the
 * turn away; -1: there is none. */
int
rt_store_place_wait_turn (const char *path, guint milliseconds)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gint64 end = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  int fd;

  /* where it cannot be made rt_store_place_prepare() says why */
  g_mkdir_with_parents (folder, 0700);
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if ((errno != EWOULDBLOCK && errno != EINTR) || g_get_monotonic_time () > end)
        {
          close (fd);
          return -1;
        }
      g_usleep (LOOK_MICROSECONDS);
    }
  return fd;
}

/* Two programs on one folder do no harm to the database, but both would be the same nodes. So it is known, and said. */
int
rt_store_place_lock (const char *path, gboolean *taken)
{
  g_autofree char *name = g_strconcat (path, ".lock", NULL);
  int fd = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  *taken = FALSE;
  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  *taken = errno == EWOULDBLOCK;
  close (fd);
  return -1;
}

/* ---- a new database beside a damaged one ---- */

static char *
name_whole (const char *path)
{
  return g_strconcat (path, ".mended-is-whole", NULL);
}

static gboolean
sync_path (const char *path, int flags)
{
  int fd = open (path, flags | O_CLOEXEC, 0600);
  gboolean good = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return good;
}

/* All of it is on the disk before anything is moved: who is killed in the midst of that goes on with it. */
gboolean
rt_store_place_mark_whole (const char *path, const char *mended, GError **error)
{
  g_autofree char *whole = name_whole (path), *folder = g_path_get_dirname (path);

  if (!sync_path (mended, O_RDONLY) || !sync_path (whole, O_WRONLY | O_CREAT))
    {
      refuse (path, error);
      rt_store_place_unmark_whole (path);
      return FALSE;
    }
  /* not every file system can */
  (void) sync_path (folder, O_RDONLY | O_DIRECTORY);
  return TRUE;
}

gboolean
rt_store_place_is_whole (const char *path)
{
  g_autofree char *whole = name_whole (path);

  return g_file_test (whole, G_FILE_TEST_EXISTS);
}

void
rt_store_place_unmark_whole (const char *path)
{
  g_autofree char *whole = name_whole (path);

  unlink (whole);
}
