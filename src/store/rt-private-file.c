/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-private-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Of what is not finished yet: its name, and six more characters. Whoever was killed leaves it behind, and after that time nobody writes it any more. */
#define UNFINISHED ".new-"
#define UNFINISHED_SECONDS 60

typedef struct {
  gsize  length;
  guint8 bytes[];
} Secret;

static void
free_secret (gpointer data)
{
  Secret *secret = data;

  explicit_bzero (secret->bytes, secret->length);
  g_free (secret);
}

GBytes *
rt_secret_bytes_new (gsize length, guint8 **bytes)
{
  Secret *secret = g_malloc0 (sizeof (Secret) + length);

  secret->length = length;
  *bytes = secret->bytes;
  return g_bytes_new_with_free_func (secret->bytes, length, free_secret, secret);
}

GBytes *
rt_secret_bytes_random (gsize length)
{
  guint8 *bytes;
  GBytes *secret = rt_secret_bytes_new (length, &bytes);

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
  return secret;
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

/* The secret is in them, too. min_age: in seconds. */
static void
sweep (const char *path, gint64 min_age)
{
  g_autofree char *folder = g_path_get_dirname (path), *base = g_path_get_basename (path), *prefix = g_strconcat (base, UNFINISHED, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *whole = NULL;
      struct stat st;

      if (!g_str_has_prefix (name, prefix) || strlen (name) != strlen (prefix) + strlen ("XXXXXX"))
        continue;
      whole = g_build_filename (folder, name, NULL);
      if (lstat (whole, &st) == 0 && S_ISREG (st.st_mode) && ABS (g_get_real_time () / G_USEC_PER_SEC - (gint64) st.st_mtime) >= min_age)
        g_unlink (whole);
    }
}

/* ---- writing ---- */

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

/* Gives the finished file its name; without replace not if the name is taken: then somebody else was first and EEXIST says so. */
static gboolean
publish (const char *temporary, const char *path, gboolean replace)
{
  if (replace)
    return rename (temporary, path) == 0;
  if (renameat2 (AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  return link (temporary, path) == 0;
}

gboolean
rt_private_file_write (const char *path, GBytes *content, gboolean replace, gboolean *taken, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_strconcat (path, UNFINISHED "XXXXXX", NULL);
  gboolean written, published;
  int fd, errsv;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (content != NULL && g_bytes_get_size (content) <= RT_PRIVATE_FILE_MAX_LENGTH, FALSE);

  if (taken != NULL)
    *taken = FALSE;
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
  written = write_all (fd, g_bytes_get_data (content, NULL), g_bytes_get_size (content)) && fsync (fd) == 0;
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
  published = publish (temporary, path, replace);
  errsv = errno;
  g_unlink (temporary);         /* there still when it was linked, or when we came second */
  if (!published && (replace || errsv != EEXIST))
    {
      set_errno_error (error, errsv, _("The key file %s cannot be made"), path);
      return FALSE;
    }
  if (taken != NULL)
    *taken = !published;
  sync_folder (folder);
  return TRUE;
}

/* ---- reading ---- */

/* There is something: whoever makes a new one because of this error would take its place. */
static void
set_unreadable (GError **error, int errsv, const char *format, const char *path)
{
  g_autoptr (GError) reason = NULL;

  set_errno_error (&reason, errsv, format, path);
  g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_UNREADABLE, reason->message);
}

static gboolean
read_open (int fd, const char *path, GBytes **content, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) found = NULL;
  struct stat st;
  guint8 *bytes;
  gsize length;

  if (fstat (fd, &st) != 0)
    {
      set_unreadable (error, errno, _("The key file %s cannot be read"), path);
      return FALSE;
    }
  if (!S_ISREG (st.st_mode) || st.st_size > RT_PRIVATE_FILE_MAX_LENGTH)
    {
      /* Translators: %s is a file name */
      g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY, _("%s is no key file of Roundtable. It is left as it is; move it away to get a new key."), shown);
      return FALSE;
    }
  if ((st.st_mode & 0077) != 0)
    {
      if (fchmod (fd, 0600) != 0)
        {
          set_unreadable (error, errno, _("Others can read the key file %s, and that cannot be changed"), path);
          return FALSE;
        }
      g_message ("Others could read the key file %s (mode %04o); it is 0600 now", shown, (guint) st.st_mode & 07777);
    }

  length = (gsize) st.st_size;
  found = rt_secret_bytes_new (length, &bytes);
  while (length > 0)
    {
      ssize_t n = read (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          set_unreadable (error, n == 0 ? EIO : errno, _("The key file %s cannot be read"), path);
          return FALSE;
        }
      bytes += n;
      length -= (gsize) n;
    }
  *content = g_steal_pointer (&found);
  return TRUE;
}

gboolean
rt_private_file_read (const char *path, GBytes **content, GError **error)
{
  struct stat st;
  gboolean read;
  int fd, errsv;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  *content = NULL;
  sweep (path, UNFINISHED_SECONDS);
  /* O_NONBLOCK: a pipe under this name must not hold us up */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  errsv = errno;
  /* a link to a disk that is not there now is no file that is not there; and where there is no folder there is no file */
  if (fd < 0 && errsv == ENOENT && lstat (path, &st) != 0)
    return TRUE;
  if (fd < 0)
    {
      if (errsv == ENOTDIR)
        set_errno_error (error, errsv, _("The key file %s cannot be read"), path);
      else
        set_unreadable (error, errsv, _("The key file %s cannot be read"), path);
      return FALSE;
    }
  read = read_open (fd, path, content, error);
  close (fd);
  return read;
}

gboolean
rt_private_file_remove (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  sweep (path, 0);
  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      set_errno_error (error, errno, _("The key file %s cannot be removed"), path);
      return FALSE;
    }
  return TRUE;
}
