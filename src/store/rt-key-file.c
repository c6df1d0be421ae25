/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

typedef struct {
  guint8 bytes[RT_KEY_FILE_SEED_LENGTH];
} Seed;

static void
free_seed (gpointer data)
{
  explicit_bzero (data, sizeof (Seed));
  g_free (data);
}

static GBytes *
wrap_seed (Seed *seed)
{
  return g_bytes_new_with_free_func (seed->bytes, sizeof seed->bytes, free_seed, seed);
}

static void
fill_random (guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      ssize_t n = getrandom (bytes, length, 0);

      if (n < 0 && errno == EINTR)
        continue;
      /* Without random bytes there is no key, and a weak one would be worse than none. */
      if (n < 0)
        g_error ("This system gives no random bytes: %s", g_strerror (errno));
      bytes += n;
      length -= (gsize) n;
    }
}

GBytes *
rt_key_file_generate (void)
{
  Seed *seed = g_new0 (Seed, 1);

  fill_random (seed->bytes, sizeof seed->bytes);
  return wrap_seed (seed);
}

static void
set_errno_error (GError **error, int errsv, const char *format, const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *what = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  what = g_strdup_printf (format, shown);
#pragma GCC diagnostic pop
  g_set_error (error, RT_STORE_ERROR, (int) rt_store_error_from_errno (errsv), "%s: %s", what, g_strerror (errsv));
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

static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  (void) fsync (fd);
  close (fd);
}

/* Gives the finished file its name, unless the name is taken: then somebody else was first and EEXIST says so. */
static gboolean
publish (const char *temporary, const char *path)
{
  if (renameat2 (AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  return link (temporary, path) == 0;
}

/* TRUE also when another process made it meanwhile. */
static gboolean
create_key (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  g_autoptr (GBytes) seed = NULL;
  gboolean written;
  int fd, errsv;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      set_errno_error (error, errno, _("The folder %s cannot be made"), folder);
      return FALSE;
    }
  /* O_EXCL and mode 0600 are mkstemp's own */
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      set_errno_error (error, errno, _("The key file %s cannot be made"), path);
      return FALSE;
    }
  seed = rt_key_file_generate ();
  written = write_all (fd, g_bytes_get_data (seed, NULL), g_bytes_get_size (seed)) && fsync (fd) == 0;
  errsv = errno;
  if (close (fd) != 0 && written)
    {
      errsv = errno;
      written = FALSE;
    }
  if (!written)
    {
      set_errno_error (error, errsv, _("The key file %s cannot be written"), path);
      g_unlink (temporary);
      return FALSE;
    }
  if (!publish (temporary, path) && errno != EEXIST)
    {
      set_errno_error (error, errno, _("The key file %s cannot be made"), path);
      g_unlink (temporary);
      return FALSE;
    }
  g_unlink (temporary);         /* there still when it was linked, or when we came second */
  sync_folder (folder);
  return TRUE;
}

static gboolean
read_key (int fd, const char *path, GBytes **seed, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  Seed *found;
  gsize length = 0;
  struct stat st;

  if (fstat (fd, &st) != 0)
    {
      set_errno_error (error, errno, _("The key file %s cannot be read"), path);
      return FALSE;
    }
  if (!S_ISREG (st.st_mode) || st.st_size != RT_KEY_FILE_SEED_LENGTH)
    {
      g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY,
                   /* Translators: %1$s is a file name, %2$d a number of bytes */
                   _("%1$s is no key file of Roundtable: a key has %2$d bytes. It is left as it is; move it away to get a new key."),
                   shown, RT_KEY_FILE_SEED_LENGTH);
      return FALSE;
    }
  if ((st.st_mode & 0077) != 0)
    {
      if (fchmod (fd, 0600) != 0)
        {
          set_errno_error (error, errno, _("Others can read the key file %s, and that cannot be changed"), path);
          return FALSE;
        }
      g_message ("Others could read the key file %s (mode %04o); it is 0600 now", shown, (guint) st.st_mode & 07777);
    }

  found = g_new0 (Seed, 1);
  while (length < sizeof found->bytes)
    {
      ssize_t n = read (fd, found->bytes + length, sizeof found->bytes - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          set_errno_error (error, n == 0 ? EIO : errno, _("The key file %s cannot be read"), path);
          free_seed (found);
          return FALSE;
        }
      length += (gsize) n;
    }
  *seed = wrap_seed (found);
  return TRUE;
}

gboolean
rt_key_file_load_or_create (const char *path, GBytes **seed, GError **error)
{
  gboolean read;
  int fd;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (seed != NULL, FALSE);

  *seed = NULL;
  /* O_NONBLOCK: a pipe under this name must not hold us up */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT)
    {
      if (!create_key (path, error))
        return FALSE;
      fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
  if (fd < 0)
    {
      set_errno_error (error, errno, _("The key file %s cannot be read"), path);
      return FALSE;
    }
  read = read_key (fd, path, seed, error);
  close (fd);
  return read;
}

gboolean
rt_key_file_remove (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      set_errno_error (error, errno, _("The key file %s cannot be removed"), path);
      return FALSE;
    }
  return TRUE;
}
