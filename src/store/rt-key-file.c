/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-key-file.h"
#include "rt-private-file.h"

#include <glib/gi18n-lib.h>

GBytes *
rt_key_file_generate (void)
{
  return rt_secret_bytes_random (RT_KEY_FILE_SEED_LENGTH);
}

gboolean
rt_key_file_check (const char *path, GBytes *content, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_bytes_get_size (content) == RT_KEY_FILE_SEED_LENGTH)
    return TRUE;
  shown = g_filename_display_name (path);
  g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY,
               /* Translators: %1$s is a file name, %2$d a number of bytes */
               _("%1$s is no key file of Roundtable: a key has %2$d bytes. It is left as it is; move it away to get a new key."),
               shown, RT_KEY_FILE_SEED_LENGTH);
  return FALSE;
}

gboolean
rt_key_file_load_or_create (const char *path, GBytes **seed, GError **error)
{
  g_autoptr (GBytes) found = NULL;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (seed != NULL, FALSE);

  *seed = NULL;
  if (!rt_private_file_read (path, &found, error))
    return FALSE;
  if (found == NULL)
    {
      g_autoptr (GBytes) made = rt_key_file_generate ();

      /* taken: another process made one meanwhile */
      if (!rt_private_file_write (path, made, FALSE, NULL, error) || !rt_private_file_read (path, &found, error))
        return FALSE;
      if (found == NULL)
        {
          g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED, _("The key file %s cannot be made"), path);
          return FALSE;
        }
    }
  if (!rt_key_file_check (path, found, error))
    return FALSE;
  *seed = g_steal_pointer (&found);
  return TRUE;
}

gboolean
rt_key_file_remove (const char *path, GError **error)
{
  return rt_private_file_remove (path, error);
}
